/* alert_test.c: what is told, when and how often, its end too; acknowledging and muting across
 * starts and processes; the command: its input, one at a time, its time limit, what is due after a
 * start, and what cannot be started. It covers alert.c, alert_command.c, alert_keep.c and
 * alerts_db.c. */
#include "monitor/alert.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "store/alerts_db.h"
#include "tests/support/stretch.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const no_command[] = {NULL};

struct fixture {
    struct tmpdir *dir;
    struct str path;
    int64_t skipped_ms, set_back_ms;
    struct loop *loop;
    struct fleet *fleet;
    struct column_set *columns;
    struct alerts *a;
    int64_t as_of;
    int told, again, resolved, failed;
    bool quiet;       /* the next start is */
    struct str words; /* of the last end */
    struct error failure;
};

/* The machine's clocks plus what the test skips: children need real time. */
static int64_t mono(void *ctx)
{
    struct clock c = clock_system();
    return clock_mono(&c) + ((struct fixture *)ctx)->skipped_ms;
}

static int64_t wall(void *ctx)
{
    struct clock c = clock_system();
    const struct fixture *fx = ctx;
    return clock_wall(&c) + fx->skipped_ms - fx->set_back_ms;
}

static void on_told(void *ctx, const struct alert *alert, enum alert_event event)
{
    struct fixture *fx = ctx;
    assert_non_null(alert->account);
    if (event == ALERT_RESOLVED) {
        fx->resolved++;
        str_clear(&fx->words);
        alert_words(fx->a, alert, event, &fx->words);
        return;
    }
    fx->told++;
    fx->again += event == ALERT_AGAIN;
}

static void on_failed(void *ctx, const struct alert_rule *rule, const struct error *err)
{
    struct fixture *fx = ctx;
    assert_non_null(rule->name);
    fx->failed++;
    fx->failure = *err;
}

static void begin(struct fixture *fx)
{
    const struct alerts_env env = {.loop = fx->loop,
                                   .fleet = fx->fleet,
                                   .columns = fx->columns,
                                   .path = str_text(&fx->path),
                                   .origin = "https://gw",
                                   .org = "org_1",
                                   .quiet_start = fx->quiet,
                                   .told = on_told,
                                   .failed = on_failed,
                                   .ctx = fx};
    fx->a = alerts_create(&env);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "state/alerts.db", &fx.path);
    struct clock clock = {mono, wall, &fx};
    fx.loop = loop_create(clock);
    fx.fleet = fleet_create();
    fx.columns = column_set_create();
    begin(&fx);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    alerts_destroy(fx->a);
    loop_destroy(fx->loop);
    fleet_destroy(fx->fleet);
    column_set_destroy(fx->columns);
    str_finish(&fx->path);
    str_finish(&fx->words);
    tmpdir_destroy(fx->dir);
    return 0;
}

static struct alert_rule quota = {
    .name = "quota", .when = "tokens.pct>=90", .command = no_command, .resolved = true};

static void add(struct fixture *fx, const struct alert_rule *rule)
{
    struct error err;
    assert_int_equal(alerts_add(fx->a, rule, &err), ST_OK);
    assert_int_equal(alerts_error(fx->a)->status, ST_OK);
}

static void put(struct fixture *fx, const char *id, int tokens, const char *status)
{
    struct str raw = STR_INIT;
    str_printf(&raw,
               "{\"provider_account_id\":\"%s\",\"name\":\"n-%s\",\"status\":\"%s\","
               "\"quota_policy\":{\"max_tokens_per_month\":100,\"current_month_tokens\":%d}}",
               id, id, status, tokens);
    assert_int_not_equal(fleet_put(fx->fleet, span_from(&raw), ++fx->as_of, NULL), FLEET_BAD);
    str_finish(&raw);
}

static void walk(struct fixture *fx)
{
    struct clock c = *loop_clock(fx->loop);
    for (row_id row = 0; row < fleet_rows(fx->fleet); row++) {
        if (fleet_alive(fx->fleet, row))
            alerts_look(fx->a, row, clock_wall(&c));
    }
    alerts_looked(fx->a, true);
    alerts_tick(fx->a);
    for (int i = 0; i < 3; i++) /* what is to be kept is written */
        loop_step(fx->loop, 0);
}

