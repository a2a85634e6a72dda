/* keymap_test.c: defaults, overriding, unbinding, problems, and the way back from action to keys.
 */
#include "keys/keymap.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct keymap *map_with(const char *text, struct str *problems, enum status want)
{
    struct error err;
    struct keymap *map = keymap_create();
    assert_int_equal(keymap_load_default(map, &err), ST_OK);
    if (text)
        assert_int_equal(keymap_load(map, text, strlen(text), "keys.cfg", problems, &err), want);
    return map;
}

static enum action_id at(const struct keymap *map, const char *context, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return keymap_lookup(map, keymap_context(map, context), &key);
}

static void test_defaults(void **state)
{
    (void)state;
    struct keymap *map = map_with(NULL, NULL, ST_OK);
    assert_int_equal(at(map, "list", "j"), ACTION_NEXT_ROW);
    assert_int_equal(at(map, "list", "?"), ACTION_HELP); /* from global */
    assert_int_equal(at(map, "global", "j"), ACTION_NONE);
    assert_int_equal(at(map, "review", "A"), ACTION_APPLY);
    assert_int_equal(at(map, "review", "Enter"), ACTION_ACCEPT); /* a choice; it never applies */
    assert_int_equal(at(map, "plan", "Enter"), ACTION_OPEN);
    assert_int_equal(at(map, "list", "^A"), ACTION_NONE);
    assert_int_equal(at(map, "list", "^K"), ACTION_NONE);
    keymap_destroy(map);
}

/* The compiled-in file has a reader of its own. What the general one makes of the same text, over
 * it, changes nothing: no row more, none less, none else. */
static void test_defaults_read_twice(void **state)
{
    (void)state;
    const struct embedded *e = embedded_files;
    while (strcmp(e->path, "config/keys.cfg") != 0)
        e++;
    struct str problems = STR_INIT;
    struct keymap *once = map_with(NULL, NULL, ST_OK), *twice = map_with(e->text, &problems, ST_OK);
    assert_int_equal(problems.len, 0);
    assert_int_equal(keymap_context_count(once), keymap_context_count(twice));
    for (size_t c = 0; c < keymap_context_count(once); c++) {
        struct keymap_row *rows, *again;
        size_t count = keymap_rows(once, (int)c, false, &rows);
        assert_true(count > 0);
        assert_string_equal(keymap_context_name(once, (int)c), keymap_context_name(twice, (int)c));
        assert_int_equal(keymap_rows(twice, (int)c, false, &again), count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(rows[i].action, again[i].action);
            assert_true(key_same(rows[i].key, again[i].key));
        }
        mem_free(rows);
        mem_free(again);
    }
    keymap_destroy(once);
    keymap_destroy(twice);
    str_finish(&problems);
}

/* More bindings than there is room for at the start, in two contexts and read twice: the later file
 * holds, in its context alone. */
static void test_many(void **state)
{
    (void)state;
    struct keymap *map = map_with(NULL, NULL, ST_OK);
    static const char *const files[][2] = {
        {"list", "first-row"}, {"form", "last-row"}, {"list", "help"}};
    enum action_id top = ACTION_FIRST_ROW, bottom = ACTION_LAST_ROW;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct str text = STR_INIT, problems = STR_INIT;
        struct error err;
        str_printf(&text, "%s = (", files[i][0]);
        for (int code = 0x4e00; code < 0x4e00 + 700; code++) {
            str_add(&text, code > 0x4e00 ? ", (\"M-" : "(\"M-");
            text_encode(&text, (uint32_t)code);
            str_printf(&text, "\", \"%s\")", files[i][1]);
        }
        str_add(&text, ");");
        assert_int_equal(keymap_load(map, str_text(&text), text.len, "keys.cfg", &problems, &err),
                         ST_OK);
        for (uint32_t code = 0x4e00; code < 0x4e00 + 700; code++) {
            struct str name = STR_INIT;
            str_add(&name, "M-");
            text_encode(&name, code);
            assert_int_equal(at(map, "list", str_text(&name)), i < 2 ? top : ACTION_HELP);
            assert_int_equal(at(map, "form", str_text(&name)), i < 1 ? ACTION_NONE : bottom);
            str_finish(&name);
        }
        str_finish(&text);
        str_finish(&problems);
    }
    assert_int_equal(at(map, "list", "j"), ACTION_NEXT_ROW);
    assert_int_equal(at(map, "list", "M-x"), at(map, "global", "M-x"));
    keymap_destroy(map);
}

static void test_typing(void **state)
{
    (void)state;
    struct keymap *map = map_with(NULL, NULL, ST_OK);
    struct key q, save;
    key_parse(span_of("q"), &q);
    key_parse(span_of("^S"), &save);
    int form = keymap_context(map, "form");
    struct str keys = STR_INIT;
    assert_true(keymap_first(map, form, ACTION_HELP, false, &keys));
    assert_string_equal(str_text(&keys), "?");
    str_clear(&keys);
    assert_true(keymap_first(map, form, ACTION_HELP, true, &keys)); /* "?" would be typed */
    assert_string_equal(str_text(&keys), "F1");
    assert_false(keymap_first(map, form, ACTION_PALETTE, true, &keys));
    str_finish(&keys);
    assert_int_equal(keymap_lookup_typing(map, form, &q), ACTION_NONE);
    assert_int_equal(keymap_lookup_typing(map, form, &save), ACTION_REVIEW);
    keymap_destroy(map);
}

