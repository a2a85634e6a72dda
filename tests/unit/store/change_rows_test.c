/* change_rows_test.c: an observed change as a row: what its columns say, what they say nothing of,
 * and that a secret is masked wherever it is shown. */
#include "store/change_rows.h"

#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SEEN 1760968927000 /* 2025-10-20T14:02:07Z */

static struct change change_of(enum field field, const char *before, const char *after)
{
    return (struct change){.number = 3,
                           .seen_wall_ms = SEEN,
                           .since_wall_ms = SEEN - 60000,
                           .kind = CHANGE_FIELD,
                           .account = span_of("pa_1"),
                           .name = span_of("was \"a\""),
                           .field = field,
                           .before = span_of(before),
                           .after = span_of(after)};
}

static void get_account(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)owner;
    assert_int_equal(row, 9);
    *out = field == FIELD_REGION ? value_text(span_of("eu")) : value_text(span_of("now"));
}

static void assert_cell(const struct column_set *set, const struct change_row *row,
                        const char *column, const char *want)
{
    struct row_source source = change_row_source(row);
    struct value v;
    const struct column *c = column_find(set, span_of(column));
    assert_non_null(c);
    column_get(c, &source, &v);
    if (!want)
        assert_int_equal(v.presence, PRESENCE_ABSENT);
    else if (!value_known(&v) || !span_is(v.text, want))
        fail_msg("%s: \"%.*s\", wanted \"%s\"", column, (int)v.text.len, v.text.p, want);
}

static void test_columns_of_a_change(void **state)
{
    struct column_set *set = change_columns_create();
    const struct row_source account = {.get = get_account, .row = 9};
    struct change c = change_of(FIELD_RPS, "80", "null");
    struct change_row row;
    struct value v;
    (void)state;
    change_row_init(&row);
    change_row_set(&row, &c, &account);
    assert_cell(set, &row, "seen", "2025-10-20T14:02:07Z");
    assert_cell(set, &row, "since", "2025-10-20T14:01:07Z");
    assert_cell(set, &row, "change", "changed");
    assert_cell(set, &row, "field", "rate.rps");
    assert_cell(set, &row, "before", "80 requests/s");
    assert_cell(set, &row, "after", "none");
    assert_cell(set, &row, "id", "pa_1");
    assert_cell(set, &row, "name", "was \"a\""); /* as it was then */
    assert_cell(set, &row, "region", "eu");      /* as it is now */
    struct row_source source = change_row_source(&row);
    column_get(column_find(set, span_of("seen")), &source, &v);
    assert_int_equal(v.i, SEEN); /* compared as a time */
    change_row_finish(&row);
    column_set_destroy(set);
}

/* The same row for another change: nothing of the first is left. */
static void test_one_that_is_gone(void **state)
{
    struct column_set *set = change_columns_create();
    struct change c = change_of(FIELD_RPS, "80", "90");
    struct change_row row;
    (void)state;
    change_row_init(&row);
    change_row_set(&row, &c, NULL);
    c.kind = CHANGE_GONE;
    c.field = FIELD_NONE;
    c.before = c.after = span_of("");
    change_row_set(&row, &c, NULL);
    assert_cell(set, &row, "change", "gone");
    assert_cell(set, &row, "field", NULL);
    assert_cell(set, &row, "before", NULL);
    assert_cell(set, &row, "after", NULL);
    assert_cell(set, &row, "region", NULL); /* there is no account to ask */
    assert_cell(set, &row, "id", "pa_1");
    c.kind = CHANGE_NEW;
    change_row_set(&row, &c, NULL);
    assert_cell(set, &row, "change", "new");
    change_row_finish(&row);
    column_set_destroy(set);
}

static void test_as_a_reader_is_shown_it(void **state)
{
    static const struct {
        enum field field;
        const char *json, *masked, *revealed;
    } cases[] = {
        {FIELD_QUOTA_TOKENS, "500000000", "500,000,000", NULL}, /* a member of a group */
        {FIELD_RPS, "null", "none", NULL},
        {FIELD_RPS, "", "-", NULL},                    /* was not there */
        {FIELD_NAME, "\"a\\u001bb\"", "a\033b", NULL}, /* raw: made safe before a sink */
        {FIELD_ENABLED, "false", "no", NULL},
        {FIELD_TAGS, "{\"k\":\"v\"}", "k=v", NULL},
        {FIELD_CREDENTIALS_REF, "\"vault/x\"", "********", "vault/x"},
        {FIELD_CREDENTIALS_REF, "null", "none", NULL}, /* that there is none is no secret */
        {FIELD_CREDENTIALS_REF, "", "-", NULL},
        {FIELD_NAME, "{broken", "{broken", NULL}, /* what cannot be read is shown as it is */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int reveal = 0; reveal < 2; reveal++) {
            struct str text = STR_INIT;
            const char *want = reveal && cases[i].revealed ? cases[i].revealed : cases[i].masked;
            struct change c = change_of(cases[i].field, reveal ? cases[i].json : "1",
                                        reveal ? "1" : cases[i].json);
            change_show(&c, !reveal, reveal, &text);
            if (!strstr(str_text(&text), want) || (i != 0 && strcmp(str_text(&text), want) != 0))
                fail_msg("%s: \"%s\", wanted \"%s\"", cases[i].json, str_text(&text), want);
            str_finish(&text);
        }
    }
}

static void test_as_json(void **state)
{
    struct change c = change_of(FIELD_RPS, "", "9007199254740993");
    struct str text = STR_INIT;
    (void)state;
    change_json(&c, &text);
    assert_string_equal(str_text(&text),
                        "{\"seen\":\"2025-10-20T14:02:07Z\",\"since\":\"2025-10-20T14:01:07Z\","
                        "\"change\":\"changed\",\"provider_account_id\":\"pa_1\","
                        "\"name\":\"was \\\"a\\\"\","
                        "\"field\":\"rate_limit_policy.requests_per_second\","
                        "\"after\":9007199254740993}"); /* absent is left out, digits stay */
    c.kind = CHANGE_GONE;
    str_clear(&text);
    change_json(&c, &text);
    assert_null(strstr(str_text(&text), "field"));
    assert_null(strstr(str_text(&text), "after"));
    str_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_of_a_change),
        cmocka_unit_test(test_one_that_is_gone),
        cmocka_unit_test(test_as_a_reader_is_shown_it),
        cmocka_unit_test(test_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
