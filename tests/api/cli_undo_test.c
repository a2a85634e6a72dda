/* cli_undo_test.c: paddock undo and paddock log, as a program against the sandbox: what was written
 * is taken back through the same path, one write after the other, and the journal tells of all. */
#include "model/json.h"
#include "tests/support/cli_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_undo_goes_back_step_by_step(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=25\t--yes\t--reason=INC-1"), 0, "",
                   "saved and read back");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tdesc=first\ttags.team=search\t--yes"), 0, "",
                   "saved and read back");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--dry-run"), 2, "+ description", "taking back write");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 0, "", "): undone (write ");
    cli_rig_has(p, "\"tags\":{\"env\":\"prod\",\"team\":\"legal\"}");
    cli_rig_has(p, "\"description\":null");
    cli_rig_has(p, "\"requests_per_second\":25");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 0, "", ") and read back");
    cli_rig_has(p, "\"requests_per_second\":20");
}

/* What somebody changed since is not overwritten; other fields of theirs stay. */
static void test_undo_meets_another_change(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=26\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, "undo\t1.11k\t--yes"), 64, "", "is not the number of a write");
    cli_rig_expect(p, cli_rig_run(p, "log\t-o\tcsv\t--columns=op"), 0, "op\r\n", "");
    int op = 0;
    assert_int_equal(sscanf(str_text(&p->out), "op\n%d", &op) == 1 ||
                         sscanf(str_text(&p->out), "op\r\n%d", &op) == 1,
                     1);
    char words[64];
    snprintf(words, sizeof words, "undo\t%d\t--yes", op);
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=27\tdesc=theirs\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, words), 6, "", "changed by somebody else");
    cli_rig_has(p, "\"requests_per_second\":27");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=26\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, words), 0, "", "undone (write ");
    cli_rig_has(p, "\"requests_per_second\":20");
    cli_rig_has(p, "\"description\":\"theirs\"");
}

static void test_undo_of_delete_and_create(void **state)
{
    struct cli_rig *p = *state;
    char first[80];
    static const char account[] = "{\"name\":\"second\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/second\",\"enabled\":false}";
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", account), 0, "pa_", "created");
    assert_int_equal(sscanf(str_text(&p->out), "%79s", first), 1);
    cli_rig_expect(p, cli_rig_run(p, "delete\tsecond\t--confirm=second"), 0, "", "deleted");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 0, "", "gets a new id");
    assert_non_null(strstr(str_text(&p->err), "): created again and read back, new id pa_"));
    cli_rig_expect(p, cli_rig_run(p, "get\tsecond\t-o\tjson"), 0,
                   "\"credentials_ref\":\"kv/second\"", "");
    assert_null(strstr(str_text(&p->out), first));
    /* Now the create is the last one that stands. Its account is another by now. */
    cli_rig_expect(p, cli_rig_run(p, "undo\t--confirm=second"), 0, "", "was gone already");
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--yes",
                                  "{\"name\":\"third\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/3\"}"),
                   0, "pa_", "created");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 64, "", "--confirm='third'");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--confirm=third"), 0, "", "): deleted and read back");
    cli_rig_expect(p, cli_rig_run(p, "get\tthird"), 5, "", "no account");
}

/* A second account of one name: refused, and with the flag not; by create and by undo. */
static void test_a_name_twice(void **state)
{
    struct cli_rig *p = *state;
    static const char account[] = "{\"name\":\"twin\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/twin\",\"enabled\":false}";
    char first[80], words[160];
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", account), 0, "pa_", "created");
    assert_int_equal(sscanf(str_text(&p->out), "%79s", first), 1);
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", account), 6, "",
                   "add --allow-duplicate-name");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes\t--allow-duplicate-name", account), 0,
                   "pa_", "created");
    snprintf(words, sizeof words, "delete\t%s\t--confirm=twin", first);
    cli_rig_expect(p, cli_rig_run(p, words), 0, "", "deleted");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 6, "", "add --allow-duplicate-name");
    assert_non_null(strstr(str_text(&p->err), "paddock set ID name=NEW"));
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes\t--allow-duplicate-name"), 0, "",
                   "created again");
    cli_rig_expect(p, cli_rig_run(p, "list\tname=twin\t-o\tname"), 0, "twin\ntwin\n", "");
    cli_rig_expect(
        p,
        cli_rig_run_in(p, "create\t-f\t-\t--yes\t--allow-duplicate-name",
                       "{\"name\":\"b1\",\"provider_type\":\"p\",\"credentials_ref\":\"k\"}"
                       "{\"name\":\"b2\",\"provider_type\":\"p\",\"credentials_ref\":\"k\"}"),
        64, "", "one account at a time");
}

