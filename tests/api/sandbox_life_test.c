/* sandbox_life_test.c: the sandbox as a program: its flags, its file, its parent, its sample
 * accounts, what moves by itself, and what it breaks on request. */
#include "tests/support/sandbox_run.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
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

static const char *text(const cJSON *o, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static double number(const cJSON *o, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    assert_true(cJSON_IsNumber(v));
    return v->valuedouble;
}

static const char *path_of(const cJSON *account)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", SANDBOX_BASE, text(account, "provider_account_id"));
    return path;
}

static double total(const struct sandbox *s)
{
    cJSON *page = sandbox_json(s, "GET", SANDBOX_BASE "?limit=1", NULL, 200);
    double n = number(page, "total");
    cJSON_Delete(page);
    return n;
}

static void rest(void)
{
    usleep(20000);
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
        assert_int_equal(sandbox_run_out(table[i].args, &out), 64);
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
    assert_int_equal(sandbox_run_out(help, &out), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(strstr(str_text(&out), names[i]));
    str_clear(&out);
    assert_int_equal(sandbox_run_out(version, &out), 0);
    assert_memory_equal(str_text(&out), "paddock-sandbox ", 16);
    str_finish(&out);
}

static void test_port_taken(void **state)
{
    (void)state;
    struct sandbox s;
    struct str out = STR_INIT;
    char port[16];
    sandbox_start(&s, NULL);
    snprintf(port, sizeof port, "%d", s.port);
    const char *const args[] = {"--port", port, NULL};
    assert_int_equal(sandbox_run_out(args, &out), 74);
    assert_non_null(strstr(str_text(&out), "Address already in use"));
    assert_int_equal(sandbox_stop(&s), 0);
    str_finish(&out);
}

/* One line on stdout, and a listening socket on 127.0.0.1 alone. */
static void test_one_line_and_loopback(void **state)
{
    (void)state;
    struct sandbox s;
    char line[512], port[16], more[16];
    int found = 0;
    sandbox_start(&s, NULL);
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
    assert_int_equal(sandbox_stop(&s), 0);
}

static void test_token_file(void **state)
{
    (void)state;
    const char *path = in_folder("token");
    const char *const args[] = {"--token-file", path, NULL};
    struct sandbox s;
    struct stat st;
    char token[128] = "";
    sandbox_start(&s, args);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    FILE *f = fopen(path, "r");
    assert_non_null(fgets(token, sizeof token, f));
    fclose(f);
    assert_string_equal(token, SANDBOX_TOKEN "\n");
    sandbox_stop(&s);
}

static void test_several_orgs(void **state)
{
    (void)state;
    static const char *const args[] = {"--org", "org_demo,org_two", "--accounts", "40", NULL};
    struct sandbox s;
    sandbox_start(&s, args);
    assert_true(total(&s) == 40);
    cJSON *two = sandbox_json(&s, "GET", "/v1/orgs/org_two/provider-accounts", NULL, 200), *a;
    assert_true(number(two, "total") == 4);
    cJSON_ArrayForEach(a, cJSON_GetObjectItem(two, "accounts"))
    {
        assert_string_equal(text(a, "org_id"), "org_two");
        cJSON_Delete(sandbox_json(&s, "GET", path_of(a), NULL, 404));
    }
    cJSON_Delete(two);
    sandbox_stop(&s);
}

/* ---- its file ---- */

static void test_accounts_last_in_a_file(void **state)
{
    (void)state;
    const char *path = in_folder("accounts.db");
    const char *const args[] = {"--db", path, "--accounts", "12", NULL};
    struct sandbox s;
    struct str out = STR_INIT;
    sandbox_start(&s, args);
    cJSON *made = sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    cJSON_Delete(sandbox_json(&s, "PATCH", path_of(made), "{\"description\":\"kept\"}", 200));
    assert_int_equal(sandbox_run_out(args, &out), 74);
    assert_non_null(strstr(str_text(&out), "locked"));
    kill(s.pid, SIGKILL);
    assert_int_equal(sandbox_stop(&s), 128 + SIGKILL);
    sandbox_start(&s, args);
    assert_true(total(&s) == 13);
    cJSON *again = sandbox_json(&s, "GET", path_of(made), NULL, 200);
    assert_string_equal(text(again, "description"), "kept");
    cJSON_Delete(sandbox_json(&s, "DELETE", path_of(made), NULL, 204));
    assert_true(total(&s) == 12);
    cJSON_Delete(again);
    cJSON_Delete(made);
    assert_int_equal(sandbox_stop(&s), 0);
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
    assert_int_not_equal(sandbox_run_out(args, &out), 0);
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
    sandbox_program(program);
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
    assert_int_equal(sandbox_run_out(args, &out), 0);
    assert_int_equal(out.len, 0);
    str_finish(&out);
}

/* ---- sample accounts ---- */

static cJSON *page_of(const char *seed)
{
    const char *const args[] = {"--accounts", "1200", "--seed", seed, NULL};
    struct sandbox s;
    sandbox_start(&s, args);
    cJSON *page = sandbox_json(&s, "GET", SANDBOX_BASE "?limit=100", NULL, 200);
    sandbox_stop(&s);
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
    assert_string_not_equal(text(left, "provider_account_id"), text(other, "provider_account_id"));
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
    count_word(kinds, text(a, "provider_type"));
    count_word(kinds, text(a, "status"));
    count_word(kinds, text(a, "routing_mode"));
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
    for (const char *p = text(a, "name"); *p; p++)
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
    struct sandbox s;
    char path[256] = SANDBOX_BASE "?limit=100";
    cJSON *kinds = cJSON_CreateObject(), *a;
    sandbox_start(&s, args);
    while (*path) {
        cJSON *page = sandbox_json(&s, "GET", path, NULL, 200);
        const char *next = text(page, "next_cursor");
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
    sandbox_stop(&s);
}

/* ---- what moves ---- */

static void test_usage_moves_and_updated_at_does_not(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "3", "--time-scale", "5000", NULL};
    struct sandbox s;
    sandbox_start(&s, args);
    cJSON *page = sandbox_json(&s, "GET", SANDBOX_BASE, NULL, 200);
    cJSON *a = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "accounts"), 1), *b = NULL;
    cJSON *before = cJSON_GetObjectItem(a, "quota_policy"), *after;
    do {
        rest();
        cJSON_Delete(b);
        b = sandbox_json(&s, "GET", path_of(a), NULL, 200);
        after = cJSON_GetObjectItem(b, "quota_policy");
    } while (number(after, "current_month_tokens") == number(before, "current_month_tokens"));
    if (strcmp(text(before, "usage_period"), text(after, "usage_period")) == 0)
        assert_true(number(after, "current_month_tokens") > number(before, "current_month_tokens"));
    assert_string_equal(text(a, "updated_at"), text(b, "updated_at"));
    cJSON_Delete(b);
    cJSON_Delete(page);
    sandbox_stop(&s);
}

