/* write_test.c: the write machine from its first read to its last, against an api that answers as
 * told, on a clock that is moved by hand; the journal and the fleet are real. What each of its
 * steps does at its edges is in the tests beside it. It covers write.c and questions.c. */
#include "machine_rig.h"

#include "base/map.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- updates ------------------------------------------------------------------------------ */

static void test_F01_update_applied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    struct api_call *c = fake_last(&fx->api, ENDPOINT_UPDATE);
    assert_string_equal(c->id, "pa_1");
    assert_string_equal(c->body, "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    assert_journal(fx, JOURNAL_OPEN);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "being written since"));
    fx->manual.mono_ms += 100;
    fake_ok(c, wanted());
    assert_int_equal(write_state(w), WRITE_READBACK);
    /* A read that was begun before the reply may not bring the old value back. */
    assert_int_equal(fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock) - 1, NULL),
                     FLEET_OLDER);
    fx->manual.mono_ms += 100;
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    assert_row(fx, FIELD_RPS, 120);
    assert_int_equal(fleet_as_of(fx->fleet, fx->row), clock_mono(&fx->clock) - 100);
    assert_null(fleet_locked(fx->fleet, fx->row));
    assert_journal(fx, JOURNAL_APPLIED);
    assert_int_equal(writes_open(fx->writes), 0);
    assert_string_equal(str_text(&fx->states), "preview,intent,sent,readback,done,");
    write_close(w);
}

static void test_F01_not_kept_and_collateral(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":100,\"max_concurrency\":5}"));
    assert_done(w, WRITE_DIFFERENT);
    assert_true(write_not_kept(w)->has[FIELD_RPS]);
    assert_int_equal(count_of(write_not_kept(w)), 1);
    assert_true(write_collateral(w)->has[FIELD_CONCURRENCY]);
    assert_int_equal(count_of(write_collateral(w)), 1);
    assert_non_null(strstr(write_error(w)->what, "not keep as asked: Requests/second"));
    assert_non_null(strstr(write_error(w)->what, "though not asked: Max concurrency"));
    assert_journal(fx, JOURNAL_DIFFERENT);
    write_close(w);
}

/* null left out, tags shown as {}: kept. */
static void test_F01_nothing_in_other_words_is_kept(void **state)
{
    struct fixture *fx = *state;
    static const char was[] =
        "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"description\":\"d\","
        "\"tags\":{\"a\":\"b\"}}";
    static const char want[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
                               "\"description\":null,\"tags\":null}";
    struct write *w = start(fx, JOURNAL_UPDATE, was, want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), was);
    write_confirm(w);
    turn(fx);
    assert_string_equal(write_body(w), "{\"description\":null,\"tags\":null}");
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"tags\":{}}");
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

static void test_nothing_to_change(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted()); /* somebody did the same */
    assert_done(w, WRITE_NO_CHANGE);
    assert_int_equal(write_op(w), 0);
    write_close(w);
}

/* An emptied number is left as the server has it. */
static void test_an_absent_field_is_not_sent(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(),
                            account_json("pa_1", "az-gpt-2", "{\"requests_per_second\":80}"));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_string_equal(write_body(w), "{\"name\":\"az-gpt-2\"}");
    write_close(w);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
}

static void test_F16_merge_of_a_concurrent_change(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    assert_int_equal(write_merge(w)->state[FIELD_NAME], MERGE_THEIRS);
    assert_true(span_is(account_name(write_target(w)), "renamed"));
    assert_string_equal(write_body(w), "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    write_confirm(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), account_json("pa_1", "renamed", RATE_120));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_120));
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

static void test_F16_conflict_is_chosen(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":90,\"max_concurrency\":10}"));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    assert_int_equal(write_merge(w)->state[FIELD_RPS], MERGE_CONFLICT);
    write_confirm(w); /* does nothing: not in the preview */
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    decode(&mine, wanted());
    write_resolve(w, &mine);
    account_finish(&mine);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_confirm(w);
    turn(fx);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_UPDATE)->body,
                        "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* What was chosen stands when the GET is made again and the server's copy is the one chosen on. */
