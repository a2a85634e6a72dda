/* monitor.c: see monitor.h. Life, turns and news.
 *
 * A turn of the loop does one slice: of the history at the start, of a sample, of the sums, or of
 * writing; then a timer of 0 asks for the next, so that keys and the server come in between. */
#include "monitor/monitor_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"

#include <math.h>
#include <string.h>

#define MINUTE_MS   60000
#define WRITE_RETRY 1000

const enum field monitor_used_field[SERIES_COUNTERS] = {FIELD_USED_TOKENS, FIELD_USED_REQUESTS};
const enum field monitor_quota_field[SERIES_COUNTERS] = {FIELD_QUOTA_TOKENS, FIELD_QUOTA_REQUESTS};

int64_t monitor_now(const struct monitor *m)
{
    return clock_wall(&m->env.clock);
}

static int64_t now_mono(const struct monitor *m)
{
    return clock_mono(loop_clock(m->env.loop));
}

/* How long news wait for a walk over all accounts: the more there are the longer, since a large
 * list is read again no sooner anyway, and a walk costs as much as a tenth of that. */
static int64_t news_wait_ms(const struct monitor *m)
{
    static const struct {
        uint32_t rows;
        int64_t ms;
    } steps[] = {{2000, 1000}, {20000, 10000}, {UINT32_MAX, 30000}};
    size_t i = 0;
    while (fleet_count(m->env.fleet) > steps[i].rows)
        i++;
    return steps[i].ms;
}

static void want_turn(struct monitor *m, int64_t delay_ms);

/* ---- news of the fleet --------------------------------------------------------------------- */

static char *known_text(const struct fleet *fleet, row_id row, enum field field)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    return span_dup(value_known(&v) ? v.text : span_of(""));
}

static void change_finish(struct monitor_change *c)
{
    mem_free((char *)(uintptr_t)c->id);
    mem_free((char *)(uintptr_t)c->name);
    mem_free((char *)(uintptr_t)c->from);
    mem_free((char *)(uintptr_t)c->to);
    mem_free((char *)(uintptr_t)c->reason);
}

void monitor_keep_change(struct monitor *m, const struct series_change *c)
{
    const struct health_classes *classes = m->env.settings->health;
    size_t at = (m->change_first + m->change_count) % CHANGES_MAX;
    if (m->change_count == CHANGES_MAX) {
        change_finish(&m->changes[at]);
        m->change_first = (m->change_first + 1) % CHANGES_MAX;
    } else {
        m->change_count++;
    }
    m->changes[at] = (struct monitor_change){.wall_ms = c->t_ms,
                                             .from_class = health_of(classes, span_of(c->from)),
                                             .to_class = health_of(classes, span_of(c->to)),
                                             .id = mem_strdup(c->account),
                                             .name = mem_strdup(c->name),
                                             .from = mem_strdup(c->from),
                                             .to = mem_strdup(c->to),
                                             .reason = mem_strdup(c->reason)};
}

static void note_change(struct monitor *m, const struct track *t, const char *to)
{
    char *id = known_text(m->env.fleet, t->row, FIELD_ID);
    char *name = known_text(m->env.fleet, t->row, FIELD_NAME);
    char *reason = known_text(m->env.fleet, t->row, FIELD_STATUS_REASON);
    const char *from = intern_span(&m->statuses, t->status).p;
    const struct series_change change = {monitor_now(m), id, name, from, to, reason};
    monitor_keep_change(m, &change);
    if (m->series) {
        series_note(m->series, &change);
        m->writing = true;
        want_turn(m, 0);
    }
    mem_free(id);
    mem_free(name);
    mem_free(reason);
}

static void look_at_status(struct monitor *m, struct track *t)
{
    struct value v;
    fleet_get(m->env.fleet, t->row, FIELD_STATUS, &v);
    uint32_t now = intern_take(&m->statuses, value_known(&v) ? v.text : span_of(""));
    if (t->status_known && now != t->status) {
        note_change(m, t, intern_span(&m->statuses, now).p);
        t->status_since_ms = monitor_now(m);
    }
    intern_drop(&m->statuses, t->status);
    t->status = now;
    t->status_known = true;
}

static void on_added(struct monitor *m, row_id row)
{
    struct value id;
    fleet_get(m->env.fleet, row, FIELD_ID, &id);
    if (!value_known(&id) || fleet_bad(m->env.fleet, row)[0])
        return;
    struct track *t = track_for_row(m, row, id.text);
    t->dirty = true;
    look_at_status(m, t);
}

static void on_changed(struct monitor *m, const struct fleet_event *e)
{
    struct track *t = track_of(m, e->row);
    if (!t) {
        on_added(m, e->row);
        return;
    }
    const bool *has = e->fields->has;
    t->dirty =
        t->dirty || has[FIELD_USED_TOKENS] || has[FIELD_USED_REQUESTS] || has[FIELD_USAGE_PERIOD];
    if (has[FIELD_STATUS])
        look_at_status(m, t);
}

