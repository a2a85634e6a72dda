/* secret_test.c: what is kept of a token, and what is not. */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_keeps_a_copy(void **state)
{
    (void)state;
    char mine[] = "tok-123";
    struct secret *s = secret_create(mine, strlen(mine));
    secret_wipe(mine, sizeof mine);
    assert_int_equal(mine[0], 0);
    assert_int_equal(mine[6], 0);
    assert_string_equal(secret_bytes(s), "tok-123");
    assert_int_equal(secret_len(s), 7);
    secret_destroy(s);
    secret_destroy(NULL);
    secret_wipe(NULL, 0);
}

static void test_longest(void **state)
{
    (void)state;
    char big[SECRET_BYTES_MAX + 10];
    memset(big, 'x', sizeof big);
    struct secret *s = secret_create(big, SECRET_BYTES_MAX);
    struct secret *over = secret_create(big, sizeof big);
    assert_int_equal(strlen(secret_bytes(s)), SECRET_BYTES_MAX);
    assert_int_equal(secret_len(over), SECRET_BYTES_MAX);
    secret_destroy(s);
    secret_destroy(over);
}

static void test_found_in_text(void **state)
{
    (void)state;
    struct secret *s = secret_create("tok", 3);
    assert_true(secret_in(s, "tok", 3));
    assert_true(secret_in(s, "a: totok!", 9));
    assert_true(secret_in(s, "a\0tok", 5));
    assert_false(secret_in(s, "totok", 4));
    assert_false(secret_in(s, "to", 2));
    assert_false(secret_in(s, "", 0));
    assert_false(secret_in(NULL, "tok", 3));
    secret_destroy(s);
}

/* A forked child must not carry the token to wherever it goes. Kernels without that advice say so
 * by refusing it, and the child then sees the bytes: only a changed value would be wrong. */
static void test_children_see_nothing(void **state)
{
    (void)state;
    struct secret *s = secret_create("tok", 3);
    pid_t pid = fork();
    if (pid == 0) {
        const char *seen = secret_bytes(s);
        _exit(seen[0] == '\0' ? 0 : strcmp(seen, "tok") == 0 ? 1 : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) < 2);
    assert_string_equal(secret_bytes(s), "tok");
    secret_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_a_copy),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_found_in_text),
        cmocka_unit_test(test_children_see_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
