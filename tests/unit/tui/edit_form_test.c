/* edit_form_test.c: what was typed and what it means: only what changed is sent, an error loses
 * nothing, and the server's newer copy goes under what was not touched. */
#include "tui/screens/edit_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"one\",\"provider_type\":\"openai\","
    "\"credentials_ref\":\"kv/1\",\"region\":\"eu\",\"enabled\":true,"
    "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,\"max_requests_per_month\":null,"
    "\"current_month_tokens\":5,\"current_month_requests\":1},"
    "\"rate_limit_policy\":{\"requests_per_second\":80,\"queue_timeout_seconds\":300},"
    "\"tags\":{\"env\":\"prod\"}}";

static void open_form(struct edit_form *f, enum edit_mode mode, const char *text)
{
    struct account from;
    struct error err;
    account_init(&from);
    if (text && account_decode(&from, span_of(text), &err))
        fail_msg("%s", err.what);
    edit_form_init(f, mode, &from, false);
    edit_form_read(f);
    account_finish(&from);
}

static void type(struct edit_form *f, enum field field, const char *text)
{
    form_set_value(form_row(&f->form, (int)field), span_of(text));
    edit_form_read(f);
}

static const char *error_of(struct edit_form *f, enum field field)
{
    return str_text(&form_row(&f->form, (int)field)->error);
}

static void body_is(struct edit_form *f, enum patch_policies policies, const char *want)
{
    struct str body = STR_INIT;
    edit_form_body(f, policies, &body);
    assert_string_equal(str_text(&body), want);
    str_finish(&body);
}

static void test_only_what_changed(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    assert_int_equal(f.changed, 0);
    assert_int_equal(f.touched, 0);
    body_is(&f, PATCH_PARTIAL, "{}");
    type(&f, FIELD_RPS, "120");
    body_is(&f, PATCH_PARTIAL, "{\"rate_limit_policy\":{\"requests_per_second\":120}}");
    type(&f, FIELD_RPS, "80"); /* as it was, however it got there */
    assert_int_equal(f.changed, 0);
    body_is(&f, PATCH_PARTIAL, "{}");
    type(&f, FIELD_QUEUE_TIMEOUT, "2m");
    type(&f, FIELD_RPS, "none");
    assert_int_equal(f.changed, 2);
    body_is(&f, PATCH_PARTIAL,
            "{\"rate_limit_policy\":{\"requests_per_second\":null,\"queue_timeout_seconds\":120}}");
    assert_string_equal(str_text(&form_row(&f.form, FIELD_RPS)->was), "was 80");
    form_focus(&f.form, FIELD_RPS);
    edit_form_revert(&f);
    edit_form_read(&f);
    assert_int_equal(f.changed, 1);
    edit_form_finish(&f);
}

/* A number beyond a double's digits stays as it came beside a change of its neighbour. */
static void test_digits_are_kept(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    type(&f, FIELD_QUOTA_REQUESTS, "4M");
    body_is(&f, PATCH_PARTIAL, "{\"quota_policy\":{\"max_requests_per_month\":4000000}}");
    body_is(&f, PATCH_WHOLE,
            "{\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
            "\"max_requests_per_month\":4000000}}");
    edit_form_finish(&f);
}

static void test_errors_lose_nothing(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    type(&f, FIELD_RPS, "12x");
    assert_non_null(strstr(error_of(&f, FIELD_RPS), "not a number"));
    assert_true(span_is(form_value(form_row(&f.form, FIELD_RPS)), "12x"));
    assert_int_equal(f.mine.v[FIELD_RPS].i, 80); /* what cannot be read is not sent */
    type(&f, FIELD_RPS, "0");
    assert_true(error_of(&f, FIELD_RPS)[0]); /* its range begins at 1 */
    type(&f, FIELD_RPS, "");
    assert_non_null(strstr(error_of(&f, FIELD_RPS), "none"));
    type(&f, FIELD_QUOTA_TOKENS, "0");
    assert_string_equal(error_of(&f, FIELD_QUOTA_TOKENS), ""); /* zero is a limit */
    type(&f, FIELD_RPS, "81");
    assert_int_equal(form_error_count(&f.form), 0);
    edit_form_finish(&f);
}

