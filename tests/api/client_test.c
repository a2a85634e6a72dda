/* client_test.c: what the client makes of every kind of reply: statuses, bodies that are not what
 * the API says, replies that are cut, slow or far too large. */
#include "tests/support/api_rig.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "{\"provider_account_id\":\"a1\",\"name\":\"n\"}"
#define PAGE                                                                                       \
    "{\"total\":2,\"has_more\":true,\"next_cursor\":\"c2\",\"accounts\":[" ACCOUNT                 \
    ",{\"provider_account_id\":\"a2\",\"name\":\"m\"}]}"

static int rig_setup(void **state)
{
    struct api_rig *rig = mem_calloc(1, sizeof *rig);
    rig_open(rig, NULL, NULL);
    *state = rig;
    return 0;
}

static int rig_teardown(void **state)
{
    rig_close(*state);
    mem_free(*state);
    return 0;
}

static void serve(struct api_rig *rig, const struct fault_reply *reply)
{
    struct fault_rule rule = {.reply = *reply};
    fault_rules_clear(rig->server);
    fault_rule_add(rig->server, &rule);
}

static void serve_json(struct api_rig *rig, int status, const char *json)
{
    fault_rules_clear(rig->server);
    fault_json(rig->server, NULL, NULL, 0, status, json);
}

static void test_the_five_operations(void **state)
{
    struct api_rig *rig = *state;
    serve_json(rig, 200, PAGE);
    rig_list(rig);
    assert_int_equal(rig->result.status, ST_OK);
    assert_int_equal(rig->records, 2);
    assert_int_equal(rig->result.page.total, 2);
    assert_int_equal(rig->result.page.has_more, 1);
    assert_string_equal(str_text(&rig->cursor), "c2");
    serve_json(rig, 200, " " ACCOUNT "\n");
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
    assert_string_equal(str_text(&rig->result.body), ACCOUNT);
    assert_int_equal(rig->result.tries, 1);
    serve_json(rig, 201, ACCOUNT);
    rig_create(rig, "{\"name\":\"x\"}");
    assert_int_equal(rig->result.status, ST_OK);
    assert_string_equal(str_text(&rig->result.body), ACCOUNT);
    serve_json(rig, 200, ACCOUNT);
    rig_update(rig, "a/1", "{\"name\":null}");
    assert_int_equal(rig->result.status, ST_OK);
    rig_delete(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);

    static const char *const lines[] = {"GET " RIG_LIST "?limit=100", "GET " RIG_READ,
                                        "POST " RIG_LIST, "PATCH " RIG_LIST "/a%2F1",
                                        "DELETE " RIG_READ};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        const struct fault_request *r = fault_request_at(rig->server, i);
        char line[200];
        snprintf(line, sizeof line, "%s %s", r->method, r->target);
        assert_string_equal(line, lines[i]);
        fault_request_header(r, "authorization", line, sizeof line);
        assert_string_equal(line, "Bearer " RIG_TOKEN);
        fault_request_header(r, "content-type", line, sizeof line);
        assert_string_equal(line, r->body_len ? "application/json" : "");
        fault_request_header(r, "expect", line, sizeof line);
        assert_string_equal(line, "");
        assert_string_equal(r->version, "HTTP/1.1");
    }
    assert_string_equal(fault_request_at(rig->server, 3)->body, "{\"name\":null}");
}

/* ---- statuses -------------------------------------------------------------------------------- */

struct status_row {
    const char *fault;
    int http;
    enum status read, write;
    int tries; /* of a read */
    const char *words;
};

