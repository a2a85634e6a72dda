/* cli_told_test.c: what a command says, and how it ends, when something is not as asked: somebody
 * was faster, the server changed more than was sent, the journal cannot be read, the answer was no.
 * The program against the sandbox, and where that cannot, a server that does as told. */
#include "base/mem.h"
#include "tests/support/cli_rig.h"
#include "tests/support/fault_server.h"
#include "tests/support/pty_term.h"
#include "tests/support/sandbox_run.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void says(struct cli_rig *p, const char *text)
{
    if (!strstr(str_text(&p->err), text))
        fail_msg("not said: %s\nin: %s", text, str_text(&p->err));
}

/* An undo over somebody else's change: both values and what is there, and the way over it. */
static void test_conflict_of_an_undo(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=7\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, "log\t-o\tcsv\t--columns=op"), 0, "op\r\n", "");
    int op = 0;
    char words[64];
    assert_int_equal(sscanf(str_text(&p->out), "op %d", &op), 1);
    snprintf(words, sizeof words, "undo\t%d\t--yes\t-q", op);
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=9\t--yes"), 0, "", "saved");
    cli_rig_expect(p, cli_rig_run(p, words), 6, "", "mine was changed by somebody else");
    says(p, "rate.rps: was 7 requests/s, wanted 20 requests/s, the server has 9 requests/s");
    says(p, "to do it all the same: paddock set ");
    says(p, " rate.rps=20");
    cli_rig_has(p, "\"requests_per_second\":9");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\t--yes"), 0, "", "saved");
}

static void fault(struct cli_rig *p, const char *json)
{
    struct box box = {.port = sandbox_port(p->sandbox)};
    snprintf(box.url, sizeof box.url, "%s", sandbox_url(p->sandbox));
    struct box_answer a =
        box_call_as(&box, sandbox_token(p->sandbox), "POST", "/_sandbox/faults", json);
    assert_int_equal(a.status, 204);
    box_answer_finish(&a);
}

/* F09 in a command: exit 6, what was, what was wanted and what is there, field by field; and of a
 * refusal without a reason that can be seen, that. */
static void test_F09_refused(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\tquota.tokens=50M\t--confirm=mine"), 0,
                   "", "");
    fault(p, "{\"fault\":\"conflict\"}");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=7\t--yes\t-q"), 6, "", "(409)");
    says(p, "none of its settings was changed meanwhile");
    says(p, "rate.rps: was 20 requests/s, wanted 7 requests/s, the server has 20 requests/s");
    fault(p, "{\"fault\":\"overlap\"}");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=60M\t--yes\t-q"), 6, "",
                   "mine was changed by somebody else");
    says(p, "(409)");
    says(p, "quota.tokens: was 50,000,000 tokens/month, wanted 60,000,000 tokens/month, the server "
            "has ");
    says(p, "to do it all the same: paddock set ");
    fault(p, "{\"fault\":\"error\",\"status\":412}");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\t--confirm=mine\t-q"), 6, "", "(412)");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=none\t--confirm=mine"), 0, "", "");
}

/* F09, and only other fields were changed: --yes was said to what stood there before, so nothing
 * more is sent, and what was changed is named. */
struct faster {
    int sent; /* PATCHes */
};

static void renamed_behind(void *ctx, const struct fault_request *request,
                           struct fault_reply *reply)
{
    struct faster *f = ctx;
    bool patch = strcmp(request->method, "PATCH") == 0;
    f->sent += patch;
    reply->status = patch ? 409 : 200;
    reply->body = patch     ? "{\"error\":\"CONFLICT\",\"message\":\"stale\",\"status_code\":409}"
                  : f->sent ? "{\"provider_account_id\":\"pa_1\",\"name\":\"m\",\"enabled\":true}"
                            : "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"enabled\":true}";
}

