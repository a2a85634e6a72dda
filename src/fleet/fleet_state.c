/* fleet_state.c: marks and locks of rows, and who is told of news. */
#include "fleet/fleet_private.h"

bool fleet_marked(const struct fleet *fleet, row_id row)
{
    return row < fleet->count && (fleet->rows[row].flags & ROW_MARKED);
}

/* Whether that is news. */
static bool mark(struct fleet *fleet, row_id row, bool marked)
{
    if (!fleet_alive(fleet, row) || fleet_marked(fleet, row) == marked)
        return false;
    fleet->rows[row].flags ^= ROW_MARKED;
    fleet->marked += marked ? 1 : UINT32_MAX;
    fleet->marks_version++;
    return true;
}

void fleet_mark(struct fleet *fleet, row_id row, bool marked)
{
    if (mark(fleet, row, marked))
        fleet_tell(fleet, FLEET_EV_STATE, row, NULL);
}

void fleet_mark_many(struct fleet *fleet, const row_id *rows, size_t count, bool marked)
{
    bool news = false;
    for (size_t i = 0; i < count; i++)
        news |= mark(fleet, rows[i], marked);
    if (news)
        fleet_tell(fleet, FLEET_EV_STATE, ROW_NONE, NULL);
}

uint64_t fleet_marks_version(const struct fleet *fleet)
{
    return fleet->marks_version;
}

uint32_t fleet_marked_count(const struct fleet *fleet)
{
    return fleet->marked;
}

void fleet_unmark_all(struct fleet *fleet)
{
    bool news = false;
    for (row_id row = 0; fleet->marked && row < fleet->count; row++)
        news |= mark(fleet, row, false);
    if (news)
        fleet_tell(fleet, FLEET_EV_STATE, ROW_NONE, NULL);
}

void fleet_lock(struct fleet *fleet, row_id row, const char *why)
{
    if (row >= fleet->count)
        return;
    struct row *r = &fleet->rows[row];
    uint32_t before = r->lock;
    r->lock = why ? intern_take(&fleet->cells.texts, span_of(why)) : 0;
    intern_drop(&fleet->cells.texts, before);
    fleet_tell(fleet, FLEET_EV_STATE, row, NULL);
}

const char *fleet_locked(const struct fleet *fleet, row_id row)
{
    bool locked = row < fleet->count && fleet->rows[row].lock;
    return locked ? intern_span(&fleet->cells.texts, fleet->rows[row].lock).p : NULL;
}

void fleet_listen(struct fleet *fleet, fleet_listener *fn, void *ctx)
{
    if (fleet->listener_count < LISTENERS_MAX)
        fleet->listeners[fleet->listener_count++] = (struct listener){fn, ctx};
}

void fleet_unlisten(struct fleet *fleet, fleet_listener *fn, void *ctx)
{
    for (size_t i = 0; i < fleet->listener_count; i++) {
        if (fleet->listeners[i].fn != fn || fleet->listeners[i].ctx != ctx)
            continue;
        fleet->listeners[i] = fleet->listeners[--fleet->listener_count];
        return;
    }
}

void fleet_tell(struct fleet *f, enum fleet_event_type type, row_id row,
                const struct field_set *fields)
{
    struct fleet_event ev = {type, row, fields};
    for (size_t i = 0; i < f->listener_count; i++)
        f->listeners[i].fn(f->listeners[i].ctx, &ev);
}