static const struct status_row status_rows[] = {
    {"F03", 301, ST_REJECTED, ST_REJECTED, 1, "redirects"},
    {"F03", 304, ST_REJECTED, ST_REJECTED, 1, "redirects"},
    {"F03", 307, ST_REJECTED, ST_REJECTED, 1, "redirects"},
    {"F04", 400, ST_REJECTED, ST_REJECTED, 1, "refuses the request (400)"},
    {"F04", 405, ST_REJECTED, ST_REJECTED, 1, "(405)"},
    {"F04", 406, ST_REJECTED, ST_REJECTED, 1, "(406)"},
    {"F04", 411, ST_REJECTED, ST_REJECTED, 1, "(411)"},
    {"F04", 413, ST_REJECTED, ST_REJECTED, 1, "(413)"},
    {"F04", 415, ST_REJECTED, ST_REJECTED, 1, "(415)"},
    {"F04", 431, ST_REJECTED, ST_REJECTED, 1, "(431)"},
    {"F05", 401, ST_AUTH, ST_AUTH, 1, "token"},
    {"F06", 403, ST_FORBIDDEN, ST_FORBIDDEN, 1, "may not"},
    {"F07", 404, ST_NOT_FOUND, ST_NOT_FOUND, 1, "does not have it"},
    {"F07", 410, ST_NOT_FOUND, ST_NOT_FOUND, 1, "gone"},
    {"F08", 408, ST_SERVER, ST_UNKNOWN, 4, "(408)"},
    {"F09", 409, ST_CONFLICT, ST_CONFLICT, 1, "conflicts"},
    {"F09", 412, ST_CONFLICT, ST_CONFLICT, 1, "changed on the server"},
    {"F10", 422, ST_INVALID, ST_INVALID, 1, "refuses a value"},
    {"F11", 429, ST_RATE, ST_RATE, 4, "too many requests"},
    {"F12", 500, ST_SERVER, ST_UNKNOWN, 4, "(500)"},
    {"F12", 502, ST_SERVER, ST_UNKNOWN, 4, "(502)"},
    {"F12", 503, ST_SERVER, ST_UNKNOWN, 4, "(503)"},
    {"F12", 504, ST_SERVER, ST_UNKNOWN, 4, "(504)"},
    {"F12", 599, ST_SERVER, ST_UNKNOWN, 4, "(599)"},
};

static void status_check(struct api_rig *rig, const struct status_row *row, const char *method)
{
    bool write = strcmp(method, "GET") != 0;
    enum status want = write ? row->write : row->read;
    size_t before = fault_count(rig->server, NULL, NULL);
    rig_again(rig, NULL);
    rig_call(rig, method);
    const struct rig_result *r = &rig->result;
    size_t sent = fault_count(rig->server, NULL, NULL) - before;
    if (r->status != want || r->http != row->http || sent != (size_t)(write ? 1 : row->tries))
        fail_msg("%s %s %d: %s after %zu requests: %s", row->fault, method, row->http,
                 status_name(r->status), sent, r->error.what);
    if (!strstr(r->error.what, row->words))
        fail_msg("%s %s %d: %s", row->fault, method, row->http, r->error.what);
    const char *kept = !write               ? "" /* what a reader has is not the client's to say */
                       : want == ST_UNKNOWN ? "it may have been applied"
                                            : "not applied";
    if (!strstr(r->error.what, kept))
        fail_msg("%s %s %d: %s", row->fault, method, row->http, r->error.what);
    if (!write)
        assert_null(strstr(r->error.what, "; "));
    /* Of a write whose outcome is not known nobody says that it could not be done. */
    if (want == ST_UNKNOWN)
        assert_null(strstr(r->error.what, "could not"));
    assert_true(r->may_have_left == write);
    assert_int_equal(r->tries, (int)sent);
}

/* F03 to F12: each status, read and written. */
static void test_f03_to_f12_statuses(void **state)
{
    struct api_rig *rig = *state;
    static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
    for (size_t i = 0; i < ARRAY_LEN(status_rows); i++) {
        serve_json(rig, status_rows[i].http, "{\"detail\":\"the server's words\"}");
        for (size_t k = 0; k < ARRAY_LEN(methods); k++)
            status_check(rig, &status_rows[i], methods[k]);
    }
}

static void test_f01_2xx(void **state)
{
    struct api_rig *rig = *state;
    static const struct {
        int http;
        const char *method, *body;
        enum status status;
    } rows[] = {
        {200, "POST", ACCOUNT, ST_OK},
        {201, "POST", ACCOUNT, ST_OK},
        {204, "POST", "", ST_UNKNOWN},
        {202, "POST", ACCOUNT, ST_UNKNOWN},
        {200, "POST", "{}", ST_UNKNOWN},
        {200, "PATCH", ACCOUNT, ST_OK},
        {204, "PATCH", "", ST_OK},
        {200, "PATCH", "", ST_UNKNOWN},
        {200, "DELETE", "", ST_OK},
        {204, "DELETE", "", ST_OK},
        {200, "DELETE", "any text", ST_OK},
        {202, "DELETE", "", ST_UNKNOWN},
        {206, "GET", ACCOUNT, ST_UNREADABLE},
        {204, "GET", "", ST_UNREADABLE},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        serve_json(rig, rows[i].http, rows[i].body);
        rig_again(rig, NULL);
        rig_call(rig, rows[i].method);
        if (rig->result.status != rows[i].status)
            fail_msg("%s %d: %s %s", rows[i].method, rows[i].http, status_name(rig->result.status),
                     rig->result.error.what);
    }
}

