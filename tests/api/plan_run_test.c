/* plan_run_test.c: the engine that applies plans, over real HTTP against a book of accounts, on a
 * clock that the test moves: what is sent, in which order, and what is never sent.
 *
 * Cut exchanges are F14, a kill in between is F29 (the process is played: its machine is closed as
 * a kill would leave it, and another takes up). */
#include "tests/support/open_writes.h"
#include "tests/support/book_rig.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/build.h"
#include "plan/run.h"
#include "plan/stored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ACCOUNTS = 12, TURNS = 20000 };

struct rig {
    struct book_rig b;
    struct plans *plans;
    struct str path; /* of plans.db */
    struct plan_run *run;
    size_t most; /* in flight at once, seen so far */
};

static void open_plans(struct rig *r)
{
    struct error err;
    assert_int_equal(plans_open(&r->plans, r->path.data, clock_from_manual(&r->b.manual), &err),
                     ST_OK);
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    *state = r;
    if (!book_rig_begin(&r->b, ACCOUNTS))
        return -1;
    book_rig_writer(&r->b, NULL);
    tmpdir_path(r->b.dir, "state/plans.db", &r->path);
    open_plans(r);
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    plan_run_destroy(r->run);
    plans_close(r->plans);
    book_rig_end(&r->b);
    str_finish(&r->path);
    mem_free(r);
    return 0;
}

/* A plan of these settings (or "delete") over the first `count` accounts. */
static struct plan *make(struct rig *r, const char *setting, uint32_t count)
{
    struct plan_head head = {.made_wall_ms = r->b.manual.wall_ms};
    row_id rows[ACCOUNTS];
    struct plan_ops ops;
    struct plan_build *build;
    struct error err;
    snprintf(head.origin, sizeof head.origin, "http://book");
    snprintf(head.org, sizeof head.org, "org_demo");
    plan_ops_init(&ops);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = fleet_find(r->b.w.fleet, span_of(r->b.book.accounts[i].id));
    if (strcmp(setting, "delete") == 0)
        plan_ops_add(&ops, PLAN_OP_DELETE, span_of(""), span_of(""), &err);
    else if (plan_ops_setting(&ops, setting, &err) != ST_OK)
        fail_msg("%s", err.what);
    const struct plan_build_spec spec = {
        .head = &head, .fleet = r->b.w.fleet, .rows = rows, .row_count = count, .ops = &ops};
    if (plan_build_create(&build, &spec, &err) != ST_OK)
        fail_msg("%s", err.what);
    while (plan_build_step(build, 5))
        continue;
    struct plan *plan = plan_build_take(build, &err);
    assert_non_null(plan);
    plan_build_destroy(build);
    return plan;
}

static enum status start(struct rig *r, struct plan *plan, const struct plan_run_options *options,
                         struct error *err)
{
    static const struct plan_run_options none = {.parallel = 0};
    const struct plan_run_env env = {.loop = r->b.loop,
                                     .api = r->b.w.api,
                                     .writes = r->b.w.writes,
                                     .journal = r->b.w.journal,
                                     .plans = r->plans};
    return plan_run_create(&r->run, &env, plan, options ? options : &none, NULL, NULL, err);
}

static struct plan_progress progress(struct rig *r)
{
    struct plan_progress p;
    plan_run_progress(r->run, &p);
    return p;
}

/* Turns until it rests, or the state comes. */
static void until(struct rig *r, enum plan_run_state state)
{
    for (int i = 0; i < TURNS; i++) {
        struct plan_progress p = progress(r);
        if (p.running > r->most)
            r->most = p.running;
        if (state == PLAN_RUN_OVER ? plan_run_rests(r->run) : p.state == state)
            return;
        book_rig_turn(&r->b);
    }
    fail_msg("state %d did not come: %d, error %s", state, progress(r).state,
             plan_run_error(r->run)->what);
}

