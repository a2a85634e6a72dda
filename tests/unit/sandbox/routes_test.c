/* routes_test.c: each endpoint from a request in memory to a reply in memory: who may, what is
 * found, what is refused and in which of the two envelopes; faults before and after the write; the
 * other readings of the reference. It covers routes.c, accounts.c, control.c, behaviour.c and
 * fields.c. */
#include "sandbox/routes.h"

#include "sandbox/behaviour.h"
#include "sandbox/seed.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LIST "/v1/orgs/org_demo/provider-accounts"

struct rig {
    struct box box;
    struct faults faults;
    struct clock_manual manual;
    struct reply reply;
    cJSON *json; /* of the reply's body, or NULL */
    int64_t waited_ms;
    char one[200]; /* path of the first account */
};

static void note_wait(void *ctx, int64_t ms)
{
    ((struct rig *)ctx)->waited_ms += ms;
}

static unsigned ask(struct rig *r, const struct request *request)
{
    cJSON_Delete(r->json);
    reply_finish(&r->reply);
    memset(&r->reply, 0, sizeof r->reply);
    routes_answer(&r->box, request, &r->reply);
    r->json = r->reply.body.len ? cJSON_Parse(str_text(&r->reply.body)) : NULL;
    return r->reply.status;
}

static unsigned call(struct rig *r, const char *method, const char *path, const char *body)
{
    struct request q = {.method = method,
                        .path = path,
                        .authorization = "Bearer secret",
                        .content_type = "application/json"};
    if (body)
        str_add(&q.body, body);
    unsigned status = ask(r, &q);
    request_finish(&q);
    return status;
}

static const char *text_at(const struct rig *r, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->json, key));
    return text ? text : "";
}

static int number_at(const struct rig *r, const char *group, const char *key)
{
    const cJSON *o = group ? cJSON_GetObjectItemCaseSensitive(r->json, group) : r->json;
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(n) ? n->valueint : -1;
}

static int set_up(void **state)
{
    static struct rig r;
    struct error err;
    struct seed seed;
    memset(&r, 0, sizeof r);
    r.manual = (struct clock_manual){1000000, 1760968927000};
    const struct store_options o = {NULL, clock_from_manual(&r.manual), 1, true};
    if (store_open(&o, &r.box.store, &err) != ST_OK)
        return -1;
    seed_init(&seed, 1, "org_demo", 5, r.manual.wall_ms);
    if (store_fill(r.box.store, 5, seed_make, &seed, &err) != ST_OK)
        return -1;
    seed_finish(&seed);
    faults_init(&r.faults, o.clock);
    r.box.faults = &r.faults;
    r.box.clock = o.clock;
    r.box.wait = note_wait;
    r.box.wait_ctx = &r;
    r.box.token = "secret";
    r.box.orgs[0] = "org_demo";
    r.box.orgs[1] = "org_two";
    r.box.org_count = 2;
    *state = &r;
    if (call(&r, "GET", LIST, NULL) != 200)
        return -1;
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(r.json, "accounts"), 0);
    snprintf(r.one, sizeof r.one, LIST "/%s",
             cJSON_GetStringValue(cJSON_GetObjectItem(first, "provider_account_id")));
    return 0;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    cJSON_Delete(r->json);
    reply_finish(&r->reply);
    store_close(r->box.store);
    faults_finish(&r->faults);
    return 0;
}

static void test_who_may(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *authorization;
        unsigned status;
        const char *words;
    } cases[] = {
        {NULL, 401, "The Authorization header is missing"},
        {"", 401, "The token is not valid"},
        {"secret", 401, "The token is not valid"},
        {"Bearer ", 401, "The token is not valid"},
        {"Bearer secre", 401, "The token is not valid"},
        {"Bearer secretsecret", 401, "The token is not valid"},
        {"Bearer secret", 200, ""},
        {"bearer secret", 200, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request q = {.method = "GET", .path = LIST, .authorization = cases[i].authorization};
        assert_int_equal(ask(r, &q), cases[i].status);
        assert_string_equal(text_at(r, "message"), cases[i].words);
        if (cases[i].status == 401)
            assert_string_equal(text_at(r, "error"), "AUTHENTICATION_FAILED");
    }
    assert_int_equal(call(r, "GET", "/v1/orgs/org_other/provider-accounts", NULL), 403);
    assert_string_equal(text_at(r, "error"), "FORBIDDEN");
    assert_int_equal(call(r, "GET", "/v1/orgs/org_two/provider-accounts", NULL), 200);
    assert_int_equal(number_at(r, NULL, "total"), 0);
}