static void test_F09_merged(void **state)
{
    struct cli_rig *p = *state;
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    struct faster faster = {0};
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=faster", "PADDOCK_TOKEN=t0ken-x", NULL};
    fault_handler(s, renamed_behind, &faster);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "disable\tpa_1\t--yes", NULL), 6, "",
                   "n was changed by somebody else");
    says(p, "name: was n, the server has m");
    says(p, "enabled: was yes, wanted no, the server has yes");
    assert_int_equal(faster.sent, 1);
    /* The command has the text as it was typed, whatever it says. */
    struct str words = STR_INIT, command = STR_INIT;
    faster.sent = 0;
    str_printf(&words, "set\tpa_1\tdesc=see paddock list\t--yes\t--url\t%s", fault_url(s));
    str_printf(&command, "all the same: paddock --url %s set pa_1 'desc=see paddock list'",
               fault_url(s));
    cli_rig_expect(p, cli_rig_run_env(p, vars, str_text(&words), NULL), 6, "", str_text(&command));
    str_finish(&words);
    str_finish(&command);
    fault_server_destroy(s);
    str_finish(&url);
}

/* 422: each message under the whole path of what it is about, with -q, too. */
static void test_paths_of_a_refusal(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    str_add(&words, "set\t%s\t--yes\t-q\ttags.team=");
    str_fill(&words, 'n', 4000);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 1, "", "  tags.team: ");
    str_finish(&words);
}

/* A dry run is a plan: references stand whole in it, and it says what will be asked for. */
static void test_dry_run(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tcredentials_ref=kv/new\t--dry-run"), 2, "kv/new",
                   "");
    assert_null(strstr(str_text(&p->out), "***"));
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--dry-run",
                                  "{\"name\":\"fresh\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/fresh\"}"),
                   2, "kv/fresh", "");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=1G\t--confirm=mine"), 0, "", "mine");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tquota.tokens=1\t--dry-run"), 2,
                   "! quota.tokens: a tenth or less", "--confirm='mine'");
    cli_rig_expect(p, cli_rig_run(p, "delete\t%s\t--dry-run"), 2, "", "--confirm='mine'");
}

/* Agreed to without a look: what the preview would warn of is said on stderr, with -q, too; what
 * stood before and is no matter of the change is not. */
static void test_warnings_under_yes(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\trate.rpm=1300\trate.burst=30\t--yes"),
                   0, "", "saved");
    assert_null(strstr(str_text(&p->err), "!"));
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=30\t--yes\t-q"), 0, "",
                   "mine: ! rate.rps: requests/s x 60 = 1,800, above requests/min 1,300");
    assert_int_equal(p->out.len, 0);
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tdesc=other\t--yes"), 0, "", "saved");
    assert_null(strstr(str_text(&p->err), "!"));
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.burst=3\t--confirm=mine"), 0, "",
                   "mine: ! rate.burst: a tenth or less\n");
    says(p, "mine: ! rate.burst: burst 3 is below one second's 30 requests");
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--yes",
                                  "{\"name\":\"w\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/w\",\"rate_limit_policy\":"
                                  "{\"requests_per_second\":30,\"requests_per_minute\":60}}"),
                   0, "pa_", "w: ! rate.rps: ");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\trate.burst=30\t--confirm=mine"), 0, "",
                   "saved");
}

#define KEY   "sk-proj-a1b2c3d4e5f6"
#define WORDS "looks like a key, not a reference"

static void hides(struct cli_rig *p)
{
    assert_null(strstr(str_text(&p->out), KEY));
    assert_null(strstr(str_text(&p->err), KEY));
}

/* A key where a reference belongs is sent when that was agreed to, said before, and never shown:
 * neither as what is to be, nor by the undo as what was. */
static void test_a_key_for_a_reference(void **state)
{
    static const char *const sends[] = {"set\t%s\tcredentials_ref=" KEY "\t--yes\t-q",
                                        "set\t%s\tcredentials_ref=" KEY "\t--confirm=mine\t-q"};
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tcredentials_ref=" KEY "\t--dry-run"), 2,
                   "******** (" WORDS ")", "");
    assert_non_null(strstr(str_text(&p->out), "! credentials: " WORDS));
    hides(p);
    for (size_t i = 0; i < 2; i++) {
        cli_rig_expect(p, cli_rig_run(p, sends[i]), 0, "", "mine: credentials_ref " WORDS);
        hides(p);
        cli_rig_has(p, "\"credentials_ref\":\"" KEY "\"");
        cli_rig_expect(p, cli_rig_run(p, "undo\t--dry-run"), 2, "******** (" WORDS ")", "");
        hides(p);
        cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 0, "", "taking back");
        assert_null(strstr(str_text(&p->err), WORDS)); /* what is sent is none */
        hides(p);
    }
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tcredentials_ref=kv/ok\t--yes"), 0, "", "saved");
    assert_null(strstr(str_text(&p->err), WORDS));
}

