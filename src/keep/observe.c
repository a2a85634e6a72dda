/* observe.c: what changed from one complete sync to the next is written down.
 *
 * The fleet remembers of each account what it was when it was last settled. A walk over the rows,
 * in slices, compares that with what it is now, field by field, and settles them. Fields that move
 * by themselves (FF_MOVES: counters, the last check) are no news. What cannot be written stays
 * unsettled and is told at the next complete sync. */
#include "base/when.h"
#include "keep/parts.h"
#include "model/scan.h"

#define LOOK_AT_CLOCK 32 /* rows without news */

static struct span text_of(const struct value *v)
{
    return value_known(v) ? v->text : span_of("");
}

static void add_json(enum field field, const struct value *v, struct str *out)
{
    str_clear(out);
    if (v->presence == PRESENCE_BAD)
        str_add_span(out, v->text);
    else if (v->presence != PRESENCE_ABSENT)
        value_json(field, v, out);
}

/* Who gets them: the file, or a screen. */
typedef enum status tell_fn(void *ctx, const struct change *change, struct error *err);

/* One change a field; the texts of `change` but before and after are set. */
static enum status tell_fields(struct keep *keep, struct change *change,
                               const struct value was[FIELD_COUNT], row_id row, tell_fn *fn,
                               void *ctx, struct error *err)
{
    struct str before = STR_INIT, after = STR_INIT;
    enum status st = ST_OK;
    change->kind = CHANGE_FIELD;
    for (int f = 0; f < FIELD_COUNT && st == ST_OK; f++) {
        enum field field = (enum field)f;
        struct value now;
        if ((field_info(field)->flags & FF_MOVES) || field_info(field)->type == FT_GROUP)
            continue;
        fleet_get(keep->fleet, row, field, &now);
        if (value_eq(field, &was[f], &now))
            continue;
        add_json(field, &was[f], &before);
        add_json(field, &now, &after);
        change->field = field;
        change->before = span_from(&before);
        change->after = span_from(&after);
        st = fn(ctx, change, err);
    }
    str_finish(&before);
    str_finish(&after);
    return st;
}

static enum status tell_row(struct keep *keep, row_id row, enum fleet_news news, tell_fn *fn,
                            void *ctx, struct error *err)
{
    struct change change = {.seen_wall_ms = keep->list.complete_wall_ms,
                            .since_wall_ms = keep->state.settled_wall_ms,
                            .field = FIELD_NONE};
    struct value was[FIELD_COUNT], id, name;
    struct arena mem;
    enum status st = ST_OK;
    arena_init(&mem);
    fleet_get(keep->fleet, row, FIELD_ID, &id);
    fleet_get(keep->fleet, row, FIELD_NAME, &name);
    bool readable = news == FLEET_NEWS_NEW || scan_record(fleet_base_raw(keep->fleet, row), was,
                                                          &mem, NULL, NULL, NULL) == ST_OK;
    if (news == FLEET_NEWS_GONE && readable) {
        id = was[FIELD_ID];
        name = was[FIELD_NAME];
    }
    change.account = text_of(&id);
    change.name = text_of(&name);
    change.kind = news == FLEET_NEWS_NEW ? CHANGE_NEW : CHANGE_GONE;
    if (readable && change.account.len)
        st = news == FLEET_NEWS_CHANGED ? tell_fields(keep, &change, was, row, fn, ctx, err)
                                        : fn(ctx, &change, err);
    arena_finish(&mem);
    return st;
}

static enum status to_file(void *ctx, const struct change *change, struct error *err)
{
    return changes_add(ctx, change, err);
}

struct shown {
    changes_fn *fn;
    void *ctx;
};

static enum status to_screen(void *ctx, const struct change *change, struct error *err)
{
    const struct shown *s = ctx;
    (void)err;
    s->fn(s->ctx, change);
    return ST_OK;
}

void keep_since_settled(struct keep *keep, struct span id, changes_fn *fn, void *ctx)
{
    row_id row = fleet_find(keep->fleet, id);
    struct shown shown = {fn, ctx};
    if (row != ROW_NONE && keep->state.settled_wall_ms != WHEN_NONE && !keep->observing &&
        fleet_news(keep->fleet, row) != FLEET_NEWS_NONE &&
        fleet_news(keep->fleet, row) != FLEET_NEWS_MOVED)
        (void)tell_row(keep, row, fleet_news(keep->fleet, row), to_screen, &shown, NULL);
}

/* The first list is all there is to compare with: nothing in it is new. */
static bool is_told(struct keep *keep)
{
    return keep->writer && keep->state.settled_wall_ms != WHEN_NONE && keep_changes(keep);
}

static void settle(struct keep *keep, row_id from, row_id to)
{
    for (row_id row = from; row < to; row++)
        fleet_settle(keep->fleet, row);
}

/* Rows from `from` on until the slice is over; *to is the first that was not looked at. */
static enum status tell_rows(struct keep *keep, row_id from, row_id *to, struct error *err)
{
    row_id row = from;
    bool open = false;
    enum status st = ST_OK;
    for (; row < fleet_rows(keep->fleet) && st == ST_OK; row++) {
        enum fleet_news news = fleet_news(keep->fleet, row);
        if (news == FLEET_NEWS_MOVED)
            news = FLEET_NEWS_NONE; /* of most accounts, each time: not even looked at */
        if ((news != FLEET_NEWS_NONE || row % LOOK_AT_CLOCK == 0) && row > from &&
            keep_slice_over(keep))
            break;
        if (news == FLEET_NEWS_NONE || !is_told(keep))
            continue;
        if (!open)
            st = changes_begin(keep->changes, err);
        open = true;
        if (st == ST_OK)
            st = tell_row(keep, row, news, to_file, keep->changes, err);
    }
    if (open && st == ST_OK)
        st = changes_end(keep->changes, err);
    *to = row;
    return st;
}

static bool expire(struct keep *keep)
{
    struct error err;
    if (keep->expiring && is_told(keep) &&
        changes_expire(keep->changes, &keep->expiring, &err) == ST_OK)
        return keep->expiring;
    keep->expiring = false;
    return false;
}

bool keep_observe_slice(struct keep *keep)
{
    struct error err;
    row_id to;
    if (!keep->observing)
        return expire(keep);
    if (tell_rows(keep, keep->observe_at, &to, &err)) {
        keep->state.changes_error = err;
        keep->observing = false;
        return false;
    }
    settle(keep, keep->observe_at, to);
    keep->observe_at = to;
    if (to < fleet_rows(keep->fleet))
        return true;
    keep->observing = false;
    keep->expiring = true;
    keep->state.settled_wall_ms = keep->list.complete_wall_ms;
    if (keep->changes)
        error_clear(&keep->state.changes_error);
    keep->state.observed++;
    keep_tell(keep);
    return true;
}
