/* observe_test.c: what complete syncs see change is written down once, field by field; the first
 * list is no news, nor are counters; across runs nothing is lost and nothing told twice. */
#include "keep/keep.h"

#include "base/when.h"
#include "keep/parts.h"
#include "store/change_rows.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct str cache, data, told;
    struct clock_manual manual;
    struct loop *loop;
    struct fleet *fleet;
    struct keep *keep;
};

static void begin(struct fixture *fx)
{
    fx->loop = loop_create(clock_from_manual(&fx->manual));
    fx->fleet = fleet_create();
    const struct keep_env env = {.loop = fx->loop,
                                 .fleet = fx->fleet,
                                 .cache_dir = str_text(&fx->cache),
                                 .data_dir = str_text(&fx->data),
                                 .origin = "https://gw",
                                 .org = "org_1",
                                 .write = true};
    fx->keep = keep_create(&env);
    keep_load_now(fx->keep);
}

static void end(struct fixture *fx)
{
    keep_destroy(fx->keep);
    fleet_destroy(fx->fleet);
    loop_destroy(fx->loop);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "cache", &fx.cache);
    tmpdir_path(fx.dir, "data", &fx.data);
    fx.manual = (struct clock_manual){50000, 1700000000000};
    begin(&fx);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    end(fx);
    str_finish(&fx->cache);
    str_finish(&fx->data);
    str_finish(&fx->told);
    tmpdir_destroy(fx->dir);
    return 0;
}

static void put(struct fixture *fx, const char *raw)
{
    fx->manual.mono_ms++;
    fleet_put(fx->fleet, span_of(raw), fx->manual.mono_ms, NULL);
}

static void take(struct fixture *fx, const char *id)
{
    fx->manual.mono_ms++;
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of(id)), fx->manual.mono_ms);
}

static void complete(struct fixture *fx)
{
    fx->manual.wall_ms += 1000;
    const struct sync_event event = {
        .type = SYNC_EV_COMPLETE, .proof = SYNC_COMPLETE, .t0_wall_ms = fx->manual.wall_ms};
    keep_hear(fx->keep, &event);
    keep_flush(fx->keep);
}

static void on_change(void *ctx, const struct change *c)
{
    struct fixture *fx = ctx;
    struct str line = STR_INIT;
    str_printf(&line, "%.*s %s", (int)c->account.len, c->account.p, change_kind_name(c->kind));
    if (c->kind == CHANGE_FIELD)
        str_printf(&line, " %s %.*s>%.*s", field_info(c->field)->key, (int)c->before.len,
                   c->before.p, (int)c->after.len, c->after.p);
    assert_true(c->since_wall_ms < c->seen_wall_ms);
    str_printf(&line, " %lld\n", (long long)(c->seen_wall_ms - 1700000000000) / 1000);
    str_add_span(&line, span_from(&fx->told));
    str_finish(&fx->told);
    fx->told = line;
}

/* All that was told, the oldest first. */
static void assert_told(struct fixture *fx, const char *want)
{
    struct error err;
    const struct changes_query all = {.since_wall_ms = WHEN_NONE, .limit = 1000};
    str_clear(&fx->told);
    assert_int_equal(changes_list(keep_changes(fx->keep), &all, on_change, fx, &err), ST_OK);
    assert_string_equal(str_text(&fx->told), want);
}

#define A(rest) "{\"provider_account_id\":\"a\",\"name\":\"n\"," rest "}"

static void test_field_by_field(void **state)
{
    struct fixture *fx = *state;
    put(fx, A("\"status\":\"active\",\"quota_policy\":{\"max_tokens_per_month\":5,"
              "\"current_month_tokens\":1},\"tags\":{\"t\":\"1\"}"));
    put(fx, "{\"provider_account_id\":\"b\"}");
    complete(fx);
    assert_told(fx, ""); /* the first list */
    put(fx, A("\"status\":\"active\",\"quota_policy\":{\"max_tokens_per_month\":5,"
              "\"current_month_tokens\":2},\"tags\":{\"t\":\"1\"},"
              "\"last_health_check\":\"2026-01-01T00:00:00Z\""));
    complete(fx);
    assert_told(fx, ""); /* what moves by itself */
    put(fx, A("\"status\":\"down\",\"quota_policy\":{\"max_tokens_per_month\":null},"
              "\"tags\":{\"t\":\"2\"}"));
    put(fx, "{\"provider_account_id\":\"c\",\"name\":\"new\"}");
    take(fx, "b");
    assert_told(fx, ""); /* not before it is proven */
    complete(fx);
    assert_told(fx, "a changed quota.tokens 5>null 3\n"
                    "a changed status \"active\">\"down\" 3\n"
                    "a changed tags {\"t\":\"1\"}>{\"t\":\"2\"} 3\n"
                    "b gone 3\nc new 3\n");
    complete(fx);
    assert_int_equal(keep_state(fx->keep)->observed, 4);
}

