/* review.c: see review.h.
 *
 * The screen shows one write/ machine as it is: reading, a conflict to be settled, the exact change
 * with its warnings and the question, on its way, unknown, done. Enter never sends: `A` does, or
 * the typed name where the change is dangerous. */
#include "tui/screens/review.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/prompt.h"
#include "tui/screens/review_private.h"
#include "tui/screens/undo.h"
#include "tui/who.h"

/* A create without a form below it (an undo of a delete) that met its name: without another name
 * it would be a dead end. */
static bool can_rename(const struct review *r)
{
    return !r->ended && write_state(r->write) == WRITE_DONE &&
           write_outcome(r->write) == WRITE_NOT_APPLIED && write_kind(r->write) == JOURNAL_CREATE &&
           write_error(r->write)->status == ST_CONFLICT;
}

void review_make_text(struct review *r)
{
    struct review_view v = {.app = r->app,
                            .write = r->write,
                            .text = &r->text,
                            .note = r->note,
                            .more = r->more,
                            .form = r->ended != NULL,
                            .beside = r->beside,
                            .rename = can_rename(r),
                            .mine = &r->mine,
                            .at = r->at,
                            .changer = span_from(&r->changer),
                            .left = &r->left,
                            .reveal = r->reveal};
    textview_clear(&r->text);
    review_text(&v);
    r->needs_name = v.needs_name;
}

static void end(struct review *r, enum review_end how)
{
    if (r->told)
        return;
    r->told = true;
    if (r->ended)
        r->ended(r->ctx, how, r->write);
}

/* ---- what the machine says ---- */

static void on_write(void *ctx, struct write *write);

static struct span write_name(const struct write *w)
{
    const struct account *a = write_after(w) ? write_after(w) : write_target(w);
    struct span name = account_name(write_kind(w) == JOURNAL_DELETE ? write_base(w) : a);
    return name.len ? name : span_of(write_account_name(w)); /* nothing was read, or not again */
}

/* After a save: a new account is gone to, and one that the list does not show is told. */
static const char *show_saved(struct review *r)
{
    struct session *s = app_session(r->app);
    if (!write_after(r->write))
        return "";
    struct span id = account_id(write_after(r->write));
    row_id row = fleet_find(s->fleet, id);
    view_settle(s->view);
    bool shown = row == ROW_NONE || view_find(s->view, row) < view_count(s->view);
    if (shown && write_kind(r->write) == JOURNAL_CREATE)
        app_saved(r->app, id);
    return shown ? "" : "; the filter hides it";
}

/* The write gives way to one of this spec, which may borrow from it. */
static void start_anew(struct review *r, const struct write_spec *spec)
{
    struct write *old = r->write;
    r->write = write_start(app_session(r->app)->writes, spec, on_write, r);
    app_write_shown(r->app, r->write);
    write_close(old);
    review_make_text(r);
}

/* F09: refused, though nothing that was read again speaks against it: the preview stands there
 * again, with what the server said above it, and the operator chooses. A plan asks nobody. */
static bool shown_anew(struct review *r)
{
    struct account room;
    struct write_spec spec;
    if (r->beside || !write_refusal_stands(r->write))
        return false;
    account_init(&room);
    app_message(r->app, MESSAGE_WARNING, "%s: refused, not applied", write_account_name(r->write));
    if (write_again_spec(r->write, &room, &spec))
        start_anew(r, &spec);
    account_finish(&room);
    return true;
}