static void test_F16_a_choice_outlives_a_second_check(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    const char *theirs =
        account_json("pa_1", "az-gpt", "{\"requests_per_second\":90,\"max_concurrency\":10}");
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), theirs);
    decode(&mine, wanted());
    write_resolve(w, &mine);
    account_finish(&mine);
    advance(fx, 5000);
    write_confirm(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), theirs);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    write_close(w);
}

/* Whole policies: a neighbour that moved changes what would be sent, so it is shown again. */
static void test_F16_another_body_is_shown_again(void **state)
{
    struct fixture *fx = *state;
    writes_destroy(fx->writes);
    fx->policies = PATCH_WHOLE;
    fx->writes = make_writes(fx);
    struct write *w = update_to_preview(fx);
    advance(fx, 5000);
    write_confirm(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":80,\"max_concurrency\":11}"));
    turn(fx);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    assert_non_null(strstr(fake_last(&fx->api, ENDPOINT_UPDATE)->body, "\"max_concurrency\":11"));
    /* Taken up after a restart, only what differs counts as asked. */
    writes_destroy(fx->writes);
    fx->writes = make_writes(fx);
    assert_int_equal(writes_resume(fx->writes), 1);
    assert_int_equal(count_of(write_fields(open_write_at(fx->writes, 0))), 1);
}

static void test_F16_choosing_the_servers_value_sends_nothing(void **state)
{
    struct fixture *fx = *state;
    struct account theirs;
    const char *now =
        account_json("pa_1", "az-gpt", "{\"requests_per_second\":90,\"max_concurrency\":10}");
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), now);
    decode(&theirs, now);
    write_resolve(w, &theirs);
    account_finish(&theirs);
    assert_done(w, WRITE_NO_CHANGE);
    write_close(w);
}

/* A preview that stood for a while: the GET is made again just before the PATCH. */
static void test_F16_an_old_check_is_made_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    advance(fx, 5000);
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_CHECK);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), 2);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    write_close(w);

    w = start(fx, JOURNAL_UPDATE, wanted(), before());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    advance(fx, 5000);
    write_confirm(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":7,\"max_concurrency\":10}"));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    write_close(w);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
}

/* ---- refusals ----------------------------------------------------------------------------- */

static void test_F10_details_reach_their_fields(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    char words[] = "too high";
    struct api_detail detail = {.loc = {span_of("body"), span_of("rate_limit_policy")},
                                .loc_count = 2,
                                .field = FIELD_RPS,
                                .msg = span_of(words)};
    struct api_result r = {.status = ST_INVALID,
                           .http = 422,
                           .may_have_left = true,
                           .details = &detail,
                           .detail_count = 1,
                           .retry_after_ms = -1,
                           .date_ms = WHEN_NONE};
    error_set(&r.error, ST_INVALID, "refused");
    fake_answer(fake_last(&fx->api, ENDPOINT_UPDATE), r);
    memset(words, '?', sizeof words - 1); /* the reply's bytes are gone; ours stay */
    assert_done(w, WRITE_NOT_APPLIED);
    size_t count;
    const struct api_detail *d = write_details(w, &count);
    assert_int_equal(count, 1);
    assert_int_equal(d[0].field, FIELD_RPS);
    assert_true(span_is(d[0].msg, "too high"));
    assert_true(span_is(d[0].loc[1], "rate_limit_policy"));
    assert_int_equal(write_error(w)->status, ST_INVALID);
    assert_journal(fx, JOURNAL_NOT_APPLIED);
    assert_null(fleet_locked(fx->fleet, fx->row));
    assert_row(fx, FIELD_RPS, 80);
    write_close(w);
}