static void test_log(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=31\t--yes\t--reason=INC-42 too slow"), 0,
                   "", "saved");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=0\t--yes"), 64, "", "rate.rps");
    cli_rig_expect(p, cli_rig_run(p, "log"), 0, "INC-42 too slow", "");
    assert_non_null(strstr(str_text(&p->out), "OPERATOR"));
    cli_rig_expect(p, cli_rig_run(p, "log\treason:inc-42\tkind=update\t-o\tjson"), 0,
                   "\"requests_per_second\":31", "");
    cJSON *all = NULL;
    struct error err;
    assert_int_equal(json_parse(span_from(&p->out), &all, &err), ST_OK);
    assert_int_equal(cJSON_GetArraySize(all), 1);
    const cJSON *one = cJSON_GetArrayItem(all, 0);
    assert_string_equal(json_get_string(one, "account_id"), p->id);
    assert_string_equal(json_get_string(one, "outcome"), "applied");
    assert_string_equal(json_get_string(json_get(one, "base"), "name"), "mine");
    assert_true(cJSON_IsObject(json_get(one, "after")));
    cJSON_Delete(all);
    cli_rig_expect(p, cli_rig_run(p, "log\treason:inc-42\tkind=delete\t-o\tjsonl"), 0, "", "");
    assert_int_equal(p->out.len, 0);
    cli_rig_expect(p, cli_rig_run(p, "log\t--since=1d\treason:inc-42"), 0, "INC-42", "");
    cli_rig_expect(p, cli_rig_run(p, "log\t--since=never"), 64, "", "--since takes a time");
    cli_rig_expect(p, cli_rig_run(p, "log\tprovider=x"), 64, "", "provider");
    cli_rig_expect(p, cli_rig_run(p, "log\t--org=other"), 0, "", "");
    assert_null(strstr(str_text(&p->out), "INC-42"));
    cli_rig_expect(p, cli_rig_run(p, "undo\tx"), 64, "", "not the number of a write");
    cli_rig_expect(p, cli_rig_run(p, "undo\t99999"), 5, "", "no entry 99999");
}

/* Two of one name are deleted by a plan, and one that is renamed has the name of another by then:
 * all come back, under names that are free. */
static void test_undo_of_deletes_whose_names_are_taken(void **state)
{
    struct cli_rig *p = *state;
    static const char three[] =
        "[{\"name\":\"t-1\",\"provider_type\":\"openai\",\"credentials_ref\":\"k1\"},"
        "{\"name\":\"t-2\",\"provider_type\":\"openai\",\"credentials_ref\":\"k2\"},"
        "{\"name\":\"t-3\",\"provider_type\":\"openai\",\"credentials_ref\":\"k3\"}]";
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", three), 0, "pa_", "3 applied");
    cli_rig_expect(p, cli_rig_run(p, "set\tt-2\tname=t-1\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, "delete\t--where\tname=t-1\t--dry-run"), 2,
                   " has this name too: an undo takes another one", "");
    cli_rig_expect(p, cli_rig_run(p, "delete\t--where\tname=t-1\t--confirm=delete 2"), 0, "",
                   "2 applied");
    cli_rig_expect(p, cli_rig_run(p, "set\tt-3\tname=t-1\t--yes"), 0, "", "saved");
    char id[40];
    cli_rig_expect(p, cli_rig_run(p, "log\t-o\tjson"), 0, "\"plan\":\"", "");
    const char *at = strstr(str_text(&p->out), "\"kind\":\"delete\"");
    at = at ? strstr(at, "\"plan\":\"") : NULL;
    assert_true(at && sscanf(at, "\"plan\":\"%39[0-9A-F]", id) == 1);
    char words[80];
    snprintf(words, sizeof words, "undo\t%s\t--dry-run", id);
    cli_rig_expect(p, cli_rig_run(p, words), 2, "t-1 is taken by pa_", "");
    snprintf(words, sizeof words, "undo\t%s\t--yes", id);
    cli_rig_expect(p, cli_rig_run(p, words), 0, "pa_", "2 applied");
    assert_non_null(strstr(str_text(&p->err), "! name: t-1 is taken by pa_"));
    cli_rig_expect(p, cli_rig_run(p, "get\tt-1-2\t-o\tjson"), 0, "\"credentials_ref\":\"k", "");
    cli_rig_expect(p, cli_rig_run(p, "get\tt-1-3\t-o\tjson"), 0, "\"credentials_ref\":\"k", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undo_goes_back_step_by_step),
        cmocka_unit_test(test_undo_meets_another_change),
        cmocka_unit_test(test_undo_of_delete_and_create),
        cmocka_unit_test(test_a_name_twice),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_undo_of_deletes_whose_names_are_taken),
    };
    return cmocka_run_group_tests(tests, cli_rig_setup, cli_rig_teardown);
}
