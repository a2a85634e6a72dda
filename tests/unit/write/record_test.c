/* record_test.c: what goes into the journal and when: the account as it was to be, who listens, a
 * journal that does not take it. */
#include "machine_rig.h"

/* The newest entry with its texts; journal_entry_finish. */
static struct journal_entry whole(struct fixture *fx)
{
    struct journal_entry e;
    int64_t op = last_entry(fx).op;
    assert_int_equal(journal_get(fx->journal, op, &e, &fx->err), ST_OK);
    return e;
}

static void test_what_an_entry_holds(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    write_set_reason(w, span_of("INC-42"));
    write_confirm(w);
    write_set_reason(w, span_of("too late"));
    turn(fx);
    struct journal_entry e = whole(fx);
    assert_string_equal(e.origin, "https://gw.example.net");
    assert_string_equal(e.org, "org_1");
    assert_string_equal(e.profile, "prod");
    assert_string_equal(e.operator_name, "op@host");
    assert_string_equal(e.reason, "INC-42");
    assert_string_equal(e.account_id, "pa_1");
    assert_string_equal(e.account_name, "az-gpt");
    assert_string_equal(e.base, before()); /* as received */
    assert_string_equal(e.body, "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    assert_non_null(strstr(e.target, "\"rate_limit_policy\":{\"requests_per_second\":120,"));
    assert_null(e.after);
    journal_entry_finish(&e);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    turn(fx);
    e = whole(fx);
    assert_string_equal(e.after, wanted());
    journal_entry_finish(&e);
    write_close(w);
}

/* The target is JSON whatever the policies are: null, empty, the last of it, or not there. */
static void test_the_target_is_json(void **state)
{
    struct fixture *fx = *state;
    static const char *const accounts[] = {
        "{\"name\":\"n\",\"quota_policy\":null}",
        "{\"name\":\"n\",\"quota_policy\":{},\"rate_limit_policy\":{}}",
        "{\"name\":\"n\",\"rate_limit_policy\":{\"queue_policy\":\"wait\"}}",
        ("{\"name\":\"n\",\"tags\":{\"a\":\"\\\"\"},"
         "\"quota_policy\":{\"max_tokens_per_month\":1e30}}"),
        "{\"name\":\"\"}",
    };
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        struct write *w = start(fx, JOURNAL_CREATE, NULL, accounts[i]);
        struct account back, wanted_account;
        write_confirm(w);
        turn(fx);
        assert_int_equal(write_state(w), WRITE_SENT);
        struct journal_entry e = whole(fx);
        decode(&back, e.target);
        decode(&wanted_account, accounts[i]);
        for (int f = 0; f < FIELD_COUNT; f++)
            if (!value_eq((enum field)f, &back.v[f], &wanted_account.v[f]))
                fail_msg("%s: %s", e.target, field_info((enum field)f)->path);
        account_finish(&back);
        account_finish(&wanted_account);
        journal_entry_finish(&e);
        fake_fail(fake_last(&fx->api, ENDPOINT_CREATE), ST_INVALID, 422, true);
        write_close(w);
        turn(fx);
    }
}

