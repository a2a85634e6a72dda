/* cli_plan_test.c: many writes from the command line, as a program against the sandbox: what is
 * planned, what is asked, what is applied and resumed, and the exit code of each. */
#include "tests/support/cli_rig.h"
#include "tests/support/files.h"
#include "tests/support/sandbox_run.h"

#include "base/mem.h"
#include "store/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { COUNT = 8 };

/* Each test has its own sandbox with eight accounts p-0 to p-7: quota 100M, but p-7 has none. */
static int begin(void **state, const char *const *extra)
{
    const struct sandbox_options options = {.accounts = 0, .token = SANDBOX_TOKEN, .extra = extra};
    struct str lines = STR_INIT;
    if (cli_rig_start(state, &options))
        return -1;
    for (int i = 0; i < COUNT; i++)
        str_printf(&lines,
                   "{\"name\":\"p-%d\",\"provider_type\":\"openai\",\"credentials_ref\":"
                   "\"kv/old/%d\",\"quota_policy\":{\"max_tokens_per_month\":%s},"
                   "\"rate_limit_policy\":{\"requests_per_second\":20,\"requests_per_minute\":900},"
                   "\"tags\":{\"env\":\"prod\"}}\n",
                   i, i, i == COUNT - 1 ? "null" : "100000000");
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", str_text(&lines)), 0, "pa_",
                   "8 applied");
    assert_int_equal(cli_rig_lines(p), COUNT);
    str_finish(&lines);
    return 0;
}

static int setup(void **state)
{
    return begin(state, NULL);
}

static int setup_replacing(void **state)
{
    static const char *const extra[] = {"--behaviour", "policies=replace", NULL};
    return begin(state, extra);
}

static int setup_null_ignored(void **state)
{
    static const char *const extra[] = {"--behaviour", "null=ignore", NULL};
    return begin(state, extra);
}

static void fault(struct cli_rig *p, const char *json)
{
    struct box box = {.port = sandbox_port(p->sandbox)};
    snprintf(box.url, sizeof box.url, "%s", sandbox_url(p->sandbox));
    box_fault(&box, json);
}

static void expect(struct cli_rig *p, const char *words, int code, const char *out, const char *err)
{
    cli_rig_expect(p, cli_rig_run_in(p, words, NULL), code, out, err);
}

/* What the server has of an account, by name. */
static void has(struct cli_rig *p, const char *name, const char *json)
{
    struct str words = STR_INIT;
    str_printf(&words, "get\t%s\t-o\tjson", name);
    expect(p, words.data, 0, json, "");
    str_finish(&words);
}

/* The words with @ for the private folder. */
static void in_dir(struct cli_rig *p, const char *words, int code, const char *out, const char *err)
{
    struct str full = STR_INIT;
    for (const char *c = words; *c; c++) {
        if (*c == '@')
            str_add(&full, p->dir->path);
        else
            str_add_char(&full, *c);
    }
    expect(p, str_text(&full), code, out, err);
    str_finish(&full);
}

/* The id of the plan that the last run spoke of. */
static void plan_id(const struct cli_rig *p, char id[40])
{
    const char *at = strstr(str_text(&p->err), "plan ");
    if (!at || sscanf(at, "plan %39[0-9A-F]", id) != 1)
        fail_msg("no plan is named: %s", str_text(&p->err));
}

static void test_where(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "set\t--where\tprovider=openai\tquota.tokens=x1.2\t--dry-run", 2,
           "7 changes, 0 unchanged, 1 skipped", "");
    expect(p, "set\t--where\tprovider=openai\tquota.tokens=x1.2", 64, "", "nothing was sent");
    expect(p, "set\t--where\tp-\tquota.tokens=x1.2\t--yes", 64, "", "exact");
    expect(p, "set\t--where\tname:p-\tquota.tokens=x1.2\t--yes", 64, "", "exact");
    expect(p, "set\t--where\t~p\tquota.tokens=x1.2\t--yes", 64, "", "exact");
    expect(p, "set\t--where\tname:/p/\tquota.tokens=x1.2\t--yes", 64, "", "exact");
    expect(p, "set\t--where\t \tquota.tokens=x1.2\t--yes", 64, "", "empty");
    expect(p, "set\t--where\tnam=p\tquota.tokens=x1.2\t--yes", 64, "", "--where");
    expect(p, "set\t--where\tname=p-1\tp-2\trate.rps=1\t--yes", 64, "", "either accounts");
    has(p, "p-1", "\"max_tokens_per_month\":100000000");
    expect(p, "set\t--where\tprovider=openai\tquota.tokens=x1.2\t--cap\t110M\t--yes", 0, "",
           "7 applied");
    has(p, "p-1", "\"max_tokens_per_month\":110000000");
    has(p, "p-7", "\"max_tokens_per_month\":null");
    expect(p, "set\t--where\tprovider=openai\tquota.tokens=x1.2\t--cap\t110M\t--yes", 0, "",
           "nothing to change");
    expect(p, "disable\t--where\tname=p-1,p-2\t--yes\t--reason\tincident 7", 0, "", "2 applied");
    has(p, "p-2", "\"enabled\":false");
    expect(p, "log\treason=\"incident 7\"\t-o\tjson", 0, "\"plan\":", "");
    expect(p, "set\t--where\tname=nobody\trate.rps=1\t--yes", 0, "",
           "nothing to change: no account is in the plan");
}

