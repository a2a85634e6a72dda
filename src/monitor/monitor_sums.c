/* monitor_sums.c: forecasts of all accounts, what they add up to, and what is to be shown of them.
 * A new outcome is made beside the last one and takes its place when it is whole. */
#include "monitor/monitor_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_A_SLICE 4096 /* rows, in the first of the two walks */
#define SUMS_A_SLICE   256
#define RUNOUTS_MAX    20000
#define TAG            "tag:"

void outcome_finish(struct outcome *o)
{
    arena_finish(&o->mem);
    map_finish(&o->names);
    mem_free(o->groups);
    mem_free(o->runouts);
    mem_free(o->findings);
    *o = (struct outcome){.wall_ms = WHEN_NONE};
}

void sums_begin(struct monitor *m)
{
    outcome_finish(&m->making);
    arena_init(&m->making.mem);
    map_init(&m->making.names);
    m->making.wall_ms = m->now_ms;
    struct span by = arena_dup(&m->making.mem, span_of(m->group_by));
    m->making.by = by.p;
    if (strncmp(by.p, TAG, strlen(TAG)) == 0)
        m->making.tag = by.p + strlen(TAG);
    else if (m->env.columns)
        m->making.column = column_find(m->env.columns, by);
    lint_begin(&m->lint);
    m->counted = 0;
}

/* ---- forecasts ----------------------------------------------------------------------------- */

static void forecast_track(struct monitor *m, struct track *t, struct forecast out[])
{
    bool moved = false;
    track_advance(t, m->now_ms);
    track_learn(t, m->now_ms);
    t->left_s = -1;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        struct value quota;
        track_forecast(m, t, (enum series_counter)c, m->now_ms, &out[c]);
        fleet_get(m->env.fleet, t->row, monitor_quota_field[c], &quota);
        int64_t percent =
            value_known(&quota) && !isnan(out[c].end) ? forecast_percent(out[c].end, quota.i) : -1;
        moved = moved || percent != t->percent[c];
        t->percent[c] = percent;
        int64_t at = out[c].runs_out_ms;
        /* Against the moment of this forecast: the last outcome's is older, and what is over would
           seem to have as long as lies between. */
        int64_t left = at == WHEN_NONE ? -1 : at > m->now_ms ? (at - m->now_ms) / 1000 : 0;
        if (left >= 0 && (t->left_s < 0 || left < t->left_s))
            t->left_s = left;
    }
    t->foretold = true;
    if (moved && m->env.touched)
        m->env.touched(m->env.ctx, t->row);
}

/* ---- sums ---------------------------------------------------------------------------------- */

static bool is_enabled(const struct monitor *m, row_id row)
{
    struct value v;
    fleet_get(m->env.fleet, row, FIELD_ENABLED, &v);
    return !value_known(&v) || v.i;
}

static bool is_stale(const struct monitor *m, row_id row)
{
    struct value v;
    fleet_get(m->env.fleet, row, FIELD_LAST_CHECK, &v);
    return value_known(&v) && v.i != WHEN_NONE && m->now_ms - v.i > m->env.settings->stale_ms;
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t s;
    return __builtin_add_overflow(a, b, &s) ? INT64_MAX : s;
}

static void add_use(const struct monitor *m, const struct track *t, enum series_counter c,
                    const struct forecast *f, struct monitor_use *use)
{
    struct value used, quota;
    fleet_get(m->env.fleet, t->row, monitor_used_field[c], &used);
    fleet_get(m->env.fleet, t->row, monitor_quota_field[c], &quota);
    if (!value_known(&used)) {
        use->unknown++;
        return;
    }
    if (!value_known(&quota)) {
        use->no_quota++;
        return;
    }
    bool none = isnan(f->end);
    use->counted++;
    use->no_forecast += none;
    use->lent += !none && track_lent(t, c);
    use->used = add(use->used, used.i);
    use->limit = add(use->limit, quota.i);
    use->end += none ? (double)used.i : f->end;
    use->low += none ? (double)used.i : f->low;
    use->high += none ? (double)used.i : f->high;
}

/* The fullest of an account's quotas, in percent, as quota.pct; -1 without one. *zero: one of them
 * is a quota of zero. */
static int64_t fullest(const struct monitor *m, row_id row, bool *zero)
{
    int64_t most = -1;
    *zero = false;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        struct value used, quota;
        fleet_get(m->env.fleet, row, monitor_used_field[c], &used);
        fleet_get(m->env.fleet, row, monitor_quota_field[c], &quota);
        if (!value_known(&used) || !value_known(&quota))
            continue;
        *zero = *zero || quota.i <= 0;
        int64_t percent = column_percent(used.i, quota.i);
        most = percent > most ? percent : most;
    }
    return most;
}

