/* alert_private.h: what alert.c (what holds, what is told) and alert_command.c (how) share. */
#ifndef MONITOR_ALERT_PRIVATE_H
#define MONITOR_ALERT_PRIVATE_H

#include "base/map.h"
#include "loop/child.h"
#include "model/filter.h"
#include "monitor/alert.h"
#include "store/alerts_db.h"

#define RETRY_MS    1000
#define WAITING_MAX 1000 /* commands of one rule; the oldest give way */

struct rule {
    struct alerts *alerts;
    struct alert_rule spec;
    struct filter *filter; /* owned */
    struct child *child;   /* the one that runs, or NULL */
    char **waiting;        /* owned JSON of those that wait */
    size_t waiting_count, waiting_room;
};

struct entry {
    struct alert alert;
    struct rule *rule;
    char *key; /* rule NUL account; owned */
    size_t key_len;
    unsigned walk; /* the last that found it */
    bool dirty;    /* to be saved */
};

struct alerts {
    struct alerts_env env;
    struct alerts_db *db; /* NULL: nothing is kept */
    struct error error;
    struct rule rules[ALERTS_RULES_MAX];
    size_t rule_count;
    struct entry **entries;
    size_t count, room;
    struct map by_key;
    uint32_t *status; /* row → hash of its status at the last look; 0: none */
    size_t status_room;
    char **dropped; /* keys to be removed from the file */
    size_t dropped_count, dropped_room;
    const struct alert **list;
    size_t list_count, list_room;
    bool listed;
    unsigned walk;
    int64_t now_ms;
    loop_timer flush;
};

struct loading {
    struct alerts *alerts;
    struct rule *rule;
};

/* Runs the rule's command with this alert, or lets it wait for the one before. */
void alert_command(struct alerts *a, const struct entry *e, bool again);
void alert_command_stop(struct rule *rule);

#endif
