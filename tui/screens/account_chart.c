/* account_chart.c: see account_chart.h. The points are read (cli/past.h) a turn after the screen
 * has opened, so that the key never waits for the disk or the network; the present comes from the
 * monitor. The last line says whose points they are. */
#include "tui/screens/account_chart.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/past.h"
#include "tui/screens/account_writes.h"
#include "tui/screens/monitor.h"
#include "tui/status.h"
#include "tui/who.h"
#include "tui/widgets/gauge.h"
#include "tui/widgets/spark.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MAX 512
#define READ_EVERY  60000
#define SCALE_CELLS 7
#define FOOT_ROWS   7

struct account_chart {
    struct app *app;
    row_id row;
    enum series_counter counter;
    struct past *past;         /* owned */
    struct past_point *points; /* owned; all of one source */
    size_t count;
    int64_t lasts_ms;  /* a point stands for no longer */
    struct str source; /* whose they are, in words; from outside */
    bool astray;       /* they should have come from elsewhere */
    bool known;        /* an answer came */
    int64_t asked_mono_ms;
};

static struct monitor *monitor_of(const struct account_chart *a)
{
    return app_session(a->app)->watching.monitor;
}

static void source_words(const struct past_answer *answer, struct str *out)
{
    if (answer->host) {
        str_printf(out, "Prometheus (%s)", answer->host);
        if (answer->offered > 1)
            str_printf(out, ", the newest of %zu series", answer->offered);
        return;
    }
    str_add(out, "this machine's samples");
    if (answer->why->status != ST_OK)
        str_printf(out, "; %s", answer->why->what);
}

static void on_past(void *ctx, const struct past_answer *answer)
{
    struct account_chart *a = ctx;
    mem_free(a->points);
    a->points = answer->count ? mem_dup(answer->points, answer->count * sizeof *a->points) : NULL;
    a->count = answer->count;
    a->lasts_ms = answer->lasts_ms;
    a->astray = answer->why->status != ST_OK;
    str_clear(&a->source);
    source_words(answer, &a->source);
    a->known = true;
    app_dirty(a->app);
}

static void read_soon(struct account_chart *a)
{
    a->asked_mono_ms = app_now_mono(a->app);
    past_read(a->past, a->row, a->counter, on_past, a);
}

/* ---- drawing ------------------------------------------------------------------------------- */

struct plot {
    double values[COLUMNS_MAX], low[COLUMNS_MAX], high[COLUMNS_MAX], likely[COLUMNS_MAX];
};

/* The counter at each column's end as far as it is known; between points it rises evenly. */
static double counter_at(const struct account_chart *a, int64_t t)
{
    if (!a->count || t < a->points[0].t_ms)
        return NAN;
    for (size_t i = 1; i < a->count; i++) {
        const struct past_point *p = &a->points[i - 1], *q = &a->points[i];
        if (t > q->t_ms)
            continue;
        double part = q->t_ms > p->t_ms ? (double)(t - p->t_ms) / (double)(q->t_ms - p->t_ms) : 1;
        return (double)p->counter + part * (double)(q->counter - p->counter);
    }
    const struct past_point *last = &a->points[a->count - 1];
    return t - last->t_ms > a->lasts_ms ? NAN : (double)last->counter;
}

static void fill_plot(const struct account_chart *a, const struct monitor_account *m, int cols,
                      struct plot *plot)
{
    const struct forecast *f = &m->forecast[a->counter];
    int64_t now = app_now_server(a->app), start = m->period.start_ms, end = m->period.end_ms;
    double used = (double)m->used[a->counter];
    for (int x = 0; x < cols; x++) {
        int64_t t = start + (int64_t)((double)(end - start) * (x + 1) / cols);
        int64_t begin = start + (int64_t)((double)(end - start) * x / cols);
        plot->values[x] = plot->low[x] = plot->high[x] = plot->likely[x] = NAN;
        if (begin <= now) {
            plot->values[x] = counter_at(a, t < now ? t : now);
        } else if (!isnan(f->end) && end > now) {
            double part = (double)(t - now) / (double)(end - now);
            plot->low[x] = used + part * (f->low - used);
            plot->high[x] = used + part * (f->high - used);
            plot->likely[x] = used + part * (f->end - used);
        }
    }
}

static void draw_scale(const struct canvas *c, int rows, double top)
{
    for (int i = 0; i <= 2; i++) {
        struct str text = STR_INIT;
        double value = top * (2 - i) / 2;
        quantity_short(&text, value < 9e18 ? (int64_t)value : INT64_MAX);
        draw_own(c, i == 2 ? rows - 1 : i * rows / 2, 0, ROLE_DIM, str_text(&text), SCALE_CELLS - 1,
                 TEXT_RIGHT);
        str_finish(&text);
    }
}