static void pass_by(struct fixture *fx, int64_t ms)
{
    fx->skipped_ms += ms;
}

static void test_told_once_while_it_holds(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    add(fx, &quota);
    put(fx, "a", 89, "active");
    walk(fx);
    assert_int_equal(fx->told, 0);
    put(fx, "a", 90, "active");
    walk(fx);
    walk(fx);
    assert_int_equal(fx->told, 1);
    assert_int_equal(alerts_list(fx->a, &list), 1);
    assert_string_equal(list[0]->account, "a");
    assert_int_equal(alerts_waiting(fx->a), 1);
    put(fx, "a", 10, "active");
    walk(fx);
    assert_int_equal(alerts_list(fx->a, &list), 0);
    put(fx, "a", 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 2);
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("a")), ++fx->as_of);
    walk(fx);
    assert_int_equal(alerts_list(fx->a, &list), 0);
}

/* An end is told once, of what was told; not of what did not hold long enough, nor of what is
 * muted, nor where the rule does not want it. */
static void test_the_end_is_told(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    struct alert_rule slow = quota, quiet = quota;
    slow.name = "slow";
    slow.hold_ms = 60000;
    quiet.name = "quiet";
    quiet.resolved = false;
    add(fx, &quota);
    add(fx, &slow);
    add(fx, &quiet);
    put(fx, "a", 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 2);
    put(fx, "a", 10, "active");
    alerts_looked(fx->a, false); /* a list that is not whole proves no end */
    assert_int_equal(fx->resolved, 0);
    walk(fx);
    walk(fx);
    assert_int_equal(fx->resolved, 1);
    assert_string_equal(str_text(&fx->words), "quota: n-a: no longer tokens.pct>=90");
    assert_int_equal(alerts_list(fx->a, &list), 0);
    /* Acknowledged: whoever was paged may want to close what was opened for it. */
    put(fx, "a", 95, "active");
    walk(fx);
    assert_int_equal(alerts_list(fx->a, &list), 2);
    alerts_acknowledge(fx->a, list[0]);
    alerts_mute(fx->a, list[1], true);
    bool muted_tells = list[1]->rule->resolved;
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("a")), ++fx->as_of);
    walk(fx);
    assert_int_equal(fx->resolved, muted_tells ? 1 : 2);
    if (!muted_tells)
        assert_string_equal(str_text(&fx->words), "quota: a: the account is gone");
}

static void test_hold_and_repeat(void **state)
{
    struct fixture *fx = *state;
    struct alert_rule rule = quota;
    rule.hold_ms = 60000;
    rule.repeat_ms = 3600000;
    add(fx, &rule);
    put(fx, "a", 95, "active");
    walk(fx);
    pass_by(fx, 50000);
    walk(fx);
    assert_int_equal(fx->told, 0);
    put(fx, "a", 10, "active"); /* it begins anew */
    walk(fx);
    put(fx, "a", 95, "active");
    walk(fx);
    pass_by(fx, 50000);
    walk(fx);
    assert_int_equal(fx->told, 0);
    pass_by(fx, 11000);
    walk(fx);
    assert_int_equal(fx->told, 1);
    pass_by(fx, 3500000);
    walk(fx);
    assert_int_equal(fx->told, 1);
    pass_by(fx, 101000);
    walk(fx);
    assert_int_equal(fx->told, 2);
    assert_int_equal(fx->again, 1);
    const struct alert *const *list;
    assert_int_equal(alerts_list(fx->a, &list), 1);
    alerts_acknowledge(fx->a, list[0]);
    pass_by(fx, 7200000);
    walk(fx);
    assert_int_equal(fx->told, 2);
    assert_int_equal(alerts_waiting(fx->a), 0);
    /* F30: a clock that is set back does not keep it back for good. */
    put(fx, "b", 99, "active");
    walk(fx);
    fx->set_back_ms = 86400000;
    walk(fx);
    pass_by(fx, 61000);
    walk(fx);
    assert_int_equal(fx->told, 3);
}