static void test_what_the_server_says_is_passed_on(void **state)
{
    struct api_rig *rig = *state;
    serve(rig, &(struct fault_reply){.status = 422,
                                     .headers = "X-Request-Id: req-9\r\n"
                                                "Date: Tue, 20 Oct 2026 14:02:07 GMT\r\n",
                                     .body = "{\"detail\":[{\"loc\":[\"body\",\"name\"],\"msg\":"
                                             "\"too long\",\"type\":\"t\",\"input\":\"zzz\"}]}"});
    rig_update(rig, "a1", "{\"name\":\"zzz\"}");
    assert_int_equal(rig->result.detail_count, 1);
    assert_int_equal(rig->result.first_field, FIELD_NAME);
    assert_string_equal(str_text(&rig->result.first_msg), "too long");
    assert_string_equal(str_text(&rig->result.request_id), "req-9");
    assert_int_equal(rig->result.date_ms, when_parse_rfc3339("2026-10-20T14:02:07Z", 20));
    assert_non_null(strstr(rig->result.error.what, "name: too long"));
    assert_null(strstr(rig->result.error.what, "zzz"));

    serve_json(rig, 403,
               "{\"error\":\"FORBIDDEN\",\"message\":\"no\",\"details\":"
               "{\"required_permission\":\"accounts:write\"},\"status_code\":403}");
    rig_update(rig, "a1", "{}");
    assert_string_equal(str_text(&rig->result.permission), "accounts:write");
    assert_non_null(strstr(rig->result.error.what, "accounts:write"));
    serve(rig, &(struct fault_reply){.status = 502, .body = "<html><title>Bad Gateway</title>"});
    rig_read(rig, "a1");
    assert_non_null(strstr(rig->result.error.what, "a web page instead of JSON, \"Bad Gateway\""));
}

/* ---- F02: replies that cannot be read ------------------------------------------------------- */

static void check_unreadable(struct api_rig *rig, const char *what)
{
    static const char *const methods[] = {"GET", "POST", "PATCH"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        size_t before = fault_count(rig->server, "!GET", NULL);
        rig_again(rig, NULL);
        rig_call(rig, methods[i]);
        if (rig->result.status != (i ? ST_UNKNOWN : ST_UNREADABLE))
            fail_msg("%s, %s: %s %s", what, methods[i], status_name(rig->result.status),
                     rig->result.error.what);
        assert_int_equal(fault_count(rig->server, "!GET", NULL) - before, i ? 1 : 0);
    }
    rig_again(rig, NULL);
    rig_list(rig);
    if (rig->result.status != ST_UNREADABLE)
        fail_msg("%s, list: %s %s", what, status_name(rig->result.status), rig->result.error.what);
}

static void test_f02_bodies(void **state)
{
    struct api_rig *rig = *state;
    static const char *const bodies[] = {
        "",
        "   ",
        "null",
        "[]",
        "42",
        "\"text\"",
        "{",
        "{}",
        "{\"provider_account_id\":\"a1\"",
        "{\"provider_account_id\":\"a1\"} {}",
        "{\"provider_account_id\":7}",
        "{\"provider_account_id\":\"a1\",\"x\":01}",
        "{\"provider_account_id\":\"\xff\"}",
        "\xef\xbb\xbf{\"provider_account_id\":\"a1\"}",
        "{\"accounts\":{}}",
        "{\"accounts\":null}",
        "<html><title>Please log in</title></html>",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        serve_json(rig, 200, bodies[i]);
        check_unreadable(rig, bodies[i]);
    }
    assert_non_null(
        strstr(rig->result.error.what, "a web page instead of JSON, \"Please log in\""));
    serve(rig, &(struct fault_reply){.raw = true, .body = "\x16\x03\x01 garbage\r\n\r\n"});
    check_unreadable(rig, "garbage");
}

static void test_f02_one_bad_account_costs_itself(void **state)
{
    struct api_rig *rig = *state;
    serve_json(rig, 200, "{\"total\":3,\"accounts\":[" ACCOUNT ",{\"x\":01}," ACCOUNT "]}");
    rig_list(rig);
    assert_int_equal(rig->result.status, ST_OK);
    assert_int_equal(rig->records, 3);
    assert_int_equal(rig->bad_records, 1);
    assert_int_equal(rig->result.page.bad, 1);
}