static void test_F04_F05_F06_F07_F11_refused_is_not_applied(void **state)
{
    struct fixture *fx = *state;
    static const enum status all[] = {ST_REJECTED, ST_AUTH, ST_FORBIDDEN, ST_RATE, ST_NOT_FOUND};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct write *w = update_to_sent(fx);
        fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), all[i], 400, true);
        assert_done(w, WRITE_NOT_APPLIED);
        assert_int_equal(write_error(w)->status, all[i]);
        assert_journal(fx, JOURNAL_NOT_APPLIED);
        write_close(w);
        turn(fx);
    }
    assert_false(fleet_alive(fx->fleet, fx->row)); /* the 404 */
}

static void test_F09_409_is_looked_at_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    assert_int_equal(write_state(w), WRITE_CHECK);
    assert_journal(fx, JOURNAL_NOT_APPLIED);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":90,\"max_concurrency\":10}"));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    write_close(w);

    /* Nothing of ours changed: the server's word stands. */
    w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    write_confirm(w);
    turn(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_done(w, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(w)->what, "fake conflict"));
    write_close(w);
}

static void test_F13_never_left_is_not_applied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_NETWORK, 0, false);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_journal(fx, JOURNAL_NOT_APPLIED);
    write_close(w);
}

static void test_readonly_is_refused(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    fx->api.readonly = true;
    assert_int_equal(writes_ready(fx->writes, &fx->err), ST_FORBIDDEN);
    write_confirm(w);
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(w)->what, "read-only"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    write_close(w);
}

static void test_cancelled_before_it_was_sent(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    write_confirm(w);
    write_close(w); /* in the same turn: the intent is not in the journal yet */
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(last_entry(fx).op, 0);
    assert_null(fleet_locked(fx->fleet, fx->row));
}

static void test_one_write_an_account(void **state)
{
    struct fixture *fx = *state;
    struct write *first = update_to_sent(fx);
    struct write *second = start(fx, JOURNAL_UPDATE, before(), account_json("pa_1", "b", RATE_80));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    write_confirm(second);
    assert_done(second, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(second)->what, "on this account is not settled"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
    write_close(first);
    write_close(second);
}

static void test_intents_of_a_turn_share_a_commit(void **state)
{
    struct fixture *fx = *state;
    static const char *const ids[] = {"pa_1", "pa_2", "pa_3"};
    struct write *w[3];
    for (int i = 0; i < 3; i++) {
        w[i] = start(fx, JOURNAL_UPDATE, account_json(ids[i], "a", RATE_80),
                     account_json(ids[i], "a", RATE_120));
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json(ids[i], "a", RATE_80));
    }
    sqlite3 *other;
    sqlite3_open(fx->path.data, &other);
    sqlite3_stmt *st;
    sqlite3_prepare_v2(other, "PRAGMA data_version", -1, &st, NULL);
    sqlite3_step(st);
    int version = sqlite3_column_int(st, 0);
    sqlite3_reset(st);
    for (int i = 0; i < 3; i++)
        write_confirm(w[i]);
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 3);
    sqlite3_step(st);
    assert_int_equal(sqlite3_column_int(st, 0), version + 1);
    sqlite3_finalize(st);
    sqlite3_close(other);
    for (int i = 0; i < 3; i++) {
        assert_true(write_op(w[i]) > 0);
        write_close(w[i]);
    }
}

/* ---- the journal fails -------------------------------------------------------------------- */

static void test_F21_no_journal_no_write(void **state)
{
    struct fixture *fx = *state;
    writes_destroy(fx->writes);
    struct journal *kept = fx->journal;
    fx->journal = NULL;
    fx->writes = make_writes(fx);
    assert_int_equal(writes_ready(fx->writes, &fx->err), ST_IO);
    struct write *w = update_to_preview(fx);
    write_confirm(w);
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(w)->what, "no write without a journal"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    write_close(w);
    fx->journal = kept;
}