static void run_all(struct rig *r, struct plan *plan, const struct plan_run_options *options)
{
    struct error err;
    if (start(r, plan, options, &err) != ST_OK)
        fail_msg("%s", err.what);
    until(r, PLAN_RUN_OVER);
}

static void words_are(struct rig *r, const char *words)
{
    struct str text = STR_INIT;
    plan_states_words(plan_run_plan(r->run), &text);
    if (strcmp(str_text(&text), words) != 0)
        fail_msg("\"%s\", not \"%s\"; %s", str_text(&text), words, plan_run_error(r->run)->what);
    str_finish(&text);
}

/* Somebody else's change of the account, on the server alone. */
static void change_text(struct rig *r, size_t i, const char *from, const char *to)
{
    char *text = r->b.book.accounts[i].text, *at = strstr(text, from);
    char rest[BOOK_TEXT];
    assert_non_null(at);
    snprintf(rest, sizeof rest, "%s", at + strlen(from));
    snprintf(at, (size_t)(BOOK_TEXT - (at - text)), "%s%s", to, rest);
}

static void count_entries(void *ctx, const struct journal_entry *e)
{
    ++*(size_t *)ctx;
    assert_true(e->plan[0] != '\0');
}

static void test_all_applied(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS);
    char id[PLAN_ID_ROOM];
    size_t entries = 0;
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    run_all(r, plan, NULL);
    words_are(r, "12 applied");
    assert_int_equal(progress(r).end, PLAN_END_DONE);
    assert_int_equal(r->b.book.committed, ACCOUNTS);
    assert_int_equal(r->b.book.writes, ACCOUNTS);
    for (size_t i = 0; i < ACCOUNTS; i++)
        assert_int_equal(book_rps(&r->b.book, r->b.book.accounts[i].id), 120);
    /* One alone first, then four at a time, never more. */
    assert_int_equal(r->most, 4);
    assert_int_equal(
        journal_of_plan(r->b.w.journal, id, 0, SIZE_MAX, count_entries, &entries, &err), ST_OK);
    assert_int_equal(entries, ACCOUNTS);
    /* Again: nothing is sent. */
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    run_all(r, plan, NULL);
    words_are(r, "12 applied");
    assert_int_equal(r->b.book.writes, ACCOUNTS);
}

/* The inverse is on the disk before the first request leaves. */
static void test_saved_before_sent(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS), *undo;
    struct error err;
    struct str id = STR_INIT;
    str_printf(&id, "%s-undo", plan->head.id);
    assert_int_equal(start(r, plan, NULL, &err), ST_OK);
    until(r, PLAN_RUN_GOING);
    assert_int_equal(book_server_exchanges(r->b.server), 0);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, str_text(&id), &undo, &err), ST_OK);
    assert_int_equal(undo->count, ACCOUNTS);
    assert_int_equal(plan_left(undo), ACCOUNTS);
    assert_string_equal(undo->head.of, plan->head.id);
    assert_non_null(strstr(undo->items[0].target.p, "\"requests_per_second\":80"));
    plan_destroy(undo);
    str_finish(&id);
    until(r, PLAN_RUN_OVER);
}

/* A field that somebody changed since: left alone, whichever field it was. */
static void test_stale(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 6);
    change_text(r, 2, "\"requests_per_second\":80", "\"requests_per_second\":81");
    change_text(r, 3, "\"name\":\"acct-3\"", "\"name\":\"acct-x\"");
    change_text(r, 4, "\"requests_per_second\":80", "\"requests_per_second\":120");
    r->b.book.accounts[5].there = false;
    run_all(r, plan, NULL);
    words_are(r, "2 applied, 1 already so, 3 stale");
    assert_int_equal(r->b.book.writes, 2);
    assert_int_equal(book_rps(&r->b.book, "pa_2"), 81);
    assert_int_equal(book_rps(&r->b.book, "pa_3"), 80);
    const struct plan *p = plan_run_plan(r->run);
    assert_non_null(strstr(p->items[2].note.p, "rate.rps"));
    assert_non_null(strstr(p->items[3].note.p, "name"));
    assert_non_null(strstr(p->items[5].note.p, "gone"));
}

