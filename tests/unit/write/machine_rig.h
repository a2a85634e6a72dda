/* machine_rig.h: what the tests of the write machine begin with: an api that answers as told, a
 * clock that is moved by hand, a real journal and fleet, and writes up to the state that a test is
 * about.
 */
#ifndef TESTS_MACHINE_RIG_H
#define TESTS_MACHINE_RIG_H

#include "tests/unit/write/fake_world.h"

#include "base/map.h"
#include "plan/settable.h"
#include "write/preview.h"
#include "write/write.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BASE_FIELDS                                                                                \
    "\"org_id\":\"org_1\",\"description\":\"d\",\"provider_type\":\"openai\","                     \
    "\"credentials_ref\":\"vault/a\",\"enabled\":true,\"tags\":{\"team\":\"x\"},"                  \
    "\"created_at\":\"2025-01-01T00:00:00Z\""

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct clock clock;
    struct loop *loop;
    struct api api;
    struct fleet *fleet;
    struct journal *journal;
    struct writes *writes;
    struct str states; /* "check,preview," */
    struct error err;
    row_id row;
    enum patch_policies policies;
};

static inline struct writes *make_writes(struct fixture *fx)
{
    return fake_writes(fx->loop, &fx->api, fx->fleet, fx->journal, fx->policies);
}

static inline int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "state/journal.db", &fx.path);
    fx.clock = fake_clock(&fx.manual);
    fx.loop = loop_create(fx.clock);
    fx.api.clock = loop_clock(fx.loop);
    fx.fleet = fleet_create();
    if (journal_open(&fx.journal, fx.path.data, fx.clock, &fx.err))
        return -1;
    fx.writes = make_writes(&fx);
    *state = &fx;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fx = *state;
    writes_destroy(fx->writes);
    journal_close(fx->journal);
    fleet_destroy(fx->fleet);
    loop_destroy(fx->loop);
    fake_finish(&fx->api);
    str_finish(&fx->path);
    str_finish(&fx->states);
    tmpdir_destroy(fx->dir);
    return 0;
}

static inline void turn(struct fixture *fx)
{
    fake_turn(fx->loop);
}

static inline void advance(struct fixture *fx, int64_t ms)
{
    fake_advance(fx->loop, &fx->manual, ms);
}

static inline void on_change(void *ctx, struct write *w)
{
    struct fixture *fx = ctx;
    str_printf(&fx->states, "%s,", write_state_name(write_state(w)));
}

/* {"provider_account_id":"pa_1","name":...,"quota_policy":...,BASE_FIELDS} */
static inline const char *account_json(const char *id, const char *name, const char *rate)
{
    static char texts[8][1024];
    static unsigned at;
    char *text = texts[at++ % 8];
    snprintf(text, sizeof texts[0],
             "{\"provider_account_id\":\"%s\",\"name\":\"%s\",\"rate_limit_policy\":%s,%s}", id,
             name, rate, BASE_FIELDS);
    return text;
}

#define RATE_80  "{\"requests_per_second\":80,\"max_concurrency\":10}"
#define RATE_120 "{\"requests_per_second\":120,\"max_concurrency\":10}"

static inline const char *before(void)
{
    return account_json("pa_1", "az-gpt", RATE_80);
}
static inline const char *wanted(void)
{
    return account_json("pa_1", "az-gpt", RATE_120);
}

/* An account that has every settable field, and is enabled. */
#define EVERY_FIELD                                                                                \
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"description\":\"d\","                      \
    "\"provider_type\":\"openai\",\"region\":\"r\",\"data_residency\":\"EU\","                     \
    "\"credentials_ref\":\"vault/a\",\"enabled\":true,\"routing_mode\":\"direct\","                \
    "\"bridge_id\":\"b\",\"bridge_endpoint_name\":\"e\",\"tags\":{\"team\":\"x\"},"                \
    "\"quota_policy\":{\"max_tokens_per_month\":5,\"max_requests_per_month\":5},"                  \
    "\"rate_limit_policy\":{\"requests_per_second\":5,\"requests_per_minute\":5,"                  \
    "\"input_tokens_per_minute\":5,\"output_tokens_per_minute\":5,\"max_concurrency\":5,"          \
    "\"burst_size\":5,\"queue_policy\":\"wait\",\"queue_timeout_seconds\":5}}"

/* Whether it is a field that a write can change by itself. */
static inline bool is_leaf(enum field f)
{
    return field_settable(f) && field_info(f)->type != FT_GROUP;
}

/* EVERY_FIELD with another value in f, the first or the second of two; appended to out. */
static inline void every_field_but(enum field f, int which, struct str *out)
{
    static const char *const others[FT_COUNT][2] = {
        [FT_TEXT] = {"other", "third"}, [FT_OPEN] = {"other", "third"}, [FT_INT] = {"777", "778"},
        [FT_SECONDS] = {"777", "778"},  [FT_BOOL] = {"no", "no"},       [FT_MAP] = {"q=1", "q=2"}};
    struct account a;
    struct arena mem;
    struct error err;
    struct value v;
    account_init(&a);
    arena_init(&mem);
    assert_int_equal(account_decode(&a, span_of(EVERY_FIELD), &err), ST_OK);
    assert_int_equal(value_parse(f, span_of(others[field_info(f)->type][which]), &mem, &v, &err),
                     ST_OK);
    account_set(&a, f, &v);
    settable_json(&a, NULL, true, out);
    arena_finish(&mem);
    account_finish(&a);
}