static void test_changes_of_status(void **state)
{
    struct fixture *fx = *state;
    const struct alert_rule rule = {
        .name = "ill", .when = "status!=active", .changes = true, .command = no_command};
    add(fx, &rule);
    put(fx, "a", 1, "down");
    put(fx, "b", 1, "active");
    walk(fx);
    assert_int_equal(fx->told, 0); /* it was like that */
    put(fx, "b", 1, "degraded");
    walk(fx);
    assert_int_equal(fx->told, 1);
    put(fx, "b", 2, "degraded");
    walk(fx);
    assert_int_equal(fx->told, 1);
    put(fx, "b", 2, "down");
    walk(fx);
    assert_int_equal(fx->told, 2);
    put(fx, "b", 2, "active");
    walk(fx);
    const struct alert *const *list;
    assert_int_equal(fx->told, 2);
    assert_int_equal(alerts_list(fx->a, &list), 0);
}

/* What was told, acknowledged or muted before is so after a start. */
static void test_kept_across_starts(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    add(fx, &quota);
    put(fx, "a", 95, "active");
    put(fx, "b", 95, "active");
    put(fx, "c", 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 3);
    assert_int_equal(alerts_list(fx->a, &list), 3);
    const struct alert *b = NULL, *c = NULL;
    for (size_t i = 0; i < 3; i++) {
        b = strcmp(list[i]->account, "b") == 0 ? list[i] : b;
        c = strcmp(list[i]->account, "c") == 0 ? list[i] : c;
    }
    assert_true(b && c);
    alerts_acknowledge(fx->a, b);
    alerts_mute(fx->a, c, true);
    alerts_destroy(fx->a);
    begin(fx);
    add(fx, &quota);
    alerts_looked(fx->a, false); /* the list is still being loaded */
    alerts_tick(fx->a);
    walk(fx);
    assert_int_equal(fx->told, 3);
    assert_int_equal(alerts_list(fx->a, &list), 3);
    assert_int_equal(alerts_waiting(fx->a), 1);
    assert_string_equal(list[0]->account, "a");
    assert_true(list[1]->acknowledged);
    assert_true(list[2]->muted);
    /* Acknowledged is for as long as it holds, muted until it is not. */
    put(fx, "b", 1, "active");
    put(fx, "c", 1, "active");
    walk(fx);
    put(fx, "b", 95, "active");
    put(fx, "c", 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 4);
    assert_int_equal(alerts_list(fx->a, &list), 3);
    assert_true(list[2]->muted);
    alerts_mute(fx->a, list[2], false);
    walk(fx);
    assert_int_equal(fx->told, 5);
}

static void test_bad_condition(void **state)
{
    struct fixture *fx = *state;
    struct alert_rule rule = quota;
    struct error err;
    rule.when = "nonsense:1";
    assert_int_equal(alerts_add(fx->a, &rule, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "alert quota"));
    assert_int_equal(alerts_rules(fx->a), 0);
}

/* An end that nobody saw is told at the next start; one that was told is not told again. */
static void test_an_end_between_starts(void **state)
{
    struct fixture *fx = *state;
    add(fx, &quota);
    put(fx, "a", 95, "active");
    walk(fx);
    for (int start = 0; start < 2; start++) {
        alerts_destroy(fx->a);
        put(fx, "a", 10, "active");
        begin(fx);
        add(fx, &quota);
        walk(fx);
        assert_int_equal(fx->resolved, 1);
    }
    assert_int_equal(fx->told, 1);
}

/* ---- the command ---- */

static void until(struct fixture *fx, const int *count, int n)
{
    int64_t end = mono(fx) + stretch_ms(0, 20000);
    while (*count < n && mono(fx) < end)
        loop_step(fx->loop, 20);
    assert_int_equal(*count, n);
}

static bool file_has(struct fixture *fx, const char *name, size_t lines, struct str *out)
{
    size_t n = 0;
    str_clear(out);
    if (!tmpdir_read(fx->dir, name, out))
        return false;
    for (size_t i = 0; i < out->len; i++)
        n += out->data[i] == '\n';
    return n >= lines;
}