/* Whoever takes the last enabled account of a provider hears it, and types how often. */
static void test_the_last_of_a_provider(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "disable\t--where\tprovider=openai\t--dry-run", 2,
           "! no enabled account of provider openai is left", "");
    expect(p, "disable\t--where\tprovider=openai\t--yes", 64, "",
           "no enabled account is left at all; this is not done without a typed word");
    expect(p, "disable\t--where\tprovider=openai\t--yes", 64, "", "--confirm='last 1'");
    has(p, "p-1", "\"enabled\":true");
    in_dir(p, "plan\t--where\tprovider=openai\tenabled=no\t--out\t@/off.plan", 2,
           "! no enabled account is left at all", "");
    in_dir(p, "apply\t@/off.plan\t--yes", 64, "", "--confirm='last 1'"); /* of a file, too */
    expect(p, "disable\tp-1\tp-2\t--dry-run", 2,
           "! who is left enabled is not known: the list is partial", "");
    expect(p, "delete\t--where\tprovider=openai\t--confirm=delete 8", 64, "",
           "--confirm='delete 8 last 1'");
    in_dir(p, "apply\t@/off.plan\t--confirm=last 1", 0, "", "8 applied");
    has(p, "p-1", "\"enabled\":false");
    expect(p, "delete\t--where\tname=p-1,p-2\t--confirm=delete 2", 0, "", "2 applied");
}

static void test_one_by_name(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "set\tp-1\tquota.tokens=+10%\t--yes", 0, "", "saved");
    has(p, "p-1", "\"max_tokens_per_month\":110000000");
    expect(p, "set\tp-7\tquota.tokens=+10%\t--yes", 64, "", "quota.tokens: no limit");
    expect(p, "set\tp-7\tquota_policy=from:p-1\t--yes", 0, "", "saved");
    has(p, "p-7", "\"max_tokens_per_month\":110000000");
    expect(p, "set\tp-7\tcredentials_ref=s|old|new|\t--yes", 0, "", "saved");
    has(p, "p-7", "kv/new/7");
}

/* Keys for references in a plan: masked where it is shown, said before they are sent. */
static void test_keys_for_references(void **state)
{
    struct cli_rig *p = *state;
    static const char key[] = "sk-proj-a1b2c3d4e5f6", words[] = "looks like a key, not a reference";
    expect(p, "set\tp-1\tp-2\tcredentials_ref=sk-proj-a1b2c3d4e5f6\t--dry-run", 2,
           "******** (looks like a key, not a reference)", "");
    assert_null(strstr(str_text(&p->out), key));
    expect(p, "set\tp-1\tp-2\tcredentials_ref=sk-proj-a1b2c3d4e5f6\t--yes\t-q", 0, "",
           "of 2 accounts credentials_ref looks like a key, not a reference: p-1, p-2");
    assert_null(strstr(str_text(&p->err), key));
    has(p, "p-2", key);
    expect(p, "undo\t--dry-run", 2, "******** (looks like a key, not a reference)", "");
    assert_null(strstr(str_text(&p->out), key));
    expect(p, "undo\t--yes\t-q", 0, "", "");
    assert_null(strstr(str_text(&p->err), words));
}

static void test_move(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "set\tp-1\tquota.tokens=move:10M\t--yes", 64, "", "one that gets");
    expect(p, "set\tp-1\tp-7\tquota.tokens=move:10M\t--yes", 64, "", "nobody can get it");
    expect(p, "set\tp-1\tp-2\tp-3\tquota.tokens=move:200M\t--yes", 64, "", "less than that");
    expect(p, "set\tp-1\tp-2\tp-3\tquota.tokens=move:15000001\t--yes", 0, "", "3 applied");
    has(p, "p-1", "\"max_tokens_per_month\":84999999");
    has(p, "p-2", "\"max_tokens_per_month\":107500001");
    has(p, "p-3", "\"max_tokens_per_month\":107500000");
}

