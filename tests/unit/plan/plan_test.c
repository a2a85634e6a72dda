/* plan_test.c: a plan's items and sums: what counts as a change, what is left out of the sums, what
 * is warned of and asked for, and items as they were kept. */
#include "plan/plan.h"

#include "base/mem.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    const struct plan_head head = {.origin = "http://x", .org = "o"};
    *state = plan_create(&head);
    return 0;
}

static int tear_down(void **state)
{
    plan_destroy(*state);
    return 0;
}

/* Adds the account with these members; NULL: none. */
static uint32_t add(struct plan *plan, const char *before, const char *after, const char *note)
{
    const char *texts[2] = {before, after};
    struct account a[2];
    struct error err;
    for (int i = 0; i < 2; i++) {
        char json[400];
        snprintf(json, sizeof json,
                 "{\"provider_account_id\":\"p1\",\"name\":\"n\",\"credentials_ref\":\"v\"%s%s}",
                 texts[i] && *texts[i] ? "," : "", texts[i] ? texts[i] : "");
        account_init(&a[i]);
        assert_int_equal(account_decode(&a[i], span_of(json), &err), ST_OK);
    }
    uint32_t n = plan_add(plan, before ? &a[0] : NULL, after ? &a[1] : NULL, note);
    account_finish(&a[0]);
    account_finish(&a[1]);
    return n;
}

#define TOKENS(n) "\"quota_policy\":{\"max_tokens_per_month\":" n "}"

static void test_kinds_and_states(void **state)
{
    struct plan *p = *state;
    assert_int_equal(add(p, "", "\"region\":\"r\"", NULL), 0);
    assert_int_equal(p->items[0].kind, JOURNAL_UPDATE);
    assert_string_equal(p->items[0].target.p, "{\"region\":\"r\"}");
    add(p, "", "", NULL);
    add(p, "", "", "was left out");
    add(p, NULL, "\"region\":\"r\"", NULL);
    add(p, "\"region\":\"r\"", NULL, NULL);
    plan_skip(p, span_of("p9"), span_of("name"), "cannot");
    assert_int_equal(p->items[1].state, PLAN_SAME);
    assert_int_equal(p->items[2].state, PLAN_SKIPPED);
    assert_string_equal(p->items[2].note.p, "was left out");
    assert_int_equal(p->items[3].kind, JOURNAL_CREATE);
    assert_string_equal(p->items[3].id.p, ""); /* none until it is applied */
    assert_string_equal(p->items[3].before.p, "");
    assert_int_equal(p->items[4].kind, JOURNAL_DELETE);
    assert_string_equal(p->items[4].target.p, "");
    assert_int_equal(plan_changes(p), 3);
    assert_int_equal(plan_left(p), 3);
    assert_true(plan_deletes(p));
    assert_int_equal(p->kinds[JOURNAL_UPDATE], 1); /* neither the same nor the skipped */
}

static void test_an_id_of_its_own(void **state)
{
    struct plan *p = *state;
    const struct plan_head given = {.id = "MINE"};
    struct plan *other = plan_create(&given);
    assert_string_equal(other->head.id, "MINE");
    plan_destroy(other);
    for (int i = 0; i < 50; i++) {
        struct plan_head none = p->head;
        none.id[0] = 0;
        other = plan_create(&none);
        assert_int_equal(strlen(other->head.id), 8);
        assert_true(isupper((unsigned char)other->head.id[0])); /* never the number of a write */
        assert_string_not_equal(other->head.id, p->head.id);
        plan_destroy(other);
    }
    plan_destroy(NULL);
}

