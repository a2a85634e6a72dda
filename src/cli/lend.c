/* lend.c: see lend.h. */
#include "cli/lend.h"

#include "api/url.h"
#include "base/mem.h"
#include "base/when.h"
#include "cli/past_prom.h"
#include "metrics/metrics.h"
#include "prom/prom.h"

#include <math.h>
#include <string.h>

#define DAYS      (FORECAST_DAYS - 1) /* whole ones */
#define SCAN_ROWS 4096                /* looked at in a turn */
#define IDS_BYTES 1800                /* they stand in a query four times; a proxy may take 8 KiB */
#define ID_LABEL  "provider_account_id"

struct lend {
    struct past_env env;
    int64_t pause_ms;
    void (*changed)(void *ctx);
    void *ctx;
    struct prom *prom; /* NULL: none is named, or why says why not */
    struct error why;
    bool busy, asked;
    int day;               /* of the round that came to its end last */
    int64_t ended_mono_ms; /* the last round */
    int64_t now_ms;        /* of the running query */
    row_id next;           /* where the round has come to */
    row_id rows[LEND_ROWS];
    size_t row_count;
    enum series_counter counter;
    struct str ids; /* of these rows, as a regular expression */
    struct token_fetch *fetch;
    struct prom_call *call;
    loop_timer timer;
};

static void ask(struct lend *l);
static void on_turn(void *ctx);

static void turn_in(struct lend *l, int64_t ms)
{
    l->timer = loop_timer_start(l->env.loop, ms, on_turn, l);
}

static void end_round(struct lend *l, const struct error *why)
{
    l->busy = false;
    l->why = *why;
    l->ended_mono_ms = clock_mono(loop_clock(l->env.loop));
    if (why->status == ST_OK)
        l->day = (int)(period_day(monitor_now(l->env.monitor)) / DAY_MS);
    if (l->changed)
        l->changed(l->ctx);
}

/* ---- whom it is about ---------------------------------------------------------------------- */

static void id_label(const struct lend *l, row_id row, struct str *out)
{
    struct value id;
    fleet_get(l->env.fleet, row, FIELD_ID, &id);
    metrics_id_label(out, value_known(&id) ? id.text : span_of(""));
}

/* What a regular expression (RE2) gives a meaning stands for itself. */
static void add_plain(struct str *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\.+*?()|[]{}^$", text.p[i]))
            str_add_char(out, '\\');
        str_add_char(out, text.p[i]);
    }
}

/* What it takes in a URL. */
static size_t sent_bytes(struct span id)
{
    struct str text = STR_INIT, url = STR_INIT;
    prom_quote(&text, id);
    url_segment(&url, span_from(&text));
    size_t n = url.len;
    str_finish(&text);
    str_finish(&url);
    return n;
}

/* The next accounts that want days; false when the turn's share of looking is over before there are
 * enough of them, or any. */
static bool collect(struct lend *l)
{
    row_id end = l->next + SCAN_ROWS;
    struct str label = STR_INIT, plain = STR_INIT;
    size_t sent = 0;
    l->row_count = 0;
    str_clear(&l->ids);
    for (; l->next < fleet_rows(l->env.fleet) && l->next < end && l->row_count < LEND_ROWS;
         l->next++) {
        if (!fleet_alive(l->env.fleet, l->next) || !monitor_wants_days(l->env.monitor, l->next))
            continue;
        str_clear(&label);
        str_clear(&plain);
        id_label(l, l->next, &label);
        add_plain(&plain, span_from(&label));
        size_t more = sent_bytes(span_from(&plain));
        if (more > IDS_BYTES)
            continue; /* such an id would spoil the query of all others */
        if (sent + more > IDS_BYTES)
            break;
        sent += more;
        str_add(&l->ids, l->row_count ? "|" : "");
        str_add_span(&l->ids, span_from(&plain));
        l->rows[l->row_count++] = l->next;
    }
    str_finish(&label);
    str_finish(&plain);
    return l->row_count > 0;
}

static void on_turn(void *ctx)
{
    struct lend *l = ctx;
    struct error none;
    l->timer = 0;
    error_clear(&none);
    if (collect(l)) {
        l->counter = SERIES_TOKENS;
        ask(l);
    } else if (l->next < fleet_rows(l->env.fleet)) {
        turn_in(l, 0);
    } else {
        end_round(l, &none);
    }
}

/* ---- what they used ------------------------------------------------------------------------ */