/* Each gets the alert as JSON on its standard input; one runs at a time; no shell is needed. */
static void test_command(void **state)
{
    struct fixture *fx = *state;
    struct str script = STR_INIT, text = STR_INIT, path = STR_INIT;
    tmpdir_write(fx->dir, "hook",
                 "#!/bin/sh\ncd \"$1\" || exit 1\nmkdir busy || { echo two >>both; exit 1; }\n"
                 "cat >>got\nsleep 0.05\nrmdir busy\n",
                 0700);
    const char *command[] = {tmpdir_path(fx->dir, "hook", &script),
                             tmpdir_path(fx->dir, ".", &path), NULL};
    struct alert_rule rule = quota;
    rule.command = command;
    rule.timeout_ms = stretch_ms(0, 20000);
    add(fx, &rule);
    put(fx, "a\\u001b[31m", 95, "active");
    put(fx, "b", 95, "active");
    put(fx, "c", 96, "active");
    walk(fx);
    int64_t end = mono(fx) + stretch_ms(0, 20000);
    while (!file_has(fx, "got", 3, &text) && mono(fx) < end)
        loop_step(fx->loop, 20);
    assert_true(file_has(fx, "got", 3, &text));
    assert_int_equal(fx->failed, 0);
    assert_null(strchr(str_text(&text), 0x1b));
    struct span line = {text.data, (size_t)(strchr(text.data, '\n') - text.data)};
    cJSON *json = NULL;
    assert_int_equal(json_parse(line, &json, NULL), ST_OK);
    assert_string_equal(json_get_string(json, "alert"), "quota");
    assert_string_equal(json_get_string(json, "when"), "tokens.pct>=90");
    assert_string_equal(json_get_string(json, "status"), "active");
    assert_int_equal(json_get(json, "tokens.pct")->valueint, 95);
    cJSON_Delete(json);
    str_finish(&script);
    str_finish(&text);
    str_finish(&path);
}

static void test_command_that_fails_or_hangs(void **state)
{
    struct fixture *fx = *state;
    static const char *const hangs[] = {"/bin/sleep", "600", NULL}, *const fails[] = {"/bin/false",
                                                                                      NULL};
    struct alert_rule one = quota, two = quota;
    one.command = hangs;
    one.timeout_ms = 50;
    two.name = "other";
    two.command = fails;
    two.timeout_ms = stretch_ms(0, 20000);
    add(fx, &one);
    add(fx, &two);
    put(fx, "a", 95, "active");
    walk(fx);
    until(fx, &fx->failed, 2);
}

/* What the hook of `rule` has been given so far, when it is `lines` lines or more. */
static void wait_got(struct fixture *fx, size_t lines, struct str *text)
{
    int64_t end = mono(fx) + stretch_ms(0, 20000);
    while (!file_has(fx, "got", lines, text) && mono(fx) < end)
        loop_step(fx->loop, 20);
    if (!file_has(fx, "got", lines, text))
        fail_msg("%zu lines wanted, %d failed (%s): %s", lines, fx->failed, fx->failure.what,
                 str_text(text));
}

static void count_due(void *ctx, const struct alert_record *r)
{
    *(int *)ctx += r->due != 0;
}

/* Until the file says that nothing is due: every command that ran has been heard of. */
static void wait_settled(struct fixture *fx)
{
    struct alerts_db *db;
    struct error err;
    int due = 1;
    assert_int_equal(alerts_db_open(&db, str_text(&fx->path), "https://gw", "org_1",
                                    *loop_clock(fx->loop), &err),
                     ST_OK);
    for (int64_t end = mono(fx) + stretch_ms(0, 20000); due && mono(fx) < end;) {
        loop_step(fx->loop, 20);
        due = 0;
        assert_int_equal(alerts_db_load(db, count_due, &due, &err), ST_OK);
    }
    assert_int_equal(due, 0);
    alerts_db_close(db);
}