static unsigned finish(struct review *r)
{
    switch (write_outcome(r->write)) {
    case WRITE_APPLIED:
    case WRITE_NO_CHANGE: {
        struct span name = write_name(r->write);
        struct str words = STR_INIT;
        write_done_words(r->write, &words);
        const char *more = show_saved(r);
        bool can_undo = write_outcome(r->write) == WRITE_APPLIED && !write_undoes(r->write);
        app_message(r->app, MESSAGE_GOOD, "%.*s %s%s%s", (int)name.len, name.p, str_text(&words),
                    more, can_undo ? "; u undoes" : "");
        str_finish(&words);
        end(r, REVIEW_APPLIED);
        return EFFECT_CLOSE;
    }
    case WRITE_DIFFERENT: /* stays open: the operator has to see what was kept */
        app_message(r->app, MESSAGE_WARNING, "%s", write_error(r->write)->what);
        return EFFECT_REDRAW;
    case WRITE_NOT_APPLIED:
        if (write_error(r->write)->status == ST_INVALID && r->ended) {
            end(r, REVIEW_EDIT);
            return EFFECT_CLOSE;
        }
        if (shown_anew(r))
            return EFFECT_REDRAW;
        /* Why stands in the review, whole. */
        app_message(r->app, MESSAGE_WARNING, "%s: not applied", write_account_name(r->write));
        return EFFECT_REDRAW;
    default:
        return EFFECT_REDRAW;
    }
}

static void ask_name(struct review *r)
{
    struct span words[2];
    write_confirm_words(r->write, words);
    confirm_ask(&r->confirm, words[0], words[1], "and Enter to apply");
}

static void on_write(void *ctx, struct write *write)
{
    struct review *r = ctx;
    (void)write;
    unsigned effect = EFFECT_REDRAW;
    if (write_state(r->write) == WRITE_CONFLICT)
        review_conflict_begin(r);
    /* Another preview is another question: a name typed for the last one does not answer it. */
    if (write_state(r->write) == WRITE_PREVIEW)
        ask_name(r);
    if (write_state(r->write) == WRITE_SENT && r->sent)
        r->sent(r->ctx, r->write);
    if (write_state(r->write) == WRITE_DONE)
        effect = finish(r);
    if (effect == EFFECT_CLOSE) {
        app_close_screen(r->app, r);
        return;
    }
    review_make_text(r);
    app_dirty(r->app);
}

/* ---- keys ---- */

static unsigned confirm(struct review *r)
{
    if (write_state(r->write) != WRITE_PREVIEW)
        return EFFECT_HANDLED;
    if (!app_may_write(r->app))
        return EFFECT_REDRAW;
    write_confirm(r->write);
    review_make_text(r);
    return EFFECT_REDRAW;
}

/* `A` or `r` after a refusal: read again and shown again; it is another `A` that sends. What is
 * gone is shown as it would be created again. The operator asks, so it is tried now, however long
 * the server was to be left alone. */
unsigned review_again(struct review *r)
{
    struct account room;
    struct write_spec spec;
    if (r->beside) {
        app_message(r->app, MESSAGE_NOTE, "it is of a plan: A there tries it again");
        return EFFECT_REDRAW;
    }
    account_init(&room);
    api_try_now(app_session(r->app)->api);
    if (write_again_spec(r->write, &room, &spec))
        start_anew(r, &spec);
    account_finish(&room);
    return EFFECT_REDRAW;
}

/* The same create, still the undo of what it takes back, under the name that was typed: the old
 * one, typed whole, is the word for a second account of that name. */
static bool take_name(void *ctx, struct span text, struct error *err)
{
    struct review *r = ctx;
    struct account renamed, room;
    struct write_spec spec;
    struct value name;
    struct arena mem;
    arena_init(&mem);
    bool ok = value_parse(FIELD_NAME, text, &mem, &name, err) == ST_OK;
    account_init(&renamed);
    account_init(&room);
    if (ok && can_rename(r) && write_again_spec(r->write, &room, &spec)) {
        account_copy(&renamed, spec.mine);
        spec.same_name = span_eq(name.text, account_name(&renamed));
        account_set(&renamed, FIELD_NAME, &name);
        spec.mine = &renamed;
        api_try_now(app_session(r->app)->api);
        start_anew(r, &spec);
    }
    account_finish(&room);
    account_finish(&renamed);
    arena_finish(&mem);
    return ok;
}

