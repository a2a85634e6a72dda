/* parts.h: the insides of keep, shared by its files alone. */
#ifndef KEEP_PARTS_H
#define KEEP_PARTS_H

#include "keep/keep.h"
#include "store/changes.h"
#include "store/snapshot.h"

struct keep {
    struct loop *loop;   /* (borrowed) */
    struct fleet *fleet; /* (borrowed) */
    struct sync *sync;   /* (borrowed); NULL: none is followed */
    void (*changed)(void *ctx);
    void *ctx; /* (borrowed) */
    struct keep_state state;
    struct snapshot *snapshot; /* NULL: state.error says why */
    loop_timer timer;
    int64_t slice_end_mono_ms;

    /* Loading. */
    bool checked;    /* the file as a whole */
    bool load_asked; /* and its end was not told yet */
    void (*loaded)(void *ctx);
    void *loaded_ctx;
    struct block_packer *packer; /* owned */
    struct block plain;
    struct snapshot_block block; /* the one that is being taken in */
    uint32_t block_number;       /* of it in the fleet; 0: the next one is to be read */
    uint32_t block_at;           /* its next record */
    int64_t mono_offset;         /* added to a record's as-of */
    int64_t newest_mono_ms;      /* no record of the snapshot is newer */

    /* Writing. */
    bool may_write, writer;    /* as asked for; this process is the one that writes */
    bool proven, cleaning;     /* a list waits to be flipped; old blocks are being removed */
    struct snapshot_list list; /* that waits */
    int64_t list_began_wall_ms;
    int64_t sweep_wall_ms; /* when the running sweep began */
    uint32_t records;      /* received since blocks were last looked for */
    int failures;

    /* Observing. */
    struct str changes_path; /* empty: nothing is recorded */
    char *origin, *org;      /* owned */
    bool changes_tried;      /* to open the file: once */
    struct changes *changes; /* NULL: state.changes_error says why, or none are wanted */
    bool observing, expiring;
    row_id observe_at;
};

/* Whether this slice is over. */
bool keep_slice_over(const struct keep *keep);
void keep_tell(struct keep *keep);

/* What it hears of the sync that it follows; ctx is the keep. */
void keep_hear(void *ctx, const struct sync_event *event);

/* load.c: one slice; false when it has come to its end. */
bool keep_load_slice(struct keep *keep);
/* observe.c: one slice of the walk over what changed; false when there is none. */
bool keep_observe_slice(struct keep *keep);
/* write.c: no block is known to be on disk any more. */
void keep_forget_stored(struct keep *keep);
/* One slice; false when nothing is left to do. */
bool keep_write_slice(struct keep *keep);

#endif
