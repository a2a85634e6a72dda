/* change_test.c: what writes one account: shown, agreed to, sent once, told; what is refused
 * without a word of agreement; and what takes it back. It covers change.c, apply.c, create.c,
 * edit.c, log.c, undo.c and unsettled.c. */
#include "tests/support/cli_inside.h"

#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_a_change(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_1\trate.rps=120\t--dry-run", 2,
                      "-   requests_per_second         80 requests/s\n"
                      "+   requests_per_second         120 requests/s\n",
                      "");
    assert_int_equal(c->book->writes, 0);
    cli_inside_expect(c, "set\tpa_1\trate.rps=120\t-y", 0, "",
                      "acct-1 (pa_1): saved and read back");
    assert_int_equal(book_rps(c->book, "pa_1"), 120);
    cli_inside_expect(c, "set\tacct-1\trate.rps=120\t-y", 0, "", "nothing to change");
    /* A limit that goes asks for the name. */
    cli_inside_expect(c, "set\tpa_1\trate.rps=none\t-y\t-q", 64, "", "add --confirm='acct-1'");
    cli_inside_expect(c, "set\tpa_1\trate.rps=none\t--confirm=acct-1\t-q", 0, "",
                      "acct-1: ! rate.rps: no limit any more\n");
    assert_int_equal(book_rps(c->book, "pa_1"), -1);
    assert_int_equal(c->book->writes, 2);
    assert_int_equal(c->book->twice, 0);
}

