/* plan.c: see plan.h.
 *
 * A plan is built in slices between other things. It is shown, agreed to by a typed word, and then
 * belongs to the session: closing the screen stops nothing, and opening it again shows it. */
#include "tui/screens/plan_private.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "plan/file.h"
#include "plan/names.h"
#include "plan/stored.h"
#include "tui/screens/ask.h"
#include "tui/screens/bulk.h"
#include "tui/screens/plan_how.h"
#include "tui/screens/prompt.h"
#include "tui/session_plan.h"

#include <stdio.h>
#include <string.h>

#define SLICE_MS   4    /* a quarter of a frame */
#define BUILD_SOME 16   /* accounts between two looks at the clock */
#define UNDO_SOME  16   /* entries */
#define NAMES_SOME 2000 /* names */

const struct plan *plan_view_plan(const struct plan_view *v)
{
    return v->live ? session_plan(app_session(v->app)) : v->plan;
}

const struct plan_item *plan_view_item(const struct plan_view *v, size_t row, uint32_t *index)
{
    const struct plan *plan = plan_view_plan(v);
    uint32_t i = v->failed_only && row < v->shown_count ? v->shown[row] : (uint32_t)row;
    if (!plan || i >= plan->count)
        return NULL;
    *index = i;
    return &plan->items[i];
}

bool plan_view_applying(const struct plan_view *v)
{
    return v->live && session_applying(app_session(v->app));
}

