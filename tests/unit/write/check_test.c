/* check_test.c: CHECK: when the account cannot be read, is gone, is another one or has no id,
 * nothing is sent, and the words say so. */
#include "machine_rig.h"

static void assert_not_sent(struct fixture *fx, struct write *w, enum status status,
                            const char *what)
{
    assert_done(w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, status);
    if (!strstr(write_error(w)->what, what))
        fail_msg("\"%s\" does not say \"%s\"", write_error(w)->what, what);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(write_op(w), 0); /* nor is it in the journal */
    write_close(w);
}

static void test_gone(void **state)
{
    struct fixture *fx = *state;
    fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock), &fx->row);
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, true);
    assert_string_equal(write_error(w)->next, "it can be created again from what you typed");
    assert_not_sent(fx, w, ST_NOT_FOUND, "not sent: the account is gone");
    assert_false(fleet_alive(fx->fleet, fx->row));
}

static void test_unreachable(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
    assert_not_sent(fx, w, ST_NETWORK, "not sent: fake ");
}

static void test_another_account(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_2", "az-gpt", RATE_80));
    assert_not_sent(fx, w, ST_UNREADABLE, "not sent: the server answered with another account");
    assert_int_equal(fleet_find(fx->fleet, span_of("pa_2")), ROW_NONE); /* nor taken for news */
}

static void test_garbage(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), "{\"provider_account_id\":\"pa_1\",");
    assert_not_sent(fx, w, ST_PARSE, "not sent: ");
}

/* Without an id, or with one that no entry has room for, there is no way to it. */
static void test_an_id_that_leads_nowhere(void **state)
{
    struct fixture *fx = *state;
    char id[200];
    memset(id, 'x', sizeof id);
    id[160] = 0;
    static const char none[] = "{\"name\":\"n\",\"region\":\"r\"}";
    struct write *w = start(fx, JOURNAL_UPDATE, none, "{\"name\":\"m\"}");
    assert_not_sent(fx, w, ST_UNREADABLE, "no id that could be addressed");
    w = start(fx, JOURNAL_DELETE, account_json(id, "n", RATE_80), NULL);
    assert_not_sent(fx, w, ST_UNREADABLE, "no id that could be addressed");
    id[159] = 0; /* the longest that has room */
    w = start(fx, JOURNAL_UPDATE, account_json(id, "n", RATE_80), account_json(id, "n", RATE_120));
    assert_string_equal(fake_last(&fx->api, ENDPOINT_READ)->id, id);
    write_close(w);
}

/* F09: after a 409 the look itself fails: the server's words about the refusal stay. */
static void test_F09_refused_and_then_unreachable(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    assert_int_equal(write_state(w), WRITE_CHECK);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_CONFLICT);
    assert_journal(fx, JOURNAL_NOT_APPLIED);
    write_close(w);
}

/* F09: ... or shows nothing that can be read: it was sent all the same, and refused. */
static void test_F09_refused_and_then_unreadable(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), "{\"provider_account_id\":7}");
    assert_done(w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_CONFLICT);
    assert_null(strstr(write_error(w)->what, "not sent"));
    write_close(w);
}

/* F09: what was refused is settled, though the journal has it only at the end of the turn: it is
 * not taken for one that an earlier paddock left. */
static void test_F09_a_refused_one_is_not_taken_up(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    assert_int_equal(writes_resume(fx->writes), 0);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_confirm(w);
    assert_int_equal(write_state(w), WRITE_INTENT);
    write_close(w);
    turn(fx);
}

/* F09: what the refusal said is known until the next sending, and whether it stands. */
static void test_F09_a_refusal_is_told(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    struct str text = STR_INIT;
    assert_null(write_refused(w));
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(w), WRITE_PREVIEW); /* merged, and asked again */
    assert_int_equal(write_refused(w)->status, ST_CONFLICT);
    assert_int_equal(write_merge(w)->theirs, 1);
    write_conflict_text(w, 0, &text);
    assert_string_equal(str_text(&text),
                        "  name: was az-gpt, the server has renamed\n"
                        "  rate.rps: was 80 requests/s, wanted 120 requests/s, the server has 80 "
                        "requests/s\n");
    str_finish(&text);
    write_confirm(w);
    turn(fx);
    assert_null(write_refused(w));
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_CONFLICT, 412, true);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_done(w, WRITE_NOT_APPLIED); /* nothing else was changed: it is about something else */
    assert_true(write_refusal_stands(w));
    assert_non_null(strstr(write_error(w)->next, "none of its settings was changed"));
    struct account room;
    struct write_spec spec;
    account_init(&room);
    assert_true(write_again_spec(w, &room, &spec));
    struct write *again = write_start(fx->writes, &spec, NULL, NULL);
    account_finish(&room);
    write_close(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(again), WRITE_PREVIEW); /* with what the server said */
    assert_int_equal(write_refused(again)->status, ST_CONFLICT);
    write_close(again);
}

