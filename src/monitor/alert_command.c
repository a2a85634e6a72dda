/* alert_command.c: an alert as JSON and in words, and the command that is given it. Of a storm so
 * many a minute are given one by one; what is left when the minute is over goes to one command, as
 * one object with all of them: a pager is rung once, and nothing is lost. */
#include "monitor/alert_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"

#include <string.h>

#define MINUTE_MS 60000

static void start_next(struct rule *rule);

static void member(struct str *out, const char *key, struct span value)
{
    str_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", key);
    json_quote(out, value);
}

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

static void runs_done(struct rule *rule)
{
    for (size_t i = 0; i < rule->run_count; i++)
        done_with(rule, &rule->runs[i]);
    mem_free(rule->runs);
    rule->runs = NULL;
    rule->run_count = 0;
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
    runs_done(rule);
    start_next(rule);
}

static void take(struct rule *rule, size_t count, struct waiting *out)
{
    memcpy(out, rule->waiting, count * sizeof *out);
    rule->waiting_count -= count;
    memmove(rule->waiting, rule->waiting + count, rule->waiting_count * sizeof *rule->waiting);
}

/* ---- so many a minute ---------------------------------------------------------------------- */

static void on_minute(void *ctx)
{
    struct rule *rule = ctx;
    rule->minute = 0;
    start_next(rule);
}

/* Whether a command may begin now; else it is tried again when the minute is over. */
static bool has_turn(struct rule *rule)
{
    struct loop *loop = rule->alerts->env.loop;
    int64_t now = clock_mono(loop_clock(loop));
    int most = rule->spec.per_minute ? rule->spec.per_minute : ALERTS_PER_MINUTE;
    if (!rule->minute_mono_ms || now - rule->minute_mono_ms >= MINUTE_MS) {
        rule->minute_mono_ms = now;
        rule->begun = 0;
    }
    if (rule->begun++ < most)
        return true;
    rule->behind = true;
    if (!rule->minute)
        rule->minute =
            loop_timer_start(loop, rule->minute_mono_ms + MINUTE_MS - now, on_minute, rule);
    return false;
}

/* {"alert":"down",...,"state":"summary","count":38,"alerts":[...]}: each as it would have been
 * given alone. */
static void summary_json(const struct rule *rule, struct str *out)
{
    const struct alerts *a = rule->alerts;
    struct str raw = STR_INIT;
    str_add(&raw, "{");
    member(&raw, "alert", span_of(rule->spec.name));
    member(&raw, "when", span_of(rule->spec.when));
    member(&raw, "org", span_of(a->env.org));
    member(&raw, "server", span_of(a->env.origin));
    member(&raw, "state", span_of("summary"));
    str_printf(&raw, ",\"count\":%zu,\"alerts\":[", rule->run_count);
    json_safe(out, span_from(&raw));
    for (size_t i = 0; i < rule->run_count; i++) {
        const char *json = rule->runs[i].json;
        if (i)
            str_add_char(out, ',');
        str_append(out, json, strcspn(json, "\n"));
    }
    str_add(out, "]}\n");
    str_finish(&raw);
}

/* What was behind is given as one; else the next. */
static void take_turn(struct rule *rule, struct str *input)
{
    bool all = rule->behind && rule->waiting_count > 1;
    rule->run_count = all ? rule->waiting_count : 1;
    rule->runs = mem_calloc(rule->run_count, sizeof *rule->runs);
    take(rule, rule->run_count, rule->runs);
    rule->behind = false;
    if (all)
        summary_json(rule, input);
    else
        str_add(input, rule->runs[0].json);
}

static void start_next(struct rule *rule)
{
    struct error err;
    while (!rule->child && rule->waiting_count && has_turn(rule)) {
        struct str input = STR_INIT;
        take_turn(rule, &input);
        const struct child_spec spec = {.argv = (char *const *)(uintptr_t)rule->spec.command,
                                        .stderr_fd = -1,
                                        .input = span_from(&input),
                                        .timeout_ms = rule->spec.timeout_ms};
        rule->child = child_start(rule->alerts->env.loop, &spec, on_done, rule, &err);
        str_finish(&input);
        if (rule->child)
            return;
        told_failed(rule, &err);
        runs_done(rule);
    }
}

/* One that would never have its turn in time gives way, and is told as failed. */
static void make_room(struct rule *rule)
{
    struct waiting oldest;
    struct error err;
    if (rule->waiting_count < WAITING_MAX)
        return;
    take(rule, 1, &oldest);
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
    loop_timer_stop(rule->alerts->env.loop, rule->minute);
    rule->minute = 0;
    for (size_t i = 0; i < rule->run_count; i++)
        waiting_finish(&rule->runs[i]);
    mem_free(rule->runs);
    rule->runs = NULL;
    rule->run_count = 0;
    for (size_t i = 0; i < rule->waiting_count; i++)
        waiting_finish(&rule->waiting[i]);
    mem_free(rule->waiting);
    rule->waiting = NULL;
    rule->waiting_count = 0;
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