struct plan_options plan_view_how(const struct plan_view *v)
{
    struct plan_options how = v->how;
    if (plan_view_applying(v))
        return app_session(v->app)->run_how;
    /* As it was begun, also by an earlier console; a canary that was decided about is not asked for
     * twice. */
    if (!v->how_chosen && plan_view_plan(v))
        plan_options_parse(&how, span_of(plan_view_plan(v)->head.how));
    return how;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Before it is applied: what wants a look. After: what was not done; while it is, what waits is not
 * late yet. */
static bool is_problem(const struct plan_view *v, const struct plan_item *item)
{
    switch (item->state) {
    case PLAN_FAILED:
    case PLAN_UNKNOWN:
    case PLAN_STALE:
    case PLAN_DIFFERENT:
    case PLAN_BLOCKED:
    case PLAN_RELEASED:
    case PLAN_SKIPPED:
        return true;
    case PLAN_WAITING:
        return v->live ? !plan_view_applying(v) : item->warning_count || item->note.len;
    default:
        return false;
    }
}

void plan_view_update(struct plan_view *v)
{
    const struct plan *plan = plan_view_plan(v);
    size_t cursor = 0;
    table_cursor(&v->table, &cursor);
    v->shown_count = 0;
    if (v->failed_only && plan) {
        mem_free(v->shown);
        v->shown = mem_calloc(plan->count + 1, sizeof *v->shown);
        for (uint32_t i = 0; i < plan->count; i++)
            if (is_problem(v, &plan->items[i]))
                v->shown[v->shown_count++] = i;
    }
    if (v->live)
        session_plan_see(app_session(v->app));
    size_t rows = !plan ? 0 : v->failed_only ? v->shown_count : plan->count;
    table_set_rows(&v->table, rows, cursor < rows ? cursor : 0);
    app_dirty(v->app);
}

/* One that was begun is in the state directory, and stays there. */
static bool is_unapplied(const struct plan_view *v)
{
    return v->plan && plan_left(v->plan) && !v->plan->stored;
}

/* Looked at and agreed on, perhaps for an hour: leaving loses nothing. */
static void keep(struct plan_view *v)
{
    struct session *s = app_session(v->app);
    if (s->reviewed == v->plan)
        s->reviewed = NULL;
    if (!is_unapplied(v))
        return;
    if (!v->edits)
        app_message(v->app, MESSAGE_NOTE, "plan %s is kept, not applied; :resume shows it again",
                    v->plan->head.id);
    session_plan_keep(s, v->plan, v->bulk, bulk_unref);
    v->plan = NULL;
    v->bulk = NULL;
}

void plan_view_there(struct plan_view *v)
{
    v->again = v->plan ? session_plan_again(app_session(v->app), v->plan) : 0;
    if (is_unapplied(v))
        app_session(v->app)->reviewed = v->plan;
    plan_draw_columns(v);
    plan_view_update(v);
}

static int64_t slice_end(const struct plan_view *v)
{
    return clock_mono(loop_clock(app_loop(v->app))) + SLICE_MS;
}

static bool slice_over(const struct plan_view *v, int64_t end)
{
    return clock_mono(loop_clock(app_loop(v->app))) >= end;
}

/* What is created again under a name that is taken gets a free one: the names of all accounts are
 * read for it. True when there are more. */
static bool read_names(struct plan_view *v, int64_t end)
{
    const struct fleet *fleet = app_session(v->app)->fleet;
    bool more = plan_names_wanted(v->taken);
    if (more && !v->names)
        v->names = plan_names_create();
    while (more && !slice_over(v, end))
        more = plan_names_read(v->names, fleet, NAMES_SOME);
    if (more)
        return true;
    if (v->names)
        plan_names_give(v->taken, v->names, fleet);
    plan_names_destroy(v->names);
    v->names = NULL;
    return false;
}

/* Who is left enabled by what takes a plan back; true when there are more to count. */
static bool count_left(struct plan_view *v, int64_t end)
{
    const struct session *s = app_session(v->app);
    bool more = true;
    if (!v->blast && (session_partial(s) || !plan_count_left(v->taken->offs))) {
        plan_blast_all(v->taken, s->fleet, false);
        return false;
    }
    if (!v->blast)
        v->blast = plan_blast_create(v->taken, s->fleet);
    while (more && !slice_over(v, end))
        more = plan_blast_step(v->blast, NAMES_SOME);
    return more;
}

static enum status read_undo(struct plan_view *v, int64_t end, bool *more, struct error *err)
{
    enum status st = ST_OK;
    for (*more = true; st == ST_OK && *more && !slice_over(v, end);)
        st = plan_undo_step(v->undo, UNDO_SOME, more, err);
    if (st == ST_OK && *more)
        return ST_OK;
    *more = false;
    v->taken = st == ST_OK ? plan_undo_take(v->undo) : NULL;
    return st;
}

static void on_undo(void *ctx)
{
    struct plan_view *v = ctx;
    struct error err;
    bool more = false;
    int64_t end = slice_end(v);
    enum status st = ST_OK;
    v->timer = 0;
    app_dirty(v->app);
    if (!v->taken)
        st = read_undo(v, end, &more, &err);
    if (st == ST_OK && !more && !v->blast)
        more = read_names(v, end);
    if (st == ST_OK && !more)
        more = count_left(v, end);
    if (st == ST_OK && more) {
        v->timer = loop_timer_start(app_loop(v->app), 0, on_undo, v);
        return;
    }
    plan_undo_destroy(v->undo);
    v->undo = NULL;
    plan_blast_destroy(v->blast);
    v->blast = NULL;
    v->plan = v->taken;
    v->taken = NULL;
    if (v->plan) {
        plan_view_there(v);
        return;
    }
    app_error(v->app, &err);
    app_close_screen(v->app, v);
}

static void on_build(void *ctx)
{
    struct plan_view *v = ctx;
    struct error err;
    int64_t end = slice_end(v);
    bool more = true;
    v->timer = 0;
    while (more && !slice_over(v, end))
        more = plan_build_step(v->build, BUILD_SOME);
    if (more) {
        v->timer = loop_timer_start(app_loop(v->app), 0, on_build, v);
        app_dirty(v->app);
        return;
    }
    v->plan = plan_build_take(v->build, &err);
    plan_build_destroy(v->build);
    v->build = NULL;
    if (!v->plan) {
        app_error(v->app, &err);
        app_close_screen(v->app, v);
        return;
    }
    plan_view_there(v);
}

/* ---- other keys ----------------------------------------------------------------------------- */

static bool save_to(void *ctx, struct span text, struct error *err)
{
    struct plan_view *v = ctx;
    char *path = span_dup(text);
    bool saved = false;
    if (text.len == 0)
        error_set(err, ST_USAGE, "type the name of a file");
    else if (fd_is_special(path)) /* its reader may never come, and nothing else would go on */
        error_set(err, ST_IO, "%s is no regular file", path);
    else
        saved = plan_file_write(plan_view_plan(v), path, err) == ST_OK;
    if (saved)
        app_message(v->app, MESSAGE_GOOD, "saved as %s; paddock apply %s applies it", path, path);
    mem_free(path);
    return saved;
}

static unsigned do_save(void *self, enum action_id action)
{
    struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    char name[PLAN_ID_ROOM + 16];
    (void)action;
    if (!plan)
        return EFFECT_HANDLED;
    snprintf(name, sizeof name, "plan-%s.json", plan->head.id);
    const struct prompt_arg arg = {.title = "Save the plan as",
                                   .hint = "for a colleague to review, and for paddock apply",
                                   .text = span_of(name),
                                   .accept = save_to,
                                   .ctx = v};
    app_push(v->app, &prompt_screen, &arg);
    return EFFECT_REDRAW;
}

static bool take_reason(void *ctx, struct span text, struct error *err)
{
    struct plan_view *v = ctx;
    if (journal_reason_check(text, err))
        return false;
    if (v->plan)
        snprintf(v->plan->head.reason, sizeof v->plan->head.reason, "%.*s", (int)text.len,
                 text.len ? text.p : "");
    return true;
}

static unsigned do_reason(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (!v->plan) {
        app_message(v->app, MESSAGE_NOTE, "the journal has its reason by now");
        return EFFECT_REDRAW;
    }
    const struct prompt_arg arg = {.title = "Why is it done?",
                                   .hint = "It goes into the journal with every write.",
                                   .text = span_of(v->plan->head.reason),
                                   .accept = take_reason,
                                   .ctx = v};
    app_push(v->app, &prompt_screen, &arg);
    return EFFECT_REDRAW;
}

static unsigned do_edit(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (!v->bulk || v->live)
        return plan_rename_begin(v);
    struct bulk *bulk = bulk_ref(v->bulk);
    v->edits = true;
    app_close_screen(v->app, v);
    bulk_more(bulk);
    bulk_unref(bulk);
    return EFFECT_HANDLED;
}

static unsigned do_undo(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (!v->live || plan_view_applying(v) || !plan_view_plan(v)) {
        app_message(v->app, MESSAGE_NOTE, "there is nothing to undo yet");
        return EFFECT_REDRAW;
    }
    struct app *app = v->app;
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan_view_plan(v)->head.id);
    app_close_screen(app, v);
    plan_undo_review(app, id);
    return EFFECT_HANDLED;
}