static void test_F21_full_disk_sends_nothing(void **state)
{
    struct fixture *fx = *state;
    struct rlimit old, small;
    struct write *w = update_to_preview(fx);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &small);
    write_confirm(w);
    turn(fx);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(w)->what, "the journal cannot be written"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(writes_journal_error(fx->writes)->status, ST_IO);
    assert_null(fleet_locked(fx->fleet, fx->row));
    write_close(w);
    /* There is room again: the next write goes. */
    advance(fx, 1000);
    w = update_to_sent(fx);
    write_close(w);
}

static void test_F23_a_locked_journal_is_tried_again(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *other;
    sqlite3_open(fx->path.data, &other);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct write *w = update_to_preview(fx);
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_INTENT);
    advance(fx, 50);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    advance(fx, 50);
    assert_int_equal(write_state(w), WRITE_SENT);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_REJECTED, 400, true);
    write_close(w);
    turn(fx);

    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    w = update_to_preview(fx);
    write_confirm(w);
    for (int i = 0; i < 60; i++)
        advance(fx, 50);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_non_null(strstr(write_error(w)->what, "in use by another paddock"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
    write_close(w);
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
}

/* The reply came, its outcome cannot be written yet: tried again until it can. */
static void test_F21_an_outcome_is_tried_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    sqlite3 *other;
    sqlite3_open(fx->path.data, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    write_close(w);
    assert_journal(fx, JOURNAL_OPEN);
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    advance(fx, 1000);
    assert_journal(fx, JOURNAL_APPLIED);
}

/* ---- unknown ------------------------------------------------------------------------------ */

static void test_F15_seen_at_the_third_look(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    size_t reads = fake_count(&fx->api, ENDPOINT_READ);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_non_null(strstr(write_error(w)->what, "not seen as of 14:02:07"));
    assert_journal(fx, JOURNAL_NOT_SEEN);
    advance(fx, 1999);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads);
    advance(fx, 1);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 1);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false); /* a look that fails */
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    advance(fx, 8000);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 2);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    assert_journal(fx, JOURNAL_APPLIED);
    assert_row(fx, FIELD_RPS, 120);
    assert_null(fleet_locked(fx->fleet, fx->row));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
    write_close(w);
}

static void test_F15_backs_off_to_a_minute(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    static const int64_t delays[] = {2000, 8000, 20000, 40000, 60000, 60000, 60000};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
        assert_int_equal(write_next_look_mono_ms(w), clock_mono(&fx->clock) + delays[i]);
        size_t reads = fake_count(&fx->api, ENDPOINT_READ);
        advance(fx, delays[i] - 1);
        assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads);
        advance(fx, 1);
        assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 1);
    }
    write_close(w);
}

static void test_F15_conflict_and_release(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "az-gpt", "{\"requests_per_second\":7,\"max_concurrency\":10}"));
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_CONFLICTING);
    assert_journal(fx, JOURNAL_CONFLICT);
    write_release(w);
    assert_done(w, WRITE_RELEASED);
    assert_journal(fx, JOURNAL_RELEASED);
    assert_null(fleet_locked(fx->fleet, fx->row));
    write_close(w);
}

static void test_F15_a_refresh_is_a_look(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    size_t reads = fake_count(&fx->api, ENDPOINT_READ);
    fx->manual.mono_ms += 10;
    fleet_put(fx->fleet, span_of(wanted()), clock_mono(&fx->clock), NULL); /* by the sync */
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 1);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* Three looks without an answer say nothing: they are none of the three. */
static void test_F15_looks_without_an_answer_do_not_count(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    for (int i = 0; i < 3; i++) {
        fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
        advance(fx, 60000);
    }
    assert_int_equal(write_looks_unseen(w), 0);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_int_equal(write_looks_unseen(w), 1);
    assert_int_equal(write_send_again(w, &fx->err), ST_USAGE);
    advance(fx, 60000);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
    assert_int_equal(write_looks_unseen(w), 1);
    write_release(w);
    write_close(w);
}