/* What stands in the n-th line as `key`; "" for none. */
static void given(const struct str *text, int n, const char *key, struct str *out)
{
    const char *at = text->data;
    cJSON *json = NULL;
    for (; n > 0; n--)
        at = strchr(at, '\n') + 1;
    assert_int_equal(json_parse((struct span){at, (size_t)(strchr(at, '\n') - at)}, &json, NULL),
                     ST_OK);
    str_clear(out);
    str_add(out, json_get_string(json, key) ? json_get_string(json, key) : "");
    cJSON_Delete(json);
}

static void assert_given(const struct str *text, int n, const char *key, const char *want)
{
    struct str is = STR_INIT;
    given(text, n, key, &is);
    assert_string_equal(str_text(&is), want);
    str_finish(&is);
}

/* Appends what it is given to a file, after `sleep`. */
static void hook(struct fixture *fx, struct alert_rule *rule, const char *sleep, struct str *path)
{
    static const char *argv[3];
    struct str script = STR_INIT, got = STR_INIT;
    str_printf(&script, "#!/bin/sh\n%s\ncat >>'%s'\n", sleep, tmpdir_path(fx->dir, "got", &got));
    assert_true(tmpdir_write(fx->dir, "hook", str_text(&script), 0700));
    argv[0] = tmpdir_path(fx->dir, "hook", path);
    argv[1] = NULL;
    *rule = quota;
    rule->command = argv;
    rule->timeout_ms = stretch_ms(0, 20000);
    str_finish(&script);
    str_finish(&got);
}

/* The command hears of the end as Alertmanager says it. */
static void test_command_hears_the_end(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT, text = STR_INIT, ended = STR_INIT;
    struct alert_rule rule;
    hook(fx, &rule, "", &path);
    add(fx, &rule);
    put(fx, "a", 95, "active");
    walk(fx);
    put(fx, "a", 10, "degraded");
    walk(fx);
    wait_got(fx, 2, &text);
    assert_given(&text, 0, "state", "firing");
    assert_given(&text, 0, "ended", "");
    assert_given(&text, 1, "state", "resolved");
    assert_given(&text, 1, "id", "a");
    assert_given(&text, 1, "status", "degraded");
    given(&text, 1, "ended", &ended);
    assert_int_not_equal(when_parse_rfc3339(str_text(&ended), ended.len), WHEN_NONE);
    str_finish(&path);
    str_finish(&text);
    str_finish(&ended);
}

/* A new start. A child of the one before that has not become its program yet still holds the lock:
 * it is taken over at one of the next ticks. */
static void start_anew(struct fixture *fx, const struct alert_rule *rule)
{
    begin(fx);
    add(fx, rule);
    for (int64_t end = mono(fx) + stretch_ms(0, 20000);
         alerts_only_shows(fx->a) && mono(fx) < end;) {
        alerts_tick(fx->a);
        loop_step(fx->loop, 20);
    }
    assert_false(alerts_only_shows(fx->a));
}

/* Ended while a command ran and another waited: both get theirs after the next start; what ended
 * meanwhile is told as that alone. */
static void test_command_is_due_after_a_start(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT, text = STR_INIT;
    struct alert_rule rule;
    hook(fx, &rule, "exec sleep 600", &path);
    add(fx, &rule);
    put(fx, "a", 95, "active");
    put(fx, "b", 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 2);
    alerts_destroy(fx->a);
    hook(fx, &rule, "", &path);
    put(fx, "b", 10, "active");
    start_anew(fx, &rule);
    walk(fx);
    wait_got(fx, 2, &text);
    assert_int_equal(fx->told, 2);
    assert_int_equal(fx->failed, 0);
    bool a_first = strstr(str_text(&text), "\"id\":\"a\"") < strchr(str_text(&text), '\n');
    assert_given(&text, a_first ? 0 : 1, "id", "a");
    assert_given(&text, a_first ? 0 : 1, "state", "firing");
    assert_given(&text, a_first ? 1 : 0, "id", "b");
    assert_given(&text, a_first ? 1 : 0, "state", "resolved");
    wait_settled(fx);
    alerts_destroy(fx->a);
    start_anew(fx, &rule);
    put(fx, "c", 95, "active"); /* what comes after it would have come before */
    walk(fx);
    wait_got(fx, 3, &text);
    assert_given(&text, 2, "id", "c");
    str_finish(&path);
    str_finish(&text);
}

