/* theme_file_test.c: reading themes, fallbacks of roles, and everything that is wrong in a file. */
#include "theme/theme_file.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum status parse(struct style *styles, const char *text, struct error *err)
{
    return theme_parse(styles, text, strlen(text), "my.cfg", NULL, NULL, err);
}

static void test_parse(void **state)
{
    (void)state;
    struct style s[ROLE_COUNT];
    struct error err;
    assert_int_equal(parse(s,
                           "palette = { hot = \"#ff0010\"; };\n"
                           "roles = ( ( \"down\", \"hot\", 17, \"bold underline\" ),\n"
                           "  ( \"dim\", \"bright-black\" ), ( \"ok\", 34 ) );\n",
                           &err),
                     ST_OK);
    assert_int_equal(s[ROLE_DOWN].fg, THEME_RGB | 0xff0010);
    assert_int_equal(s[ROLE_DOWN].bg, 17);
    assert_int_equal(s[ROLE_DOWN].attrs, THEME_BOLD | THEME_UNDERLINE);
    assert_int_equal(s[ROLE_DIM].fg, 8);
    assert_int_equal(s[ROLE_DIM].bg, THEME_DEFAULT);
    /* fallbacks: error is down, gauge.full is down, gauge.ok is ok, text is nothing */
    assert_memory_equal(&s[ROLE_ERROR], &s[ROLE_DOWN], sizeof *s);
    assert_memory_equal(&s[ROLE_GAUGE_FULL], &s[ROLE_DOWN], sizeof *s);
    assert_int_equal(s[ROLE_GAUGE_OK].fg, 34);
    assert_int_equal(s[ROLE_JSON_WORD].fg, 8);
    assert_int_equal(s[ROLE_TEXT].fg, THEME_DEFAULT);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"roles = (\n( \"txet\", \"red\" ) );", "my.cfg:2: no such role \"txet\""},
        {"roles = ( ( \"text\", \"#12345\" ) );", "my.cfg:1: not a colour \"#12345\""},
        {"roles = ( ( \"text\", 256 ) );", "my.cfg:1: not a colour \"256\""},
        {"roles = ( ( \"text\", \"red\", \"blue\", \"blink\" ) );", "not an attribute \"blink\""},
        {"roles = ( ( \"ok\", \"red\" ),\n( \"ok\", \"blue\" ) );", "my.cfg:2: set twice: \"ok\""},
        {"colours = ( );", "my.cfg:1: no such setting in a theme \"colours\""},
        {"roles = ( ( \"ok\" ) );", "my.cfg:1: not a role"},
        {"palette = ( );", "palette is a group"},
        {"roles = ( ( \"ok\", \"a\\x1b\" ) );", "not a colour \"a^[\""},
        {"roles = ( (", "my.cfg:"},
        {"@include \"/etc/passwd\"\n", "my.cfg"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct style s[ROLE_COUNT];
        struct error err;
        assert_int_equal(parse(s, bad[i].text, &err), ST_CONFIG);
        if (!strstr(err.what, bad[i].says))
            fail_msg("\"%s\" says \"%s\", wanted \"%s\"", bad[i].text, err.what, bad[i].says);
    }
}

/* All of it at once, with the word that was meant. */
static void test_every_problem(void **state)
{
    (void)state;
    static const char text[] = "palete = { };\n"
                               "palette = { hot = \"#ff00\"; };\n"
                               "description = 3;\n"
                               "roles = (\n"
                               "  ( \"txet\", \"red\" ),\n"
                               "  ( \"ok\", \"blu\", \"het\" ),\n"
                               "  ( \"dim\", \"red\", 300, \"bold itallic\" )\n"
                               ");\n";
    static const char *const says[] = {
        "my.cfg:1: no such setting in a theme \"palete\": did you mean \"palette\"?\n",
        "my.cfg:2: not a colour \"#ff00\": a colour is ",
        "my.cfg:3: description is a text: ",
        "my.cfg:5: no such role \"txet\": did you mean \"text\"?\n",
        "my.cfg:6: not a colour \"blu\": did you mean \"blue\"?\n",
        "my.cfg:6: not a colour \"het\": did you mean \"hot\"?\n",
        "my.cfg:7: not a colour \"300\": a colour is ",
        "my.cfg:7: not an attribute \"itallic\": did you mean \"italic\"?\n",
    };
    struct style s[ROLE_COUNT], before[ROLE_COUNT];
    struct str problems = STR_INIT;
    struct error err;
    size_t lines = 0;
    memset(s, 7, sizeof s);
    memcpy(before, s, sizeof s);
    assert_int_equal(theme_parse(s, text, sizeof text - 1, "my.cfg", NULL, &problems, &err),
                     ST_CONFIG);
    for (size_t i = 0; i < ARRAY_LEN(says); i++)
        if (!strstr(str_text(&problems), says[i]))
            fail_msg("%s is not in:\n%s", says[i], str_text(&problems));
    for (const char *p = str_text(&problems); *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, ARRAY_LEN(says));
    assert_memory_equal(s, before, sizeof s); /* nothing is taken */
    assert_non_null(strstr(err.what, "my.cfg:1: "));
    assert_non_null(strstr(err.next, "palette"));
    str_finish(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_every_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
