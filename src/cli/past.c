/* past.c: see past.h. The token's file is read anew each time: whoever rotates it need not restart
 * us. */
#include "cli/past.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/past_prom.h"
#include "metrics/metrics.h"

#define LOOKBACK_MS 300000 /* Prometheus shows a sample for so long by itself */

struct past {
    struct past_env env;
    struct prom *prom; /* NULL: none is named, or prom_error says why not */
    struct error prom_error;
    row_id row; /* what is asked for */
    enum series_counter counter;
    past_fn *fn;
    void *ctx;
    loop_timer start, patience;
    struct token_fetch *fetch;
    struct prom_call *call;
    int64_t step_ms;
    struct past_point *points; /* of this machine */
    size_t count, room;
};

/* families.def */
static const char *const names[SERIES_COUNTERS] = {
    [SERIES_TOKENS] = "paddock_account_used_tokens",
    [SERIES_REQUESTS] = "paddock_account_used_requests",
};

const char *past_metric(enum series_counter counter)
{
    return names[counter];
}

void past_gain_query(struct str *out, const char *gauge, int64_t seconds)
{
    str_printf(out, "((%s - %s offset %llds) >= 0 or (%s and %s offset %llds))", gauge, gauge,
               (long long)seconds, gauge, gauge, (long long)seconds);
}

struct prom *past_prom_create(const struct past_env *env, struct error *err)
{
    const struct profile *of = env->profile;
    if (!*of->prometheus_url)
        return NULL;
    if (env->offline) {
        error_set(err, ST_CANCELLED, "offline: Prometheus is not asked");
        return NULL;
    }
    const struct prom_settings settings = {.url = of->prometheus_url,
                                           .allow_http = of->allow_http,
                                           .ca_file = of->prometheus_ca_file,
                                           .client_cert = of->prometheus_client_cert,
                                           .client_key = of->prometheus_client_key,
                                           .user = of->prometheus_user,
                                           .tenant = of->prometheus_tenant,
                                           .proxy = of->proxy,
                                           .no_proxy = of->no_proxy,
                                           .proxy_ca_file = of->proxy_ca_file,
                                           .connect_timeout_ms = of->connect_timeout_ms,
                                           .total_timeout_ms = of->timeout_ms};
    return prom_create(env->loop, &settings, err);
}

struct past *past_create(const struct past_env *env)
{
    struct past *p = mem_calloc(1, sizeof *p);
    p->env = *env;
    p->prom = past_prom_create(env, &p->prom_error);
    return p;
}

static void forget(struct past *p)
{
    loop_timer_stop(p->env.loop, p->start);
    loop_timer_stop(p->env.loop, p->patience);
    token_cancel(p->fetch);
    prom_cancel(p->call);
    p->start = p->patience = 0;
    p->fetch = NULL;
    p->call = NULL;
}

void past_destroy(struct past *p)
{
    if (!p)
        return;
    forget(p);
    prom_destroy(p->prom);
    mem_free(p->points);
    mem_free(p);
}

/* ---- this machine's samples ---------------------------------------------------------------- */

static void on_point(void *ctx, int64_t t_ms, int64_t counter)
{
    struct past *p = ctx;
    VEC_ROOM(p->points, p->count, p->room);
    p->points[p->count++] = (struct past_point){t_ms, counter};
}

static void answer_local(struct past *p, const struct error *why)
{
    struct error err;
    p->count = 0;
    (void)monitor_points(p->env.monitor, p->row, p->counter, on_point, p, &err);
    const struct past_answer answer = {
        .points = p->points, .count = p->count, .lasts_ms = INT64_MAX, .why = why};
    p->fn(p->ctx, &answer);
}

static void fall_back(struct past *p, const struct error *why)
{
    loop_timer_stop(p->env.loop, p->patience);
    p->patience = 0;
    answer_local(p, why);
}

static void on_patience(void *ctx)
{
    struct past *p = ctx;
    struct error why;
    p->patience = 0;
    error_set(&why, ST_NETWORK, "%s has not answered yet", prom_host(p->prom));
    answer_local(p, &why);
}

/* ---- Prometheus' --------------------------------------------------------------------------- */

/* What came before the last fall is another period's (F33), as in this machine's own samples. */
static void take_series(struct past *p, const struct prom_series *series)
{
    p->count = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct prom_point *at = &series->points[i];
        if (p->count && at->value < p->points[p->count - 1].counter)
            p->count = 0;
        on_point(p, at->t_ms, at->value);
    }
}

static void on_series(void *ctx, const struct prom_series *series, const struct error *err)
{
    struct past *p = ctx;
    struct error why = *err;
    p->call = NULL;
    if (why.status == ST_OK && series->count == 0)
        error_set(&why, ST_NOT_FOUND, "%s knows nothing of this account in this period",
                  prom_host(p->prom));
    if (why.status != ST_OK) {
        fall_back(p, &why);
        return;
    }
    loop_timer_stop(p->env.loop, p->patience);
    p->patience = 0;
    take_series(p, series);
    error_clear(&why);
    const struct past_answer answer = {.points = p->points,
                                       .count = p->count,
                                       .host = prom_host(p->prom),
                                       .lasts_ms = p->step_ms + LOOKBACK_MS,
                                       .offered = series->offered,
                                       .why = &why};
    p->fn(p->ctx, &answer);
}

static void ask(struct past *p, const struct monitor_account *a)
{
    struct value id;
    struct str label = STR_INIT;
    int64_t now = monitor_now(p->env.monitor), from = a->period.start_ms;
    int64_t to = now < a->period.end_ms ? now : a->period.end_ms;
    if (to <= from) /* the clock was set back */
        from = to - DAY_MS;
    fleet_get(p->env.fleet, p->row, FIELD_ID, &id);
    metrics_id_label(&label, id.text);
    p->step_ms = prom_step_ms(from, to);
    p->call = prom_range(p->prom, names[p->counter], "provider_account_id", span_from(&label), from,
                         to, on_series, p);
    str_finish(&label);
}

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct past *p = ctx;
    struct monitor_account a;
    p->fetch = NULL;
    prom_set_token(p->prom, token);
    struct error why = *err;
    if (why.status == ST_OK &&
        (!fleet_alive(p->env.fleet, p->row) || !monitor_account(p->env.monitor, p->row, &a)))
        error_set(&why, ST_NOT_FOUND, "the account is gone");
    if (why.status != ST_OK)
        fall_back(p, &why);
    else
        ask(p, &a);
}

/* ---- asking -------------------------------------------------------------------------------- */

static void on_start(void *ctx)
{
    struct past *p = ctx;
    p->start = 0;
    if (!p->prom) {
        answer_local(p, &p->prom_error);
        return;
    }
    p->patience = loop_timer_start(p->env.loop, PAST_PATIENCE_MS, on_patience, p);
    p->fetch =
        token_get(p->env.tokens, p->env.loop, &p->env.profile->prometheus_token, -1, on_token, p);
}

void past_read(struct past *p, row_id row, enum series_counter counter, past_fn *fn, void *ctx)
{
    forget(p);
    p->row = row;
    p->counter = counter;
    p->fn = fn;
    p->ctx = ctx;
    p->start = loop_timer_start(p->env.loop, 0, on_start, p);
}
