/* monitor_private.h: what the parts of the monitor share: monitor.c (life, turns, news),
 * monitor_track.c (what is kept of an account), monitor_load.c (the history at the start, and of
 * one account), monitor_sample.c (what counters gained), monitor_sums.c (forecasts and sums),
 * monitor_columns.c. */
#ifndef MONITOR_MONITOR_PRIVATE_H
#define MONITOR_MONITOR_PRIVATE_H

#include "base/arena.h"
#include "base/map.h"
#include "fleet/intern.h"
#include "monitor/monitor.h"

#define TODAY       (FORECAST_DAYS - 1)
#define CHANGES_MAX 1000
#define SLOT_NONE   UINT32_MAX

#define PAST_PARTS 11

/* What was used on the whole days, and what they say; there are a hundred thousand of it, so that a
 * number takes 2 bytes. */
struct past {
    uint16_t days[SERIES_COUNTERS][TODAY]; /* as small_pack */
    struct past_model {
        float level;
        uint16_t parts[PAST_PARTS]; /* the rest of a forecast_model, as small_pack */
        uint16_t known;
        uint16_t lent_day; /* since 1970, when somebody else's days made it; 0: its own did */
    } model[SERIES_COUNTERS];
};

/* One account, whether it is in the fleet or only in the history. */
struct track {
    int64_t level[SERIES_COUNTERS];
    int64_t percent[SERIES_COUNTERS]; /* of the forecast, as columns have it; -1: none */
    int64_t left_s; /* until the first of its quotas is used up, as of its forecast; -1: not */
    int64_t first_ms, status_since_ms;
    int64_t period_ms; /* when the named period of the last sample began; WHEN_NONE */
    struct past *past; /* owned; NULL: no whole day is known */
    float today[SERIES_COUNTERS];
    float rpm;          /* NAN: not known */
    uint32_t number;    /* in the history; SERIES_NONE */
    row_id row;         /* ROW_NONE: not in the fleet */
    uint32_t status;    /* in monitor.statuses */
    int day;            /* days since 1970 of `today`; INT32_MIN: nothing is known of any day */
    bool known : 1;     /* level is the counter at the last sample */
    bool dirty : 1;     /* it changed since */
    bool unwritten : 1; /* it has just got a number: the history does not know its counter */
    bool status_known : 1;
    bool learnt : 1;   /* the models are of its day */
    bool foretold : 1; /* there is a forecast */
};

enum phase { PHASE_OPEN, PHASE_LOAD, PHASE_IDLE, PHASE_SAMPLE, PHASE_SUMS };

/* An outcome, or one that is being made. */
struct outcome {
    struct arena mem; /* names of groups */
    struct map names; /* group → index */
    struct monitor_sum all;
    struct monitor_sum *groups;
    size_t group_count, group_room;
    struct monitor_runout *runouts;
    size_t runout_count, runout_room;
    struct monitor_finding *findings;
    size_t finding_count, finding_room;
    int64_t wall_ms;
    const char *by;              /* what the groups are, as it was asked for; in mem */
    const struct column *column; /* NULL: tag, or no groups */
    const char *tag;             /* within by */
};

/* A day of a gap that a sample is spread over, and the entries of it. */
struct batch {
    int64_t t_ms;
    struct series_entry *entries; /* owned */
    size_t count, room;
};
#define BATCHES_MAX (FORECAST_DAYS + 1)

struct monitor {
    struct monitor_env env;
    char *history;         /* owned; env.history */
    struct series *series; /* NULL: error says why */
    struct error error;
    struct str note; /* that a bad history was renamed aside; empty: it was not */
    bool writing;    /* series_work has something to do */
    bool wrote;      /* whether this process wrote the history, at the last look */
    int64_t retry_mono_ms;

    struct track *tracks;
    size_t track_count, track_room;
    struct intern statuses; /* as they were seen last */
    /* Ids are kept by the fleet and by the history, each with a table that finds them: here are
       only the ways from their numbers to a track. SLOT_NONE: none. */
    uint32_t *by_row; /* also of a row whose account has gone: its id comes back to it */
    uint32_t *by_number;
    size_t row_room, number_room;

