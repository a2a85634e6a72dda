/* write_test.c: the whole write path, from the machine through libcurl to the sandbox and back, for
 * every outcome; the sandbox counts what arrived and what it committed. */
#include "base/mem.h"
#include "model/account.h"
#include "store/journal.h"
#include "tests/support/fault_server.h"
#include "tests/support/open_writes.h"
#include "tests/support/sandbox_run.h"
#include "tests/support/tmpdir.h"
#include "write/write.h"

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

#define TURNS_MAX 400 /* of at most 50 ms: only a hang gets there */

struct fixture {
    struct box box;
    bool box_runs;
    struct tmpdir *dir;
    struct str path;
    struct loop *loop;
    struct api *api;
    struct fleet *fleet;
    struct journal *journal;
    struct writes *writes;
    struct account account; /* as the server had it at first */
    struct error err;
};

static struct fixture fixture; /* one test at a time; nothing to pass a size to */

static void connect_to(struct fixture *fx, const char *url)
{
    const struct api_settings settings = {
        .url = url, .org = "org_demo", .connect_timeout_ms = 5000, .total_timeout_ms = 5000};
    fx->loop = loop_create(clock_system());
    fx->api = api_create(fx->loop, &settings, NULL, &fx->err);
    assert_non_null(fx->api);
    struct secret *token = secret_create(SANDBOX_TOKEN, strlen(SANDBOX_TOKEN));
    assert_int_equal(api_set_token(fx->api, token, &fx->err), ST_OK);
    fx->fleet = fleet_create();
    assert_int_equal(journal_open(&fx->journal, fx->path.data, clock_system(), &fx->err), ST_OK);
    const struct writes_env env = {.loop = fx->loop,
                                   .api = fx->api,
                                   .fleet = fx->fleet,
                                   .journal = fx->journal,
                                   .profile = "test",
                                   .operator_name = "op@host"};
    fx->writes = writes_create(&env);
}

static void disconnect(struct fixture *fx)
{
    writes_destroy(fx->writes);
    api_destroy(fx->api);
    fleet_destroy(fx->fleet);
    loop_destroy(fx->loop);
    journal_close(fx->journal);
    fx->writes = NULL;
}

static void begin(void **state)
{
    struct fixture *fx = &fixture;
    memset(fx, 0, sizeof *fx);
    fx->dir = tmpdir_create();
    tmpdir_path(fx->dir, "state/journal.db", &fx->path);
    account_init(&fx->account);
    *state = fx;
}

/* The first account, as the sandbox has it now; the fleet knows it. */
static void first_account(struct fixture *fx)
{
    cJSON *page = box_json(&fx->box, "GET", SANDBOX_BASE "?limit=1", NULL, 200);
    char *raw = cJSON_PrintUnformatted(
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(page, "accounts"), 0));
    assert_int_equal(account_decode(&fx->account, span_of(raw), &fx->err), ST_OK);
    fleet_put(fx->fleet, span_of(raw), 1, NULL);
    cJSON_free(raw);
    cJSON_Delete(page);
}

static void begin_with(void **state, const char *behaviour)
{
    const char *args[] = {"--accounts", "5", "--seed", "7", behaviour ? "--behaviour" : NULL,
                          behaviour,    NULL};
    begin(state);
    struct fixture *fx = *state;
    box_start(&fx->box, args);
    fx->box_runs = true;
    connect_to(fx, fx->box.url);
    first_account(fx);
}

