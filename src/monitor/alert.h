/* alert.h: conditions that somebody wants to be told of.
 *
 * A condition is a filter, the same as in the list: tokens.pct>=90 is a threshold, eom>100 a
 * forecast, health:down a status, checked>30m a stale check. It is looked at for each account when
 * the monitor walks over them, must hold for a while before it is told, and is told again only
 * after a while. Acknowledged: not told again as long as it holds. Muted: never told, until it is
 * unmuted, whether it holds or not. Both are kept across starts, and so is what was told already.
 * When it holds no longer, or the account is gone, its end is told once, also of one that was
 * acknowledged: whoever opened an incident for it can close it. A rule may do without. One that
 * comes and goes is told three times in ten minutes; then it stays until it has been away for five.
 *
 * Telling is a callback, and a command with the alert as JSON on its standard input: no shell, a
 * time limit, at most one at a time for each rule and so many a minute, the others wait. What waits
 * when a minute is over is given to one command, as a summary (alert_command.c). What a command has
 * not been given when we end (or are killed) it is given after the next start: at least once, as
 * far as it still holds, and its end in any case.
 *
 * Several processes may watch the same accounts (the console beside `paddock watch`): all show the
 * alerts, one of them runs the commands and keeps what was told; another takes over when it is
 * gone. What is acknowledged or muted in one is so in the others within a second. */
#ifndef MONITOR_ALERT_H
#define MONITOR_ALERT_H

#include "fleet/fleet.h"
#include "loop/loop.h"

#define ALERTS_RULES_MAX  64
#define ALERTS_PER_MINUTE 20

/* All (borrowed); texts and lists outlive the alerts. */
struct alert_rule {
    const char *name, *when;
    bool changes; /* told at each change of the status after which it holds; at the start nothing */
    bool resolved;              /* its end is told, too */
    int64_t hold_ms, repeat_ms; /* repeat 0: once */
    const char *const *command; /* NULL-terminated; empty: none */
    int64_t timeout_ms;
    int per_minute; /* how many of its commands may begin in a minute; 0: ALERTS_PER_MINUTE */
    bool bell;
    int notify; /* 0: none, 1: OSC 9, 2: OSC 777 */
};

struct alert {
    const struct alert_rule *rule; /* (borrowed) */
    const char *account;           /* its id; (borrowed) */
    row_id row;                    /* ROW_NONE: gone, or not seen yet since the start */
    int64_t since_ms, told_ms;     /* told WHEN_NONE: it does not hold long enough yet */
    int64_t ended_ms;              /* WHEN_NONE: it holds */
    bool holds, acknowledged, muted;
};

/* What is told of an alert. Kept in files as numbers. */
enum alert_event {
    ALERT_NOTHING,
    ALERT_FIRING,  /* it has held long enough */
    ALERT_AGAIN,   /* it still holds */
    ALERT_RESOLVED /* it holds no longer, or the account is gone */
};
/* "alert", "again", "resolved": as `watch` begins its lines. Static. */
const char *alert_event_name(enum alert_event event);

struct alerts_env {
    struct loop *loop; /* (borrowed), as all below */
    struct fleet *fleet;
    const struct column_set *columns; /* with the monitor's */
    const char *path;                 /* of the file; NULL: nothing is kept */
    const char *origin, *org;
    bool quiet_start; /* what holds when the list is first whole is shown, and is no news */
    /* Told now. May be NULL. */
    void (*told)(void *ctx, const struct alert *alert, enum alert_event event);
    /* A command could not be started, failed, ran out of time, or was not run since too many wait.
     * May be NULL. */
    void (*failed)(void *ctx, const struct alert_rule *rule, const struct error *err);
    void *ctx;
};

struct alerts;
struct alerts *alerts_create(const struct alerts_env *env);
/* Commands that run are ended; what they had not done is due at the next start. NULL allowed. */
void alerts_destroy(struct alerts *a);
/* Why nothing is kept; ST_OK when it is. */
const struct error *alerts_error(const struct alerts *a);
/* That a bad file was renamed aside, to be told (F22); "" otherwise. (borrowed) */
const char *alerts_note(const struct alerts *a);
/* Whether there are commands, and another process runs them. */
bool alerts_only_shows(const struct alerts *a);
/* Errors: ST_CONFIG with the rule's name and what is wrong with its condition. */
enum status alerts_add(struct alerts *a, const struct alert_rule *rule, struct error *err);
size_t alerts_rules(const struct alerts *a);

/* The monitor looks at a row, at now_ms of the clock that health checks are held against; then,
 * that it has looked at all. whole: the list is complete, so what was not found has ended. */
void alerts_look(struct alerts *a, row_id row, int64_t now_ms);
void alerts_looked(struct alerts *a, bool whole);
/* Once a second: tells what has held long enough. */
void alerts_tick(struct alerts *a);

/* What has been told and still holds, and what is muted: not acknowledged first, then the newest.
 * (borrowed) until the next call of any of these. */
size_t alerts_list(struct alerts *a, const struct alert *const **out);
/* Told, holding, neither acknowledged nor muted. */
size_t alerts_waiting(const struct alerts *a);
void alerts_acknowledge(struct alerts *a, const struct alert *alert);
void alerts_mute(struct alerts *a, const struct alert *alert, bool muted);

/* Appends the alert as JSON, one object on one line, as commands get it; "state" is "firing" or
 * "resolved", as Prometheus' Alertmanager says it. */
void alert_json(const struct alerts *a, const struct alert *alert, enum alert_event event,
                struct str *out);
/* Appends it in words: "quota: az-gpt-eu-prod-01: eom>100", "... no longer eom>100". May hold text
 * from outside. */
void alert_words(const struct alerts *a, const struct alert *alert, enum alert_event event,
                 struct str *out);

#endif