static void test_sums(void **state)
{
    struct plan *p = *state;
    const struct plan_total *t = &p->totals[FIELD_QUOTA_TOKENS];
    add(p, TOKENS("100"), TOKENS("300"), NULL);
    add(p, TOKENS("50"), TOKENS("50"), NULL);
    add(p, NULL, TOKENS("7"), NULL);             /* from nothing */
    add(p, TOKENS("1000"), NULL, NULL);          /* a delete is not in the sums */
    add(p, TOKENS("null"), TOKENS("9"), NULL);   /* no limit before: not in them either */
    add(p, TOKENS("1e30"), TOKENS("9"), NULL);   /* a number that is not known */
    add(p, TOKENS("100"), TOKENS("null"), NULL); /* goes: nothing stops it any more */
    add(p, TOKENS("null"), TOKENS("null"), NULL);
    add(p, NULL, TOKENS("null"), NULL);
    assert_int_equal(t->before, 150);
    assert_int_equal(t->after, 357);
    assert_int_equal(t->changed, 5);
    assert_int_equal(t->counted, 3);
    assert_int_equal(t->lost, 1);
    assert_int_equal(t->gained, 1);
    assert_int_equal(t->uncounted, 3);
}

/* Beyond int64 the sum is not known, and does not begin anew. */
static void test_a_sum_beyond_its_range(void **state)
{
    struct plan *p = *state;
    add(p, TOKENS("9223372036854775806"), TOKENS("1"), NULL);
    add(p, TOKENS("5"), TOKENS("1"), NULL);
    assert_true(p->totals[FIELD_QUOTA_TOKENS].before == INT64_MAX);
    assert_true(p->totals[FIELD_QUOTA_TOKENS].after == 2);
    add(p, TOKENS("5"), TOKENS("1"), NULL);
    assert_true(p->totals[FIELD_QUOTA_TOKENS].before == INT64_MAX);
}

/* What was already wrong with a field that stays is not this change's. */
static void test_warnings_are_about_the_change(void **state)
{
    struct plan *p = *state;
    static const char low[] = "\"rate_limit_policy\":{\"requests_per_second\":9,\"burst_size\":1}";
    static const char low_too[] =
        "\"region\":\"r\",\"rate_limit_policy\":{\"requests_per_second\":9,\"burst_size\":1}";
    add(p, low, low_too, NULL);
    assert_int_equal(p->items[0].warning_count, 0);
    add(p, "\"rate_limit_policy\":{\"requests_per_second\":9,\"burst_size\":9}", low, NULL);
    assert_int_equal(p->items[1].warning_count, 1);
    assert_non_null(strstr(p->items[1].warnings[0].text, "burst 1"));
    add(p, TOKENS("10"), TOKENS("100"), NULL);
    assert_true(p->items[2].needs_name);
    assert_string_equal(p->items[2].warnings[0].text, "10 times more");
    assert_int_equal(plan_tenfold_left(p), 1);
    assert_int_equal(p->warned, 2);
}

static void test_a_mark_keeps_what_it_does_not_say(void **state)
{
    struct plan *p = *state;
    add(p, "", "\"region\":\"r\"", "note");
    plan_mark(p, 0, PLAN_RUNNING, 7, NULL);
    plan_mark(p, 0, PLAN_APPLIED, 0, NULL);
    assert_int_equal(p->items[0].op, 7);
    assert_string_equal(p->items[0].note.p, "note");
    assert_int_equal(p->states[PLAN_APPLIED], 1);
    assert_int_equal(p->states[PLAN_RUNNING] + p->states[PLAN_WAITING], 0);
    plan_mark(p, 0, PLAN_FAILED, 0, "");
    assert_string_equal(p->items[0].note.p, "");
    assert_int_equal(plan_left(p), 1); /* what failed is tried again */
}

static void test_before_and_after(void **state)
{
    struct plan *p = *state;
    struct account a;
    struct error err;
    account_init(&a);
    add(p, TOKENS("100"), TOKENS("300"), NULL);
    add(p, NULL, TOKENS("1"), NULL);
    add(p, "", NULL, NULL);
    assert_int_equal(plan_item_before(p, 0, &a, &err), ST_OK);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 100);
    assert_true(span_is(account_id(&a), "p1"));
    assert_int_equal(plan_item_after(p, 0, &a, &err), ST_OK);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 300);
    assert_true(span_is(a.v[FIELD_CREDENTIALS_REF].text, "v")); /* and all that stays */
    assert_int_equal(plan_item_before(p, 1, &a, &err), ST_USAGE);
    assert_string_equal(err.what, "there was no account before");
    assert_int_equal(plan_item_after(p, 2, &a, &err), ST_USAGE);
    assert_string_equal(err.what, "the account is to go");
    account_finish(&a);
}