static size_t kept_aside(struct cli_rig *p)
{
    struct str path = STR_INIT;
    DIR *dir = opendir(tmpdir_path(p->dir, "home/state/paddock", &path));
    size_t n = 0;
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        n += strstr(e->d_name, "journal.db.corrupt-") != NULL;
    closedir(dir);
    str_finish(&path);
    return n;
}

static void spoil_file(struct cli_rig *p, const char *file)
{
    static const char *const beside[] = {"-wal", "-shm"};
    struct str path = STR_INIT;
    assert_true(tmpdir_write(p->dir, file, "no database, whatever it was before", 0600));
    for (size_t i = 0; i < 2; i++) {
        str_clear(&path);
        tmpdir_path(p->dir, file, &path);
        str_add(&path, beside[i]);
        remove(str_text(&path));
    }
    str_finish(&path);
}

static void spoil(struct cli_rig *p)
{
    spoil_file(p, "home/state/paddock/journal.db");
}

/* What was open in it is forgotten: said, whatever -q and --yes say, and nothing is sent by the
 * command that finds it. */
static void test_F22_journal_is_not_replaced_in_silence(void **state)
{
    static const char *const verbs[] = {"set\t%s\tdesc=over\t--yes\t-q", "undo\t--yes\t-q",
                                        "delete\t%s\t--confirm=mine\t-q",
                                        "set\t%s\tdesc=over\t--dry-run"};
    struct cli_rig *p = *state;
    size_t aside = kept_aside(p);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        spoil(p);
        cli_rig_expect(p, cli_rig_run(p, verbs[i]), 1, "", "kept as journal.db.");
        says(p, "nothing was sent");
        says(p, "outcome was open are not known any more");
        assert_int_equal(kept_aside(p), ++aside);
    }
    spoil(p);
    cli_rig_expect(p, cli_rig_run(p, "log\t-q"), 0, "", "outcome was open are not known any more");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\tdesc=after\t--yes"), 0, "", "saved and read back");
}

/* The same of each other file that must last: what happened, where the old one lies, what is out of
 * sight, and what comes next, with -q too; the command itself is done, for no write rests on it. */
static void test_F22_no_file_is_replaced_in_silence(void **state)
{
    static const struct {
        const char *file, *verb;
        int code;
        const char *lost;
    } files[] = {
        {"home/state/paddock/plans.db", "apply\tABCD1234\t-q", 5,
         "plans kept in it and their undo are out of sight"},
        {"home/state/paddock/plans.db", "set\t--where\tname=mine\tdesc=plan\t--yes\t-q", 0,
         "the log has each write, apply FILE takes a saved plan"},
        {"home/data/paddock/history.db", "forecast\t-q\t-o\tcsv", 0,
         "what was used before is out of sight"},
        {"home/data/paddock/changes.db", "changes\t-q", 0,
         "what was observed before is out of sight"},
        {"home/data/paddock/changes.db", "sync\t-q", 0, "what was observed before is out of sight"},
    };
    struct cli_rig *p = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = strrchr(files[i].file, '/') + 1;
        struct str words = STR_INIT;
        spoil_file(p, files[i].file);
        cli_rig_expect(p, cli_rig_run(p, files[i].verb), files[i].code, "", files[i].lost);
        str_printf(&words, "%s was corrupt: kept as %s.corrupt-", name, name);
        says(p, str_text(&words));
        says(p, " in /");
        says(p, ", a new one was begun; ");
        str_finish(&words);
        cli_rig_run(p, files[i].verb);
        assert_null(strstr(str_text(&p->err), "was corrupt")); /* once */
    }
}

/* ---- on a terminal -------------------------------------------------------------------------- */

