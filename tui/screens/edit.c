/* edit.c: see edit.h.
 *
 * The rows come from the field table. What was typed lives in the form's own editors and is read
 * into `mine` after each key; an error is a line under its field and never takes a character away.
 * A field whose text is as it began keeps the server's value, digits and all. */
#include "tui/screens/edit.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "model/json.h"
#include "model/warn.h"
#include "base/when.h"
#include "tui/draft_sent.h"
#include "tui/mask.h"
#include "tui/screens/ask.h"
#include "tui/screens/edit_choose.h"
#include "tui/screens/edit_draft.h"
#include "tui/screens/edit_editor.h"
#include "tui/screens/edit_form.h"
#include "tui/screens/review.h"
#include "tui/who.h"
#include "tui/widgets/textview.h"
#include "write/preview.h"

#include <ctype.h>
#include <string.h>

#define PREVIEW_COLS 96 /* from this width on the request stands beside the form */

struct edit {
    struct app *app;
    struct edit_form form;
    struct textview preview;
    struct str problems; /* what a 422 said of no field, one a line */
    size_t problem_count;
    char *cloned;          /* owned; the name of the account that is cloned, or NULL */
    enum field problem_at; /* a field that the first of them names in its words, or FIELD_NONE */
    bool reveal;           /* credentials are shown in the request */
    bool drafted;          /* what is typed is on disk */
    bool undrafted;        /* ... it could not be put there, which was said */
    bool editor;           /* begun by `E`: the form is only the way to the review */
    unsigned told;         /* the message about the form, gone with it or once it is reviewed; 0 */
    const char *told_of;   /* the label of the field that it names (borrowed); NULL */
    loop_timer start;      /* the editor starts when the screen is there */
};

static void make_preview(struct edit *e)
{
    struct edit_form *f = &e->form;
    struct textview *v = &e->preview;
    struct str body = STR_INIT, shown = STR_INIT, pretty = STR_INIT;
    textview_clear(v);
    textview_printf(v, ROLE_TITLE, " %s\n", f->mode == EDIT_CHANGE ? "PATCH" : "POST");
    textview_printf(v, ROLE_DIM, " %zu of %zu fields%s\n\n", f->changed, f->fields,
                    f->mode == EDIT_CHANGE ? " changed" : " set");
    edit_form_body(f, app_session(e->app)->profile.patch_whole ? PATCH_WHOLE : PATCH_PARTIAL,
                   &body);
    mask_json(&shown, span_from(&body), e->reveal);
    json_pretty(&pretty, span_from(&shown));
    textview_indented(v, ROLE_TEXT, span_from(&pretty));
    str_finish(&body);
    str_finish(&shown);
    str_finish(&pretty);
}

static void refresh(struct edit *e)
{
    edit_form_read(&e->form);
    make_preview(e);
}

/* What cannot be kept is said when that begins, and as long as it lasts when the form is left. One
 * that is open elsewhere was told of when the form opened; a busy file is tried with the next key.
 */
static void save_draft(struct edit *e)
{
    struct error err;
    bool untold = !e->undrafted;
    e->drafted = edit_draft_save(app_session(e->app), &e->form, &err);
    e->undrafted = err.status != ST_OK && err.status != ST_CONFLICT && !journal_is_busy(&err);
    if (e->undrafted && untold) {
        app_message(e->app, MESSAGE_WARNING, "the draft is kept in memory only: %s", err.what);
        e->told = app_message_number(e->app);
        e->told_of = NULL;
    }
}

/* ---- the review, and what comes back from it ---- */

/* The first field of the form that the words name: "bridge_id is required when ...". */
static enum field named_field(struct edit *e, struct span words)
{
    for (size_t i = 0; i < words.len;) {
        size_t end = i;
        while (end < words.len && (isalnum((unsigned char)words.p[end]) || words.p[end] == '_'))
            end++;
        struct span word = {words.p + i, end - i};
        for (int f = 0; f < FIELD_COUNT && word.len; f++)
            if (span_is(word, field_info((enum field)f)->leaf) && form_row(&e->form.form, f))
                return (enum field)f;
        i = end + 1;
    }
    return FIELD_NONE;
}

/* One line each, whatever the server's words hold. That it is about the body goes without saying.
 */