/* F09 of a delete: read again as well. */
static void test_F09_a_refused_delete(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_DELETE), ST_CONFLICT, 409, true);
    assert_int_equal(write_state(w), WRITE_CHECK);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed", RATE_80));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    write_close(w);
    w = delete_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_DELETE), ST_CONFLICT, 409, true);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, false);
    assert_done(w, WRITE_NO_CHANGE);
    write_close(w);
}

/* What only others changed stays theirs when the rest was chosen field by field. */
static void test_F16_a_choice_beside_a_quiet_merge(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ),
            account_json("pa_1", "renamed", "{\"requests_per_second\":90,\"max_concurrency\":10}"));
    assert_int_equal(write_state(w), WRITE_CONFLICT);
    account_init(&mine);
    account_copy(&mine, write_target(w));
    write_resolve(w, &mine);
    account_finish(&mine);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    assert_int_equal(write_merge(w)->state[FIELD_NAME], MERGE_THEIRS);
    assert_string_equal(write_body(w), "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    write_close(w);
}

/* What could not be read of an account is nothing to send. */
/* Whichever field it is: changed by others alone it is left as it is and not sent; changed by both
 * it is asked about. */
static void test_F16_each_field_is_compared(void **state)
{
    struct fixture *fx = *state;
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i, sent = f == FIELD_NAME ? FIELD_DESCRIPTION : FIELD_NAME;
        struct str mine = STR_INIT, theirs = STR_INIT, other = STR_INIT;
        if (!is_leaf(f))
            continue;
        every_field_but(f, 0, &mine);
        every_field_but(f, 1, &theirs);
        every_field_but(sent, 0, &other);
        struct write *w = start(fx, JOURNAL_UPDATE, EVERY_FIELD, str_text(&other));
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), str_text(&theirs));
        assert_int_equal(write_state(w), WRITE_PREVIEW);
        for (int n = 0; n < FIELD_COUNT; n++)
            assert_int_equal(write_fields(w)->has[n], n == (int)sent);
        assert_int_equal(write_merge(w)->state[f], MERGE_THEIRS);
        assert_true(value_eq(f, &write_target(w)->v[f], &write_server(w)->v[f]));
        write_close(w);
        turn(fx);
        w = start(fx, JOURNAL_UPDATE, EVERY_FIELD, str_text(&mine));
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), str_text(&theirs));
        /* Of yes and no there is no third: both want the same. */
        if (field_info(f)->type == FT_BOOL) {
            assert_done(w, WRITE_NO_CHANGE);
        } else {
            assert_int_equal(write_state(w), WRITE_CONFLICT);
            assert_int_equal(write_merge(w)->state[f], MERGE_CONFLICT);
        }
        write_close(w);
        turn(fx);
        str_finish(&mine);
        str_finish(&theirs);
        str_finish(&other);
    }
}

static void test_a_wrong_type_is_not_sent(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(
        fx, JOURNAL_UPDATE, before(),
        account_json("pa_1", "az-gpt", "{\"requests_per_second\":\"many\",\"burst_size\":7}"));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_string_equal(write_body(w), "{\"rate_limit_policy\":{\"burst_size\":7}}");
    write_close(w);
}

/* A create sends what it has, null included, and nothing that is the server's. */
static void test_the_fields_of_a_create(void **state)
{
    struct fixture *fx = *state;
    struct write *w = start(fx, JOURNAL_CREATE, NULL,
                            "{\"provider_account_id\":\"pa_7\",\"name\":\"n\",\"region\":null,"
                            "\"status\":\"active\",\"created_at\":\"x\"}");
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    assert_string_equal(write_body(w), "{\"name\":\"n\",\"region\":null}");
    assert_int_equal(count_of(write_fields(w)), 2);
    assert_string_equal(write_account_id(w), "");
    write_close(w);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_gone),
        TEST(test_unreachable),
        TEST(test_another_account),
        TEST(test_garbage),
        TEST(test_an_id_that_leads_nowhere),
        TEST(test_F09_refused_and_then_unreachable),
        TEST(test_F09_refused_and_then_unreadable),
        TEST(test_F09_a_refused_one_is_not_taken_up),
        TEST(test_F09_a_refusal_is_told),
        TEST(test_F09_a_refused_delete),
        TEST(test_F16_a_choice_beside_a_quiet_merge),
        TEST(test_F16_each_field_is_compared),
        TEST(test_a_wrong_type_is_not_sent),
        TEST(test_the_fields_of_a_create),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