static void test_F15_send_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    int64_t op = write_op(w);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_send_again(w, &fx->err), ST_USAGE);
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    advance(fx, 8000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_send_again(w, &fx->err), ST_OK);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    assert_true(write_op(w) > op);
    struct journal_entry e;
    assert_int_equal(journal_get(fx->journal, op, &e, &fx->err), ST_OK);
    assert_int_equal(e.outcome, JOURNAL_RELEASED);
    journal_entry_finish(&e);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 2);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    assert_journal(fx, JOURNAL_APPLIED);
    write_close(w);
}

/* Accepted, then the read-back fails: when it can be read, what is there is what was kept. */
static void test_F02_accepted_but_not_read_back(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_done(w, WRITE_DIFFERENT);
    assert_true(write_not_kept(w)->has[FIELD_RPS]);
    write_close(w);
}

/* The read-back is another account's: nothing is believed. */
static void test_F02_another_account_is_unreadable(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_2", "az-gpt", RATE_120));
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(fleet_count(fx->fleet), 1);
    write_close(w);
}

static void test_a_detached_write_goes_on(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    write_close(w);
    str_clear(&fx->states);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_string_equal(str_text(&fx->states), "");
    assert_journal(fx, JOURNAL_APPLIED);
    assert_row(fx, FIELD_RPS, 120);
}

/* ---- deletes ------------------------------------------------------------------------------ */

static void test_delete_applied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_DELETE), "");
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, false);
    assert_done(w, WRITE_APPLIED);
    assert_false(fleet_alive(fx->fleet, fx->row));
    assert_journal(fx, JOURNAL_APPLIED);
    write_close(w);
}

static void test_F07_already_gone(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_DELETE), ST_NOT_FOUND, 404, true);
    assert_done(w, WRITE_NO_CHANGE);
    assert_string_equal(write_error(w)->what, "already gone");
    assert_false(fleet_alive(fx->fleet, fx->row));
    write_close(w);

    w = start(fx, JOURNAL_DELETE, before(), NULL);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, false);
    assert_done(w, WRITE_NO_CHANGE);
    write_close(w);
}

static void test_F15_unknown_delete(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_DELETE), ST_UNKNOWN, 502, true);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    advance(fx, 2000);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, false);
    assert_done(w, WRITE_APPLIED);
    assert_false(fleet_alive(fx->fleet, fx->row));
    write_close(w);
}

static void test_F16_a_delete_of_a_changed_account_is_asked(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_DELETE, before(), NULL);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    write_resolve(w, NULL);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_confirm(w);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_SENT);
    write_close(w);
}

static void test_F01_a_delete_that_only_marks(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_DELETE), "");
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_done(w, WRITE_DIFFERENT);
    assert_true(fleet_alive(fx->fleet, fx->row));
    write_close(w);
}

/* ---- creates ------------------------------------------------------------------------------ */

static void test_create_applied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_CREATE), created("pa_9", "2025-10-20T14:02:07Z"));
    assert_string_equal(fake_last(&fx->api, ENDPOINT_READ)->id, "pa_9");
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), created("pa_9", "2025-10-20T14:02:07Z"));
    assert_done(w, WRITE_APPLIED);
    assert_true(fleet_find(fx->fleet, span_of("pa_9")) != ROW_NONE);
    assert_string_equal(last_entry(fx).account_id, "pa_9");
    assert_journal(fx, JOURNAL_APPLIED);
    write_close(w);
}

static void test_create_of_a_name_that_is_there(void **state)
{
    struct fixture *fx = *state;
    fleet_put(fx->fleet, span_of(created("pa_8", "2025-01-01T00:00:00Z")), 1, NULL);
    struct write *w = start(fx, JOURNAL_CREATE, NULL, NEW_ACCOUNT);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_CONFLICT);
    assert_non_null(strstr(write_error(w)->what, "pa_8"));
    write_close(w);
    struct account mine;
    decode(&mine, NEW_ACCOUNT);
    const struct write_spec spec = {.kind = JOURNAL_CREATE, .mine = &mine, .same_name = true};
    w = write_start(fx->writes, &spec, NULL, NULL);
    account_finish(&mine);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_close(w);
}