/* Two processes: both show, one runs commands; what is muted in one is muted in the other; when the
 * first is gone, the second takes over and does not say again what was said. */
static void test_two_processes(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT, text = STR_INIT;
    const struct alert *const *list;
    struct alert_rule rule;
    hook(fx, &rule, "", &path);
    add(fx, &rule);
    struct alerts *first = fx->a;
    begin(fx);
    add(fx, &rule);
    struct alerts *second = fx->a;
    assert_false(alerts_only_shows(first));
    assert_true(alerts_only_shows(second));
    put(fx, "a", 95, "active");
    put(fx, "b", 95, "active");
    walk(fx);
    assert_int_equal(alerts_list(second, &list), 2);
    alerts_mute(second, list[0], true);
    bool a_muted = strcmp(list[0]->account, "a") == 0;
    for (int i = 0; i < 3; i++)
        loop_step(fx->loop, 10);
    assert_false(file_has(fx, "got", 1, &text));
    fx->a = first;
    walk(fx);
    wait_got(fx, 1, &text);
    assert_given(&text, 0, "id", a_muted ? "b" : "a");
    assert_int_equal(alerts_list(first, &list), 2);
    assert_true(list[1]->muted);
    wait_settled(fx);
    alerts_destroy(first);
    fx->a = second;
    int told = fx->told;
    for (int64_t end = mono(fx) + stretch_ms(0, 20000);
         alerts_only_shows(second) && mono(fx) < end;)
        walk(fx);
    assert_false(alerts_only_shows(second));
    walk(fx);
    assert_int_equal(fx->told, told);
    put(fx, a_muted ? "b" : "a", 10, "active");
    walk(fx);
    wait_got(fx, 2, &text);
    assert_given(&text, 1, "state", "resolved");
    str_finish(&path);
    str_finish(&text);
}

static void steps(struct fixture *fx)
{
    for (int i = 0; i < 3; i++)
        loop_step(fx->loop, 0);
}

/* What the file says of an account. */
struct kept {
    const char *account;
    bool there, muted, acknowledged;
};

static void take_kept(void *ctx, const struct alert_record *r)
{
    struct kept *k = ctx;
    if (strcmp(r->account, k->account) != 0)
        return;
    k->there = true;
    k->muted = r->muted;
    k->acknowledged = r->acknowledged;
}

static struct kept kept_of(struct fixture *fx, const char *account)
{
    struct kept k = {.account = account};
    struct alerts_db *db;
    struct error err;
    assert_int_equal(alerts_db_open(&db, str_text(&fx->path), "https://gw", "org_1",
                                    *loop_clock(fx->loop), &err),
                     ST_OK);
    assert_int_equal(alerts_db_load(db, take_kept, &k, &err), ST_OK);
    alerts_db_close(db);
    return k;
}

/* Two processes, and one saves an entry for a reason of its own before it has seen what the other
 * decided in it: the newest decision stands, in the file and in both; an end does not take away a
 * mute that the one that owns the file has not seen yet. */
static void test_two_processes_decide(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    add(fx, &quota);
    struct alerts *first = fx->a;
    begin(fx);
    add(fx, &quota);
    struct alerts *second = fx->a;
    put(fx, "a", 95, "active");
    walk(fx);
    fx->a = first;
    walk(fx);
    assert_int_equal(alerts_list(second, &list), 1);
    alerts_mute(second, list[0], true);
    steps(fx);
    assert_true(kept_of(fx, "a").muted);
    pass_by(fx, 5);
    assert_int_equal(alerts_list(first, &list), 1);
    alerts_acknowledge(first, list[0]);
    steps(fx); /* saves the whole entry, as the first knows it */
    struct kept k = kept_of(fx, "a");
    assert_true(k.muted && k.acknowledged);
    alerts_tick(first);
    alerts_tick(second);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(alerts_list(i ? second : first, &list), 1);
        assert_true(list[0]->muted && list[0]->acknowledged);
    }
    pass_by(fx, 5);
    alerts_list(second, &list);
    alerts_mute(second, list[0], false); /* taken back: that is the newest now */
    steps(fx);
    alerts_tick(first);
    alerts_list(first, &list);
    assert_false(list[0]->muted);
    pass_by(fx, 5);
    alerts_list(second, &list);
    alerts_mute(second, list[0], true);
    put(fx, "a", 10, "active");
    for (row_id row = 0; row < fleet_rows(fx->fleet); row++)
        alerts_look(first, row, 0);
    alerts_looked(first, true); /* it has ended, and the first has not looked at the file */
    steps(fx);
    assert_true(kept_of(fx, "a").muted);
    alerts_tick(first);
    assert_int_equal(alerts_list(first, &list), 1);
    assert_true(list[0]->muted);
    alerts_destroy(second);
    fx->a = first;
}

