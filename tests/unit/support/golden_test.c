/* golden_test.c: golden files, masks, and the private home they are tried in. */
#include "../../support/golden.h"

#include "../../support/files.h"
#include "../../support/tmpdir.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int home_make(void **state)
{
    unsetenv("GOLDEN_UPDATE");
    *state = tmpdir_create();
    return *state ? 0 : -1;
}

static int home_remove(void **state)
{
    tmpdir_destroy(*state);
    return 0;
}

static void test_equal_and_different(void **state)
{
    struct tmpdir *d = *state;
    assert_true(tmpdir_write(d, "a.txt", "one\ntwo\n", 0644));
    assert_true(golden_check_in(d->path, "a", "one\ntwo\n", NULL));
    assert_true(golden_check_in(d->path, "a", "one   \ntwo", NULL));
    fprintf(stderr, "(the next differences are meant to be there)\n");
    assert_false(golden_check_in(d->path, "a", "one\ntwa\n", NULL));
    assert_false(golden_check_in(d->path, "a", "one\n", NULL));
    assert_false(golden_check_in(d->path, "a", "one\ntwo\n\nthree\n", NULL));
    assert_false(golden_check_in(d->path, "missing", "x\n", NULL));
}

static void test_masks(void **state)
{
    struct tmpdir *d = *state;
    const char *first =
        " paddock  127.0.0.1:8099  verified 14:02:07 (9s)   rw\n checked 40 s ago\n";
    const char *later =
        " paddock  127.0.0.1:41233  verified 09:59:59 (12s)  rw\n checked 3 s ago\n";
    assert_true(tmpdir_write(d, "m.txt", first, 0644));
    fprintf(stderr, "(the next difference is meant to be there)\n");
    assert_false(golden_check_in(d->path, "m", later, NULL));
    assert_true(golden_check_in(d->path, "m", later, golden_masks_usual));
    const struct golden_mask odd[] = {{"x*", "-"}, {"^b", "c"}, {NULL, NULL}};
    assert_true(tmpdir_write(d, "o.txt", "axxb\nba\n", 0644));
    assert_true(golden_check_in(d->path, "o", "a-b\nca\n", odd));
    const struct golden_mask bad[] = {{"(", ""}, {NULL, NULL}};
    assert_false(golden_check_in(d->path, "o", "axxb\nba\n", bad));
}

static void test_update(void **state)
{
    struct tmpdir *d = *state;
    struct str s = STR_INIT;
    setenv("GOLDEN_UPDATE", "1", 1);
    assert_true(golden_check_in(d->path, "new", "at 127.0.0.1:99\n", golden_masks_usual));
    unsetenv("GOLDEN_UPDATE");
    assert_true(tmpdir_read(d, "new.txt", &s));
    assert_string_equal(str_text(&s), "at 127.0.0.1:PORT\n");
    assert_true(golden_check_in(d->path, "new", "at 127.0.0.1:1\n", golden_masks_usual));
    str_finish(&s);
}

static void test_home(void **state)
{
    struct tmpdir *d = *state;
    struct str s = STR_INIT;
    struct stat st;
    const char *more[] = {"A=b", NULL};
    const char **env = tmpdir_env_with(d, more);
    assert_true(strncmp(env[0], "HOME=/", 6) == 0);
    assert_string_equal(env[6], "A=b");
    assert_null(env[7]);
    mem_free(env);
    assert_int_equal(stat(d->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    mode_t old = umask(077);
    assert_true(tmpdir_write(d, "home/config/paddock/token", "secret secret", 0644));
    umask(old);
    assert_int_equal(stat(tmpdir_path(d, "home/config/paddock/token", &s), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(tmpdir_find_bytes(d, "secret"), 2);
    assert_int_equal(tmpdir_find_bytes(d, "Secret"), 0);
    str_finish(&s);
}

static void test_home_is_removed(void **state)
{
    (void)state;
    struct tmpdir *d = tmpdir_create();
    char *path = mem_strdup(d->path);
    struct str s = STR_INIT;
    assert_true(tmpdir_write(d, "closed/file", "x", 0600));
    assert_int_equal(symlink("/etc", tmpdir_path(d, "link", &s)), 0);
    assert_int_equal(chmod(tmpdir_path(d, "closed", &s), 0), 0);
    tmpdir_destroy(d);
    assert_false(file_exists(path));
    assert_true(file_exists("/etc"));
    mem_free(path);
    str_finish(&s);
}

static void test_build_dir(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    const char *was = getenv("PADDOCK_BUILD");
    char *kept = was ? mem_strdup(was) : NULL;
    setenv("PADDOCK_BUILD", "/tmp/../tmp", 1);
    build_dir(&s);
    assert_string_equal(str_text(&s), "/tmp");
    unsetenv("PADDOCK_BUILD");
    build_dir(&s);
    str_add(&s, "/tests/unit/support/golden_test");
    assert_true(file_exists(str_text(&s)));
    if (kept)
        setenv("PADDOCK_BUILD", kept, 1);
    mem_free(kept);
    str_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_equal_and_different, home_make, home_remove),
        cmocka_unit_test_setup_teardown(test_masks, home_make, home_remove),
        cmocka_unit_test_setup_teardown(test_update, home_make, home_remove),
        cmocka_unit_test_setup_teardown(test_home, home_make, home_remove),
        cmocka_unit_test(test_home_is_removed),
        cmocka_unit_test(test_build_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
