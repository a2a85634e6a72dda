/* group_past.c: see group_past.h. */
#include "cli/group_past.h"

#include "base/mem.h"
#include "base/when.h"
#include "cli/past_prom.h"
#include "metrics/metrics.h"
#include "prom/prom.h"

#include <math.h>
#include <string.h>

#define DAYS      (MONITOR_SPARK - 1) /* whole ones; the last is today so far */
#define TODAY_MIN 60000               /* before, today has nothing to tell */
#define TAG       "tag:"

struct group_past {
    struct past_env env;
    const struct column_set *columns; /* (borrowed) */
    void (*changed)(void *ctx);
    void *ctx;
    struct prom *prom; /* NULL: none is named, or why says why not */
    struct error why;  /* why the days are not Prometheus' */
    char *by;          /* owned; what was asked for last; NULL: nothing yet */
    bool asking, good;
    int64_t asked_mono_ms, today_ms, now_ms;
    struct token_fetch *fetch;
    struct prom_call *call;
    struct str label;
    struct prom_matrix days, today;
};

/* ---- the question -------------------------------------------------------------------------- */

/* The label that has what the groups are by. */
static bool find_label(struct group_past *g)
{
    const struct column *column = column_find(g->columns, span_of(g->by));
    const char *label = NULL;
    str_clear(&g->label);
    if (strncmp(g->by, TAG, strlen(TAG)) == 0)
        metrics_tag_label(&g->label, span_of(g->by + strlen(TAG)));
    else if (column && column->field != FIELD_NONE)
        label = metrics_label(column->field);
    if (label)
        str_add(&g->label, label);
    return g->label.len > 0;
}

/* What each account gained within so many seconds, added up. */
static void add_query(struct str *out, const char *label, int64_t seconds)
{
    str_printf(out, "sum by (%s) (max by (provider_account_id, %s) (", label, label);
    past_gain_query(out, past_metric(SERIES_TOKENS), seconds);
    if (strcmp(label, METRICS_PROVIDER) != 0)
        str_printf(out,
                   " * on (provider_account_id, job, instance) group_left (%s) "
                   "paddock_account_info",
                   label);
    str_add(out, "))");
}

static void give_up(struct group_past *g, const struct error *why)
{
    g->asking = g->good = false;
    g->why = *why;
    prom_matrix_finish(&g->days);
    prom_matrix_finish(&g->today);
    g->changed(g->ctx);
}

/* The caller's matrix becomes ours. */
static void take(struct prom_matrix *to, const struct prom_matrix *from)
{
    struct prom_matrix copy = {.list = mem_calloc(from->count + 1, sizeof *copy.list)};
    for (size_t i = 0; i < from->count; i++) {
        const struct prom_named *n = &from->list[i];
        copy.list[i] = (struct prom_named){.name = mem_strdup(n->name), .series = n->series};
        copy.list[i].series.points =
            n->series.count ? mem_dup(n->series.points, n->series.count * sizeof *n->series.points)
                            : NULL;
        copy.count++;
    }
    prom_matrix_finish(to);
    *to = copy;
}

static void on_today(void *ctx, const struct prom_matrix *matrix, const struct error *err)
{
    struct group_past *g = ctx;
    g->call = NULL;
    if (err->status != ST_OK) {
        give_up(g, err);
        return;
    }
    take(&g->today, matrix);
    g->asking = false;
    g->good = true;
    error_clear(&g->why);
    g->changed(g->ctx);
}

static void ask_today(struct group_past *g)
{
    struct str text = STR_INIT;
    int64_t gone = g->now_ms - g->today_ms;
    if (gone < TODAY_MIN) {
        const struct error none = {.status = ST_OK};
        const struct prom_matrix nothing = {.list = NULL};
        on_today(g, &nothing, &none);
        return;
    }
    add_query(&text, str_text(&g->label), gone / 1000);
    const struct prom_query query = {str_text(&text), str_text(&g->label), g->now_ms, g->now_ms,
                                     60000};
    g->call = prom_sums(g->prom, &query, on_today, g);
    str_finish(&text);
}

