/* sandbox_refusal_test.c: everything that the sandbox refuses, and in which words: each kind of 422
 * as Pydantic 2 has it, the second envelope, FastAPI's plain details, and what HTTP itself gets
 * wrong. */
#include "tests/support/sandbox_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct box box;
static char one[256]; /* the path of an account */

#define MUST "\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\""

/* ---- 422 ---- */

struct refusal {
    const char *method, *query, *body; /* query: after the list's path; NULL for `one` */
    const char *error;                 /* the whole of one error, as it has to stand in the body */
};

static const struct refusal REFUSALS[] = {
    {"POST", "", "{\"name\":\"n\",\"provider_type\":\"openai\"}",
     "{\"loc\":[\"body\",\"credentials_ref\"],\"msg\":\"Field required\",\"type\":\"missing\","
     "\"input\":{\"name\":\"n\",\"provider_type\":\"openai\"}}"},
    {"PATCH", NULL, "{\"name\":5}",
     "{\"loc\":[\"body\",\"name\"],\"msg\":\"Input should be a valid string\","
     "\"type\":\"string_type\",\"input\":5}"},
    {"PATCH", NULL, "{\"name\":null}",
     "{\"loc\":[\"body\",\"name\"],\"msg\":\"Input should be a valid string\","
     "\"type\":\"string_type\",\"input\":null}"},
    {"PATCH", NULL, "{\"name\":\"\"}",
     "{\"loc\":[\"body\",\"name\"],\"msg\":\"String should have at least 1 character\","
     "\"type\":\"string_too_short\",\"input\":\"\",\"ctx\":{\"min_length\":1}}"},
    {"PATCH", NULL, "{\"data_residency\":\"123456789012345678901234567890123\"}",
     "\"msg\":\"String should have at most 32 characters\",\"type\":\"string_too_long\","
     "\"input\":\"123456789012345678901234567890123\",\"ctx\":{\"max_length\":32}}"},
    {"PATCH", NULL, "{\"name\":\"\\ud800\"}", "\"type\":\"string_unicode\""},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":\"4x\"}}",
     "{\"loc\":[\"body\",\"quota_policy\",\"max_tokens_per_month\"],\"msg\":\"Input should be a "
     "valid integer, unable to parse string as an integer\",\"type\":\"int_parsing\","
     "\"input\":\"4x\"}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":[1]}}",
     "\"msg\":\"Input should be a valid integer\",\"type\":\"int_type\",\"input\":[1]}"},
    {"PATCH", NULL, "{\"rate_limit_policy\":{\"max_concurrency\":null}}",
     "\"type\":\"int_type\",\"input\":null}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":1.5}}",
     "\"type\":\"int_from_float\",\"input\":1.5}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":1e400}}",
     "\"type\":\"finite_number\",\"input\":1e400}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":-1}}",
     "\"msg\":\"Input should be greater than or equal to 0\",\"type\":\"greater_than_equal\","
     "\"input\":-1,\"ctx\":{\"ge\":0}}"},
    {"PATCH", NULL, "{\"rate_limit_policy\":{\"requests_per_second\":0}}",
     "\"input\":0,\"ctx\":{\"ge\":1}}"},
    {"PATCH", NULL, "{\"rate_limit_policy\":{\"queue_timeout_seconds\":86401}}",
     "\"msg\":\"Input should be less than or equal to 86400\",\"type\":\"less_than_equal\","
     "\"input\":86401,\"ctx\":{\"le\":86400}}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"max_tokens_per_month\":9223372036854775808}}",
     "\"input\":9223372036854775808,\"ctx\":{\"le\":9223372036854775807}}"},
    {"POST", "", "{\"name\":\"n\",\"provider_type\":\"x\",\"credentials_ref\":\"k\"}",
     "{\"loc\":[\"body\",\"provider_type\"],\"msg\":\"Input should be 'openai', 'anthropic', "
     "'azure_openai', 'google', 'cohere', 'mistral', 'aws_bedrock', 'deepseek' or "
     "'groq'\",\"type\":\"enum\",\"input\":\"x\",\"ctx\":{\"expected\":\"'openai'"},
    {"PATCH", NULL, "{\"rate_limit_policy\":{\"queue_policy\":\"later\"}}",
     "{\"loc\":[\"body\",\"rate_limit_policy\",\"queue_policy\"],\"msg\":\"Input should be 'wait' "
     "or 'reject'\",\"type\":\"literal_error\",\"input\":\"later\",\"ctx\":{\"expected\":\"'wait' "
     "or 'reject'\"}}"},
    {"PATCH", NULL, "{\"enabled\":\"maybe\"}",
     "\"msg\":\"Input should be a valid boolean, unable to interpret input\","
     "\"type\":\"bool_parsing\",\"input\":\"maybe\"}"},
    {"PATCH", NULL, "{\"enabled\":null}",
     "\"msg\":\"Input should be a valid boolean\",\"type\":\"bool_type\",\"input\":null}"},
    {"PATCH", NULL, "{\"colour\":{\"a\":[1, 2]}}",
     "{\"loc\":[\"body\",\"colour\"],\"msg\":\"Extra inputs are not permitted\","
     "\"type\":\"extra_forbidden\",\"input\":{\"a\":[1, 2]}}"},
    {"PATCH", NULL, "{\"quota_policy\":{\"current_month_tokens\":1}}",
     "{\"loc\":[\"body\",\"quota_policy\",\"current_month_tokens\"],\"msg\":\"Extra inputs are not "
     "permitted\",\"type\":\"extra_forbidden\",\"input\":1}"},
    {"PATCH", NULL, "{\"status\":\"active\"}", "\"type\":\"extra_forbidden\""},
    {"PATCH", NULL, "{\"provider_type\":\"openai\"}", "\"type\":\"extra_forbidden\""},
    {"PATCH", NULL, "{\"tags\":[]}", "\"type\":\"dict_type\",\"input\":[]}"},
    {"PATCH", NULL, "{\"tags\":{\"env\":1}}",
     "{\"loc\":[\"body\",\"tags\",\"env\"],\"msg\":\"Input should be a valid string\","
     "\"type\":\"string_type\",\"input\":1}"},
    {"PATCH", NULL, "{\"tags\":{\"\":\"x\"}}",
     "{\"loc\":[\"body\",\"tags\",\"\",\"[key]\"],\"msg\":\"String should have at least 1 "
     "character\",\"type\":\"string_too_short\",\"input\":\"\",\"ctx\":{\"min_length\":1}}"},
    {"PATCH", NULL, "{\"quota_policy\":3}",
     "{\"loc\":[\"body\",\"quota_policy\"],\"msg\":\"Input should be a valid dictionary or object "
     "to extract fields from\",\"type\":\"model_attributes_type\",\"input\":3}"},
    {"PATCH", NULL, "[]",
     "{\"loc\":[\"body\"],\"msg\":\"Input should be a valid dictionary or object to extract fields "
     "from\",\"type\":\"model_attributes_type\",\"input\":[]}"},
    {"PATCH", NULL, "",
     "{\"loc\":[\"body\"],\"msg\":\"Field required\",\"type\":\"missing\",\"input\":null}"},
    {"POST", "", "{" MUST ",\"routing_mode\":\"bridge\"}",
     "{\"loc\":[\"body\"],\"msg\":\"Value error, bridge_id is required when routing_mode is "
     "bridge\",\"type\":\"value_error\",\"input\":{" MUST ",\"routing_mode\":\"bridge\"},"
     "\"ctx\":{\"error\":{}}}"},
    {"PATCH", NULL, "{\"na\xc3\xafve\":1,}",
     "{\"loc\":[\"body\",11],\"msg\":\"JSON decode error\",\"type\":\"json_invalid\",\"input\":{},"
     "\"ctx\":{\"error\":\"Expecting property name enclosed in double quotes\"}}"},
    {"PATCH", NULL, "{} x", "\"ctx\":{\"error\":\"Extra data\"}"},
    {"PATCH", NULL, "{\"a\":01}", "\"ctx\":{\"error\":\"Expecting ',' delimiter\"}"},
    {"PATCH", NULL, "{\"a\":1.}", "\"ctx\":{\"error\":\"Expecting ',' delimiter\"}"},
    {"PATCH", NULL, "{\"a\"", "\"ctx\":{\"error\":\"Expecting ':' delimiter\"}"},
    {"PATCH", NULL, "{\"a\":nul}", "\"ctx\":{\"error\":\"Expecting value\"}"},
    {"PATCH", NULL, "{\"a\":\"\\x\"}", "\"ctx\":{\"error\":\"Invalid \\\\escape\"}"},
    {"PATCH", NULL, "{\"a\":\"\x1b\"}", "\"ctx\":{\"error\":\"Invalid control character at\"}"},
    {"PATCH", NULL, "{\"a\":\"",
     "\"loc\":[\"body\",5],\"msg\":\"JSON decode error\",\"type\":\"json_invalid\",\"input\":{},"
     "\"ctx\":{\"error\":\"Unterminated string starting at\"}"},
    {"GET", "?limit=0", NULL,
     "{\"loc\":[\"query\",\"limit\"],\"msg\":\"Input should be greater than or equal to "
     "1\",\"type\":\"greater_than_equal\",\"input\":\"0\",\"ctx\":{\"ge\":1}}"},
    {"GET", "?limit=101", NULL,
     "\"type\":\"less_than_equal\",\"input\":\"101\",\"ctx\":{\"le\":100}}"},
    {"GET", "?limit=ten", NULL,
     "{\"loc\":[\"query\",\"limit\"],\"msg\":\"Input should be a valid integer, unable to parse "
     "string as an integer\",\"type\":\"int_parsing\",\"input\":\"ten\"}"},
    {"GET", "?limit=", NULL, "\"type\":\"int_parsing\",\"input\":\"\"}"},
    {"GET", "?enabled_only=2", NULL,
     "{\"loc\":[\"query\",\"enabled_only\"],\"msg\":\"Input should be a valid boolean, unable to "
     "interpret input\",\"type\":\"bool_parsing\",\"input\":\"2\"}"},
    {"GET", "?provider_type=Groq", NULL,
     "{\"loc\":[\"query\",\"provider_type\"],\"msg\":\"Input should be 'openai'"},
};

