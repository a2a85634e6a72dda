/* token_test.c: each source of a token, what it refuses, and whom the token is for. It covers
 * token.c and hardening.c. */
#include "config/token.h"

#include "base/vec.h"
#include "config/hardening.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct got {
    int calls;
    char token[64];
    struct error err;
    struct loop *loop;
};

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct got *got = ctx;
    got->calls++;
    got->err = *err;
    if (token)
        strncpy(got->token, secret_bytes(token), sizeof got->token - 1);
    secret_destroy(token);
    loop_stop(got->loop);
}

static struct got fetch(struct tokens *tokens, struct token_source source)
{
    struct got got = {0};
    if (!source.from)
        source.from = "the test";
    if (!source.origin)
        source.origin = "https://a";
    got.loop = loop_create(clock_system());
    token_get(tokens, got.loop, &source, -1, on_token, &got);
    assert_int_equal(got.calls, 0); /* never from inside the call */
    loop_run(got.loop);
    assert_int_equal(got.calls, 1);
    loop_destroy(got.loop);
    return got;
}

static void test_file(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT;
    struct token_source source = {.kind = TOKEN_FILE};
    source.file = tmpdir_path(dir, "token", &path);
    struct tokens *tokens = tokens_create(NULL);
    static const struct {
        const char *text;
        mode_t mode;
        const char *token, *says;
    } rows[] = {
        {"abc.DEF-123\n", 0600, "abc.DEF-123", ""},
        {"abc\r\nsecond line\n", 0400, "abc", ""},
        {"abc  ", 0600, "abc", ""},
        {"", 0600, "", "its first line is empty"},
        {"\nabc\n", 0600, "", "its first line is empty"},
        {"two words\n", 0600, "", "a blank"},
        {"\x1b[2J\n", 0600, "", "a blank"},
        {"abc\n", 0640, "", "open to group or others"},
        {"abc\n", 0604, "", "open to group or others"},
        {"abc\n", 0610, "", "open to group or others"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        tmpdir_write(dir, "token", rows[i].text, rows[i].mode);
        struct got got = fetch(tokens, source);
        assert_string_equal(got.token, rows[i].token);
        assert_non_null(strstr(got.err.what, rows[i].says));
        assert_int_equal(got.err.status, *rows[i].token ? ST_OK : ST_AUTH);
    }
    source.file = "/nonexistent/token";
    struct got got = fetch(tokens, source);
    assert_non_null(strstr(got.err.what, "/nonexistent/token"));
    assert_non_null(strstr(got.err.next, "chmod 600"));
    source.file = dir->path;
    assert_non_null(strstr(fetch(tokens, source).err.what, "not a regular file"));
    tokens_destroy(tokens);
    str_finish(&path);
    tmpdir_destroy(dir);
}

static void test_file_too_long(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, text = STR_INIT;
    struct token_source source = {.kind = TOKEN_FILE};
    source.file = tmpdir_path(dir, "token", &path);
    struct tokens *tokens = tokens_create(NULL);
    str_fill(&text, 'x', SECRET_BYTES_MAX);
    tmpdir_write(dir, "token", str_text(&text), 0600);
    assert_int_equal(fetch(tokens, source).err.status, ST_OK);
    str_add_char(&text, 'x');
    tmpdir_write(dir, "token", str_text(&text), 0600);
    assert_non_null(strstr(fetch(tokens, source).err.what, "longer than a token"));
    tokens_destroy(tokens);
    str_finish(&path);
    str_finish(&text);
    tmpdir_destroy(dir);
}

static struct got command(const char *script, int64_t timeout_ms)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct token_source source = {.kind = TOKEN_COMMAND, .argv = argv, .timeout_ms = timeout_ms};
    struct tokens *tokens = tokens_create(NULL);
    struct got got = fetch(tokens, source);
    tokens_destroy(tokens);
    return got;
}

