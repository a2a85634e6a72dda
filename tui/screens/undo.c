/* undo.c: see undo.h. */
#include "tui/screens/undo.h"

#include "base/when.h"
#include "tui/screens/plan.h"
#include "tui/screens/review.h"
#include "write/inverse.h"

#include <inttypes.h>

/* What is taken back, and what to know about it: above the preview. */
static void add_note(struct app *app, const struct journal_entry *e, struct str *out)
{
    str_printf(out, "takes back write %" PRId64 ": %s of %s, ", e->op, journal_kind_name(e->kind),
               e->account_name[0] ? e->account_name : e->account_id);
    when_clock(out, e->intent_wall_ms, app_now_wall(app));
    if (e->undoes)
        str_printf(out, ", which took back write %" PRId64, e->undoes);
}

static void push(struct app *app, const struct journal_entry *entry)
{
    struct inverse inverse;
    struct error err;
    struct str note = STR_INIT;
    inverse_init(&inverse);
    if (inverse_make(&inverse, entry, &err)) {
        app_error(app, &err);
    } else {
        add_note(app, entry, &note);
        const struct review_arg arg = {
            .spec = inverse_spec(&inverse), .note = str_text(&note), .more = inverse.note};
        app_push(app, &review_screen, &arg);
    }
    inverse_finish(&inverse);
    str_finish(&note);
}

void undo_last(struct app *app)
{
    struct session *s = app_session(app);
    struct journal_entry entry;
    struct error err;
    if (!app_may_write(app))
        return;
    if (journal_undoable(s->journal, s->profile.origin, s->profile.org, s->operator_name, &entry,
                         &err))
        app_error(app, &err);
    else if (entry.plan[0])
        plan_undo_review(app, entry.plan); /* what was done at once is taken back at once */
    else
        push(app, &entry);
    journal_entry_finish(&entry);
}

void undo_entry(struct app *app, int64_t op)
{
    struct journal_entry entry;
    struct error err;
    if (!app_may_write(app))
        return;
    if (journal_get(app_session(app)->journal, op, &entry, &err))
        app_error(app, &err);
    else
        push(app, &entry);
    journal_entry_finish(&entry);
}
