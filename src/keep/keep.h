/* keep.h: what is kept of the accounts between one run and the next.
 *
 * Stands between the fleet and the store, which know nothing of each other: loads the snapshot into
 * the fleet at the start, copies the fleet's packed blocks into a new generation while a sync runs
 * and flips it when the sync is proven, and writes down what changed from one complete sync to the
 * next. All of it goes in slices of at most KEEP_SLICE_MS a turn of the loop, so that keys answer.
 * Nothing here is a promise: a disk that is full or spoiled costs the snapshot and a word, and
 * everything else goes on. */
#ifndef KEEP_KEEP_H
#define KEEP_KEEP_H

#include "fleet/fleet.h"
#include "loop/loop.h"
#include "store/changes.h"
#include "sync/sync.h"

#define KEEP_SLICE_MS 8

struct keep;

struct keep_env {
    struct loop *loop;   /* (borrowed) */
    struct fleet *fleet; /* (borrowed), empty */
    const char *cache_dir, *origin, *org;
    const char *data_dir; /* for what changed; NULL: that is not recorded */
    bool write;           /* false: only reads, for --offline */
    /* Something in the state changed; may be NULL. */
    void (*changed)(void *ctx);
    void *ctx;
};

enum keep_phase {
    KEEP_IDLE,
    KEEP_LOADING, /* the snapshot comes into the fleet */
    KEEP_WRITING, /* a complete list is on its way to the disk */
};

struct keep_state {
    enum keep_phase phase;
    int64_t complete_wall_ms;   /* the snapshot's list is complete as of then; WHEN_NONE: there is
                                   none, or none could be read */
    bool walked;                /* accounts may have moved while it was loaded */
    uint32_t total, loaded;     /* accounts in the snapshot; of them, in the fleet by now */
    int64_t flipped_wall_ms;    /* the last time a list of ours was put in place; WHEN_NONE */
    struct error error;         /* why there is no snapshot, or it was not written; ST_OK */
    int64_t settled_wall_ms;    /* the complete list that accounts were last held against, for what
                                   changed; WHEN_NONE: none yet */
    unsigned observed;          /* complete syncs whose changes were recorded by now */
    struct error changes_error; /* why changes are not recorded; ST_OK */
    const char *note;           /* "snapshot-... was corrupt: kept as ..."; "". (borrowed) */
    const char *changes_note;   /* the same of what was observed */
};

/* Opens the files; what fails is in the state. */
struct keep *keep_create(const struct keep_env *env);
/* What is not on disk by now stays out of it. NULL allowed. */
void keep_destroy(struct keep *keep);
const struct keep_state *keep_state(const struct keep *keep);

/* Brings the snapshot into the fleet, in slices; done is called once, also when there is nothing.
 * Accounts that are there already and newer stay. */
void keep_load(struct keep *keep, void (*done)(void *ctx), void *ctx);
/* The same at once, for a command. */
void keep_load_now(struct keep *keep);
/* Whether the account still is as the snapshot said. */
bool keep_is_old(const struct keep *keep, row_id row);

/* Follows the sweeps of this sync, which fills the same fleet, until keep_unfollow. */
void keep_follow(struct keep *keep, struct sync *sync);
void keep_unfollow(struct keep *keep);
/* A save was read back: the row's record, or that it is gone, is in the snapshot at once. */
void keep_saved(struct keep *keep, struct span id);
/* What was observed, for who shows it; NULL: there is no file. (borrowed) */
struct changes *keep_changes(struct keep *keep);
/* What is known to be another in an account since settled_wall_ms, as changes that no complete list
 * has shown yet: fn is called once a field. Nothing while a list's own are being written. */
void keep_since_settled(struct keep *keep, struct span id, changes_fn *fn, void *ctx);
/* The session ends: a list that was proven and is not on the disk yet is written to its end, as far
 * as the time allows. False: it was not; the one before it stays. */
bool keep_end(struct keep *keep, int64_t budget_ms);
/* Writes all that waits, now: for a command at its end. */
void keep_flush(struct keep *keep);

#endif
