/* unknown.c: UNKNOWN: it may have left, and no readable answer came (F15). Looked at at 0, 2 and
 * 10 s, then with back-off, and at every refresh that brings a change of the row, until it is
 * settled or the operator releases it. What is said is never more than what was seen. */
#include "write/machine.h"

#include "base/vec.h"
#include "base/when.h"

#include <string.h>

/* Until the next look, from the number of looks made; the last one stays. */
static const int64_t delays_ms[] = {0, 2000, 8000, 20000, 40000, 60000};

static const enum journal_outcome journal_as[] = {
    [WRITE_NONE] = JOURNAL_UNKNOWN,
    [WRITE_NOT_SEEN] = JOURNAL_NOT_SEEN,
    [WRITE_CONFLICTING] = JOURNAL_CONFLICT,
};

void unknown_begin(struct write *w, const struct error *why)
{
    if (w->unknown_wall_ms == WHEN_NONE)
        w->unknown_wall_ms = writes_wall(w->all);
    w->looks = 0;
    w->unseen = 0;
    w->outcome = WRITE_NONE;
    error_set(&w->error, ST_UNKNOWN, "%s", why->what);
    error_next(&w->error, "it is being looked at; nothing is sent again by itself");
    write_lock(w, "outcome unknown", w->unknown_wall_ms);
    record_outcome(w, JOURNAL_UNKNOWN, w->error.what, false);
    write_after_ms(w, delays_ms[0], unknown_look);
    write_move(w, WRITE_UNKNOWN);
}

void unknown_still(struct write *w, enum write_outcome outcome, bool saw, const struct error *err)
{
    size_t last = ARRAY_LEN(delays_ms) - 1;
    w->looks++;
    if (saw)
        w->unseen = outcome == WRITE_NOT_SEEN ? w->unseen + 1 : 0;
    bool changed = outcome != w->outcome;
    w->same_news = !changed;
    w->outcome = outcome;
    w->error = *err;
    if (changed)
        record_outcome(w, journal_as[outcome], err->what, w->has_after);
    write_after_ms(w, delays_ms[w->looks < last ? w->looks : last], unknown_look);
    write_news(w);
}

/* "... as of 14:02:31Z" */
static void say_as_of(struct write *w, struct error *err, enum status status, const char *words)
{
    struct str when = STR_INIT;
    int64_t now = writes_wall(w->all);
    when_clock(&when, now, now);
    error_set(err, status, "%s as of %s", words, str_text(&when));
    error_next(err, "it is watched; release it when you know better");
    str_finish(&when);
}

static void look_update(struct write *w)
{
    struct field_set changed;
    struct error err;
    if (intent_kept(w, w->after.v) || w->accepted) {
        readback_settle(w);
    } else if (diff_settable(&w->server, &w->after, &changed) == 0) {
        say_as_of(w, &err, ST_UNKNOWN, "not seen");
        unknown_still(w, WRITE_NOT_SEEN, true, &err);
    } else {
        say_as_of(w, &err, ST_CONFLICT, "neither as it was nor as asked");
        unknown_still(w, WRITE_CONFLICTING, true, &err);
    }
}

static void look_delete(struct write *w)
{
    struct error err;
    if (w->accepted) {
        error_set(&err, ST_PARTIAL,
                  "the server accepted the delete, and the account is still there");
        write_finish(w, WRITE_DIFFERENT, JOURNAL_DIFFERENT, &err);
        return;
    }
    say_as_of(w, &err, ST_UNKNOWN, "still there");
    unknown_still(w, WRITE_NOT_SEEN, true, &err);
}

/* A look that got no answer: the words of the failure, and what was known before stays. */
static void look_failed(struct write *w, const struct error *why)
{
    struct error err;
    error_set(&err, ST_UNKNOWN, "outcome unknown, and could not be looked at: %s", why->what);
    error_next(&err, "it is looked at again");
    unknown_still(w, w->outcome, false, &err);
}

static void on_look(void *ctx, const struct api_result *r)
{
    struct write *w = ctx;
    struct error err = r->error;
    w->call = NULL;
    writes_note_date(w->all, r);
    if (r->status == ST_NOT_FOUND) {
        if (readback_gone(w, r->started_mono_ms))
            return;
        say_as_of(w, &err, ST_UNKNOWN, "not seen");
        unknown_still(w, WRITE_NOT_SEEN, true, &err);
        return;
    }
    if (r->status != ST_OK || !write_decode(w, &w->after, r->body, &err)) {
        look_failed(w, &err);
        return;
    }
    w->has_after = true;
    write_put(w, r->body, r->started_mono_ms);
    if (w->kind == JOURNAL_UPDATE)
        look_update(w);
    else if (w->kind == JOURNAL_DELETE)
        look_delete(w);
    else
        readback_settle(w);
}

void unknown_look(void *ctx)
{
    struct write *w = ctx;
    w->timer = 0;
    if (w->call || w->state != WRITE_UNKNOWN)
        return;
    if (w->id.len == 0)
        search_begin(w);
    else
        w->call = api_read(w->all->env.api, span_from(&w->id), on_look, w);
}