static void test_paths_and_methods(void **state)
{
    struct rig *r = *state;
    static const char *const nowhere[] = {"/",
                                          "/v1/orgs//provider-accounts",
                                          "/v1/orgs/org_demo",
                                          LIST "/",
                                          LIST "/a/b",
                                          LIST "s",
                                          "/v1/orgs/org_demo/x",
                                          "/_sandbox/nosuch",
                                          "/V1/orgs/org_demo/provider-accounts"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        if (call(r, "GET", nowhere[i], NULL) != 404)
            fail_msg("%s: %u", nowhere[i], r->reply.status);
        assert_string_equal(text_at(r, "detail"),
                            "Not Found"); /* of the framework, not of the API */
    }
    assert_int_equal(call(r, "PUT", LIST, "{}"), 405);
    assert_string_equal(r->reply.allow, "GET, POST");
    assert_int_equal(call(r, "POST", r->one, "{}"), 405);
    assert_string_equal(r->reply.allow, "GET, PATCH, DELETE");
    assert_int_equal(call(r, "GET", LIST "/nobody", NULL), 404);
    assert_string_equal(text_at(r, "error"), "RESOURCE_NOT_FOUND");
    assert_non_null(strstr(str_text(&r->reply.body), "\"resource_id\":\"nobody\""));
}

static void test_pages(void **state)
{
    struct rig *r = *state;
    struct request q = {.method = "GET", .path = LIST, .authorization = "Bearer secret"};
    char cursor[120];
    q.query[QUERY_LIMIT] = "2";
    for (int page = 0, seen = 0; page < 3; page++) {
        assert_int_equal(ask(r, &q), 200);
        assert_int_equal(number_at(r, NULL, "total"), 5);
        seen += cJSON_GetArraySize(cJSON_GetObjectItem(r->json, "accounts"));
        assert_int_equal(seen, page < 2 ? 2 * (page + 1) : 5);
        assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(r->json, "has_more")), page < 2);
        snprintf(cursor, sizeof cursor, "%s", text_at(r, "next_cursor"));
        q.query[QUERY_CURSOR] = cursor;
    }
    assert_string_equal(cursor, "");
    q.query[QUERY_CURSOR] = "no cursor";
    assert_int_not_equal(ask(r, &q), 200);
    q.query[QUERY_CURSOR] = NULL;
    static const char *const limits[] = {"0", "101", "-1", "x", "1.5", ""};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        q.query[QUERY_LIMIT] = limits[i];
        assert_int_equal(ask(r, &q), 422);
        assert_non_null(strstr(str_text(&r->reply.body), "\"loc\":[\"query\",\"limit\"]"));
    }
}

static void test_a_life(void **state)
{
    struct rig *r = *state;
    char path[200];
    assert_int_equal(call(r, "POST", LIST,
                          "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"v\","
                          "\"rate_limit_policy\":{\"requests_per_second\":5}}"),
                     201);
    assert_int_equal(number_at(r, "rate_limit_policy", "requests_per_second"), 5);
    assert_int_equal(number_at(r, "rate_limit_policy", "max_concurrency"), 10); /* its default */
    snprintf(path, sizeof path, LIST "/%s", text_at(r, "provider_account_id"));
    assert_int_equal(call(r, "PATCH", path, "{\"rate_limit_policy\":{\"burst_size\":7}}"), 200);
    assert_int_equal(number_at(r, "rate_limit_policy", "burst_size"), 7);
    assert_int_equal(number_at(r, "rate_limit_policy", "requests_per_second"), 5); /* merged */
    assert_int_equal(call(r, "GET", path, NULL), 200);
    assert_string_equal(text_at(r, "name"), "n");
    assert_int_equal(call(r, "DELETE", path, NULL), 204);
    assert_int_equal(r->reply.body.len, 0);
    assert_int_equal(call(r, "DELETE", path, NULL), 404);
    assert_int_equal(call(r, "PATCH", path, "{}"), 404);
    /* An account is of its organisation alone. */
    char elsewhere[200];
    snprintf(elsewhere, sizeof elsewhere, "/v1/orgs/org_two/provider-accounts/%s",
             strrchr(r->one, '/') + 1);
    assert_int_equal(call(r, "GET", elsewhere, NULL), 404);
    assert_int_equal(call(r, "DELETE", elsewhere, NULL), 404);
    assert_int_equal(call(r, "GET", r->one, NULL), 200);
}

