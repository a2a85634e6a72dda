/* prometheus_test.c: the chart of an account says whose points its line is made of: those of the
 * Prometheus that the profile names, or this machine's, and then why. */
#include "tests/support/console_rig.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define RANGE   "/api/v1/query_range"
#define ACCOUNT RANGE "?query=paddock_account_used_" /* the chart's */
#define SUMS    RANGE "?query=sum"                   /* the monitor's groups' */
#define LEND    RANGE "?query=max"                   /* for forecasts */
#define TOKEN   "canary-prometheus-3b"

static const char *const still[] = {"--time-scale", "0", NULL};
/* The profile is the file's: a URL from the environment would drop what belongs to another. */
static const char *const from_file[] = {"PADDOCK_URL=", "PADDOCK_ORG=", NULL};
static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 120, .sandbox = still};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 120, .sandbox = still};

/* The n-th request whose target begins so, from 0. */
static const struct fault_request *nth_of(struct fault_server *s, const char *prefix, size_t n)
{
    size_t count = fault_count(s, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct fault_request *r = fault_request_at(s, i);
        if (strncmp(r->target, prefix, strlen(prefix)) == 0 && n-- == 0)
            return r;
    }
    fail_msg("nobody asked for %s", prefix);
    return NULL;
}

static const struct fault_request *first_of(struct fault_server *s, const char *prefix)
{
    return nth_of(s, prefix, 0);
}

static void configure(struct console *c, const char *more)
{
    char text[2000];
    struct str path = STR_INIT;
    assert_true(tmpdir_write(c->home, "prom-token", TOKEN "\n", 0600));
    snprintf(
        text, sizeof text,
        "profiles: { p: { url = \"%s\"; org = \"%s\"; prometheus_token_file = \"%s\"; %s }; };\n",
        c->box.url, RIG_ORG, tmpdir_path(c->home, "prom-token", &path), more);
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg", text, 0600));
    str_finish(&path);
}

static void open_chart(struct console *c, const struct console_options *size,
                       const char *prometheus_url)
{
    struct console_options o = *size;
    char more[300] = "";
    console_open_ready(c, &o);
    o.env = from_file;
    if (prometheus_url)
        snprintf(more, sizeof more, "prometheus_url = \"%s\";", prometheus_url);
    configure(c, more);
    console_kill_restart(c, &o);
    console_keys(c, "2");
    console_see(c, "FLEET");
    console_see(c, " disabled");
    console_see(c, "RUNS OUT (");
    console_gone(c, "RUNS OUT (0)"); /* that is of the snapshot, before anything was read */
    console_keys(c, "Tab Enter");
    console_see(c, "use over the period");
}

static void test_this_machine(void **state)
{
    struct console c;
    open_chart(&c, *state, NULL);
    console_see(&c, "Line from  this machine's samples");
    console_gone(&c, "samples;");
    console_close(&c);
}

/* A line that nobody could mistake for another: half of the period is there, and says so. */
static void test_prometheus_and_its_end(void **state)
{
    struct fault_server *prom = fault_server_create();
    struct console c;
    char body[400], host[60], text[120];
    assert_non_null(prom);
    long long now = (long long)time(NULL);
    snprintf(
        body, sizeof body,
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},"
        "\"values\":[[%lld,\"5\"]]},{\"metric\":{},\"values\":[[%lld,\"7\"],[%lld,\"9\"]]}]}}",
        now - 900, now - 600, now);
    fault_json(prom, "GET", ACCOUNT, 1, 200, body);
    fault_json(prom, "GET", ACCOUNT, 0, 503,
               "{\"status\":\"error\",\"errorType\":\"\\u001b[31m\","
               "\"error\":\"down\"}");
    open_chart(&c, *state, fault_url(prom));
    snprintf(host, sizeof host, "127.0.0.1:%d", fault_port(prom));
    snprintf(text, sizeof text, "Line from  Prometheus (%s), the newest of 2 series", host);
    console_see(&c, text);
    char auth[100];
    fault_request_header(first_of(prom, ACCOUNT), "authorization", auth, sizeof auth);
    assert_string_equal(auth, "Bearer " TOKEN);
    assert_non_null(strstr(first_of(prom, ACCOUNT)->target, "provider_account_id%3D%22pa_"));
    assert_false(fault_saw(prom, SANDBOX_TOKEN));
    console_keys(&c, "Tab"); /* the other counter */
    snprintf(text, sizeof text, "this machine's samples; %s answers with 503", host);
    console_see(&c, text);
    console_see(&c, "^[[31m");
    console_gone(&c, "Prometheus (");
    console_close(&c);
    fault_server_destroy(prom);
}

/* Name, password and tenant of the profile: sent there, not to the API, and nowhere to be found on
 * the screen, in files, or in the request log. */
