/* api_rig.c: see api_rig.h. */
#include "tests/support/api_rig.h"

#include "api/client.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { HANG_MS = 60000, TURN_MS = 20 };

static int64_t skipping_mono(void *ctx)
{
    struct clock system = clock_system();
    return clock_mono(&system) + *(const int64_t *)ctx;
}

static int64_t skipping_wall(void *ctx)
{
    struct clock system = clock_system();
    return clock_wall(&system) + *(const int64_t *)ctx;
}

static uint64_t always_zero(void *ctx)
{
    (void)ctx;
    return 0;
}

static void api_open(struct api_rig *rig, const struct api_settings *settings, struct log *log)
{
    struct api_settings s = settings ? *settings : (struct api_settings){0};
    struct error err;
    if (!s.url)
        s.url = fault_url(rig->server);
    if (!s.org)
        s.org = "org_t";
    rig->api = api_create(rig->loop, &s, log, &err);
    if (!rig->api)
        fail_msg("api_create: %s", err.what);
    api_set_random(rig->api, (struct retry_random){always_zero, NULL});
    struct secret *token = secret_create(RIG_TOKEN, strlen(RIG_TOKEN));
    assert_int_equal(api_set_token(rig->api, token, &err), ST_OK);
}

void rig_open(struct api_rig *rig, const struct api_settings *settings, struct log *log)
{
    memset(rig, 0, sizeof *rig);
    assert_int_equal(api_global_init(NULL), ST_OK);
    rig->loop = loop_create((struct clock){skipping_mono, skipping_wall, &rig->skipped_ms});
    if (!settings || !settings->url) {
        rig->server = fault_server_create();
        assert_non_null(rig->server);
    }
    api_open(rig, settings, log);
}

void rig_again(struct api_rig *rig, const struct api_settings *settings)
{
    api_destroy(rig->api);
    api_open(rig, settings, NULL);
}

void rig_result_finish(struct rig_result *r)
{
    str_finish(&r->body);
    str_finish(&r->permission);
    str_finish(&r->request_id);
    str_finish(&r->first_msg);
    memset(r, 0, sizeof *r);
}

void rig_close(struct api_rig *rig)
{
    api_destroy(rig->api);
    fault_server_destroy(rig->server);
    loop_destroy(rig->loop);
    rig_result_finish(&rig->result);
    str_finish(&rig->cursor);
}

void rig_told(void *ctx, const struct api_result *result)
{
    struct rig_result *r = ctx;
    unsigned told = r->told;
    rig_result_finish(r);
    r->told = told + 1;
    r->status = result->status;
    r->error = result->error;
    r->http = result->http;
    r->tries = result->tries;
    r->may_have_left = result->may_have_left;
    str_add_span(&r->body, result->body);
    str_add_span(&r->permission, result->permission);
    str_add_span(&r->request_id, result->request_id);
    r->detail_count = result->detail_count;
    r->first_field = result->detail_count ? result->details[0].field : FIELD_NONE;
    if (result->detail_count)
        str_add_span(&r->first_msg, result->details[0].msg);
    r->retry_after_ms = result->retry_after_ms;
    r->date_ms = result->date_ms;
    r->started_mono_ms = result->started_mono_ms;
    r->page = result->page;
    /* Every message says what happened, and the two ways of saying it agree. */
    assert_int_equal(result->status, result->error.status);
    assert_true((result->status == ST_OK) == (result->error.what[0] == '\0'));
}

static int64_t machine_ms(void)
{
    struct clock system = clock_system();
    return clock_mono(&system);
}

void rig_until(struct api_rig *rig, const unsigned *told, unsigned n)
{
    int64_t give_up = machine_ms() + HANG_MS;
    while (*told < n) {
        loop_step(rig->loop, TURN_MS);
        if (machine_ms() > give_up)
            fail_msg("no result came in a minute");
    }
    assert_int_equal(*told, n);
}

