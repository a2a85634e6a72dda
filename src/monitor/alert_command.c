/* alert_command.c: an alert as JSON and in words, and the command that is given it. */
#include "monitor/alert_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"

#include <string.h>

static void start_next(struct rule *rule);

static void waiting_finish(struct waiting *w)
{
    mem_free(w->json);
    mem_free(w->account);
    *w = (struct waiting){.json = NULL};
}

/* Done with, whatever became of it: a command that fails is told, and not run again. */
static void done_with(struct rule *rule, struct waiting *w)
{
    struct alerts *a = rule->alerts;
    struct entry *e = entry_find(a, rule, w->account);
    if (e && e->number == w->number) { /* else a newer one waits for it */
        e->number = 0;
        e->due = ALERT_NOTHING;
        alert_keep(a, e);
    }
    waiting_finish(w);
}

static void told_failed(struct rule *rule, const struct error *err)
{
    if (rule->alerts->env.failed)
        rule->alerts->env.failed(rule->alerts->env.ctx, &rule->spec, err);
}

static void on_done(void *ctx, const struct child_result *result)
{
    struct rule *rule = ctx;
    rule->child = NULL;
    if (result->status != ST_OK)
        told_failed(rule, &result->error);
    done_with(rule, &rule->runs);
    start_next(rule);
}

static void take_first(struct rule *rule, struct waiting *out)
{
    *out = rule->waiting[0];
    rule->waiting_count--;
    memmove(rule->waiting, rule->waiting + 1, rule->waiting_count * sizeof *rule->waiting);
}

static void start_next(struct rule *rule)
{
    struct error err;
    while (!rule->child && rule->waiting_count) {
        take_first(rule, &rule->runs);
        const struct child_spec spec = {.argv = (char *const *)(uintptr_t)rule->spec.command,
                                        .stderr_fd = -1,
                                        .input = span_of(rule->runs.json),
                                        .timeout_ms = rule->spec.timeout_ms};
        rule->child = child_start(rule->alerts->env.loop, &spec, on_done, rule, &err);
        if (rule->child)
            return;
        told_failed(rule, &err);
        done_with(rule, &rule->runs);
    }
}

/* One that would never have its turn in time gives way, and is told as failed. */
static void make_room(struct rule *rule)
{
    struct waiting oldest;
    struct error err;
    if (rule->waiting_count < WAITING_MAX)
        return;
    take_first(rule, &oldest);
    error_set(&err, ST_CANCELLED, "not run for %s: more than %d wait for it", oldest.account,
              WAITING_MAX);
    told_failed(rule, &err);
    done_with(rule, &oldest);
}

void alert_command(struct alerts *a, struct entry *e)
{
    struct rule *rule = e->rule;
    struct str json = STR_INIT;
    alert_json(a, &e->alert, e->due, &json);
    str_add_char(&json, '\n');
    e->number = ++a->commands ? a->commands : ++a->commands;
    make_room(rule);
    VEC_ROOM(rule->waiting, rule->waiting_count, rule->waiting_room);
    rule->waiting[rule->waiting_count++] =
        (struct waiting){str_steal(&json), mem_strdup(e->alert.account), e->number};
    start_next(rule);
}

void alert_command_stop(struct rule *rule)
{
    child_cancel(rule->child);
    rule->child = NULL;
    waiting_finish(&rule->runs);
    for (size_t i = 0; i < rule->waiting_count; i++)
        waiting_finish(&rule->waiting[i]);
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

void alert_json(const struct alerts *a, const struct alert *alert, enum alert_event event,
                struct str *out)
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
    if (event == ALERT_RESOLVED)
        time_member(&raw, "ended", alert->ended_ms);
    member(&raw, "state", span_of(event == ALERT_RESOLVED ? "resolved" : "firing"));
    str_printf(&raw, ",\"again\":%s}", event == ALERT_AGAIN ? "true" : "false");
    json_safe(out, span_from(&raw));
    str_finish(&raw);
}

void alert_words(const struct alerts *a, const struct alert *alert, enum alert_event event,
                 struct str *out)
{
    struct value name = value_absent();
    bool ended = event == ALERT_RESOLVED;
    if (alert->row != ROW_NONE)
        fleet_get(a->env.fleet, alert->row, FIELD_NAME, &name);
    str_printf(out, "%s: ", alert->rule->name);
    if (value_known(&name))
        str_add_span(out, name.text);
    else
        str_add(out, alert->account);
    if (ended && alert->row == ROW_NONE)
        str_add(out, ": the account is gone");
    else
        str_printf(out, ": %s%s", ended ? "no longer " : "", alert->rule->when);
}
