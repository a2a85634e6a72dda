/* options_test.c: every row of the option table: its default can be read by itself, its bounds are
 * where it says, and what is of another type is refused with words that say what was found. */
#include "config/options.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum status read_as(const struct option_info *info, const char *text, const char *home,
                           struct arena *mem, struct option_value *out, struct error *err)
{
    struct config_t tree;
    struct str line = STR_INIT;
    config_init(&tree);
    str_printf(&line, "v = %s;\n", text);
    if (config_read_string(&tree, str_text(&line)) != CONFIG_TRUE)
        fail_msg("%s: %s", text, config_error_text(&tree));
    enum status st = option_read(info, config_lookup(&tree, "v"), home, mem, out, err);
    config_destroy(&tree);
    str_finish(&line);
    return st;
}

static void test_defaults_of_all(void **state)
{
    struct option_value values[OPTION_COUNT];
    struct arena mem;
    (void)state;
    arena_init(&mem);
    option_defaults(values, &mem);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        struct option_value v;
        struct error err;
        assert_int_equal(info->id, i);
        assert_true(option_find(info->scope, span_of(info->path)) == info);
        if (read_as(info, info->fallback, NULL, &mem, &v, &err))
            fail_msg("%s: %s", info->path, err.what);
        assert_int_equal(values[i].i, v.i);
        assert_int_equal(values[i].count, v.count);
        assert_true(v.set);
        assert_false(values[i].set);
        if (info->type == OT_TEXT || info->type == OT_PATH || info->type == OT_CHOICE)
            assert_non_null(values[i].text);
        if (info->type == OT_LIST)
            assert_null(values[i].list[values[i].count]);
    }
    assert_null(option_find(SCOPE_TOP, span_of("url"))); /* of another scope */
    assert_null(option_find(SCOPE_PROFILE, span_of("")));
    arena_finish(&mem);
}

/* A type each: what is read from it, and what is not. i: BOOL, INT, CHOICE; ms of DURATION; the
 * length of TEXT, PATH and LIST. */
static void test_values(void **state)
{
    static const struct {
        enum option id;
        const char *text;
        bool good;
        int64_t i;
    } rows[] = {
        {OPTION_UI_OSC52, "false", true, 0},
        {OPTION_UI_OSC52, "1", false, 0},
        {OPTION_UI_OSC52, "\"true\"", false, 0},
        {OPTION_UI_ESCAPE_DELAY, "0", true, 0},
        {OPTION_UI_ESCAPE_DELAY, "1000", true, 1000},
        {OPTION_UI_ESCAPE_DELAY, "1001", false, 0},
        {OPTION_UI_ESCAPE_DELAY, "-1", false, 0},
        {OPTION_UI_ESCAPE_DELAY, "25.0", false, 0},
        {OPTION_UI_ESCAPE_DELAY, "\"25\"", false, 0},
        {OPTION_UI_ESCAPE_DELAY, "4294967321L", false, 0}, /* 25 in its lower half */
        {OPTION_UI_COLOR, "\"never\"", true, 2},
        {OPTION_UI_COLOR, "\"Never\"", false, 0},
        {OPTION_UI_COLOR, "\"nev\"", false, 0},
        {OPTION_UI_COLOR, "\"auto|always\"", false, 0},
        {OPTION_UI_COLOR, "\"\"", false, 0},
        {OPTION_UI_COLOR, "2", false, 0},
        {OPTION_SYNC_REFRESH, "\"5m\"", true, 300000},
        {OPTION_SYNC_REFRESH, "\"1d\"", true, 86400000},
        {OPTION_SYNC_REFRESH, "90", true, 90000},
        {OPTION_SYNC_REFRESH, "\"86401s\"", false, 0},
        {OPTION_SYNC_REFRESH, "\"soon\"", false, 0},
        {OPTION_SYNC_REFRESH, "-1", false, 0},
        {OPTION_SYNC_REFRESH, "1.5", false, 0},
        {OPTION_SYNC_REFRESH, "true", false, 0},
        {OPTION_UI_THEME, "\"mono\"", true, 4},
        {OPTION_UI_THEME, "\"\"", false, 0}, /* at least a byte */
        {OPTION_UI_THEME, "\"a\\x1b[31m\"", false, 0},
        {OPTION_UI_THEME, "7", false, 0},
        {OPTION_HEALTH_OK, "[ \"a\", \"b\" ]", true, 2},
        {OPTION_HEALTH_OK, "( \"a\" )", true, 1},
        {OPTION_HEALTH_OK, "[ ]", true, 0},
        {OPTION_HEALTH_OK, "[ \"\" ]", false, 0},
        {OPTION_HEALTH_OK, "[ 1 ]", false, 0},
        {OPTION_HEALTH_OK, "[ \"a\\x07\" ]", false, 0},
        {OPTION_HEALTH_OK, "\"a\"", false, 0},
    };
    struct arena mem;
    (void)state;
    arena_init(&mem);
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        const struct option_info *info = option_info(rows[k].id);
        struct option_value v = {.i = 4711};
        struct error err;
        enum status st = read_as(info, rows[k].text, NULL, &mem, &v, &err);
        if (st != (rows[k].good ? ST_OK : ST_CONFIG))
            fail_msg("%s = %s: %s", info->path, rows[k].text, st ? err.what : "is taken");
        int64_t got = info->type == OT_TEXT   ? (int64_t)strlen(v.text ? v.text : "")
                      : info->type == OT_LIST ? (int64_t)v.count
                                              : v.i;
        if (st == ST_OK)
            assert_int_equal(got, rows[k].i);
        else
            assert_int_equal(v.i, 4711); /* unchanged */
    }
    arena_finish(&mem);
}

