/* cli_write_test.c: the commands that change something, as a program against the sandbox: nothing
 * is sent unasked, what was sent is read back, and the exit code says what became of it. */
#include "base/mem.h"
#include "tests/support/child_proc.h"
#include "tests/support/cli_rig.h"
#include "store/journal.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_nothing_unasked(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=21\t--dry-run"), 2,
                   "+   requests_per_second", "");
    assert_null(strstr(str_text(&p->err), "earlier paddock")); /* what was only shown is no write */
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\t--dry-run"), 0, "", "");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=21"), 64, "",
                   "no terminal to ask on: nothing was sent");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=21\t--confirm=other"), 64, "",
                   "nothing was sent");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\t--yes"), 64, "", "--confirm='mine'");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\t--confirm=other"), 64, "", "nothing was sent");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\t--confirm="), 64, "", "empty value");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\tx\t--confirm=mine"), 64, "",
                   "is not the word of this plan");
    cli_rig_has(p, "\"requests_per_second\":20");
}

static void test_set(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(
        p, cli_rig_run(p, "set\t%s\trate.rps=25\tquota.tokens=400M\ttags.team=search\t--yes"), 0,
        "", "saved and read back");
    cli_rig_has(p, "\"requests_per_second\":25");
    cli_rig_has(p, "\"max_tokens_per_month\":400000000");
    cli_rig_has(p, "\"tags\":{\"env\":\"prod\",\"team\":\"search\"}");
    /* A change of ten times asks for more than a yes. */
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=1M\t--yes"), 64, "",
                   "--confirm='mine'");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=1M\t--confirm=mine"), 0, "", "saved");
    cli_rig_expect(
        p, cli_rig_run(p, "set\tmine\tquota.tokens=none\ttags.env=none\ttags.a=b\t--confirm=mine"),
        0, "", "saved");
    cli_rig_has(p, "\"max_tokens_per_month\":null");
    cli_rig_has(p, "\"tags\":{\"a\":\"b\",\"team\":\"search\"}");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=25\t--yes"), 0, "", "nothing to change");
    cli_rig_expect(p, cli_rig_run(p, "disable\t%s\t--yes"), 0, "", ": disabled and read back");
    cli_rig_has(p, "\"enabled\":false");
    cli_rig_expect(p, cli_rig_run(p, "enable\t%s\tno-such-one\t--yes"), 3, "", "no account");
    cli_rig_has(p, "\"enabled\":true");
    cli_rig_expect(p, cli_rig_run(p, "disable\tmine\t--yes"), 0, "", ": disabled and read back");
    cli_rig_expect(p, cli_rig_run(p, "enable\tmine\t--yes"), 0, "", ": enabled and read back");
}

static void test_bad_words(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rpss=1\t--yes"), 64, "",
                   "did you mean rate.rps?");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=fast\t--yes"), 64, "",
                   "rate.rps: not a number");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=0\t--yes"), 64, "", "rate.rps: ");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tstatus=active\t--yes"), 64, "", "the server's own");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tmine"), 64, "", "nothing to set");
    cli_rig_expect(p, cli_rig_run(p, "set\trate.rps=1\trate.rpm=2"), 64, "", "no account is named");
    cli_rig_expect(p, cli_rig_run(p, "set\tno-such-one\trate.rps=1\t--yes"), 5, "", "no account");
}

/* The list that a name is looked up in is not shown: what holds of it is not said. */
static void test_by_name(void **state)
{
    struct cli_rig *p = *state;
    static const char *const extra[] = {"--behaviour", "no-created-at", NULL};
    const struct sandbox_options options = {.accounts = 150, .extra = extra};
    struct sandbox_proc *walked = sandbox_create(&options);
    static const char *const words[] = {"create\t-f\t-\t--yes", "disable\tfresh\t--yes",
                                        "enable\tfresh\t--yes", "delete\tfresh\t--confirm=fresh"};
    assert_non_null(walked);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int code = cli_rig_run_env(p, sandbox_env(walked), words[i],
                                   "{\"name\":\"fresh\",\"provider_type\":\"openai\","
                                   "\"region\":\"eu\",\"credentials_ref\":\"kv/x\"}");
        cli_rig_expect(p, code, 0, "", "and read back");
        assert_null(strstr(str_text(&p->err), "not proven"));
    }
    cli_rig_expect(p, cli_rig_run_env(p, sandbox_env(walked), "list\t-o\tname", NULL), 0, "",
                   "not proven complete: some may have moved");
    sandbox_destroy(walked);
}

/* The server's own word about a field comes back under the field's name. */
static void test_refused_by_server(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    str_add(&words, "set\t%s\t--yes\ttags.long=");
    str_fill(&words, 'n', 4000);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 1, "", "  tags.long: ");
    cli_rig_has(p, "\"name\":\"mine\"");
    assert_null(strstr(str_text(&p->out), "nnnn"));
    str_finish(&words);
}