struct row_look {
    bool enabled, stale;
    enum health health;
    struct forecast forecast[SERIES_COUNTERS];
};

static void add_row(const struct monitor *m, const struct track *t, const struct row_look *look,
                    struct monitor_sum *sum)
{
    struct value rpm;
    sum->accounts++;
    if (look->enabled)
        sum->health[look->health]++;
    else
        sum->disabled++;
    sum->stale += look->enabled && look->stale;
    for (int c = 0; c < SERIES_COUNTERS; c++)
        add_use(m, t, (enum series_counter)c, &look->forecast[c], &sum->use[c]);
    bool zero;
    int64_t most = fullest(m, t->row, &zero);
    sum->zero += look->enabled && zero;
    for (int i = MONITOR_NEAR - 1; i >= 0 && look->enabled; i--) {
        int from = m->env.settings->near[i];
        if (from > 0 && most >= from) {
            sum->near[i]++;
            break;
        }
    }
    for (int i = 0; i < MONITOR_SPARK; i++) {
        double d = (double)track_day(t, SERIES_TOKENS, FORECAST_DAYS - MONITOR_SPARK + i);
        sum->days[i] += isnan(d) ? 0 : d;
    }
    fleet_get(m->env.fleet, t->row, FIELD_RPM, &rpm);
    if (look->enabled && look->health != HEALTH_DOWN && value_known(&rpm) &&
        !isnan((double)t->rpm)) {
        sum->rpm += (double)t->rpm;
        sum->rpm_limit += (double)rpm.i;
        sum->rpm_counted++;
    }
}

static struct monitor_sum *group(struct outcome *o, struct span name)
{
    uint32_t at;
    if (map_get(&o->names, name, &at))
        return &o->groups[at];
    VEC_ROOM(o->groups, o->group_count, o->group_room);
    at = (uint32_t)o->group_count++;
    struct span kept = arena_dup(&o->mem, name);
    map_set(&o->names, kept, at);
    o->groups[at] = (struct monitor_sum){.name = kept.p};
    return &o->groups[at];
}

static void add_to_group(struct monitor *m, const struct track *t, const struct row_look *look)
{
    struct str name = STR_INIT;
    struct value v;
    if (m->making.tag) {
        struct span val;
        fleet_get(m->env.fleet, t->row, FIELD_TAGS, &v);
        if (value_known(&v) && value_pair_get(&v, span_of(m->making.tag), &val))
            str_add_span(&name, val);
    } else if (m->making.column) {
        struct row_source source = fleet_row_source(m->env.fleet, t->row);
        column_get(m->making.column, &source, &v);
        if (value_known(&v))
            value_show(m->making.column->like, &v, SHOW_CELL, &name);
    } else {
        return;
    }
    add_row(m, t, look, group(&m->making, span_from(&name)));
    str_finish(&name);
}

static void add_runout(struct monitor *m, const struct track *t, const struct row_look *look)
{
    struct outcome *o = &m->making;
    int64_t when = WHEN_NONE;
    int which = 0;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        int64_t at = look->forecast[c].runs_out_ms;
        if (at != WHEN_NONE && (when == WHEN_NONE || at < when)) {
            when = at;
            which = c;
        }
    }
    if (when == WHEN_NONE || o->runout_count == RUNOUTS_MAX)
        return;
    VEC_ROOM(o->runouts, o->runout_count, o->runout_room);
    o->runouts[o->runout_count++] = (struct monitor_runout){.row = t->row,
                                                            .counter = (enum series_counter)which,
                                                            .when_ms = when,
                                                            .down_since_ms = t->status_since_ms,
                                                            .disabled = !look->enabled,
                                                            .down = look->health == HEALTH_DOWN};
}

static void add_findings(struct monitor *m, row_id row)
{
    struct outcome *o = &m->making;
    bool found[LINT_COUNT];
    lint_row(&m->lint, row, m->now_ms, found);
    for (int rule = 0; rule < LINT_COUNT; rule++) {
        if (!found[rule])
            continue;
        VEC_ROOM(o->findings, o->finding_count, o->finding_room);
        o->findings[o->finding_count++] = (struct monitor_finding){row, (enum lint_rule)rule};
    }
}