/* Three refusals stop it; the same plan goes on. */
static void test_failures_resumed(void **state)
{
    struct cli_rig *p = *state;
    char id[40];
    struct str words = STR_INIT;
    fault(p, "{\"fault\":\"forbidden\",\"count\":3}");
    expect(p, "set\t--where\tprovider=openai\trate.rps=21\t--yes", 1, "", "3 failed, 5 not sent");
    assert_non_null(strstr(str_text(&p->err), "stopped after 3 errors"));
    assert_non_null(strstr(str_text(&p->err), "! p-0"));
    plan_id(p, id);
    fault(p, "{\"fault\":\"forbidden\",\"count\":1}");
    str_printf(&words, "apply\t%s\t--yes", id);
    expect(p, words.data, 3, "", "7 applied, 1 failed");
    expect(p, words.data, 0, "", "8 applied");
    expect(p, words.data, 0, "", "nothing is left");
    has(p, "p-0", "\"requests_per_second\":21");
    str_clear(&words);
    str_printf(&words, "undo\t%.4s\t--yes", id);
    expect(p, words.data, 0, "", "8 applied");
    has(p, "p-0", "\"requests_per_second\":20");
    str_finish(&words);
    expect(p, "apply\tA0000000\t--yes", 5, "", "no plan");
}

static void with_id(struct cli_rig *p, const char *format, const char *id, int code,
                    const char *err)
{
    char words[160];
    snprintf(words, sizeof words, format, id);
    expect(p, words, code, "", err);
}

/* A plan that was taken back is not applied any more, whatever was sent once; done again it is. */
static void test_apply_of_what_was_taken_back(void **state)
{
    struct cli_rig *p = *state;
    char id[40];
    expect(p, "set\tp-1\tp-2\trate.rps=21\t--yes", 0, "", "2 applied");
    plan_id(p, id);
    with_id(p, "apply\t%s\t--yes", id, 0, "2 applied; nothing is left to send");
    with_id(p, "undo\t%s\t--yes", id, 0, "2 applied");
    with_id(p, "apply\t%s\t--yes", id, 6, "2 applied; 2 taken back since; nothing is left");
    with_id(p, "apply\t%s\t--yes\t-q", id, 6, "-undo does it again");
    with_id(p, "undo\t%s", id, 5, "nothing of plan");
    with_id(p, "undo\t%s-undo\t--yes", id, 0, "2 applied");
    has(p, "p-1", "\"requests_per_second\":21");
    with_id(p, "apply\t%s", id, 0, "2 applied; nothing is left to send");
    with_id(p, "apply\t%s-undo", id, 6, "taken back since");
    with_id(p, "undo\t%s", id, 5, "and done again as plan ");
}

/* The rest of one that was taken back is not what --yes means. */
static void test_the_rest_of_what_was_taken_back(void **state)
{
    struct cli_rig *p = *state;
    char id[40];
    expect(p, "set\t--where\tprovider=openai\trate.rps=21\t--first=2\t--yes", 3, "",
           "2 applied, 6 not sent");
    plan_id(p, id);
    with_id(p, "undo\t%s\t--yes", id, 0, "2 applied");
    with_id(p, "apply\t%s\t--first=8\t--yes", id, 64, "was taken back since by plan ");
    has(p, "p-5", "\"requests_per_second\":20");
    with_id(p, "apply\t%s\t--first=8\t--confirm=6", id, 0, "8 applied; 2 taken back since");
    with_id(p, "apply\t%s", id, 3, "8 applied; 2 taken back since; nothing is left");
}

/* A server that replaces policies is found out on the first account. */
static void test_collateral(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "set\t--where\tprovider=openai\trate.rps=21\t--yes", 3, "",
           "1 applied differently, 7 not sent");
    assert_non_null(strstr(str_text(&p->err), "rate.rpm"));
    assert_non_null(strstr(str_text(&p->err), "paddock undo"));
    has(p, "p-1", "\"requests_per_minute\":900");
    expect(p, "undo\t--yes", 0, "", "1 applied");
    has(p, "p-0", "\"requests_per_minute\":900");
    has(p, "p-0", "\"requests_per_second\":20");
}

/* Where the server kept nothing, no undo is promised: it would find nothing to take back. */
static void test_nothing_was_kept(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "set\tp-1\tp-2\tquota.tokens=none\t--yes\t--confirm=10x 2", 3, "",
           "2 applied differently");
    assert_null(strstr(str_text(&p->err), "takes it back"));
    expect(p, "undo\t--yes", 5, "", "nothing to take back");
}

static void test_unknown(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    char id[40];
    fault(p, "{\"fault\":\"cut\",\"when\":\"after\"}");
    expect(p, "set\t--where\tprovider=openai\trate.rps=21\t--yes", 0, "", "8 applied");
    fault(p, "{\"fault\":\"cut\",\"when\":\"before\"}");
    expect(p, "set\tp-1\tp-2\trate.rps=22\t--yes", 9, "", "1 applied, 1 unknown");
    plan_id(p, id);
    str_printf(&words, "apply\t%s\t--send-again\t--yes", id);
    expect(p, words.data, 64, "", "--confirm='1'");
    str_clear(&words);
    str_printf(&words, "apply\t%s\t--send-again\t--confirm=1", id);
    expect(p, words.data, 0, "", "2 applied");
    has(p, "p-1", "\"requests_per_second\":22");
    str_finish(&words);
}

