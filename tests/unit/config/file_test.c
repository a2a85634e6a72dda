/* file_test.c: what libconfig would take and should not, and files that somebody else could have
 * written. */
#include "config/file.h"

#include "base/vec.h"
#include "tests/support/tmpdir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum status parse(const char *text, struct error *err)
{
    struct config_t tree;
    config_init(&tree);
    error_clear(err);
    enum status st = file_parse(&tree, "x.cfg", text, strlen(text), err);
    config_destroy(&tree);
    return st;
}

static void test_numbers(void **state)
{
    static const char *const good[] = {"a = 0;",
                                       "a = 2147483647;",
                                       "a = 0x7fffffff;",
                                       "a = -5;",
                                       "a = 1.5e300;",
                                       "a = 3000000000.5;",
                                       "a1234567890123 = 1;",
                                       "a = \"99999999999\";",
                                       "# 99999999999\na = 1;",
                                       "/* 99999999999 */ a = 1;",
                                       "// 99999999999\na = 1;",
                                       "a = [ 1, 2 ];"};
    static const char *const bad[] = {"a = 2147483648;",        "a = 0x80000000;",
                                      "a = 500000000000;",      "a = 99999999999999999999999;",
                                      "a = [ 1, 3000000000 ];", "a = 0xFFFFFFFFFFFFFFFF;",
                                      "a = 5000000000L;"};
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (parse(good[i], &err))
            fail_msg("%s: %s", good[i], err.what);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(parse(bad[i], &err), ST_CONFIG);
        if (!strstr(err.what, "x.cfg:1: the number ") || !strstr(err.what, "as a string"))
            fail_msg("%s: %s", bad[i], err.what);
    }
    assert_int_equal(parse("\n\na = 1;\nb = 2147483648;", &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "x.cfg:4: the number 2147483648 is beyond"));
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"@include \"/etc/passwd\"", "x.cfg:1: @include is not allowed"},
        {"a = \"\xff\";", "x.cfg is not UTF-8"},
        {"a = ;", "x.cfg:1: "},
        {"a = \"unended", "x.cfg:1: "},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(parse(bad[i].text, &err), ST_CONFIG);
        if (!strstr(err.what, bad[i].says))
            fail_msg("%s: %s", bad[i].text, err.what);
    }
    assert_int_equal(parse("a = \"@include is a text here\"; # @include\n", &err), ST_OK);
    struct config_t tree;
    config_init(&tree);
    assert_int_equal(file_parse(&tree, "x.cfg", "a\0b", 3, &err), ST_CONFIG);
    config_destroy(&tree);
}

/* Who could have written it decides, not what it says. */
static void test_owner_and_mode(void **state)
{
    static const struct {
        mode_t mode;
        enum status want;
    } cases[] = {{0600, ST_OK},     {0644, ST_OK},     {0400, ST_OK},     {0444, ST_OK},
                 {0620, ST_CONFIG}, {0602, ST_CONFIG}, {0666, ST_CONFIG}, {0664, ST_CONFIG}};
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, out = STR_INIT, link = STR_INIT;
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        tmpdir_write(dir, "f.cfg", "a = 1;\n", cases[i].mode);
        str_clear(&out);
        assert_int_equal(file_read_checked(tmpdir_path(dir, "f.cfg", &path), 100, &out, &err),
                         cases[i].want);
        assert_int_equal(out.len, cases[i].want ? 0 : 7);
        if (cases[i].want)
            assert_non_null(strstr(err.next, "chmod go-w"));
        unlink(str_text(&path));
    }
    tmpdir_write(dir, "f.cfg", "12345678901", 0600);
    str_clear(&out);
    assert_int_equal(file_read_checked(str_text(&path), 11, &out, &err), ST_OK);
    assert_int_equal(file_read_checked(str_text(&path), 10, &out, &err), ST_CONFIG);
    assert_int_equal(symlink("f.cfg", tmpdir_path(dir, "l.cfg", &link)), 0);
    str_clear(&out);
    assert_int_equal(file_read_checked(str_text(&link), 100, &out, &err), ST_OK); /* followed */
    assert_int_equal(file_read_checked(tmpdir_path(dir, "home", &path), 100, &out, &err),
                     ST_CONFIG); /* a folder */
    assert_int_equal(mkfifo(tmpdir_path(dir, "fifo", &path), 0600), 0);
    assert_int_equal(file_read_checked(str_text(&path), 100, &out, &err), ST_CONFIG); /* no wait */
    assert_int_equal(file_read_checked(tmpdir_path(dir, "none", &path), 100, &out, &err),
                     ST_NOT_FOUND);
    str_finish(&path);
    str_finish(&link);
    str_finish(&out);
    tmpdir_destroy(dir);
}

static void test_new_file(void **state)
{
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, text = STR_INIT;
    struct error err;
    struct stat st;
    (void)state;
    const char *name = tmpdir_path(dir, "new/folder/paddock.cfg", &path);
    assert_int_equal(file_write_new(name, "a = 1;\n", 7, &err), ST_OK);
    assert_int_equal(stat(name, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_write_new(name, "b", 1, &err), ST_CONFLICT);
    assert_true(tmpdir_read(dir, "new/folder/paddock.cfg", &text));
    assert_string_equal(str_text(&text), "a = 1;\n");
    str_finish(&path);
    str_finish(&text);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_owner_and_mode),
        cmocka_unit_test(test_new_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