/* updated_at, health and usage alone never skip, block or conflict. */
static void test_only_settable_fields_make_stale(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 2);
    change_text(r, 0, "\"name\":",
                "\"updated_at\":\"2031-01-01T00:00:00Z\",\"status\":\"down\","
                "\"last_health_check\":\"2031-01-01T00:00:00Z\",\"name\":");
    run_all(r, plan, NULL);
    words_are(r, "2 applied");
}

static void test_max_errors(void **state)
{
    struct rig *r = *state;
    static const struct plan_run_options options = {.max_errors = 2, .parallel = 1};
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS);
    const struct book_override refuse = {.status = 422,
                                         .headers = "Content-Type: application/json\r\n",
                                         .body = "{\"detail\":\"no\"}"};
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    assert_int_equal(start(r, plan, &options, &err), ST_OK);
    until(r, PLAN_RUN_GOING);
    /* The second request of the first two items is the PATCH. */
    for (uint64_t i = 0; progress(r).state != PLAN_RUN_OVER && i < TURNS; i++) {
        struct book_override now = refuse;
        now.exchange = book_server_exchanges(r->b.server) < 2 ? 1 : 3;
        book_server_override(r->b.server, &now);
        while (book_server_exchanges(r->b.server) <= now.exchange &&
               progress(r).state != PLAN_RUN_OVER)
            book_rig_turn(&r->b);
        if (now.exchange == 3)
            until(r, PLAN_RUN_OVER);
    }
    book_server_override(r->b.server, NULL);
    words_are(r, "2 failed, 10 not sent");
    assert_int_equal(progress(r).end, PLAN_END_ERRORS);
    assert_int_equal(plan_run_error(r->run)->status, ST_PARTIAL);
    assert_non_null(strstr(plan_run_error(r->run)->next, id));
    assert_int_equal(r->b.book.committed, 0);
    /* What failed is tried again. */
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    assert_int_equal(plan_left(plan), ACCOUNTS);
    run_all(r, plan, NULL);
    words_are(r, "12 applied");
    assert_int_equal(r->b.book.committed, ACCOUNTS);
}

/* F14: the reply of a PATCH is cut; it was done. It is settled by looking, and never sent again. */
static void test_unknown_is_settled(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 5);
    const struct book_cut cut = {.where = CUT_REPLY, .after = 9, .commit = true, .exchange = 1};
    book_server_cut(r->b.server, &cut);
    run_all(r, plan, NULL);
    words_are(r, "5 applied");
    assert_int_equal(r->b.book.writes, 5);
    assert_int_equal(r->b.book.twice, 0);
    assert_int_equal(book_server_cuts(r->b.server), 1);
    assert_int_equal(progress(r).errors, 0);
}

/* The same and it was not done: it stays unknown, the rest goes on, nothing is sent again. */
static void test_unknown_stays(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 5);
    const struct book_cut cut = {.where = CUT_REPLY, .after = 9, .rst = true, .exchange = 1};
    book_server_cut(r->b.server, &cut);
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 unknown");
    assert_int_equal(r->b.book.writes, 5);
    assert_int_equal(r->b.book.committed, 4);
    assert_int_equal(progress(r).unknown, 1);
    assert_int_equal(progress(r).errors, 1);
    assert_int_equal(progress(r).end, PLAN_END_DONE);
}

/* ... until the operator has it sent once more. */
static void test_sent_again(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options again = {.send_again = true};
    struct plan *plan = make(r, "rate.rps=x1.5", 5);
    const struct book_cut cut = {.where = CUT_REPLY, .after = 9, .rst = true, .exchange = 1};
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    book_server_cut(r->b.server, &cut);
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 unknown");
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 unknown");
    assert_int_equal(r->b.book.writes, 5);
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    run_all(r, plan, &again);
    words_are(r, "5 applied");
    assert_int_equal(r->b.book.writes, 6);
    assert_int_equal(r->b.book.committed, 5);
}