static int set_up(void **state)
{
    begin_with(state, NULL);
    return 0;
}
static int set_up_replace(void **state)
{
    begin_with(state, "policies=replace");
    return 0;
}
static int set_up_null(void **state)
{
    begin_with(state, "null=ignore");
    return 0;
}
static int set_up_bare(void **state)
{
    begin(state);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    if (fx->writes)
        disconnect(fx);
    if (fx->box_runs)
        box_stop(&fx->box);
    account_finish(&fx->account);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

/* ---- driving ------------------------------------------------------------------------------ */

static void run_to(struct fixture *fx, const struct write *w, enum write_state state)
{
    for (int i = 0; i < TURNS_MAX && write_state(w) != state; i++)
        loop_step(fx->loop, 50);
    assert_string_equal(write_state_name(write_state(w)), write_state_name(state));
}

/* Until the first look has said something. */
static void run_to_outcome(struct fixture *fx, const struct write *w)
{
    for (int i = 0; i < TURNS_MAX && write_outcome(w) == WRITE_NONE; i++)
        loop_step(fx->loop, 50);
}

static void finish(struct fixture *fx, struct write *w, enum write_outcome outcome)
{
    run_to(fx, w, WRITE_DONE);
    if (write_outcome(w) != outcome)
        print_message("%s\n", write_error(w)->what);
    assert_string_equal(write_outcome_name(write_outcome(w)), write_outcome_name(outcome));
    loop_step(fx->loop, 0); /* the outcome's commit */
}

static struct write *start(struct fixture *fx, const struct account *base,
                           const struct account *mine, enum journal_kind kind)
{
    const struct write_spec spec = {.kind = kind, .base = base, .mine = mine};
    return write_start(fx->writes, &spec, NULL, NULL);
}

static void set_int(struct account *a, enum field f, int64_t n)
{
    struct value v = value_int(n);
    account_set(a, f, &v);
}

/* rps to n, agreed to. */
static struct write *update_rps(struct fixture *fx, int64_t n)
{
    struct account mine;
    account_init(&mine);
    account_copy(&mine, &fx->account);
    set_int(&mine, FIELD_RPS, n);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    account_finish(&mine);
    run_to(fx, w, WRITE_PREVIEW);
    write_confirm(w);
    return w;
}

static int64_t fleet_int(const struct fixture *fx, enum field f)
{
    struct value v;
    fleet_get(fx->fleet, fleet_find(fx->fleet, account_id(&fx->account)), f, &v);
    assert_true(value_known(&v));
    return v.i;
}

static int stat_of(struct fixture *fx, const char *name)
{
    cJSON *stats = box_json(&fx->box, "GET", "/_sandbox/stats", NULL, 200);
    int n = cJSON_GetObjectItemCaseSensitive(stats, name)->valueint;
    cJSON_Delete(stats);
    return n;
}

static void account_path(const struct fixture *fx, char out[256])
{
    struct span id = account_id(&fx->account);
    snprintf(out, 256, "%s/%.*s", SANDBOX_BASE, (int)id.len, id.p);
}

/* Somebody else changes the account. */
static void others_patch(struct fixture *fx, const char *body)
{
    char path[256];
    account_path(fx, path);
    cJSON_Delete(box_json(&fx->box, "PATCH", path, body, 200));
}

static enum journal_outcome journal_of(struct fixture *fx, const struct write *w)
{
    struct journal_entry e;
    assert_int_equal(journal_get(fx->journal, write_op(w), &e, &fx->err), ST_OK);
    enum journal_outcome outcome = e.outcome;
    journal_entry_finish(&e);
    return outcome;
}

/* ---- updates ------------------------------------------------------------------------------ */

static void test_F01_applied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_rps(fx, 4321);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(fleet_int(fx, FIELD_RPS), 4321);
    assert_int_equal(stat_of(fx, "patch"), 1);
    assert_int_equal(journal_of(fx, w), JOURNAL_APPLIED);
    write_close(w);
}

static void test_F01_null_ignored_is_not_kept(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    account_init(&mine);
    others_patch(fx, "{\"rate_limit_policy\":{\"requests_per_second\":77}}");
    first_account(fx);
    account_copy(&mine, &fx->account);
    struct value none = value_null();
    account_set(&mine, FIELD_RPS, &none);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    account_finish(&mine);
    run_to(fx, w, WRITE_PREVIEW);
    assert_non_null(strstr(write_body(w), "\"requests_per_second\":null"));
    write_confirm(w);
    finish(fx, w, WRITE_DIFFERENT);
    assert_true(write_not_kept(w)->has[FIELD_RPS]);
    assert_int_equal(fleet_int(fx, FIELD_RPS), 77);
    write_close(w);
}