/* Refused, and nothing of it is kept. */
static void test_bodies_that_are_refused(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *method, *body, *type;
    } cases[] = {
        {"POST", "{\"name\":\"n\"}", "missing"},
        {"POST", "{", "json_invalid"},
        {"POST", "[]", "\"loc\":[\"body\"]"},
        {"PATCH", "{\"status\":\"active\"}", "extra_forbidden"},
        {"PATCH", "{\"rate_limit_policy\":{\"burst_size\":0}}", "greater_than_equal"},
        {"PATCH", "{\"enabled\":\"maybe\"}", "bool_parsing"},
        {"PATCH", "{\"queue_policy\":\"wait\"}", "extra_forbidden"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = strcmp(cases[i].method, "POST") == 0 ? LIST : r->one;
        if (call(r, cases[i].method, path, cases[i].body) != 422 ||
            !strstr(str_text(&r->reply.body), cases[i].type))
            fail_msg("%s: %u %s", cases[i].body, r->reply.status, str_text(&r->reply.body));
    }
    assert_int_equal(call(r, "GET", "/_sandbox/stats", NULL), 200);
    assert_int_equal(number_at(r, NULL, "committed_writes"), 0);
    assert_int_equal(number_at(r, NULL, "patch"), 4);
}

static void test_faults(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *fault;
        unsigned status;
        const char *words;
    } cases[] = {
        {"unauthorized", 401, "AUTHENTICATION_FAILED"},
        {"html", 200, "gateway"},
        {"429", 429, "Too many requests"},
        {"outage", 503, "gateway"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char body[80];
        snprintf(body, sizeof body, "{\"fault\":\"%s\",\"count\":1}", cases[i].fault);
        if (call(r, "POST", "/_sandbox/faults", body) != 204)
            fail_msg("%s: %s", cases[i].fault, str_text(&r->reply.body));
        unsigned status = call(r, "GET", LIST, NULL);
        if (status != cases[i].status || !strstr(str_text(&r->reply.body), cases[i].words))
            fail_msg("%s: %u %s", cases[i].fault, status, str_text(&r->reply.body));
        assert_int_equal(status == 429, r->reply.retry_after[0] != 0);
        assert_int_equal(call(r, "GET", LIST, NULL), 200); /* once */
    }
    assert_int_equal(call(r, "POST", "/_sandbox/faults", "{\"fault\":\"nosuch\"}"), 400);
    assert_int_equal(call(r, "POST", "/_sandbox/faults", "7"), 400);
}

/* The answer is lost after the commit, or before it: what then is there tells which. */
static void test_cut_before_and_after(void **state)
{
    struct rig *r = *state;
    for (int after = 0; after < 2; after++) {
        char body[100], change[60];
        snprintf(body, sizeof body,
                 "{\"fault\":\"cut\",\"count\":1,\"on\":\"writes\",\"when\":\"%s\"}",
                 after ? "after" : "before");
        assert_int_equal(call(r, "POST", "/_sandbox/faults", body), 204);
        assert_int_equal(call(r, "GET", r->one, NULL), 200); /* not a read's */
        snprintf(change, sizeof change, "{\"name\":\"changed-%d\"}", after);
        call(r, "PATCH", r->one, change);
        assert_true(r->reply.drop);
        assert_int_equal(call(r, "GET", r->one, NULL), 200);
        assert_int_equal(strcmp(text_at(r, "name"), "changed-1") == 0, after);
    }
}

