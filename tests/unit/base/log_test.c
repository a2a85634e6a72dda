/* log_test.c: one line an event, harmless, without the token, for nobody else's eyes. */
#include "base/log.h"

#include <fcntl.h>
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

struct bench {
    char dir[32], path[64];
    struct clock_manual time;
    char text[4096];
};

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){.dir = "/tmp/log-test-XXXXXX", .time = {0, 1792504927000}};
    if (!mkdtemp(b.dir))
        return -1;
    snprintf(b.path, sizeof b.path, "%s/log", b.dir);
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    unlink(b->path);
    return rmdir(b->dir);
}

static struct log *open_log(struct bench *b)
{
    struct log *log;
    assert_int_equal(log_open(&log, b->path, clock_from_manual(&b->time), NULL), ST_OK);
    return log;
}

static const char *read_back(struct bench *b)
{
    int fd = open(b->path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, b->text, sizeof b->text - 1);
    close(fd);
    assert_true(n >= 0);
    b->text[n] = '\0';
    return b->text;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_lines(void **state)
{
    struct bench *b = *state;
    struct log *log = open_log(b);
    log_printf(log, "GET %s %d", "/v1/orgs", 200);
    b->time.wall_ms += 1000;
    log_printf(log, "name \x1b[31m\nfake line\xff");
    log_close(log);
    assert_string_equal(read_back(b), "2026-10-20T14:02:07Z GET /v1/orgs 200\n"
                                      "2026-10-20T14:02:08Z name ^[[31m^Jfake line\\x{ff}\n");
    log = open_log(b); /* appends */
    log_printf(log, "%s", "");
    log_close(log);
    assert_non_null(strstr(read_back(b), "\\x{ff}\n2026-10-20T14:02:08Z \n"));
}

static void test_off(void **state)
{
    (void)state;
    log_printf(NULL, "nobody %s", "hears");
    log_set_secret(NULL, NULL);
    log_close(NULL);
}

static void test_never_the_token(void **state)
{
    struct bench *b = *state;
    struct log *log = open_log(b);
    struct secret *s = secret_create("tok-canary", 10);
    log_set_secret(log, s);
    log_printf(log, "Authorization: Bearer %s", secret_bytes(s));
    log_printf(log, "tok-canar");
    log_set_secret(log, NULL);
    secret_destroy(s);
    log_printf(log, "after");
    log_close(log);
    read_back(b);
    assert_null(strstr(b->text, "canary"));
    assert_null(strstr(b->text, "Bearer"));
    assert_non_null(strstr(b->text, "left out"));
    assert_non_null(strstr(b->text, "tok-canar\n"));
    assert_non_null(strstr(b->text, "after\n"));
}

static void test_only_for_us(void **state)
{
    struct bench *b = *state;
    mode_t old = umask(0);
    log_close(open_log(b));
    assert_int_equal(mode_of(b->path), 0600);
    chmod(b->path, 0664);
    log_close(open_log(b)); /* one that was there before */
    assert_int_equal(mode_of(b->path), 0600);
    umask(old);
}

static void expect_refused(struct bench *b, const char *why)
{
    struct log *log = (struct log *)b;
    struct error err;
    assert_int_equal(log_open(&log, b->path, clock_from_manual(&b->time), &err), ST_IO);
    assert_null(log);
    assert_non_null(strstr(err.what, why));
    assert_non_null(strstr(err.what, b->path));
}

static void test_refuses_what_is_no_plain_file(void **state)
{
    struct bench *b = *state;
    char other[80];
    snprintf(other, sizeof other, "%s/other", b->dir);
    assert_int_equal(symlink(other, b->path), 0);
    expect_refused(b, "symbolic links");
    assert_int_equal(access(other, F_OK), -1);
    unlink(b->path);
    assert_int_equal(mkfifo(b->path, 0600), 0);
    expect_refused(b, "not a plain file"); /* and without waiting for a reader */
    int reader = open(b->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    expect_refused(b, "not a plain file");
    close(reader);
    unlink(b->path);
    assert_int_equal(mkdir(b->path, 0700), 0);
    expect_refused(b, "directory");
    rmdir(b->path);
    snprintf(b->path, sizeof b->path, "%s/no/log", b->dir);
    expect_refused(b, "No such file");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lines),
        TEST(test_off),
        TEST(test_never_the_token),
        TEST(test_only_for_us),
        TEST(test_refuses_what_is_no_plain_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