/* What the server refused stands until its field is touched, and is no error of ours. */
static void test_refused_by_the_server(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    type(&f, FIELD_NAME, "two");
    assert_true(edit_form_refuse(&f, FIELD_NAME, span_of("taken")));
    assert_string_equal(error_of(&f, FIELD_NAME), "the server: taken");
    edit_form_read(&f);
    assert_string_equal(error_of(&f, FIELD_NAME), "the server: taken");
    form_focus(&f.form, FIELD_NAME);
    edit_form_touched(&f);
    assert_string_equal(error_of(&f, FIELD_NAME), "");
    /* Another field may be what mends it: a review asks the server again. */
    assert_true(edit_form_refuse(&f, FIELD_BURST, span_of("below requests_per_second")));
    edit_form_require(&f);
    assert_int_equal(form_error_count(&f.form), 0);
    assert_false(edit_form_refuse(&f, FIELD_STATUS, span_of("x"))); /* no such row */
    assert_false(edit_form_refuse(&f, FIELD_NONE, span_of("x")));
    edit_form_finish(&f);
}

static void test_rebase(void **state)
{
    struct edit_form f;
    struct account server;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    type(&f, FIELD_RPS, "120");
    account_init(&server);
    account_copy(&server, &f.base);
    struct value region = value_text(span_of("us")), rps = value_int(90);
    account_set(&server, FIELD_REGION, &region);
    account_set(&server, FIELD_RPS, &rps);
    edit_form_rebase(&f, &server);
    edit_form_read(&f);
    assert_true(span_is(form_value(form_row(&f.form, FIELD_REGION)), "us"));
    assert_true(span_is(form_value(form_row(&f.form, FIELD_RPS)), "120")); /* mine stays */
    assert_string_equal(str_text(&form_row(&f.form, FIELD_RPS)->was), "was 90");
    assert_int_equal(f.changed, 1);
    account_finish(&server);
    edit_form_finish(&f);
}

static void test_create_and_clone(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CREATE, NULL);
    assert_int_equal(f.touched, 0); /* nothing would be lost by leaving */
    assert_int_equal(form_error_count(&f.form), 0);
    assert_int_equal(form_needed_count(&f.form), 3); /* marked before anything is asked */
    edit_form_require(&f);
    assert_int_equal(form_error_count(&f.form), 3); /* name, provider, credentials */
    type(&f, FIELD_NAME, "new");
    type(&f, FIELD_PROVIDER_TYPE, "openai");
    type(&f, FIELD_CREDENTIALS_REF, "kv/2");
    assert_int_equal(form_error_count(&f.form), 0);
    assert_int_equal(form_needed_count(&f.form), 0);
    assert_int_equal(f.touched, 3);
    type(&f, FIELD_PROVIDER_TYPE, "own-one"); /* the set is open: a warning, and it is sent */
    assert_int_equal(form_error_count(&f.form), 0);
    assert_int_equal(form_warning_count(&f.form), 1);
    edit_form_finish(&f);
    open_form(&f, EDIT_CLONE, json);
    assert_true(span_is(form_value(form_row(&f.form, FIELD_NAME)), ""));
    assert_true(span_is(form_value(form_row(&f.form, FIELD_CREDENTIALS_REF)), ""));
    assert_true(span_is(form_value(form_row(&f.form, FIELD_ENABLED)), "no"));
    assert_true(span_is(form_value(form_row(&f.form, FIELD_RPS)), "80"));
    edit_form_finish(&f);
}