static void test_F01_collateral_of_a_replaced_policy(void **state)
{
    struct fixture *fx = *state;
    others_patch(fx, "{\"rate_limit_policy\":{\"requests_per_second\":77,"
                     "\"requests_per_minute\":900,\"max_concurrency\":33}}");
    first_account(fx);
    struct write *w = update_rps(fx, 78);
    finish(fx, w, WRITE_DIFFERENT);
    assert_false(write_not_kept(w)->has[FIELD_RPS]);
    assert_true(write_collateral(w)->has[FIELD_CONCURRENCY]);
    assert_true(write_collateral(w)->has[FIELD_RPM]);
    assert_int_equal(journal_of(fx, w), JOURNAL_DIFFERENT);
    write_close(w);
}

static void test_F16_merge(void **state)
{
    struct fixture *fx = *state;
    others_patch(fx, "{\"description\":\"by somebody else\"}");
    struct write *w = update_rps(fx, 4321);
    assert_int_equal(write_merge(w)->state[FIELD_DESCRIPTION], MERGE_THEIRS);
    finish(fx, w, WRITE_APPLIED);
    assert_true(span_is(write_after(w)->v[FIELD_DESCRIPTION].text, "by somebody else"));
    write_close(w);
}

static void test_F16_conflict(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    others_patch(fx, "{\"rate_limit_policy\":{\"requests_per_second\":999}}");
    account_init(&mine);
    account_copy(&mine, &fx->account);
    set_int(&mine, FIELD_RPS, 4321);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    run_to(fx, w, WRITE_CONFLICT);
    write_resolve(w, &mine);
    account_finish(&mine);
    write_confirm(w);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(fleet_int(fx, FIELD_RPS), 4321);
    write_close(w);
}

static void test_F10_refused_field(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_rps(fx, 0); /* the service wants 1 or more */
    finish(fx, w, WRITE_NOT_APPLIED);
    size_t count;
    const struct api_detail *d = write_details(w, &count);
    assert_int_equal(write_error(w)->status, ST_INVALID);
    assert_int_equal(count, 1);
    assert_int_equal(d[0].field, FIELD_RPS);
    assert_true(d[0].msg.len > 0);
    assert_int_equal(journal_of(fx, w), JOURNAL_NOT_APPLIED);
    write_close(w);
}

struct refusal {
    const char *fault;
    enum status status;
};

static void refused(struct fixture *fx, const char *fault, enum status status)
{
    struct account mine;
    account_init(&mine);
    account_copy(&mine, &fx->account);
    set_int(&mine, FIELD_RPS, 4321);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    account_finish(&mine);
    run_to(fx, w, WRITE_PREVIEW);
    box_fault(&fx->box, fault);
    write_confirm(w);
    finish(fx, w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, status);
    assert_int_equal(stat_of(fx, "committed_writes"), 0);
    write_close(w);
}

static void test_F05_401(void **state)
{
    refused(*state, "{\"fault\":\"unauthorized\"}", ST_AUTH);
}
static void test_F06_403(void **state)
{
    refused(*state, "{\"fault\":\"forbidden\"}", ST_FORBIDDEN);
}
/* Nothing had changed, so the refusal stands after a second look. */
static void test_F09_409(void **state)
{
    refused(*state, "{\"fault\":\"conflict\"}", ST_CONFLICT);
}
static void test_F11_429(void **state)
{
    refused(*state, "{\"fault\":\"429\",\"on\":\"writes\",\"count\":1}", ST_RATE);
}

