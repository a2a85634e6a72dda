/* watching.h: monitor and alerts as the configuration has them, around one fleet: for the console,
 * and for `paddock watch`.
 *
 * As long as nothing is heard of the accounts no alert begins or ends: what grows with the time
 * alone (the age of a health check) or falls with it (a forecast of use that nobody sees) would
 * tell of the silence, which is told by itself, and not of the accounts. */
#ifndef CLI_WATCHING_H
#define CLI_WATCHING_H

#include "cli/lend.h"
#include "config/config.h"
#include "monitor/alert.h"
#include "monitor/monitor.h"
#include "sync/sync.h"

struct watching_env {
    struct loop *loop; /* (borrowed), as all below */
    const struct config *config;
    const struct paths *paths;
    struct fleet *fleet;
    struct column_set *columns;
    const struct health_classes *health;
    const char *origin, *org;
    struct clock clock; /* the server's; zeroed: the loop's */
    /* Whose Prometheus lends days; NULL: nobody's. */
    const struct profile *profile;
    struct tokens *tokens;
    bool offline;                 /* it is not asked */
    bool pretend;                 /* a demonstration: its accounts are given a past */
    void (*published)(void *ctx); /* a new outcome; may be NULL */
    void (*told)(void *ctx, const struct alert *alert, enum alert_event event);
    void (*failed)(void *ctx, const struct alert_rule *rule, const struct error *err);
    void *ctx;
};

struct watching {
    struct watching_env env;
    struct monitor_settings settings;
    struct monitor *monitor;
    struct lend *lend; /* NULL: the profile names no Prometheus */
    struct alerts *alerts;
    struct error rules_error; /* of the first alert that cannot be read; ST_OK */
    bool whole;               /* the list is complete */
    bool deaf;  /* nothing new is heard: the server is away, or refreshes are paused */
    bool skips; /* the running walk is not looked at for alerts */
    int64_t sampled_as_of_ms; /* the complete list that was sampled last */
};

/* w stays where it is until watching_close. */
void watching_open(struct watching *w, const struct watching_env *env);
void watching_close(struct watching *w);
/* The state of the sync changed: a list that has just become complete is a sample. */
void watching_sync(struct watching *w, const struct sync_state *state);
/* Once a second. */
void watching_tick(struct watching *w);

#endif
