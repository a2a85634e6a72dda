/* plan.c: see plan.h.
 *
 * A plan is built in slices between other things. It is shown, agreed to by a typed word, and then
 * belongs to the session: closing the screen stops nothing, and opening it again shows it. */
#include "tui/screens/plan_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/file.h"
#include "plan/stored.h"
#include "tui/screens/ask.h"
#include "tui/screens/bulk.h"
#include "tui/screens/plan_how.h"
#include "tui/screens/plan_item.h"
#include "tui/screens/prompt.h"
#include "tui/session_plan.h"

#include <stdio.h>
#include <string.h>

#define BUILD_BUDGET 200 /* accounts a turn: about 2 ms */

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

static bool applying(const struct plan_view *v)
{
    return v->live && session_applying(app_session(v->app));
}

struct plan_options plan_view_how(const struct plan_view *v)
{
    struct plan_options how = v->how;
    if (applying(v))
        return app_session(v->app)->run_how;
    /* A canary that was decided about is not asked for twice. */
    if (v->live && !v->how_chosen)
        plan_options_parse(&how, span_of(plan_view_plan(v)->head.how));
    return how;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static bool not_done(enum plan_item_state state)
{
    return state == PLAN_FAILED || state == PLAN_UNKNOWN || state == PLAN_STALE ||
           state == PLAN_DIFFERENT;
}

static void update(struct plan_view *v)
{
    const struct plan *plan = plan_view_plan(v);
    size_t cursor = 0;
    table_cursor(&v->table, &cursor);
    v->shown_count = 0;
    if (v->failed_only && plan) {
        mem_free(v->shown);
        v->shown = mem_calloc(plan->count + 1, sizeof *v->shown);
        for (uint32_t i = 0; i < plan->count; i++)
            if (not_done(plan->items[i].state))
                v->shown[v->shown_count++] = i;
    }
    size_t rows = !plan ? 0 : v->failed_only ? v->shown_count : plan->count;
    table_set_rows(&v->table, rows, cursor < rows ? cursor : 0);
    app_dirty(v->app);
}

static void there(struct plan_view *v)
{
    plan_draw_columns(v);
    update(v);
}

static void on_build(void *ctx)
{
    struct plan_view *v = ctx;
    struct error err;
    v->timer = 0;
    if (plan_build_step(v->build, BUILD_BUDGET)) {
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
    there(v);
}

/* ---- applying ------------------------------------------------------------------------------- */

static void apply_fill(void *ctx, struct dialog *d)
{
    struct plan_view *v = ctx;
    const struct session *s = app_session(v->app);
    const struct plan *plan = plan_view_plan(v);
    struct str word = STR_INIT;
    plan_confirm_word(plan, s->profile.label, &word);
    const char *profile = s->profile.name;
    dialog_line(d, ROLE_TEXT, "%u change%s to %s%sorganisation %s, host %s.",
                (unsigned)plan_left(plan), plan_left(plan) == 1 ? "" : "s", profile,
                profile[0] ? ", " : "", s->profile.org, api_host(s->api));
    if (plan->kinds[JOURNAL_DELETE])
        dialog_line(d, ROLE_DANGER, "%u account%s deleted.", (unsigned)plan->kinds[JOURNAL_DELETE],
                    plan->kinds[JOURNAL_DELETE] == 1 ? " is" : "s are");
    struct str words = STR_INIT;
    const struct plan_options how = plan_view_how(v);
    plan_options_words(&how, &words);
    dialog_line(d, ROLE_TEXT, "How: %s.", str_text(&words));
    str_finish(&words);
    if (plan->warned)
        dialog_line(d, ROLE_WARNING, "%u with a warning.", (unsigned)plan->warned);
    dialog_button(d, "Apply");
    dialog_ask_word(d, str_text(&word));
    str_finish(&word);
}

static void begin(struct plan_view *v, struct plan *plan, const struct plan_options *how)
{
    struct error err;
    if (session_apply(app_session(v->app), plan, how, &err)) {
        app_error(v->app, &err);
        app_close_screen(v->app, v);
        return;
    }
    v->live = true;
    v->how_chosen = false;
    v->failed_only = false;
    update(v);
}

/* What is over is taken up again from the store, where its states are. */
static void resume(struct plan_view *v)
{
    struct session *s = app_session(v->app);
    struct plan *plan = NULL;
    struct error err;
    const struct plan_options how = plan_view_how(v);
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan_view_plan(v)->head.id);
    session_plans_close(s);
    if (plan_load(s->plans, s->journal, id, &plan, &err)) {
        app_error(v->app, &err);
        app_close_screen(v->app, v);
    } else {
        begin(v, plan, &how);
    }
}

static void apply_answer(void *ctx, int button)
{
    struct plan_view *v = ctx;
    if (button != 1 || applying(v))
        return;
    if (v->live) {
        resume(v);
    } else {
        struct plan *plan = v->plan;
        v->plan = NULL;
        begin(v, plan, &v->how);
    }
}

/* ---- the canary's wait ---------------------------------------------------------------------- */

static bool waits_for_canary(const struct plan_view *v)
{
    struct plan_progress p;
    if (!applying(v))
        return false;
    plan_run_progress(app_session(v->app)->run, &p);
    return p.state == PLAN_RUN_CANARY;
}

static void canary_fill(void *ctx, struct dialog *d)
{
    struct plan_view *v = ctx;
    const struct plan *plan = plan_view_plan(v);
    struct plan_progress p;
    struct str word = STR_INIT;
    plan_run_progress(app_session(v->app)->run, &p);
    plan_confirm_word(plan, app_session(v->app)->profile.label, &word);
    dialog_line(d, p.healthy < p.canaries ? ROLE_WARNING : ROLE_TEXT,
                "%u of the first %u %s a good health check since.", (unsigned)p.healthy,
                (unsigned)p.canaries, p.healthy == 1 ? "has" : "have");
    dialog_line(d, ROLE_TEXT, "%u change%s left.", (unsigned)plan_left(plan),
                plan_left(plan) == 1 ? " is" : "s are");
    dialog_button(d, "Go on");
    dialog_ask_word(d, str_text(&word));
    str_finish(&word);
}

static void canary_answer(void *ctx, int button)
{
    struct plan_view *v = ctx;
    if (button == 1 && waits_for_canary(v))
        plan_run_go_on(app_session(v->app)->run);
}

static unsigned go_on_now(struct plan_view *v)
{
    const struct ask_arg arg = {
        .title = "Go on now?", .fill = canary_fill, .answer = canary_answer, .ctx = v};
    if (app_may_write(v->app))
        app_push(v->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

static void take_how(void *ctx, const struct plan_options *how)
{
    struct plan_view *v = ctx;
    v->how = *how;
    v->how_chosen = true;
}

static unsigned do_how(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (applying(v)) {
        app_message(v->app, MESSAGE_NOTE,
                    "it is being applied so; ^C stops it, and A goes on as o says");
        return EFFECT_REDRAW;
    }
    const struct plan_options now = plan_view_how(v);
    const struct plan_how_arg arg = {.now = &now, .taken = take_how, .ctx = v};
    app_push(v->app, &plan_how_screen, &arg);
    return EFFECT_REDRAW;
}

static unsigned do_apply(void *self, enum action_id action)
{
    struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    (void)action;
    if (waits_for_canary(v))
        return go_on_now(v);
    if (!plan || applying(v)) {
        app_message(v->app, MESSAGE_NOTE,
                    plan ? "it is being applied" : "the plan is not there yet");
        return EFFECT_REDRAW;
    }
    if (!app_may_write(v->app))
        return EFFECT_REDRAW;
    if (!plan_left(plan)) {
        app_message(v->app, MESSAGE_NOTE, "nothing is left to send");
        return EFFECT_REDRAW;
    }
    const struct ask_arg arg = {
        .title = "Apply the plan?", .fill = apply_fill, .answer = apply_answer, .ctx = v};
    app_push(v->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

static unsigned do_pause(void *self, enum action_id action)
{
    struct plan_view *v = self;
    struct session *s = app_session(v->app);
    struct plan_progress p;
    (void)action;
    if (!applying(v))
        return EFFECT_NONE;
    plan_run_progress(s->run, &p);
    if (p.state != PLAN_RUN_PAUSED && p.state != PLAN_RUN_GOING) {
        app_message(v->app, MESSAGE_NOTE, "%s",
                    p.state == PLAN_RUN_CANARY ? "it waits by itself; A goes on now, ^C stops"
                                               : "nothing new is being sent");
        return EFFECT_REDRAW;
    }
    if (p.state == PLAN_RUN_PAUSED)
        plan_run_go_on(s->run);
    else
        plan_run_pause(s->run);
    app_message(v->app, MESSAGE_NOTE, "%s",
                p.state == PLAN_RUN_PAUSED ? "the plan goes on"
                                           : "paused: nothing new is sent; Z goes on");
    return EFFECT_REDRAW;
}

static unsigned do_stop(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (!applying(v))
        return EFFECT_NONE;
    plan_run_stop(app_session(v->app)->run);
    app_message(v->app, MESSAGE_NOTE, "stopping after those in flight; A goes on with the rest");
    return EFFECT_REDRAW;
}

/* ---- other keys ----------------------------------------------------------------------------- */

static bool save_to(void *ctx, struct span text, struct error *err)
{
    struct plan_view *v = ctx;
    char *path = span_dup(text);
    bool saved = text.len > 0 && plan_file_write(plan_view_plan(v), path, err) == ST_OK;
    if (text.len == 0)
        error_set(err, ST_USAGE, "type the name of a file");
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
        return EFFECT_HANDLED;
    struct bulk *bulk = bulk_ref(v->bulk);
    app_close_screen(v->app, v);
    bulk_more(bulk);
    bulk_unref(bulk);
    return EFFECT_HANDLED;
}

static unsigned do_undo(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (!v->live || applying(v)) {
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

/* All rows, or those that were not done. */
static unsigned do_problems(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    v->failed_only = !v->failed_only;
    update(v);
    return EFFECT_REDRAW;
}

/* Enter: everything about one account; it never applies anything. */
static unsigned do_open(void *self, enum action_id action)
{
    struct plan_view *v = self;
    size_t row;
    uint32_t index;
    (void)action;
    if (table_cursor(&v->table, &row) && plan_view_item(v, row, &index)) {
        const struct plan_item_arg arg = {plan_view_plan(v), index};
        app_push(v->app, &plan_item_screen, &arg);
    }
    return EFFECT_REDRAW;
}

static unsigned do_back(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (applying(v))
        app_message(v->app, MESSAGE_NOTE, "the plan goes on; b shows it");
    return EFFECT_CLOSE;
}

static const struct screen_handler handlers[] = {
    {ACTION_APPLY, do_apply},     {ACTION_PAUSE, do_pause},    {ACTION_CANCEL, do_stop},
    {ACTION_HOW, do_how},         {ACTION_SAVE_PLAN, do_save}, {ACTION_REASON, do_reason},
    {ACTION_EDIT_AGAIN, do_edit}, {ACTION_UNDO, do_undo},      {ACTION_FAILED, do_problems},
    {ACTION_OPEN, do_open},       {ACTION_BACK, do_back},      {ACTION_CLOSE, do_back},
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
    v->live = !a->build && !a->plan;
    v->bulk = a->bulk ? bulk_ref(a->bulk) : NULL;
    v->build_total = a->bulk ? bulk_count(a->bulk) : 0;
    plan_options_init(&v->how);
    table_init(&v->table, &source);
    plan_draw_columns(v);
    if (v->build)
        v->timer = loop_timer_start(app_loop(app), 0, on_build, v);
    else
        there(v);
    return v;
}

static void plan_close(void *self)
{
    struct plan_view *v = self;
    loop_timer_stop(app_loop(v->app), v->timer);
    plan_build_destroy(v->build);
    plan_destroy(v->plan);
    bulk_unref(v->bulk);
    table_finish(&v->table);
    mem_free(v->shown);
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
    if (news == NEWS_WRITE && v->live)
        update(v);
    return v->live || news == NEWS_TICK ? EFFECT_REDRAW : EFFECT_NONE;
}

static void plan_heading(const void *self, struct str *out)
{
    const struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    if (!plan)
        str_add(out, "Plan");
    else
        str_printf(out, "Plan %s", plan->head.id);
}

static const int *plan_bar(const void *self, size_t *count)
{
    static const int review[] = {ACTION_APPLY,     ACTION_HOW,    ACTION_OPEN, ACTION_EDIT_AGAIN,
                                 ACTION_SAVE_PLAN, ACTION_REASON, ACTION_BACK, ACTION_HELP};
    static const int canary[] = {ACTION_APPLY, ACTION_CANCEL, ACTION_BACK, ACTION_HELP};
    static const int going[] = {ACTION_PAUSE, ACTION_CANCEL, ACTION_BACK, ACTION_HELP};
    static const int over[] = {ACTION_UNDO,      ACTION_APPLY, ACTION_FAILED, ACTION_HOW,
                               ACTION_SAVE_PLAN, ACTION_BACK,  ACTION_HELP};
    const struct plan_view *v = self;
    if (waits_for_canary(v)) {
        *count = ARRAY_LEN(canary);
        return canary;
    }
    const int *bar = !v->live ? review : applying(v) ? going : over;
    *count = !v->live ? ARRAY_LEN(review) : applying(v) ? ARRAY_LEN(going) : ARRAY_LEN(over);
    return bar;
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
};