static void test_F07_404_on_patch(void **state)
{
    struct fixture *fx = *state;
    char path[256];
    struct account mine;
    account_init(&mine);
    account_copy(&mine, &fx->account);
    set_int(&mine, FIELD_RPS, 4321);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    account_finish(&mine);
    run_to(fx, w, WRITE_PREVIEW);
    account_path(fx, path);
    struct box_answer a = box_call(&fx->box, "DELETE", path, NULL);
    box_answer_finish(&a);
    write_confirm(w);
    finish(fx, w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_NOT_FOUND);
    assert_int_equal(fleet_find(fx->fleet, account_id(&fx->account)), ROW_NONE);
    write_close(w);
}

/* ---- unknown ------------------------------------------------------------------------------ */

static void test_F14_cut_after_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"after\"}");
    struct write *w = update_rps(fx, 4321);
    run_to(fx, w, WRITE_UNKNOWN);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(fleet_int(fx, FIELD_RPS), 4321);
    assert_int_equal(stat_of(fx, "patch"), 1);
    assert_int_equal(journal_of(fx, w), JOURNAL_APPLIED);
    write_close(w);
}

static void test_F14_cut_before_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    struct write *w = update_rps(fx, 4321);
    run_to(fx, w, WRITE_UNKNOWN);
    run_to_outcome(fx, w);
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_non_null(strstr(write_error(w)->what, "not seen as of"));
    assert_non_null(fleet_locked(fx->fleet, fleet_find(fx->fleet, account_id(&fx->account))));
    loop_step(fx->loop, 0);
    assert_int_equal(journal_of(fx, w), JOURNAL_NOT_SEEN);
    assert_int_equal(stat_of(fx, "patch"), 1);
    assert_int_equal(writes_open(fx->writes), 1);
    write_close(w);
}

static void test_F12_500_after_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"error\",\"when\":\"after\"}");
    struct write *w = update_rps(fx, 4321);
    run_to(fx, w, WRITE_UNKNOWN);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(stat_of(fx, "patch"), 1);
    write_close(w);
}

static void test_F15_cut_and_changed_by_others(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    struct write *w = update_rps(fx, 4321);
    run_to(fx, w, WRITE_UNKNOWN);
    others_patch(fx, "{\"rate_limit_policy\":{\"requests_per_second\":999}}");
    run_to_outcome(fx, w);
    assert_int_equal(write_outcome(w), WRITE_CONFLICTING);
    write_release(w);
    finish(fx, w, WRITE_RELEASED);
    assert_int_equal(journal_of(fx, w), JOURNAL_RELEASED);
    write_close(w);
}

static void test_F13_nobody_listens(void **state)
{
    struct fixture *fx = *state;
    struct account mine;
    account_init(&mine);
    account_copy(&mine, &fx->account);
    set_int(&mine, FIELD_RPS, 4321);
    struct write *w = start(fx, &fx->account, &mine, JOURNAL_UPDATE);
    account_finish(&mine);
    run_to(fx, w, WRITE_PREVIEW);
    box_stop(&fx->box);
    fx->box_runs = false;
    write_confirm(w);
    finish(fx, w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_NETWORK);
    write_close(w);
}

/* ---- deletes ------------------------------------------------------------------------------ */

static struct write *delete_it(struct fixture *fx)
{
    struct write *w = start(fx, &fx->account, NULL, JOURNAL_DELETE);
    for (int i = 0; i < TURNS_MAX && write_state(w) == WRITE_CHECK; i++)
        loop_step(fx->loop, 50);
    write_confirm(w);
    return w;
}

static void test_F07_delete_twice(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_it(fx);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(fleet_count(fx->fleet), 0);
    write_close(w);
    w = delete_it(fx);
    finish(fx, w, WRITE_NO_CHANGE);
    assert_string_equal(write_error(w)->what, "already gone");
    write_close(w);
    assert_int_equal(stat_of(fx, "delete"), 1);
}

static void test_F15_delete_cut_after_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"after\"}");
    struct write *w = delete_it(fx);
    run_to(fx, w, WRITE_UNKNOWN);
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(fleet_count(fx->fleet), 0);
    assert_int_equal(stat_of(fx, "delete"), 1);
    write_close(w);
}

/* ---- creates ------------------------------------------------------------------------------ */

