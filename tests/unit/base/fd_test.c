/* fd_test.c: more than a pipe holds at once, with signals in between; too much; no descriptor. */
#include "base/fd.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES 1000000

static void nothing(int signo)
{
    (void)signo;
}

/* Signals come without SA_RESTART, so that read and write end early. */
static void disturb(void)
{
    const struct sigaction action = {.sa_handler = nothing};
    const struct itimerval often = {{0, 500}, {0, 500}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

static void leave_in_peace(void)
{
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
}

static char *pattern(void)
{
    char *bytes = mem_alloc(BYTES);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    return bytes;
}

static void test_all(void **state)
{
    int ends[2], code;
    struct str out = STR_INIT;
    char *bytes = pattern();
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        close(ends[0]);
        disturb();
        _exit(fd_write_all(ends[1], (struct span){bytes, BYTES}) ? 0 : 1);
    }
    close(ends[1]);
    disturb();
    str_add(&out, "before");
    assert_true(fd_read_all(ends[0], BYTES, &out));
    leave_in_peace();
    assert_int_equal(out.len, 6 + BYTES);
    assert_memory_equal(out.data, "before", 6);
    assert_memory_equal(out.data + 6, bytes, BYTES);
    assert_int_equal(out.data[out.len], '\0');
    assert_int_equal(waitpid(writer, &code, 0), writer);
    assert_int_equal(code, 0);
    close(ends[0]);
    str_finish(&out);
    mem_free(bytes);
}

static void test_too_much(void **state)
{
    int ends[2];
    struct str out = STR_INIT;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(fd_write_all(ends[1], span_of("1234")));
    close(ends[1]);
    errno = 0;
    assert_false(fd_read_all(ends[0], 3, &out));
    assert_int_equal(errno, EFBIG);
    close(ends[0]);
    str_finish(&out);
}

static void test_no_descriptor(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    assert_false(fd_read_all(-1, 10, &out));
    assert_int_equal(errno, EBADF);
    assert_false(fd_write_all(-1, span_of("x")));
    assert_int_equal(errno, EBADF);
    assert_true(fd_write_all(-1, span_of("")));
    str_finish(&out);
}

static void test_special(void **state)
{
    char dir[] = "/tmp/fd_test.XXXXXX", path[40];
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/x", dir);
    assert_false(fd_is_special(path)); /* nothing is there */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(fd_is_special(path));
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_false(fd_is_special(path));
    unlink(path);
    assert_true(fd_is_special(dir));
    assert_true(fd_is_special("/dev/null"));
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all), cmocka_unit_test(test_too_much),
                                       cmocka_unit_test(test_no_descriptor),
                                       cmocka_unit_test(test_special)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