void rig_until_answered(struct api_rig *rig, size_t n)
{
    int64_t give_up = machine_ms() + HANG_MS;
    struct api_stats stats;
    for (;;) {
        loop_step(rig->loop, TURN_MS);
        api_stats(rig->api, &stats);
        if (stats.in_flight == 0 && fault_count(rig->server, NULL, NULL) >= n)
            break;
        if (machine_ms() > give_up)
            fail_msg("%zu requests did not come in a minute", n);
    }
    assert_int_equal(fault_count(rig->server, NULL, NULL), n);
}

void rig_turns(struct api_rig *rig)
{
    for (int i = 0; i < 10; i++)
        loop_step(rig->loop, 5);
}

void rig_skip(struct api_rig *rig, int64_t ms)
{
    rig->skipped_ms += ms;
}

/* ---- one call -------------------------------------------------------------------------------- */

static void list_restart(void *ctx)
{
    struct api_rig *rig = ctx;
    rig->restarts++;
    rig->records = rig->bad_records = rig->cursors = 0;
}

static void list_cursor(void *ctx, struct span cursor)
{
    struct api_rig *rig = ctx;
    rig->cursors++;
    str_clear(&rig->cursor);
    str_add_span(&rig->cursor, cursor);
}

static void list_record(void *ctx, struct span raw, const struct error *bad,
                        int64_t started_mono_ms)
{
    struct api_rig *rig = ctx;
    assert_true(raw.len > 0);
    assert_true(started_mono_ms > 0);
    rig->records++;
    rig->bad_records += bad != NULL;
}

static void list_done(void *ctx, const struct api_result *result)
{
    struct api_rig *rig = ctx;
    rig_told(&rig->result, result);
}

void rig_list(struct api_rig *rig)
{
    static const struct api_list_events events = {list_restart, list_cursor, list_record,
                                                  list_done};
    struct api_list_query query = {.limit = 100};
    rig_result_finish(&rig->result);
    rig->records = rig->bad_records = rig->cursors = rig->restarts = 0;
    api_list(rig->api, &query, &events, rig);
    assert_int_equal(rig->result.told, 0);
    rig_until(rig, &rig->result.told, 1);
}

void rig_read(struct api_rig *rig, const char *id)
{
    rig_result_finish(&rig->result);
    api_read(rig->api, span_of(id), rig_told, &rig->result);
    assert_int_equal(rig->result.told, 0); /* never from inside the starting call */
    rig_until(rig, &rig->result.told, 1);
}

void rig_create(struct api_rig *rig, const char *body)
{
    rig_result_finish(&rig->result);
    api_create_account(rig->api, span_of(body), rig_told, &rig->result);
    assert_int_equal(rig->result.told, 0);
    rig_until(rig, &rig->result.told, 1);
}

void rig_update(struct api_rig *rig, const char *id, const char *body)
{
    rig_result_finish(&rig->result);
    api_update(rig->api, span_of(id), span_of(body), rig_told, &rig->result);
    assert_int_equal(rig->result.told, 0);
    rig_until(rig, &rig->result.told, 1);
}

void rig_delete(struct api_rig *rig, const char *id)
{
    rig_result_finish(&rig->result);
    api_delete(rig->api, span_of(id), rig_told, &rig->result);
    assert_int_equal(rig->result.told, 0);
    rig_until(rig, &rig->result.told, 1);
}

void rig_call(struct api_rig *rig, const char *method)
{
    if (strcmp(method, "GET") == 0)
        rig_read(rig, "a1");
    else if (strcmp(method, "POST") == 0)
        rig_create(rig, "{\"name\":\"x\"}");
    else if (strcmp(method, "PATCH") == 0)
        rig_update(rig, "a1", "{\"name\":\"x\"}");
    else
        rig_delete(rig, "a1");
}

bool rig_log_has(struct api_rig *rig, const char *text)
{
    struct reqlog *log = api_reqlog(rig->api);
    for (size_t i = 0; i < reqlog_count(log); i++) {
        const struct reqlog_entry *e = reqlog_at(log, i);
        if (strstr(e->path, text) || strstr(e->note, text))
            return true;
    }
    return false;
}
