/* run_rig.h: what the tests of the engine begin with: a plan over accounts of a server in memory,
 * the real write machine, journal and store of plans, an api that answers when the test says so,
 * and a clock that is moved by hand. */
#ifndef TESTS_RUN_RIG_H
#define TESTS_RUN_RIG_H

#include "tests/unit/write/fake_world.h"

#include "plan/run.h"
#include "plan/stored.h"

#include <stdio.h>
#include <stdlib.h>

enum { SERVED_MAX = 16 };

struct served {
    bool there;
    int rps, concurrency;
    const char *status, *checked, *updated; /* NULL: left out */
};

struct rig {
    struct tmpdir *dir;
    struct str journal_path, plans_path;
    struct clock_manual manual;
    struct clock clock;
    struct loop *loop;
    struct api api;
    struct fleet *fleet;
    struct journal *journal;
    struct plans *plans;
    struct writes *writes;
    struct plan_run *run;
    struct served served[SERVED_MAX];
    unsigned news; /* calls of the engine's listener */
    struct error err;
};

static inline void rig_writes(struct rig *r)
{
    r->writes = fake_writes(r->loop, &r->api, r->fleet, r->journal, PATCH_PARTIAL);
}

static inline int rig_set_up(void **state)
{
    static struct rig r;
    memset(&r, 0, sizeof r);
    r.dir = tmpdir_create();
    tmpdir_path(r.dir, "state/journal.db", &r.journal_path);
    tmpdir_path(r.dir, "state/plans.db", &r.plans_path);
    r.clock = fake_clock(&r.manual);
    r.loop = loop_create(r.clock);
    r.api.clock = loop_clock(r.loop);
    r.fleet = fleet_create();
    if (journal_open(&r.journal, r.journal_path.data, r.clock, &r.err) ||
        plans_open(&r.plans, r.plans_path.data, r.clock, &r.err))
        return -1;
    rig_writes(&r);
    for (int i = 0; i < SERVED_MAX; i++)
        r.served[i] = (struct served){.there = true, .rps = 80, .concurrency = 10};
    *state = &r;
    return 0;
}

static inline int rig_tear_down(void **state)
{
    struct rig *r = *state;
    plan_run_destroy(r->run);
    writes_destroy(r->writes);
    plans_close(r->plans);
    journal_close(r->journal);
    fleet_destroy(r->fleet);
    loop_destroy(r->loop);
    fake_finish(&r->api);
    str_finish(&r->journal_path);
    str_finish(&r->plans_path);
    tmpdir_destroy(r->dir);
    return 0;
}

/* ---- the server ---------------------------------------------------------------------------- */

static inline void served_json(const struct served *a, int i, struct str *out)
{
    str_printf(out,
               "{\"provider_account_id\":\"pa_%d\",\"name\":\"acct-%d\",\"provider_type\":"
               "\"openai\",\"credentials_ref\":\"v\",\"enabled\":true,\"rate_limit_policy\":"
               "{\"requests_per_second\":%d,\"max_concurrency\":%d}",
               i, i, a->rps, a->concurrency);
    if (a->status)
        str_printf(out, ",\"status\":\"%s\"", a->status);
    if (a->checked)
        str_printf(out, ",\"last_health_check\":\"%s\"", a->checked);
    if (a->updated)
        str_printf(out, ",\"updated_at\":\"%s\"", a->updated);
    str_add_char(out, '}');
}

static inline void decode_served(const struct served *a, int i, struct account *out)
{
    struct str text = STR_INIT;
    struct error err;
    served_json(a, i, &text);
    account_init(out);
    assert_int_equal(account_decode(out, span_from(&text), &err), ST_OK);
    str_finish(&text);
}

static inline void turn(struct rig *r)
{
    fake_turn(r->loop);
}

static inline void advance(struct rig *r, int64_t ms)
{
    fake_advance(r->loop, &r->manual, ms);
}

/* The oldest call of this kind without an answer; NULL. */
static inline struct api_call *waiting(struct rig *r, enum endpoint endpoint)
{
    for (size_t i = 0; i < r->api.count; i++)
        if (!r->api.calls[i].done && r->api.calls[i].endpoint == endpoint)
            return &r->api.calls[i];
    return NULL;
}

static inline size_t waiting_count(struct rig *r, enum endpoint endpoint)
{
    size_t n = 0;
    for (size_t i = 0; i < r->api.count; i++)
        n += !r->api.calls[i].done && r->api.calls[i].endpoint == endpoint;
    return n;
}