static struct term *on_terminal(struct cli_rig *p, const char *verb, const char *more)
{
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    const char *argv[] = {str_text(&p->program), verb, p->id, more, NULL};
    const struct pty_options options = {.argv = argv, .env = env, .rows = 30, .cols = 100};
    struct term *t = term_create(&options);
    mem_free(env);
    assert_non_null(t);
    return t;
}

/* No is an answer: 1; ^C at the question is an interruption. */
static void test_answers(void **state)
{
    static const struct {
        const char *verb, *more, *question, *typed;
        int code; /* minus a signal */
    } cases[] = {{"set", "rate.rps=33", "Apply? [y/N]", "n\r", 1},
                 {"set", "rate.rps=33", "Apply? [y/N]", "\r", 1},
                 {"delete", NULL, "Type mine", "min\r", 1},
                 {"set", "rate.rps=33", "Apply? [y/N]", "\x03", 130}};
    struct cli_rig *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct term *t = on_terminal(p, cases[i].verb, cases[i].more);
        assert_true(term_wait_text(t, cases[i].question, 0));
        assert_true(term_type(t, cases[i].typed));
        assert_true(term_wait_exit(t, 0));
        int code = term_exit_code(t);
        if (code != cases[i].code && !(cases[i].code == 130 && code == -SIGINT))
            fail_msg("%s, %zu: %d", cases[i].verb, i, code);
        if (cases[i].code == 1)
            assert_true(term_wait_text(t, "nothing was sent", 0));
        term_destroy(t);
    }
    cli_rig_has(p, "\"name\":\"mine\"");
}

/* F09, and asked again: what was refused had been sent, so no is not told as nothing sent. */
static void test_F09_no_to_what_was_merged(void **state)
{
    struct cli_rig *p = *state;
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    struct faster faster = {0};
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=faster", "PADDOCK_TOKEN=t0ken-x", NULL};
    fault_handler(s, renamed_behind, &faster);
    const char **env = tmpdir_env_with(p->dir, vars);
    const char *argv[] = {str_text(&p->program), "disable", "pa_1", NULL};
    const struct pty_options options = {.argv = argv, .env = env, .rows = 50, .cols = 200};
    struct term *t = term_create(&options);
    mem_free(env);
    assert_non_null(t);
    assert_true(term_wait_text(t, "Apply? [y/N]", 0));
    assert_true(term_type(t, "y\r"));
    assert_true(term_wait_text(t, "read again and merged", 0));
    assert_true(term_type(t, "n\r"));
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 1);
    assert_true(term_wait_text(t, "not applied: it was refused, and nothing more was sent", 0));
    assert_int_equal(faster.sent, 1);
    term_destroy(t);
    fault_server_destroy(s);
    str_finish(&url);
}

/* ^C while the command waits for a write that has left: it says so, the exit code says so, the
 * journal keeps it, and the next command settles it. */
static void test_interrupted_after_it_was_sent(void **state)
{
    struct cli_rig *p = *state;
    struct box box = {.port = sandbox_port(p->sandbox)};
    snprintf(box.url, sizeof box.url, "%s", sandbox_url(p->sandbox));
    struct box_answer a = box_call_as(&box, sandbox_token(p->sandbox), "POST", "/_sandbox/faults",
                                      "{\"fault\":\"cut\",\"when\":\"before\",\"count\":1}");
    assert_int_equal(a.status, 204);
    box_answer_finish(&a);
    struct term *t = on_terminal(p, "set", "rate.rps=44");
    assert_true(term_wait_text(t, "Apply? [y/N]", 0));
    assert_true(term_type(t, "y\r"));
    do /* until it has left: its outcome is looked for half a minute */
        assert_int_equal(cli_rig_run(p, "log\toutcome=unknown\t-o\tcsv\t--columns=op"), 0);
    while (cli_rig_lines(p) < 2 && usleep(50000) == 0);
    assert_true(term_type(t, "\x03"));
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 9);
    assert_true(term_wait_text(t, "interrupted after it was sent", 0));
    assert_true(term_wait_text(t, "paddock log op=", 0));
    term_destroy(t);
    cli_rig_expect(p, cli_rig_run(p, "log\toutcome=unknown\t-o\tcsv\t--columns=id"), 0, p->id, "");
    cli_rig_expect(p, cli_rig_run(p, "set\t%s\trate.rps=20\t--yes\t--release"), 0, "", "");
}

