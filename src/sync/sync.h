/* sync.h: fetches the list and keeps it fresh; fills the fleet, knows nothing of screens.
 *
 * A sync walks the cursor chain from page 1 (limit 100), asking for the next page as soon as its
 * cursor has streamed in; a large list is read by several chains at once, by provider_type
 * (branches.h). "Complete" is proven, not assumed (DESIGN.md, A sync): until then the
 * state says "at least N". Cursor loops, expired cursors, endless and empty pages, drift: F17-F20.
 * When the server is down the fleet stays, the state says since when and when the next try is. */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "api/api.h"
#include "fleet/fleet.h"
#include "loop/loop.h"

enum sync_phase {
    SYNC_IDLE,    /* nothing is running; next_try_mono_ms says when the refresh comes, or -1 */
    SYNC_LOADING, /* a chain runs */
    SYNC_WAITING, /* failed; the next try is at next_try_mono_ms */
    SYNC_STOPPED, /* will not try by itself: paused, or not begun */
};

enum sync_proof {
    SYNC_NONE,     /* at least N */
    SYNC_COMPLETE, /* as many distinct ids created before t0 as T0 said */
    SYNC_WALKED,   /* plain walk came out: "accounts may have moved meanwhile" */
};

struct sync_state {
    enum sync_phase phase;
    enum sync_proof proof;
    bool paused;
    uint32_t loaded;                       /* distinct ids received by the running or last sweep */
    int64_t total;                         /* what the server says there are; -1 not known */
    bool narrowed;                         /* the chain runs with a server filter */
    int64_t complete_wall_ms;              /* t0 of the last proven sync; WHEN_NONE: never */
    int64_t last_reply_wall_ms;            /* the last good reply; WHEN_NONE */
    int64_t stale_since_wall_ms;           /* when requests began to fail; WHEN_NONE: fresh */
    int64_t next_try_mono_ms;              /* -1: none */
    struct error error;                    /* of the last failure; ST_OK when fine */
    uint32_t pages, changed, removed, bad; /* of the running or last sweep */
    uint32_t requests;                     /* of it, tries of pages included */
    unsigned chains;                       /* that read for it: 1, or more in parallel */
    char note[160];                        /* "server loops at page 7"; "" */
};

struct sync_options {
    int64_t refresh_ms; /* 30000; 0: never by itself */
    int page_limit;     /* 100 */
    double budget_rps;  /* 2.0 requests a second on average for refreshes */
    int64_t idle_ms;    /* without sync_touch for so long, refreshes are rarer; 0: never */
    bool
        refused_stops; /* after a 401 nothing is asked until sync_now: where somebody is there to */
    unsigned parallel; /* answers of the list that may be awaited at once; 0, 1: one chain */
    bool split_status; /* divide large types by status, too */
    bool narrow_whole; /* what sync_narrow names is all that is wanted: "complete" is said of it,
                          and  the rest is not loaded; no news of sweeps are told of it */
};

struct sync;
/* loop, api and fleet are (borrowed) and outlive it. changed is called when the state changes; it
 * may be NULL. Nothing is sent before sync_start. */
struct sync *sync_create(struct loop *loop, struct api *api, struct fleet *fleet,
                         const struct sync_options *options, void (*changed)(void *ctx), void *ctx);
/* Cancels what is open; nothing is told of it. NULL allowed. */
void sync_destroy(struct sync *sync);

/* Begins to read the list, and to refresh it by itself. While a sweep runs it does nothing. */
void sync_start(struct sync *sync);
/* `r`: tries now; a refresh of the visible rows first, then the chain. */
void sync_now(struct sync *sync);
void sync_pause(struct sync *sync, bool paused);
/* How often it refreshes by itself (0: never), and another interval from now on. */
int64_t sync_refresh_ms(const struct sync *sync);
void sync_set_refresh(struct sync *sync, int64_t refresh_ms);
/* The operator is there. Sends nothing by itself. */
void sync_touch(struct sync *sync);
/* ^C: stops the reads that run; what came stays, and the next refresh comes by its interval. False:
 * none ran, and nothing is changed. */
bool sync_cancel(struct sync *sync);
/* While pages are still to come, narrows the chain to the server's own filters (NULL, NULL, false:
 * not narrowed). Rows that came already stay; after a narrowed chain is complete the rest is loaded
 * when the narrowing is lifted. */
void sync_narrow(struct sync *sync, const char *provider_type, const char *status,
                 bool enabled_only);
/* The rows on the screen, refreshed first, by single GETs; copied. */
void sync_visible(struct sync *sync, const row_id *rows, size_t count);
/* Reads one account again now (after a 404, on opening). */
void sync_read(struct sync *sync, struct span id);
const struct sync_state *sync_state(const struct sync *sync);
/* Accounts that are still to be read one by one. */
size_t sync_reading(const struct sync *sync);

/* News of the sweeps (readings of the whole list), for who keeps what they bring: BEGAN, then a
 * RECORD for each account received, then COMPLETE or ABANDONED. A sweep that fails and goes on
 * later stays the same sweep. Nothing is told of one that is narrowed, and no end of one that
 * sync_destroy cuts off. */
enum sync_event_type {
    SYNC_EV_BEGAN,
    SYNC_EV_RECORD,
    SYNC_EV_COMPLETE,  /* after what is gone was removed from the fleet */
    SYNC_EV_ABANDONED, /* cancelled, begun anew, or not proven */
};
struct sync_event {
    enum sync_event_type type;
    /* RECORD: an account may come more than once in a sweep. */
    row_id row;
    struct span raw;       /* as received; (borrowed) for the call */
    enum fleet_put put;    /* what the fleet made of it; OLDER: the fleet has something newer */
    int64_t as_of_mono_ms; /* the start of its request */
    /* COMPLETE */
    enum sync_proof proof; /* SYNC_COMPLETE, or only SYNC_WALKED */
    int64_t t0_wall_ms;    /* complete as of then; WHEN_NONE for the others */
};
typedef void sync_listener(void *ctx, const struct sync_event *event);
/* At most 4 listeners; called at once. They start and cancel nothing here. */
void sync_listen(struct sync *sync, sync_listener *fn, void *ctx);
void sync_unlisten(struct sync *sync, sync_listener *fn, void *ctx);

#endif
