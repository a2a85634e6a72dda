/* run_parts.h: inside of the engine: the struct behind run.h and its parts: run.c (life, and what
 * begins next), run_save.c (the state directory first), run_item.c (one item through the write
 * machine), run_open.c (earlier writes on its account), run_health.c (the canaries'). */
#ifndef PLAN_RUN_PARTS_H
#define PLAN_RUN_PARTS_H

#include "plan/run.h"
#include "plan/load.h"
#include "plan/stored.h"

#define RUN_RATE_RING    256
#define RUN_RATE_MS      10000
#define RUN_LOOKS_MS     12000 /* an unknown write has been looked at at 0, 2 and 10 s by then */
#define RUN_HOLDS_MAX    5     /* a server that says 429 so often in a row is an error */
#define RUN_SPARES_MAX   8     /* items that are read once more after a failure of the server */
#define RUN_FIRST_MAX    1000
#define RUN_OPEN_MS      30000 /* an earlier write is looked at for so long */
#define RUN_OPEN_POLL_MS 250

/* One item that is being written, or whose outcome is not known. */
struct run_flight {
    struct plan_run *run;
    struct write *write;
    uint32_t item;
    struct account before; /* as frozen */
    bool unknown;          /* has left its slot; still watched */
    bool adopted;          /* was left so by an earlier run */
    bool counted;          /* as an error */
    bool again;            /* was sent once more: that is all */
    int64_t unknown_mono_ms;
    bool closed;
};

/* An item that waits for an earlier write on its account. */
struct run_open {
    uint32_t item;
    int64_t since_mono_ms;
    struct span note; /* what stood there before: lives in the plan */
};

struct run_canary {
    struct plan_canary seen;
    bool was_down; /* when its write was read back */
    bool gone;     /* its write was a delete */
    struct api_call *call;
    struct plan_run *run;
};

struct plan_run {
    struct plan_run_env env;
    struct plan_run_options options;
    struct str reason;
    struct plan *plan, *inverse; /* owned */
    struct plan_load *load;      /* owned; of one that is known here already */
    struct plan_save *save;      /* owned; of plan, then of inverse */
    size_t saving;               /* which step of it */
    uint32_t inverted;           /* items of the plan that are in the inverse */
    bool needs_inverse;
    bool claimed;
    bool saved; /* all of the plan is in the state directory */
    bool begun; /* its head is in the state directory, and it is claimed */
    plan_run_fn *changed;
    void *ctx;

    enum plan_run_state state;
    enum plan_run_end end;
    struct error error;

    struct run_flight **flights; /* owned */
    size_t flight_count, flight_room;
    uint32_t cursor; /* items before it are not WAITING */
    uint32_t errors;
    uint32_t elsewhere; /* unknown items that another process looks after */
    uint32_t before;    /* applied before this run, by whomever */
    bool sent;          /* something was sent by this run */
    bool proven;        /* one write of this run was applied: others may go beside it */
    int64_t next_start_mono_ms;
    unsigned holds; /* 429s in a row */
    unsigned spares;
    uint32_t spared; /* the last such item, plus 1; 0: none */
    loop_timer pump, flush, rest;

    uint32_t *dirty; /* owned: items whose state is to be noted */
    size_t dirty_count, dirty_room;

    struct run_open *open; /* owned */
    size_t open_count, open_room;

    int64_t ring[RUN_RATE_RING];
    unsigned ring_count, ring_at;
    int64_t began_mono_ms;

    struct run_canary *canaries; /* owned; options.first of them */
    uint32_t canary_count;
    bool canaries_passed;
    bool how_due; /* ... which is to be noted beside the plan */
    int64_t health_end_mono_ms;
    loop_timer health;
};

int64_t run_now(const struct plan_run *run);
/* Begins what may begin, in the loop's next turn. */
void run_wake(struct plan_run *run, int64_t delay_ms);
/* Moves an item and has it noted. */
void run_mark(struct plan_run *run, uint32_t item, enum plan_item_state state, int64_t op,
              const char *note);
void run_news(struct plan_run *run);
/* Nothing new begins; over after those in flight. The first reason stays. */
void run_halt(struct plan_run *run, enum plan_run_end end, const struct error *why);

/* run_save.c */
/* A slice of what goes to the state directory; *over: all of it is there. */
enum status run_save_step(struct plan_run *run, bool *over, struct error *err);
bool run_needs_inverse(const struct plan_run *run);
/* Notes how it is applied; run->how_due stays set when that could not be. */
enum status run_how_keep(struct plan_run *run, struct error *err);

/* run_item.c */
void run_item_begin(struct plan_run *run, uint32_t item);
/* A write that an earlier process left open. */
void run_item_adopt(struct plan_run *run, struct write *write);
void run_flights_sweep(struct plan_run *run); /* frees those that are closed */
/* What is still being read is not sent when it is read, unless the run is GOING by then. */
void run_flights_hold(struct plan_run *run);
void run_flights_free(struct plan_run *run);

/* The canary needs no second one: who goes on from here has decided so. */
void run_canaries_decided(struct plan_run *run);

/* run_open.c */
/* Whether an earlier write is open on the item's account: then the item waits for it. */
bool run_open_defer(struct plan_run *run, uint32_t item);
void run_open_look(struct plan_run *run);
void run_open_tell(struct plan_run *run); /* at the end: what was left so */

/* run_health.c */
/* after: as read back; NULL: deleted. */
void run_canary_add(struct plan_run *run, uint32_t item, const struct account *after);
void run_health_begin(struct plan_run *run);
void run_health_end(struct plan_run *run); /* stops looking */

#endif