static void forget_row(struct monitor *m, row_id row)
{
    struct track *t = track_of(m, row);
    if (!t)
        return;
    t->row = ROW_NONE;
    t->status_known = false;
}

static void on_fleet(void *ctx, const struct fleet_event *e)
{
    struct monitor *m = ctx;
    switch (e->type) {
    case FLEET_EV_ADDED:
        on_added(m, e->row);
        break;
    case FLEET_EV_CHANGED:
        on_changed(m, e);
        break;
    case FLEET_EV_REMOVED:
        forget_row(m, e->row);
        break;
    case FLEET_EV_CLEARED:
        tracks_lose_rows(m);
        break;
    case FLEET_EV_STATE:
        return;
    }
    m->news = true;
}

/* ---- turns --------------------------------------------------------------------------------- */

static void on_turn(void *ctx);

static void want_turn(struct monitor *m, int64_t delay_ms)
{
    if (!m->turn)
        m->turn = loop_timer_start(m->env.loop, delay_ms, on_turn, m);
}

static void write_slice(struct monitor *m)
{
    struct error err = {0};
    bool more = false;
    if (series_work(m->series, &more, &err) != ST_OK) {
        /* Nothing is lost: it waits. A full disk is told, another process at work is not. */
        if (!db_is_busy(&err))
            m->error = err;
        want_turn(m, WRITE_RETRY);
        return;
    }
    m->writing = more;
    if (!more) {
        error_clear(&m->error);
        series_idle(m->series);
    }
}

static void begin_walk(struct monitor *m, enum phase phase)
{
    m->phase = phase;
    m->at = 0;
    m->now_ms = monitor_now(m);
    if (phase == PHASE_SAMPLE) {
        m->sample_asked = false;
        sample_begin(m);
    } else {
        m->outcome_asked = false;
        m->begun_mono_ms = now_mono(m);
        m->news = false;
        sums_begin(m);
    }
}

static void walk_slice(struct monitor *m)
{
    if (m->phase == PHASE_OPEN) {
        load_begin(m);
    } else if (m->phase == PHASE_LOAD && !load_slice(m)) {
        m->phase = PHASE_IDLE;
    } else if (m->phase == PHASE_SAMPLE && !sample_slice(m)) {
        m->heard = true;
        m->writing = m->series != NULL;
        begin_walk(m, PHASE_SUMS);
    } else if (m->phase == PHASE_SUMS && !sums_slice(m)) {
        m->phase = PHASE_IDLE;
        sums_publish(m);
    } else if (m->phase == PHASE_IDLE && m->sample_asked) {
        begin_walk(m, PHASE_SAMPLE);
    } else if (m->phase == PHASE_IDLE && m->outcome_asked) {
        begin_walk(m, PHASE_SUMS);
    }
}

static void on_turn(void *ctx)
{
    struct monitor *m = ctx;
    m->turn = 0;
    if (m->phase != PHASE_IDLE || m->sample_asked || m->outcome_asked)
        walk_slice(m);
    else if (m->writing)
        write_slice(m);
    if (monitor_busy(m))
        want_turn(m, 0);
}

bool monitor_busy(const struct monitor *m)
{
    return m->phase != PHASE_IDLE || m->sample_asked || m->outcome_asked || m->writing;
}

bool monitor_ready(const struct monitor *m)
{
    return m->ready;
}

/* The process that wrote may have gone: what it wrote is read before this one goes on. */
static void look_at_history(struct monitor *m)
{
    bool loading = m->phase == PHASE_LOAD, idle = m->phase == PHASE_IDLE;
    bool writes = m->series && series_writes(m->series);
    /* It was loaded by a clock that is days away from the server's, which was not heard then. */
    bool astray = m->series && !m->heard && day_of(monitor_now(m)) != m->loaded_day;
    if (!(idle && writes && !m->wrote) && !((idle || loading) && astray))
        return;
    m->wrote = writes;
    m->heard = true;
    m->phase = PHASE_LOAD;
    m->at = 0;
}

void monitor_sample(struct monitor *m)
{
    bool sparse = fleet_count(m->env.fleet) > SERIES_SPARSE_ABOVE;
    int64_t now = monitor_now(m);
    look_at_history(m);
    if (sparse && m->looked_ms != WHEN_NONE && now >= m->looked_ms &&
        now - m->looked_ms < SERIES_SPARSE_MS)
        m->outcome_asked = true;
    else
        m->sample_asked = true;
    want_turn(m, 0);
}

