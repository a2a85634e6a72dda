/* paths_test.c: where things are kept, and with which modes. */
#include "config/paths.h"

#include "base/mem.h"
#include "config/file.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void test_places(void **state)
{
    (void)state;
    static const char *const plain[] = {"HOME=/u/x", "XDG_STATE_HOME=relative", NULL};
    struct env env = env_from_list(plain);
    struct paths p;
    assert_int_equal(paths_init(&p, &env, NULL), ST_OK);
    assert_string_equal(p.config_dir, "/u/x/.config/paddock");
    assert_string_equal(p.data_dir, "/u/x/.local/share/paddock");
    assert_string_equal(p.state_dir, "/u/x/.local/state/paddock"); /* relative is ignored */
    assert_string_equal(p.cache_dir, "/u/x/.cache/paddock");
    paths_finish(&p);
    static const char *const xdg[] = {"HOME=/u/x", "XDG_CONFIG_HOME=/c", "XDG_CACHE_HOME=/k", NULL};
    env = env_from_list(xdg);
    assert_int_equal(paths_init(&p, &env, NULL), ST_OK);
    assert_string_equal(p.config_dir, "/c/paddock");
    assert_string_equal(p.cache_dir, "/k/paddock");
    paths_finish(&p);
}

static void test_make_dir(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT;
    struct error err = {0};
    struct stat st;
    mode_t old = umask(0);
    const char *deep = tmpdir_path(dir, "a/b/c", &path);
    assert_int_equal(paths_make_dir(deep, &err), ST_OK);
    assert_int_equal(paths_make_dir(deep, &err), ST_OK);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(chmod(deep, 0770), 0);
    assert_int_equal(paths_make_dir(deep, &err), ST_IO);
    assert_non_null(strstr(err.next, "chmod go-w"));
    tmpdir_write(dir, "file", "x", 0600);
    assert_int_equal(paths_make_dir(tmpdir_path(dir, "file", &path), &err), ST_IO);
    assert_int_equal(paths_make_dir(tmpdir_path(dir, "file/below", &path), &err), ST_IO);
    umask(old);
    str_finish(&path);
    tmpdir_destroy(dir);
}

static void test_write_new(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, text = STR_INIT;
    struct error err = {0};
    struct stat st;
    const char *file = tmpdir_path(dir, "new/paddock.cfg", &path);
    assert_int_equal(file_write_new(file, "first", 5, &err), ST_OK);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_write_new(file, "other", 5, &err), ST_CONFLICT);
    assert_true(tmpdir_read(dir, "new/paddock.cfg", &text));
    assert_string_equal(str_text(&text), "first");
    /* A link that leads nowhere is not followed to make a file there. */
    file = tmpdir_path(dir, "new/link.cfg", &path);
    assert_int_equal(symlink("/tmp/paddock-test-must-not-appear", file), 0);
    assert_int_equal(file_write_new(file, "x", 1, &err), ST_CONFLICT);
    str_finish(&path);
    str_finish(&text);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_make_dir),
        cmocka_unit_test(test_write_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
