/* main_test.c: the sandbox's own begin and end: its token, its organisations, what it follows; and
 * the whole of it from argv to the exit code, in a child that is this program. */
#define main sandbox_main
#include "sandbox/main.c"
#undef main

#include "base/vec.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#define ARGS_MAX 12

/* ---- parts ---- */

static void test_tokens(void **state)
{
    static const char *const bad[] = {"", "a b", "a\n", "caf\xc3\xa9", "a\x7f"};
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(token_good(bad[i], &err), ST_USAGE);
    assert_int_equal(token_good("tok-1_~!", &err), ST_OK);
    /* --token before the environment, that before one of its own. */
    struct world w = {.options = {.token = "from-flag"}};
    setenv(TOKEN_ENV, "from-env", 1);
    assert_int_equal(token_choose(&w, &err), ST_OK);
    assert_string_equal(w.box.token, "from-flag");
    w.options.token = NULL;
    assert_int_equal(token_choose(&w, &err), ST_OK);
    assert_string_equal(w.box.token, "from-env");
    unsetenv(TOKEN_ENV);
    w.options.token_file = "said there";
    assert_int_equal(token_choose(&w, &err), ST_OK);
    assert_int_equal(strlen(w.box.token), 48);
    struct world other = {.options = {.token_file = "x"}};
    assert_int_equal(token_choose(&other, &err), ST_OK);
    assert_string_not_equal(other.box.token, w.box.token);
}

/* 0600 even over a file that was open to all; never through a symbolic link. */
static void test_token_file(void **state)
{
    struct tmpdir *d = tmpdir_create();
    struct str path = STR_INIT, link = STR_INIT, text = STR_INIT;
    struct error err;
    struct stat st;
    (void)state;
    assert_true(tmpdir_write(d, "token", "old and longer", 0666));
    tmpdir_path(d, "token", &path);
    assert_int_equal(token_write(str_text(&path), "abc", &err), ST_OK);
    assert_int_equal(stat(str_text(&path), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(tmpdir_read(d, "token", &text));
    assert_string_equal(str_text(&text), "abc\n");
    tmpdir_path(d, "link", &link);
    assert_int_equal(symlink(str_text(&path), str_text(&link)), 0);
    assert_int_equal(token_write(str_text(&link), "xyz", &err), ST_IO);
    assert_int_equal(token_write("/nowhere/token", "xyz", &err), ST_IO);
    assert_non_null(strstr(err.what, "/nowhere/token: No such file"));
    str_finish(&path);
    str_finish(&link);
    str_finish(&text);
    tmpdir_destroy(d);
}

static void test_organisations(void **state)
{
    struct world w = {.options = {.org = "a,b,,org_3"}};
    struct error err;
    (void)state;
    assert_int_equal(orgs_split(&w, &err), ST_OK);
    assert_int_equal(w.box.org_count, 3);
    assert_string_equal(w.box.orgs[2], "org_3");
    static const char *const bad[] = {"", ",", "a/b", "a,b/c"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct world x = {.options = {.org = bad[i]}};
        assert_int_equal(orgs_split(&x, &err), ST_USAGE);
        assert_non_null(strstr(err.what, "--org"));
    }
    char many[3 * ORGS_MAX + 4] = "", longest[700];
    for (int i = 0; i <= ORGS_MAX; i++)
        strcat(many, "o,");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const large[] = {many, longest, longest + sizeof longest - 102};
    for (size_t i = 0; i < ARRAY_LEN(large); i++) {
        struct world x = {.options = {.org = large[i]}};
        assert_int_equal(orgs_split(&x, &err), ST_USAGE);
    }
}

static void test_whom_it_follows(void **state)
{
    (void)state;
    pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    const struct options nobody = {.port = 0}, dead = {.parent_pid = gone},
                         self = {.parent_pid = getpid()};
    assert_int_equal(parent_watch(&nobody), -1);
    assert_int_equal(parent_watch(&dead), -2);
    int fd = parent_watch(&self);
    assert_true(fd >= 0 || errno == ENOSYS);
    if (fd >= 0)
        close(fd);
}

/* ---- the whole ---- */

struct run {
    pid_t pid;
    FILE *out, *err;
};

/* Words apart by blanks, as argv of a child. */
static struct run start(const char *words)
{
    static char text[400];
    char *argv[ARGS_MAX] = {(char *)(uintptr_t) "paddock-sandbox"}, *rest = text;
    int argc = 1, out[2], err[2];
    assert_true(strlen(words) < sizeof text && pipe(out) == 0 && pipe(err) == 0);
    strcpy(text, words);
    for (char *word; (word = strtok_r(rest, " ", &rest)) && argc < ARGS_MAX;)
        argv[argc++] = word;
    fflush(NULL);
    struct run run = {.pid = fork()};
    if (run.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        close(out[0]);
        close(out[1]);
        close(err[0]);
        close(err[1]);
        int code = sandbox_main(argc, argv);
        fflush(NULL);
        _exit(code);
    }
    close(out[1]);
    close(err[1]);
    run.out = fdopen(out[0], "r");
    run.err = fdopen(err[0], "r");
    return run;
}

/* Everything that it says to the end of a stream. */
static void read_all(FILE *f, struct str *text)
{
    for (int c; (c = fgetc(f)) != EOF;)
        str_add_char(text, (char)c);
}

static int end(struct run *run, struct str *out, struct str *err)
{
    int status;
    read_all(run->out, out);
    read_all(run->err, err);
    assert_int_equal(waitpid(run->pid, &status, 0), run->pid);
    fclose(run->out);
    fclose(run->err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_ends_by_itself(void **state)
{
    static const struct {
        const char *words;
        int code;
        const char *out, *err;
    } cases[] = {
        {"--help", EX_OK, "--accounts", ""},
        {"--version", EX_OK, "paddock-sandbox " PADDOCK_VERSION "\n", ""},
        {"--port 99999", EX_USAGE, "", "Try paddock-sandbox --help.\n"},
        {"--org a/b", EX_USAGE, "", "paddock-sandbox: --org: "},
        {"--token caf\xc3\xa9", EX_USAGE, "", "visible ASCII only"},
        {"--token t --db /nowhere/a.db", EX_IOERR, "", "/nowhere/a.db"},
        {"--token-file /nowhere/token", EX_IOERR, "", "/nowhere/token: "},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT, err = STR_INIT;
        struct run run = start(cases[i].words);
        int code = end(&run, &out, &err);
        if (code != cases[i].code || !strstr(str_text(&out), cases[i].out) ||
            !strstr(str_text(&err), cases[i].err))
            fail_msg("%s: %d\n%s\n%s", cases[i].words, code, str_text(&out), str_text(&err));
        str_finish(&out);
        str_finish(&err);
    }
}

/* It says where it is, and the token that nobody could know else; a signal ends it cleanly. */
static void test_serves_until_a_signal(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        struct str out = STR_INIT, err = STR_INIT;
        char line[100];
        int port = 0;
        struct run run = start("--port 0 --accounts 3");
        assert_non_null(fgets(line, sizeof line, run.out));
        assert_int_equal(sscanf(line, "http://127.0.0.1:%d\n", &port), 1);
        assert_true(port > 0);
        kill(run.pid, signals[i]);
        assert_int_equal(end(&run, &out, &err), EX_OK);
        assert_non_null(strstr(str_text(&err), "token "));
        str_finish(&out);
        str_finish(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),         cmocka_unit_test(test_token_file),
        cmocka_unit_test(test_organisations),  cmocka_unit_test(test_whom_it_follows),
        cmocka_unit_test(test_ends_by_itself), cmocka_unit_test(test_serves_until_a_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