static void sum_track(struct monitor *m, struct track *t)
{
    struct value status;
    fleet_get(m->env.fleet, t->row, FIELD_STATUS, &status);
    struct row_look look = {.enabled = is_enabled(m, t->row),
                            .stale = is_stale(m, t->row),
                            .health = value_known(&status)
                                          ? health_of(m->env.settings->health, status.text)
                                          : HEALTH_OTHER};
    forecast_track(m, t, look.forecast);
    add_row(m, t, &look, &m->making.all);
    add_to_group(m, t, &look);
    add_runout(m, t, &look);
    add_findings(m, t->row);
    if (m->env.looked)
        m->env.looked(m->env.ctx, t->row, m->now_ms);
}

/* Two walks: the rules about the last account of a place need all of them counted first. Accounts
 * come between two slices: one that comes in the second walk is counted as its turn comes there,
 * so that each is in the sums once, and none that is there at the end was not looked at. */
bool sums_slice(struct monitor *m)
{
    if (m->at == 0 && m->counted < m->track_count) {
        size_t end = m->counted + COUNTS_A_SLICE;
        for (; m->counted < m->track_count && m->counted < end; m->counted++) {
            if (m->tracks[m->counted].row != ROW_NONE)
                lint_count_row(&m->lint, m->tracks[m->counted].row);
        }
        return true;
    }
    for (size_t end = m->at + SUMS_A_SLICE; m->at < m->track_count && m->at < end; m->at++) {
        struct track *t = &m->tracks[m->at];
        if (t->row == ROW_NONE)
            continue;
        if (m->at >= m->counted)
            lint_count_row(&m->lint, t->row);
        sum_track(m, t);
    }
    return m->at < m->track_count;
}

/* What is over burns now; what is neither over nor used can wait. */
static int urgency(const struct monitor_runout *r, int64_t now)
{
    return r->when_ms <= now ? 0 : r->disabled || r->down ? 2 : 1;
}

static int by_time(const void *a, const void *b, void *ctx)
{
    const struct monitor_runout *x = a, *y = b;
    int64_t now = *(const int64_t *)ctx;
    if (urgency(x, now) != urgency(y, now))
        return urgency(x, now) - urgency(y, now);
    if (x->when_ms != y->when_ms)
        return x->when_ms < y->when_ms ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_size(const void *a, const void *b)
{
    const struct monitor_sum *x = a, *y = b;
    if (x->accounts != y->accounts)
        return x->accounts > y->accounts ? -1 : 1;
    return strcmp(x->name, y->name);
}

void sums_publish(struct monitor *m)
{
    struct outcome *o = &m->making;
    if (o->runout_count)
        qsort_r(o->runouts, o->runout_count, sizeof *o->runouts, by_time, &o->wall_ms);
    if (o->group_count)
        qsort(o->groups, o->group_count, sizeof *o->groups, by_size);
    outcome_finish(&m->made);
    m->made = m->making;
    memset(&m->making, 0, sizeof m->making);
    m->ready = true;
    if (m->env.published)
        m->env.published(m->env.ctx);
}

/* ---- what is asked for --------------------------------------------------------------------- */

const struct monitor_sum *monitor_all(const struct monitor *m)
{
    return &m->made.all;
}

size_t monitor_groups(const struct monitor *m, const struct monitor_sum **out)
{
    *out = m->made.groups;
    return m->made.group_count;
}

size_t monitor_runouts(const struct monitor *m, const struct monitor_runout **out)
{
    *out = m->made.runouts;
    return m->made.runout_count;
}

size_t monitor_findings(const struct monitor *m, const struct monitor_finding **out)
{
    *out = m->made.findings;
    return m->made.finding_count;
}

void monitor_finding_text(const struct monitor *m, const struct monitor_finding *f, struct str *out)
{
    lint_check(&m->lint, f->row, f->rule, m->made.wall_ms, out);
}

int64_t monitor_as_of(const struct monitor *m)
{
    return m->made.wall_ms;
}

const char *monitor_grouped_by(const struct monitor *m)
{
    return m->ready ? m->made.by : m->group_by ? m->group_by : "";
}

const char *monitor_group_asked(const struct monitor *m)
{
    return m->group_by ? m->group_by : "";
}

enum status monitor_group_by(struct monitor *m, struct span by, struct error *err)
{
    bool tag = by.len > strlen(TAG) && memcmp(by.p, TAG, strlen(TAG)) == 0;
    const struct column *column = m->env.columns ? column_find(m->env.columns, by) : NULL;
    if (!tag && m->env.columns && !column)
        return error_set(err, ST_USAGE, "there is no column \"%.*s\" to group by", (int)by.len,
                         by.p);
    if (column && field_info(column->like)->flags & FF_SECRET)
        return error_set(err, ST_USAGE, "%s is masked, and no group is made by it", column->name);
    char *name = span_dup(by);
    mem_free(m->group_by);
    m->group_by = name;
    monitor_ask(m);
    return ST_OK;
}