static void add_problem(struct edit *e, const struct api_detail *d)
{
    size_t from = d->loc_count > 1 && span_is(d->loc[0], "body");
    if (e->problems.len)
        str_add_char(&e->problems, '\n');
    e->problem_count++;
    if (e->problem_at == FIELD_NONE)
        e->problem_at = named_field(e, d->msg);
    for (size_t i = from; i < d->loc_count; i++) {
        text_safe(&e->problems, d->loc[i].p, d->loc[i].len, 0);
        str_add(&e->problems, i + 1 < d->loc_count ? "." : ": ");
    }
    text_safe(&e->problems, d->msg.p, d->msg.len, 0);
}

/* The next field with an error; else the one that what stands above the form is about. */
static bool next_error(struct edit *e)
{
    return form_next_error(&e->form.form) ||
           (e->problem_at != FIELD_NONE && form_focus(&e->form.form, (int)e->problem_at));
}

/* Puts what the server refused under its fields; what has no field stands above the form. */
static void take_details(struct edit *e, struct write *write)
{
    size_t count;
    const struct api_detail *details = write_details(write, &count);
    for (size_t i = 0; i < count; i++) {
        if (!edit_form_refuse(&e->form, details[i].field, details[i].msg))
            add_problem(e, &details[i]);
    }
    const struct error *err = write_error(write);
    /* A refusal in a sentence: the message line is gone at a key, and it is what has to be mended.
     */
    const struct api_detail whole = {.field = FIELD_NONE, .msg = span_of(err->what)};
    if (!count && err->status == ST_INVALID)
        add_problem(e, &whole);
    if (e->problem_count)
        app_message(e->app, MESSAGE_ERROR,
                    "not applied: what the server refuses stands above the form; nothing typed is "
                    "lost");
    else if (err->status)
        app_message(e->app, MESSAGE_ERROR, "%s; nothing typed is lost%s%s", err->what,
                    err->next[0] ? "; " : "", err->next);
    const struct form_row *here = form_focused(&e->form.form);
    if (count && !(here && here->error.len))
        next_error(e);
}

static void on_review(void *ctx, enum review_end end, struct write *write)
{
    struct edit *e = ctx;
    str_clear(&e->problems);
    e->problem_count = 0;
    e->problem_at = FIELD_NONE;
    if (end == REVIEW_EDIT) {
        if (write_server(write) && e->form.mode == EDIT_CHANGE)
            edit_form_rebase(&e->form, write_server(write));
        refresh(e);
        take_details(e, write);
        if (write_state(write) == WRITE_DONE) /* told that it was refused */
            e->told = app_message_number(e->app);
        return;
    }
    e->form.done = true;
    /* Not settled: the draft is aside until it is. */
    if (end != REVIEW_UNSETTLED)
        edit_draft_drop(app_session(e->app), &e->form);
    app_close_screen(e->app, e);
}

static void on_sent(void *ctx, struct write *write)
{
    struct edit *e = ctx;
    if (e->form.mode != EDIT_CLONE)
        draft_sent_begin(app_session(e->app), write);
}

static unsigned do_review(void *self, enum action_id action)
{
    struct edit *e = self;
    (void)action;
    edit_form_require(&e->form);
    if (form_error_count(&e->form.form)) {
        struct form_row *row;
        row = form_focused(&e->form.form);
        if (!row || !row->error.len)
            form_next_error(&e->form.form);
        row = form_focused(&e->form.form);
        app_message(e->app, MESSAGE_ERROR, "Cannot review yet: %s: %s", row->label,
                    str_text(&row->error));
        e->told = app_message_number(e->app);
        e->told_of = row->label;
        return EFFECT_REDRAW;
    }
    app_message_withdraw(e->app, e->told);
    if (e->form.mode == EDIT_CHANGE && e->form.changed == 0) {
        app_message(e->app, MESSAGE_NOTE, "nothing was changed; Esc leaves");
        return EFFECT_REDRAW;
    }
    const struct review_arg arg = {
        .spec = {.kind = e->form.mode == EDIT_CHANGE ? JOURNAL_UPDATE : JOURNAL_CREATE,
                 .base = e->form.mode == EDIT_CHANGE ? &e->form.base : NULL,
                 .mine = &e->form.mine,
                 .reason = ""},
        .ended = on_review,
        .sent = on_sent,
        .ctx = e};
    app_push(e->app, &review_screen, &arg);
    return EFFECT_REDRAW;
}