static inline void decode(struct account *a, const char *json)
{
    struct error err;
    account_init(a);
    assert_int_equal(account_decode(a, span_of(json), &err), ST_OK);
}

static inline struct write *start(struct fixture *fx, enum journal_kind kind, const char *base,
                                  const char *mine)
{
    struct account b, m;
    if (base)
        decode(&b, base);
    if (mine)
        decode(&m, mine);
    const struct write_spec spec = {
        .kind = kind, .base = base ? &b : NULL, .mine = mine ? &m : NULL, .reason = ""};
    struct write *w = write_start(fx->writes, &spec, on_change, fx);
    if (base)
        account_finish(&b);
    if (mine)
        account_finish(&m);
    turn(fx);
    return w;
}

/* An update of pa_1 from 80 to 120 requests a second, up to the preview. */
static inline struct write *update_to_preview(struct fixture *fx)
{
    fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock), &fx->row);
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    return w;
}

/* ... up to the request that left. */
static inline struct write *update_to_sent(struct fixture *fx)
{
    struct write *w = update_to_preview(fx);
    size_t sent = fake_count(&fx->api, ENDPOINT_UPDATE);
    write_confirm(w);
    assert_int_equal(write_state(w), WRITE_INTENT);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), sent); /* not before the journal */
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), sent + 1);
    return w;
}

static inline void assert_done(const struct write *w, enum write_outcome outcome)
{
    assert_string_equal(write_state_name(write_state(w)), "done");
    assert_string_equal(write_outcome_name(write_outcome(w)), write_outcome_name(outcome));
}

/* The newest entry of the journal. */
static inline void newest(void *ctx, const struct journal_entry *e)
{
    struct journal_entry *out = ctx;
    if (!out->op)
        *out = *e;
}

static inline struct journal_entry last_entry(struct fixture *fx)
{
    struct journal_entry e = {0};
    turn(fx);
    assert_int_equal(journal_list(fx->journal, "", "", false, 10, newest, &e, &fx->err), ST_OK);
    return e;
}

static inline void assert_journal(struct fixture *fx, enum journal_outcome outcome)
{
    assert_string_equal(journal_outcome_name(last_entry(fx).outcome),
                        journal_outcome_name(outcome));
}

static inline size_t count_of(const struct field_set *set)
{
    size_t n = 0;
    for (int f = 0; f < FIELD_COUNT; f++)
        n += set->has[f];
    return n;
}

static inline void assert_row(const struct fixture *fx, enum field field, int64_t want)
{
    struct value v;
    fleet_get(fx->fleet, fx->row, field, &v);
    assert_int_equal(v.i, want);
}

#define NEW_ACCOUNT                                                                                \
    "{\"name\":\"new-one\",\"provider_type\":\"openai\",\"credentials_ref\":\"vault/n\"}"

static inline struct write *update_to_unknown(struct fixture *fx)
{
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_UNKNOWN, 0, true);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "outcome unknown since"));
    assert_int_equal(writes_open(fx->writes), 1);
    turn(fx);
    return w;
}

static inline struct write *delete_to_sent(struct fixture *fx)
{
    fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock), &fx->row);
    struct write *w = start(fx, JOURNAL_DELETE, before(), NULL);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    return w;
}

static inline const char *created(const char *id, const char *at)
{
    static char texts[4][512];
    static unsigned n;
    char *text = texts[n++ % 4];
    snprintf(text, sizeof texts[0],
             "{\"provider_account_id\":\"%s\",\"name\":\"new-one\",\"provider_type\":\"openai\","
             "\"credentials_ref\":\"vault/n\",\"description\":null,\"created_at\":\"%s\"}",
             id, at);
    return text;
}

static inline struct write *create_to_sent(struct fixture *fx)
{
    struct write *w = start(fx, JOURNAL_CREATE, NULL, NEW_ACCOUNT);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_CREATE)->body, NEW_ACCOUNT);
    return w;
}

/* One page of a search: records, then the next cursor or NULL; more: what has_more says. */
static inline void answer_page_more(struct fixture *fx, const char *const *records,
                                    const char *cursor, bool more, int64_t date_ms)
{
    struct api_call *c = fake_last(&fx->api, ENDPOINT_LIST);
    if (cursor)
        c->events->cursor(c->ctx, span_of(cursor));
    uint32_t count = 0;
    for (; *records; records++, count++)
        c->events->record(c->ctx, span_of(*records), NULL, c->started);
    fake_answer(c, (struct api_result){.status = ST_OK,
                                       .http = 200,
                                       .retry_after_ms = -1,
                                       .date_ms = date_ms,
                                       .page = {.total = -1,
                                                .has_more = more,
                                                .has_cursor = cursor != NULL,
                                                .records = count}});
}

static inline void answer_page(struct fixture *fx, const char *const *records, const char *cursor,
                               int64_t date_ms)
{
    answer_page_more(fx, records, cursor, cursor != NULL, date_ms);
}

static inline struct write *create_to_search(struct fixture *fx)
{
    /* Known before, older, and with another field: none of them is it. */
    fleet_put(fx->fleet, span_of(account_json("pa_1", "az-gpt", RATE_80)), 1, NULL);
    struct write *w = create_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_CREATE), ST_UNKNOWN, 0, true);
    turn(fx);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_LIST)->provider_type, "openai");
    return w;
}

#endif