static void test_a_refusal_says_what_was_found(void **state)
{
    static const struct {
        enum option id;
        const char *text, *what;
    } rows[] = {
        {OPTION_UI_OSC52, "3", "ui.osc52 is to be true or false, not 3"},
        {OPTION_UI_ESCAPE_DELAY, "9999999999L",
         "ui.escape_delay is to be a whole number from 0 to 1000 (milliseconds), not 9999999999"},
        {OPTION_UI_ESCAPE_DELAY, "2.5",
         "ui.escape_delay is to be a whole number from 0 to 1000 (milliseconds), not 2.5"},
        {OPTION_UI_COLOR, "true",
         "ui.color is to be one of \"auto\", \"always\", \"never\", not true"},
        {OPTION_UI_COLOR, "{ a = 1; }",
         "ui.color is to be one of \"auto\", \"always\", \"never\", not a group { }"},
        {OPTION_UI_COLOR, "[ 1, 2 ]",
         "ui.color is to be one of \"auto\", \"always\", \"never\", not a list of 2"},
    };
    struct arena mem;
    (void)state;
    arena_init(&mem);
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        struct option_value v;
        struct error err;
        assert_int_equal(read_as(option_info(rows[k].id), rows[k].text, NULL, &mem, &v, &err),
                         ST_CONFIG);
        assert_string_equal(err.what, rows[k].what);
    }
    arena_finish(&mem);
}

/* A row of our own: none of the table's has to be a path for this. */
static void test_paths(void **state)
{
    static const struct option_info info = {.path = "p", .type = OT_PATH, .max = 20};
    static const struct {
        const char *text, *home, *want;
    } rows[] = {
        {"\"/etc/x\"", "/srv/me", "/etc/x"},
        {"\"~/x\"", "/srv/me", "/srv/me/x"},
        {"\"~/x\"", NULL, "~/x"},
        {"\"\"", "/srv/me", ""},
        {"\"x\"", "/srv/me", NULL},
        {"\"~x/y\"", "/srv/me", NULL},
        {"\"./x\"", "/srv/me", NULL},
        {"\"/a\\nb\"", "/srv/me", NULL},
        {"1", "/srv/me", NULL},
        {"\"/23456789012345678901\"", NULL, NULL},
    };
    struct arena mem;
    (void)state;
    arena_init(&mem);
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        struct option_value v;
        struct error err;
        enum status st = read_as(&info, rows[k].text, rows[k].home, &mem, &v, &err);
        assert_int_equal(st, rows[k].want ? ST_OK : ST_CONFIG);
        if (rows[k].want)
            assert_string_equal(v.text, rows[k].want);
    }
    arena_finish(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_of_all),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_a_refusal_says_what_was_found),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
