/* alert_command.c: an alert as JSON and in words, and the command that is given it. */
#include "monitor/alert_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"

#include <string.h>

static void start_next(struct rule *rule);

static void on_done(void *ctx, const struct child_result *result)
{
    struct rule *rule = ctx;
    struct alerts *a = rule->alerts;
    rule->child = NULL;
    if (result->status != ST_OK && a->env.failed)
        a->env.failed(a->env.ctx, &rule->spec, &result->error);
    start_next(rule);
}

static void start_next(struct rule *rule)
{
    struct alerts *a = rule->alerts;
    struct error err;
    if (rule->child || !rule->waiting_count)
        return;
    char *json = rule->waiting[0];
    rule->waiting_count--;
    memmove(rule->waiting, rule->waiting + 1, rule->waiting_count * sizeof *rule->waiting);
    const struct child_spec spec = {.argv = (char *const *)(uintptr_t)rule->spec.command,
                                    .stderr_fd = -1,
                                    .input = span_of(json),
                                    .timeout_ms = rule->spec.timeout_ms};
    rule->child = child_start(a->env.loop, &spec, on_done, rule, &err);
    if (!rule->child && a->env.failed)
        a->env.failed(a->env.ctx, &rule->spec, &err);
    mem_free(json);
}

void alert_command(struct alerts *a, const struct entry *e, bool again)
{
    struct rule *rule = e->rule;
    struct str json = STR_INIT;
    if (!rule->spec.command || !rule->spec.command[0])
        return;
    if (rule->waiting_count == WAITING_MAX) {
        mem_free(rule->waiting[0]);
        rule->waiting_count--;
        memmove(rule->waiting, rule->waiting + 1, rule->waiting_count * sizeof *rule->waiting);
    }
    alert_json(a, &e->alert, again, &json);
    str_add_char(&json, '\n');
    VEC_ROOM(rule->waiting, rule->waiting_count, rule->waiting_room);
    rule->waiting[rule->waiting_count++] = str_steal(&json);
    start_next(rule);
}

void alert_command_stop(struct rule *rule)
{
    child_cancel(rule->child);
    rule->child = NULL;
    for (size_t i = 0; i < rule->waiting_count; i++)
        mem_free(rule->waiting[i]);
    mem_free(rule->waiting);
    rule->waiting = NULL;
    rule->waiting_count = 0;
}

static void member(struct str *out, const char *key, struct span value)
{
    str_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", key);
    json_quote(out, value);
}

static void time_member(struct str *out, const char *key, int64_t ms)
{
    struct str text = STR_INIT;
    when_rfc3339(&text, ms);
    member(out, key, span_from(&text));
    str_finish(&text);
}

void alert_json(const struct alerts *a, const struct alert *alert, bool again, struct str *out)
{
    static const struct {
        const char *key;
        enum field field;
    } fields[] = {{"name", FIELD_NAME},
                  {"provider", FIELD_PROVIDER_TYPE},
                  {"region", FIELD_REGION},
                  {"status", FIELD_STATUS},
                  {"reason", FIELD_STATUS_REASON}};
    static const char *const numbers[] = {"tokens.pct", "requests.pct", "eom", "eom.requests"};
    struct str raw = STR_INIT;
    str_add(&raw, "{");
    member(&raw, "alert", span_of(alert->rule->name));
    member(&raw, "when", span_of(alert->rule->when));
    member(&raw, "org", span_of(a->env.org));
    member(&raw, "server", span_of(a->env.origin));
    member(&raw, "id", span_of(alert->account));
    struct row_source source = fleet_row_source(a->env.fleet, alert->row);
    for (size_t i = 0; alert->row != ROW_NONE && i < ARRAY_LEN(fields); i++) {
        struct value v;
        fleet_get(a->env.fleet, alert->row, fields[i].field, &v);
        if (value_known(&v))
            member(&raw, fields[i].key, v.text);
    }
    for (size_t i = 0; alert->row != ROW_NONE && i < ARRAY_LEN(numbers); i++) {
        const struct column *c = column_find(a->env.columns, span_of(numbers[i]));
        struct value v;
        if (!c)
            continue;
        column_get(c, &source, &v);
        if (value_known(&v))
            str_printf(&raw, ",\"%s\":%lld", numbers[i], (long long)v.i);
    }
    time_member(&raw, "since", alert->since_ms);
    str_printf(&raw, ",\"again\":%s}", again ? "true" : "false");
    json_safe(out, span_from(&raw));
    str_finish(&raw);
}

void alert_words(const struct alerts *a, const struct alert *alert, struct str *out)
{
    struct value name = value_absent();
    if (alert->row != ROW_NONE)
        fleet_get(a->env.fleet, alert->row, FIELD_NAME, &name);
    str_printf(out, "%s: ", alert->rule->name);
    if (value_known(&name))
        str_add_span(out, name.text);
    else
        str_add(out, alert->account);
    str_printf(out, ": %s", alert->rule->when);
}
