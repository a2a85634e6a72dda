/* monitor_track.c: what is kept of each account: its counters, what was used on each of the last
 * days, and what these days say.
 *
 * Whole days are read once a day and take 2 bytes each, in a piece of their own that an account
 * gets when there is a day to keep. Today grows by little and little, and is not rounded. Of a
 * forecast only what columns show is kept: the rest follows from the model in a microsecond. */
#include "base/mem.h"
#include "base/small.h"
#include "base/vec.h"
#include "monitor/monitor_private.h"

#include <string.h>

static struct track *at_slot(const struct monitor *m, const uint32_t *slots, size_t room,
                             uint32_t number)
{
    return number < room && slots[number] != SLOT_NONE ? &m->tracks[slots[number]] : NULL;
}

static void set_slot(struct monitor *m, uint32_t **slots, size_t *room, uint32_t number,
                     const struct track *t)
{
    while (*room <= number) {
        size_t more = *room + *room / 8 + 256;
        *slots = mem_realloc(*slots, more, sizeof **slots);
        memset(*slots + *room, 0xff, (more - *room) * sizeof **slots);
        *room = more;
    }
    (*slots)[number] = (uint32_t)(t - m->tracks);
}

struct track *track_of(const struct monitor *m, row_id row)
{
    struct track *t = at_slot(m, m->by_row, m->row_room, row);
    return t && t->row == row ? t : NULL;
}

static struct track *track_new(struct monitor *m)
{
    VEC_ROOM(m->tracks, m->track_count, m->track_room);
    struct track *t = &m->tracks[m->track_count++];
    *t = (struct track){.number = SERIES_NONE, .row = ROW_NONE, .rpm = NAN};
    t->first_ms = t->status_since_ms = t->period_ms = WHEN_NONE;
    t->left_s = -1;
    t->day = INT32_MIN;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        t->percent[c] = -1;
        t->today[c] = NAN;
    }
    return t;
}

struct track *track_for_row(struct monitor *m, row_id row, struct span id)
{
    uint32_t number = m->series ? series_find(m->series, id) : SERIES_NONE;
    struct track *t = at_slot(m, m->by_number, m->number_room, number);
    if (!t)
        t = at_slot(m, m->by_row, m->row_room, row);
    if (!t)
        t = track_new(m);
    set_slot(m, &m->by_row, &m->row_room, row, t);
    t->row = row;
    return t;
}

static void take_number(struct monitor *m, struct track *t, uint32_t number)
{
    t->number = number;
    if (number != SERIES_NONE)
        set_slot(m, &m->by_number, &m->number_room, number, t);
}

void track_number(struct monitor *m, struct track *t, struct span id)
{
    if (t->number == SERIES_NONE)
        take_number(m, t, series_account(m->series, id));
}

struct track *track_for_number(struct monitor *m, uint32_t number)
{
    struct track *t = at_slot(m, m->by_number, m->number_room, number);
    struct span id = t ? span_of("") : series_id(m->series, number);
    if (t || !id.len)
        return t;
    row_id row = fleet_find(m->env.fleet, id);
    t = row != ROW_NONE ? track_of(m, row) : NULL;
    if (!t)
        t = track_new(m);
    take_number(m, t, number);
    return t;
}

/* What has a number is found by it again. */
void tracks_lose_rows(struct monitor *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->track_count; i++) {
        struct track *t = &m->tracks[i];
        t->row = ROW_NONE;
        if (t->number == SERIES_NONE) {
            intern_drop(&m->statuses, t->status);
            mem_free(t->past);
            continue;
        }
        m->by_number[t->number] = (uint32_t)kept;
        m->tracks[kept++] = *t;
    }
    m->track_count = kept;
    mem_free(m->by_row);
    m->by_row = NULL;
    m->row_room = 0;
}

void tracks_finish(struct monitor *m)
{
    for (size_t i = 0; i < m->track_count; i++)
        mem_free(m->tracks[i].past);
    mem_free(m->tracks);
    mem_free(m->by_row);
    mem_free(m->by_number);
    intern_finish(&m->statuses);
}

/* ---- days ---------------------------------------------------------------------------------- */

static struct past *past_create(void)
{
    struct past *past = mem_calloc(1, sizeof *past);
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        past->model[c].level = NAN;
        for (int i = 0; i < TODAY; i++)
            past->days[c][i] = small_pack(NAN);
    }
    return past;
}

float track_day(const struct track *t, enum series_counter counter, int i)
{
    if (i == TODAY)
        return t->today[counter];
    return t->past ? (float)small_unpack(t->past->days[counter][i]) : NAN;
}

void track_set_day(struct track *t, enum series_counter counter, int i, float used)
{
    if (i == TODAY) {
        t->today[counter] = used;
        return;
    }
    if (!t->past && isnan(used))
        return;
    if (!t->past)
        t->past = past_create();
    t->past->days[counter][i] = small_pack((double)used);
}

void track_add_to_day(struct track *t, enum series_counter counter, int i, float gain)
{
    track_set_day(t, counter, i, track_day(t, counter, i) + gain);
}

void track_days(const struct track *t, enum series_counter counter, float out[FORECAST_DAYS])
{
    for (int i = 0; i < FORECAST_DAYS; i++)
        out[i] = track_day(t, counter, i);
}

/* A day that went by without news is a day without use, once the account was known. */
void track_advance(struct track *t, int64_t now_ms)
{
    int today = day_of(now_ms);
    int by = t->day == INT32_MIN || today - t->day > FORECAST_DAYS ? FORECAST_DAYS : today - t->day;
    t->learnt = t->learnt && today == t->day;
    t->day = today;
    if (by <= 0)
        return;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        float days[FORECAST_DAYS];
        track_days(t, (enum series_counter)c, days);
        for (int i = 0; i < FORECAST_DAYS; i++) {
            float used = i + by < FORECAST_DAYS ? days[i + by] : t->known ? 0 : NAN;
            track_set_day(t, (enum series_counter)c, i, used);
        }
    }
}