/* F23: forty times 50 ms, then it is said; nothing was sent, nothing is in the journal. */
static void test_F23_a_journal_that_stays_locked(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *other;
    struct write *w = update_to_preview(fx);
    assert_int_equal(sqlite3_open(fx->path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    write_confirm(w);
    turn(fx);
    for (int i = 0; i < 39; i++)
        advance(fx, 50);
    assert_int_equal(write_state(w), WRITE_INTENT);
    assert_true(writes_journal_error(fx->writes)->status == ST_IO);
    advance(fx, 50);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_string_equal(write_error(w)->what, "not sent: the journal is in use by another paddock");
    assert_string_equal(write_error(w)->next, "try again");
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_null(fleet_locked(fx->fleet, fx->row));
    sqlite3_exec(other, "rollback", NULL, NULL, NULL);
    sqlite3_close(other);
    advance(fx, 2000);
    assert_int_equal(last_entry(fx).op, 0);
    write_close(w);
}

/* Closed in the turn of its intent: nothing has left, and nothing does. */
static void test_closed_before_it_was_durable(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    write_confirm(w);
    assert_int_equal(write_state(w), WRITE_INTENT);
    write_close(w);
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(last_entry(fx).op, 0);
    assert_int_equal(writes_open(fx->writes), 0);
}

static void count_call(void *ctx, struct write *w)
{
    (void)w;
    ++*(unsigned *)ctx;
}

/* Who listens to all hears of each change before its holder does, and of those nobody holds. */
static void test_who_listens_to_all(void **state)
{
    struct fixture *fx = *state;
    unsigned heard = 0;
    writes_listen(fx->writes, count_call, &heard);
    struct write *w = update_to_sent(fx);
    assert_int_equal(heard, 3); /* preview, intent, sent */
    assert_true(write_attended(w));
    write_close(w); /* has left: it goes on */
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_int_equal(heard, 5);
    assert_string_equal(str_text(&fx->states), "preview,intent,sent,");
    writes_listen(fx->writes, NULL, NULL);
}

/* Who looks on hears after the holder, and has the write until he stops. */
static void test_who_looks_on(void **state)
{
    struct fixture *fx = *state;
    unsigned heard = 0;
    struct write *w = update_to_unknown(fx);
    assert_true(write_watch(w, count_call, &heard));
    assert_false(write_watch(w, count_call, &heard));
    write_close(w); /* by its holder */
    assert_false(write_attended(w));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_int_equal(heard, 1);
    turn(fx);
    assert_done(w, WRITE_APPLIED); /* still there */
    assert_true(write_watch(w, NULL, NULL));
    turn(fx);
    assert_int_equal(heard, 1);
}

/* Sent again, and the journal does not take it: the first sending stays what it was. */
static void test_sent_again_without_a_journal(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *other;
    struct write *w = update_to_unknown(fx);
    static const int64_t waits[] = {2000, 8000, 0};
    for (int i = 0; i < 3; i++) {
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
        if (waits[i])
            advance(fx, waits[i]);
    }
    turn(fx); /* the outcome so far is in the journal */
    int64_t op = write_op(w);
    assert_int_equal(sqlite3_open(fx->path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(write_send_again(w, &fx->err), ST_OK);
    turn(fx);
    for (int i = 0; i < 41; i++)
        advance(fx, 50);
    sqlite3_exec(other, "rollback", NULL, NULL, NULL);
    sqlite3_close(other);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_true(write_op(w) == op);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    advance(fx, 2000);
    assert_true(last_entry(fx).op == op);
    assert_journal(fx, JOURNAL_APPLIED);
    write_close(w);
}

/* ---- another process's write on the account ------------------------------------------------- */

/* A living owner's entry on pa_1 (id "": a create of that name), as in another process. */
static int64_t plant_elsewhere(struct fixture *fx, struct journal **other, enum journal_kind kind,
                               const char *id, const char *name)
{
    struct journal_entry e = {.kind = kind,
                              .intent_wall_ms = fx->manual.wall_ms,
                              .base = kind == JOURNAL_CREATE ? NULL : before(),
                              .body = kind == JOURNAL_CREATE ? NEW_ACCOUNT : "{\"enabled\":false}"};
    int64_t op = 0;
    snprintf(e.origin, sizeof e.origin, "https://gw.example.net");
    snprintf(e.org, sizeof e.org, "org_1");
    snprintf(e.account_id, sizeof e.account_id, "%s", id);
    snprintf(e.account_name, sizeof e.account_name, "%s", name);
    assert_int_equal(journal_open(other, fx->path.data, fx->clock, &fx->err), ST_OK);
    assert_int_equal(journal_intent(*other, &e, &op, &fx->err), ST_OK);
    assert_int_equal(journal_flush(*other, &fx->err), ST_OK);
    return op;
}

static void settle_elsewhere(struct fixture *fx, struct journal *other, int64_t op)
{
    assert_int_equal(journal_outcome(other, op, JOURNAL_NOT_APPLIED, NULL, NULL, "", &fx->err),
                     ST_OK);
    assert_int_equal(journal_flush(other, &fx->err), ST_OK);
}

/* F15: nothing is sent over a write that may still arrive, whoever looks after it. */
static void test_held_back_by_another_process(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct write *w = update_to_preview(fx);
    int64_t op = plant_elsewhere(fx, &other, JOURNAL_UPDATE, "pa_1", "az-gpt");
    char words[120];
    write_confirm(w);
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_true(write_held_back(w));
    snprintf(words, sizeof words,
             "not sent: write %lld on this account is not settled; another paddock looks after it",
             (long long)op);
    assert_string_equal(write_error(w)->what, words);
    assert_int_equal(write_error(w)->status, ST_UNKNOWN);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_null(fleet_locked(fx->fleet, fx->row));
    assert_true(last_entry(fx).op == op);
    write_close(w);
    settle_elsewhere(fx, other, op);
    w = update_to_sent(fx);
    write_close(w);
    journal_close(other);
}

/* Its process is gone: it is taken up and looked at, and still nothing is sent over it. */
static void test_held_back_by_one_that_is_gone(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct write *w = update_to_preview(fx);
    int64_t op = plant_elsewhere(fx, &other, JOURNAL_UPDATE, "pa_1", "az-gpt");
    journal_close(other);
    write_confirm(w);
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_true(write_held_back(w));
    assert_null(strstr(write_error(w)->what, "another paddock"));
    assert_non_null(strstr(write_error(w)->what, "is not settled"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(writes_open(fx->writes), 1);
    assert_true(write_op(open_write_at(fx->writes, 0)) == op);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "outcome unknown since"));
    write_close(w);
}

/* An entry without what was there before or was to be sent, of `owner`: as an older paddock would
 * leave one. */
static void plant_bare(struct fixture *fx, const char *owner)
{
    sqlite3 *raw;
    char sql[400];
    assert_int_equal(sqlite3_open(fx->path.data, &raw), SQLITE_OK);
    snprintf(sql, sizeof sql,
             "INSERT INTO entry(origin, org, profile, account_id, account_name, kind, outcome,"
             " intent_wall_ms, operator, reason, plan, note, owner) VALUES"
             "('https://gw.example.net','org_1','','pa_1','az-gpt','update','unknown',1,'','','',"
             "'','%s')",
             owner);
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
}

/* Its process is gone and nothing can be looked for: it is given up, and nobody is named who would
 * look after it. */
static void test_held_back_by_one_that_cannot_be_looked_at(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct write *w = update_to_preview(fx);
    assert_int_equal(journal_open(&other, fx->path.data, fx->clock, &fx->err), ST_OK);
    plant_bare(fx, journal_owner(other));
    journal_close(other);
    write_confirm(w);
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_true(write_held_back(w));
    assert_null(strstr(write_error(w)->what, "another paddock"));
    assert_non_null(strstr(write_error(w)->what, "nobody looks after it"));
    assert_non_null(strstr(write_error(w)->next, "try again"));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    write_close(w);
    w = update_to_sent(fx); /* nothing is in its way then */
    write_close(w);
}

/* The others of the turn go; a create is held back by a create of its name. */
static void test_held_back_alone(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct write *w = update_to_preview(fx);
    struct write *made = start(fx, JOURNAL_CREATE, NULL, NEW_ACCOUNT);
    int64_t op = plant_elsewhere(fx, &other, JOURNAL_CREATE, "", "new-one");
    write_confirm(made);
    write_confirm(w);
    turn(fx);
    assert_done(made, WRITE_NOT_APPLIED);
    assert_true(write_held_back(made));
    assert_int_equal(write_state(w), WRITE_SENT);
    assert_false(write_held_back(w));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), 0);
    write_close(made);
    settle_elsewhere(fx, other, op);
    made = create_to_sent(fx);
    struct write *twin = start(fx, JOURNAL_CREATE, NULL, NEW_ACCOUNT);
    write_confirm(twin); /* and by one of our own */
    turn(fx);
    assert_done(twin, WRITE_NOT_APPLIED);
    assert_true(write_held_back(twin));
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), 1);
    write_close(twin);
    write_close(made);
    write_close(w);
    journal_close(other);
}

