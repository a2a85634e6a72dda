/* run.h: applying a plan: the engine that drives one write machine an item.
 *
 * Each item is a journalled write of its own, with the plan's id and the item's number in its
 * entry: CHECK, compared with what was frozen (a settable field that differs makes it stale: never
 * overwritten), sent once, read back. The first write goes alone: how the server merges policies is
 * found out on one account. A field that changed though it was not sent stops the plan. The plan
 * and its inverse are in the state directory before anything is sent; how far it came is told by
 * the journal, so that a killed paddock goes on where it was. */
#ifndef PLAN_RUN_H
#define PLAN_RUN_H

#include "loop/loop.h"
#include "model/health.h"
#include "plan/plan.h"
#include "store/plans.h"
#include "write/write.h"

#define PLAN_RUN_PARALLEL   4
#define PLAN_RUN_MAX_ERRORS 3

enum plan_run_state {
    PLAN_RUN_SAVING, /* the plan and its inverse go to the state directory */
    PLAN_RUN_GOING,
    PLAN_RUN_PAUSED,   /* by the operator: what has left goes on, nothing more is sent */
    PLAN_RUN_CANARY,   /* the first ones are applied: waiting for a good health check */
    PLAN_RUN_STOPPING, /* nothing new begins; some are in flight */
    PLAN_RUN_OVER,     /* see plan_run_end; UNKNOWN items may still be settled */
};

enum plan_run_end {
    PLAN_END_NONE,       /* not over */
    PLAN_END_DONE,       /* every item had its turn */
    PLAN_END_STOPPED,    /* by the operator */
    PLAN_END_ERRORS,     /* max_errors reached */
    PLAN_END_AWAY,       /* the server fails and is not asked for a while: error says until when */
    PLAN_END_COLLATERAL, /* a field changed that was not sent: the inverse is offered */
    PLAN_END_HEALTH,     /* no good health check in time */
    PLAN_END_FAULT,      /* nothing can be sent (journal, state directory, token): error says why */
};

struct plan_run_options {
    int parallel;           /* 0: PLAN_RUN_PARALLEL; 1..64 */
    int max_errors;         /* failed and unknown items that stop it; 0: PLAN_RUN_MAX_ERRORS */
    double max_rps;         /* requests a second that it may cause; 0: no limit of its own */
    uint32_t first;         /* canaries: pause after so many are applied; 0: none */
    int64_t wait_health_ms; /* ... and go on after a good health check of each that is newer than
                               its write, or stop after this long, or when one that was not down
                               is down; 0: pause until plan_run_go_on */
    int64_t health_poll_ms; /* between looks; 0: 15 s, or a fortieth of the wait if that is less */
    const struct health_classes *classes; /* (borrowed); what "good" is; NULL: any newer check */
    bool send_again;    /* a change or a delete that three looks have not seen is sent once more:
                           after a typed confirmation; a create never */
    const char *reason; /* for the journal; NULL: the plan's */
};

struct plan_run_env {
    struct loop *loop;
    struct api *api;
    struct writes *writes;
    struct journal *journal;
    struct plans *plans; /* the state directory's plans; all (borrowed) */
};

struct plan_progress {
    enum plan_run_state state;
    enum plan_run_end end;
    uint32_t total; /* items that were to be sent */
    uint32_t done;  /* applied, different, already */
    uint32_t failed, unknown, stale, left, running;
    uint32_t blocked;           /* behind an earlier write that is not settled */
    uint32_t released;          /* given up while their outcome was not known */
    uint32_t elsewhere;         /* of the unknown ones: another process looks after them */
    uint32_t errors;            /* of this run, as max_errors counts them */
    uint32_t before;            /* of those done: applied before this run, here or elsewhere */
    bool sent;                  /* this run has sent something */
    double per_second;          /* items settled a second, over the last ten; 0: not known */
    int64_t left_ms;            /* -1: not known */
    uint32_t canaries, healthy; /* CANARY: how many are waited for, and have been seen good */
    int64_t health_left_ms;     /* CANARY with a time: until it gives up */
};

/* What is known of an account that the rest waits for. */
struct plan_canary {
    uint32_t item;
    int64_t newer_than_wall_ms; /* the server's clock: a check after this one counts */
    int64_t checked_wall_ms;    /* the last check as the server tells it; WHEN_NONE: none */
    bool newer;                 /* ... counts */
    bool good;                  /* ... and is good */
    enum health health;
    char status[48], reason[120]; /* as the server says; raw text */
};

struct plan_run;
typedef void plan_run_fn(void *ctx, struct plan_run *run);

/* Begins to save the plan, and takes it over when it returns ST_OK; sends nothing by itself before
 * that is durable. A store that is busy is waited for. A plan that is in the store already goes on
 * from there: what the journal says was applied is not sent again, what failed is tried again, what
 * is unknown is looked at. changed (may be NULL) is called from the loop after each change. Errors:
 * ST_CONFLICT (another process is applying it, or the store has another plan of that id),
 * ST_FORBIDDEN, ST_IO: the plan stays the caller's, as it was but for what the journal says of it.
 */
enum status plan_run_create(struct plan_run **out, const struct plan_run_env *env,
                            struct plan *plan, const struct plan_run_options *options,
                            plan_run_fn *changed, void *ctx, struct error *err);
/* What is in flight is left to the write machine and the journal. NULL allowed. */
void plan_run_destroy(struct plan_run *run);
/* The same for one that is OVER; its plan is the caller's, to be gone on with. */
struct plan *plan_run_end_with(struct plan_run *run);

/* PAUSED from GOING: what has left goes on, nothing more is sent. */
void plan_run_pause(struct plan_run *run);
/* Ends a pause, also that of the canaries: the rest is written whatever their health. */
void plan_run_go_on(struct plan_run *run);
/* After those in flight it is over. */
void plan_run_stop(struct plan_run *run);

/* Gives up the unknown writes of the plan that an earlier run left and that are watched here: their
 * items are RELEASED, and their accounts can be changed again. Returns how many. */
uint32_t plan_run_give_up(struct plan_run *run);

const struct plan *plan_run_plan(const struct plan_run *run); /* (borrowed) */
void plan_run_progress(const struct plan_run *run, struct plan_progress *out);
/* The canaries so far, at most `room` of them; returns how many there are. */
size_t plan_run_canaries(const struct plan_run *run, struct plan_canary *out, size_t room);
/* Whether the state directory has all of the plan; nothing is sent before. */
bool plan_run_saved(const struct plan_run *run);
/* Why it stopped, in words, and what comes next; ST_OK: nothing to say. (borrowed) */
const struct error *plan_run_error(const struct plan_run *run);
/* Whether nothing more will come by itself soon: OVER, and each UNKNOWN item has been looked at at
 * 0, 2 and 10 s. A command ends then. */
bool plan_run_rests(const struct plan_run *run);

/* Appends "7 applied, 1 unknown, 12 not sent"; states that have none are left out. Of one that was
 * loaded and taken back meanwhile: "7 applied; 7 taken back since". */
void plan_states_words(const struct plan *plan, struct str *out);
/* The same, and what of it was not of this run: "; 5 of them before", or that nothing was sent by
 * it, which is told of one that is over. */
void plan_run_words(const struct plan_run *run, struct str *out);

#endif
