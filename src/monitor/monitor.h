/* monitor.h: what the fleet uses, where it is going, and how it is: for the monitor's screens, the
 * computed columns, the commands and the metrics.
 *
 * It listens to the fleet. Each time the list has been read (monitor_sample) it takes a sample:
 * what each counter gained goes into the day it was used in, and into the history file; then it
 * walks all accounts once more for forecasts, sums, findings and alerts, and publishes the outcome
 * as a whole. Both walks and all writing go in slices of a millisecond or so, a turn of the loop
 * each, so that a key never waits; what is shown in between is the last outcome, whole. A counter
 * that falls, or a period that began since, is a new period: what is gained is never negative
 * (F33). A gap (the console was closed) is spread evenly over the days it took. Without a history
 * file everything works from what has been seen since the start.
 *
 * Two processes may watch the same accounts: one of them writes the history. */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include "fleet/fleet.h"
#include "loop/loop.h"
#include "model/health.h"
#include "monitor/forecast.h"
#include "monitor/lint.h"
#include "store/series.h"

#define MONITOR_NEAR 3 /* thresholds */

struct monitor_settings {
    const struct health_classes *health; /* (borrowed) */
    int64_t stale_ms;                    /* a health check older than this is stale */
    const char *group_by;                /* column or tag:KEY to begin with; NULL: provider */
    int near[MONITOR_NEAR];              /* percent of a quota, ascending; 0: not counted */
    struct lint_settings lint;
};

struct monitor_env {
    struct loop *loop; /* (borrowed), as all below */
    /* Whose time is meant by all times here: the server's (api_clock), since periods and health
     * checks are its. Zeroed: the loop's. */
    struct clock clock;
    struct fleet *fleet;
    const struct column_set *columns; /* may be NULL: then there are no groups */
    const struct monitor_settings *settings;
    const char *history;                    /* path of the file; NULL: none is kept */
    const char *origin, *org;               /* whose accounts */
    void (*published)(void *ctx);           /* a new outcome; may be NULL */
    void (*touched)(void *ctx, row_id row); /* its computed columns changed; may be NULL */
    /* A row is being looked at (alerts); may be NULL. */
    void (*looked)(void *ctx, row_id row, int64_t now_ms);
    void *ctx;
};

struct monitor;
struct monitor *monitor_create(const struct monitor_env *env);
void monitor_destroy(struct monitor *m); /* NULL allowed; what waits is written */
/* Why no history is kept; ST_OK when it is. */
const struct error *monitor_error(const struct monitor *m);
/* That a bad history was renamed aside, to be told (F22); "" before it is opened, which is a turn
 * after the start, and otherwise. (borrowed) */
const char *monitor_file_note(const struct monitor *m);
/* Whether another process writes the history of these accounts. */
bool monitor_only_reads(const struct monitor *m);

/* The list has just been read as a whole: a sample, then a new outcome. */
void monitor_sample(struct monitor *m);
/* For a demonstration alone: before the first sample, gives all accounts six weeks of a past that
 * add up to what their counters are. Does nothing when there is a history. */
void monitor_pretend(struct monitor *m);
/* Once a second: a new outcome when accounts changed or a minute went by. */
void monitor_tick(struct monitor *m);
/* A new outcome, soon. */
void monitor_ask(struct monitor *m);
/* Whether an outcome was published, and whether a walk or writing is under way. */
bool monitor_ready(const struct monitor *m);
bool monitor_busy(const struct monitor *m);

/* ---- one account ---- */

struct monitor_account {
    struct period period;
    bool counted[SERIES_COUNTERS]; /* the counter is known */
    bool limited[SERIES_COUNTERS]; /* there is a quota */
    bool lent[SERIES_COUNTERS];    /* the forecast rests on days that were lent */
    int64_t used[SERIES_COUNTERS], limit[SERIES_COUNTERS];
    /* By what the last outcome learnt of its days, and as of then, from the counter as it is. */
    struct forecast forecast[SERIES_COUNTERS];
    float days[SERIES_COUNTERS][FORECAST_DAYS]; /* the last is today so far */
    double rpm;              /* requests a minute of the last quarter of an hour; NAN */
    int64_t first_seen_ms;   /* WHEN_NONE */
    int64_t status_since_ms; /* WHEN_NONE: since before we looked */
};
/* False for a row that is not there. */
bool monitor_account(const struct monitor *m, row_id row, struct monitor_account *out);

/* Whether this machine has watched the account for less than three weeks, so that somebody who
 * knows more of its days may lend them. */
bool monitor_wants_days(const struct monitor *m, row_id row);
/* What it used on each day, as for forecast_learn, as somebody else knows it: its forecast
 * rests on these days alone from the next outcome on, as long as they are more than those that this
 * machine knows. They age: each day that passes counts them one less. */