static void lend_series(struct lend *l, row_id row, const struct prom_series *series)
{
    float days[FORECAST_DAYS];
    int64_t today = period_day(l->now_ms);
    for (int i = 0; i < FORECAST_DAYS; i++)
        days[i] = NAN;
    for (size_t i = 0; i < series->count; i++) {
        int64_t before = (today - series->points[i].t_ms) / DAY_MS;
        if (before >= 0 && before < DAYS)
            days[DAYS - 1 - before] = (float)series->points[i].value;
    }
    monitor_lend_days(l->env.monitor, row, l->counter, days);
}

/* By its label: the rows may hold other accounts by now. */
static void lend_named(struct lend *l, const struct prom_named *named)
{
    struct str label = STR_INIT;
    for (size_t i = 0; i < l->row_count; i++) {
        str_clear(&label);
        if (!fleet_alive(l->env.fleet, l->rows[i]))
            continue;
        id_label(l, l->rows[i], &label);
        if (span_is(span_from(&label), named->name))
            lend_series(l, l->rows[i], &named->series);
    }
    str_finish(&label);
}

static void on_days(void *ctx, const struct prom_matrix *matrix, const struct error *err)
{
    struct lend *l = ctx;
    l->call = NULL;
    if (err->status != ST_OK) {
        end_round(l, err);
        return;
    }
    for (size_t i = 0; i < matrix->count; i++)
        lend_named(l, &matrix->list[i]);
    if (l->counter == SERIES_TOKENS) {
        l->counter = SERIES_REQUESTS;
        ask(l);
    } else {
        turn_in(l, l->pause_ms);
    }
}

static void ask(struct lend *l)
{
    struct str gauge = STR_INIT, text = STR_INIT;
    l->now_ms = monitor_now(l->env.monitor);
    str_printf(&gauge, "%s{" ID_LABEL "=~", past_metric(l->counter));
    prom_quote(&gauge, span_from(&l->ids));
    str_add_char(&gauge, '}');
    str_add(&text, "max by (" ID_LABEL ") (");
    past_gain_query(&text, str_text(&gauge), DAY_MS / 1000);
    str_add_char(&text, ')');
    /* A day's use is what its last second has: at midnight itself a month may have begun. */
    int64_t last = period_day(l->now_ms) - 1000;
    const struct prom_query query = {str_text(&text), ID_LABEL, last - (DAYS - 1) * DAY_MS, last,
                                     DAY_MS};
    l->call = prom_sums(l->prom, &query, on_days, l);
    str_finish(&gauge);
    str_finish(&text);
}

/* ---- rounds -------------------------------------------------------------------------------- */

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct lend *l = ctx;
    l->fetch = NULL;
    prom_set_token(l->prom, token);
    if (err->status != ST_OK)
        end_round(l, err);
    else
        turn_in(l, 0);
}

static bool is_due(const struct lend *l)
{
    int64_t now = clock_mono(loop_clock(l->env.loop));
    int day = (int)(period_day(monitor_now(l->env.monitor)) / DAY_MS);
    if (!l->asked)
        return true;
    return (l->why.status != ST_OK || l->day != day) && now - l->ended_mono_ms >= LEND_AGAIN_MS;
}

void lend_tick(struct lend *l)
{
    if (!l->prom || l->busy || !is_due(l))
        return;
    l->busy = l->asked = true;
    l->next = 0;
    l->fetch =
        token_get(l->env.tokens, l->env.loop, &l->env.profile->prometheus_token, -1, on_token, l);
}

bool lend_busy(const struct lend *l)
{
    return l->busy;
}

const struct error *lend_error(const struct lend *l)
{
    return &l->why;
}

const char *lend_host(const struct lend *l)
{
    return l->prom ? prom_host(l->prom) : NULL;
}

const struct error *lend_all(struct lend *l)
{
    lend_tick(l);
    while (l->busy)
        loop_step(l->env.loop, -1);
    return &l->why;
}

/* ---- life ---------------------------------------------------------------------------------- */

struct lend *lend_create(const struct past_env *env, int64_t pause_ms, void (*changed)(void *ctx),
                         void *ctx)
{
    struct lend *l = mem_calloc(1, sizeof *l);
    l->env = *env;
    l->pause_ms = pause_ms;
    l->changed = changed;
    l->ctx = ctx;
    error_clear(&l->why);
    l->prom = past_prom_create(env, &l->why);
    return l;
}

void lend_destroy(struct lend *l)
{
    if (!l)
        return;
    loop_timer_stop(l->env.loop, l->timer);
    token_cancel(l->fetch);
    prom_cancel(l->call);
    prom_destroy(l->prom);
    str_finish(&l->ids);
    mem_free(l);
}