static void test_each_422(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        const struct refusal *r = &REFUSALS[i];
        char path[512];
        snprintf(path, sizeof path, "%s%s", r->query ? SANDBOX_BASE : one,
                 r->query ? r->query : "");
        struct box_answer a = box_call(&box, r->method, path, r->body);
        if (a.error || a.status != 422 || !a.json || !strstr(str_text(&a.body), r->error)) {
            print_error("%s %s %s\n  is   %ld %s\n  want %s\n", r->method, path,
                        r->body ? r->body : "", a.status, str_text(&a.body), r->error);
            wrong++;
        }
        box_answer_finish(&a);
    }
    assert_int_equal(wrong, 0);
}

/* All errors at once, in the order of the model, unknown members last. */
static void test_order_of_errors(void **state)
{
    (void)state;
    static const char *const want[] = {"name",
                                       "provider_type",
                                       "credentials_ref",
                                       "max_tokens_per_month",
                                       "current_month_tokens",
                                       "burst_size",
                                       "zzz"};
    cJSON *j = box_json(&box, "POST", SANDBOX_BASE,
                        "{\"zzz\":1,\"rate_limit_policy\":{\"burst_size\":0},"
                        "\"quota_policy\":{\"current_month_tokens\":1,"
                        "\"max_tokens_per_month\":-1}}",
                        422);
    const cJSON *e = cJSON_GetObjectItem(j, "detail");
    assert_int_equal(cJSON_GetArraySize(e), 7);
    size_t i = 0;
    for (e = e->child; e; e = e->next) {
        const cJSON *loc = cJSON_GetObjectItem(e, "loc");
        const cJSON *last = cJSON_GetArrayItem(loc, cJSON_GetArraySize(loc) - 1);
        assert_string_equal(last->valuestring, want[i++]);
    }
    cJSON_Delete(j);
}

