/* reads.c: see reads.h. */
#include "sync/reads.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define AT_ONCE 2

struct reader {
    struct reads *reads; /* (borrowed) */
    struct api_call *call;
    char *id; /* owned */
};

struct reads {
    struct api *api;     /* (borrowed) */
    struct fleet *fleet; /* (borrowed) */
    reads_fn *done;
    void *ctx; /* (borrowed) */
    struct reader readers[AT_ONCE];
    char **queue; /* owned, as its texts */
    size_t count, room;
    char **visible; /* owned, as its texts */
    size_t visible_count;
};

static void send_next(struct reads *reads);

static void on_read(void *ctx, const struct api_result *r)
{
    struct reader *reader = ctx;
    struct reads *reads = reader->reads;
    bool removed = false;
    reader->call = NULL;
    row_id row = fleet_find(reads->fleet, span_of(reader->id));
    mem_free(reader->id);
    reader->id = NULL;
    if (r->status == ST_OK)
        fleet_put(reads->fleet, r->body, r->started_mono_ms, NULL);
    else if (r->status == ST_NOT_FOUND && row != ROW_NONE && !fleet_locked(reads->fleet, row))
        removed = fleet_remove(reads->fleet, row, r->started_mono_ms);
    send_next(reads);
    reads->done(reads->ctx, r, removed);
}

static void send_next(struct reads *reads)
{
    for (size_t i = 0; i < AT_ONCE && reads->count; i++) {
        struct reader *reader = &reads->readers[i];
        if (reader->call)
            continue;
        reader->id = reads->queue[0];
        memmove(reads->queue, reads->queue + 1, --reads->count * sizeof *reads->queue);
        reader->call = api_read(reads->api, span_of(reader->id), on_read, reader);
    }
}

struct reads *reads_create(struct api *api, struct fleet *fleet, reads_fn *done, void *ctx)
{
    struct reads *reads = mem_calloc(1, sizeof *reads);
    reads->api = api;
    reads->fleet = fleet;
    reads->done = done;
    reads->ctx = ctx;
    for (size_t i = 0; i < AT_ONCE; i++)
        reads->readers[i].reads = reads;
    return reads;
}

static void visible_clear(struct reads *reads)
{
    while (reads->visible_count)
        mem_free(reads->visible[--reads->visible_count]);
    mem_free(reads->visible);
    reads->visible = NULL;
}

void reads_destroy(struct reads *reads)
{
    if (!reads)
        return;
    reads_stop(reads);
    visible_clear(reads);
    mem_free(reads->queue);
    mem_free(reads);
}

void reads_add(struct reads *reads, struct span id)
{
    for (size_t i = 0; i < reads->count; i++) {
        if (span_is(id, reads->queue[i]))
            return;
    }
    VEC_ROOM(reads->queue, reads->count, reads->room);
    reads->queue[reads->count++] = span_dup(id);
    send_next(reads);
}

size_t reads_pending(const struct reads *reads)
{
    size_t n = reads->count;
    for (size_t i = 0; i < AT_ONCE; i++)
        n += reads->readers[i].call != NULL;
    return n;
}

void reads_stop(struct reads *reads)
{
    for (size_t i = 0; i < AT_ONCE; i++) {
        api_cancel(reads->readers[i].call);
        reads->readers[i].call = NULL;
        mem_free(reads->readers[i].id);
        reads->readers[i].id = NULL;
    }
    while (reads->count)
        mem_free(reads->queue[--reads->count]);
}

void reads_visible(struct reads *reads, const row_id *rows, size_t count)
{
    visible_clear(reads);
    reads->visible = mem_calloc(count, sizeof *reads->visible);
    for (size_t i = 0; i < count; i++) {
        struct value id;
        fleet_get(reads->fleet, rows[i], FIELD_ID, &id);
        if (value_known(&id))
            reads->visible[reads->visible_count++] = span_dup(id.text);
    }
}

size_t reads_visible_count(const struct reads *reads)
{
    return reads->visible_count;
}

void reads_add_visible(struct reads *reads)
{
    for (size_t i = 0; i < reads->visible_count; i++)
        reads_add(reads, span_of(reads->visible[i]));
}