static void on_somebody(void *ctx, struct write *write)
{
    (void)write;
    ++*(int *)ctx;
}

/* A write of unknown outcome that a review looks after is not taken from it: the review would close
 * it under the run. */
static void test_attended_stays_theirs(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 5);
    const struct book_cut cut = {.where = CUT_REPLY, .after = 9, .rst = true, .exchange = 1};
    char id[PLAN_ID_ROOM];
    struct error err;
    int told = 0;
    snprintf(id, sizeof id, "%s", plan->head.id);
    book_server_cut(r->b.server, &cut);
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 unknown");
    plan_run_destroy(r->run);
    r->run = NULL;
    struct write *w = open_write_at(r->b.w.writes, 0);
    assert_non_null(w);
    write_listen(w, on_somebody, &told);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 unknown");
    write_release(w);
    assert_int_equal(told, 1);
    write_close(w);
    for (int i = 0; i < 50; i++) /* it is freed */
        book_rig_turn(&r->b);
    plan_run_destroy(r->run);
    r->run = NULL;
}

static void test_pause_and_stop(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS);
    struct error err;
    assert_int_equal(start(r, plan, NULL, &err), ST_OK);
    while (progress(r).done < 3)
        book_rig_turn(&r->b);
    plan_run_pause(r->run);
    for (int i = 0; i < 500; i++)
        book_rig_turn(&r->b);
    assert_int_equal(progress(r).running, 0);
    assert_true(progress(r).done < ACCOUNTS);
    assert_int_equal(progress(r).state, PLAN_RUN_PAUSED);
    uint32_t done = progress(r).done;
    plan_run_go_on(r->run);
    while (progress(r).done == done)
        book_rig_turn(&r->b);
    plan_run_stop(r->run);
    until(r, PLAN_RUN_OVER);
    assert_int_equal(progress(r).end, PLAN_END_STOPPED);
    assert_int_equal(progress(r).done + progress(r).left, ACCOUNTS);
    assert_true(progress(r).left > 0);
    assert_int_equal(r->b.book.committed, progress(r).done);
}

/* F29: the process dies with some in flight; the next one goes on, nothing is sent twice. */
static void die_and_resume(struct rig *r, uint32_t done, int parallel)
{
    const struct plan_run_options options = {.parallel = parallel};
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS);
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    assert_int_equal(start(r, plan, &options, &err), ST_OK);
    for (int i = 0; i < TURNS && progress(r).done < done; i++)
        book_rig_turn(&r->b);
    uint64_t writes = r->b.book.writes;
    while (r->b.book.writes == writes) /* one more is done, and nobody has heard of it */
        book_rig_turn(&r->b);
    plan_run_destroy(r->run);
    r->run = NULL;
    plans_close(r->plans);
    book_rig_writer_end(&r->b);
    book_rig_writer(&r->b, NULL);
    open_plans(r);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    assert_true(plan->states[PLAN_APPLIED] >= done);
    assert_true(plan->states[PLAN_UNKNOWN] > 0);
    run_all(r, plan, &options);
    assert_int_equal(r->b.book.twice, 0);
    assert_int_equal(progress(r).done, r->b.book.committed);
    assert_int_equal(progress(r).done + progress(r).unknown, ACCOUNTS);
}

static void test_resumed(void **state)
{
    struct rig *r = *state;
    die_and_resume(r, 5, 1);
    words_are(r, "12 applied");
    assert_int_equal(r->b.book.writes, ACCOUNTS);
}

static void test_resumed_from_the_first(void **state)
{
    struct rig *r = *state;
    die_and_resume(r, 0, 4);
    words_are(r, "12 applied");
}

/* What was on its way and did not arrive stays unknown: it is looked at, and not sent again. */
static void test_resumed_with_four_in_flight(void **state)
{
    die_and_resume(*state, 5, 4);
}