/* What Pydantic's lax mode takes, and the last of two equal names. */
static void test_lax_values(void **state)
{
    (void)state;
    struct box_answer a = box_call(&box, "PATCH", one,
                                   "{\"enabled\":\"off\",\"enabled\":\"YES\",\"rate_limit_policy\":"
                                   "{\"burst_size\":\" 1_2 \",\"max_concurrency\":7.0,"
                                   "\"requests_per_second\":true}}");
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(str_text(&a.body), "\"enabled\":true"));
    assert_non_null(strstr(str_text(&a.body), "\"requests_per_second\":1,"));
    assert_non_null(strstr(str_text(&a.body), "\"max_concurrency\":7,\"burst_size\":12,"));
    box_answer_finish(&a);
    cJSON_Delete(box_json(&box, "GET", SANDBOX_BASE "?limit=+3&enabled_only=&x=1", NULL, 422));
    cJSON_Delete(box_json(&box, "GET", SANDBOX_BASE "?limit=%2B3&enabled_only=F&x=1", NULL, 200));
}

/* ---- the second envelope and the plain details ---- */

static void envelope(struct box_answer a, long status, const char *name, const char *details)
{
    static const char *const order[] = {"error", "message", "details", "timestamp", "status_code"};
    size_t i = 0;
    assert_int_equal(a.status, status);
    for (const cJSON *m = a.json->child; m; m = m->next)
        assert_string_equal(m->string, order[i++]);
    assert_int_equal(i, 5);
    assert_string_equal(cJSON_GetObjectItem(a.json, "error")->valuestring, name);
    assert_int_equal(cJSON_GetObjectItem(a.json, "status_code")->valueint, status);
    assert_non_null(strstr(str_text(&a.body), details));
    box_answer_finish(&a);
}