/* ---- leaving ---- */

static void ask_fill(void *ctx, struct dialog *d)
{
    struct edit *e = ctx;
    dialog_safe_button(d, "Keep editing");
    dialog_line(d, ROLE_TEXT, "%zu %s not been sent.", e->form.touched,
                e->form.touched == 1 ? "change has" : "changes have");
    if (e->drafted)
        dialog_line(d, ROLE_DIM, "%s; the next edit of it begins there.",
                    app_session(e->app)->profile.demo ? "A draft is kept until the demo ends"
                                                      : "A draft is on disk");
    else
        dialog_line(d, ROLE_WARNING, "No draft of it is kept: what was typed goes.");
    dialog_button(d, "Leave");
    dialog_lossy_button(d, "Discard");
}

static void ask_answer(void *ctx, int button)
{
    struct edit *e = ctx;
    if (button == 2)
        edit_draft_drop(app_session(e->app), &e->form);
    if (button > 0)
        app_close_screen(e->app, e);
}

static unsigned do_back(void *self, enum action_id action)
{
    struct edit *e = self;
    (void)action;
    if (e->form.touched == 0)
        return EFFECT_CLOSE;
    const struct ask_arg arg = {
        .title = "Leave the form?", .fill = ask_fill, .answer = ask_answer, .ctx = e};
    app_push(e->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

/* ---- keys ---- */

static unsigned do_move(void *self, enum action_id action)
{
    struct edit *e = self;
    struct form *f = &e->form.form;
    switch (action) {
    case ACTION_NEXT_FIELD:
        form_next(f);
        break;
    case ACTION_PREVIOUS_FIELD:
        form_prev(f);
        break;
    case ACTION_NEXT_ERROR:
        if (!next_error(e))
            app_message(e->app, MESSAGE_NOTE,
                        e->problem_count ? "what the server refuses is of no field: it stands above"
                                         : "no field has an error");
        break;
    default:
        edit_form_revert(&e->form);
        refresh(e);
        save_draft(e);
    }
    return EFFECT_REDRAW;
}

/* "Cannot review yet" is over with what it named. */
static void withdraw_told(struct edit *e)
{
    const struct form_row *row = form_focused(&e->form.form);
    if (e->told_of && row && row->label == e->told_of && !row->error.len) {
        app_message_withdraw(e->app, e->told);
        e->told_of = NULL;
    }
}

static void on_changed(void *ctx)
{
    struct edit *e = ctx;
    edit_form_touched(&e->form);
    refresh(e);
    withdraw_told(e);
    save_draft(e);
}

static unsigned edit_key(void *self, const struct key *key)
{
    struct edit *e = self;
    struct form_row *row = form_focused(&e->form.form);
    if (edit_choose_asked(row, key)) {
        edit_choose(e->app, row, on_changed, e);
        return EFFECT_REDRAW;
    }
    switch (form_key(&e->form.form, key)) {
    case FORM_IGNORED:
        return EFFECT_NONE;
    case FORM_CHANGED:
        on_changed(e);
        break;
    case FORM_MOVED:
        break;
    }
    return EFFECT_REDRAW;
}

/* ---- $EDITOR ---- */

static bool edit_busy(const void *self)
{
    const struct edit *e = self;
    return e->form.touched > 0 && !e->form.done;
}

static void on_editor(void *ctx, enum edit_editor_end end)
{
    struct edit *e = ctx;
    refresh(e);
    if (end == EDIT_EDITOR_TAKEN) {
        save_draft(e);
        if (e->editor)
            do_review(e, ACTION_REVIEW);
    } else if (end == EDIT_EDITOR_SAME) {
        app_message(e->app, MESSAGE_NOTE, "nothing was changed in the editor");
    }
    bool nothing = e->editor && !edit_busy(e);
    e->editor = false;
    app_dirty(e->app);
    if (nothing && end != EDIT_EDITOR_TAKEN)
        app_close_screen(e->app, e);
}

static void on_start(void *ctx)
{
    struct edit *e = ctx;
    e->start = 0;
    edit_editor_run(e->app, &e->form, e->reveal, on_editor, e);
}

static unsigned do_editor(void *self, enum action_id action)
{
    (void)action;
    on_start(self);
    return EFFECT_REDRAW;
}

static unsigned do_reveal(void *self, enum action_id action)
{
    struct edit *e = self;
    (void)action;
    e->reveal = !e->reveal;
    app_tell_reveal(e->app, e->reveal);
    make_preview(e);
    return EFFECT_REDRAW;
}

static const struct screen_handler handlers[] = {
    {ACTION_REVIEW, do_review},       {ACTION_BACK, do_back},       {ACTION_NEXT_FIELD, do_move},
    {ACTION_PREVIOUS_FIELD, do_move}, {ACTION_NEXT_ERROR, do_move}, {ACTION_REVERT, do_move},
    {ACTION_REVEAL, do_reveal},       {ACTION_EDITOR, do_editor},   {ACTION_NONE, NULL},
};

static unsigned edit_action(void *self, enum action_id action)
{
    return screen_dispatch(handlers, self, action);
}

/* ---- drawing ---- */

struct problems {
    const struct canvas *c;
    int y, end; /* the next line, and one after the last there is room for */
};

static void draw_problem_line(void *ctx, struct span line)
{
    struct problems *p = ctx;
    if (p->y < p->end)
        draw_own_span(p->c, p->y, 1, ROLE_ERROR, line, -1, TEXT_LEFT);
    else if (p->y == p->end && p->end)
        draw_own(p->c, p->end - 1, 1, ROLE_ERROR, "... and more than there is room for", -1,
                 TEXT_LEFT);
    p->y++;
}

/* Whole, on as many lines as they need, so long as half of the form is left. */
static int draw_problems(struct edit *e, const struct canvas *c)
{
    struct span rest = span_from(&e->problems);
    struct problems p = {c, 0, c->rows / 2};
    while (rest.len) {
        const char *nl = memchr(rest.p, '\n', rest.len);
        struct span line = {rest.p, nl ? (size_t)(nl - rest.p) : rest.len};
        struct str safe = STR_INIT;
        text_safe(&safe, line.p, line.len, c->draw->ascii ? TEXT_ASCII : 0);
        draw_wrap(span_from(&safe), c->cols > 4 ? c->cols - 2 : 2, draw_problem_line, &p);
        str_finish(&safe);
        rest.p += line.len + (nl ? 1 : 0);
        rest.len -= line.len + (nl ? 1 : 0);
    }
    return p.y < p.end ? p.y : p.end;
}

static void edit_draw(void *self, const struct canvas *c)
{
    struct edit *e = self;
    int left = c->cols >= PREVIEW_COLS ? c->cols * 3 / 5 : c->cols;
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas form = canvas_part(c, 1, 0, c->rows - 1, left);
    int y = draw_problems(e, &form);
    form = canvas_part(&form, y, 0, form.rows - y, form.cols);
    form_draw(&e->form.form, &form, true);
    if (left == c->cols)
        return;
    draw_glyph(c, 0, left, ROLE_BORDER, GLYPH_TEE_DOWN);
    draw_vline(c, 1, left, c->rows - 1, ROLE_BORDER);
    struct canvas right = canvas_part(c, 1, left + 1, c->rows - 1, c->cols - left - 1);
    textview_draw(&e->preview, &right, false);
}

static void add_count(struct str *out, size_t n, const char *word)
{
    if (n)
        str_printf(out, "%zu %s%s   ", n, word, PLURAL(n));
}

/* What is wrong goes first: a long name is cut at its end. */
static void edit_heading(const void *self, struct str *out)
{
    const struct edit *e = self;
    const struct edit_form *f = &e->form;
    add_count(out, form_error_count(&f->form) + e->problem_count, "error");
    add_count(out, form_warning_count(&f->form), "warning");
    if (form_needed_count(&f->form) && !f->asked) /* then they are errors */
        str_printf(out, "%zu needed   ", form_needed_count(&f->form));
    if (f->mode == EDIT_CHANGE) {
        str_add(out, "Edit ");
        who_title(app_session(e->app)->fleet, account_id(&f->base), account_name(&f->base), out);
    } else {
        str_add(out, f->mode == EDIT_CLONE ? "Clone of " : "Create");
        str_add(out, e->cloned ? e->cloned : "");
    }
}

/* ---- the screen ---- */

static void take_draft(struct edit *e)
{
    int64_t saved = WHEN_NONE;
    struct str when = STR_INIT;
    size_t n = edit_draft_apply(app_session(e->app), &e->form, &saved);
    e->drafted = n > 0;
    if (edit_draft_elsewhere(app_session(e->app), &e->form)) {
        app_message(e->app, MESSAGE_WARNING,
                    "a form of another paddock is open on this account: this one begins from the "
                    "server's values");
        e->told = app_message_number(e->app);
    } else if (n) {
        when_clock(&when, saved, app_now_wall(e->app));
        app_message(e->app, MESSAGE_NOTE,
                    "%zu %s from the draft of %s; ^R takes a field back, Esc leaves", n,
                    n == 1 ? "field" : "fields", str_text(&when));
        e->told = app_message_number(e->app);
    }
    str_finish(&when);
}

/* Its draft is aside, so the form begins empty: said, since it looks like something lost. */
static void tell_open_create(struct app *app)
{
    struct writes *writes = app_session(app)->writes;
    const struct write *w;
    for (size_t at = 0; (w = writes_open_next(writes, &at)) != NULL;) {
        if (write_kind(w) == JOURNAL_CREATE)
            app_message(app, MESSAGE_WARNING,
                        "the create of %s is not settled yet; what was typed is kept until it is",
                        write_account_name(w));
    }
}

/* Beside the values that are known: those that accounts have. */
static void offer_words(struct edit *e)
{
    struct span words[FLEET_WORDS_MAX];
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (field_info((enum field)f)->type != FT_OPEN || !field_settable((enum field)f))
            continue;
        size_t n = fleet_words(app_session(e->app)->fleet, (enum field)f, words, ARRAY_LEN(words));
        edit_form_offer(&e->form, (enum field)f, words, n);
    }
}

static void *edit_open(struct app *app, const void *arg)
{
    const struct edit_arg *a = arg;
    struct session *s = app_session(app);
    struct edit *e = mem_calloc(1, sizeof *e);
    struct account from, base;
    struct error err;
    e->app = app;
    account_init(&from);
    account_init(&base);
    if (a->row != ROW_NONE && fleet_account(s->fleet, a->row, &from, &err))
        app_error(app, &err);
    bool draft = a->mode == EDIT_CHANGE && edit_draft_base(s, account_id(&from), &base);
    if (a->mode == EDIT_CLONE)
        e->cloned = span_dup(account_name(&from).len ? account_name(&from) : account_id(&from));
    edit_form_init(&e->form, a->mode, draft ? &base : &from, s->profile.ranges_warn);
    e->problem_at = FIELD_NONE;
    offer_words(e);
    e->form.seen = write_seen;
    e->form.seen_ctx = s->writes;
    account_finish(&from);
    account_finish(&base);
    textview_init(&e->preview, true);
    take_draft(e);
    if (a->mode == EDIT_CREATE)
        tell_open_create(app);
    refresh(e);
    e->editor = a->editor;
    if (a->editor)
        e->start = loop_timer_start(app_loop(app), 0, on_start, e);
    return e;
}

static void edit_close(void *self)
{
    struct edit *e = self;
    app_message_withdraw(e->app, e->told);
    loop_timer_stop(app_loop(e->app), e->start);
    edit_draft_leave(app_session(e->app), &e->form);
    edit_form_finish(&e->form);
    textview_finish(&e->preview);
    str_finish(&e->problems);
    mem_free(e->cloned);
    mem_free(e);
}

static const char *edit_context(const void *self)
{
    (void)self;
    return "form";
}

static bool edit_typing(const void *self)
{
    (void)self;
    return true;
}

static const int *edit_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_NEXT_FIELD, ACTION_REVIEW, ACTION_NEXT_ERROR, ACTION_REVERT,
                              ACTION_EDITOR,     ACTION_BACK,   ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops edit_screen = {
    .name = "form",
    .tab = "Accounts",
    .open = edit_open,
    .close = edit_close,
    .draw = edit_draw,
    .context = edit_context,
    .action = edit_action,
    .key = edit_key,
    .typing = edit_typing,
    .busy = edit_busy,
    .heading = edit_heading,
    .bar = edit_bar,
};