static void test_override(void **state)
{
    (void)state;
    struct keymap *map = map_with("list = ( ( \"j\", \"edit\" ), ( \"x\", \"<disabled>\" ),\n"
                                  "  ( \"?\", \"none\" ), ( \"F5\", \"refresh\" ) );\n",
                                  NULL, ST_OK);
    assert_int_equal(at(map, "list", "j"), ACTION_EDIT);
    assert_int_equal(at(map, "detail", "j"), ACTION_NEXT_ROW);
    assert_int_equal(at(map, "list", "x"), ACTION_NONE);
    assert_int_equal(at(map, "list", "?"), ACTION_NONE); /* does not fall back */
    assert_int_equal(at(map, "detail", "?"), ACTION_HELP);
    struct str keys = STR_INIT;
    int list = keymap_context(map, "list");
    assert_int_equal(keymap_keys(map, list, ACTION_NEXT_ROW, 0, " ", &keys), 1);
    assert_string_equal(str_text(&keys), "Down");
    str_clear(&keys);
    assert_int_equal(keymap_keys(map, list, ACTION_REFRESH, 0, " ", &keys), 2);
    assert_string_equal(str_text(&keys), "F5 r");
    str_clear(&keys);
    assert_int_equal(keymap_keys(map, list, ACTION_HELP, 0, ", ", &keys), 1);
    assert_string_equal(str_text(&keys), "F1");
    str_clear(&keys);
    assert_int_equal(keymap_keys(map, list, ACTION_REFRESH, 1, " ", &keys), 1);
    assert_string_equal(str_text(&keys), "F5");
    str_finish(&keys);
    keymap_destroy(map);
}

static void test_problems(void **state)
{
    (void)state;
    struct str problems = STR_INIT;
    struct keymap *map = map_with("list = (\n"
                                  "  ( \"j\", \"edti\" ),\n"
                                  "  ( \"Upp\", \"edit\" ),\n"
                                  "  ( \"m\", \"edit\" ),\n"
                                  "  ( \"m\", \"delete\" ),\n"
                                  "  ( \"n\" ),\n"
                                  "  ( \"F9\", \"edit\" )\n"
                                  ");\n"
                                  "lits = ( );\n",
                                  &problems, ST_CONFIG);
    const char *text = str_text(&problems);
    assert_non_null(strstr(text, "keys.cfg:2: no such action \"edti\": did you mean \"edit\"?"));
    assert_non_null(strstr(text, "keys.cfg:3: no such key \"Upp\""));
    assert_non_null(strstr(text, "keys.cfg:5: bound twice"));
    assert_non_null(strstr(text, "keys.cfg:6: not a binding"));
    assert_non_null(strstr(text, "keys.cfg:9: no such context \"lits\""));
    assert_int_equal(at(map, "list", "j"), ACTION_NEXT_ROW); /* the rest holds */
    assert_int_equal(at(map, "list", "m"), ACTION_EDIT);
    assert_int_equal(at(map, "list", "F9"), ACTION_EDIT);
    str_finish(&problems);
    keymap_destroy(map);
}

static void test_bad_syntax(void **state)
{
    (void)state;
    struct str problems = STR_INIT;
    struct keymap *map = map_with("list = ( ( \"j\", \"edit\" ), );\n", &problems, ST_CONFIG);
    assert_non_null(strstr(str_text(&problems), "keys.cfg"));
    assert_int_equal(at(map, "list", "j"), ACTION_NEXT_ROW);
    str_finish(&problems);
    keymap_destroy(map);
}

static void test_missing_file(void **state)
{
    (void)state;
    struct error err;
    struct keymap *map = map_with(NULL, NULL, ST_OK);
    assert_int_equal(keymap_load_file(map, "/nonexistent/keys.cfg", NULL, &err), ST_OK);
    keymap_destroy(map);
}

static void test_rows(void **state)
{
    (void)state;
    struct keymap *map = map_with(NULL, NULL, ST_OK);
    struct keymap_row *rows;
    int review = keymap_context(map, "review");
    size_t own = keymap_rows(map, review, false, &rows);
    mem_free(rows);
    size_t all = keymap_rows(map, review, true, &rows);
    assert_true(own > 0 && all > own);
    assert_int_equal(rows[0].action, ACTION_APPLY);
    assert_false(rows[0].global);
    assert_true(rows[all - 1].global);
    for (size_t i = 0; i < all; i++) /* r is look-again here: global refresh by r is hidden */
        assert_false(rows[i].global && key_is_text(rows[i].key) && rows[i].key->text[0] == 'r');
    mem_free(rows);
    keymap_destroy(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_defaults_read_twice),
        cmocka_unit_test(test_typing),
        cmocka_unit_test(test_override),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_bad_syntax),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
