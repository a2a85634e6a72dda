/* words_test.c: what is said of a write: every outcome in plain words, an undo by its name. */
#include "base/vec.h"
#include "write/machine.h"

#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    enum journal_kind kind;
    enum write_outcome outcome;
    int64_t undoes;
    const char *words;
} done[] = {
    {JOURNAL_CREATE, WRITE_APPLIED, 0, "created and read back"},
    {JOURNAL_UPDATE, WRITE_APPLIED, 0, "saved and read back"},
    {JOURNAL_DELETE, WRITE_APPLIED, 0, "deleted and read back"},
    {JOURNAL_UPDATE, WRITE_APPLIED, 12, "undone (write 12) and read back"},
    {JOURNAL_DELETE, WRITE_APPLIED, 12, "undone (write 12): deleted and read back"},
    {JOURNAL_CREATE, WRITE_APPLIED, 12,
     "undone (write 12): created again and read back, new id pa_9"},
    {JOURNAL_UPDATE, WRITE_NO_CHANGE, 0, "nothing to change: the server has it already"},
    /* What is there may be somebody else's, chosen in a conflict: it is not called undone. */
    {JOURNAL_UPDATE, WRITE_NO_CHANGE, 12, "nothing to change: the server has it already"},
    {JOURNAL_DELETE, WRITE_NO_CHANGE, 12, "was gone already"},
};

static void test_done(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(done); i++) {
        struct write w = {.kind = done[i].kind,
                          .outcome = done[i].outcome,
                          .undoes = done[i].undoes,
                          .unknown_wall_ms = WHEN_NONE};
        struct str words = STR_INIT;
        str_add(&w.id, "pa_9");
        write_done_words(&w, &words);
        assert_string_equal(str_text(&words), done[i].words);
        str_clear(&words);
        w.unknown_wall_ms = 5; /* it was not known for a while */
        write_done_words(&w, &words);
        assert_true((w.outcome == WRITE_APPLIED) ==
                    (strstr(str_text(&words), "; its answer was lost") != NULL));
        str_finish(&words);
        str_finish(&w.id);
    }
}

/* Of the switch alone it is said which way; with anything beside it, it was saved. */
static void test_the_switch(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        static const char *const want[] = {"disabled and read back", "enabled and read back",
                                           "saved and read back: Name, Enabled - → no"};
        struct write w = {
            .kind = JOURNAL_UPDATE, .outcome = WRITE_APPLIED, .unknown_wall_ms = WHEN_NONE};
        struct str words = STR_INIT;
        w.fields.has[FIELD_ENABLED] = true;
        w.fields.has[FIELD_NAME] = i == 2;
        w.target.v[FIELD_ENABLED] = (struct value){.presence = PRESENCE_VALUE, .i = i == 1};
        write_done_words(&w, &words);
        assert_string_equal(str_text(&words), want[i]);
        str_finish(&words);
    }
}

/* The numbers of a change stand in the confirmation, of what the server had just before, not of the
 * older copy that the form began from; long and secret things by name; the third is counted. */
static void test_what_was_changed(void **state)
{
    (void)state;
    struct write w = {
        .kind = JOURNAL_UPDATE, .outcome = WRITE_APPLIED, .unknown_wall_ms = WHEN_NONE};
    struct str words = STR_INIT;
    w.fields.has[FIELD_QUOTA_TOKENS] = true;
    w.base.v[FIELD_QUOTA_TOKENS] = value_int(300000000);
    w.server.v[FIELD_QUOTA_TOKENS] = value_int(400000000);
    w.has_server = true;
    w.target.v[FIELD_QUOTA_TOKENS] = value_int(500000000);
    write_done_words(&w, &words);
    assert_string_equal(str_text(&words), "saved and read back: Max tokens/month 400M → 500M");
    w.fields.has[FIELD_RPS] = true;
    w.server.v[FIELD_RPS].presence = PRESENCE_NULL;
    w.target.v[FIELD_RPS] = value_int(45);
    str_clear(&words);
    write_done_words(&w, &words);
    assert_string_equal(str_text(&words), "saved and read back: Max tokens/month 400M → 500M, "
                                          "Requests/second none → 45");
    w.fields.has[FIELD_QUOTA_TOKENS] = false;
    w.fields.has[FIELD_DESCRIPTION] = w.fields.has[FIELD_CREDENTIALS_REF] = true;
    w.target.v[FIELD_CREDENTIALS_REF] = value_text(span_of("kv/secret"));
    str_clear(&words);
    write_done_words(&w, &words);
    assert_null(strstr(str_text(&words), "kv/"));
    assert_non_null(strstr(str_text(&words), " and 1 more"));
    str_finish(&words);
}

/* What the server kept differently, and what it changed though it was not sent, each with both
 * values; a reference is masked, and a text that could act on a terminal is made safe. */
static void test_kept(void **state)
{
    static const char want[] = "  desc: asked none, the server has (empty)\n"
                               "  region: was a^[b, the server has none\n"
                               "  credentials: was ********, the server has ********\n";
    struct write w = {.kind = JOURNAL_UPDATE, .outcome = WRITE_DIFFERENT};
    struct str text = STR_INIT;
    (void)state;
    w.not_kept.has[FIELD_DESCRIPTION] = true;
    w.collateral.has[FIELD_REGION] = w.collateral.has[FIELD_CREDENTIALS_REF] = true;
    w.target.v[FIELD_DESCRIPTION] = w.after.v[FIELD_REGION] = value_null();
    w.after.v[FIELD_DESCRIPTION] = value_text(span_of(""));
    w.server.v[FIELD_REGION] = value_text(span_of("a\033b"));
    w.server.v[FIELD_CREDENTIALS_REF] = value_text(span_of("kv/old"));
    w.after.v[FIELD_CREDENTIALS_REF] = value_text(span_of("kv/new"));
    write_kept_text(&w, 0, &text);
    assert_string_equal(str_text(&text), ""); /* it was not read back */
    w.has_server = w.has_after = true;
    write_kept_text(&w, 0, &text);
    assert_string_equal(str_text(&text), want);
    str_finish(&text);
}

/* The names of the code ("not_seen") are for files and scripts. */
static void test_outcomes(void **state)
{
    (void)state;
    for (int kind = JOURNAL_CREATE; kind <= JOURNAL_DELETE; kind++) {
        for (int outcome = WRITE_NONE; outcome <= WRITE_RELEASED; outcome++) {
            const struct write w = {.kind = (enum journal_kind)kind,
                                    .outcome = (enum write_outcome)outcome};
            assert_true(strlen(write_outcome_words(&w)) > 0);
            assert_null(strchr(write_outcome_words(&w), '_'));
        }
    }
    const struct write seen = {.kind = JOURNAL_UPDATE, .outcome = WRITE_NOT_SEEN};
    assert_string_equal(write_outcome_words(&seen), "not seen on the server so far; it is watched");
    const struct write undone = {.kind = JOURNAL_UPDATE, .outcome = WRITE_APPLIED, .undoes = 3};
    assert_string_equal(write_outcome_words(&undone), "undone: it is there as it was before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done),       cmocka_unit_test(test_what_was_changed),
        cmocka_unit_test(test_the_switch), cmocka_unit_test(test_kept),
        cmocka_unit_test(test_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