static void test_f02_far_too_large(void **state)
{
    struct api_rig *rig = *state;
    serve(rig, &(struct fault_reply){.body = "{\"a\":\"", .fill = 9 * 1024 * 1024});
    check_unreadable(rig, "9 MiB");
    assert_non_null(strstr(rig->result.error.what, "too large"));
    serve(rig,
          &(struct fault_reply){.body = "{\"a\":\"", .fill = 9 * 1024 * 1024, .chunked = true});
    check_unreadable(rig, "9 MiB chunked");
    serve(rig, &(struct fault_reply){.body = ACCOUNT, .header_fill = 80 * 1024});
    check_unreadable(rig, "headers of 80 KiB");
    serve(rig, &(struct fault_reply){.body = ACCOUNT, .header_fill = 300 * 1024});
    check_unreadable(rig, "headers of 300 KiB");
}

/* 100 MiB behind 100 KiB: only reads ask for compression, and stop at the cap. */
static void test_f02_gzip_bomb(void **state)
{
    struct api_rig *rig = *state;
    serve(rig, &(struct fault_reply){.gzip_mb = 100});
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_UNREADABLE);
    assert_non_null(strstr(rig->result.error.what, "too large"));
    rig_update(rig, "a1", "{}");
    assert_int_equal(rig->result.status, ST_UNKNOWN);
    char header[40];
    fault_request_header(fault_request_at(rig->server, 0), "accept-encoding", header, 40);
    assert_non_null(strstr(header, "gzip"));
    fault_request_header(fault_request_at(rig->server, 1), "accept-encoding", header, 40);
    assert_string_equal(header, "");
}

/* ---- cuts ------------------------------------------------------------------------------------ */

/* The reply cut after so many bytes, whatever they are, and then a whole one: a read comes out
 * right, with a restart between, and nothing is taken for a whole page that was not. */
static void test_f02_f14_reads_cut_anywhere(void **state)
{
    struct api_rig *rig = *state;
    for (size_t cut = 0; cut < 290; cut += 9) {
        struct fault_rule rule = {
            .times = 1,
            .reply = {.body = PAGE, .end = cut % 2 ? FAULT_FIN : FAULT_RST, .cut_after = cut}};
        fault_rules_clear(rig->server);
        fault_rule_add(rig->server, &rule);
        fault_json(rig->server, NULL, NULL, 0, 200, PAGE);
        size_t before = fault_count(rig->server, NULL, NULL);
        rig_again(rig, NULL);
        rig_list(rig);
        size_t sent = fault_count(rig->server, NULL, NULL) - before;
        if (rig->result.status != ST_OK || rig->records != 2 || sent > 2)
            fail_msg("cut after %zu: %s, %u records, %zu requests", cut, rig->result.error.what,
                     rig->records, sent);
        if (sent == 2)
            assert_int_equal(rig->restarts, 1);
    }
    fault_rules_clear(rig->server);
    struct fault_rule always = {.reply = {.body = PAGE, .end = FAULT_FIN, .cut_after = 200}};
    fault_rule_add(rig->server, &always);
    rig_again(rig, NULL);
    rig_list(rig);
    assert_int_equal(rig->result.status, ST_UNREADABLE);
    assert_int_equal(rig->result.tries, 4);
    assert_non_null(strstr(rig->result.error.what, "cut short"));
}

/* A length is not even promised, and the end of the connection is the end of the page. */
static void test_f02_cut_without_length(void **state)
{
    struct api_rig *rig = *state;
    serve(rig, &(struct fault_reply){.body = "{\"total\":2,\"accounts\":[" ACCOUNT ",",
                                     .no_length = true});
    rig_list(rig);
    assert_int_equal(rig->result.status, ST_UNREADABLE);
    assert_int_equal(rig->records, 1);
    assert_non_null(strstr(rig->result.error.what, "could not list the accounts: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_five_operations, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f03_to_f12_statuses, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f01_2xx, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_what_the_server_says_is_passed_on, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_bodies, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_one_bad_account_costs_itself, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_far_too_large, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_gzip_bomb, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_f14_reads_cut_anywhere, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(test_f02_cut_without_length, rig_setup, rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