/* What is not settled in the journal, taken over by a process that lives: this one. */
static struct journal *take_unsettled(struct cli_rig *p)
{
    struct journal *journal;
    struct error err;
    struct str path = STR_INIT;
    long long op = 0;
    expect(p, "log\toutcome!=applied\t-o\tcsv\t--columns=op", 0, "", "");
    assert_int_equal(sscanf(strchr(str_text(&p->out), '\n'), "%lld", &op), 1);
    tmpdir_path(p->dir, "home/state/paddock/journal.db", &path);
    assert_int_equal(journal_open(&journal, str_text(&path), clock_system(), &err), ST_OK);
    assert_int_equal(journal_take(journal, op, &err), ST_OK);
    str_finish(&path);
    return journal;
}

/* What another paddock looks after is not sent again here, nor given up, and that is said; without
 * it, it is given up by a typed word, and the plan is over with it. */
static void test_unknown_given_up(void **state)
{
    struct cli_rig *p = *state;
    struct str again = STR_INIT, release = STR_INIT;
    char id[40];
    fault(p, "{\"fault\":\"cut\",\"when\":\"before\"}");
    expect(p, "set\tp-1\tp-2\trate.rps=23\t--yes", 9, "", "1 applied, 1 unknown");
    plan_id(p, id);
    struct journal *other = take_unsettled(p);
    str_printf(&again, "apply\t%s\t--send-again\t--confirm=1", id);
    expect(p, again.data, 9, "", "unknown: another paddock looks after it");
    assert_non_null(strstr(str_text(&p->err), "settle or release it there"));
    str_printf(&release, "apply\t%s\t--release\t--confirm=1", id);
    expect(p, release.data, 9, "", "another paddock looks after it");
    journal_close(other);
    str_clear(&again);
    str_printf(&again, "apply\t%s\t--release\t--yes", id);
    expect(p, again.data, 64, "", "--confirm='1'");
    str_add(&again, "\t--send-again");
    expect(p, again.data, 64, "", "either --send-again or --release");
    expect(p, release.data, 3, "", "1 applied, 1 released");
    expect(p, release.data, 3, "", "1 applied, 1 released; nothing is left to send");
    expect(p, "set\tp-1\trate.rps=24\t--yes", 0, "", "saved and read back");
    str_finish(&again);
    str_finish(&release);
}

static void test_deletes(void **state)
{
    struct cli_rig *p = *state;
    expect(p, "delete\tp-1\tp-2\t--yes", 64, "", "--confirm='delete 2'");
    expect(p, "delete\tp-1\tp-2\t--yes", 64, "", "2 accounts are deleted");
    /* The number alone is what any plan of two asks for. */
    expect(p, "delete\tp-1\tp-2\t--confirm=2", 64, "", "--confirm='delete 2'");
    expect(p, "delete\tp-1\tp-2\t--confirm=p-1", 64, "", "nothing was sent");
    expect(p, "delete\t--where\tname=p-1,p-2\t--confirm=3", 64, "", "nothing was sent");
    expect(p, "delete\tp-1\tp-2\t--confirm=delete 2", 0, "", "2 applied");
    expect(p, "get\tp-1", 5, "", "no account");
    expect(p, "undo\t--yes", 0, "pa_", "2 applied");
    has(p, "p-1", "kv/old/1");
    /* A tenfold change asks for a word, too. */
    expect(p, "set\tp-1\tp-2\tquota.tokens=x10\t--yes", 64, "", "--confirm='10x 2'");
    expect(p, "set\tp-1\tp-2\tquota.tokens=x10\t--confirm=2", 64, "", "--confirm='10x 2'");
    expect(p, "set\tp-1\tp-2\tquota.tokens=x10\t--yes", 64, "",
           "2 accounts change a limit 10 times or more, or lose one: p-1 100M → 1G, p-2 100M → 1G");
    has(p, "p-1", "\"max_tokens_per_month\":100000000");
    expect(p, "set\tp-1\tp-2\tquota.tokens=x10\t--confirm=10x 2", 0, "", "2 applied");
    /* Of nine a single one is enough. */
    expect(p, "set\t--where\tprovider=openai\tquota.tokens=1G\t--yes", 64, "", "--confirm='10x 5'");
    /* A rate does, and a limit that goes. */
    expect(p, "set\tp-1\tp-2\trate.rpm=x100\t--yes", 64, "", "--confirm='10x 2'");
    expect(p, "set\tp-1\trate.rpm=x0.1\t--yes", 64, "", "--confirm='p-1'");
    expect(p, "set\tp-1\tp-2\tquota.tokens=none\t--yes", 64, "", "p-1 1G → none, p-2 1G → none");
    expect(p, "set\tp-1\tquota.tokens=none\t--yes", 64, "", "--confirm='p-1'");
    expect(p, "set\tp-1\tquota.tokens=none\t--dry-run", 2, "no limit any more", "");
    expect(p, "set\tp-1\tp-2\tquota.tokens=none\t--dry-run", 2, "2 LOSE the limit: unlimited", "");
}

