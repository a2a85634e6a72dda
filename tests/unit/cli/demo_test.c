/* demo_test.c: the sandbox as a child. A script stands in its place, since here it is about how a
 * program is started, heard and ended; with the real one the demo is tried in tests/api/cli_test.c
 * and tests/screen/demo_test.c. */
#include "cli/demo.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tests/support/tmpdir.h"

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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct tmpdir *dir;
    struct str path;
};

/* PATH is the folder of the script, and what a script needs; TMPDIR one of our own. */
static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    struct str path = STR_INIT;
    r->dir = tmpdir_create();
    str_printf(&path, "%s/bin:/usr/bin:/bin", r->dir->path);
    setenv("PATH", str_text(&path), 1);
    assert_true(tmpdir_write(r->dir, "tmp/.keep", "", 0600));
    setenv("TMPDIR", tmpdir_path(r->dir, "tmp", &r->path), 1);
    setenv("SEEN", tmpdir_path(r->dir, "seen", &r->path), 1);
    setenv("PADDOCK_TOKEN", "canary-of-ours", 1);
    str_finish(&path);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    unsetenv("TMPDIR");
    tmpdir_destroy(r->dir);
    str_finish(&r->path);
    mem_free(r);
    return 0;
}

static void script(struct rig *r, const char *body)
{
    struct str text = STR_INIT;
    str_printf(&text, "#!/bin/sh\n%s", body);
    assert_true(tmpdir_write(r->dir, "bin/paddock-sandbox", str_text(&text), 0700));
    str_finish(&text);
}

static bool in_dir(struct rig *r, const char *name)
{
    return access(tmpdir_path(r->dir, name, &r->path), F_OK) == 0;
}

static void test_lives_and_ends(void **state)
{
    struct rig *r = *state;
    struct demo *demo;
    struct error err;
    struct str seen = STR_INIT;
    struct stat st;
    script(r, "echo \"$$\" > \"$SEEN\"; echo \"$*\" >> \"$SEEN\"; env >> \"$SEEN\"\n"
              "echo http://127.0.0.1:4711; echo more; exec sleep 1000\n");
    if (demo_start(&demo, &err))
        fail_msg("%s", err.what);
    assert_string_equal(demo_url(demo), "http://127.0.0.1:4711");
    assert_true(tmpdir_read(r->dir, "seen", &seen));
    pid_t pid = (pid_t)atoi(str_text(&seen));
    assert_int_equal(kill(pid, 0), 0);
    assert_int_equal(getsid(pid), pid); /* the terminal's signals are for the console */
    assert_non_null(
        strstr(str_text(&seen), "--port 0 --accounts 1200 --org " DEMO_ORG " --die-with-parent\n"));
    /* The token: random, in its environment, never among its arguments; ours stays here. */
    assert_int_equal(strlen(demo_token(demo)), 48);
    const char *args = strchr(str_text(&seen), '\n') + 1, *env = strchr(args, '\n');
    const char *token = strstr(str_text(&seen), demo_token(demo));
    assert_true(token > env);
    assert_non_null(strstr(env, "PADDOCK_SANDBOX_TOKEN="));
    assert_null(strstr(str_text(&seen), "canary-of-ours"));
    char *dir = mem_strdup(demo_dir(demo));
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    FILE *f = fopen(tmpdir_path(r->dir, "tmp/x", &r->path), "w");
    fclose(f);
    str_clear(&r->path);
    str_printf(&r->path, "%s/below", dir);
    assert_int_equal(mkdir(str_text(&r->path), 0700), 0);
    demo_stop(demo);
    assert_int_equal(kill(pid, 0), -1); /* ended, and no zombie */
    assert_int_equal(errno, ESRCH);
    assert_int_equal(access(dir, F_OK), -1); /* with what was in it */
    assert_true(in_dir(r, "tmp/x"));         /* and nothing else */
    mem_free(dir);
    str_finish(&seen);
}

static void test_no_two_tokens(void **state)
{
    struct rig *r = *state;
    struct demo *a, *b;
    struct error err;
    script(r, "echo http://127.0.0.1:4711; exec sleep 1000\n");
    assert_int_equal(demo_start(&a, &err), ST_OK);
    assert_int_equal(demo_start(&b, &err), ST_OK);
    assert_string_not_equal(demo_token(a), demo_token(b));
    assert_string_not_equal(demo_dir(a), demo_dir(b));
    demo_stop(a);
    demo_stop(b);
    demo_stop(NULL);
}