#define OTHERS                                                                                     \
    "{\"provider_account_id\":\"pa_5\",\"name\":\"new-one\",\"provider_type\":\"google\","         \
    "\"credentials_ref\":\"vault/n\",\"created_at\":\"2025-10-20T14:02:08Z\"}"

static void test_F15_create_settled_by_search(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *first[] = {before(), OTHERS, created("pa_3", "2025-10-20T13:00:00Z"), NULL};
    const char *second[] = {created("pa_9", "2025-10-20T14:02:07Z"), NULL};
    answer_page(fx, first, "next", fx->manual.wall_ms);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_LIST)->cursor, "next");
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    answer_page(fx, second, NULL, fx->manual.wall_ms);
    assert_done(w, WRITE_APPLIED);
    assert_string_equal(write_account_id(w), "pa_9");
    assert_string_equal(last_entry(fx).account_id, "pa_9");
    assert_true(fleet_find(fx->fleet, span_of("pa_9")) != ROW_NONE);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), 1);
    write_close(w);
}

/* A twin that was there before the sending, if only for a second, is not the new one. */
static void test_F15_create_search_knows_what_was_there(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    const char *twin = created("pa_4", "2025-10-20T14:02:06Z");
    fleet_put(fx->fleet, span_of(twin), 1, NULL);
    decode(&mine, NEW_ACCOUNT);
    const struct write_spec spec = {.kind = JOURNAL_CREATE, .mine = &mine, .same_name = true};
    struct write *w = write_start(fx->writes, &spec, NULL, NULL);
    account_finish(&mine);
    turn(fx);
    write_confirm(w);
    turn(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_CREATE), ST_UNKNOWN, 0, true);
    turn(fx);
    const char *page[] = {twin, created("pa_9", "2025-10-20T14:02:07Z"), NULL};
    answer_page(fx, page, NULL, fx->manual.wall_ms);
    assert_done(w, WRITE_APPLIED);
    assert_string_equal(write_account_id(w), "pa_9");
    write_close(w);
}

/* The server's clock is an hour behind ours: its Date says so, and created_at is judged by it. */
static void test_F15_create_search_knows_the_servers_clock(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *page[] = {created("pa_9", "2025-10-20T13:02:07Z"), NULL};
    const char *none[] = {NULL};
    answer_page(fx, none, "next", fx->manual.wall_ms - 3600000);
    answer_page(fx, page, NULL, fx->manual.wall_ms - 3600000);
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

static void test_F15_create_several_are_asked_about(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *page[] = {created("pa_8", "2025-10-20T14:02:07Z"),
                          created("pa_9", "2025-10-20T14:02:08Z"), NULL};
    answer_page(fx, page, NULL, fx->manual.wall_ms);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_non_null(strstr(write_error(w)->what, "2 accounts could be the new one: pa_8, pa_9"));
    const char *ids[4];
    assert_int_equal(write_candidates(w, ids, 4), 2);
    assert_string_equal(ids[1], "pa_9");
    assert_int_equal(write_adopt(w, "pa_7", &fx->err), ST_NOT_FOUND);
    assert_int_equal(write_adopt(w, "pa_9", &fx->err), ST_OK);
    assert_done(w, WRITE_APPLIED);
    assert_string_equal(last_entry(fx).account_id, "pa_9");
    write_close(w);
}

static void test_F15_create_not_seen_and_never_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *none[] = {before(), NULL};
    for (int i = 0; i < 4; i++) {
        answer_page(fx, none, NULL, fx->manual.wall_ms);
        assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
        assert_int_equal(write_send_again(w, &fx->err), ST_USAGE);
        advance(fx, 60000);
    }
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), 1);
    write_close(w);
}

