/* log_rows_test.c: entries of the journal as rows: found by every column, and as JSON. */
#include "store/log_rows.h"

#include "base/when.h"
#include "model/filter.h"
#include "model/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1760968927000) /* 2025-10-20T14:02:07Z */

static struct journal_entry entry(void)
{
    struct journal_entry e = {.op = 12,
                              .kind = JOURNAL_DELETE,
                              .outcome = JOURNAL_NOT_APPLIED,
                              .account_id = "pa_1",
                              .account_name = "Az-GPT",
                              .operator_name = "op@host",
                              .reason = "INC-42 too \"slow\"",
                              .plan = "7F3A21C9",
                              .note = "refused",
                              .profile = "prod",
                              .intent_wall_ms = NOW - 3600 * 1000,
                              .outcome_wall_ms = WHEN_NONE,
                              .undoes = 7,
                              .base = "{\"name\":\"Az-GPT\"}",
                              .body = "{broken"};
    return e;
}

static bool matches(const char *text)
{
    struct column_set *set = log_columns_create();
    struct filter *filter = NULL;
    struct log_row row;
    struct error err;
    struct journal_entry e = entry();
    log_row_set(&row, &e);
    assert_null(row.entry.base); /* a row keeps no text of others */
    struct row_source source = log_row_source(&row);
    if (filter_parse(set, span_of(text), NOW, &filter, NULL, &err))
        fail_msg("%s: %s", text, err.what);
    bool hit = filter_match(filter, &source);
    filter_destroy(filter);
    column_set_destroy(set);
    return hit;
}

static void test_filters(void **state)
{
    static const struct {
        const char *yes, *no;
    } cases[] = {
        {"op=12", "op>12"},
        {"when<2h", "when<30m"},
        {"operator:op@", "operator=op"},
        {"kind=delete", "kind:update"},
        {"account:gpt", "account=gpt"},
        {"id=pa_1", "id=pa_2"},
        {"outcome=not_applied", "outcome:applied"},
        {"reason:inc-42", "reason:none"},
        {"plan:7f3a", "plan=7f3a"},
        {"undoes=7", "undoes:none"},
        {"what=\"undo of 7\"", "what=delete"},
        {"inc-42", "inc-43"},
        {"!kind=create az-gpt", "profile!=prod"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!matches(cases[i].yes))
            fail_msg("%s", cases[i].yes);
        if (matches(cases[i].no))
            fail_msg("not %s", cases[i].no);
    }
}

/* An account's fields are no columns here. */
static void test_other_words_are_errors(void **state)
{
    static const char *const texts[] = {"provider=x", "tokens>1", "tag:a", "kind=moved"};
    struct column_set *set = log_columns_create();
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct filter *filter = NULL;
        struct error err;
        if (filter_parse(set, span_of(texts[i]), NOW, &filter, NULL, &err) == ST_OK)
            fail_msg("%s", texts[i]);
    }
    column_set_destroy(set);
}

static void test_json(void **state)
{
    struct str text = STR_INIT;
    struct journal_entry e = entry();
    struct error err;
    cJSON *o = NULL;
    (void)state;
    log_json(&e, &text);
    assert_int_equal(json_parse(span_from(&text), &o, &err), ST_OK);
    assert_string_equal(json_get_string(o, "when"), "2025-10-20T13:02:07Z");
    assert_string_equal(json_get_string(o, "reason"), "INC-42 too \"slow\"");
    assert_string_equal(json_get_string(json_get(o, "base"), "name"), "Az-GPT");
    assert_true(cJSON_IsNull(json_get(o, "body"))); /* what is broken does not break the whole */
    assert_true(cJSON_IsNull(json_get(o, "settled")));
    assert_true(cJSON_IsNull(json_get(o, "after")));
    assert_true(json_get(o, "undoes")->valuedouble == 7);
    cJSON_Delete(o);
    str_finish(&text);
}

/* One word for what is not settled, for people, scripts and filters alike; what was seen is beside
 * it. */
static void test_one_word_for_the_unknown(void **state)
{
    static const struct {
        enum journal_outcome outcome;
        const char *word, *seen;
    } cases[] = {{JOURNAL_UNKNOWN, "unknown", NULL},
                 {JOURNAL_NOT_SEEN, "unknown", "as_before"},
                 {JOURNAL_CONFLICT, "unknown", "something_else"},
                 {JOURNAL_NOT_APPLIED, "not_applied", NULL}};
    struct column_set *set = log_columns_create();
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct journal_entry e = entry();
        struct log_row row = {.when = ""};
        struct str text = STR_INIT;
        cJSON *o = NULL;
        char words[40];
        e.outcome = cases[i].outcome;
        e.outcome_wall_ms = NOW;
        bool settled = journal_settled(e.outcome);
        log_row_set(&row, &e);
        for (int free_text = 0; free_text < 2; free_text++) {
            struct filter *filter = NULL;
            snprintf(words, sizeof words, free_text ? "%s" : "outcome=%s", cases[i].word);
            assert_int_equal(filter_parse(set, span_of(words), NOW, &filter, NULL, &err), ST_OK);
            struct row_source source = log_row_source(&row);
            assert_true(filter_match(filter, &source));
            filter_destroy(filter);
        }
        log_json(&e, &text);
        assert_int_equal(json_parse(span_from(&text), &o, &err), ST_OK);
        assert_string_equal(json_get_string(o, "outcome"), cases[i].word);
        if (cases[i].seen)
            assert_string_equal(json_get_string(o, "seen"), cases[i].seen);
        else
            assert_true(cJSON_IsNull(json_get(o, "seen")));
        assert_true(cJSON_IsNull(json_get(o, settled ? "unknown_since" : "settled")));
        assert_false(cJSON_IsNull(json_get(o, settled ? "settled" : "unknown_since")));
        cJSON_Delete(o);
        str_finish(&text);
    }
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_other_words_are_errors),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_one_word_for_the_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