static void test_create(void **state)
{
    struct cli_rig *p = *state;
    static const char good[] = "{\"name\":\"second\",\"provider_type\":\"openai\","
                               "\"credentials_ref\":\"kv/2\",\"enabled\":false}";
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--dry-run", good), 2, "second", "");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-", good), 64, "", "nothing was sent");
    cli_rig_expect(p, cli_rig_run_in(p, "get\tsecond", NULL), 5, "", "no account");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", good), 0, "pa_",
                   "created and read back");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", good), 6, "",
                   "named second already");
    cli_rig_expect(p, cli_rig_run_in(p, "create\t--yes", good), 64, "", "-f FILE");
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "no JSON object"},
        {"{", "not JSON"},
        {"[]", "-: "},
        {"{\"name\":\"x\",\"provider_type\":\"openai\"}", "credentials_ref is required"},
        {"{\"name\":\"x\",\"nam\":1}", "unknown fields: nam"},
        {"{\"name\":7,\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}", "name"},
        {"{\"name\":\"x\",\"provider_type\":\"o\",\"credentials_ref\":\"k\","
         "\"rate_limit_policy\":{\"requests_per_second\":0}}",
         "requests_per_second"},
        {"{\"provider_account_id\":\"pa_x\",\"name\":\"x\",\"provider_type\":\"o\","
         "\"credentials_ref\":\"k\"}",
         "leave provider_account_id out to create it"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", bad[i].text), 64, "",
                       bad[i].says);
    cli_rig_expect(p, cli_rig_run_in(p, "delete\tsecond\t--confirm=second", NULL), 0, "",
                   "deleted and read back");
    cli_rig_expect(p, cli_rig_run_in(p, "get\tsecond", NULL), 5, "", "no account");
}

/* Without a journal, or read-only: no request but reads. */
static void test_not_allowed(void **state)
{
    struct cli_rig *p = *state;
    static const char one[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"enabled\":true}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    fault_json(s, "GET", NULL, 0, 200, one);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *readonly[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x",
                              "PADDOCK_READONLY=1", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, readonly, "disable\tpa_1\t--yes", NULL), 4, "",
                   "read-only");
    const char *nowhere[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x",
                             "XDG_STATE_HOME=/dev/null", NULL};
    int code = cli_rig_run_env(p, nowhere, "disable\tpa_1\t--yes", NULL);
    assert_true(code != 0 && code != 9);
    assert_int_equal(fault_count(s, "!GET", NULL), 0);
    fault_server_destroy(s);
    str_finish(&url);
}

/* The outcome is in the journal before it is told: while another process holds the file it is not
 * told, and then with the reason. */
struct held {
    struct str path;
    sqlite3 *db;
};

static void hold_journal(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    struct held *h = ctx;
    bool sent = strcmp(request->method, "PATCH") == 0;
    if (sent && !h->db && sqlite3_open(str_text(&h->path), &h->db) == SQLITE_OK)
        sqlite3_exec(h->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    reply->body = h->db ? "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"enabled\":false}"
                        : "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"enabled\":true}";
}

static void test_told_after_the_journal(void **state)
{
    struct cli_rig *p = *state;
    struct fault_server *s = fault_server_create();
    struct held held = {.path = STR_INIT};
    struct str url = STR_INIT;
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    tmpdir_path(p->dir, "home/state/paddock/journal.db", &held.path);
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=held", "PADDOCK_TOKEN=t0ken-x", NULL};
    fault_handler(s, hold_journal, &held);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "disable\tpa_1\t--yes", NULL), 0, "",
                   "the journal cannot be written (");
    assert_non_null(strstr(strstr(str_text(&p->err), "looks again"), "disabled and read back"));
    assert_non_null(held.db);
    sqlite3_close(held.db);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "log\t-o\tcsv\t--columns=outcome", NULL), 0, "open",
                   "");
    fault_server_destroy(s);
    str_finish(&held.path);
    str_finish(&url);
}

/* The whole of a reason is in the journal, or nothing is sent. */
static void test_reason_too_long(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    str_add(&words, "disable\t%s\t--yes\t--reason=");
    str_fill(&words, 'r', 160);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 64, "",
                   "--reason: too long for the journal by 1 byte");
    cli_rig_has(p, "\"enabled\":true");
    str_finish(&words);
}

/* ---- what an earlier process left open ------------------------------------------------------ */