static void on_days(void *ctx, const struct prom_matrix *matrix, const struct error *err)
{
    struct group_past *g = ctx;
    struct error why = *err;
    g->call = NULL;
    if (why.status == ST_OK && matrix->count == 0)
        error_set(&why, ST_NOT_FOUND, "%s knows nothing of these days", prom_host(g->prom));
    if (why.status != ST_OK) {
        give_up(g, &why);
        return;
    }
    take(&g->days, matrix);
    ask_today(g);
}

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct group_past *g = ctx;
    struct str text = STR_INIT;
    g->fetch = NULL;
    prom_set_token(g->prom, token);
    if (err->status != ST_OK) {
        give_up(g, err);
        return;
    }
    g->now_ms = monitor_now(g->env.monitor);
    g->today_ms = period_day(g->now_ms);
    add_query(&text, str_text(&g->label), DAY_MS / 1000);
    /* A day's use is what its last second has: at midnight itself a month may have begun. */
    int64_t last = g->today_ms - 1000;
    const struct prom_query query = {str_text(&text), str_text(&g->label),
                                     last - (DAYS - 1) * DAY_MS, last, DAY_MS};
    g->call = prom_sums(g->prom, &query, on_days, g);
    str_finish(&text);
}

void group_past_want(struct group_past *g, const char *by)
{
    int64_t now = clock_mono(loop_clock(g->env.loop));
    bool same = g->by && strcmp(g->by, by) == 0;
    if (!g->prom || !*by || (same && now - g->asked_mono_ms < GROUP_PAST_EVERY_MS))
        return;
    token_cancel(g->fetch);
    prom_cancel(g->call);
    g->fetch = NULL;
    g->call = NULL;
    if (!same) {
        char *copy = mem_strdup(by);
        mem_free(g->by);
        g->by = copy;
        g->good = false;
    }
    g->asked_mono_ms = now;
    if (!find_label(g)) {
        struct error why;
        error_set(&why, ST_NOT_FOUND, "%s has no label for %s", prom_host(g->prom), by);
        give_up(g, &why);
        return;
    }
    g->asking = true;
    g->fetch =
        token_get(g->env.tokens, g->env.loop, &g->env.profile->prometheus_token, -1, on_token, g);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static const struct prom_series *find(const struct prom_matrix *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->list[i].name, name) == 0)
            return &m->list[i].series;
    }
    return NULL;
}

bool group_past_days(const struct group_past *g, const char *by, const char *name,
                     double days[MONITOR_SPARK])
{
    if (!g->good || strcmp(g->by, by) != 0)
        return false;
    const struct prom_series *whole = find(&g->days, name), *today = find(&g->today, name);
    for (int i = 0; i < MONITOR_SPARK; i++)
        days[i] = NAN;
    for (size_t i = 0; whole && i < whole->count; i++) {
        int64_t before = (g->today_ms - whole->points[i].t_ms) / DAY_MS;
        if (before >= 0 && before < DAYS)
            days[DAYS - 1 - before] = (double)whole->points[i].value;
    }
    if (today && today->count)
        days[DAYS] = (double)today->points[today->count - 1].value;
    return true;
}

bool group_past_words(const struct group_past *g, const char *by, struct str *out)
{
    if (!*g->env.profile->prometheus_url)
        return false;
    if (g->good && strcmp(g->by, by) == 0) {
        str_printf(out, "days: Prometheus (%s)", prom_host(g->prom));
        return false;
    }
    str_add(out, "days: this machine's");
    if (g->asking)
        str_printf(out, "; %s is asked", prom_host(g->prom));
    else if (g->why.status != ST_OK)
        str_printf(out, "; %s", g->why.what);
    return !g->asking && g->why.status != ST_OK;
}

/* ---- life ---------------------------------------------------------------------------------- */

struct group_past *group_past_create(const struct past_env *env, const struct column_set *columns,
                                     void (*changed)(void *ctx), void *ctx)
{
    struct group_past *g = mem_calloc(1, sizeof *g);
    g->env = *env;
    g->columns = columns;
    g->changed = changed;
    g->ctx = ctx;
    error_clear(&g->why);
    g->prom = past_prom_create(env, &g->why);
    return g;
}

void group_past_destroy(struct group_past *g)
{
    if (!g)
        return;
    token_cancel(g->fetch);
    prom_cancel(g->call);
    prom_destroy(g->prom);
    prom_matrix_finish(&g->days);
    prom_matrix_finish(&g->today);
    str_finish(&g->label);
    mem_free(g->by);
    mem_free(g);
}