static void test_F17_create_search_in_a_loop(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *none[] = {NULL};
    answer_page(fx, none, "a", fx->manual.wall_ms);
    answer_page(fx, none, "b", fx->manual.wall_ms);
    answer_page(fx, none, "a", fx->manual.wall_ms);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_NONE);
    assert_non_null(strstr(write_error(w)->what, "loops at page 3"));
    write_close(w);
}

/* Cursors that never repeat, and nothing behind them. */
static void test_F18_create_search_of_empty_pages(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *none[] = {NULL}, *other[] = {OTHERS, NULL};
    answer_page(fx, none, "a", fx->manual.wall_ms);
    answer_page(fx, none, "b", fx->manual.wall_ms);
    answer_page(fx, other, "c", fx->manual.wall_ms); /* not three in a row */
    answer_page(fx, none, "d", fx->manual.wall_ms);
    answer_page(fx, none, "e", fx->manual.wall_ms);
    assert_int_equal(write_outcome(w), WRITE_NONE);
    assert_null(strstr(write_error(w)->what, "empty"));
    answer_page(fx, none, "f", fx->manual.wall_ms);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_NONE); /* that is no whole list */
    assert_non_null(strstr(write_error(w)->what, "empty pages"));
    write_close(w);
}

/* A walk whose end the server leaves open has not seen the whole list. */
static void test_F15_create_is_not_called_unseen_by_half_a_list(void **state)
{
    struct fixture *fx = *state;
    static const char *const none[] = {NULL};
    struct write *w = create_to_search(fx);
    answer_page(fx, none, "next", fx->manual.wall_ms);
    answer_page_more(fx, none, NULL, true, fx->manual.wall_ms);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_not_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_non_null(strstr(write_error(w)->what, "leaves open"));
    write_release(w);
    write_close(w);
    turn(fx);
    w = create_to_search(fx);
    answer_page_more(fx, none, "", true, fx->manual.wall_ms); /* "": the first page again */
    assert_int_not_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_non_null(strstr(write_error(w)->what, "leaves open"));
    write_close(w);
}

/* ---- restarts ----------------------------------------------------------------------------- */

static void test_F25_ended_while_it_was_sent(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    (void)w;
    writes_destroy(fx->writes);
    assert_journal(fx, JOURNAL_UNKNOWN);
    assert_null(fleet_locked(fx->fleet, fx->row));

    fx->writes = make_writes(fx);
    assert_int_equal(writes_resume(fx->writes), 1);
    assert_int_equal(writes_resume(fx->writes), 0); /* once */
    assert_int_equal(writes_open(fx->writes), 1);
    struct write *again = open_write_at(fx->writes, 0);
    assert_int_equal(write_state(again), WRITE_UNKNOWN);
    assert_true(write_fields(again)->has[FIELD_RPS]);
    assert_int_equal(count_of(write_fields(again)), 1);
    assert_non_null(fleet_locked(fx->fleet, fx->row));
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_int_equal(writes_open(fx->writes), 0);
    assert_journal(fx, JOURNAL_APPLIED);
}

/* A process is killed with its request under way; the next one says unknown, then looks. */
static void test_F29_killed_with_an_open_write(void **state)
{
    struct fixture *fx = *state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    writes_destroy(fx->writes);
    journal_close(fx->journal);
    fx->writes = NULL;
    fx->journal = NULL;
    pid_t child = fork();
    if (child == 0) {
        if (journal_open(&fx->journal, fx->path.data, fx->clock, &fx->err) == ST_OK) {
            fx->writes = make_writes(fx);
            update_to_sent(fx);
            if (write(ready[1], "x", 1) == 1)
                pause();
        }
        _exit(1);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(journal_open(&fx->journal, fx->path.data, fx->clock, &fx->err), ST_OK);
    fx->writes = make_writes(fx);
    assert_int_equal(writes_resume(fx->writes), 0); /* its owner lives */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(writes_resume(fx->writes), 1);
    assert_journal(fx, JOURNAL_UNKNOWN);
    struct write *w = open_write_at(fx->writes, 0);
    write_listen(w, on_change, fx);
    /* The first sync brings the row: it gets the word. */
    fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock), &fx->row);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "outcome unknown"));
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    assert_journal(fx, JOURNAL_APPLIED);
    write_close(w);
    close(ready[0]);
    close(ready[1]);
}

