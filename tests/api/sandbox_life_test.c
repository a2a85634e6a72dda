/* sandbox_life_test.c: the sandbox as a program: its flags, its file, its parent, and its
 * sample accounts. */
#include "tests/support/sandbox_run.h"

#include <curl/curl.h>
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

static const char CREATE[] =
    "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}";

static char folder[] = "/tmp/sandbox-life-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* ---- the command line ---- */

static void test_bad_flags(void **state)
{
    (void)state;
    static const struct {
        const char *args[4];
        const char *says;
    } table[] = {
        {{"--nope"}, "--nope: no such option"},
        {{"--port"}, "--port needs N"},
        {{"--port", "65536"}, "--port: 65536 is not a whole number from 0 to 65535"},
        {{"--accounts=12x"}, "--accounts: 12x is not a whole number"},
        {{"--time-scale", "nan"}, "--time-scale: nan is not a number"},
        {{"--behaviour", "tags=merge,foo"}, "--behaviour: no behaviour foo"},
        {{"--serial-pages=1"}, "--serial-pages takes no value"},
        {{"--org", "a/b"}, "--org"},
        {{"--token", "a b"}, "visible ASCII"},
        {{"--db="}, "--db: the value is empty"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct str out = STR_INIT;
        assert_int_equal(box_run_out(table[i].args, &out), 64);
        if (!strstr(str_text(&out), table[i].says))
            fail_msg("no '%s' in: %s", table[i].says, str_text(&out));
        str_finish(&out);
    }
}

static void test_help_names_everything(void **state)
{
    (void)state;
    static const char *const help[] = {"--help", NULL}, *const version[] = {"--version", NULL};
    static const char *const names[] = {
        "--port",         "--db",        "--accounts", "--seed",           "--token-file",
        "--latency-ms",   "--behaviour", "tags=merge", "cursor-last",      "--time-scale",
        "--serial-pages", "outage",      "conflict",   "--die-with-parent"};
    struct str out = STR_INIT;
    assert_int_equal(box_run_out(help, &out), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(strstr(str_text(&out), names[i]));
    str_clear(&out);
    assert_int_equal(box_run_out(version, &out), 0);
    assert_memory_equal(str_text(&out), "paddock-sandbox ", 16);
    str_finish(&out);
}

static void test_port_taken(void **state)
{
    (void)state;
    struct box s;
    struct str out = STR_INIT;
    char port[16];
    box_start(&s, NULL);
    snprintf(port, sizeof port, "%d", s.port);
    const char *const args[] = {"--port", port, NULL};
    assert_int_equal(box_run_out(args, &out), 74);
    assert_non_null(strstr(str_text(&out), "Address already in use"));
    assert_int_equal(box_stop(&s), 0);
    str_finish(&out);
}

/* One line on stdout, and a listening socket on 127.0.0.1 alone. */
static void test_one_line_and_loopback(void **state)
{
    (void)state;
    struct box s;
    char line[512], port[16], more[16];
    int found = 0;
    box_start(&s, NULL);
    snprintf(port, sizeof port, ":%04X ", (unsigned)s.port);
    static const char *const files[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(files[i], "r");
        while (f && fgets(line, sizeof line, f)) {
            if (!strstr(line, port) || !strstr(line, " 0A "))
                continue;
            found++;
            assert_non_null(strstr(line, "0100007F:"));
        }
        if (f)
            fclose(f);
    }
    assert_int_equal(found, 1);
    kill(s.pid, SIGINT);
    assert_int_equal(read(s.out, more, sizeof more), 0);
    assert_int_equal(box_stop(&s), 0);
}

static void test_token_file(void **state)
{
    (void)state;
    const char *path = in_folder("token");
    const char *const args[] = {"--token-file", path, NULL};
    struct box s;
    struct stat st;
    char token[128] = "";
    box_start(&s, args);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    FILE *f = fopen(path, "r");
    assert_non_null(fgets(token, sizeof token, f));
    fclose(f);
    assert_string_equal(token, SANDBOX_TOKEN "\n");
    box_stop(&s);
}

static void test_several_orgs(void **state)
{
    (void)state;
    static const char *const args[] = {"--org", "org_demo,org_two", "--accounts", "40", NULL};
    struct box s;
    box_start(&s, args);
    assert_true(box_total(&s) == 40);
    cJSON *two = box_json(&s, "GET", "/v1/orgs/org_two/provider-accounts", NULL, 200), *a;
    assert_true(box_number(two, "total") == 4);
    cJSON_ArrayForEach(a, cJSON_GetObjectItem(two, "accounts"))
    {
        assert_string_equal(box_text(a, "org_id"), "org_two");
        cJSON_Delete(box_json(&s, "GET", box_path(a), NULL, 404));
    }
    cJSON_Delete(two);
    box_stop(&s);
}

/* ---- its file ---- */

static void test_accounts_last_in_a_file(void **state)
{
    (void)state;
    const char *path = in_folder("accounts.db");
    const char *const args[] = {"--db", path, "--accounts", "12", NULL};
    struct box s;
    struct str out = STR_INIT;
    box_start(&s, args);
    cJSON *made = box_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    cJSON_Delete(box_json(&s, "PATCH", box_path(made), "{\"description\":\"kept\"}", 200));
    assert_int_equal(box_run_out(args, &out), 74);
    assert_non_null(strstr(str_text(&out), "locked"));
    kill(s.pid, SIGKILL);
    assert_int_equal(box_stop(&s), 128 + SIGKILL);
    box_start(&s, args);
    assert_true(box_total(&s) == 13);
    cJSON *again = box_json(&s, "GET", box_path(made), NULL, 200);
    assert_string_equal(box_text(again, "description"), "kept");
    cJSON_Delete(box_json(&s, "DELETE", box_path(made), NULL, 204));
    assert_true(box_total(&s) == 12);
    cJSON_Delete(again);
    cJSON_Delete(made);
    assert_int_equal(box_stop(&s), 0);
    str_finish(&out);
}

static void test_foreign_file_is_refused(void **state)
{
    (void)state;
    const char *path = in_folder("foreign.db");
    const char *const args[] = {"--db", path, NULL};
    struct str out = STR_INIT;
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 400; i++)
        fputs("not a database at all\n", f);
    fclose(f);
    assert_int_not_equal(box_run_out(args, &out), 0);
    assert_non_null(strstr(str_text(&out), "not a database"));
    str_finish(&out);
}

/* ---- its parent ---- */

/* A process between the test and the sandbox starts it and is killed; the sandbox's stdout, which
 * the test holds the other end of, closes when it ends. */
static void dies_with(const char *flag, bool by_pid)
{
    int ends[2];
    char program[512], pid_text[16], c;
    box_program(program);
    assert_int_equal(pipe(ends), 0);
    pid_t middle = fork();
    if (middle == 0) {
        snprintf(pid_text, sizeof pid_text, "%d", (int)getpid());
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        setenv("PADDOCK_SANDBOX_TOKEN", SANDBOX_TOKEN, 1);
        if (fork() == 0) {
            execl(program, program, flag, by_pid ? pid_text : (char *)NULL, (char *)NULL);
            _exit(127);
        }
        close(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    int lines = 0;
    while (lines == 0 && read(ends[0], &c, 1) == 1)
        lines += c == '\n';
    assert_int_equal(lines, 1);
    kill(middle, SIGKILL);
    waitpid(middle, NULL, 0);
    assert_int_equal(read(ends[0], &c, 1), 0);
    close(ends[0]);
}

static void test_dies_with_its_parent(void **state)
{
    (void)state;
    dies_with("--die-with-parent", false);
    dies_with("--parent-pid", true);
}

static void test_parent_gone_already(void **state)
{
    (void)state;
    char gone[16];
    struct str out = STR_INIT;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    snprintf(gone, sizeof gone, "%d", (int)pid);
    const char *const args[] = {"--parent-pid", gone, NULL};
    assert_int_equal(box_run_out(args, &out), 0);
    assert_int_equal(out.len, 0);
    str_finish(&out);
}

/* ---- sample accounts ---- */

static cJSON *page_of(const char *seed)
{
    const char *const args[] = {"--accounts", "1200", "--seed", seed, NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?limit=100", NULL, 200);
    box_stop(&s);
    return page;
}

static void test_seed_decides(void **state)
{
    (void)state;
    static const char *const fixed[] = {
        "provider_account_id", "name",       "provider_type",     "region", "credentials_ref",
        "created_at",          "updated_at", "rate_limit_policy", "tags"};
    cJSON *a = page_of("7"), *b = page_of("7"), *c = page_of("8");
    const cJSON *left = cJSON_GetObjectItem(a, "accounts")->child;
    const cJSON *right = cJSON_GetObjectItem(b, "accounts")->child;
    const cJSON *other = cJSON_GetObjectItem(c, "accounts")->child;
    assert_string_not_equal(box_text(left, "provider_account_id"),
                            box_text(other, "provider_account_id"));
    for (; left; left = left->next, right = right->next)
        for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
            assert_true(cJSON_Compare(cJSON_GetObjectItem(left, fixed[i]),
                                      cJSON_GetObjectItem(right, fixed[i]), true));
    cJSON_Delete(a);
    cJSON_Delete(b);
    cJSON_Delete(c);
}

static void count_word(cJSON *counts, const char *word)
{
    cJSON *n = cJSON_GetObjectItem(counts, word);
    if (n)
        cJSON_SetNumberValue(n, n->valuedouble + 1);
    else
        cJSON_AddNumberToObject(counts, word, 1);
}

/* Sorts one account into the kinds that a console has to show. */
static void count_kinds(cJSON *kinds, const cJSON *a)
{
    const cJSON *quota = cJSON_GetObjectItem(a, "quota_policy");
    const cJSON *most = cJSON_GetObjectItem(quota, "max_tokens_per_month");
    const cJSON *used = cJSON_GetObjectItem(quota, "current_month_tokens");
    count_word(kinds, box_text(a, "provider_type"));
    count_word(kinds, box_text(a, "status"));
    count_word(kinds, box_text(a, "routing_mode"));
    if (cJSON_IsNull(quota))
        count_word(kinds, "no quota policy");
    else if (cJSON_IsNull(most))
        count_word(kinds, "no limit");
    else if (most->valuedouble == 0)
        count_word(kinds, "limit zero");
    else if (used->valuedouble == 0)
        count_word(kinds, "empty");
    else if (used->valuedouble > most->valuedouble)
        count_word(kinds, "over");
    else if (used->valuedouble > 0.85 * most->valuedouble)
        count_word(kinds, "near");
    for (const char *p = box_text(a, "name"); *p; p++)
        if ((unsigned char)*p >= 0xe0) {
            count_word(kinds, "wide name");
            break;
        }
    for (const cJSON *m = a->child; m; m = m->next)
        if (cJSON_IsNull(m))
            count_word(kinds, m->string);
}

static void test_accounts_are_varied(void **state)
{
    (void)state;
    static const char *const want[] = {"openai",
                                       "anthropic",
                                       "azure_openai",
                                       "google",
                                       "cohere",
                                       "mistral",
                                       "aws_bedrock",
                                       "deepseek",
                                       "groq",
                                       "active",
                                       "degraded",
                                       "down",
                                       "disabled",
                                       "unknown",
                                       "throttled",
                                       "quarantined",
                                       "direct",
                                       "bridge",
                                       "no quota policy",
                                       "no limit",
                                       "limit zero",
                                       "empty",
                                       "over",
                                       "near",
                                       "wide name",
                                       "region",
                                       "data_residency",
                                       "description",
                                       "status_reason",
                                       "tags",
                                       "rate_limit_policy",
                                       "last_health_check"};
    static const char *const args[] = {"--accounts", "1200", NULL};
    struct box s;
    char path[256] = SANDBOX_BASE "?limit=100";
    cJSON *kinds = cJSON_CreateObject(), *a;
    box_start(&s, args);
    while (*path) {
        cJSON *page = box_json(&s, "GET", path, NULL, 200);
        const char *next = box_text(page, "next_cursor");
        cJSON_ArrayForEach(a, cJSON_GetObjectItem(page, "accounts")) count_kinds(kinds, a);
        *path = '\0';
        if (*next)
            snprintf(path, sizeof path, SANDBOX_BASE "?limit=100&cursor=%s", next);
        cJSON_Delete(page);
    }
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        if (!cJSON_GetObjectItemCaseSensitive(kinds, want[i]))
            fail_msg("no account of the kind %s", want[i]);
    cJSON_Delete(kinds);
    box_stop(&s);
}

static int make_folder(void **state)
{
    (void)state;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"token",           "accounts.db", "accounts.db-wal",
                                        "accounts.db-shm", "foreign.db",  "foreign.db-journal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(names[i]));
    curl_global_cleanup();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_flags),
        cmocka_unit_test(test_help_names_everything),
        cmocka_unit_test(test_port_taken),
        cmocka_unit_test(test_one_line_and_loopback),
        cmocka_unit_test(test_token_file),
        cmocka_unit_test(test_several_orgs),
        cmocka_unit_test(test_accounts_last_in_a_file),
        cmocka_unit_test(test_foreign_file_is_refused),
        cmocka_unit_test(test_dies_with_its_parent),
        cmocka_unit_test(test_parent_gone_already),
        cmocka_unit_test(test_seed_decides),
        cmocka_unit_test(test_accounts_are_varied),
    };
    return cmocka_run_group_tests_name("sandbox life", tests, make_folder, drop_folder);
}
