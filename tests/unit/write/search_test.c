/* search_test.c: the search for a new account whose creation nobody answered: which record is it,
 * which is not, what is asked about, and when it has to begin again. */
#include "machine_rig.h"

#define AT "2025-10-20T14:02:07Z"

/* One page that is all of the list. */
static void answer_list(struct fixture *fx, const char *a, const char *b)
{
    const char *page[] = {a, b, NULL};
    answer_page(fx, page, NULL, fx->manual.wall_ms);
}

static void assert_not_seen(struct fixture *fx, struct write *w)
{
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_string_equal(write_error(w)->next, "it is watched; a create is never sent again");
    write_release(w);
    write_close(w);
    turn(fx);
}

static void test_which_is_not_it(void **state)
{
    struct fixture *fx = *state;
    char id[200], longest[500];
    memset(id, 'x', sizeof id);
    id[160] = 0;
    snprintf(longest, sizeof longest, "%s", created(id, AT));
    static const char another[] = "{\"provider_account_id\":\"pa_9\",\"name\":\"other\","
                                  "\"provider_type\":\"openai\",\"credentials_ref\":\"vault/n\"}";
    const char *const records[] = {
        another,                                                  /* another name */
        created("", AT),                                          /* no id */
        longest,                                                  /* one that has no room */
        created("pa_9", "2025-10-20T13:57:00Z"),                  /* made before */
        "{\"provider_account_id\":\"pa_9\",\"name\":\"new-one\"", /* cut */
        "{\"provider_account_id\":7,\"name\":\"new-one\"}",       /* a wrong type */
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct write *w = create_to_search(fx);
        answer_list(fx, records[i], NULL);
        assert_not_seen(fx, w);
    }
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), sizeof records / sizeof *records);
}

/* A bad record is no account, whatever it looks like. */
static void test_a_bad_record(void **state)
{
    struct fixture *fx = *state;
    struct error bad;
    struct write *w = create_to_search(fx);
    struct api_call *c = fake_last(&fx->api, ENDPOINT_LIST);
    error_set(&bad, ST_PARSE, "bad");
    c->events->record(c->ctx, span_of(created("pa_9", AT)), &bad, c->started);
    answer_list(fx, NULL, NULL);
    assert_not_seen(fx, w);
}

/* One whose time cannot be read is asked about, even when it is the only one. */
static void test_one_without_a_time_is_asked_about(void **state)
{
    struct fixture *fx = *state;
    struct error err;
    const char *ids[2];
    struct write *w = create_to_search(fx);
    answer_list(fx, created("pa_9", "yesterday"), NULL);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_int_equal(write_outcome(w), WRITE_NONE);
    assert_string_equal(write_error(w)->what, "1 account could be the new one: pa_9");
    assert_int_equal(write_candidates(w, ids, 2), 1);
    assert_string_equal(ids[0], "pa_9");
    assert_int_equal(write_adopt(w, "pa_8", &err), ST_NOT_FOUND);
    assert_string_equal(err.what, "pa_8 is not one of the accounts in question");
    assert_int_equal(write_adopt(w, "pa_9", &err), ST_OK);
    assert_done(w, WRITE_APPLIED);
    assert_true(fleet_find(fx->fleet, span_of("pa_9")) != ROW_NONE);
    assert_int_equal(write_candidates(w, ids, 2), 0);
    assert_int_equal(write_adopt(w, "pa_9", &err), ST_NOT_FOUND);
    assert_string_equal(last_entry(fx).account_id, "pa_9");
    write_close(w);
}

/* Eight are asked about; more of them are no more help. */
static void test_no_more_than_eight_are_asked_about(void **state)
{
    struct fixture *fx = *state;
    const char *ids[16];
    char records[12][300];
    const char *page[13] = {NULL};
    struct write *w = create_to_search(fx);
    for (int i = 0; i < 12; i++) {
        char id[16];
        snprintf(id, sizeof id, "pb_%d", i);
        snprintf(records[i], sizeof records[i], "%s", created(id, AT));
        page[i] = records[i];
    }
    page[3] = records[2]; /* one that comes twice is one */
    answer_page(fx, page, NULL, fx->manual.wall_ms);
    assert_int_equal(write_candidates(w, ids, 16), 8);
    assert_string_equal(ids[3], "pb_4");
    assert_int_equal(write_candidates(w, ids, 1), 8); /* how many there are */
    assert_non_null(strstr(write_error(w)->what, "8 accounts could be the new one: pb_0, pb_1"));
    write_release(w);
    write_close(w);
}

/* Two creates of the same account at once: what one has found the other does not take. */
static void test_two_of_them_do_not_share_an_account(void **state)
{
    struct fixture *fx = *state;
    struct write *first = create_to_search(fx);
    answer_list(fx, created("pa_9", AT), NULL);
    assert_done(first, WRITE_APPLIED); /* and held: not closed */
    fleet_clear(fx->fleet);
    struct write *w = create_to_search(fx);
    answer_list(fx, created("pa_9", AT), NULL);
    assert_not_seen(fx, w);
    write_close(first);
}

/* A page that is asked for again brings its records again; those before it stay. */
static void test_a_page_that_begins_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *first[] = {created("pa_8", AT), NULL}, *second[] = {created("pa_9", AT), NULL};
    answer_page(fx, first, "next", fx->manual.wall_ms);
    struct api_call *c = fake_last(&fx->api, ENDPOINT_LIST);
    c->events->cursor(c->ctx, span_of("never"));
    c->events->record(c->ctx, span_of(created("pa_7", AT)), NULL, c->started);
    c->events->restart(c->ctx);
    answer_page(fx, second, NULL, fx->manual.wall_ms);
    assert_string_equal(write_error(w)->what, "2 accounts could be the new one: pa_8, pa_9");
    write_release(w);
    write_close(w);
}

/* The list cannot be read: what was found is not the whole, and is forgotten. */
static void test_a_list_that_fails(void **state)
{
    struct fixture *fx = *state;
    const char *ids[2];
    struct write *w = create_to_search(fx);
    const char *first[] = {created("pa_8", AT), NULL};
    answer_page(fx, first, "next", fx->manual.wall_ms);
    fake_fail(fake_last(&fx->api, ENDPOINT_LIST), ST_SERVER, 503, true);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_non_null(strstr(write_error(w)->what, "the list could not be searched: fake "));
    assert_int_equal(write_candidates(w, ids, 2), 0);
    advance(fx, 2000);
    assert_string_equal(fake_last(&fx->api, ENDPOINT_LIST)->cursor, ""); /* from the first page */
    answer_list(fx, created("pa_9", AT), NULL);
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* Without a Date of the server's, clocks may be five minutes apart. */
static void test_clocks_that_are_off(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_search(fx);
    const char *page[] = {created("pa_9", "2025-10-20T13:57:08Z"), NULL};
    answer_page(fx, page, NULL, WHEN_NONE);
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_which_is_not_it),
        TEST(test_a_bad_record),
        TEST(test_one_without_a_time_is_asked_about),
        TEST(test_no_more_than_eight_are_asked_about),
        TEST(test_two_of_them_do_not_share_an_account),
        TEST(test_a_page_that_begins_again),
        TEST(test_a_list_that_fails),
        TEST(test_clocks_that_are_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