static void test_user_and_tenant(void **state)
{
    static const char coded[] = "am9lOmNhbmFyeS1wcm9tZXRoZXVzLTNi"; /* joe:TOKEN */
    struct fault_server *prom = fault_server_create();
    struct console c;
    const struct console_options *size = *state;
    struct console_options o = *size;
    char more[300], text[100];
    size_t len;
    assert_non_null(prom);
    fault_json(prom, "GET", ACCOUNT, 0, 401,
               "{\"status\":\"error\",\"errorType\":\"no\",\"error\":\"you said " TOKEN "\"}");
    console_open_ready(&c, &o);
    o.env = from_file;
    snprintf(more, sizeof more,
             "prometheus_url = \"%s\"; prometheus_user = \"joe\"; prometheus_tenant = \"t-9\";",
             fault_url(prom));
    configure(&c, more);
    console_kill_restart(&c, &o);
    console_keys(&c, "2");
    console_see(&c, "FLEET"); /* the list of accounts has the next word, too */
    console_see(&c, " disabled");
    console_see(&c, "RUNS OUT (");
    console_gone(&c, "RUNS OUT (0)");
    console_keys(&c, "Tab Enter");
    console_see(&c, "this machine's samples;");
    assert_true(fault_wait(prom, "GET", ACCOUNT, 1, 0));
    fault_request_header(first_of(prom, ACCOUNT), "authorization", text, sizeof text);
    assert_memory_equal(text, "Basic ", 6);
    assert_string_equal(text + 6, coded);
    fault_request_header(first_of(prom, ACCOUNT), "x-scope-orgid", text, sizeof text);
    assert_string_equal(text, "t-9");
    console_keys(&c, "@");
    term_wait_quiet(c.term, 200, 3000);
    const char *bytes = term_transcript(c.term, &len);
    assert_null(memmem(bytes, len, TOKEN, strlen(TOKEN)));
    assert_null(memmem(bytes, len, coded, strlen(coded)));
    assert_int_equal(tmpdir_find_bytes(c.home, coded), 0);
    assert_int_equal(tmpdir_find_bytes(c.home, TOKEN), 1); /* the password's own file */
    console_close(&c);
    fault_server_destroy(prom);
}

/* ---- the monitor's days ---- */

