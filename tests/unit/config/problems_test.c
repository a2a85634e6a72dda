/* problems_test.c: a line each, the first as an error, with what is allowed; and what a file is
 * refused for before it is read. */
#include "config/problems.h"

#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/tmpdir.h"

static void test_lines(void **state)
{
    (void)state;
    struct str lines = STR_INIT;
    struct error err = {0};
    struct problems p = {"f.cfg", &lines, &err, 0};
    struct near near = {span_of("edti"), NULL, 0}, none = {span_of("qqqq"), NULL, 0};
    near_offer(&near, "edit");
    near_offer(&none, "edit");
    assert_int_equal(problem_at(&p, 3, "not a colour", "a\x1b[", "red or blue"), ST_CONFIG);
    assert_int_equal(problem_at(&p, 4, "a text belongs here", NULL, NULL), ST_CONFIG);
    assert_int_equal(problem_name(&p, 5, "no action", &near, "see the help"), ST_CONFIG);
    assert_int_equal(problem_name(&p, 6, "no action", &none, "see the help"), ST_CONFIG);
    assert_string_equal(str_text(&lines), "f.cfg:3: not a colour \"a^[[\": red or blue\n"
                                          "f.cfg:4: a text belongs here\n"
                                          "f.cfg:5: no action \"edti\": did you mean \"edit\"?\n"
                                          "f.cfg:6: no action \"qqqq\": see the help\n");
    assert_int_equal(p.count, 4);
    assert_int_equal(err.status, ST_CONFIG);
    assert_string_equal(err.what, "f.cfg:3: not a colour \"a^[[\"");
    assert_string_equal(err.next, "red or blue");
    str_finish(&lines);
}

/* Who wants neither lines nor the error still learns that there was one. */
static void test_nobody_listens(void **state)
{
    (void)state;
    struct problems p = {"f.cfg", NULL, NULL, 0};
    problem_at(&p, 1, "wrong", "x", "y");
    assert_int_equal(p.count, 1);
}

static void test_files(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, text = STR_INIT, lines = STR_INIT;
    tmpdir_path(dir, "home/a.cfg", &path);
    struct problems p = {str_text(&path), &lines, NULL, 0};
    assert_int_equal(problems_read(&p, &text), ST_NOT_FOUND);
    assert_int_equal(p.count, 0); /* none there is no problem */
    assert_true(tmpdir_write(dir, "home/a.cfg", "a = 1;\nb = ;\n", 0600));
    assert_int_equal(problems_read(&p, &text), ST_OK);
    config_t tree;
    config_init(&tree);
    assert_int_equal(problems_parse(&p, &tree, str_text(&text), text.len), ST_CONFIG);
    config_destroy(&tree);
    assert_non_null(strstr(str_text(&lines), "a.cfg:2: syntax error"));
    str_clear(&lines);
    assert_true(tmpdir_write(dir, "home/a.cfg", "", 0622));
    assert_int_equal(problems_read(&p, &text), ST_CONFIG);
    assert_non_null(strstr(str_text(&lines), "chmod go-w ")); /* the way out is said as well */
    assert_int_equal(p.count, 2);
    str_finish(&path);
    str_finish(&text);
    str_finish(&lines);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