static void test_F29_resumed_create_is_searched_for(void **state)
{
    struct fixture *fx = *state;
    create_to_sent(fx);
    writes_destroy(fx->writes);
    advance(fx, 60000);
    fx->writes = make_writes(fx);
    assert_int_equal(writes_resume(fx->writes), 1);
    turn(fx);
    const char *page[] = {created("pa_3", "2025-10-20T13:00:00Z"),
                          created("pa_9", "2025-10-20T14:02:07Z"), NULL};
    answer_page(fx, page, NULL, fx->manual.wall_ms);
    assert_int_equal(writes_open(fx->writes), 0);
    assert_string_equal(last_entry(fx).account_id, "pa_9");
    assert_journal(fx, JOURNAL_APPLIED);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_F01_update_applied),
        TEST(test_F01_not_kept_and_collateral),
        TEST(test_F01_nothing_in_other_words_is_kept),
        TEST(test_nothing_to_change),
        TEST(test_an_absent_field_is_not_sent),
        TEST(test_F16_merge_of_a_concurrent_change),
        TEST(test_F16_conflict_is_chosen),
        TEST(test_F16_a_choice_outlives_a_second_check),
        TEST(test_F16_another_body_is_shown_again),
        TEST(test_F16_choosing_the_servers_value_sends_nothing),
        TEST(test_F16_an_old_check_is_made_again),
        TEST(test_F10_details_reach_their_fields),
        TEST(test_F04_F05_F06_F07_F11_refused_is_not_applied),
        TEST(test_F09_409_is_looked_at_again),
        TEST(test_F13_never_left_is_not_applied),
        TEST(test_readonly_is_refused),
        TEST(test_cancelled_before_it_was_sent),
        TEST(test_one_write_an_account),
        TEST(test_intents_of_a_turn_share_a_commit),
        TEST(test_F21_no_journal_no_write),
        TEST(test_F21_full_disk_sends_nothing),
        TEST(test_F23_a_locked_journal_is_tried_again),
        TEST(test_F21_an_outcome_is_tried_again),
        TEST(test_F15_seen_at_the_third_look),
        TEST(test_F15_backs_off_to_a_minute),
        TEST(test_F15_conflict_and_release),
        TEST(test_F15_a_refresh_is_a_look),
        TEST(test_F15_looks_without_an_answer_do_not_count),
        TEST(test_F15_send_again),
        TEST(test_F02_accepted_but_not_read_back),
        TEST(test_F02_another_account_is_unreadable),
        TEST(test_a_detached_write_goes_on),
        TEST(test_delete_applied),
        TEST(test_F07_already_gone),
        TEST(test_F15_unknown_delete),
        TEST(test_F16_a_delete_of_a_changed_account_is_asked),
        TEST(test_F01_a_delete_that_only_marks),
        TEST(test_create_applied),
        TEST(test_create_of_a_name_that_is_there),
        TEST(test_F15_create_settled_by_search),
        TEST(test_F15_create_search_knows_what_was_there),
        TEST(test_F15_create_search_knows_the_servers_clock),
        TEST(test_F15_create_several_are_asked_about),
        TEST(test_F15_create_not_seen_and_never_again),
        TEST(test_F17_create_search_in_a_loop),
        TEST(test_F18_create_search_of_empty_pages),
        TEST(test_F15_create_is_not_called_unseen_by_half_a_list),
        TEST(test_F25_ended_while_it_was_sent),
        TEST(test_F29_killed_with_an_open_write),
        TEST(test_F29_resumed_create_is_searched_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