static void draw_days(const struct canvas *c, int y, const struct period *p)
{
    int cols = c->cols - SCALE_CELLS;
    int steps = cols >= 70 ? 4 : 2;
    for (int i = 0; i <= steps; i++) {
        struct str text = STR_INIT;
        int64_t t = p->start_ms + (p->end_ms - p->start_ms) / steps * i - (i == steps);
        when_rfc3339(&text, t);
        int x = SCALE_CELLS + cols * i / steps - (i ? i == steps ? 5 : 2 : 0);
        if (text.len > 10) /* month and day */
            draw_own_span(c, y, x, ROLE_DIM, (struct span){text.data + 5, 5}, 5, TEXT_LEFT);
        str_finish(&text);
    }
}

static void draw_plot(const struct account_chart *a, const struct monitor_account *m,
                      const struct canvas *c)
{
    struct plot plot;
    int cols = c->cols - SCALE_CELLS;
    cols = cols > COLUMNS_MAX ? COLUMNS_MAX : cols;
    if (cols < 8 || c->rows < 4)
        return;
    fill_plot(a, m, cols, &plot);
    const struct chart chart = {.values = plot.values,
                                .low = plot.low,
                                .high = plot.high,
                                .likely = plot.likely,
                                .count = (size_t)cols,
                                .limit =
                                    m->limited[a->counter] ? (double)m->limit[a->counter] : NAN,
                                .warn_from = 0.9};
    struct canvas body = canvas_part(c, 0, SCALE_CELLS, c->rows - 1, cols);
    chart_draw(&chart, &body);
    draw_scale(c, c->rows - 1, chart_top(&chart));
    draw_days(c, c->rows - 1, &m->period);
}

static void line(const struct canvas *c, int y, const char *label, const struct str *text)
{
    draw_own(c, y, 1, ROLE_DIM, label, 11, TEXT_LEFT);
    draw_text(c, y, 12, ROLE_TEXT, span_from(text), c->cols - 12, TEXT_LEFT);
}

static void forecast_words(const struct account_chart *a, const struct monitor_account *m,
                           struct str *out)
{
    const struct forecast *f = &m->forecast[a->counter];
    if (isnan(f->end)) {
        str_add(out, forecast_basis_words(f->basis));
        return;
    }
    quantity_short(out, (int64_t)fmin(f->end, 9e18));
    if (m->limited[a->counter]) {
        int64_t limit = m->limit[a->counter];
        str_printf(out, ", %lld%%, likely %lld-%lld%%", (long long)forecast_percent(f->end, limit),
                   (long long)forecast_percent(f->low, limit),
                   (long long)forecast_percent(f->high, limit));
    }
    str_printf(out, "; %s",
               m->lent[a->counter] ? "from the days that Prometheus has"
                                   : forecast_basis_words(f->basis));
}

static void used_words(const struct account_chart *a, const struct monitor_account *m,
                       struct str *out)
{
    enum series_counter n = a->counter;
    if (!m->counted[n]) {
        str_add(out, "not known");
        return;
    }
    quantity_full(out, m->used[n]);
    if (!m->limited[n]) {
        str_add(out, ", no quota");
        return;
    }
    str_add(out, " of ");
    quantity_full(out, m->limit[n]);
    str_printf(out, ", %lld%%", (long long)forecast_percent((double)m->used[n], m->limit[n]));
}

