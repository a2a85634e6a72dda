/* review_conflict.c: fields that were changed by somebody else and here: base, mine and the
 * server's side by side, chosen one by one. */
#include "tui/screens/review_private.h"

#include "base/when.h"

#include <string.h>

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

/* ---- who it was ---- */

#define ENTRIES_MAX 200 /* newest of the journal that are looked at */

struct changer {
    struct review *r;
    bool done; /* the newest entry of the account was looked at */
};

/* Whether the server has what that write left there, in all that is in conflict. */
static bool explains(const struct review *r, const struct journal_entry *entry)
{
    const struct account *now = write_server(r->write);
    struct account after;
    bool same = now != NULL && entry->after && entry->after[0];
    account_init(&after);
    same = same && account_decode(&after, span_of(entry->after), NULL) == ST_OK;
    for (int f = 0; f < FIELD_COUNT && same; f++) {
        bool asked = is_delete(r) ? field_settable((enum field)f)
                                  : write_merge(r->write)->state[f] == MERGE_CONFLICT;
        same = !asked || value_eq((enum field)f, &after.v[f], &now->v[f]);
    }
    account_finish(&after);
    return same;
}

static void look_at(void *ctx, const struct journal_entry *entry)
{
    struct changer *c = ctx;
    if (c->done || strcmp(entry->account_id, write_account_id(c->r->write)) != 0 ||
        (entry->outcome != JOURNAL_APPLIED && entry->outcome != JOURNAL_DIFFERENT))
        return;
    c->done = true;
    if (!explains(c->r, entry))
        return;
    str_printf(&c->r->changer, "write %lld by %s, ", (long long)entry->op, entry->operator_name);
    when_clock(&c->r->changer, entry->intent_wall_ms, app_now_wall(c->r->app));
}

/* The journal is of this machine's paddocks: a write of another one, or of a command, is known by
 * it. Whoever else it was is not known, not even that it was somebody else. */
static void find_changer(struct review *r)
{
    struct session *s = app_session(r->app);
    struct changer c = {.r = r};
    str_clear(&r->changer);
    if (s->journal)
        journal_page(s->journal, s->profile.origin, s->profile.org, 0, ENTRIES_MAX, look_at, &c,
                     NULL);
}

void review_conflict_begin(struct review *r)
{
    find_changer(r);
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