static struct write *create(struct fixture *fx, const char *name)
{
    char raw[256];
    struct account mine;
    account_init(&mine);
    snprintf(raw, sizeof raw,
             "{\"name\":\"%s\",\"provider_type\":\"openai\",\"credentials_ref\":\"vault/n\","
             "\"rate_limit_policy\":{\"requests_per_second\":5},\"tags\":{\"a\":\"b\"}}",
             name);
    assert_int_equal(account_decode(&mine, span_of(raw), &fx->err), ST_OK);
    struct write *w = start(fx, NULL, &mine, JOURNAL_CREATE);
    account_finish(&mine);
    for (int i = 0; i < TURNS_MAX && write_state(w) == WRITE_CHECK; i++)
        loop_step(fx->loop, 50);
    write_confirm(w);
    return w;
}

static void test_create_and_its_name_again(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create(fx, "brand-new");
    finish(fx, w, WRITE_APPLIED);
    assert_true(fleet_find(fx->fleet, span_of(write_account_id(w))) != ROW_NONE);
    write_close(w);
    w = create(fx, "brand-new");
    finish(fx, w, WRITE_NOT_APPLIED);
    assert_int_equal(write_error(w)->status, ST_CONFLICT);
    write_close(w);
    assert_int_equal(stat_of(fx, "post"), 1);
}

static void test_F15_create_cut_after_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"after\"}");
    struct write *w = create(fx, "brand-new");
    run_to(fx, w, WRITE_UNKNOWN);
    finish(fx, w, WRITE_APPLIED);
    assert_true(write_account_id(w)[0] != '\0');
    assert_int_equal(stat_of(fx, "post"), 1);
    write_close(w);
}

static void test_F15_create_cut_before_the_commit(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    struct write *w = create(fx, "brand-new");
    run_to(fx, w, WRITE_UNKNOWN);
    run_to_outcome(fx, w);
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_int_equal(write_send_again(w, &fx->err), ST_USAGE);
    assert_int_equal(stat_of(fx, "post"), 1);
    write_close(w);
}

/* ---- restarts ----------------------------------------------------------------------------- */

/* A process of ours is killed between its request and the answer; the next start says so, looks,
 * and finds it applied. */
static void test_F29_killed_mid_write(void **state)
{
    struct fixture *fx = *state;
    box_fault(&fx->box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"count\":1}");
    disconnect(fx);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        connect_to(fx, fx->box.url);
        struct write *w = update_rps(fx, 4321);
        for (int i = 0; i < TURNS_MAX; i++) {
            loop_step(fx->loop, 50);
            if (write_state(w) == WRITE_SENT && write(ready[1], "x", 1) == 1)
                for (;;)
                    loop_step(fx->loop, 50);
        }
        _exit(1);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    for (int i = 0; i < TURNS_MAX && stat_of(fx, "patch") == 0; i++)
        usleep(20000);
    assert_int_equal(stat_of(fx, "committed_writes"), 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int i = 0; i < TURNS_MAX && stat_of(fx, "committed_writes") == 0; i++)
        usleep(20000);
    close(ready[0]);
    close(ready[1]);

    connect_to(fx, fx->box.url);
    assert_int_equal(writes_resume(fx->writes), 1);
    struct write *w = open_write_at(fx->writes, 0);
    write_listen(w, NULL, NULL);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_string_equal(write_error(w)->what, "an earlier paddock ended before it was settled");
    finish(fx, w, WRITE_APPLIED);
    assert_int_equal(journal_of(fx, w), JOURNAL_APPLIED);
    assert_int_equal(stat_of(fx, "patch"), 1);
    write_close(w);
}

/* ---- answers that the sandbox does not give ----------------------------------------------- */

#define ACCOUNT_80                                                                                 \
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","                                            \
    "\"rate_limit_policy\":{\"requests_per_second\":80}}"
#define ACCOUNT_81                                                                                 \
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","                                            \
    "\"rate_limit_policy\":{\"requests_per_second\":81}}"