/* The call that has to be there by now. */
static inline struct api_call *called(struct rig *r, enum endpoint endpoint)
{
    turn(r);
    struct api_call *c = waiting(r, endpoint);
    if (!c)
        fail_msg("no call of endpoint %d", (int)endpoint);
    return c;
}

static inline struct served *served_of(struct rig *r, const struct api_call *c)
{
    assert_memory_equal(c->id, "pa_", 3);
    return &r->served[c->id[3] == '1' && c->id[4] ? 10 + c->id[4] - '0' : c->id[3] - '0'];
}

/* Answers as a server would that does what it is asked. */
static inline void answer(struct rig *r, struct api_call *c)
{
    struct str text = STR_INIT;
    struct served *a = c->endpoint == ENDPOINT_CREATE ? &r->served[9] : served_of(r, c);
    const char *set = c->body ? strstr(c->body, "\"requests_per_second\":") : NULL;
    if (set && c->endpoint != ENDPOINT_READ)
        a->rps = (int)strtol(set + strlen("\"requests_per_second\":"), NULL, 10);
    if (!a->there) {
        fake_fail(c, ST_NOT_FOUND, 404, true);
        return;
    }
    if (c->endpoint == ENDPOINT_DELETE)
        a->there = false;
    else
        served_json(a, (int)(a - r->served), &text);
    fake_ok(c, str_text(&text));
    str_finish(&text);
}

/* Answers all there is until nothing is asked any more. */
static inline void answer_all(struct rig *r)
{
    bool any = true;
    while (any) {
        any = false;
        turn(r);
        for (size_t i = 0; i < r->api.count; i++) {
            if (r->api.calls[i].done)
                continue;
            answer(r, &r->api.calls[i]);
            any = true;
        }
    }
    turn(r);
}

/* ---- the plan ------------------------------------------------------------------------------ */

static inline struct plan *rig_plan(bool linked)
{
    struct plan_head head = {.made_wall_ms = 1760968900000, .linked = linked};
    snprintf(head.origin, sizeof head.origin, "https://gw.example.net");
    snprintf(head.org, sizeof head.org, "org_1");
    snprintf(head.reason, sizeof head.reason, "because");
    return plan_create(&head);
}

/* acct-0 ... from 80 requests a second to 120. */
static inline struct plan *updates(struct rig *r, int count, bool linked)
{
    struct plan *plan = rig_plan(linked);
    for (int i = 0; i < count; i++) {
        struct account before, after;
        struct served wanted = r->served[i];
        wanted.rps = 120;
        decode_served(&r->served[i], i, &before);
        decode_served(&wanted, i, &after);
        plan_add(plan, &before, &after, NULL);
        account_finish(&before);
        account_finish(&after);
    }
    return plan;
}

static inline void on_news(void *ctx, struct plan_run *run)
{
    (void)run;
    ((struct rig *)ctx)->news++;
}

static inline enum status begin(struct rig *r, struct plan *plan,
                                const struct plan_run_options *options)
{
    static const struct plan_run_options none = {.parallel = 0};
    const struct plan_run_env env = {.loop = r->loop,
                                     .api = &r->api,
                                     .writes = r->writes,
                                     .journal = r->journal,
                                     .plans = r->plans};
    return plan_run_create(&r->run, &env, plan, options ? options : &none, on_news, r, &r->err);
}

static inline void begin_ok(struct rig *r, struct plan *plan,
                            const struct plan_run_options *options)
{
    if (begin(r, plan, options) != ST_OK)
        fail_msg("%s", r->err.what);
    turn(r);
}

static inline struct plan_progress progress(const struct rig *r)
{
    struct plan_progress p;
    plan_run_progress(r->run, &p);
    return p;
}

static inline const struct plan_item *item(const struct rig *r, uint32_t i)
{
    return &plan_run_plan(r->run)->items[i];
}

static inline void assert_words(const struct rig *r, const char *words)
{
    struct str text = STR_INIT;
    plan_states_words(plan_run_plan(r->run), &text);
    assert_string_equal(str_text(&text), words);
    str_finish(&text);
}

static inline void assert_over(const struct rig *r, enum plan_run_end end, const char *words)
{
    struct plan_progress p = progress(r);
    assert_int_equal(p.state, PLAN_RUN_OVER);
    assert_int_equal(p.end, end);
    assert_words(r, words);
}

static inline void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

#endif
