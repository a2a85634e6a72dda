/* review_open.c: ways to a review: of `t` and `x`, and of a write that is open already. One that a
 * plan has is looked at beside it: the plan hears of all that is done to it. */
#include "tui/screens/review.h"

static void push_review(struct app *app, row_id row, enum journal_kind kind, bool toggle)
{
    struct account base, mine;
    struct error err;
    account_init(&base);
    account_init(&mine);
    if (fleet_account(app_session(app)->fleet, row, &base, &err)) {
        app_error(app, &err);
    } else {
        account_copy(&mine, &base);
        struct value v = value_int(!base.v[FIELD_ENABLED].i);
        if (toggle)
            account_set(&mine, FIELD_ENABLED, &v);
        const struct review_arg arg = {
            .spec = {.kind = kind, .base = &base, .mine = &mine, .reason = ""}};
        app_push(app, &review_screen, &arg);
    }
    account_finish(&base);
    account_finish(&mine);
}

void review_toggle(struct app *app, row_id row)
{
    push_review(app, row, JOURNAL_UPDATE, true);
}

void review_delete(struct app *app, row_id row)
{
    push_review(app, row, JOURNAL_DELETE, false);
}

/* ---- writes that are open ---- */

static bool open_write(struct app *app, struct write *w, enum action_id then)
{
    if (!w) {
        app_message(app, MESSAGE_NOTE, "another paddock looks after this write");
        return false;
    }
    if (write_watched(w) || (write_attended(w) && !write_plan(w)[0])) {
        app_message(app, MESSAGE_NOTE, "this write is looked after already: Esc goes back to it");
        return false;
    }
    const struct review_arg arg = {.write = w};
    app_push(app, &review_screen, &arg);
    if (then != ACTION_NONE)
        app_run(app, then);
    return true;
}

bool review_open_row(struct app *app, row_id row, enum action_id then)
{
    const char *why = fleet_locked(app_session(app)->fleet, row);
    struct writes *writes = app_session(app)->writes;
    struct value id;
    fleet_get(app_session(app)->fleet, row, FIELD_ID, &id);
    struct write *w;
    for (size_t at = 0; value_known(&id) && (w = writes_open_next(writes, &at)) != NULL;)
        if (write_concerns(w, id.text, span_of("")))
            return open_write(app, w, then);
    if (!why)
        return open_write(app, NULL, then);
    app_message(app, MESSAGE_WARNING, "%s", why);
    return false;
}

static struct write *find_op(struct app *app, int64_t op)
{
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(app_session(app)->writes, &at)) != NULL;)
        if (write_op(w) == op)
            return w;
    return NULL;
}

bool review_is_open(struct app *app, int64_t op)
{
    return find_op(app, op) != NULL;
}

bool review_open_op(struct app *app, int64_t op, enum action_id then)
{
    return open_write(app, find_op(app, op), then);
}