/* ---- files ---------------------------------------------------------------------------------- */

static void test_plan_file(void **state)
{
    struct cli_rig *p = *state;
    struct str text = STR_INIT;
    in_dir(p, "plan\t--where\tprovider=openai\trate.rps=21\ttags.owner=me\t--out\t@/a.plan", 2,
           "8 change", "is in");
    has(p, "p-1", "\"requests_per_second\":20");
    assert_true(tmpdir_read(p->dir, "a.plan", &text));
    /* Truncated, edited, another organisation's: nothing changes. */
    tmpdir_write(p->dir, "cut.plan", "", 0600);
    in_dir(p, "apply\t@/cut.plan\t--yes", 64, "", "cut.plan");
    char *at = strstr(text.data, "\"requests_per_second\":21");
    assert_non_null(at);
    at[strlen("\"requests_per_second\":2")] = '9';
    tmpdir_write(p->dir, "edited.plan", text.data, 0600);
    in_dir(p, "apply\t@/edited.plan\t--yes", 64, "", "edited.plan:2: edited");
    in_dir(p, "apply\t@/a.plan\t--yes\t--org\torg-other", 6, "", "is for org-test");
    has(p, "p-1", "\"requests_per_second\":20");
    /* One that changed since is left alone. */
    expect(p, "set\tp-3\tdescription=touched\t--yes", 0, "", "saved");
    in_dir(p, "apply\t@/a.plan", 64, "", "nothing was sent");
    in_dir(p, "apply\t@/a.plan\t--yes\t--dry-run", 2, "p-3", "");
    in_dir(p, "apply\t@/a.plan\t--yes\t--parallel\t2", 3, "", "7 applied, 1 stale");
    assert_non_null(strstr(str_text(&p->err), "p-3"));
    assert_non_null(strstr(str_text(&p->err), "desc"));
    has(p, "p-3", "\"requests_per_second\":20");
    has(p, "p-4", "\"owner\":\"me\"");
    in_dir(p, "apply\t@/a.plan\t--yes", 3, "", "nothing is left");
    str_finish(&text);
    in_dir(p, "plan\tp-1\trate.rps=21\t--out\t@/none.plan", 0, "1 unchanged", "");
    in_dir(p, "apply\t@/none.plan\t--yes", 0, "", "nothing to change");
    in_dir(p, "plan\tp-1\trate.rps=30\t--out\t-", 2, "\"paddock_plan\":1", "");
}

/* A canary: the first are written, the rest when their health is seen, or with the next command. */
static void test_the_first_alone(void **state)
{
    struct cli_rig *p = *state;
    in_dir(p, "plan\tp-1\tp-2\tp-3\tp-4\trate.rps=21\t--out\t@/a.plan", 2, "4 change", "");
    in_dir(p, "apply\t@/a.plan\t--yes\t--parallel\t65", 64, "",
           "--parallel takes a number from 1 to 64");
    in_dir(p, "apply\t@/a.plan\t--yes\t--wait-health\t2s", 64, "", "no canary to wait for");
    has(p, "p-1", "\"requests_per_second\":20");
    in_dir(p, "apply\t@/a.plan\t--yes\t--first\t2", 3, "", "the first 2 are applied: look at them");
    assert_non_null(strstr(str_text(&p->err), "stopped after the first 2, as asked"));
    assert_non_null(strstr(str_text(&p->err), "2 applied, 2 not sent"));
    has(p, "p-2", "\"requests_per_second\":21");
    has(p, "p-3", "\"requests_per_second\":20");
    in_dir(p, "apply\t@/a.plan\t--yes", 0, "", "4 applied");
    in_dir(p, "plan\tp-1\tp-2\tp-3\trate.rps=22\t--out\t@/b.plan", 2, "3 change", "");
    in_dir(p, "apply\t@/b.plan\t--yes\t--first\t1\t--wait-health\t1s", 3, "",
           "no good health check after the write in time");
    assert_non_null(strstr(str_text(&p->err),
                           "the first 1 is applied: waiting for a good health check, up to 1 s"));
    assert_non_null(strstr(str_text(&p->err), "1 applied, 2 not sent"));
    has(p, "p-3", "\"requests_per_second\":21");
    in_dir(p, "apply\t@/b.plan\t--yes", 0, "", "3 applied");
}

/* What was stale is planned again as it is now, and only after a word is anything overwritten; what
 * others added to the tags stays. */