/* Two that would apply the same plan: the second is told. */
static void test_claimed(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 3), *again;
    struct plan_run *first;
    struct error err;
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan->head.id);
    assert_int_equal(start(r, plan, NULL, &err), ST_OK);
    until(r, PLAN_RUN_GOING);
    first = r->run;
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &again, &err), ST_OK);
    assert_int_equal(start(r, again, NULL, &err), ST_CONFLICT);
    plan_destroy(again); /* it is ours still */
    r->run = first;
    until(r, PLAN_RUN_OVER);
    words_are(r, "3 applied");
}

/* ---- canaries ------------------------------------------------------------------------------- */

static void check_at(struct rig *r, size_t i, const char *time, const char *status)
{
    char text[200];
    snprintf(text, sizeof text, "\"last_health_check\":\"%s\",\"status\":\"%s\",\"name\":", time,
             status);
    change_text(r, i, "\"name\":", text);
}

static void test_canary(void **state)
{
    struct rig *r = *state;
    static const char *const ok[] = {"active", NULL}, *const none[] = {NULL};
    const struct health_classes classes = {{ok, none, none}};
    const struct plan_run_options options = {
        .first = 2, .wait_health_ms = 600000, .classes = &classes};
    struct plan *plan = make(r, "rate.rps=x1.5", ACCOUNTS);
    struct error err;
    assert_int_equal(start(r, plan, &options, &err), ST_OK);
    until(r, PLAN_RUN_CANARY);
    assert_int_equal(r->b.book.committed, 2);
    assert_int_equal(progress(r).canaries, 2);
    /* Old, bad, and one good alone: it waits. The write was on 2025-10-20. */
    check_at(r, 0, "2025-10-19T00:00:00Z", "active");
    check_at(r, 1, "2031-01-01T00:00:00Z", "down");
    for (int i = 0; i < 2000; i++)
        book_rig_turn(&r->b);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(progress(r).healthy, 0);
    change_text(r, 0, "2025-10-19", "2031-01-01");
    for (int i = 0; i < 2000; i++)
        book_rig_turn(&r->b);
    assert_int_equal(progress(r).healthy, 1);
    assert_int_equal(r->b.book.committed, 2);
    assert_true(progress(r).health_left_ms < 600000);
    change_text(r, 1, "\"down\"", "\"active\"");
    until(r, PLAN_RUN_OVER);
    words_are(r, "12 applied");
}

/* Down after the write, and it was not before: nothing is waited for. One that was down before may
 * be on its way up, and has the whole time for it. */
static void test_canary_falls_ill(void **state)
{
    struct rig *r = *state;
    static const char *const ok[] = {"active", NULL}, *const down[] = {"down", NULL};
    static const char *const none[] = {NULL};
    const struct health_classes classes = {{ok, none, down}};
    const struct plan_run_options options = {
        .first = 2, .wait_health_ms = 600000, .classes = &classes};
    struct plan_canary seen[4];
    struct error err;
    check_at(r, 0, "2025-10-19T00:00:00Z", "down");
    assert_int_equal(start(r, make(r, "rate.rps=x1.5", 5), &options, &err), ST_OK);
    until(r, PLAN_RUN_CANARY);
    assert_int_equal(plan_run_canaries(r->run, seen, 4), 2);
    assert_int_equal(seen[0].health, HEALTH_DOWN);
    assert_string_equal(seen[0].status, "down");
    assert_false(seen[0].newer);
    change_text(r, 0, "2025-10-19", "2031-01-01");
    for (int i = 0; i < 2000; i++)
        book_rig_turn(&r->b);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    plan_run_canaries(r->run, seen, 4);
    assert_true(seen[0].newer && !seen[0].good);
    check_at(r, 1, "2031-01-01T00:00:00Z", "active");
    for (int i = 0; i < 2000; i++)
        book_rig_turn(&r->b);
    assert_int_equal(progress(r).healthy, 1);
    change_text(r, 1, "\"active\"", "\"down\""); /* good a moment ago is not good */
    until(r, PLAN_RUN_OVER);
    words_are(r, "2 applied, 3 not sent");
    assert_int_equal(progress(r).end, PLAN_END_HEALTH);
    assert_non_null(strstr(plan_run_error(r->run)->what, "acct-1 is down since it was written"));
    assert_int_equal(r->b.book.committed, 2);
}