static void test_second_envelope(void **state)
{
    (void)state;
    envelope(box_call_as(&box, NULL, "GET", SANDBOX_BASE, NULL), 401, "AUTHENTICATION_FAILED", "");
    envelope(box_call_as(&box, SANDBOX_TOKEN "x", "GET", SANDBOX_BASE, NULL), 401,
             "AUTHENTICATION_FAILED", "");
    envelope(box_call_as(&box, "", "POST", "/_sandbox/faults", "{}"), 401, "AUTHENTICATION_FAILED",
             "");
    envelope(box_call(&box, "GET", "/v1/orgs/other/provider-accounts", NULL), 403, "FORBIDDEN",
             "\"required_permission\":\"provider_accounts:read\"");
    envelope(box_call(&box, "GET", SANDBOX_BASE "/a%3Fb", NULL), 404, "RESOURCE_NOT_FOUND",
             "\"resource_type\":\"provider_account\",\"resource_id\":\"a?b\"");
    envelope(box_call(&box, "DELETE", SANDBOX_BASE "/nope", NULL), 404, "RESOURCE_NOT_FOUND",
             "\"nope\"");
    box_fault(&box, "{\"fault\":\"conflict\"}");
    envelope(box_call(&box, "PATCH", one, "{}"), 409, "CONFLICT", "");
    box_fault(&box, "{\"fault\":\"error\"}");
    envelope(box_call(&box, "PATCH", one, "{}"), 500, "INTERNAL_SERVER_ERROR", "");
    box_fault(&box, "{\"fault\":\"forbidden\"}");
    envelope(box_call(&box, "DELETE", one, NULL), 403, "FORBIDDEN",
             "\"required_permission\":\"provider_accounts:write\"");
    cJSON_Delete(box_json(&box, "GET", one, NULL, 200));
}

static void test_plain_details(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
        long status;
        const char *detail;
    } table[] = {
        {"GET", "/", NULL, 404, "Not Found"},
        {"GET", "/v1/orgs/org_demo/provider-accounts/", NULL, 404, "Not Found"},
        {"GET", SANDBOX_BASE "/..%2Fx", NULL, 404, "Not Found"},
        {"PUT", SANDBOX_BASE, "{}", 405, "Method Not Allowed"},
        {"GET", SANDBOX_BASE "?cursor=nonsense", NULL, 400, "Invalid cursor"},
        {"GET", SANDBOX_BASE "?cursor=AAAAAAAAAAAAAAAA", NULL, 400, "Invalid cursor"},
        {"POST", SANDBOX_BASE, "{\"name\":\"\xff\"}", 400, "There was an error parsing the body"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *j = box_json(&box, table[i].method, table[i].path, table[i].body, table[i].status);
        assert_string_equal(cJSON_GetObjectItem(j, "detail")->valuestring, table[i].detail);
        cJSON_Delete(j);
    }
}

/* ---- HTTP ---- */

static void raw_gives(const char *request, const char *status, const char *what)
{
    struct str out = STR_INIT;
    box_raw(&box, request, &out);
    if (!strstr(str_text(&out), status) || !strstr(str_text(&out), what))
        fail_msg("%s\n gives %s, not %s and %s", request, str_text(&out), status, what);
    str_finish(&out);
}

#define AUTH "Authorization: Bearer " SANDBOX_TOKEN "\r\nConnection: close\r\n"