    enum phase phase;
    size_t at;      /* the next track, or block */
    size_t counted; /* tracks that the rules counted before the sums began (monitor_sums.c) */
    bool sample_asked, outcome_asked;
    bool news; /* an account changed since the last outcome began */
    loop_timer turn;
    int64_t now_ms;    /* wall time of the running walk */
    int loaded_day;    /* as of which day the history was loaded */
    bool heard;        /* a sample was taken since the start: the clock is the server's */
    int64_t looked_ms; /* of the last sample; WHEN_NONE */
    int64_t begun_mono_ms;
    struct batch batches[BATCHES_MAX];
    size_t batch_count;

    struct outcome made, making;
    bool ready;
    struct lint lint;
    char *group_by; /* owned; of the next outcome */

    struct monitor_change changes[CHANGES_MAX]; /* a ring; texts owned */
    size_t change_first, change_count;
};

static inline int day_of(int64_t ms)
{
    return (int)(period_day(ms) / DAY_MS);
}

/* ---- monitor_track.c ---- */

struct track *track_of(const struct monitor *m, row_id row); /* NULL */
/* The track of an account that has just come into the fleet, and its row's from now on; made if
 * there is none. */
struct track *track_for_row(struct monitor *m, row_id row, struct span id);
/* Of an account of the history, which is open; made if there is none. NULL: no such number. */
struct track *track_for_number(struct monitor *m, uint32_t number);
/* Gives it its number in the history, if it has none and the history gives it one. */
void track_number(struct monitor *m, struct track *t, struct span id);
/* All rows are gone, and their numbers begin anew. */
void tracks_lose_rows(struct monitor *m);
void tracks_finish(struct monitor *m);
/* What was used on a day, as for forecast_learn; i < FORECAST_DAYS. NAN: not known. */
float track_day(const struct track *t, enum series_counter counter, int i);
void track_set_day(struct track *t, enum series_counter counter, int i, float used);
void track_add_to_day(struct track *t, enum series_counter counter, int i, float gain);
void track_days(const struct track *t, enum series_counter counter, float out[FORECAST_DAYS]);
/* How many whole days are known. */
int track_known(const struct track *t, enum series_counter counter);
/* Its model is made of these days, if they are more; its own stand at the day of now_ms. */
void track_lend(struct track *t, enum series_counter counter, const float days[FORECAST_DAYS],
                int64_t now_ms);
bool track_lent(const struct track *t, enum series_counter counter);
/* Makes the models of the day that its days stand at, unless they are there. */
void track_learn(struct track *t, int64_t now_ms);
/* Brings its days to the day of now_ms. */
void track_advance(struct track *t, int64_t now_ms);
/* Adds what was used within (from, to] to the days it was used in. */
void track_spread(struct track *t, enum series_counter counter, int64_t from_ms, int64_t to_ms,
                  int64_t gain);
struct period track_period(const struct monitor *m, const struct track *t, int64_t now_ms);
/* By its models and the counter as it is in the fleet. */
void track_forecast(const struct monitor *m, const struct track *t, enum series_counter counter,
                    int64_t now_ms, struct forecast *out);

/* Puts a change of status into the ring; its texts are copied. */
void monitor_keep_change(struct monitor *m, const struct series_change *change);

/* Opens the history, unless that was done, and reads the numbers of its accounts, some 4,000 a
 * call: neither a start nor its first picture waits for it. True: there are more. */
bool load_begin(struct monitor *m);
/* One block; false when all are loaded. */
bool load_slice(struct monitor *m);

void sample_begin(struct monitor *m);
bool sample_slice(struct monitor *m);

void sums_begin(struct monitor *m);
bool sums_slice(struct monitor *m);
void sums_publish(struct monitor *m);
void outcome_finish(struct outcome *o);

extern const enum field monitor_used_field[SERIES_COUNTERS], monitor_quota_field[SERIES_COUNTERS];

#endif
