/* watching_test.c: alerts around a fleet of which nothing is heard for hours: none begins or ends
 * by the passing of time alone. */
#include "cli/watching.h"

#include "base/mem.h"
#include "base/when.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)

static const char *const ok_words[] = {"active", NULL}, *const no_words[] = {NULL};
static const struct health_classes classes = {{ok_words, no_words, no_words}};
static const char text[] = "alerts: { old: { when = \"checked>2h\"; };\n"
                           "          busy: { when = \"eom>100\"; }; };\n";

struct fixture {
    struct tmpdir *dir;
    struct clock_manual manual;
    struct loop *loop;
    struct fleet *fleet;
    struct column_set *columns;
    struct config *config;
    struct str data, state_dir;
    struct paths paths;
    struct watching w;
    int begun, ended;
};

static void on_told(void *ctx, const struct alert *alert, enum alert_event event)
{
    struct fixture *fx = ctx;
    (void)alert;
    fx->begun += event == ALERT_FIRING;
    fx->ended += event == ALERT_RESOLVED;
}

static int set_up(void **state)
{
    struct fixture *fx = mem_calloc(1, sizeof *fx);
    struct error err;
    static const char now[] = "2026-10-20T12:00:00Z";
    fx->dir = tmpdir_create();
    fx->manual.wall_ms = when_parse_rfc3339(now, strlen(now));
    fx->loop = loop_create(clock_from_manual(&fx->manual));
    fx->fleet = fleet_create();
    fx->columns = column_set_create();
    assert_int_equal(config_load_text("test", text, strlen(text), &fx->config, &err), ST_OK);
    fx->paths.data_dir = mem_strdup(tmpdir_path(fx->dir, "data", &fx->data));
    fx->paths.state_dir = mem_strdup(tmpdir_path(fx->dir, "state", &fx->state_dir));
    const struct watching_env env = {.loop = fx->loop,
                                     .config = fx->config,
                                     .paths = &fx->paths,
                                     .fleet = fx->fleet,
                                     .columns = fx->columns,
                                     .health = &classes,
                                     .origin = "https://gw",
                                     .org = "org_1",
                                     .told = on_told,
                                     .ctx = fx};
    watching_open(&fx->w, &env);
    assert_int_equal(fx->w.rules_error.status, ST_OK);
    *state = fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    watching_close(&fx->w);
    mem_free(fx->paths.data_dir);
    mem_free(fx->paths.state_dir);
    str_finish(&fx->data);
    str_finish(&fx->state_dir);
    config_unload(fx->config);
    fleet_destroy(fx->fleet);
    column_set_destroy(fx->columns);
    loop_destroy(fx->loop);
    tmpdir_destroy(fx->dir);
    mem_free(fx);
    return 0;
}

static void put(struct fixture *fx, int64_t used)
{
    struct str raw = STR_INIT, checked = STR_INIT;
    when_rfc3339(&checked, fx->manual.wall_ms);
    str_printf(&raw,
               "{\"provider_account_id\":\"a\",\"status\":\"active\",\"last_health_check\":\"%s\","
               "\"quota_policy\":{\"max_tokens_per_month\":1000,\"current_month_tokens\":%lld,"
               "\"usage_period\":\"2026-10\"}}",
               str_text(&checked), (long long)used);
    assert_int_not_equal(fleet_put(fx->fleet, span_from(&raw), fx->manual.wall_ms, NULL),
                         FLEET_BAD);
    str_finish(&raw);
    str_finish(&checked);
}

/* A minute goes by, each second as the loop has it. */
static void minute(struct fixture *fx)
{
    fx->manual.wall_ms += MINUTE;
    fx->manual.mono_ms += MINUTE;
    for (int i = 0; i < 3; i++) {
        watching_tick(&fx->w);
        while (monitor_busy(fx->w.monitor))
            loop_step(fx->loop, 0);
    }
}

static struct sync_state heard(const struct fixture *fx)
{
    return (struct sync_state){.phase = SYNC_IDLE,
                               .proof = SYNC_COMPLETE,
                               .complete_wall_ms = fx->manual.wall_ms,
                               .stale_since_wall_ms = WHEN_NONE};
}

static void silence(struct fixture *fx, bool paused)
{
    struct sync_state s = heard(fx);
    put(fx, 640); /* 19.5 days of 31: 1,017 at the end */
    watching_sync(&fx->w, &s);
    for (int i = 0; i < 3; i++)
        minute(fx);
    assert_int_equal(fx->begun, 1);
    s.paused = paused;
    s.stale_since_wall_ms = paused ? WHEN_NONE : fx->manual.wall_ms;
    watching_sync(&fx->w, &s);
    for (int i = 0; i < 48 * 60; i++)
        minute(fx);
    struct monitor_account a;
    assert_true(monitor_account(fx->w.monitor, 0, &a));
    assert_true(a.forecast[SERIES_TOKENS].end < 1000); /* by the time alone */
    assert_int_equal(fx->begun, 1);
    assert_int_equal(fx->ended, 0);
    /* And then it is seen what it came to. */
    put(fx, 640);
    s = heard(fx);
    watching_sync(&fx->w, &s);
    for (int i = 0; i < 3; i++)
        minute(fx);
    assert_int_equal(fx->begun, 1);
    assert_int_equal(fx->ended, 1);
}

static void test_the_server_is_away(void **state)
{
    silence(*state, false);
}

static void test_refreshes_are_paused(void **state)
{
    silence(*state, true);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_server_is_away),
        T(test_refreshes_are_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