void monitor_lend_days(struct monitor *m, row_id row, enum series_counter counter,
                       const float days[FORECAST_DAYS]);

/* The counter over time, up to now, by the hour: fn is called with ascending times within the
 * account's period and what the counter was then. Reads the history of one account: on request
 * only. ST_NOT_FOUND: nothing is known but the present. */
typedef void monitor_point_fn(void *ctx, int64_t t_ms, int64_t counter);
enum status monitor_points(struct monitor *m, row_id row, enum series_counter counter,
                           monitor_point_fn *fn, void *ctx, struct error *err);

/* ---- all accounts, and groups of them ---- */

#define MONITOR_SPARK 16 /* days of a sparkline */

struct monitor_use {
    int64_t used, limit;   /* of accounts with a quota and a counter */
    double end, low, high; /* their forecasts added up, as if all erred the same way; accounts
                              without a forecast stand as they are */
    uint32_t counted;      /* accounts in it */
    uint32_t no_quota;     /* left out: no limit */
    uint32_t unknown;      /* left out: no counter */
    uint32_t no_forecast;  /* in it, as they are */
    uint32_t lent;         /* in it, with a forecast that rests on days that were lent */
};

struct monitor_sum {
    const char *name; /* the group's value as shown; "" for accounts without one; NULL: all */
    uint32_t accounts, disabled, stale; /* stale: enabled, and the last check is too old */
    uint32_t health[HEALTH_COUNT];      /* of enabled accounts */
    struct monitor_use use[SERIES_COUNTERS];
    double days[MONITOR_SPARK];  /* tokens used a day, the last is today so far */
    uint32_t near[MONITOR_NEAR]; /* enabled accounts whose fuller quota (quota.pct) is at that
                                    threshold or above, and below the next */
    uint32_t zero; /* enabled accounts with a quota of zero and its counter: all of it is gone */
    double rpm, rpm_limit; /* of enabled accounts that are not down and have a limit */
    uint32_t rpm_counted;
};
/* (borrowed) until the next outcome. */
const struct monitor_sum *monitor_all(const struct monitor *m);
/* By which column the groups are, such as "provider" or "region"; or "tag:KEY". A new outcome
 * follows. Errors: ST_USAGE, no such column, or one whose values are masked. */
enum status monitor_group_by(struct monitor *m, struct span by, struct error *err);
const char *monitor_grouped_by(const struct monitor *m);  /* those of the outcome */
const char *monitor_group_asked(const struct monitor *m); /* and what was asked for last */
/* Most accounts first. */
size_t monitor_groups(const struct monitor *m, const struct monitor_sum **out);

/* The one word for a quota that is used up. */
#define MONITOR_OVER "over"

struct monitor_runout {
    row_id row;
    enum series_counter counter;
    int64_t when_ms;       /* not after the time of the outcome: over already */
    int64_t down_since_ms; /* with down; WHEN_NONE: not known */
    bool disabled, down;   /* nothing is used meanwhile: it lasts longer than when_ms */
};
/* Accounts whose quota does not last to the end of the period: those that are over already, then
 * the soonest, then those that are down or disabled. */
size_t monitor_runouts(const struct monitor *m, const struct monitor_runout **out);

struct monitor_finding {
    row_id row;
    enum lint_rule rule;
};
/* In the order of the accounts. */
size_t monitor_findings(const struct monitor *m, const struct monitor_finding **out);
void monitor_finding_text(const struct monitor *m, const struct monitor_finding *f,
                          struct str *out);

/* Changes of status that were seen, the newest first: those of the last day from the history, too;
 * at most 1,000. */
struct monitor_change {
    int64_t wall_ms;
    enum health from_class, to_class;
    const char *id, *name, *from, *to, *reason; /* as received; "" for none */
};
size_t monitor_change_count(const struct monitor *m);
const struct monitor_change *monitor_change_at(const struct monitor *m, size_t index);
/* Wall time of the outcome; WHEN_NONE. */
int64_t monitor_as_of(const struct monitor *m);
/* What the monitor's clock says now: what its times are held against. */
int64_t monitor_now(const struct monitor *m);

/* ---- computed columns ---- */

/* eom, eom.requests: percent of the quota at the period's end; left: seconds until the first quota
 * is used up; spare: percent of requests/min not used. The getters find the monitor in *holder,
 * which may be filled later; none without one. holder outlives the set. */
void monitor_add_columns(struct column_set *set, struct monitor **holder);
/* Whether a text (a filter, a list of columns) names one of them. */
bool monitor_names_column(struct span text);

#endif