/* The PATCH gets `reply`; what is read after it is `after`. */
static struct write *against(struct fixture *fx, struct fault_server *s,
                             const struct fault_reply *reply, const char *after)
{
    const struct fault_rule rule = {.method = "PATCH", .reply = *reply};
    fault_json(s, "GET", NULL, 1, 200, ACCOUNT_80);
    fault_json(s, "GET", NULL, 0, 200, after);
    fault_rule_add(s, &rule);
    connect_to(fx, fault_url(s));
    assert_int_equal(account_decode(&fx->account, span_of(ACCOUNT_80), &fx->err), ST_OK);
    return update_rps(fx, 81);
}

static void test_F02_F08_F14_unknown_until_it_is_read(void **state)
{
    struct fixture *fx = *state;
    static const struct fault_reply replies[] = {
        {.status = 200, .body = "<html>log in</html>"},
        {.status = 200, .body = "{\"provider_account_id\":\"pa_1\",", .body_len = 0},
        {.status = 408, .body = ""},
        {.status = 502, .body = "<html>bad gateway</html>"},
        {.status = 200, .body = ACCOUNT_81, .end = FAULT_RST, .cut_after = 20},
        {.status = 200, .body = ACCOUNT_81, .end = FAULT_FIN, .cut_after = 0},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct fault_server *s = fault_server_create();
        assert_non_null(s);
        struct write *w = against(fx, s, &replies[i], ACCOUNT_81);
        run_to(fx, w, WRITE_UNKNOWN);
        finish(fx, w, WRITE_APPLIED);
        assert_int_equal(fault_count(s, "PATCH", NULL), 1);
        write_close(w);
        disconnect(fx);
        fault_server_destroy(s);
    }
}

static void test_F03_F04_refusals_of_others(void **state)
{
    struct fixture *fx = *state;
    static const struct fault_reply replies[] = {
        {.status = 302, .headers = "Location: http://127.0.0.1:9/\r\n"},
        {.status = 400, .body = "{\"detail\":\"no\"}"},
        {.status = 413, .body = "<html>too large</html>"},
        {.status = 415, .body = ""},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        struct fault_server *s = fault_server_create();
        assert_non_null(s);
        struct write *w = against(fx, s, &replies[i], ACCOUNT_80);
        finish(fx, w, WRITE_NOT_APPLIED);
        assert_int_equal(write_error(w)->status, ST_REJECTED);
        assert_int_equal(fault_count(s, "PATCH", NULL), 1);
        write_close(w);
        disconnect(fx);
        fault_server_destroy(s);
    }
}

int main(void)
{
    struct error err;
    if (api_global_init(&err))
        return 1;
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_F01_applied),
        cmocka_unit_test_setup_teardown(test_F01_null_ignored_is_not_kept, set_up_null, tear_down),
        cmocka_unit_test_setup_teardown(test_F01_collateral_of_a_replaced_policy, set_up_replace,
                                        tear_down),
        TEST(test_F16_merge),
        TEST(test_F16_conflict),
        TEST(test_F10_refused_field),
        TEST(test_F05_401),
        TEST(test_F06_403),
        TEST(test_F09_409),
        TEST(test_F11_429),
        TEST(test_F07_404_on_patch),
        TEST(test_F14_cut_after_the_commit),
        TEST(test_F14_cut_before_the_commit),
        TEST(test_F12_500_after_the_commit),
        TEST(test_F15_cut_and_changed_by_others),
        TEST(test_F13_nobody_listens),
        TEST(test_F07_delete_twice),
        TEST(test_F15_delete_cut_after_the_commit),
        TEST(test_create_and_its_name_again),
        TEST(test_F15_create_cut_after_the_commit),
        TEST(test_F15_create_cut_before_the_commit),
        TEST(test_F29_killed_mid_write),
        cmocka_unit_test_setup_teardown(test_F02_F08_F14_unknown_until_it_is_read, set_up_bare,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_F03_F04_refusals_of_others, set_up_bare, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