static unsigned ask_another_name(struct review *r)
{
    const struct prompt_arg arg = {
        .title = "Under which name?",
        .hint = "The old name, typed again, makes a second account of that name.",
        .text = span_of(""),
        .accept = take_name,
        .ctx = r};
    app_push(r->app, &prompt_screen, &arg);
    return EFFECT_REDRAW;
}

static unsigned do_apply(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (write_state(r->write) == WRITE_DONE)
        return review_again(r);
    if (write_state(r->write) == WRITE_CONFLICT) {
        app_message(r->app, MESSAGE_NOTE, "nothing is sent from here: Enter goes on to the review");
        return EFFECT_REDRAW;
    }
    if (r->needs_name) {
        app_message(r->app, MESSAGE_WARNING, "type the name to confirm");
        return EFFECT_REDRAW;
    }
    return confirm(r);
}

static unsigned do_edit_again(void *self, enum action_id action)
{
    struct review *r = self;
    enum write_state state = write_state(r->write);
    if (action == ACTION_EDIT_AGAIN && can_rename(r))
        return ask_another_name(r);
    if (state == WRITE_INTENT || state == WRITE_SENT || state == WRITE_READBACK) {
        app_message(r->app, MESSAGE_NOTE, "it is on its way; wait for the answer");
        return EFFECT_REDRAW;
    }
    bool unsettled = state == WRITE_UNKNOWN;
    if (unsettled) {
        app_write_shown(r->app, NULL);
        app_message(r->app, MESSAGE_WARNING, "the outcome is not known yet; paddock keeps looking");
    }
    bool applied = state == WRITE_DONE && (write_outcome(r->write) == WRITE_DIFFERENT ||
                                           write_outcome(r->write) == WRITE_APPLIED);
    end(r, unsettled ? REVIEW_UNSETTLED : applied ? REVIEW_APPLIED : REVIEW_EDIT);
    return EFFECT_CLOSE;
}

/* Enter: never sends. */
static unsigned do_accept(void *self, enum action_id action)
{
    struct review *r = self;
    if (write_state(r->write) == WRITE_UNKNOWN)
        return review_adopt(self, action);
    if (write_state(r->write) != WRITE_CONFLICT)
        return EFFECT_NONE;
    review_conflict_resolve(r);
    return EFFECT_REDRAW;
}

static unsigned do_reveal(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    r->reveal = !r->reveal;
    app_tell_reveal(r->app, r->reveal);
    review_make_text(r);
    return EFFECT_REDRAW;
}

static bool take_reason(void *ctx, struct span text, struct error *err)
{
    struct review *r = ctx;
    if (journal_reason_check(text, err))
        return false;
    write_set_reason(r->write, text);
    review_make_text(r);
    return true;
}

static unsigned do_reason(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (write_state(r->write) > WRITE_PREVIEW) {
        app_message(r->app, MESSAGE_NOTE, "it has left: the journal has its reason by now");
        return EFFECT_REDRAW;
    }
    const struct prompt_arg arg = {.title = "Why is it done?",
                                   .hint = "It goes into the journal. Enter takes it.",
                                   .text = span_of(write_reason(r->write)),
                                   .accept = take_reason,
                                   .ctx = r};
    app_push(r->app, &prompt_screen, &arg);
    return EFFECT_REDRAW;
}

/* The review of what was sent gives way to that of its inverse. */
static unsigned do_undo(void *self, enum action_id action)
{
    struct review *r = self;
    struct app *app = r->app;
    int64_t op = write_op(r->write);
    (void)action;
    if (write_state(r->write) != WRITE_DONE || !op) {
        app_message(app, MESSAGE_NOTE, "there is nothing to undo yet");
        return EFFECT_REDRAW;
    }
    end(r, REVIEW_APPLIED);
    app_close_screen(app, r);
    undo_entry(app, op);
    return EFFECT_HANDLED;
}

