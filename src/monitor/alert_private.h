/* alert_private.h: what alert.c (what holds, what is told), alert_command.c (how) and alert_keep.c
 * (what is kept, and what other processes kept) share. */
#ifndef MONITOR_ALERT_PRIVATE_H
#define MONITOR_ALERT_PRIVATE_H

#include "base/map.h"
#include "loop/child.h"
#include "model/filter.h"
#include "monitor/alert.h"
#include "store/alerts_db.h"

#define RETRY_MS    1000
#define WAITING_MAX 1000 /* commands of one rule; the oldest give way */

/* A command that waits, and of which alert it is. */
struct waiting {
    char *json;    /* owned */
    char *account; /* owned */
    unsigned number;
};

struct rule {
    struct alerts *alerts;
    struct alert_rule spec;
    struct filter *filter; /* owned */
    struct child *child;   /* the one that runs, or NULL */
    struct waiting *runs;  /* what that one was given: one, or all of a summary */
    size_t run_count;
    struct waiting *waiting;
    size_t waiting_count, waiting_room;
    int64_t minute_mono_ms; /* when the minute began whose commands are counted; 0: none */
    int begun;              /* in it */
    bool behind;            /* some had to wait for the next minute */
    loop_timer minute;      /* that one; 0: it is not waited for */
};

struct entry {
    struct alert alert;
    struct rule *rule;
    char *key; /* rule NUL account; owned */
    size_t key_len;
    unsigned walk; /* the last that found it */
    bool dirty;    /* to be saved */
    /* When it was last decided here or elsewhere, wall clock; 0: never. */
    int64_t acknowledged_ms, muted_ms;
    /* Begins since window_ms, and since when it is not found any more though it is not ended:
     * WHEN_NONE (alert.c, flapping). */
    int begins;
    int64_t window_ms, away_ms;
    bool forgotten; /* the file has it no more; only the count is kept */
    /* What its command has not been done with yet, and the number of the one that waits or runs
     * for it; 0: none does. */
    enum alert_event due;
    unsigned number;
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
    struct dropped {
        char *key; /* owned */
        int64_t muted_ms;
    } * dropped; /* to be removed from the file */
    size_t dropped_count, dropped_room;
    const struct alert **list;
    size_t list_count, list_room;
    bool listed;
    bool started; /* the list was whole once */
    bool owner;   /* it is for us to run commands and to keep what was told */
    unsigned walk, commands;
    int64_t now_ms;
    loop_timer flush;
};

struct entry *entry_new(struct alerts *a, struct rule *rule, const char *account);
struct entry *entry_find(struct alerts *a, const struct rule *rule, const char *account);
/* Whether there is still a reason to have it: it holds, is muted, or its command is due. */
bool entry_wanted(const struct entry *e);

/* Runs the rule's command with this alert as e->due says it, or lets it wait for those before. */
void alert_command(struct alerts *a, struct entry *e);
void alert_command_stop(struct rule *rule);

/* Opens the file; a->error says why nothing is kept. */
void alert_keep_open(struct alerts *a);
void alert_keep_close(struct alerts *a);
/* What the file has of a rule that has just been added. */
void alert_keep_load(struct alerts *a, struct rule *rule);
/* The entry is saved soon, with all others that are to be. */
void alert_keep(struct alerts *a, struct entry *e);
/* It is dropped from the file soon. */
void alert_keep_forget(struct alerts *a, const struct entry *e);
/* Once a second: takes over from a process that is gone, and what others acknowledged or muted. */
void alert_keep_look(struct alerts *a);

#endif