static void test_the_fields_of_an_item(void **state)
{
    struct plan *p = *state;
    struct plan_field fields[1];
    struct arena mem;
    arena_init(&mem);
    add(p, TOKENS("100"), TOKENS("300") ",\"region\":\"r\"", NULL);
    fields[0].field = FIELD_NONE;
    assert_int_equal(plan_item_fields(p, 0, SHOW_FULL, false, &mem, fields, 0), 2);
    assert_int_equal(fields[0].field, FIELD_NONE); /* there was no room */
    assert_int_equal(plan_item_fields(p, 0, SHOW_FULL, false, &mem, fields, 1), 2);
    assert_string_equal(fields[0].old, "-");
    add(p, NULL, "", NULL);
    struct plan_field all[FIELD_COUNT];
    for (int reveal = 0; reveal < 2; reveal++) {
        size_t n = plan_item_fields(p, 1, SHOW_FULL, reveal, &mem, all, FIELD_COUNT);
        assert_int_equal(n, 2);
        assert_string_equal(all[0].old, "");
        assert_string_equal(all[n - 1].now, reveal ? "v" : "********");
    }
    add(p, "", NULL, NULL);
    assert_int_equal(plan_item_fields(p, 2, SHOW_FULL, false, &mem, all, FIELD_COUNT), 0);
    assert_int_equal(p->changed[FIELD_QUOTA_TOKENS], 1); /* not by the create, nor the delete */
    assert_int_equal(p->changed[FIELD_REGION], 1);
    assert_int_equal(p->changed[FIELD_NAME], 0);
    arena_finish(&mem);
}