static void draw_foot(const struct account_chart *a, const struct monitor_account *m,
                      const struct canvas *c)
{
    struct str text[5] = {STR_INIT, STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    const struct forecast *f = &m->forecast[a->counter];
    double days[MONITOR_SPARK];
    int64_t now = app_now_server(a->app);
    used_words(a, m, &text[0]);
    line(c, 0, "Used", &text[0]);
    forecast_words(a, m, &text[1]);
    line(c, 1, "Forecast", &text[1]);
    if (f->runs_out_ms == WHEN_NONE) {
        str_add(&text[2], isnan(f->end) || !m->limited[a->counter] ? "-" : "not in this period");
    } else if (f->runs_out_ms <= now) {
        str_add(&text[2], MONITOR_OVER);
    } else {
        when_clock(&text[2], f->runs_out_ms, now);
        str_add(&text[2], ", in ");
        when_age(&text[2], f->runs_out_ms - now);
    }
    line(c, 2, "Runs out", &text[2]);
    period_words(&m->period, &text[3]);
    line(c, 3, "Period", &text[3]);
    for (int i = 0; i < MONITOR_SPARK; i++)
        days[i] = (double)m->days[a->counter][FORECAST_DAYS - MONITOR_SPARK + i];
    spark_text(app_draw(a->app), days, MONITOR_SPARK, &text[4]);
    if (!text[4].len)
        str_add(&text[4], "nothing is known of its days yet");
    line(c, 4, "16 days", &text[4]);
    if (a->known) {
        draw_own(c, 5, 1, ROLE_DIM, "Line from", 11, TEXT_LEFT);
        draw_text(c, 5, 12, a->astray ? ROLE_WARNING : ROLE_TEXT, span_from(&a->source),
                  c->cols - 12, TEXT_LEFT);
    }
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        str_finish(&text[i]);
}

static void chart_screen_draw(void *self, const struct canvas *c)
{
    struct account_chart *a = self;
    struct monitor_account m;
    const struct fleet *fleet = app_session(a->app)->fleet;
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    if (!fleet_alive(fleet, a->row) || !monitor_account(monitor_of(a), a->row, &m)) {
        draw_own(c, 2, 1, ROLE_DIM, "the account is gone", -1, TEXT_LEFT);
        return;
    }
    struct str status = STR_INIT, who = STR_INIT;
    who_add(fleet, a->row, &who);
    struct status_look look =
        status_show(app_config(a->app), fleet, a->row, app_now_server(a->app), 0, false, &status);
    int x = 1 + draw_text(c, 1, 1, ROLE_STRONG, span_from(&who), -1, TEXT_LEFT);
    draw_glyph(c, 1, x + 2, look.role, look.glyph);
    x += 4 + draw_text(c, 1, x + 4, look.role, span_from(&status), -1, TEXT_LEFT);
    draw_own(c, 1, x + 3, ROLE_TITLE, a->counter == SERIES_TOKENS ? "TOKENS" : "REQUESTS", -1,
             TEXT_LEFT);
    draw_cursor(c, 1, 1);
    str_finish(&status);
    str_finish(&who);
    struct canvas plot = canvas_part(c, 3, 0, c->rows - 3 - FOOT_ROWS, c->cols);
    if (a->known)
        draw_plot(a, &m, &plot);
    else
        draw_own(&plot, 0, 1, ROLE_BUSY, "reading the history ...", -1, TEXT_LEFT);
    /* Whose it is stays: of the foot the last lines give way. */
    int foot_rows = c->rows - 2 < FOOT_ROWS - 1 ? c->rows - 2 : FOOT_ROWS - 1;
    struct canvas foot = canvas_part(c, c->rows - foot_rows, 0, foot_rows, c->cols);
    draw_foot(a, &m, &foot);
}

/* ---- the screen ---------------------------------------------------------------------------- */

static void *chart_screen_open(struct app *app, const void *arg)
{
    struct account_chart *a = mem_calloc(1, sizeof *a);
    a->app = app;
    const struct account_chart_arg *what = arg;
    a->row = what->row;
    a->counter = what->counter;
    struct session *s = app_session(app);
    const struct past_env env = session_past_env(s);
    a->past = past_create(&env);
    read_soon(a);
    return a;
}

static void chart_screen_close(void *self)
{
    struct account_chart *a = self;
    past_destroy(a->past);
    str_finish(&a->source);
    mem_free(a->points);
    mem_free(a);
}

static const char *chart_screen_context(const void *self)
{
    (void)self;
    return "chart";
}

static unsigned chart_screen_action(void *self, enum action_id action)
{
    struct account_chart *a = self;
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE) {
        a->counter = a->counter == SERIES_TOKENS ? SERIES_REQUESTS : SERIES_TOKENS;
        a->known = false;
        read_soon(a);
        return EFFECT_REDRAW;
    }
    if (action == ACTION_TO_LIST) {
        monitor_to_account(a->app, a->row);
        return EFFECT_HANDLED;
    }
    return account_act(a->app, a->row, action);
}

static unsigned chart_screen_news(void *self, enum news news)
{
    struct account_chart *a = self;
    if (news == NEWS_MONITOR && app_now_mono(a->app) - a->asked_mono_ms > READ_EVERY)
        read_soon(a);
    return EFFECT_REDRAW;
}

static void chart_screen_heading(const void *self, struct str *out)
{
    (void)self;
    str_add(out, "use over the period");
}

static const int *chart_screen_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_NEXT_PANE, ACTION_TO_LIST, ACTION_EDIT, ACTION_REFRESH,
                              ACTION_PAUSE,     ACTION_BACK,    ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops account_chart_screen = {
    .name = "chart",
    .tab = "Monitor",
    .open = chart_screen_open,
    .close = chart_screen_close,
    .draw = chart_screen_draw,
    .context = chart_screen_context,
    .action = chart_screen_action,
    .news = chart_screen_news,
    .heading = chart_screen_heading,
    .bar = chart_screen_bar,
};