/* Between two complete syncs only the difference counts; back again is no change. */
static void test_only_the_difference_counts(void **state)
{
    struct fixture *fx = *state;
    put(fx, A("\"status\":\"one\""));
    complete(fx);
    put(fx, A("\"status\":\"two\""));
    put(fx, A("\"status\":\"three\""));
    put(fx, "{\"provider_account_id\":\"x\"}");
    take(fx, "x");
    complete(fx);
    assert_told(fx, "a changed status \"one\">\"three\" 2\n");
    put(fx, A("\"status\":\"two\""));
    put(fx, A("\"status\":\"three\""));
    take(fx, "a");
    put(fx, A("\"status\":\"three\""));
    complete(fx);
    assert_told(fx, "a changed status \"one\">\"three\" 2\n");
}

static void on_since(void *ctx, const struct change *c)
{
    struct fixture *fx = ctx;
    str_printf(&fx->told, "%s %s ", change_kind_name(c->kind),
               c->kind == CHANGE_FIELD ? field_info(c->field)->key : "-");
}

static void assert_since(struct fixture *fx, const char *id, const char *want)
{
    str_clear(&fx->told);
    keep_since_settled(fx->keep, span_of(id), on_since, fx);
    assert_string_equal(str_text(&fx->told), want);
}

/* What an account that was read alone shows, before a list has proven it. */
static void test_since_the_last_list(void **state)
{
    struct fixture *fx = *state;
    put(fx, A("\"status\":\"one\",\"region\":\"r\""));
    assert_since(fx, "a", ""); /* nothing to hold it against */
    complete(fx);
    assert_int_equal(keep_state(fx->keep)->settled_wall_ms, fx->manual.wall_ms);
    assert_since(fx, "a", "");
    put(fx,
        A("\"status\":\"one\",\"region\":\"r\",\"last_health_check\":\"2026-01-01T00:00:00Z\""));
    assert_since(fx, "a", ""); /* what moves by itself */
    put(fx, A("\"status\":\"two\",\"region\":\"s\""));
    put(fx, "{\"provider_account_id\":\"b\"}");
    assert_since(fx, "a", "changed region changed status ");
    assert_since(fx, "b", "new - ");
    assert_since(fx, "nobody", "");
    assert_told(fx, ""); /* it was only looked at */
    complete(fx);
    assert_since(fx, "a", "");
}

static void test_across_runs(void **state)
{
    struct fixture *fx = *state;
    put(fx, A("\"status\":\"one\""));
    put(fx, "{\"provider_account_id\":\"b\"}");
    complete(fx);
    /* Seen, and the process ends before a sync was proven: the next one tells it, once. */
    put(fx, A("\"status\":\"two\""));
    end(fx);
    begin(fx);
    put(fx, A("\"status\":\"two\""));
    take(fx, "b");
    complete(fx);
    end(fx);
    begin(fx);
    put(fx, A("\"status\":\"two\""));
    complete(fx);
    assert_told(fx, "a changed status \"one\">\"two\" 2\nb gone 2\n");
}

/* Of two processes one tells. */
static void test_two_processes_tell_once(void **state)
{
    struct fixture *fx = *state;
    static struct fixture second;
    put(fx, A("\"status\":\"one\""));
    complete(fx);
    second = *fx;
    str_init(&second.told);
    begin(&second);
    put(&second, A("\"status\":\"two\""));
    complete(&second);
    assert_told(fx, "");
    fx->manual = second.manual;
    put(fx, A("\"status\":\"two\""));
    complete(fx);
    assert_told(fx, "a changed status \"one\">\"two\" 3\n");
    end(&second);
    str_finish(&second.told);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_field_by_field),          TEST(test_only_the_difference_counts),
        TEST(test_since_the_last_list),     TEST(test_across_runs),
        TEST(test_two_processes_tell_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
