/* review_unknown.c: what an operator can do about a write whose outcome is not known: look again,
 * say which account is the new one, give it up, or, after a typed confirmation, send a change or a
 * delete once more. A create is never sent again. */
#include "tui/app_global.h"
#include "tui/screens/ask.h"
#include "tui/screens/pick.h"
#include "tui/screens/review_private.h"

#include <string.h>

static bool unknown(struct review *r)
{
    if (write_state(r->write) == WRITE_UNKNOWN)
        return true;
    app_message(r->app, MESSAGE_NOTE, "this is for a write whose outcome is not known");
    return false;
}

unsigned review_look(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (write_state(r->write) == WRITE_UNKNOWN) {
        api_try_now(app_session(r->app)->api);
        write_look(r->write);
        app_message(r->app, MESSAGE_NOTE, "looking again");
    } else if (write_state(r->write) == WRITE_DONE) {
        /* A write that was not sent because the server failed says that `r` tries now: this write's
         * own reading, up to its review. */
        if (write_outcome(r->write) == WRITE_NOT_APPLIED)
            return review_again(r);
        app_global_action(r->app, ACTION_REFRESH, false);
    }
    return EFFECT_REDRAW;
}

/* ---- once more ---- */

static void again_fill(void *ctx, struct dialog *d)
{
    struct review *r = ctx;
    struct span words[2];
    write_confirm_words(r->write, words);
    dialog_line(d, ROLE_WARNING, "The first sending may still arrive.");
    dialog_line(d, ROLE_TEXT,
                "This sends the same %s once more, as a new entry of the journal. It sets values "
                "and adds nothing up, so that a second time changes nothing more.",
                write_kind(r->write) == JOURNAL_DELETE ? "delete" : "change");
    dialog_button(d, "Send again");
    dialog_ask_account(d, words[0], words[1]);
}

static void again_answer(void *ctx, int button)
{
    struct review *r = ctx;
    struct error err;
    if (button == 1 && app_may_write(r->app) && write_send_again(r->write, &err))
        app_error(r->app, &err);
}

unsigned review_send_again(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (!unknown(r) || !app_may_write(r->app))
        return EFFECT_REDRAW;
    if (write_kind(r->write) == JOURNAL_CREATE) {
        app_message(r->app, MESSAGE_WARNING,
                    "a create is never sent again: it could make two accounts");
        return EFFECT_REDRAW;
    }
    const struct ask_arg arg = {
        .title = "Send again?", .fill = again_fill, .answer = again_answer, .ctx = r};
    app_push(r->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

/* ---- given up ---- */

static void release_fill(void *ctx, struct dialog *d)
{
    (void)ctx;
    dialog_safe_button(d, "Go on looking");
    dialog_line(d, ROLE_WARNING, "Whether it was applied stays unknown.");
    dialog_line(d, ROLE_TEXT,
                "The journal keeps it as released, nobody looks at it any more, and the account "
                "can be changed again.");
    dialog_button(d, "Release");
    d->danger = true;
}

static void release_answer(void *ctx, int button)
{
    struct review *r = ctx;
    if (button != 1)
        return;
    write_release(r->write);
    app_message(r->app, MESSAGE_NOTE, "released; the account can be changed again");
}

unsigned review_release(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (!unknown(r))
        return EFFECT_REDRAW;
    const struct ask_arg arg = {
        .title = "Release the write?", .fill = release_fill, .answer = release_answer, .ctx = r};
    app_push(r->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

/* ---- which one is it ---- */

#define CANDIDATES_ROOM 16

static void adopt_fill(void *ctx, struct menu *menu)
{
    struct review *r = ctx;
    struct fleet *fleet = app_session(r->app)->fleet;
    const char *ids[CANDIDATES_ROOM];
    size_t n = write_candidates(r->write, ids, CANDIDATES_ROOM);
    for (size_t i = 0; i < n && i < CANDIDATES_ROOM; i++) {
        struct str detail = STR_INIT;
        struct value created = value_absent();
        row_id row = fleet_find(fleet, span_of(ids[i]));
        if (row != ROW_NONE)
            fleet_get(fleet, row, FIELD_CREATED_AT, &created);
        str_add(&detail, "created ");
        value_show(FIELD_CREATED_AT, &created, SHOW_FULL, &detail);
        menu_add(menu, ids[i], str_text(&detail), NULL, (int)i);
        str_finish(&detail);
    }
}

static void adopt_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct review *r = ctx;
    struct error err;
    const char *ids[CANDIDATES_ROOM];
    size_t n = write_candidates(r->write, ids, CANDIDATES_ROOM);
    (void)menu;
    /* Looked for again meanwhile: only what still is a candidate under that number is taken. */
    if ((size_t)item->value >= n || strcmp(ids[item->value], item->text) != 0)
        app_message(r->app, MESSAGE_NOTE, "the list has changed meanwhile; choose again");
    else if (write_adopt(r->write, ids[item->value], &err))
        app_error(r->app, &err);
}

unsigned review_adopt(void *self, enum action_id action)
{
    struct review *r = self;
    const char *ids[1];
    (void)action;
    if (!unknown(r))
        return EFFECT_REDRAW;
    if (write_candidates(r->write, ids, 1) == 0) {
        app_message(r->app, MESSAGE_NOTE, "no account was found that could be the new one");
        return EFFECT_REDRAW;
    }
    const struct pick_arg arg = {.title = "Which one is the new account?",
                                 .fill = adopt_fill,
                                 .chosen = adopt_chosen,
                                 .ctx = r};
    app_push(r->app, &pick_screen, &arg);
    return EFFECT_REDRAW;
}