/* All rows, or the problems. */
static unsigned do_problems(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    v->failed_only = !v->failed_only;
    plan_view_update(v);
    const struct plan *plan = plan_view_plan(v);
    if (plan && v->failed_only)
        app_message(v->app, MESSAGE_NOTE,
                    "%s of %s shown: a warning, skipped or not done; ! shows all",
                    QUANTITY(v->shown_count), QUANTITY(plan->count));
    else
        app_message(v->app, MESSAGE_NOTE, "all items are shown");
    return EFFECT_REDRAW;
}

/* `r`: where the cursor is on a write that is not settled, that one. */
static unsigned do_again(void *self, enum action_id action)
{
    return plan_at_unsettled(self) ? plan_do_look_after(self, ACTION_LOOK_AGAIN)
                                   : plan_stale_begin(self, action);
}

static unsigned do_back(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    const struct plan *plan = plan_view_plan(v);
    if (plan_view_applying(v))
        app_message(v->app, MESSAGE_NOTE, "%s; b shows it", plan_view_going_words(v));
    else if (v->live && plan && plan_left(plan))
        app_message(v->app, MESSAGE_NOTE, "%s change%s of the plan left; :resume shows it again",
                    QUANTITY(plan_left(plan)), plan_left(plan) == 1 ? "" : "s");
    else if (v->build || v->undo)
        app_message(v->app, MESSAGE_NOTE, "left while it was being made; nothing was changed");
    return EFFECT_CLOSE;
}