/* A start that is quiet: what it finds is shown and is no news; what comes later is, and ends are.
 */
static void test_quiet_start(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    alerts_destroy(fx->a);
    fx->quiet = true;
    begin(fx);
    fx->quiet = false;
    add(fx, &quota);
    put(fx, "a", 95, "active");
    put(fx, "b", 95, "active");
    walk(fx);
    walk(fx);
    assert_int_equal(fx->told, 0);
    assert_int_equal(alerts_list(fx->a, &list), 2);
    put(fx, "c", 95, "active");
    put(fx, "b", 10, "active");
    walk(fx);
    assert_int_equal(fx->told, 1);
    assert_int_equal(fx->resolved, 1);
}

/* What comes and goes is told three times in ten minutes; then it stays, and ends when it has been
 * away for five at a stretch. */
static void test_flapping(void **state)
{
    struct fixture *fx = *state;
    const struct alert *const *list;
    add(fx, &quota);
    for (int i = 0; i < 12; i++) {
        put(fx, "a", i % 2 ? 10 : 95, "active");
        walk(fx);
        pass_by(fx, 10000);
    }
    assert_int_equal(fx->told, 3);
    assert_int_equal(fx->resolved, 2);
    assert_int_equal(alerts_list(fx->a, &list), 1);
    pass_by(fx, 200000);
    put(fx, "a", 95, "active"); /* not away for long enough: from here on anew */
    walk(fx);
    put(fx, "a", 10, "active");
    walk(fx);
    pass_by(fx, 250000);
    walk(fx);
    assert_int_equal(fx->resolved, 2);
    pass_by(fx, 60000);
    walk(fx);
    assert_int_equal(fx->told, 3);
    assert_int_equal(fx->resolved, 3);
    assert_int_equal(alerts_list(fx->a, &list), 0);
    pass_by(fx, 600000);
    put(fx, "a", 95, "active"); /* news again */
    walk(fx);
    assert_int_equal(fx->told, 4);
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("a")), ++fx->as_of);
    walk(fx);
    assert_int_equal(fx->resolved, 4);
}

/* One whose account is gone does not stay, however often it came and went. */
static void test_flapping_and_gone(void **state)
{
    struct fixture *fx = *state;
    add(fx, &quota);
    for (int i = 0; i < 6; i++) {
        put(fx, "a", i % 2 ? 10 : 95, "active");
        walk(fx);
    }
    assert_int_equal(fx->resolved, 2);
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("a")), ++fx->as_of);
    walk(fx);
    assert_int_equal(fx->resolved, 3);
}

/* A storm: so many commands a minute, then one with all that waited; nothing is lost, and nothing
 * is due after it. */
static void test_commands_a_minute(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT, text = STR_INIT;
    struct alert_rule rule;
    hook(fx, &rule, "", &path);
    rule.per_minute = 3;
    add(fx, &rule);
    for (char id[2] = "a"; id[0] <= 'j'; id[0]++)
        put(fx, id, 95, "active");
    walk(fx);
    assert_int_equal(fx->told, 10);
    wait_got(fx, 3, &text);
    for (int i = 0; i < 20; i++)
        loop_step(fx->loop, 10);
    assert_false(file_has(fx, "got", 4, &text));
    pass_by(fx, 61000);
    wait_got(fx, 4, &text);
    assert_given(&text, 3, "state", "summary");
    assert_given(&text, 3, "alert", "quota");
    assert_non_null(strstr(str_text(&text), "\"count\":7,\"alerts\":[{"));
    int each = 0;
    for (const char *p = strstr(str_text(&text), "\"count\":7");
         (p = strstr(p, "\"state\":\"firing\"")) != NULL; p++)
        each++;
    assert_int_equal(each, 7);
    wait_settled(fx);
    put(fx, "k", 95, "active"); /* alone again */
    walk(fx);
    wait_got(fx, 5, &text);
    assert_given(&text, 4, "id", "k");
    assert_int_equal(fx->failed, 0);
    str_finish(&path);
    str_finish(&text);
}

