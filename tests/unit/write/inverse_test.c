/* inverse_test.c: what takes a write back, from its entry alone. */
#include "write/inverse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MORE            "\"provider_type\":\"openai\",\"credentials_ref\":\"vault/a\",\"enabled\":true"
#define ACCOUNT(policy) "{\"provider_account_id\":\"pa_1\",\"name\":\"a\"," policy MORE "}"
#define RATE(text)      "\"rate_limit_policy\":" text ","

static struct journal_entry entry_of(enum journal_kind kind, const char *base, const char *after)
{
    struct journal_entry e = {.op = 12,
                              .kind = kind,
                              .outcome = JOURNAL_APPLIED,
                              .account_id = "pa_1",
                              .account_name = "a",
                              .base = base,
                              .after = after};
    return e;
}

/* The body that the inverse would send as things stand. */
static void body_of(const struct inverse *inverse, struct str *out)
{
    struct field_set which;
    diff_settable(&inverse->base, &inverse->mine, &which);
    patch_body(&inverse->base, &inverse->mine, &which, PATCH_PARTIAL, out);
}

static void test_an_update_is_put_back_with_what_came_along(void **state)
{
    struct inverse inverse;
    struct error err;
    struct str body = STR_INIT;
    struct journal_entry e =
        entry_of(JOURNAL_UPDATE,
                 ACCOUNT(RATE("{\"requests_per_second\":80,\"requests_per_minute\":null,"
                              "\"burst_size\":9}")),
                 ACCOUNT(RATE("{\"requests_per_second\":120,\"requests_per_minute\":600,"
                              "\"burst_size\":9}")));
    (void)state;
    inverse_init(&inverse);
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_OK);
    assert_int_equal(inverse.kind, JOURNAL_UPDATE);
    assert_int_equal(inverse.undoes, 12);
    body_of(&inverse, &body);
    assert_string_equal(str_text(&body), "{\"rate_limit_policy\":{\"requests_per_second\":80,"
                                         "\"requests_per_minute\":null}}");
    assert_string_equal(inverse.note, "");
    struct write_spec spec = inverse_spec(&inverse);
    assert_int_equal(spec.undoes, 12);
    assert_ptr_equal(spec.base, &inverse.base);
    str_finish(&body);
    inverse_finish(&inverse);
}

/* Absent before: null clears it; tags become none. What cannot be cleared is named. */
static void test_what_was_not_there_is_cleared(void **state)
{
    struct inverse inverse;
    struct error err;
    struct str body = STR_INIT;
    struct journal_entry e = entry_of(
        JOURNAL_UPDATE, ACCOUNT(""),
        ACCOUNT(RATE("{\"requests_per_second\":120,\"burst_size\":9}") "\"description\":\"d\","
                                                                       "\"tags\":{\"k\":\"v\"},"));
    (void)state;
    inverse_init(&inverse);
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_OK);
    body_of(&inverse, &body);
    assert_string_equal(str_text(&body), "{\"description\":null,\"rate_limit_policy\":"
                                         "{\"requests_per_second\":null},\"tags\":{}}");
    assert_string_equal(inverse.note, "cannot be put back: Burst size");
    str_finish(&body);
    inverse_finish(&inverse);
}

/* Without a copy as read back, what was asked for is what was left there. */
static void test_an_update_without_its_readback(void **state)
{
    struct inverse inverse;
    struct error err;
    struct str body = STR_INIT;
    struct journal_entry e =
        entry_of(JOURNAL_UPDATE, ACCOUNT(RATE("{\"requests_per_second\":80}")), NULL);
    (void)state;
    e.target = ACCOUNT(RATE("{\"requests_per_second\":120}"));
    inverse_init(&inverse);
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_OK);
    body_of(&inverse, &body);
    assert_string_equal(str_text(&body), "{\"rate_limit_policy\":{\"requests_per_second\":80}}");
    str_finish(&body);
    inverse_finish(&inverse);
}

static void test_a_delete_is_created_again_whole(void **state)
{
    struct inverse inverse;
    struct error err;
    struct str body = STR_INIT;
    struct journal_entry e =
        entry_of(JOURNAL_DELETE,
                 ACCOUNT(RATE("{\"requests_per_second\":80}") "\"created_at\":\"x\","), NULL);
    (void)state;
    inverse_init(&inverse);
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_OK);
    assert_int_equal(inverse.kind, JOURNAL_CREATE);
    create_body(&inverse.mine, &body);
    assert_string_equal(str_text(&body),
                        "{\"name\":\"a\",\"provider_type\":\"openai\","
                        "\"credentials_ref\":\"vault/a\","
                        "\"rate_limit_policy\":{\"requests_per_second\":80},\"enabled\":true}");
    assert_string_equal(inverse.note,
                        "the account is created again and gets a new id; pa_1 does not come back");
    assert_null(inverse_spec(&inverse).base);
    str_finish(&body);
    inverse_finish(&inverse);
}

static void test_a_create_is_deleted(void **state)
{
    struct inverse inverse;
    struct error err;
    struct journal_entry e = entry_of(JOURNAL_CREATE, NULL, ACCOUNT(""));
    (void)state;
    inverse_init(&inverse);
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_OK);
    assert_int_equal(inverse.kind, JOURNAL_DELETE);
    assert_true(span_is(account_id(&inverse.base), "pa_1"));
    e.after = NULL;
    assert_int_equal(inverse_make(&inverse, &e, &err), ST_PARSE);
    inverse_finish(&inverse);
}

/* What is not known to have happened is not taken back. */
static void test_what_cannot_be_undone(void **state)
{
    static const struct {
        enum journal_kind kind;
        enum journal_outcome outcome;
        enum status status;
        const char *words;
    } cases[] = {
        {JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, ST_USAGE, "was not applied"},
        {JOURNAL_UPDATE, JOURNAL_RELEASED, ST_USAGE, "not known"},
        {JOURNAL_UPDATE, JOURNAL_OPEN, ST_UNKNOWN, "not settled yet"},
        {JOURNAL_UPDATE, JOURNAL_UNKNOWN, ST_UNKNOWN, "not settled yet"},
        {JOURNAL_DELETE, JOURNAL_NOT_SEEN, ST_UNKNOWN, "not settled yet"},
        {JOURNAL_CREATE, JOURNAL_CONFLICT, ST_UNKNOWN, "not settled yet"},
        {JOURNAL_DELETE, JOURNAL_DIFFERENT, ST_USAGE, "still there"},
    };
    struct inverse inverse;
    struct error err;
    (void)state;
    inverse_init(&inverse);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct journal_entry e = entry_of(cases[i].kind, ACCOUNT(""), ACCOUNT(""));
        e.outcome = cases[i].outcome;
        assert_int_equal(inverse_make(&inverse, &e, &err), cases[i].status);
        assert_non_null(strstr(err.what, cases[i].words));
    }
    inverse_finish(&inverse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_update_is_put_back_with_what_came_along),
        cmocka_unit_test(test_what_was_not_there_is_cleared),
        cmocka_unit_test(test_an_update_without_its_readback),
        cmocka_unit_test(test_a_delete_is_created_again_whole),
        cmocka_unit_test(test_a_create_is_deleted),
        cmocka_unit_test(test_what_cannot_be_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