static void test_stale_ones_again(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT, text = STR_INIT;
    in_dir(p, "plan\tp-1\tp-2\tp-3\trate.rps=21\ttags.owner=me\t--out\t@/a.plan", 2, "3 change",
           "");
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--yes", 5, "", "is stale"); /* not begun */
    expect(p, "set\tp-2\ttags.team=theirs\trate.rps=33\t--yes", 0, "", "saved");
    expect(p, "delete\tp-3\t--confirm=p-3", 0, "", "deleted");
    in_dir(p, "apply\t@/a.plan\t--yes", 3, "", "1 applied, 2 stale");
    assert_non_null(strstr(str_text(&p->err), "--refresh-stale plans the stale ones again"));
    has(p, "p-2", "\"requests_per_second\":33");
    in_dir(p, "apply\t@/a.plan\t--out\t@/b.plan", 64, "", "--refresh-stale");
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--dry-run", 2, "33 → 21", "as they are now");
    assert_non_null(strstr(str_text(&p->out), "gone meanwhile"));
    assert_null(strstr(str_text(&p->out), "p-1"));
    /* --yes answers no question that was not shown: the word is asked for. */
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--yes", 64, "", "--confirm='1'");
    has(p, "p-2", "\"requests_per_second\":33");
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--out\t@/b.plan", 2, "1 change", "is in");
    has(p, "p-2", "\"requests_per_second\":33");
    assert_true(tmpdir_read(p->dir, "b.plan", &text));
    assert_non_null(strstr(str_text(&text), "as in plan "));
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--confirm\t1", 0, "", "1 applied");
    has(p, "p-2", "\"requests_per_second\":21");
    has(p, "p-2", "\"team\":\"theirs\"");
    has(p, "p-2", "\"owner\":\"me\"");
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--confirm\t1", 0, "", "nothing to change");
    str_finish(&words);
    str_finish(&text);
}

/* Made with another profile: another place is refused, the same place under another name asks. */
static void test_of_another_profile(void **state)
{
    struct cli_rig *p = *state;
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg",
                 "profiles: { alpha: { label = \"PROD\"; }; beta: { }; };\n", 0600);
    in_dir(p, "plan\t-p\talpha\tp-1\tp-2\trate.rps=21\t--out\t@/a.plan", 2, "2 change", "");
    in_dir(p, "apply\t@/a.plan\t-p\tbeta\t--yes", 6, "", "a.plan:1: plan ");
    assert_non_null(
        strstr(str_text(&p->err), "was made with profile alpha (PROD), this is profile beta"));
    assert_non_null(strstr(str_text(&p->err), "--other-profile"));
    in_dir(p, "apply\t@/a.plan\t-p\tbeta\t--org\torg-b\t--other-profile\t--yes", 6, "",
           "is for org-test");
    has(p, "p-1", "\"requests_per_second\":20");
    in_dir(p, "apply\t@/a.plan\t-p\tbeta\t--other-profile\t--yes", 0, "", "2 applied");
    has(p, "p-1", "\"requests_per_second\":21");
    in_dir(p, "plan\t-p\talpha\tp-1\trate.rps=22\t--out\t@/b.plan", 2, "1 change", "");
    in_dir(p, "apply\t@/b.plan\t-p\talpha\t--yes", 0, "", "1 applied");
    in_dir(p, "plan\tp-1\trate.rps=23\t--out\t@/c.plan", 2, "1 change", ""); /* without one */
    in_dir(p, "apply\t@/c.plan\t-p\tbeta\t--yes", 0, "", "1 applied");
}

/* F15: an earlier write on one of them is not settled: the others are written, it is looked at and
 * left with what to do; given up, the plan goes on with it. */
static void test_f15_one_behind_an_open_write(void **state)
{
    struct cli_rig *p = *state;
    in_dir(p, "plan\tp-1\tp-2\tp-3\trate.rps=21\t--out\t@/a.plan", 2, "3 change", "");
    fault(p, "{\"fault\":\"cut\",\"when\":\"before\"}");
    expect(p, "set\tp-2\tdescription=lost\t--yes", 9, "", "not known");
    in_dir(p, "apply\t@/a.plan\t--yes", 3, "", "2 applied, 1 behind an open write");
    assert_non_null(strstr(str_text(&p->err), "on it is not settled: not seen as of"));
    assert_non_null(strstr(str_text(&p->err), "1 account was not written"));
    assert_non_null(strstr(str_text(&p->err), "3 History"));
    has(p, "p-1", "\"requests_per_second\":21");
    has(p, "p-2", "\"requests_per_second\":20");
    expect(p, "set\tp-1\tp-2\tdescription=other\t--release\t--yes", 64, "",
           "--release is for one account: nothing was sent");
    expect(p, "set\tp-2\tdescription=other\t--release\t--confirm=p-2", 0, "", "given up");
    in_dir(p, "apply\t@/a.plan\t--yes", 3, "", "2 applied, 1 stale");
    in_dir(p, "apply\t@/a.plan\t--refresh-stale\t--confirm=1", 0, "", "1 applied");
    has(p, "p-2", "\"requests_per_second\":21");
}

/* What the head of a plan has no room for is cut between two letters: the file can be read. */
static void test_long_words(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    str_add(&words, "plan\tp-1\trate.rps=21\ttags.owner=");
    for (int i = 0; i < 120; i++)
        str_add(&words, "\xc3\xa9");
    str_add(&words, "\t--reason\tx");
    for (int i = 0; i < 79; i++) /* as much as the journal takes */
        str_add(&words, "\xc3\xa9");
    str_add(&words, "\t--out\t@/long.plan");
    in_dir(p, words.data, 2, "1 change", "");
    in_dir(p, "apply\t@/long.plan\t--yes", 0, "", "1 applied");
    str_finish(&words);
}