/* Runs `paddock set pa_1 rate.rps=21` and kills it when its PATCH has arrived. */
static void set_and_kill(struct cli_rig *p, const char *const *vars, struct fault_server *s)
{
    const char *argv[] = {str_text(&p->program), "set", "pa_1", "rate.rps=21", "--yes", NULL};
    const char **env = tmpdir_env_with(p->dir, vars);
    struct child_proc c;
    assert_true(child_proc_start(&c, argv, env));
    assert_true(fault_wait(s, "PATCH", NULL, 1, 0));
    child_signal(&c, SIGKILL);
    assert_true(child_wait(&c, 0));
    child_finish(&c);
    mem_free(env);
}

/* F29 on the command line: the next one settles what the killed one left, before it sends. */
static void test_killed_one_settled(void **state)
{
    struct cli_rig *p = *state;
    static const char before[] =
        "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
        "\"rate_limit_policy\":{\"requests_per_second\":20},\"enabled\":true}";
    static const char after[] =
        "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
        "\"rate_limit_policy\":{\"requests_per_second\":21},\"enabled\":true}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=killed", "PADDOCK_TOKEN=t0ken-x", NULL};
    const struct fault_rule silent = {.method = "PATCH", .times = 1, .reply = {.never = true}};
    fault_rule_add(s, &silent);
    fault_json(s, "PATCH", NULL, 0, 422, "{\"detail\":\"no\"}");
    fault_json(s, "GET", NULL, 0, 200, before);
    set_and_kill(p, vars, s);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "log\t-o\tcsv\t--columns=outcome", NULL), 0, "open",
                   "");
    /* Not seen by three looks: still locked, and nothing more was sent. */
    cli_rig_expect(p, cli_rig_run_env(p, vars, "set\tpa_1\trate.rps=22\t--yes", NULL), 9, "",
                   "is not settled (not seen as of");
    assert_int_equal(fault_count(s, "PATCH", NULL), 1);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "undo\t--yes", NULL), 9, "", "not settled");
    assert_int_equal(fault_count(s, "PATCH", NULL), 1);
    /* Given up by its name alone; then the new one goes. */
    cli_rig_expect(p, cli_rig_run_env(p, vars, "set\tpa_1\trate.rps=22\t--yes\t--release", NULL),
                   64, "", "--confirm='n'");
    assert_int_equal(fault_count(s, "PATCH", NULL), 1);
    cli_rig_expect(p,
                   cli_rig_run_env(p, vars, "set\tpa_1\trate.rps=22\t--confirm=n\t--release", NULL),
                   1, "", "is given up");
    assert_int_equal(fault_count(s, "PATCH", NULL), 2);
    fault_server_destroy(s);

    /* Seen as asked: applied, and the next one is sent. */
    s = fault_server_create();
    str_clear(&url);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    vars[0] = str_text(&url);
    fault_rule_add(s, &silent);
    fault_json(s, "GET", NULL, 2, 200, before);
    fault_json(s, "GET", NULL, 0, 200, after);
    set_and_kill(p, vars, s);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "set\tpa_1\trate.rps=21\t--yes", NULL), 0, "",
                   "is settled: applied");
    assert_int_equal(fault_count(s, "PATCH", NULL), 1);
    fault_server_destroy(s);
    str_finish(&url);
}

/* ---- what another process that lives looks after -------------------------------------------- */

/* Its journal, with an intent on "mine", and one to create "second". */
static struct journal *elsewhere(struct cli_rig *p, int64_t ops[2])
{
    struct journal *journal;
    struct error err;
    struct str path = STR_INIT;
    const struct clock clock = clock_system();
    static const char made[] =
        "{\"name\":\"second\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/2\"}";
    cli_rig_expect(p, cli_rig_run(p, "get\t%s\t-o\tjson"), 0, "mine", "");
    struct journal_entry e[2] = {
        {.kind = JOURNAL_UPDATE, .account_name = "mine", .base = str_text(&p->out)},
        {.kind = JOURNAL_CREATE, .account_name = "second", .body = made, .target = made}};
    e[0].body = "{\"rate_limit_policy\":{\"requests_per_second\":33}}";
    snprintf(e[0].account_id, sizeof e[0].account_id, "%s", p->id);
    tmpdir_path(p->dir, "home/state/paddock/journal.db", &path);
    if (journal_open(&journal, str_text(&path), clock, &err))
        fail_msg("%s", err.what);
    for (int i = 0; i < 2; i++) {
        e[i].intent_wall_ms = clock_wall(&clock);
        snprintf(e[i].origin, sizeof e[i].origin, "%s", sandbox_url(p->sandbox));
        snprintf(e[i].org, sizeof e[i].org, "%s", sandbox_org(p->sandbox));
        assert_int_equal(journal_intent(journal, &e[i], &ops[i], &err), ST_OK);
    }
    assert_int_equal(journal_flush(journal, &err), ST_OK);
    str_finish(&path);
    return journal;
}