static void test_a_month_begins_at_zero(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "3", "--time-scale", "1000000", NULL};
    struct sandbox s;
    sandbox_start(&s, args);
    cJSON *page = sandbox_json(&s, "GET", SANDBOX_BASE, NULL, 200);
    cJSON *a = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "accounts"), 1), *b = NULL;
    const char *period = text(cJSON_GetObjectItem(a, "quota_policy"), "usage_period");
    double most = 0;
    for (;;) {
        const cJSON *quota;
        cJSON_Delete(b);
        b = sandbox_json(&s, "GET", path_of(a), NULL, 200);
        quota = cJSON_GetObjectItem(b, "quota_policy");
        double used = number(quota, "current_month_tokens");
        if (strcmp(text(quota, "usage_period"), period) > 0 && used < most)
            break;
        most = used > most ? used : most;
        rest();
    }
    cJSON_Delete(b);
    cJSON_Delete(page);
    sandbox_stop(&s);
}

static void wait_for_status(const struct sandbox *s, const cJSON *a, const char *status)
{
    bool there = false;
    while (!there) {
        cJSON *b = sandbox_json(s, "GET", path_of(a), NULL, 200);
        there = strcmp(text(b, "status"), status) == 0;
        if (there && strcmp(status, "active") == 0)
            assert_true(*text(b, "last_health_check"));
        cJSON_Delete(b);
        rest();
    }
}