/* ---- what is chosen, and what is read again -------------------------------------------------- */

static void test_get_where(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "get\t--where=name=mine\t-o\tname"), 0, "mine\n", "");
    cli_rig_expect(p, cli_rig_run(p, "get\t--where=name:min\t-o\tname"), 0, "mine\n", "");
    cli_rig_expect(p, cli_rig_run(p, "get\t--where=name=none-such\t-o\tjson"), 0, "[]", "");
    cli_rig_expect(p, cli_rig_run(p, "get"), 64, "", "no account is named");
    cli_rig_expect(p, cli_rig_run(p, "get\tmine\t--where=name=mine"), 64, "", "either");
    cli_rig_expect(p, cli_rig_run(p, "get\tmine\t--columns=eom"), 64, "", "paddock list id=ID");
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tjsonl\t--columns=name"), 64, "",
                   "--columns does nothing with -o jsonl");
}

/* ---- a server that replaces policies -------------------------------------------------------- */

static int replacing(void **state)
{
    static const char *const extra[] = {"--behaviour", "policies=replace,extra-field", NULL};
    const struct sandbox_options options = {.accounts = 5, .extra = extra};
    return cli_rig_start(state, &options);
}

/* What `list -o json` wrote is read again, with the field that nobody knows. */
static void test_reads_what_it_wrote(void **state)
{
    struct cli_rig *p = *state;
    struct str all = STR_INIT;
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tjson"), 0, "[", "");
    str_add_span(&all, span_from(&p->out));
    cli_rig_expect(p, cli_rig_run_in(p, "diff\t-f\t-", str_text(&all)), 0, "",
                   "cannot set are left alone, in ");
    cli_rig_expect(p, cli_rig_run_in(p, "diff\t-f\t-", "{\"name\":\"mine\",\"regoin\":\"eu\"}"), 64,
                   "", "did you mean region?");
    str_finish(&all);
}

static void test_collateral(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--yes",
                                  "{\"name\":\"two\",\"provider_type\":\"openai\","
                                  "\"credentials_ref\":\"kv/2\",\"rate_limit_policy\":"
                                  "{\"requests_per_second\":5,\"requests_per_minute\":100}}"),
                   0, "pa_", "created");
    cli_rig_expect(p, cli_rig_run(p, "set\ttwo\trate.rps=6\t--yes\t-q"), 1, "",
                   "the server changed rate.rpm");
    says(p, "which was not sent");
    says(p, "  rate.rpm: was 100 requests/min, the server has none\n");
    says(p, "paddock undo ");
    says(p, "patch_policies = \"whole\"");
    cli_rig_expect(p, cli_rig_run(p, "undo\t--yes"), 0, "", "undone");
    cli_rig_expect(p, cli_rig_run(p, "get\ttwo\t-o\tjson"), 0, "\"requests_per_minute\":100", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conflict_of_an_undo),
        cmocka_unit_test(test_F09_refused),
        cmocka_unit_test(test_F09_merged),
        cmocka_unit_test(test_F09_no_to_what_was_merged),
        cmocka_unit_test(test_paths_of_a_refusal),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_warnings_under_yes),
        cmocka_unit_test(test_a_key_for_a_reference),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_interrupted_after_it_was_sent),
        cmocka_unit_test(test_get_where),
        cmocka_unit_test(test_F22_journal_is_not_replaced_in_silence),
        cmocka_unit_test(test_F22_no_file_is_replaced_in_silence),
    };
    const struct CMUnitTest replaced[] = {
        cmocka_unit_test_setup_teardown(test_collateral, replacing, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_reads_what_it_wrote, replacing, cli_rig_teardown)};
    int failed = cmocka_run_group_tests(tests, cli_rig_setup, cli_rig_teardown);
    return failed + cmocka_run_group_tests(replaced, NULL, NULL);
}
