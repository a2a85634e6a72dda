/* resume_test.c: entries that a paddock left open: what is made of each, and what is said of one
 * that cannot be read. */
#include "machine_rig.h"

/* An entry as an earlier paddock of this process left it. */
static int64_t plant(struct fixture *fx, enum journal_kind kind, const char *id, const char *base,
                     const char *body)
{
    struct journal_entry e = {.kind = kind,
                              .intent_wall_ms = fx->manual.wall_ms - 60000,
                              .base = base,
                              .body = body,
                              .undoes = 4,
                              .item = 3};
    int64_t op = 0;
    snprintf(e.origin, sizeof e.origin, "https://gw.example.net");
    snprintf(e.org, sizeof e.org, "org_1");
    snprintf(e.account_id, sizeof e.account_id, "%s", id);
    snprintf(e.account_name, sizeof e.account_name, "az-gpt");
    snprintf(e.reason, sizeof e.reason, "because");
    snprintf(e.plan, sizeof e.plan, "PLAN1");
    assert_int_equal(journal_intent(fx->journal, &e, &op, &fx->err), ST_OK);
    assert_int_equal(journal_flush(fx->journal, &fx->err), ST_OK);
    return op;
}

static void test_what_is_taken_up(void **state)
{
    struct fixture *fx = *state;
    int64_t op = plant(fx, JOURNAL_UPDATE, "pa_1", before(),
                       "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    assert_int_equal(writes_resume(fx->writes), 1);
    struct write *w = open_write_at(fx->writes, 0);
    assert_null(open_write_at(fx->writes, 1));
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_false(write_attended(w));
    assert_true(write_op(w) == op);
    assert_string_equal(write_account_id(w), "pa_1");
    assert_string_equal(write_account_name(w), "az-gpt");
    assert_true(write_concerns(w, span_of("pa_1"), span_of("")));
    assert_false(write_concerns(w, span_of("pa_2"), span_of("az-gpt")));
    assert_false(write_concerns(w, span_of(""), span_of("az-gpt"))); /* it creates nothing */
    assert_string_equal(write_reason(w), "because");
    assert_string_equal(write_plan(w), "PLAN1");
    assert_int_equal(write_plan_item(w), 3);
    assert_true(write_sent_wall_ms(w) == fx->manual.wall_ms - 60000);
    assert_string_equal(write_error(w)->what, "an earlier paddock ended before it was settled");
    assert_int_equal(count_of(write_fields(w)), 1);
    assert_true(write_fields(w)->has[FIELD_RPS]);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
}

static int64_t since(struct fixture *fx, int64_t op)
{
    struct journal_entry e;
    turn(fx);
    assert_int_equal(journal_get(fx->journal, op, &e, &fx->err), ST_OK);
    journal_entry_finish(&e);
    return e.outcome_wall_ms;
}

/* Since when it is not known stays what it was, whoever looks, and however often paddock starts. */
static void test_unknown_since_over_starts(void **state)
{
    struct fixture *fx = *state;
    int64_t sent = fx->manual.wall_ms - 60000;
    int64_t op = plant(fx, JOURNAL_UPDATE, "pa_1", before(), "{\"enabled\":false}");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(writes_resume(fx->writes), 1);
        assert_true(write_unknown_wall_ms(open_write_at(fx->writes, 0)) == sent);
        turn(fx);
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
        assert_true(since(fx, op) == sent);
        writes_destroy(fx->writes);
        advance(fx, 60000);
        fx->writes = make_writes(fx);
    }
}

static void test_a_delete(void **state)
{
    struct fixture *fx = *state;
    plant(fx, JOURNAL_DELETE, "pa_1", before(), NULL);
    assert_int_equal(writes_resume(fx->writes), 1);
    turn(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, true);
    assert_journal(fx, JOURNAL_APPLIED);
    assert_int_equal(writes_open(fx->writes), 0);
}

/* A create that had its id already is looked at, and not searched for. */
static void test_a_create_with_its_id(void **state)
{
    struct fixture *fx = *state;
    plant(fx, JOURNAL_CREATE, "pa_9", NULL, NEW_ACCOUNT);
    assert_int_equal(writes_resume(fx->writes), 1);
    turn(fx);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_READ)->id, "pa_9");
    assert_true(write_concerns(open_write_at(fx->writes, 0), span_of(""), span_of("az-gpt")));
    assert_false(write_concerns(open_write_at(fx->writes, 0), span_of(""), span_of("old-one")));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), created("pa_9", "2025-10-20T14:02:07Z"));
    assert_journal(fx, JOURNAL_APPLIED);
}

/* Nothing can be looked for: it is told and given up, not tried for ever. */
static void test_entries_that_cannot_be_read(void **state)
{
    struct fixture *fx = *state;
    static const struct {
        enum journal_kind kind;
        const char *id, *base, *body, *words;
    } cases[] = {
        {JOURNAL_UPDATE, "pa_1", "{broken", "{}", "cannot be looked at: "},
        {JOURNAL_UPDATE, "pa_1", NULL, "{}", "does not say what was there before"},
        {JOURNAL_UPDATE, "pa_1", "", "{}", "does not say what was there before"},
        {JOURNAL_DELETE, "pa_1", NULL, NULL, "does not say what was there before"},
        {JOURNAL_UPDATE, "", "{\"name\":\"n\"}", "{}", "does not say what was there before"},
        {JOURNAL_CREATE, "", NULL, NULL, "does not say what was to be sent"},
        {JOURNAL_CREATE, "", NULL, "{broken", "cannot be looked at: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plant(fx, cases[i].kind, cases[i].id, cases[i].base, cases[i].body);
        assert_int_equal(writes_resume(fx->writes), 0);
        assert_journal(fx, JOURNAL_RELEASED);
        if (!strstr(last_entry(fx).note, cases[i].words))
            fail_msg("%zu: %s", i, last_entry(fx).note);
        assert_int_equal(writes_open(fx->writes), 0);
    }
    assert_int_equal(fx->api.count, 0);
}

static void test_of_this_server_alone(void **state)
{
    struct fixture *fx = *state;
    plant(fx, JOURNAL_DELETE, "pa_1", before(), NULL);
    writes_destroy(fx->writes);
    const struct writes_env env = {.loop = fx->loop,
                                   .api = &fx->api,
                                   .fleet = fx->fleet,
                                   .journal = fx->journal,
                                   .origin = "https://elsewhere"};
    fx->writes = writes_create(&env);
    assert_int_equal(writes_resume(fx->writes), 0);
    writes_destroy(fx->writes);
    struct writes_env none = env;
    none.journal = NULL;
    fx->writes = writes_create(&none);
    assert_int_equal(writes_resume(fx->writes), 0);
}

/* The oldest comes first, whatever the journal's order. */
static void test_the_oldest_first(void **state)
{
    struct fixture *fx = *state;
    int64_t first = plant(fx, JOURNAL_DELETE, "pa_1", before(), NULL);
    int64_t second = plant(fx, JOURNAL_DELETE, "pa_2", account_json("pa_2", "b", RATE_80), NULL);
    assert_int_equal(writes_resume(fx->writes), 2);
    assert_true(write_op(open_write_at(fx->writes, 0)) == first);
    assert_true(write_op(open_write_at(fx->writes, 1)) == second);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_taken_up),
        TEST(test_unknown_since_over_starts),
        TEST(test_a_delete),
        TEST(test_a_create_with_its_id),
        TEST(test_entries_that_cannot_be_read),
        TEST(test_of_this_server_alone),
        TEST(test_the_oldest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