/* A new account is looked at by and by; a disabled one rests; an enabled one is looked at again. */
static void test_health_of_one_account(void **state)
{
    (void)state;
    static const char *const args[] = {"--time-scale", "100", NULL};
    struct sandbox s;
    char report[256];
    sandbox_start(&s, args);
    cJSON *a = sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    assert_string_equal(text(a, "status"), "unknown");
    cJSON *off = sandbox_json(&s, "PATCH", path_of(a), "{\"enabled\":false}", 200);
    assert_string_equal(text(off, "status"), "disabled");
    cJSON_Delete(off);
    snprintf(report, sizeof report,
             "{\"id\":\"%s\",\"status\":\"on_fire\",\"reason\":\"smoke\",\"seconds\":60}",
             text(a, "provider_account_id"));
    cJSON_Delete(sandbox_json(&s, "POST", "/_sandbox/health", report, 204));
    wait_for_status(&s, a, "disabled");
    snprintf(report, sizeof report, "{\"id\":\"%s\",\"status\":\"on_fire\",\"reason\":\"smoke\"}",
             text(a, "provider_account_id"));
    cJSON_Delete(sandbox_json(&s, "POST", "/_sandbox/health", report, 204));
    cJSON *fire = sandbox_json(&s, "GET", SANDBOX_BASE "?status=on_fire", NULL, 200);
    assert_true(number(fire, "total") == 1);
    cJSON *on = sandbox_json(&s, "PATCH", path_of(a), "{\"enabled\":true}", 200);
    assert_string_equal(text(on, "status"), "unknown");
    cJSON_Delete(on);
    cJSON_Delete(fire);
    cJSON_Delete(a);
    cJSON_Delete(
        sandbox_json(&s, "POST", "/_sandbox/health", "{\"id\":\"x\",\"status\":\"y\"}", 404));
    sandbox_stop(&s);
}

static void test_new_account_gets_well(void **state)
{
    (void)state;
    static const char *const args[] = {"--time-scale", "10", NULL};
    struct sandbox s;
    sandbox_start(&s, args);
    cJSON *a = sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    wait_for_status(&s, a, "active");
    cJSON_Delete(a);
    sandbox_stop(&s);
}

/* Totals that the triggers keep agree with what is there while health moves under a filter. */
static void test_health_moves_and_totals_follow(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "60", "--time-scale", "2000", NULL};
    static const char *const path = SANDBOX_BASE "?limit=100&status=active";
    struct sandbox s;
    double first = -1;
    bool moved = false;
    sandbox_start(&s, args);
    while (!moved) {
        cJSON *page = sandbox_json(&s, "GET", path, NULL, 200);
        double n = number(page, "total");
        assert_true(n == cJSON_GetArraySize(cJSON_GetObjectItem(page, "accounts")));
        moved = first >= 0 && n != first;
        first = first < 0 ? n : first;
        cJSON_Delete(page);
        rest();
    }
    sandbox_stop(&s);
}

/* ---- faults ---- */

static double committed(const struct sandbox *s)
{
    cJSON *stats = sandbox_json(s, "GET", "/_sandbox/stats", NULL, 200);
    double n = number(stats, "committed_writes");
    cJSON_Delete(stats);
    return n;
}