void track_spread(struct track *t, enum series_counter counter, int64_t from_ms, int64_t to_ms,
                  int64_t gain)
{
    int last = day_of(to_ms) - t->day + TODAY;
    if (to_ms - from_ms <= HOUR_MS || day_of(from_ms) == day_of(to_ms)) {
        if (last >= 0 && last < FORECAST_DAYS)
            track_add_to_day(t, counter, last, (float)gain);
        return;
    }
    for (int64_t at = from_ms; at < to_ms;) {
        int64_t next = period_day(at) + DAY_MS;
        next = next < to_ms ? next : to_ms;
        int i = day_of(at) - t->day + TODAY;
        double part = (double)(next - at) / (double)(to_ms - from_ms);
        if (i >= 0 && i < FORECAST_DAYS)
            track_add_to_day(t, counter, i, (float)((double)gain * part));
        at = next;
    }
}

/* ---- forecasts ----------------------------------------------------------------------------- */

/* All of them are ratios around 1, or less: packed, they are counted in millionths. */
static void model_parts(struct forecast_model *model, float *out[PAST_PARTS])
{
    float *parts[PAST_PARTS] = {&model->lift, &model->var_day, &model->var_level, &model->var_week};
    for (int d = 0; d < 7; d++)
        parts[4 + d] = &model->week[d];
    memcpy(out, parts, sizeof parts);
}

#define PART_UNIT 0x1p-20

static void keep_model(struct past_model *kept, struct forecast_model *model)
{
    float *parts[PAST_PARTS];
    model_parts(model, parts);
    kept->level = model->level;
    kept->known = (uint16_t)model->known;
    for (int i = 0; i < PAST_PARTS; i++)
        kept->parts[i] = small_pack((double)*parts[i] / PART_UNIT);
}

/* Days that were lent are one less with each day that they grow older. */
static bool lent_is_more(const struct track *t, enum series_counter counter, int known)
{
    const struct past_model *kept = &t->past->model[counter];
    return kept->lent_day && kept->known - (t->day - kept->lent_day) > known;
}

void track_learn(struct track *t, int64_t now_ms)
{
    for (int c = 0; t->past && !t->learnt && c < SERIES_COUNTERS; c++) {
        struct past_model *kept = &t->past->model[c];
        struct forecast_model model;
        float days[FORECAST_DAYS];
        track_days(t, (enum series_counter)c, days);
        forecast_learn(days, now_ms, &model);
        if (lent_is_more(t, (enum series_counter)c, model.known))
            continue;
        keep_model(kept, &model);
        kept->lent_day = 0;
    }
    t->learnt = true;
}

int track_known(const struct track *t, enum series_counter counter)
{
    int known = 0;
    for (int i = 0; t->past && i < TODAY; i++)
        known += !isnan(track_day(t, counter, i));
    return known;
}

void track_lend(struct track *t, enum series_counter counter, const float days[FORECAST_DAYS],
                int64_t now_ms)
{
    struct forecast_model model;
    track_learn(t, now_ms);
    forecast_learn(days, now_ms, &model);
    if (isnan(model.level) || model.known <= track_known(t, counter))
        return;
    if (!t->past)
        t->past = past_create();
    keep_model(&t->past->model[counter], &model);
    t->past->model[counter].lent_day = (uint16_t)t->day;
}

bool track_lent(const struct track *t, enum series_counter counter)
{
    return t->past && t->past->model[counter].lent_day;
}

static void model_of(const struct track *t, enum series_counter counter, struct forecast_model *out)
{
    float *parts[PAST_PARTS];
    *out = (struct forecast_model){.level = NAN, .lift = 1};
    if (!t->past || isnan(t->past->model[counter].level))
        return;
    const struct past_model *kept = &t->past->model[counter];
    out->level = kept->level;
    out->known = kept->known;
    model_parts(out, parts);
    for (int i = 0; i < PAST_PARTS; i++)
        *parts[i] = (float)(small_unpack(kept->parts[i]) * PART_UNIT);
}

struct period track_period(const struct monitor *m, const struct track *t, int64_t now_ms)
{
    struct value name, created;
    fleet_get(m->env.fleet, t->row, FIELD_USAGE_PERIOD, &name);
    fleet_get(m->env.fleet, t->row, FIELD_CREATED_AT, &created);
    return period_of(value_known(&name) ? name.text : span_of(""),
                     value_known(&created) ? created.i : WHEN_NONE, t->first_ms, now_ms);
}

void track_forecast(const struct monitor *m, const struct track *t, enum series_counter counter,
                    int64_t now_ms, struct forecast *out)
{
    struct value used, quota, made;
    struct forecast_model model;
    fleet_get(m->env.fleet, t->row, monitor_used_field[counter], &used);
    fleet_get(m->env.fleet, t->row, monitor_quota_field[counter], &quota);
    fleet_get(m->env.fleet, t->row, FIELD_CREATED_AT, &made);
    *out = forecast_none();
    if (!value_known(&used) || used.i < 0)
        return;
    const struct forecast_input in = {.now_ms = now_ms,
                                      .period = track_period(m, t, now_ms),
                                      .used = used.i,
                                      .limited = value_known(&quota),
                                      .limit = quota.i,
                                      .made_ms = value_known(&made) ? made.i : 0};
    model_of(t, counter, &model);
    forecast_from(&model, &in, out);
}
