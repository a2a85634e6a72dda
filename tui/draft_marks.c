/* draft_marks.c: see draft_marks.h. */
#include "tui/draft_marks.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

/* The place of the id, or where it belongs. */
static size_t place_of(const struct draft_marks *m, struct span id, bool *found)
{
    size_t from = 0, end = m->count;
    *found = false;
    while (from < end && !*found) {
        size_t mid = from + (end - from) / 2;
        int order = span_cmp(span_of(m->ids[mid]), id);
        *found = order == 0;
        if (order < 0)
            from = mid + 1;
        else
            end = mid;
    }
    return *found ? end : from;
}

static bool put(struct draft_marks *m, const char *account, bool there)
{
    bool found;
    size_t at = place_of(m, span_of(account), &found), behind;
    if (found == there)
        return false;
    if (there) {
        VEC_ROOM(m->ids, m->count, m->room);
        behind = m->count++ - at;
        memmove(m->ids + at + 1, m->ids + at, behind * sizeof *m->ids);
        m->ids[at] = mem_strdup(account);
    } else {
        mem_free(m->ids[at]);
        behind = --m->count - at;
        memmove(m->ids + at, m->ids + at + 1, behind * sizeof *m->ids);
    }
    return true;
}

static void add_draft(void *ctx, const char *account, int64_t saved_wall_ms)
{
    (void)saved_wall_ms;
    put(ctx, account, true);
}

static void on_draft(void *ctx, const struct draft_key *key, bool there)
{
    struct draft_marks *m = ctx;
    if (strcmp(key->origin, m->origin) == 0 && strcmp(key->org, m->org) == 0 &&
        put(m, key->account, there) && m->changed)
        m->changed(m->ctx);
}

void draft_marks_open(struct draft_marks *m, struct drafts *drafts, const char *origin,
                      const char *org, void (*changed)(void *ctx), void *ctx)
{
    *m = (struct draft_marks){.origin = origin, .org = org, .changed = changed, .ctx = ctx};
    drafts_list(drafts, origin, org, add_draft, m, NULL);
    drafts_follow(drafts, on_draft, m);
    if (m->count && changed)
        changed(ctx);
}

void draft_marks_finish(struct draft_marks *m)
{
    for (size_t i = 0; i < m->count; i++)
        mem_free(m->ids[i]);
    mem_free(m->ids);
    *m = (struct draft_marks){0};
}

bool draft_marks_has(const struct draft_marks *m, struct span id)
{
    bool found = false;
    if (m->count)
        place_of(m, id, &found);
    return found;
}