static void test_cut_before_and_after_the_commit(void **state)
{
    (void)state;
    struct sandbox s;
    sandbox_start(&s, NULL);
    sandbox_fault(&s, "{\"fault\":\"cut\",\"when\":\"before\"}");
    assert_true(total(&s) == 0); /* reads are not met */
    struct answer a = sandbox_call(&s, "POST", SANDBOX_BASE, CREATE);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    answer_finish(&a);
    assert_true(total(&s) == 0 && committed(&s) == 0);
    sandbox_fault(&s, "{\"fault\":\"cut\",\"when\":\"after\"}");
    a = sandbox_call(&s, "POST", SANDBOX_BASE, CREATE);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    answer_finish(&a);
    assert_true(total(&s) == 1 && committed(&s) == 1);
    sandbox_fault(&s, "{\"fault\":\"error\",\"when\":\"after\"}");
    cJSON_Delete(sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 500));
    cJSON_Delete(sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 201));
    assert_true(total(&s) == 3);
    sandbox_stop(&s);
}

static void test_outage_and_429(void **state)
{
    (void)state;
    struct sandbox s;
    sandbox_start(&s, NULL);
    sandbox_fault(&s, "{\"fault\":\"outage\",\"count\":2}");
    struct answer a = sandbox_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.status, 503);
    assert_non_null(strstr(str_text(&a.head), "Content-Type: text/html"));
    answer_finish(&a);
    cJSON_Delete(sandbox_json(&s, "POST", SANDBOX_BASE, CREATE, 503));
    assert_true(total(&s) == 0);
    sandbox_fault(&s, "{\"fault\":429,\"count\":1,\"retry_after\":7}");
    a = sandbox_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.status, 429);
    assert_non_null(strstr(str_text(&a.head), "\r\nRetry-After: 7\r\n"));
    answer_finish(&a);
    sandbox_fault(&s, "{\"fault\":\"outage\",\"seconds\":600}");
    cJSON_Delete(sandbox_json(&s, "GET", SANDBOX_BASE, NULL, 503));
    sandbox_fault(&s, "{\"fault\":\"none\"}");
    assert_true(total(&s) == 0);
    sandbox_fault(&s, "{\"fault\":\"unauthorized\"}");
    cJSON_Delete(sandbox_json(&s, "GET", SANDBOX_BASE, NULL, 401));
    sandbox_fault(&s, "{\"fault\":\"drop\",\"count\":1,\"on\":\"reads\"}");
    a = sandbox_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    answer_finish(&a);
    sandbox_fault(&s, "{\"fault\":\"slow\",\"count\":1,\"ms\":1}");
    assert_true(total(&s) == 0);
    sandbox_stop(&s);
}

static void test_cursor_expires(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "4", NULL};
    struct sandbox s;
    char path[256];
    sandbox_start(&s, args);
    cJSON *page = sandbox_json(&s, "GET", SANDBOX_BASE "?limit=2", NULL, 200);
    snprintf(path, sizeof path, SANDBOX_BASE "?limit=2&cursor=%s", text(page, "next_cursor"));
    sandbox_fault(&s, "{\"fault\":\"cursor\"}");
    assert_true(total(&s) == 4); /* without a cursor */
    cJSON_Delete(sandbox_json(&s, "GET", path, NULL, 400));
    cJSON_Delete(sandbox_json(&s, "GET", path, NULL, 200));
    cJSON_Delete(page);
    sandbox_stop(&s);
}

static void test_bad_control_bodies(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}", "{\"fault\":\"nope\"}", "{\"fault\":\"outage\",\"seconds\":-1}",
        "{\"fault\":\"cut\",\"when\":\"later\"}", "{\"fault\":\"cut\",\"count\":\"1\"}"};
    struct sandbox s;
    sandbox_start(&s, NULL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        cJSON_Delete(sandbox_json(&s, "POST", "/_sandbox/faults", bodies[i], 400));
    cJSON_Delete(sandbox_json(&s, "POST", "/_sandbox/health", "{\"id\":\"a\"}", 400));
    assert_true(total(&s) == 0);
    sandbox_stop(&s);
}

