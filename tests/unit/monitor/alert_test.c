/* alert_test.c: what is told, when and how often; acknowledging and muting across starts; the
 * command: its input, one at a time, its time limit. It covers alert.c, alert_command.c and
 * alerts_db.c. */
#include "monitor/alert.h"

#include "base/mem.h"
#include "base/when.h"
#include "model/json.h"
#include "tests/support/stretch.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
    int told, again, failed;
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

static void on_told(void *ctx, const struct alert *alert, bool again)
{
    struct fixture *fx = ctx;
    assert_non_null(alert->account);
    fx->told++;
    fx->again += again;
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
                                   .told = on_told,
                                   .failed = on_failed,
                                   .ctx = fx};
    fx->a = alerts_create(&env);
    assert_int_equal(alerts_error(fx->a)->status, ST_OK);
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
    tmpdir_destroy(fx->dir);
    return 0;
}

static struct alert_rule quota = {.name = "quota", .when = "tokens.pct>=90", .command = no_command};

static void add(struct fixture *fx, const struct alert_rule *rule)
{
    struct error err;
    assert_int_equal(alerts_add(fx->a, rule, &err), ST_OK);
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
    const struct alert *b = list[1], *c = list[2];
    assert_string_equal(b->account, "b");
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

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_told_once_while_it_holds),
        EACH(test_hold_and_repeat),
        EACH(test_changes_of_status),
        EACH(test_kept_across_starts),
        EACH(test_bad_condition),
        EACH(test_command),
        EACH(test_command_that_fails_or_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