/* What was decided about is not asked for again: the plan keeps how it is gone on with. */
static void test_how_it_is_applied_is_kept(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {
        .parallel = 2, .first = 1, .wait_health_ms = 60000, .max_rps = 50};
    struct plan *known;
    struct error err;
    char id[PLAN_ID_ROOM];
    assert_int_equal(start(r, make(r, "rate.rps=x1.5", 4), &options, &err), ST_OK);
    until(r, PLAN_RUN_CANARY);
    snprintf(id, sizeof id, "%s", plan_run_plan(r->run)->head.id);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &known, &err), ST_OK);
    assert_string_equal(known->head.how, "parallel=2 max-rps=50 first=1 wait-health=60");
    plan_destroy(known);
    plan_run_go_on(r->run);
    until(r, PLAN_RUN_OVER);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &known, &err), ST_OK);
    assert_string_equal(known->head.how, "parallel=2 max-rps=50");
    plan_destroy(known);
}

static void test_canary_is_not_seen_good(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.first = 1, .wait_health_ms = 60000};
    run_all(r, make(r, "rate.rps=x1.5", 4), &options);
    words_are(r, "1 applied, 3 not sent");
    assert_int_equal(progress(r).end, PLAN_END_HEALTH);
    assert_non_null(strstr(plan_run_error(r->run)->what, "acct-0"));
    assert_int_equal(r->b.book.committed, 1);
}

static void test_canary_waits_for_a_word(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.first = 3};
    struct error err;
    assert_int_equal(start(r, make(r, "rate.rps=x1.5", 5), &options, &err), ST_OK);
    until(r, PLAN_RUN_CANARY);
    assert_int_equal(r->b.book.committed, 3);
    plan_run_go_on(r->run);
    until(r, PLAN_RUN_OVER);
    words_are(r, "5 applied");
}

/* ---- rates ---------------------------------------------------------------------------------- */

static void test_rate_limit(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.max_rps = 3};
    int64_t began = r->b.manual.mono_ms;
    run_all(r, make(r, "rate.rps=x1.5", 6), &options);
    words_are(r, "6 applied");
    /* Three requests an item: one item a second. */
    assert_true(r->b.manual.mono_ms - began >= 5000);
}

/* F11: the server asks for less: the plan waits, and nothing counts as an error. */
static void test_429(void **state)
{
    struct rig *r = *state;
    const struct book_override slow_down = {
        .status = 429, .headers = "Retry-After: 7\r\n", .body = "{}", .exchange = 1};
    book_server_override(r->b.server, &slow_down);
    int64_t began = r->b.manual.mono_ms;
    run_all(r, make(r, "rate.rps=x1.5", 3), NULL);
    words_are(r, "3 applied");
    assert_int_equal(progress(r).errors, 0);
    assert_true(r->b.manual.mono_ms - began >= 7000);
    assert_int_equal(r->b.book.committed, 3);
}

/* F05, F21: what would meet every item is no reason to try them all. */
static void test_faults_of_everything(void **state)
{
    struct rig *r = *state;
    const struct book_override refuse = {.status = 401, .body = "{}", .exchange = 1};
    struct error err;
    book_server_override(r->b.server, &refuse);
    run_all(r, make(r, "rate.rps=x1.5", 6), NULL);
    words_are(r, "1 failed, 5 not sent");
    assert_int_equal(progress(r).end, PLAN_END_FAULT);
    assert_int_equal(plan_run_error(r->run)->status, ST_AUTH);
    plan_run_destroy(r->run);
    r->run = NULL;
    /* Without a journal nothing is sent, nor saved. */
    struct plan *plan = make(r, "rate.rps=x1.5", 6);
    book_rig_writer_end(&r->b);
    str_clear(&r->b.path);
    str_add(&r->b.path, "/dev/null/journal.db");
    book_rig_writer(&r->b, &err);
    uint64_t exchanges = book_server_exchanges(r->b.server);
    assert_int_equal(start(r, plan, NULL, &err), ST_IO);
    assert_non_null(strstr(err.what, "journal"));
    assert_null(r->run);
    plan_destroy(plan); /* it is ours still */
    assert_int_equal(book_server_exchanges(r->b.server), exchanges);
}