/* ---- kept pages, many connections ---- */

static void test_serial_pages(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "250", "--serial-pages", NULL};
    static const char *const path = SANDBOX_BASE "?limit=100&provider_type=groq";
    struct sandbox s;
    sandbox_start(&s, args);
    struct answer a = sandbox_call(&s, "GET", path, NULL), b = sandbox_call(&s, "GET", path, NULL);
    assert_int_equal(a.status, 200);
    assert_true(span_eq(span_from(&a.body), span_from(&b.body)));
    answer_finish(&b);
    cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "accounts"), 0);
    cJSON_Delete(sandbox_json(&s, "PATCH", path_of(first), "{\"description\":\"new words\"}", 200));
    b = sandbox_call(&s, "GET", path, NULL);
    assert_non_null(strstr(str_text(&b.body), "new words"));
    answer_finish(&b);
    answer_finish(&a);
    assert_int_equal(sandbox_stop(&s), 0);
}

struct crowd {
    const struct sandbox *s;
    int good;
};

/* cmocka's asserts belong to the main thread: count here, judge there. */
static void *crowd_run(void *ctx)
{
    struct crowd *c = ctx;
    for (int i = 0; i < 40; i++) {
        bool write = i % 4 == 0;
        struct answer a = write ? sandbox_call(c->s, "POST", SANDBOX_BASE, CREATE)
                                : sandbox_call(c->s, "GET", SANDBOX_BASE "?limit=100", NULL);
        c->good += a.error == 0 && a.status == (write ? 201 : 200) && a.json;
        answer_finish(&a);
    }
    return NULL;
}

static void test_many_connections(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts",   "300", "--serial-pages",
                                       "--latency-ms", "1",   NULL};
    for (int kept = 0; kept < 2; kept++) {
        struct sandbox s;
        pthread_t threads[6];
        struct crowd crowd[6];
        const char *const plain[] = {"--accounts", "300", NULL};
        sandbox_start(&s, kept ? args : plain);
        for (int i = 0; i < 6; i++) {
            crowd[i] = (struct crowd){&s, 0};
            assert_int_equal(pthread_create(&threads[i], NULL, crowd_run, &crowd[i]), 0);
        }
        for (int i = 0; i < 6; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(crowd[i].good, 40);
        }
        assert_true(total(&s) == 360);
        assert_int_equal(sandbox_stop(&s), 0);
    }
}

/* SIGTERM does not wait for a slow answer. */
static void test_ends_during_a_slow_answer(void **state)
{
    (void)state;
    static const char *const args[] = {"--latency-ms", "600000", NULL};
    struct sandbox s;
    struct answer a;
    sandbox_start(&s, args);
    pid_t killer = fork();
    if (killer == 0) {
        rest();
        kill(s.pid, SIGTERM);
        _exit(0);
    }
    a = sandbox_call(&s, "GET", SANDBOX_BASE, NULL);
    answer_finish(&a);
    waitpid(killer, NULL, 0);
    assert_int_equal(sandbox_stop(&s), 0);
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
        cmocka_unit_test(test_usage_moves_and_updated_at_does_not),
        cmocka_unit_test(test_a_month_begins_at_zero),
        cmocka_unit_test(test_health_of_one_account),
        cmocka_unit_test(test_new_account_gets_well),
        cmocka_unit_test(test_health_moves_and_totals_follow),
        cmocka_unit_test(test_cut_before_and_after_the_commit),
        cmocka_unit_test(test_outage_and_429),
        cmocka_unit_test(test_cursor_expires),
        cmocka_unit_test(test_bad_control_bodies),
        cmocka_unit_test(test_serial_pages),
        cmocka_unit_test(test_many_connections),
        cmocka_unit_test(test_ends_during_a_slow_answer),
    };
    return cmocka_run_group_tests_name("sandbox life", tests, make_folder, drop_folder);
}