static const struct screen_handler handlers[] = {
    {ACTION_APPLY, plan_do_apply},
    {ACTION_PLAN_PAUSE, plan_do_pause},
    {ACTION_PAUSE, plan_do_pause}, /* of somebody's own keys.cfg */
    {ACTION_PLAN_UNDO, do_undo},
    {ACTION_CANCEL, plan_do_stop},
    {ACTION_PLAN_STOP, plan_do_stop},
    {ACTION_PLAN_EDIT, do_edit},
    {ACTION_PLAN_STALE, do_again},
    {ACTION_HOW, plan_do_how},
    {ACTION_SAVE_PLAN, do_save},
    {ACTION_REASON, do_reason},
    {ACTION_EDIT_AGAIN, do_edit},
    {ACTION_UNDO, do_undo},
    {ACTION_FAILED, do_problems},
    {ACTION_OPEN, plan_do_open},
    {ACTION_BACK, do_back},
    {ACTION_CLOSE, do_back},
    {ACTION_LOOK_AGAIN, plan_do_look_after},
    {ACTION_SEND_AGAIN, plan_do_look_after},
    {ACTION_RELEASE, plan_do_look_after},
    {ACTION_ADOPT, plan_do_look_after},
    {ACTION_NONE, NULL},
};

static unsigned plan_action(void *self, enum action_id action)
{
    struct plan_view *v = self;
    enum move move;
    unsigned effect = screen_dispatch(handlers, self, action);
    if (effect == EFFECT_NONE && keymap_move(action, &move)) {
        table_move(&v->table, move);
        return EFFECT_REDRAW;
    }
    return effect;
}

/* ---- the screen ----------------------------------------------------------------------------- */

static void *plan_open(struct app *app, const void *arg)
{
    const struct plan_arg *a = arg;
    struct plan_view *v = mem_calloc(1, sizeof *v);
    const struct table_source source = {plan_draw_cell, NULL, NULL, v};
    v->app = app;
    v->build = a->build;
    v->plan = a->plan;
    v->undo = a->undo;
    v->live = !a->build && !a->undo && !a->plan;
    v->bulk = a->bulk ? bulk_ref(a->bulk) : NULL;
    session_plan_supersede(app_session(app), v->bulk);
    v->build_total = a->bulk ? bulk_count(a->bulk) : 0;
    plan_options_init(&v->how);
    v->bar = mem_calloc(PLAN_KEYS, sizeof *v->bar);
    table_init(&v->table, &source);
    arena_init(&v->row.mem);
    plan_draw_columns(v);
    if (v->build)
        v->timer = loop_timer_start(app_loop(app), 0, on_build, v);
    else if (v->undo)
        v->timer = loop_timer_start(app_loop(app), 0, on_undo, v);
    else
        plan_view_there(v);
    return v;
}

static void plan_close(void *self)
{
    struct plan_view *v = self;
    plan_stale_cancel(v);
    loop_timer_stop(app_loop(v->app), v->timer);
    keep(v);
    plan_build_destroy(v->build);
    plan_undo_destroy(v->undo);
    plan_destroy(v->taken);
    plan_destroy(v->plan);
    bulk_unref(v->bulk);
    table_finish(&v->table);
    mem_free(v->shown);
    plan_blast_destroy(v->blast);
    plan_names_destroy(v->created);
    plan_names_destroy(v->names);
    arena_finish(&v->row.mem);
    mem_free(v->bar);
    mem_free(v);
}

static const char *plan_context(const void *self)
{
    (void)self;
    return "plan";
}

static unsigned plan_news(void *self, enum news news)
{
    struct plan_view *v = self;
    if (news == NEWS_PLAN)
        return v->live ? EFFECT_CLOSE : EFFECT_NONE;
    if (news == NEWS_WRITE && v->live)
        plan_view_update(v);
    return v->live || news == NEWS_TICK ? EFFECT_REDRAW : EFFECT_NONE;
}

const struct screen_ops plan_screen = {
    .name = "plan",
    .tab = "Accounts",
    .open = plan_open,
    .close = plan_close,
    .draw = plan_draw,
    .context = plan_context,
    .action = plan_action,
    .news = plan_news,
    .heading = plan_heading,
    .bar = plan_bar,
    .label = plan_label,
};