/* What it says instead of a URL is the reason; nothing is left behind. */
static void test_does_not_start(void **state)
{
    static const struct {
        const char *body, *says;
    } cases[] = {
        {"echo port taken >&2; exit 1\n", "the sandbox did not start: port taken"},
        {"exit 0\n", "the sandbox did not start: "},
        {"echo http://gw.example.net\n", "the sandbox did not start: http://gw.example.net"},
    };
    struct rig *r = *state;
    struct demo *demo;
    struct error err;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        script(r, cases[i].body);
        assert_int_equal(demo_start(&demo, &err), ST_FAIL);
        assert_null(demo);
        if (!strstr(err.what, cases[i].says))
            fail_msg("\"%s\"", err.what);
        assert_non_null(strstr(err.next, "PATH"));
    }
    unlink(tmpdir_path(r->dir, "bin/paddock-sandbox", &r->path));
    assert_int_equal(demo_start(&demo, &err), ST_FAIL);
    assert_non_null(strstr(err.what, "No such file or directory"));
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    assert_int_equal(errno, ECHILD);
    struct str left = STR_INIT;
    str_printf(&left, "exec test -z \"$(ls -d %s/tmp/paddock-demo-* 2>/dev/null)\"", r->dir->path);
    assert_int_equal(system(str_text(&left)), 0);
    str_finish(&left);
}

/* With standard files closed the pipe to the broom has their numbers: it still ends with us only,
 * not at once, and not at what is printed. */
static void test_without_standard_files(void **state)
{
    struct rig *r = *state;
    struct demo *demo;
    struct error err;
    script(r, "echo http://127.0.0.1:4711; exec sleep 1000\n");
    int kept[3];
    for (int fd = 0; fd < 3; fd++)
        kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    enum status st = demo_start(&demo, &err);
    bool there = false, wrote = false;
    char *dir = NULL;
    if (st == ST_OK) {
        dir = mem_strdup(demo_dir(demo));
        for (int fd = 0; fd < 3; fd++)
            wrote |= write(fd, "x", 1) == 1;
        usleep(300000);
        there = access(dir, F_OK) == 0;
        demo_stop(demo);
    }
    for (int fd = 0; fd < 3; fd++) {
        dup2(kept[fd], fd);
        close(kept[fd]);
    }
    (void)wrote;
    assert_int_equal(st, ST_OK);
    assert_true(there);
    assert_int_equal(access(dir, F_OK), -1);
    mem_free(dir);
}

/* One that does not heed SIGTERM is ended all the same. */
static void test_stubborn(void **state)
{
    struct rig *r = *state;
    struct demo *demo;
    struct error err;
    struct str seen = STR_INIT;
    script(r, "trap '' TERM; echo \"$$\" > \"$SEEN\"; echo http://127.0.0.1:4711\n"
              "while :; do sleep 1000; done\n");
    assert_int_equal(demo_start(&demo, &err), ST_OK);
    assert_true(tmpdir_read(r->dir, "seen", &seen));
    pid_t pid = (pid_t)atoi(str_text(&seen));
    demo_stop(demo);
    assert_int_equal(kill(pid, 0), -1);
    str_finish(&seen);
}

/* Directories of demos that were killed go at the next start; those of living ones, of other names
 * and of nobody stay. */
static void test_sweeps(void **state)
{
    struct rig *r = *state;
    struct demo *demo;
    struct error err;
    char dead[64], mine[64];
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    snprintf(dead, sizeof dead, "tmp/paddock-demo-%d-abcdef/state/x", (int)pid);
    snprintf(mine, sizeof mine, "tmp/paddock-demo-%d-abcdef/x", (int)getpid());
    const char *const stay[] = {mine, "tmp/paddock-demo-x-abcdef/x", "tmp/paddock-demo-1-abcdef/x",
                                "tmp/other-1-x/x"};
    assert_true(tmpdir_write(r->dir, dead, "", 0600));
    for (size_t i = 0; i < ARRAY_LEN(stay); i++)
        assert_true(tmpdir_write(r->dir, stay[i], "", 0600));
    script(r, "echo http://127.0.0.1:4711; exec sleep 1000\n");
    assert_int_equal(demo_start(&demo, &err), ST_OK);
    assert_false(in_dir(r, dead));
    *strchr(strstr(dead, "demo-"), '/') = '\0';
    assert_false(in_dir(r, dead));
    for (size_t i = 0; i < ARRAY_LEN(stay); i++)
        assert_true(in_dir(r, stay[i]));
    demo_stop(demo);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {T(test_lives_and_ends), T(test_no_two_tokens),
                                       T(test_does_not_start), T(test_without_standard_files),
                                       T(test_stubborn),       T(test_sweeps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