static void test_latency(void **state)
{
    struct rig *r = *state;
    r->box.latency_ms = 30;
    r->box.page_latency_ms = 7;
    call(r, "GET", r->one, NULL);
    assert_int_equal(r->waited_ms, 30);
    call(r, "GET", LIST, NULL);
    assert_int_equal(r->waited_ms, 67);
    call(r, "GET", "/_sandbox/stats", NULL); /* what is not the API's waits for nothing */
    assert_int_equal(r->waited_ms, 67);
}

static void test_health_on_request(void **state)
{
    struct rig *r = *state;
    char body[200];
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"status\":\"down\",\"reason\":\"why\"}",
             strrchr(r->one, '/') + 1);
    assert_int_equal(call(r, "POST", "/_sandbox/health", body), 204);
    call(r, "GET", r->one, NULL);
    assert_string_equal(text_at(r, "status"), "down");
    assert_string_equal(text_at(r, "status_reason"), "why");
    assert_int_equal(call(r, "POST", "/_sandbox/health", "{\"id\":\"nobody\",\"status\":\"x\"}"),
                     404);
    assert_int_equal(call(r, "POST", "/_sandbox/health", "{\"status\":\"x\"}"), 400);
    assert_string_equal(text_at(r, "detail"), "id and status are missing");
}

static void test_other_readings(void **state)
{
    struct rig *r = *state;
    struct request q = {.method = "GET", .path = LIST, .authorization = "Bearer secret"};
    q.query[QUERY_LIMIT] = "2";
    r->box.behaviours = TOTAL_PAGE | CURSOR_LAST | NO_CREATED_AT | EXTRA_FIELD;
    assert_int_equal(ask(r, &q), 200);
    assert_int_equal(number_at(r, NULL, "total"), 2);
    const char *text = str_text(&r->reply.body);
    assert_true(strstr(text, "\"next_cursor\"") > strstr(text, "\"accounts\""));
    assert_null(strstr(text, "\"created_at\""));
    r->box.behaviours = 0;
    ask(r, &q);
    text = str_text(&r->reply.body);
    assert_true(strstr(text, "\"next_cursor\"") < strstr(text, "\"accounts\""));
    assert_non_null(strstr(text, "\"created_at\""));
    q.query[QUERY_LIMIT] = NULL;
    q.query[QUERY_PROVIDER] = "cohere";
    ask(r, &q);
    int filtered = number_at(r, NULL, "total");
    assert_true(filtered < 5);
    r->box.behaviours = IGNORE_FILTERS;
    ask(r, &q);
    assert_int_equal(number_at(r, NULL, "total"), 5);
    /* Replaced as a whole: what was not sent is gone. */
    r->box.behaviours = POLICIES_REPLACE;
    call(r, "PATCH", r->one,
         "{\"rate_limit_policy\":{\"requests_per_second\":5,\"burst_size\":7}}");
    call(r, "PATCH", r->one, "{\"rate_limit_policy\":{\"burst_size\":8}}");
    assert_int_equal(number_at(r, "rate_limit_policy", "burst_size"), 8);
    assert_int_equal(number_at(r, "rate_limit_policy", "requests_per_second"), -1);
}

/* The tables agree with themselves: names are there and no two are one. */
static void test_tables(void **state)
{
    (void)state;
    for (int i = 0; i < BOX_COUNT; i++) {
        assert_non_null(box_fields[i].name);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(box_fields[i].name, box_fields[k].name);
    }
    unsigned seen = 0;
    for (int i = 0; i < BEHAVIOURS; i++) {
        assert_true(behaviour_table[i].name[0] && behaviour_table[i].help[0]);
        assert_int_equal(seen & behaviour_table[i].flag, 0);
        seen |= behaviour_table[i].flag;
    }
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_who_may),
        T(test_paths_and_methods),
        T(test_pages),
        T(test_a_life),
        T(test_bodies_that_are_refused),
        T(test_faults),
        T(test_cut_before_and_after),
        T(test_latency),
        T(test_health_on_request),
        T(test_other_readings),
        T(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