/* One command beside others: its stdout and stderr as lines. */
static void begin(struct cli_rig *p, struct child_proc *c, const char *command)
{
    struct str script = STR_INIT;
    str_printf(&script, "exec %s %s 2>&1", str_text(&p->program), command);
    const char *argv[] = {"/bin/sh", "-c", str_text(&script), NULL};
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    assert_true(child_proc_start(c, argv, env));
    mem_free(env);
    str_finish(&script);
}

/* Reads on until a line has this in it. */
static void says(struct child_proc *c, const char *words)
{
    struct str line = STR_INIT;
    do {
        str_clear(&line);
        if (!child_line(c, &line, 60000))
            fail_msg("never said: %s", words);
    } while (!strstr(str_text(&line), words));
    str_finish(&line);
}

static void ends(struct child_proc *c, int code)
{
    assert_true(child_wait(c, 60000));
    assert_int_equal(child_exit_code(c), code);
    child_finish(c);
}

/* F15: nothing is sent over a write that may still arrive, whoever looks after it. */
static void test_F15_what_another_paddock_looks_after(void **state)
{
    struct cli_rig *p = *state;
    static const char *const verbs[] = {"set %s rate.rps=44 --yes", "disable %s --yes",
                                        "delete %s --confirm=mine",
                                        "set %s rate.rps=45 --confirm=mine --release", "create"};
    enum { VERBS = sizeof verbs / sizeof *verbs };
    struct child_proc c[VERBS];
    struct str path = STR_INIT;
    struct error err;
    int64_t ops[2];
    struct journal *journal = elsewhere(p, ops);
    tmpdir_write(p->dir, "new.json",
                 "{\"name\":\"second\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}",
                 0600);
    tmpdir_path(p->dir, "new.json", &path);
    for (size_t i = 0; i < VERBS; i++) {
        struct str words = STR_INIT;
        if (i + 1 < VERBS)
            str_printf(&words, "%.*s%s%s", (int)(strchr(verbs[i], '%') - verbs[i]), verbs[i], p->id,
                       strchr(verbs[i], '%') + 2);
        else
            str_printf(&words, "create -f %s --yes", str_text(&path));
        begin(p, &c[i], str_text(&words));
        str_finish(&words);
    }
    for (size_t i = 0; i < VERBS; i++)
        says(&c[i], "another paddock looks after it; waiting");
    for (size_t i = 0; i < VERBS; i++) {
        says(&c[i], "is not settled; another paddock looks after it");
        ends(&c[i], 9);
    }
    cli_rig_has(p, "\"requests_per_second\":25");
    cli_rig_expect(p, cli_rig_run_in(p, "get\tsecond", NULL), 5, "", "no account");

    /* Settled there while it waits: sent. */
    struct str words = STR_INIT;
    str_printf(&words, "set %s rate.rps=44 --yes", p->id);
    begin(p, &c[0], str_text(&words));
    says(&c[0], "waiting");
    assert_int_equal(journal_outcome(journal, ops[0], JOURNAL_NOT_APPLIED, NULL, NULL, "", &err),
                     ST_OK);
    assert_int_equal(journal_flush(journal, &err), ST_OK);
    says(&c[0], "saved and read back");
    ends(&c[0], 0);
    cli_rig_has(p, "\"requests_per_second\":44");

    /* Its process ends while it waits: taken up, and looked at. */
    str_clear(&words);
    str_printf(&words, "create -f %s --yes", str_text(&path));
    begin(p, &c[0], str_text(&words));
    says(&c[0], "waiting");
    journal_close(journal);
    says(&c[0], "of an earlier paddock is not settled; looking at it");
    says(&c[0], "is not settled (not seen in the whole list");
    says(&c[0], "--release gives that create up and sends this one");
    ends(&c[0], 9);
    cli_rig_expect(p, cli_rig_run_in(p, "get\tsecond", NULL), 5, "", "no account");

    /* Given up by its name, after three looks have not seen it: created, once. */
    str_add(&words, " --release");
    begin(p, &c[0], str_text(&words));
    says(&c[0], "create second is not done without its name");
    ends(&c[0], 64);
    str_add(&words, " --confirm=second");
    begin(p, &c[0], str_text(&words));
    says(&c[0], "is given up: whether it was applied is not known");
    says(&c[0], "created and read back");
    ends(&c[0], 0);
    cli_rig_expect(p, cli_rig_run_in(p, "get\tsecond", NULL), 0, "second", "");
    str_finish(&words);
    str_finish(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_unasked),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_bad_words),
        cmocka_unit_test(test_refused_by_server),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_not_allowed),
        cmocka_unit_test(test_reason_too_long),
        cmocka_unit_test(test_told_after_the_journal),
        cmocka_unit_test(test_killed_one_settled),
        cmocka_unit_test(test_F15_what_another_paddock_looks_after),
    };
    return cmocka_run_group_tests(tests, cli_rig_setup, cli_rig_teardown);
}
