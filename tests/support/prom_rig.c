/* prom_rig.c: see prom_rig.h. */
#include "tests/support/prom_rig.h"

#include "api/api.h"
#include "base/mem.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const ok_words[] = {"active", NULL}, *const no_words[] = {NULL};
static const struct health_classes classes = {{ok_words, no_words, no_words}};
static const struct monitor_settings settings = {.health = &classes, .stale_ms = 15 * 60000};

int prom_rig_setup(void **state)
{
    static const char now[] = "2026-10-21T12:00:00Z";
    struct prom_rig *r = mem_calloc(1, sizeof *r);
    assert_int_equal(api_global_init(NULL), ST_OK);
    r->manual.wall_ms = when_parse_rfc3339(now, strlen(now));
    r->loop = loop_create(clock_from_manual(&r->manual));
    r->fleet = fleet_create();
    r->tokens = tokens_create(NULL);
    r->server = fault_server_create();
    assert_non_null(r->server);
    r->profile = (struct profile){
        .prometheus_url = fault_url(r->server), .connect_timeout_ms = 20000, .timeout_ms = 20000};
    const struct monitor_env menv = {.loop = r->loop,
                                     .fleet = r->fleet,
                                     .settings = &settings,
                                     .origin = "https://gw",
                                     .org = "org_1"};
    r->monitor = monitor_create(&menv);
    r->env = (struct past_env){.loop = r->loop,
                               .profile = &r->profile,
                               .tokens = r->tokens,
                               .monitor = r->monitor,
                               .fleet = r->fleet};
    *state = r;
    return 0;
}

int prom_rig_teardown(void **state)
{
    struct prom_rig *r = *state;
    monitor_destroy(r->monitor);
    fault_server_destroy(r->server);
    str_finish(&r->body);
    tokens_destroy(r->tokens);
    fleet_destroy(r->fleet);
    loop_destroy(r->loop);
    mem_free(r);
    return 0;
}

void prom_rig_put(struct prom_rig *r, const char *id, const char *counter)
{
    struct str raw = STR_INIT;
    str_printf(&raw,
               "{\"provider_account_id\":\"%s\",\"status\":\"active\",\"quota_policy\":{"
               "\"max_tokens_per_month\":3000,\"%s\":2100,\"usage_period\":\"2026-10\"}}",
               id, counter);
    assert_int_not_equal(fleet_put(r->fleet, span_from(&raw), ++r->as_of, NULL), FLEET_BAD);
    str_finish(&raw);
}

void prom_rig_settle(struct prom_rig *r)
{
    while (monitor_busy(r->monitor))
        loop_step(r->loop, 0);
}

void prom_rig_sample(struct prom_rig *r)
{
    monitor_sample(r->monitor);
    prom_rig_settle(r);
}

void prom_rig_days(const struct prom_rig *r, const char *label, const char *name, int days,
                   double each, struct str *out)
{
    int64_t last = period_day(r->manual.wall_ms) / 1000 - 1;
    str_printf(out, "%s{\"metric\":{\"%s\":\"%s\"},\"values\":[", out->len ? "," : "", label, name);
    for (int i = days; i-- > 0;)
        str_printf(out, "[%lld,\"%g\"]%s", (long long)(last - i * 86400), each, i ? "," : "");
    str_add(out, "]}");
}

void prom_rig_answer(struct prom_rig *r, const char *prefix, int times, const struct str *series)
{
    str_clear(&r->body);
    str_printf(&r->body,
               "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[%s]}}",
               str_text(series));
    fault_json(r->server, "GET", prefix, times, 200, str_text(&r->body));
}