static void test_command(void **state)
{
    (void)state;
    assert_string_equal(command("echo tok; echo more", 60000).token, "tok");
    struct got got = command("echo tok; exit 3", 60000);
    assert_string_equal(got.token, "");
    assert_non_null(strstr(got.err.what, "exit code 3"));
    assert_non_null(strstr(command("true", 60000).err.what, "first line is empty"));
    assert_non_null(strstr(command("sleep 60", 50).err.what, "took too long"));
    const char *const argv[] = {"/nonexistent/program", NULL};
    struct token_source source = {.kind = TOKEN_COMMAND, .argv = argv, .timeout_ms = 60000};
    struct tokens *tokens = tokens_create(NULL);
    assert_int_equal(fetch(tokens, source).err.status, ST_AUTH);
    tokens_destroy(tokens);
}

static void test_cancel(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/sh", "-c", "sleep 60", NULL};
    struct token_source source = {
        .kind = TOKEN_COMMAND, .argv = argv, .timeout_ms = 60000, .from = "x", .origin = "y"};
    struct got got = {0};
    struct tokens *tokens = tokens_create(NULL);
    got.loop = loop_create(clock_system());
    struct token_fetch *f = token_get(tokens, got.loop, &source, -1, on_token, &got);
    loop_step(got.loop, 0);
    token_cancel(f);
    source.kind = TOKEN_NONE;
    token_cancel(token_get(tokens, got.loop, &source, -1, on_token, &got));
    loop_step(got.loop, 0);
    assert_int_equal(got.calls, 0);
    loop_destroy(got.loop);
    tokens_destroy(tokens);
}

/* The token of the environment is taken out of it, and goes to the first origin alone. */
static void test_environment(void **state)
{
    (void)state;
    setenv("PADDOCK_TOKEN", "env-token", 1);
    const char *stood = getenv("PADDOCK_TOKEN");
    struct env env = env_system();
    struct tokens *tokens = tokens_create(&env);
    assert_null(getenv("PADDOCK_TOKEN"));
    assert_string_not_equal(stood, "env-token");
    assert_string_equal(tokens_from(tokens), "PADDOCK_TOKEN");
    struct token_source source = {.kind = TOKEN_GIVEN, .from = "PADDOCK_TOKEN"};
    assert_string_equal(fetch(tokens, source).token, "env-token");
    assert_string_equal(fetch(tokens, source).token, "env-token");
    source.origin = "https://b";
    struct got got = fetch(tokens, source);
    assert_string_equal(got.token, "");
    assert_non_null(strstr(got.err.what, "belongs to https://a and is not sent to https://b"));
    assert_false(token_renewable(&source));
    tokens_destroy(tokens);
    /* without it: none */
    tokens = tokens_create(&env);
    assert_null(tokens_from(tokens));
    assert_int_equal(fetch(tokens, source).err.status, ST_AUTH);
    source.kind = TOKEN_NONE;
    got = fetch(tokens, source);
    assert_int_equal(got.err.status, ST_OK);
    assert_string_equal(got.token, "");
    tokens_destroy(tokens);
}

/* Only the first line of standard input is taken; the rest is left for others. */
static void test_input(void **state)
{
    (void)state;
    int ends[2], old = dup(STDIN_FILENO);
    char rest[16] = "";
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped\nrest", 10), 10);
    dup2(ends[0], STDIN_FILENO);
    struct tokens *tokens = tokens_create(NULL);
    struct token_source source = {.kind = TOKEN_STDIN};
    assert_string_equal(fetch(tokens, source).token, "piped");
    assert_int_equal(read(STDIN_FILENO, rest, sizeof rest), 4);
    assert_string_equal(rest, "rest");
    assert_string_equal(fetch(tokens, source).token, "piped"); /* kept */
    source.origin = "https://b";
    assert_int_equal(fetch(tokens, source).err.status, ST_AUTH);
    tokens_destroy(tokens);
    dup2(old, STDIN_FILENO);
    close(old);
    close(ends[0]);
    close(ends[1]);
}

static void test_hardening(void **state)
{
    (void)state;
    struct rlimit core;
    setenv("SSLKEYLOGFILE", "/tmp/keys", 1);
    hardening_apply();
    assert_null(getenv("SSLKEYLOGFILE"));
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(core.rlim_cur, 0);
    assert_int_equal(core.rlim_max, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    assert_int_equal(umask(077), 077);
    /* LeakSanitizer looks into its own process at exit. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),        cmocka_unit_test(test_file_too_long),
        cmocka_unit_test(test_command),     cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_environment), cmocka_unit_test(test_input),
        cmocka_unit_test(test_hardening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
