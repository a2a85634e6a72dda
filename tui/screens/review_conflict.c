/* review_conflict.c: fields that were changed by somebody else and here: base, mine and the
 * server's side by side, chosen one by one. */
#include "tui/screens/review_private.h"

static enum field next_conflict(const struct review *r, enum field from, int step)
{
    const struct merge *m = write_merge(r->write);
    for (int i = 1; i <= FIELD_COUNT; i++) {
        int f = ((int)from + step * i + 2 * FIELD_COUNT) % FIELD_COUNT;
        if (m->state[f] == MERGE_CONFLICT)
            return (enum field)f;
    }
    return FIELD_NONE;
}

/* A delete has no fields to choose: somebody changed the account since it was shown. */
static bool is_delete(const struct review *r)
{
    return write_kind(r->write) == JOURNAL_DELETE;
}

void review_conflict_begin(struct review *r)
{
    if (is_delete(r))
        return;
    account_copy(&r->choice, write_target(r->write));
    r->at = next_conflict(r, (enum field)(FIELD_COUNT - 1), 1);
    for (int f = 0; f < FIELD_COUNT; f++)
        r->mine.has[f] = write_merge(r->write)->state[f] == MERGE_CONFLICT;
}

unsigned review_conflict_action(void *self, enum action_id action)
{
    struct review *r = self;
    if (write_state(r->write) != WRITE_CONFLICT || is_delete(r))
        return EFFECT_NONE;
    if (action == ACTION_NEXT_CONFLICT || action == ACTION_PREVIOUS_CONFLICT) {
        r->at = next_conflict(r, r->at, action == ACTION_NEXT_CONFLICT ? 1 : -1);
    } else {
        r->mine.has[r->at] = action == ACTION_TAKE_MINE;
        r->at = next_conflict(r, r->at, 1);
    }
    review_make_text(r);
    return EFFECT_REDRAW;
}

void review_conflict_resolve(struct review *r)
{
    if (is_delete(r)) {
        write_resolve(r->write, NULL);
        return;
    }
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (write_merge(r->write)->state[f] == MERGE_CONFLICT && !r->mine.has[f])
            account_set(&r->choice, (enum field)f, &write_server(r->write)->v[f]);
    }
    write_resolve(r->write, &r->choice);
}