/* A sending again that is held back leaves the first one as it was. */
static void test_sent_again_held_back(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct write *w = update_to_unknown(fx);
    static const int64_t waits[] = {2000, 8000, 0};
    for (int i = 0; i < 3; i++) {
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
        if (waits[i])
            advance(fx, waits[i]);
    }
    turn(fx);
    int64_t op = write_op(w);
    assert_int_equal(journal_open(&other, fx->path.data, fx->clock, &fx->err), ST_OK);
    plant_bare(fx, journal_owner(other));
    assert_int_equal(write_send_again(w, &fx->err), ST_OK);
    turn(fx);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_true(write_op(w) == op);
    assert_false(write_held_back(w)); /* it was sent: whatever comes of it is its outcome */
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 1);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "outcome unknown since"));
    struct journal_entry e;
    assert_int_equal(journal_get(fx->journal, op, &e, &fx->err), ST_OK);
    assert_string_equal(journal_outcome_name(e.outcome), "not_seen");
    journal_entry_finish(&e);
    write_close(w);
    journal_close(other);
}

/* A machine without a journal, and a read-only one, say so before a form is filled in. */
static void test_ready_or_why_not(void **state)
{
    struct fixture *fx = *state;
    struct error err;
    assert_int_equal(writes_ready(fx->writes, &err), ST_OK);
    fx->api.readonly = true;
    assert_int_equal(writes_ready(fx->writes, &err), ST_FORBIDDEN);
    assert_string_equal(err.what, "not sent: this profile is read-only");
    fx->api.readonly = false;
    const struct writes_env env = {
        .loop = fx->loop, .api = &fx->api, .fleet = fx->fleet, .no_journal = "the disk is full"};
    struct writes *none = writes_create(&env);
    assert_int_equal(writes_ready(none, &err), ST_IO);
    assert_string_equal(err.what, "not sent: no write without a journal (the disk is full)");
    writes_destroy(none);
    writes_destroy(NULL);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_an_entry_holds),
        TEST(test_the_target_is_json),
        TEST(test_F23_a_journal_that_stays_locked),
        TEST(test_closed_before_it_was_durable),
        TEST(test_who_listens_to_all),
        TEST(test_who_looks_on),
        TEST(test_sent_again_without_a_journal),
        TEST(test_held_back_by_another_process),
        TEST(test_held_back_by_one_that_is_gone),
        TEST(test_held_back_by_one_that_cannot_be_looked_at),
        TEST(test_held_back_alone),
        TEST(test_sent_again_held_back),
        TEST(test_ready_or_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