static const struct screen_handler handlers[] = {
    {ACTION_APPLY, do_apply},
    {ACTION_EDIT_AGAIN, do_edit_again},
    {ACTION_BACK, do_edit_again},
    {ACTION_CLOSE, do_edit_again},
    {ACTION_LOOK_AGAIN, review_look},
    {ACTION_SEND_AGAIN, review_send_again},
    {ACTION_RELEASE, review_release},
    {ACTION_ADOPT, review_adopt},
    {ACTION_REASON, do_reason},
    {ACTION_UNDO, do_undo},
    {ACTION_TAKE_MINE, review_conflict_action},
    {ACTION_TAKE_SERVER, review_conflict_action},
    {ACTION_NEXT_CONFLICT, review_conflict_action},
    {ACTION_PREVIOUS_CONFLICT, review_conflict_action},
    {ACTION_ACCEPT, do_accept},
    {ACTION_REVEAL, do_reveal},
    {ACTION_YANK, review_yank},
    {ACTION_NONE, NULL},
};

static unsigned review_action(void *self, enum action_id action)
{
    struct review *r = self;
    enum move move;
    unsigned effect = screen_dispatch(handlers, self, action);
    if (effect == EFFECT_NONE && keymap_move(action, &move)) {
        textview_move(&r->text, move);
        return EFFECT_REDRAW;
    }
    return effect;
}

static bool review_typing(const void *self)
{
    const struct review *r = self;
    return r->needs_name && write_state(r->write) == WRITE_PREVIEW;
}

static unsigned review_key(void *self, const struct key *key)
{
    struct review *r = self;
    if (!review_typing(r))
        return EFFECT_NONE;
    enum confirm_result result = confirm_key(&r->confirm, key);
    if (result == CONFIRM_YES)
        return confirm(r);
    if (result == CONFIRM_IGNORED)
        return EFFECT_NONE;
    /* By habit: where there is no name to type it applies. */
    if (span_is(line_editor_text(&r->confirm.editor), "A") && r->confirm.words[0][0] != 'A')
        app_message(r->app, MESSAGE_NOTE, "A is a letter here: the name and Enter apply it");
    return EFFECT_REDRAW;
}

/* ---- the screen ---- */

static void *review_open(struct app *app, const void *arg)
{
    const struct review_arg *a = arg;
    struct review *r = mem_calloc(1, sizeof *r);
    r->app = app;
    r->ended = a->ended;
    r->sent = a->sent;
    r->ctx = a->ctx;
    r->at = FIELD_NONE;
    account_init(&r->choice);
    confirm_init(&r->confirm);
    textview_init(&r->text, true);
    r->note = mem_strdup(a->note ? a->note : "");
    r->more = mem_strdup(a->more ? a->more : "");
    r->write = a->write;
    r->beside = a->write && write_attended(a->write);
    if (r->beside)
        write_watch(a->write, on_write, r);
    else if (a->write)
        write_listen(a->write, on_write, r);
    else
        r->write = write_start(app_session(app)->writes, &a->spec, on_write, r);
    ask_name(r);
    app_write_shown(app, r->write);
    review_make_text(r);
    return r;
}

static void review_close(void *self)
{
    struct review *r = self;
    /* The write outlives this call. Closed from elsewhere, the form below must hear that it was
       sent: it would offer the same a second time. */
    if (r->beside)
        write_watch(r->write, NULL, NULL);
    else
        write_close(r->write);
    enum write_state state = write_state(r->write);
    enum write_outcome outcome = write_outcome(r->write);
    app_write_shown(r->app, NULL);
    if (state >= WRITE_INTENT && state <= WRITE_UNKNOWN)
        end(r, REVIEW_UNSETTLED);
    if (outcome == WRITE_APPLIED || outcome == WRITE_DIFFERENT)
        end(r, REVIEW_APPLIED);
    account_finish(&r->choice);
    str_finish(&r->changer);
    confirm_finish(&r->confirm);
    textview_finish(&r->text);
    mem_free(r->note);
    mem_free(r->more);
    mem_free(r);
}