/* Whatever is wrong with a command, it is told with what is wrong, and the next alert's has its
 * turn. */
static void test_commands_that_cannot_start(void **state)
{
    struct fixture *fx = *state;
    struct str plain = STR_INIT, killed = STR_INIT;
    tmpdir_write(fx->dir, "plain", "no program", 0600);
    tmpdir_write(fx->dir, "killed", "#!/bin/sh\nkill -KILL $$\n", 0700);
    const char *missing[] = {"/nonexistent/page-me", NULL},
               *nowhere[] = {"page-me-not-in-path", NULL},
               *not_executable[] = {tmpdir_path(fx->dir, "plain", &plain), NULL},
               *dies[] = {tmpdir_path(fx->dir, "killed", &killed), NULL},
               *fails[] = {"/bin/sh", "-c", "exit 3", NULL}, *hangs[] = {"/bin/sleep", "600", NULL};
    const struct {
        const char *const *command;
        int64_t timeout_ms;
        const char *words[2];
    } cases[] = {
        {missing, 0, {"/nonexistent/page-me", "No such file or directory"}},
        {nowhere, 0, {"page-me-not-in-path", "not found"}},
        {not_executable, 0, {"plain", "Permission denied"}},
        {dies, 0, {"killed", "signal 9"}},
        {fails, 0, {"/bin/sh", "3"}},
        {hangs, 50, {"/bin/sleep", "longer than 50 ms"}},
    };
    struct alert_rule rules[ARRAY_LEN(cases)];
    char names[ARRAY_LEN(cases)][8];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        alerts_destroy(fx->a);
        begin(fx);
        snprintf(names[i], sizeof names[i], "r%zu", i);
        rules[i] = quota;
        rules[i].name = names[i];
        rules[i].command = cases[i].command;
        rules[i].timeout_ms = cases[i].timeout_ms ? cases[i].timeout_ms : stretch_ms(0, 20000);
        add(fx, &rules[i]);
        put(fx, "a", 95, "active");
        put(fx, "b", 95, "active");
        fx->failed = 0;
        walk(fx);
        until(fx, &fx->failed, 2); /* of each of the two alerts */
        for (int w = 0; w < 2; w++) {
            if (!strstr(fx->failure.what, cases[i].words[w]))
                fail_msg("%zu: \"%s\" does not say %s", i, fx->failure.what, cases[i].words[w]);
        }
    }
    str_finish(&plain);
    str_finish(&killed);
}

/* A start opens no file of which nothing will be asked. */
static void test_no_rule_no_file(void **state)
{
    struct fixture *fx = *state;
    walk(fx);
    assert_int_not_equal(access(str_text(&fx->path), F_OK), 0);
    assert_false(alerts_only_shows(fx->a));
    add(fx, &quota);
    assert_int_equal(access(str_text(&fx->path), F_OK), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_told_once_while_it_holds),
        EACH(test_the_end_is_told),
        EACH(test_hold_and_repeat),
        EACH(test_changes_of_status),
        EACH(test_kept_across_starts),
        EACH(test_an_end_between_starts),
        EACH(test_bad_condition),
        EACH(test_command),
        EACH(test_command_that_fails_or_hangs),
        EACH(test_command_hears_the_end),
        EACH(test_command_is_due_after_a_start),
        EACH(test_two_processes),
        EACH(test_two_processes_decide),
        EACH(test_quiet_start),
        EACH(test_flapping),
        EACH(test_flapping_and_gone),
        EACH(test_commands_a_minute),
        EACH(test_commands_that_cannot_start),
        EACH(test_no_rule_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