static void test_host_is_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"127.0.0.1", "localhost", "LOCALHOST:PORT",
                                       "127.0.0.1:PORT"};
    static const char *const bad[] = {"evil.example", "127.0.0.1:1", "127.0.0.1.evil.example",
                                      "localhost:80.evil.example", ""};
    char request[512];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int name = (int)strcspn(good[i], ":");
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %.*s\r\n" AUTH "\r\n", one,
                 name, good[i]);
        if (good[i][name])
            snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %.*s:%d\r\n" AUTH "\r\n",
                     one, name, good[i], box.port);
        raw_gives(request, "HTTP/1.1 200 ", "provider_account_id");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n" AUTH "\r\n", one,
                 bad[i]);
        raw_gives(request, "HTTP/1.1 400 ", "Invalid host header");
    }
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" AUTH "\r\n", one);
    raw_gives(request, "HTTP/1.1 400 ", "");
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n" AUTH "\r\n", one);
    raw_gives(request, "HTTP/1.1 400 ", "");
}

static void test_ambiguous_length(void **state)
{
    (void)state;
    char request[512];
    snprintf(request, sizeof request,
             "PATCH %s HTTP/1.1\r\nHost: localhost\r\n" AUTH
             "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
             one);
    raw_gives(request, "HTTP/1.1 400 ", "Ambiguous body length");
    snprintf(request, sizeof request,
             "PATCH %s HTTP/1.1\r\nHost: localhost\r\n" AUTH
             "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
             one);
    raw_gives(request, "HTTP/1.1 200 ", "provider_account_id");
}

static void test_body_is_capped(void **state)
{
    (void)state;
    char request[512];
    snprintf(request, sizeof request,
             "PATCH %s HTTP/1.1\r\nHost: localhost\r\n" AUTH "Content-Length: 1048577\r\n\r\n",
             one);
    raw_gives(request, "HTTP/1.1 413 ", "Request body too large");
    struct str body = STR_INIT;
    str_printf(&body,
               "PATCH %s HTTP/1.1\r\nHost: localhost\r\n" AUTH
               "Transfer-Encoding: chunked\r\n\r\n100001\r\n",
               one);
    str_fill(&body, ' ', 0x100001);
    str_add(&body, "\r\n0\r\n\r\n");
    raw_gives(str_text(&body), "HTTP/1.1 413 ", "Request body too large");
    str_finish(&body);
}

static void test_body_of_another_type(void **state)
{
    (void)state;
    char request[512];
    snprintf(request, sizeof request,
             "PATCH %s HTTP/1.1\r\nHost: localhost\r\n" AUTH
             "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
             one);
    raw_gives(request, "HTTP/1.1 422 ", "\"type\":\"model_attributes_type\",\"input\":\"{}\"}");
}

static void test_depth_and_width_of_bodies(void **state)
{
    (void)state;
    struct str body = STR_INIT;
    str_add(&body, "{\"a\":");
    str_fill(&body, '[', 100000);
    cJSON_Delete(box_json(&box, "PATCH", one, str_text(&body), 422));
    str_clear(&body);
    str_add(&body, "{\"a\":1");
    for (int i = 0; i < 5000; i++)
        str_printf(&body, ",\"m%d\":0", i);
    str_add(&body, "}");
    cJSON_Delete(box_json(&box, "PATCH", one, str_text(&body), 422));
    str_finish(&body);
}

static int start_box(void **state)
{
    (void)state;
    box_start(&box, NULL);
    cJSON *a = box_json(&box, "POST", SANDBOX_BASE, "{" MUST "}", 201);
    snprintf(one, sizeof one, "%s/%s", SANDBOX_BASE,
             cJSON_GetObjectItem(a, "provider_account_id")->valuestring);
    cJSON_Delete(a);
    return 0;
}

static int stop_box(void **state)
{
    (void)state;
    return box_stop(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_422),
        cmocka_unit_test(test_order_of_errors),
        cmocka_unit_test(test_lax_values),
        cmocka_unit_test(test_second_envelope),
        cmocka_unit_test(test_plain_details),
        cmocka_unit_test(test_host_is_checked),
        cmocka_unit_test(test_ambiguous_length),
        cmocka_unit_test(test_body_is_capped),
        cmocka_unit_test(test_body_of_another_type),
        cmocka_unit_test(test_depth_and_width_of_bodies),
    };
    return cmocka_run_group_tests_name("sandbox refusals", tests, start_box, stop_box);
}
