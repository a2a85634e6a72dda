/* mem_test.c: copies are copies, sizes cannot overflow, and the end of memory is one line and an
 * abort (F28), never a NULL for somebody to forget about. */
#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_copies(void **state)
{
    (void)state;
    char *a = mem_strdup("text"), *b = mem_strndup("text and more", 4);
    assert_string_equal(a, b);
    b = mem_realloc(b, 3, 100);
    assert_string_equal(b, "text");
    int *zero = mem_calloc(50, sizeof *zero);
    for (size_t i = 0; i < 50; i++)
        assert_int_equal(zero[i], 0);
    int seven = 7, *copy = mem_dup(&seven, sizeof seven);
    assert_int_equal(*copy, 7);
    void *nothing = mem_alloc(0);
    assert_non_null(nothing);
    mem_free(nothing);
    mem_free(copy);
    mem_free(zero);
    mem_free(a);
    mem_free(b);
    mem_free(NULL);
}

static void hook(void)
{
    static const char word[] = "hook";
    ssize_t n = write(1, word, sizeof word - 1);
    (void)n;
}

static void too_many(void)
{
    mem_realloc(NULL, SIZE_MAX / 4, 8);
}

/* What is written to 1 or 2 by a child in which fn runs, and how it ended. */
static int in_child(void (*fn)(void), void (*on_failure)(void), int fd, char *out, size_t size)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL); /* cmocka and the sanitizers catch it */
        dup2(ends[1], fd);
        mem_on_failure(on_failure);
        fn();
        _exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_f28_overflow_aborts_with_a_word(void **state)
{
    char said[200];
    (void)state;
    assert_int_equal(in_child(too_many, NULL, 2, said, sizeof said), SIGABRT);
    assert_non_null(strstr(said, "memory"));
    assert_int_equal(in_child(too_many, hook, 1, said, sizeof said), SIGABRT);
    assert_string_equal(said, "hook");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_f28_overflow_aborts_with_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