/* Out of a file or the state directory: what cannot be is refused, what can is counted. */
static void test_kept_items(void **state)
{
    struct plan *p = *state;
    struct error err;
    const struct plan_warning warning = {FIELD_RPS, "a warning"};
    struct plan_item item = {.kind = JOURNAL_UPDATE,
                             .state = PLAN_APPLIED,
                             .id = span_of("p1"),
                             .name = span_of("n"),
                             .before = span_of("{" TOKENS("100") "}"),
                             .target = span_of("{" TOKENS("300") "}"),
                             .note = span_of("said"),
                             .warnings = &warning,
                             .warning_count = 1,
                             .needs_name = true,
                             .op = 4,
                             .undoes = 3};
    assert_int_equal(plan_add_kept(p, &item, &err), ST_OK);
    assert_int_equal(p->totals[FIELD_QUOTA_TOKENS].after, 300);
    assert_int_equal(p->changed[FIELD_QUOTA_TOKENS], 1);
    assert_int_equal(p->items[0].op, 4);
    assert_int_equal(p->items[0].undoes, 3);
    assert_string_equal(p->items[0].warnings[0].text, "a warning");
    assert_ptr_not_equal(p->items[0].warnings[0].text, warning.text);
    assert_int_equal(p->tenfold[PLAN_APPLIED], 1);
    assert_int_equal(plan_tenfold_left(p), 0); /* it is done */
    static const struct {
        enum journal_kind kind;
        const char *id, *before, *target;
    } bad[] = {
        {JOURNAL_UPDATE, "p1", "", "{}"},  {JOURNAL_UPDATE, "", "{}", "{}"},
        {JOURNAL_UPDATE, "p1", "{}", ""},  {JOURNAL_CREATE, "", "", ""},
        {JOURNAL_DELETE, "p1", "", ""},    {JOURNAL_UPDATE, "p1", "[]", "{}"},
        {JOURNAL_UPDATE, "p1", "{}", "x"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct plan_item b = {.kind = bad[i].kind,
                              .state = PLAN_WAITING,
                              .id = span_of(bad[i].id),
                              .before = span_of(bad[i].before),
                              .target = span_of(bad[i].target)};
        if (plan_add_kept(p, &b, &err) != ST_PARSE)
            fail_msg("%zu was taken", i);
    }
    struct plan_item skipped = {.state = PLAN_SKIPPED, .kind = JOURNAL_UPDATE};
    assert_int_equal(plan_add_kept(p, &skipped, &err), ST_OK); /* nothing is sent for it */
}

static void test_the_word_to_type(void **state)
{
    struct plan *p = *state;
    struct str word = STR_INIT;
    add(p, "", "\"region\":\"r\"", NULL);
    add(p, "", "\"region\":\"s\"", NULL);
    plan_mark(p, 0, PLAN_APPLIED, 1, NULL);
    plan_confirm_word(p, "PROD", false, &word);
    assert_string_equal(str_text(&word), "PROD");
    str_clear(&word);
    plan_confirm_word(p, "", false, &word); /* no label: how many are left */
    assert_string_equal(str_text(&word), "1");
    str_clear(&word);
    plan_confirm_word(p, NULL, false, &word);
    assert_string_equal(str_text(&word), "1");
    str_finish(&word);
}

/* What is dangerous stands in the word, so that a label typed by habit does not do it. */
static void test_the_word_of_what_is_dangerous(void **state)
{
    struct plan *p = *state;
    static const struct {
        const char *label, *want;
        bool again;
    } words[] = {{"", "10x 2", false},
                 {"PROD", "10x 2 PROD", false},
                 {"", "delete 1 10x 2", false},
                 {"PROD", "delete 1 10x 2 PROD", false},
                 {"PROD", "delete 1 10x 1 PROD", false},
                 {"", "delete 1 10x 2", true}};
    struct str word = STR_INIT;
    add(p, TOKENS("100"), TOKENS("1000"), NULL);
    add(p, TOKENS("100"), TOKENS("7"), NULL);
    add(p, TOKENS("100"), TOKENS("200"), NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (i == 2)
            add(p, "", NULL, NULL);
        if (i == 4)
            plan_mark(p, 1, PLAN_UNKNOWN, 1, NULL);
        str_clear(&word);
        plan_confirm_word(p, words[i].label, words[i].again, &word);
        assert_string_equal(word.data, words[i].want);
        assert_true(plan_is_dangerous(p));
    }
    str_finish(&word);
}

static void test_another_name(void **state)
{
    struct plan *p = *state;
    struct error err;
    struct account after;
    add(p, NULL, "\"region\":\"r\"", NULL);
    add(p, "", "\"region\":\"r\"", NULL);
    assert_int_equal(plan_item_rename(p, 1, span_of("x"), &err), ST_USAGE);
    assert_int_not_equal(plan_item_rename(p, 0, span_of(""), &err), ST_OK);
    assert_int_equal(plan_item_rename(p, 0, span_of("n-2"), &err), ST_OK);
    plan_warn(p, 0, FIELD_NAME, "one");
    plan_warn(p, 0, FIELD_NAME, "two");
    assert_int_equal(p->items[0].warning_count, 2);
    assert_string_equal(p->items[0].warnings[0].text, "two"); /* of this plan, before the others */
    assert_string_equal(p->items[0].warnings[1].text, "one");
    assert_int_equal(p->warned, 1);
    account_init(&after);
    assert_int_equal(plan_item_after(p, 0, &after, &err), ST_OK);
    assert_true(span_is(account_name(&after), "n-2"));
    assert_true(span_is(p->items[0].name, "n-2"));
    assert_true(span_is(after.v[FIELD_REGION].text, "r"));
    account_finish(&after);
    plan_mark(p, 0, PLAN_RUNNING, 0, NULL);
    assert_int_equal(plan_item_rename(p, 0, span_of("n-3"), &err), ST_USAGE);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_kinds_and_states),
        T(test_an_id_of_its_own),
        T(test_sums),
        T(test_a_sum_beyond_its_range),
        T(test_warnings_are_about_the_change),
        T(test_a_mark_keeps_what_it_does_not_say),
        T(test_before_and_after),
        T(test_the_fields_of_an_item),
        T(test_kept_items),
        T(test_the_word_to_type),
        T(test_the_word_of_what_is_dangerous),
        T(test_another_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