static void test_nothing_without_agreement(void **state)
{
    struct cli_inside *c = *state;
    static const struct {
        const char *words, *err;
        int code;
    } cases[] = {
        {"set\tpa_1\trate.rps=90", "there is no terminal to ask on: nothing was sent", 64},
        {"delete\tpa_1", "add --confirm='acct-1'", 64},
        {"delete\tpa_1\t-y", "add --confirm='acct-1'", 64}, /* yes is no name */
        {"delete\tpa_1\t--confirm=acct-2", "--confirm says \"acct-2\", the account is \"acct-1\"",
         64},
        {"set\tpa_1\trate.rps=x\t-y", "rate.rps: not a number: try 400M, 6_000 or none", 64},
        {"set\tpa_1\trate.rps=0\t-y", "rate.rps", 64},
        {"set\tpa_1\tstatus=down\t-y", "status", 64},
        {"set\tpa_1\t-y", "", 64},
        {"set\tnobody\trate.rps=9\t-y", "nobody", 5},
        {"edit\tpa_1", "an editor needs a terminal, and this is none", 64},
        {"create", "-f", 64},
        {"create\t-f\t/nowhere", "/nowhere: No such file or directory", 64},
        {"undo\t-y", "", 5},
        {"undo\t999\t-y", "the journal has no entry 999", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cli_inside_expect(c, cases[i].words, cases[i].code, "", cases[i].err);
    setenv("PADDOCK_READONLY", "1", 1);
    cli_inside_expect(c, "set\tpa_1\trate.rps=90\t-y", 4, "", "read-only");
    cli_inside_expect(c, "delete\tpa_1\t--confirm=acct-1", 4, "", "read-only");
    unsetenv("PADDOCK_READONLY");
    assert_int_equal(c->book->writes, 0);
}

static void test_on_off_and_away(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "disable\tpa_3\t-y", 0, "", "disabled and read back");
    assert_non_null(strstr(book_account(c->book, "pa_3"), "\"enabled\":false"));
    cli_inside_expect(c, "disable\tpa_3\t-y", 0, "", "the server has it already");
    cli_inside_expect(c, "enable\tpa_3\t-y", 0, "", "enabled and read back");
    cli_inside_expect(c, "delete\tpa_4\t--confirm=acct-4", 0, "", "deleted and read back");
    assert_null(book_account(c->book, "pa_4"));
    cli_inside_expect(c, "delete\tpa_4\t--confirm=acct-4", 5, "", "pa_4");
}

static void test_creates(void **state)
{
    struct cli_inside *c = *state;
    char words[400];
    size_t count;
    cli_inside_file(
        c, "new.json",
        "{\"name\":\"new-one\",\"provider_type\":\"openai\",\"credentials_ref\":\"v\"}");
    snprintf(words, sizeof words, "create\t-y\t-f\t%s", tmpdir_path(c->dir, "new.json", &c->path));
    cli_inside_expect(c, words, 0, "pa_5\n", NULL);
    assert_string_equal(book_named(c->book, "new-one", &count), "pa_5");
    cli_inside_expect(c, words, 6, "", "there is an account named new-one already (pa_5)");
    book_named(c->book, "new-one", &count);
    assert_int_equal(count, 1);
    cli_inside_file(c, "bad.json", "{\"name\":7}");
    snprintf(words, sizeof words, "create\t-y\t-f\t%s", tmpdir_path(c->dir, "bad.json", &c->path));
    cli_inside_expect(c, words, 64, "", "bad.json:1");
}

static void test_taken_back(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_1\trate.rps=120\t-y\t--reason\tINC-42", 0, NULL, NULL);
    cli_inside_expect(c, "log", 0, "update  acct-1   applied  INC-42", "");
    cli_inside_expect(c, "log\t-o\tjson", 0, "\"reason\":\"INC-42\"", "");
    cli_inside_expect(c, "undo\t--dry-run", 2, "+   requests_per_second         80", NULL);
    assert_int_equal(book_rps(c->book, "pa_1"), 120);
    cli_inside_expect(c, "undo\t-y", 0, "", "taking back write 1: update of acct-1");
    assert_int_equal(book_rps(c->book, "pa_1"), 80);
    cli_inside_expect(c, "undo\t-y", 5, "", NULL); /* an undo is not taken back by itself */
    cli_inside_expect(c, "delete\tpa_2\t--confirm=acct-2", 0, NULL, NULL);
    cli_inside_expect(c, "undo\t-y", 0, "", "pa_2 does not come back");
    assert_non_null(book_named(c->book, "acct-2", NULL));
}

/* A field that somebody changed since is a conflict, never overwritten (F16). */
static void test_not_taken_back_over_anothers_change(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_1\trate.rps=120\t-y", 0, NULL, NULL);
    cli_inside_expect(c, "set\tpa_1\trate.rps=130\t-y", 0, NULL, NULL);
    cli_inside_expect(c, "undo\t1\t-y", 6, "", NULL);
    assert_int_equal(book_rps(c->book, "pa_1"), 130);
}

/* F29: a write that a killed paddock left open is looked at before another is sent. */
static void test_F29_what_was_left_open(void **state)
{
    struct cli_inside *c = *state;
    struct journal *journal;
    struct error err;
    struct journal_entry e = {.kind = JOURNAL_UPDATE,
                              .intent_wall_ms = 1760968927000,
                              .body = "{\"rate_limit_policy\":{\"requests_per_second\":120}}"};
    int64_t op;
    cli_inside_expect(c, "set\tpa_1\trate.rps=120\t-y", 0, NULL, NULL);
    snprintf(e.origin, sizeof e.origin, "%s", c->url);
    snprintf(e.org, sizeof e.org, "org_demo");
    snprintf(e.account_id, sizeof e.account_id, "pa_1");
    snprintf(e.account_name, sizeof e.account_name, "acct-1");
    struct str base = STR_INIT;
    str_add(&base,
            "{\"provider_account_id\":\"pa_1\",\"name\":\"acct-1\",\"provider_type\":\"openai\","
            "\"enabled\":true,\"credentials_ref\":\"vault/a\",\"tags\":{\"team\":\"x\"},"
            "\"rate_limit_policy\":{\"requests_per_second\":80,\"max_concurrency\":10}}");
    e.base = str_text(&base);
    assert_int_equal(journal_open(&journal,
                                  tmpdir_path(c->dir, "home/state/paddock/journal.db", &c->path),
                                  clock_system(), &err),
                     ST_OK);
    assert_int_equal(journal_intent(journal, &e, &op, &err), ST_OK);
    assert_int_equal(journal_flush(journal, &err), ST_OK);
    journal_close(journal);
    str_finish(&base);
    cli_inside_expect(c, "set\tpa_1\trate.rps=130\t-y", 0, "", "saved and read back");
    assert_int_equal(book_rps(c->book, "pa_1"), 130);
    cli_inside_expect(c, "log\t-o\tjson", 0, "\"op\":2", "");
    assert_null(strstr(str_text(&c->out), "\"outcome\":\"open\""));
    assert_null(strstr(str_text(&c->out), "\"outcome\":\"unknown\""));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_a_change),
        T(test_nothing_without_agreement),
        T(test_on_off_and_away),
        T(test_creates),
        T(test_taken_back),
        T(test_not_taken_back_over_anothers_change),
        T(test_F29_what_was_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