static void review_draw(void *self, const struct canvas *c)
{
    struct review *r = self;
    bool typing = review_typing(r);
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    int asked = typing ? confirm_rows(&r->confirm, c->draw, c->cols - 2) : 0;
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1 - asked, c->cols);
    textview_draw(&r->text, &body, !typing);
    if (!typing)
        return;
    struct canvas question = canvas_part(c, c->rows - asked, 1, asked, c->cols - 2);
    confirm_draw(&r->confirm, &question, true);
}

static const char *review_context(const void *self)
{
    return write_state(((const struct review *)self)->write) == WRITE_CONFLICT ? "conflict"
                                                                               : "review";
}

static void review_heading(const void *self, struct str *out)
{
    const struct review *r = self;
    static const char *const verbs[] = {
        [JOURNAL_CREATE] = "Create ", [JOURNAL_UPDATE] = "Change ", [JOURNAL_DELETE] = "Delete "};
    str_add(out, verbs[write_kind(r->write)]);
    who_title(app_session(r->app)->fleet, span_of(write_account_id(r->write)), write_name(r->write),
              out);
}

static const int *review_bar(const void *self, size_t *count)
{
    static const int preview[] = {ACTION_APPLY,  ACTION_EDIT_AGAIN, ACTION_YANK,
                                  ACTION_REASON, ACTION_BACK,       ACTION_HELP};
    static const int conflict[] = {ACTION_TAKE_MINE, ACTION_TAKE_SERVER, ACTION_NEXT_CONFLICT,
                                   ACTION_ACCEPT,    ACTION_EDIT_AGAIN,  ACTION_BACK};
    static const int named[] = {ACTION_BACK};
    static const int done[] = {ACTION_EDIT_AGAIN, ACTION_UNDO, ACTION_BACK};
    static const int refused[] = {ACTION_APPLY, ACTION_LOOK_AGAIN, ACTION_BACK, ACTION_EDIT_AGAIN};
    static const int unknown[] = {ACTION_LOOK_AGAIN, ACTION_RELEASE, ACTION_SEND_AGAIN, ACTION_BACK,
                                  ACTION_HELP};
    const struct write *write = ((const struct review *)self)->write;
    enum write_state state = write_state(write);
    if (state == WRITE_DONE && write_outcome(write) == WRITE_NOT_APPLIED) {
        /* `u` would not take back this one; `e` is for what has a form below it,
           or can have another name. */
        const struct review *r = self;
        *count = ARRAY_LEN(refused) - (r->ended || can_rename(r) ? 0 : 1);
        if (!r->beside)
            return refused;
        *count = ARRAY_LEN(named);
        return named;
    }
    if (state == WRITE_CONFLICT) {
        *count = ARRAY_LEN(conflict);
        return conflict;
    }
    if (state == WRITE_UNKNOWN) {
        *count = ARRAY_LEN(unknown);
        return unknown;
    }
    if (state == WRITE_DONE) {
        *count = ARRAY_LEN(done);
        return done;
    }
    if (state != WRITE_PREVIEW || review_typing(self)) {
        *count = ARRAY_LEN(named);
        return named;
    }
    *count = ARRAY_LEN(preview);
    return preview;
}

/* After a refusal `A` sends nothing: it reads the account again, and asks again. */
static const char *review_label(const void *self, enum action_id action)
{
    const struct write *write = ((const struct review *)self)->write;
    if (action != ACTION_APPLY || write_state(write) != WRITE_DONE)
        return NULL;
    bool gone = write_kind(write) == JOURNAL_UPDATE && write_error(write)->status == ST_NOT_FOUND;
    return gone ? "create again" : "try again";
}

static unsigned review_news(void *self, enum news news)
{
    struct review *r = self;
    (void)news;
    review_make_text(r);
    return EFFECT_REDRAW;
}

const struct screen_ops review_screen = {
    .name = "review",
    .tab = "Accounts",
    .open = review_open,
    .close = review_close,
    .draw = review_draw,
    .context = review_context,
    .action = review_action,
    .key = review_key,
    .typing = review_typing,
    .news = review_news,
    .heading = review_heading,
    .bar = review_bar,
    .label = review_label,
};