/* ---- undo ----------------------------------------------------------------------------------- */

static void undo(struct rig *r, const char *id, const char *words)
{
    struct plan *plan;
    struct error err;
    plan_run_destroy(r->run);
    r->run = NULL;
    if (plan_undo(r->plans, r->b.w.journal, id, &plan, &err) != ST_OK)
        fail_msg("%s", err.what);
    run_all(r, plan, NULL);
    words_are(r, words);
}

static void test_undo_of_updates(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 5), *none;
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    assert_int_equal(plan_undo(r->plans, r->b.w.journal, id, &none, &err), ST_NOT_FOUND);
    change_text(r, 1, "\"requests_per_second\":80", "\"requests_per_second\":81");
    run_all(r, plan, NULL);
    words_are(r, "4 applied, 1 stale");
    /* Somebody else changed one since: the undo leaves it alone. */
    change_text(r, 2, "\"requests_per_second\":120", "\"requests_per_second\":500");
    undo(r, id, "3 applied, 1 stale");
    assert_int_equal(book_rps(&r->b.book, "pa_0"), 80);
    assert_int_equal(book_rps(&r->b.book, "pa_1"), 81);
    assert_int_equal(book_rps(&r->b.book, "pa_2"), 500);
    assert_int_equal(book_rps(&r->b.book, "pa_4"), 80);
    assert_string_equal(plan_run_plan(r->run)->head.of, id);
    assert_true(plan_run_plan(r->run)->items[0].undoes > 0);
}

/* An undo that was stopped goes on where it was. */
static void test_undo_resumed(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 8);
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    run_all(r, plan, NULL);
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_undo(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    assert_int_equal(start(r, plan, NULL, &err), ST_OK);
    while (progress(r).done < 2)
        book_rig_turn(&r->b);
    plan_run_stop(r->run);
    until(r, PLAN_RUN_OVER);
    assert_true(progress(r).left > 0);
    undo(r, id, "8 applied");
    assert_int_equal(r->b.book.committed, 16);
}