/* An answer of one group: so much on each of the days before today. */
static void days_body(char *body, size_t room, const char *label, const char *name, int days)
{
    long long now = (long long)time(NULL), today = now - now % 86400;
    int n = snprintf(body, room,
                     "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                     "{\"metric\":{\"%s\":\"%s\"},\"values\":[",
                     label, name);
    for (int i = days - 1; i >= 0; i--)
        n += snprintf(body + n, room - (size_t)n, "[%lld,\"%d\"]%s", today - 1 - i * 86400LL,
                      i % 2 ? 100 : 200, i ? "," : "");
    snprintf(body + n, room - (size_t)n, "]}]}}");
}

static void open_monitor(struct console *c, const char *prometheus_url)
{
    struct console_options o = small;
    char more[300];
    o.rows = 40;
    o.cols = 120;
    console_open_ready(c, &o);
    o.env = from_file;
    snprintf(more, sizeof more, "prometheus_url = \"%s\";", prometheus_url);
    configure(c, more);
    console_kill_restart(c, &o);
    console_keys(c, "2");
    console_see(c, " disabled");
}

/* One query adds the groups up; their days are Prometheus' alone, also of a group of which it knows
 * nothing. Another column is another query, with the label that has it; without one, and when it is
 * down, the days are this machine's, and the screen says why. */
static void test_days_of_groups(void **state)
{
    struct fault_server *prom = fault_server_create();
    struct console c;
    char providers[2000], text[120];
    int row;
    (void)state;
    assert_non_null(prom);
    days_body(providers, sizeof providers, "provider_type", "openai", 15);
    fault_json(prom, "GET", SUMS, 2, 200, providers);
    fault_json(prom, "GET", RANGE, 0, 503, "{}");
    open_monitor(&c, fault_url(prom));
    snprintf(text, sizeof text, "days: Prometheus (127.0.0.1:%d)", fault_port(prom));
    console_see(&c, text);
    /* Every second day twice as much, and today, whose answer is of another day, is not known. */
    assert_true(term_find(c.term, " openai ", &row, NULL));
    console_row(&c, row, "\u2588\u2584\u2588\u2584\u2588\u2584\u2588\u2584\u2588");
    assert_true(term_find(c.term, " anthropic ", &row, NULL));
    for (const char *p = strstr(term_row_text(c.term, row), "%"); p && *p; p++)
        assert_true((unsigned char)*p < 128); /* no bar behind its percent */
    const char *target = first_of(prom, SUMS)->target;
    assert_non_null(strstr(target, "sum%20by%20%28provider_type%29"));
    assert_non_null(strstr(target, "offset%2086400s"));
    assert_non_null(strstr(target, "&step=86400"));
    assert_null(strstr(target, "paddock_account_info"));
    console_keys(&c, "b"); /* region */
    console_see(&c, "days: this machine's; 127.0.0.1:");
    console_see(&c, "answers with 503");
    assert_true(fault_wait(prom, "GET", SUMS, 3, 0));
    target = nth_of(prom, SUMS, 2)->target;
    assert_non_null(strstr(target, "sum%20by%20%28region%29"));
    assert_non_null(strstr(target, "group_left%20%28region%29"));
    console_keys(&c, "b b b b"); /* enabled */
    console_see(&c, "has no label for enabled");
    assert_false(fault_saw(prom, SANDBOX_TOKEN));
    console_close(&c);
    fault_server_destroy(prom);
}

/* ---- forecasts ---- */

/* Thirty days of a million for each account that is asked for; the groups' question is refused. */
static void on_lend(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    struct str *body = ctx; /* of one call at a time; the reply borrows it */
    static const char begin[] = "%7Bprovider_account_id%3D~%22", end[] = "%22%7D", bar[] = "%7C";
    const char *ids = strstr(request->target, begin), *until = ids ? strstr(ids, end) : NULL;
    long long last = (long long)time(NULL) / 86400 * 86400 - 1;
    reply->status = 503;
    if (!until || strncmp(request->target, LEND, strlen(LEND)) != 0)
        return;
    str_clear(body);
    str_add(body, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
    for (ids += strlen(begin); ids < until;) {
        const char *next = strstr(ids, bar);
        size_t len = (size_t)((next && next < until ? next : until) - ids);
        str_printf(body, "%s{\"metric\":{\"provider_account_id\":\"%.*s\"},\"values\":[",
                   body->data[body->len - 1] == '[' ? "" : ",", (int)len, ids);
        for (int i = 29; i >= 0; i--)
            str_printf(body, "[%lld,\"1000000\"]%s", last - i * 86400LL, i ? "," : "");
        str_add(body, "]}");
        ids += len + strlen(bar);
    }
    str_add(body, "]}}");
    reply->status = 200;
    reply->body = str_text(body);
}

/* A console that has just been set up foretells by Prometheus' days, and says so; when that has
 * nothing, by its own, and says that. */
static void test_forecasts(void **state)
{
    const struct console_options *size = *state;
    struct fault_server *prom = fault_server_create();
    struct str body = STR_INIT;
    struct console c;
    assert_non_null(prom);
    fault_handler(prom, on_lend, &body);
    open_chart(&c, size, fault_url(prom));
    console_see(&c, "from the days that Prometheus has");
    console_keys(&c, "Esc");
    console_see(&c, ") by Prometheus");
    console_see(&c, "days: this machine's; 1");
    console_close(&c);
    fault_server_destroy(prom);
    str_finish(&body);
}

/* The other way round: the groups' days come from there, the forecasts' do not. */
static void test_forecasts_alone(void **state)
{
    struct fault_server *prom = fault_server_create();
    struct console c;
    char providers[2000];
    (void)state;
    assert_non_null(prom);
    days_body(providers, sizeof providers, "provider_type", "openai", 15);
    fault_json(prom, "GET", SUMS, 0, 200, providers);
    fault_json(prom, "GET", LEND, 0, 401, "{}");
    open_monitor(&c, fault_url(prom));
    console_see(&c, "); forecasts: this machine's; 1");
    console_gone(&c, "by Prometheus");
    console_close(&c);
    fault_server_destroy(prom);
}

/* While it keeps us waiting this machine's line is there. */
static void test_slow(void **state)
{
    struct fault_server *prom = fault_server_create();
    const struct fault_rule never = {.prefix = RANGE, .reply = {.never = true}};
    struct console c;
    assert_non_null(prom);
    fault_rule_add(prom, &never);
    open_chart(&c, *state, fault_url(prom));
    console_see(&c, "this machine's samples; 127.0.0.1:");
    console_see(&c, "has not answered yet");
    console_keys(&c, "Esc");
    console_see(&c, "FLEET");
    console_close(&c);
    fault_server_destroy(prom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_this_machine, &small, &wide),
        CONSOLE_TWO_SIZES(test_prometheus_and_its_end, &small, &wide),
        CONSOLE_TWO_SIZES(test_slow, &small, &wide),
        CONSOLE_TWO_SIZES(test_user_and_tenant, &small, &wide),
        cmocka_unit_test(test_days_of_groups),
        CONSOLE_TWO_SIZES(test_forecasts, &small, &wide),
        cmocka_unit_test(test_forecasts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