/* Beside the known values those in use: each once, and in the hint. */
static void test_offers_what_is_in_use(void **state)
{
    const struct span words[] = {span_of("acme_llm"), span_of("openai"), span_of(""),
                                 span_of("acme_llm"), span_of("evil\x1b[2J")};
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    struct form_row *row = form_row(&f.form, FIELD_PROVIDER_TYPE);
    assert_non_null(strstr(row->hint, "Space: openai, "));
    assert_null(strstr(row->hint, "acme_llm"));
    edit_form_offer(&f, FIELD_PROVIDER_TYPE, words, 5);
    size_t n = 0, acme = 0, openai = 0;
    for (; row->choices[n]; n++) {
        acme += strcmp(row->choices[n], "acme_llm") == 0;
        openai += strcmp(row->choices[n], "openai") == 0;
        assert_null(strchr(row->choices[n], 0x1b));
    }
    assert_int_equal(acme, 1);
    assert_int_equal(openai, 1);
    assert_non_null(strstr(row->hint, ", acme_llm"));
    edit_form_offer(&f, FIELD_PROVIDER_TYPE, words, 0); /* again, without them */
    assert_null(strstr(row->hint, "acme_llm"));
    edit_form_offer(&f, FIELD_NAME, words, 5); /* a plain text offers nothing */
    assert_null(form_row(&f.form, FIELD_NAME)->choices);
    edit_form_finish(&f);
}

static void hint_has(struct edit_form *f, enum field field, const char *words)
{
    const char *hint = form_row(&f->form, (int)field)->hint;
    if (!strstr(hint, words))
        fail_msg("%s: %s", field_info(field)->key, hint);
}

/* A field left empty and one that says none are two things; which, is said where they are typed. */
static void test_what_empty_means_is_said(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CREATE, NULL);
    hint_has(&f, FIELD_QUOTA_TOKENS, "empty: the server's default (none); none sends null; ");
    hint_has(&f, FIELD_CONCURRENCY, "empty: the server's default (10); ");
    hint_has(&f, FIELD_REGION, "empty: not sent; none sends null; ");
    assert_null(strstr(form_row(&f.form, FIELD_NAME)->hint, "empty"));
    hint_has(&f, FIELD_CREDENTIALS_REF, "seen only while the cursor is here");
    type(&f, FIELD_NAME, "n");
    type(&f, FIELD_RPS, "none");
    body_is(
        &f, PATCH_PARTIAL,
        "{\"name\":\"n\",\"rate_limit_policy\":{\"requests_per_second\":null},\"enabled\":true}");
    edit_form_finish(&f);
    open_form(&f, EDIT_CHANGE, json);
    hint_has(&f, FIELD_REGION, "empty or none sends null; ");
    type(&f, FIELD_REGION, "");
    body_is(&f, PATCH_PARTIAL, "{\"region\":null}");
    edit_form_finish(&f);
}

static void test_a_clone_says_that_it_is_disabled(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CLONE, json);
    const struct form_row *row = form_row(&f.form, FIELD_ENABLED);
    assert_string_equal(str_text(&row->was), "a clone begins disabled");
    type(&f, FIELD_ENABLED, "yes");
    assert_string_equal(str_text(&row->was), "");
    edit_form_finish(&f);
}

/* Blanks around a text change nothing, and blanks alone are not something typed. */
static void test_blanks_say_nothing(void **state)
{
    struct edit_form f;
    (void)state;
    open_form(&f, EDIT_CHANGE, json);
    type(&f, FIELD_DESCRIPTION, "  ");
    assert_int_equal(f.touched, 0);
    assert_int_equal(f.changed, 0);
    type(&f, FIELD_NAME, " one ");
    assert_int_equal(f.changed, 0);
    type(&f, FIELD_NAME, " two ");
    assert_int_equal(f.changed, 1);
    edit_form_finish(&f);
    open_form(&f, EDIT_CREATE, NULL);
    size_t before = f.changed;
    type(&f, FIELD_DESCRIPTION, " ");
    assert_int_equal(f.changed, before);
    edit_form_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_changed),
        cmocka_unit_test(test_digits_are_kept),
        cmocka_unit_test(test_errors_lose_nothing),
        cmocka_unit_test(test_refused_by_the_server),
        cmocka_unit_test(test_rebase),
        cmocka_unit_test(test_create_and_clone),
        cmocka_unit_test(test_offers_what_is_in_use),
        cmocka_unit_test(test_blanks_say_nothing),
        cmocka_unit_test(test_what_empty_means_is_said),
        cmocka_unit_test(test_a_clone_says_that_it_is_disabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