void monitor_tick(struct monitor *m)
{
    int64_t gone = now_mono(m) - m->begun_mono_ms;
    if (monitor_busy(m) || gone < (m->news ? news_wait_ms(m) : MINUTE_MS))
        return;
    monitor_ask(m);
}

void monitor_ask(struct monitor *m)
{
    m->outcome_asked = true;
    want_turn(m, 0);
}

/* ---- life ---------------------------------------------------------------------------------- */

struct monitor *monitor_create(const struct monitor_env *env)
{
    struct monitor *m = mem_calloc(1, sizeof *m);
    m->env = *env;
    /* It is opened later. */
    m->env.history = m->history = env->history ? mem_strdup(env->history) : NULL;
    if (!m->env.clock.wall_ms)
        m->env.clock = *loop_clock(env->loop);
    m->looked_ms = WHEN_NONE;
    m->made.wall_ms = WHEN_NONE;
    intern_init(&m->statuses);
    lint_init(&m->lint, &env->settings->lint, env->fleet);
    const char *by = env->settings->group_by;
    if (!by || monitor_group_by(m, span_of(by), NULL))
        monitor_group_by(m, span_of("provider"), NULL);
    m->phase = PHASE_OPEN;
    fleet_listen(env->fleet, on_fleet, m);
    for (row_id row = 0; row < fleet_rows(env->fleet); row++) {
        if (fleet_alive(env->fleet, row))
            on_added(m, row);
    }
    want_turn(m, 0);
    return m;
}

void monitor_destroy(struct monitor *m)
{
    if (!m)
        return;
    loop_timer_stop(m->env.loop, m->turn);
    fleet_unlisten(m->env.fleet, on_fleet, m);
    series_close(m->series);
    outcome_finish(&m->made);
    outcome_finish(&m->making);
    lint_finish(&m->lint);
    for (size_t i = 0; i < BATCHES_MAX; i++)
        mem_free(m->batches[i].entries);
    for (size_t i = 0; i < m->change_count; i++)
        change_finish(&m->changes[(m->change_first + i) % CHANGES_MAX]);
    tracks_finish(m);
    mem_free(m->group_by);
    mem_free(m->history);
    str_finish(&m->note);
    mem_free(m);
}

const struct error *monitor_error(const struct monitor *m)
{
    return &m->error;
}

const char *monitor_file_note(const struct monitor *m)
{
    return str_text(&m->note);
}

bool monitor_only_reads(const struct monitor *m)
{
    return m->series && m->phase != PHASE_OPEN && !m->wrote;
}

/* ---- what is asked for --------------------------------------------------------------------- */

bool monitor_account(const struct monitor *m, row_id row, struct monitor_account *out)
{
    const struct track *t = track_of(m, row);
    if (!t)
        return false;
    *out = (struct monitor_account){.period = track_period(m, t, monitor_now(m)),
                                    .rpm = (double)t->rpm,
                                    .first_seen_ms = t->first_ms,
                                    .status_since_ms = t->status_since_ms};
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        struct value used, quota;
        fleet_get(m->env.fleet, row, monitor_used_field[c], &used);
        fleet_get(m->env.fleet, row, monitor_quota_field[c], &quota);
        out->counted[c] = value_known(&used);
        out->limited[c] = value_known(&quota);
        out->lent[c] = track_lent(t, (enum series_counter)c);
        out->used[c] = used.i;
        out->limit[c] = quota.i;
        out->forecast[c] = forecast_none();
        if (t->foretold && m->ready)
            track_forecast(m, t, (enum series_counter)c, m->made.wall_ms, &out->forecast[c]);
        track_days(t, (enum series_counter)c, out->days[c]);
    }
    return true;
}

bool monitor_wants_days(const struct monitor *m, row_id row)
{
    const struct track *t = track_of(m, row);
    for (int c = 0; t && c < SERIES_COUNTERS; c++) {
        struct value used;
        fleet_get(m->env.fleet, row, monitor_used_field[c], &used);
        if (value_known(&used) && track_known(t, (enum series_counter)c) < FORECAST_WEEKS)
            return true;
    }
    return false;
}

void monitor_lend_days(struct monitor *m, row_id row, enum series_counter counter,
                       const float days[FORECAST_DAYS])
{
    struct track *t = track_of(m, row);
    int64_t now = monitor_now(m);
    if (!t || m->phase == PHASE_LOAD)
        return;
    track_advance(t, now);
    track_lend(t, counter, days, now);
    m->news = true;
}

size_t monitor_change_count(const struct monitor *m)
{
    return m->change_count;
}

const struct monitor_change *monitor_change_at(const struct monitor *m, size_t index)
{
    if (index >= m->change_count)
        return NULL;
    return &m->changes[(m->change_first + m->change_count - 1 - index) % CHANGES_MAX];
}