static void test_export_and_diff(void **state)
{
    struct cli_rig *p = *state;
    struct str text = STR_INIT, path = STR_INIT;
    in_dir(p, "export\t@/out", 0, "", "8 files written, 0 already so");
    in_dir(p, "export\t@/out", 0, "", "0 files written, 8 already so");
    in_dir(p, "diff\t-f\t@/out", 0, "0 changes, 8 unchanged", "");
    in_dir(p, "diff\t-f\t@/out\t--all", 0, "0 change", "");
    in_dir(p, "plan\t-f\t@/out", 0, "0 change", "");
    assert_true(tmpdir_read(p->dir, "out/p-1.json", &text));
    assert_null(strstr(text.data, "provider_account_id"));
    assert_null(strstr(text.data, "current_month_tokens"));
    assert_null(strstr(text.data, "status"));
    expect(p, "set\tp-1\trate.rps=99\tquota.tokens=none\t--confirm=p-1", 0, "", "saved");
    in_dir(p, "diff\t-f\t@/out", 2, "requests_per_second", "");
    in_dir(p, "plan\t-f\t@/out\t--out\t@/back.plan", 2, "1 change", "");
    in_dir(p, "apply\t@/back.plan\t--yes", 0, "", "1 applied");
    in_dir(p, "diff\t-f\t@/out", 0, "0 change", "");
    assert_int_equal(unlink(tmpdir_path(p->dir, "out/p-2.json", &path)), 0);
    in_dir(p, "diff\t-f\t@/out", 0, "0 changes, 7 unchanged", "");
    in_dir(p, "diff\t-f\t@/out\t--all", 2, "not in the files", "");
    /* A part of an account, and one that is new. */
    tmpdir_write(p->dir, "part.jsonl",
                 "{\"name\":\"p-3\",\"tags\":{\"env\":\"test\"}}\n"
                 "{\"name\":\"new\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}\n",
                 0600);
    in_dir(p, "plan\t-f\t@/part.jsonl\t--out\t@/part.plan", 2,
           "1 creation, 1 change, 0 unchanged, 0 skipped", "");
    in_dir(p, "apply\t@/part.plan\t--yes", 0, "pa_", "2 applied");
    in_dir(p, "plan\t-f\t@/part.jsonl", 0, "0 changes, 2 unchanged", "");
    has(p, "p-3", "\"env\":\"test\"");
    has(p, "p-3", "\"requests_per_second\":20");
    tmpdir_write(p->dir, "part.csv", "name,quota.tokens,tags\np-3,400M,\"a=b, c=d\"\np-4,none,\n",
                 0600);
    in_dir(p, "diff\t-f\t@/part.csv", 2, "2 change", "");
    str_finish(&text);
    str_finish(&path);
}