/* Undone, then more of it applied, then undone: the second undo is about the rest alone. */
static void test_undo_of_a_part(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=x1.5", 8);
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    assert_int_equal(start(r, plan, NULL, &err), ST_OK);
    while (progress(r).done < 2)
        book_rig_turn(&r->b);
    plan_run_stop(r->run);
    until(r, PLAN_RUN_OVER);
    uint32_t first = progress(r).done;
    assert_true(first < 8);
    plan_run_destroy(r->run);
    assert_int_equal(plan_undo(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    assert_int_equal(plan->count, first);
    run_all(r, plan, NULL);
    plan_run_destroy(r->run);
    assert_int_equal(plan_load(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    run_all(r, plan, NULL);
    char words[64]; /* what is taken back is not tried again: it is said */
    snprintf(words, sizeof words, "8 applied; %u taken back since", (unsigned)first);
    words_are(r, words);
    plan_run_destroy(r->run);
    assert_int_equal(plan_undo(r->plans, r->b.w.journal, id, &plan, &err), ST_OK);
    assert_int_equal(plan->count, 8 - first);
    run_all(r, plan, NULL);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(book_rps(&r->b.book, r->b.book.accounts[i].id), 80);
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_undo(r->plans, r->b.w.journal, id, &plan, &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.what, "left"));
}

static void test_undo_of_deletes(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "delete", 3);
    char id[PLAN_ID_ROOM];
    size_t named = 0;
    assert_true(plan_deletes(plan));
    snprintf(id, sizeof id, "%s", plan->head.id);
    run_all(r, plan, NULL);
    words_are(r, "3 applied");
    assert_null(book_account(&r->b.book, "pa_0"));
    undo(r, id, "3 applied");
    assert_non_null(book_named(&r->b.book, "acct-0", &named));
    assert_int_equal(named, 1);
    assert_int_equal(book_rps(&r->b.book, book_named(&r->b.book, "acct-2", NULL)), 80);
    assert_true(plan_run_plan(r->run)->items[0].id.len > 0);
}

static void test_creates_and_their_undo(void **state)
{
    struct rig *r = *state;
    struct plan_head head = {.made_wall_ms = 1};
    struct account a;
    struct error err;
    size_t named;
    account_init(&a);
    struct plan *plan = plan_create(&head);
    for (int i = 0; i < 3; i++) {
        char json[200];
        snprintf(json, sizeof json,
                 "{\"name\":\"new-%d\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}", i);
        assert_int_equal(account_decode(&a, span_of(json), &err), ST_OK);
        plan_add(plan, NULL, &a, NULL);
    }
    assert_int_equal(account_decode(&a,
                                    span_of("{\"name\":\"acct-1\",\"provider_type\":\"o\","
                                            "\"credentials_ref\":\"k\"}"),
                                    &err),
                     ST_OK);
    plan_add(plan, NULL, &a, NULL);
    account_finish(&a);
    assert_int_equal(plan->kinds[JOURNAL_CREATE], 4);
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan->head.id);
    run_all(r, plan, NULL);
    words_are(r, "3 applied, 1 failed"); /* the name is taken */
    book_named(&r->b.book, "new-1", &named);
    assert_int_equal(named, 1);
    undo(r, id, "3 applied");
    assert_null(book_named(&r->b.book, "new-1", &named));
}

/* ---- moving --------------------------------------------------------------------------------- */

/* The giver goes first and alone; when it cannot give, nobody gets. */
static void test_linked(void **state)
{
    struct rig *r = *state;
    struct plan *plan = make(r, "rate.rps=move:31", 4);
    assert_true(plan->head.linked);
    assert_int_equal(plan->totals[FIELD_RPS].before, 320);
    assert_int_equal(plan->totals[FIELD_RPS].after, 320);
    change_text(r, 0, "\"requests_per_second\":80", "\"requests_per_second\":79");
    run_all(r, plan, NULL);
    words_are(r, "1 stale, 3 not sent");
    assert_int_equal(progress(r).end, PLAN_END_ERRORS);
    assert_int_equal(r->b.book.writes, 0);
    plan_run_destroy(r->run);
    r->run = NULL;
    run_all(r, make(r, "rate.rps=move:31", 4), NULL);
    words_are(r, "4 applied");
    assert_int_equal(book_rps(&r->b.book, "pa_0"), 48); /* of 79 */
    assert_int_equal(book_rps(&r->b.book, "pa_1"), 91);
    assert_int_equal(book_rps(&r->b.book, "pa_3"), 90);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_all_applied),
        T(test_saved_before_sent),
        T(test_stale),
        T(test_only_settable_fields_make_stale),
        T(test_max_errors),
        T(test_unknown_is_settled),
        T(test_unknown_stays),
        T(test_attended_stays_theirs),
        T(test_sent_again),
        T(test_pause_and_stop),
        T(test_resumed),
        T(test_resumed_from_the_first),
        T(test_resumed_with_four_in_flight),
        T(test_claimed),
        T(test_canary),
        T(test_canary_is_not_seen_good),
        T(test_canary_falls_ill),
        T(test_how_it_is_applied_is_kept),
        T(test_canary_waits_for_a_word),
        T(test_rate_limit),
        T(test_429),
        T(test_faults_of_everything),
        T(test_undo_of_updates),
        T(test_undo_resumed),
        T(test_undo_of_a_part),
        T(test_undo_of_deletes),
        T(test_creates_and_their_undo),
        T(test_linked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