/* What is wrong in a file is named with file, line and field; nothing is sent. */
static void test_bad_files(void **state)
{
    struct cli_rig *p = *state;
    static const struct {
        const char *name, *text, *says;
    } bad[] = {
        {"a.json", "", "a.json: no account"},
        {"b.json", "{", "b.json:1: not JSON"},
        {"c.json", "[\n{\"name\":\"p-1\"},\n{\"name\":\"p-2\",\"nam\":1}]",
         "c.json:3: unknown fields: nam"},
        {"d.json", "{\"name\":\"p-1\",\n\"rate_limit_policy\":{\n\"requests_per_second\":0}}",
         "d.json:3: rate_limit_policy.requests_per_second: out of range"},
        {"e.json", "{\"name\":\"p-1\",\n\n\"enabled\":\"yes\"}",
         "e.json:3: enabled: not true or false"},
        {"f.json", "{\"name\":\"p-1\",\"tags\":{\n\"a\":\"1\",\n\"a\":\"2\"}}",
         "f.json:3: a: stands twice"},
        {"g.json", "{\"name\":\"p-1\"}\n{\"name\":\"p-1\",\"region\":\"x\"}",
         "g.json:2: the same account as at"},
        {"h.json", "{\"id\":\"pa_none\"}\n{\"provider_account_id\":\"pa_none\"}",
         "h.json:2: the same account as at"},
        {"i.json", "{\"region\":\"x\"}", "i.json:1: neither"},
        {"j.json", "{\"name\":\"fresh\"}", "j.json:1: provider_type is required"},
        {"k.json", "{\"name\":\"p-1\",\"quota_policy\":null}",
         "k.json:1: quota_policy: cannot be null as a whole"},
        {"l.json", "{\"name\":\"p-1\",\"org_id\":\"other\"}", "l.json:1: org_id: another"},
        {"m.csv", "name,rate.rps\np-1,fast\n",
         "m.csv:2: rate_limit_policy.requests_per_second: not"},
        {"n.csv", "name,nonsense\np-1,1\n", "n.csv:1: there is no field"},
        {"o.csv", "name,rate.rps\np-1\n", "o.csv:2: fewer cells"},
        {"p.csv", "name,credentials_ref\np-1,********\n", "p.csv:2: credentials_ref: masked"},
        {"q.json", "{\"name\":\"p-1\",\"quota_policy\":{\"max_tokens_per_month\":1.5}}",
         "q.json:1: quota_policy.max_tokens_per_month: not a whole number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct str words = STR_INIT;
        tmpdir_write(p->dir, bad[i].name, bad[i].text, 0600);
        str_printf(&words, "plan\t-f\t@/%s", bad[i].name);
        in_dir(p, words.data, 64, "", bad[i].says);
        str_finish(&words);
    }
    in_dir(p, "plan\t-f\t@/nothing-here.json", 64, "", "No such file");
    in_dir(p, "plan\t-f\t@/a.json\tp-1\trate.rps=1", 64, "", "either -f");
    in_dir(p, "apply\t@/c.json\t--yes", 64, "", "c.json:1: not a plan");
    expect(p, "diff", 64, "", "-f FILE");
}

/* An id that the server does not have any more: said, the rest is compared and planned, and it is
 * never created by itself. */
static void test_an_account_of_the_files_is_gone(void **state)
{
    static const char *const verbs[] = {"plan\t-f\t@/gone.json", "diff\t-f\t@/gone.json",
                                        "plan\t-f\t@/same.json", "diff\t-f\t@/same.json"};
    static const int codes[] = {3, 2, 3, 2};
    struct cli_rig *p = *state;
    tmpdir_write(p->dir, "gone.json",
                 "[{\"name\":\"p-1\",\"region\":\"x\"},\n{\"id\":\"pa_none\",\"name\":\"p-2\","
                 "\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}]",
                 0600);
    tmpdir_write(p->dir, "same.json", "{\"id\":\"pa_none\"}", 0600);
    for (size_t i = 0; i < 4; i++)
        in_dir(p, verbs[i], codes[i], "  skipped: gone: the server has no account of this id",
               "1 account of the files is gone from the server: nothing is done about it");
    in_dir(p, verbs[0], 3, "gone.json:2); pa_", " it is created again, under a new id");
    assert_non_null(strstr(str_text(&p->out), " has its name now"));
    assert_non_null(strstr(str_text(&p->out), "1 change, 0 unchanged, 1 skipped"));
    in_dir(p, "plan\t-f\t@/gone.json\t--out\t@/gone.plan", 3, "", "is gone from the server");
    in_dir(p, "apply\t@/gone.plan\t--yes", 0, "", "1 applied");
    expect(p, "list\t-o\tname", 0, "p-1\n", "");
    assert_int_equal(cli_rig_lines(p), COUNT);
}

static void test_create_many(void **state)
{
    struct cli_rig *p = *state;
    static const char two[] = "[{\"name\":\"n-1\",\"provider_type\":\"openai\","
                              "\"credentials_ref\":\"k\"},{\"name\":\"n-2\",\"provider_type\":"
                              "\"openai\",\"credentials_ref\":\"k\"}]";
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--dry-run", two), 2, "n-2", "");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-", two), 64, "", "nothing was sent");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", two), 0, "pa_", "2 applied");
    assert_int_equal(cli_rig_lines(p), 2);
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", two), 6, "", "n-1 already");
    /* The server gives an id: one in the file is told in the same words as that of a single one. */
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--yes",
                                  "[{\"name\":\"n-3\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"k\"},\n{\"id\":\"pa_none\",\"name\":"
                                  "\"n-4\",\"provider_type\":\"openai\",\"credentials_ref\":"
                                  "\"k\"}]"),
                   64, "", "-:2: an account gets its id from the server: pa_none");
    expect(p, "undo\t--confirm=delete 2", 0, "", "2 applied");
    expect(p, "get\tn-1", 5, "", "no account");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, cli_rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_where),
        T(test_the_last_of_a_provider),
        T(test_one_by_name),
        T(test_keys_for_references),
        T(test_move),
        T(test_failures_resumed),
        T(test_apply_of_what_was_taken_back),
        T(test_the_rest_of_what_was_taken_back),
        cmocka_unit_test_setup_teardown(test_collateral, setup_replacing, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_was_kept, setup_null_ignored,
                                        cli_rig_teardown),
        T(test_unknown),
        T(test_unknown_given_up),
        T(test_deletes),
        T(test_plan_file),
        T(test_f15_one_behind_an_open_write),
        T(test_stale_ones_again),
        T(test_of_another_profile),
        T(test_the_first_alone),
        T(test_long_words),
        T(test_export_and_diff),
        T(test_bad_files),
        T(test_an_account_of_the_files_is_gone),
        T(test_create_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
