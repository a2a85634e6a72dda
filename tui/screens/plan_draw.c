/* plan_draw.c: what is seen of a plan around its table (plan_cells.c): what is done to whom, which
 * fields change, totals over the fleet, and how it will go or goes. */
#include "tui/screens/plan_private.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "plan/text.h"
#include "tui/screens/bulk.h"
#include "tui/widgets/gauge.h"

#include <stdlib.h>
#include <string.h>

#define ADVICE_MAX  3 /* rows for why a plan stopped */
#define TABLE_LEAST 4 /* rows of the table, its header with them, before the rest */
#define FIELDS_MAX  3 /* rows for which fields it changes */

/* ---- above and below the table -------------------------------------------------------------- */

/* "8 fields change (l: more columns, Enter: one account whole): quota.tokens, ...": what does not
 * fit beside the names is named before it is agreed to. One field has its column. */
static bool fields_words(const struct plan_view *v, struct str *out)
{
    if (v->field_count < 2)
        return false;
    str_printf(out, "%zu fields change%s: ", v->field_count,
               v->all_fit ? "" : " (h, l: more columns; Enter: one account whole)");
    for (size_t i = 0; i < v->field_count; i++)
        str_printf(out, "%s%s", i ? ", " : "", field_info(v->fields[i])->key);
    return true;
}

/* Returns the row after it. */
static int draw_fields(const struct plan_view *v, const struct canvas *c, int y)
{
    struct str text = STR_INIT;
    struct canvas part = canvas_part(c, y, 0, FIELDS_MAX, c->cols);
    int lines = 0;
    if (fields_words(v, &text))
        lines = draw_paragraph(&part, 0, 1, ROLE_TEXT, span_from(&text), c->cols - 2);
    if (lines > FIELDS_MAX)
        draw_glyph(c, y + FIELDS_MAX - 1, c->cols - 1, ROLE_TEXT, GLYPH_ELLIPSIS);
    str_finish(&text);
    return y + (lines < FIELDS_MAX ? lines : FIELDS_MAX);
}

/* Returns the row after it. */
static int draw_head(const struct plan_view *v, const struct plan *plan, const struct canvas *c)
{
    struct str text = STR_INIT;
    draw_own(c, 0, 1, ROLE_TITLE, "DO", 4, TEXT_LEFT);
    draw_text(c, 0, 6, ROLE_STRONG, span_of(plan->head.title), c->cols - 7, TEXT_LEFT);
    draw_own(c, 1, 1, ROLE_TITLE, "FOR", 4, TEXT_LEFT);
    quantity_full(&text, plan->count);
    str_add(&text, plan->count == 1 ? " account" : " accounts");
    if (v->bulk && bulk_hidden(v->bulk))
        str_printf(&text, ", %s hidden by the filter", QUANTITY(bulk_hidden(v->bulk)));
    str_add(&text, ", frozen ");
    when_clock(&text, plan->head.made_wall_ms, app_now_wall(v->app));
    if (plan->head.of[0])
        str_printf(&text, "; takes back plan %s", plan->head.of);
    if (plan->head.reason[0])
        str_printf(&text, "; reason: %s", plan->head.reason);
    draw_text(c, 1, 6, ROLE_TEXT, span_from(&text), c->cols - 7, TEXT_LEFT);
    str_clear(&text);
    bool again = plan_view_again_words(v, &text);
    if (again)
        draw_text(c, 2, 6, ROLE_WARNING, span_from(&text), c->cols - 7, TEXT_LEFT);
    str_finish(&text);
    int end = draw_fields(v, c, again ? 3 : 2);
    return end > 3 ? end : 3;
}

/* The lines of a text; returns how many were drawn. */
static int draw_lines(const struct canvas *c, int y, int room, enum role role, const char *text)
{
    int n = 0;
    while (*text && n < room) {
        size_t len = strcspn(text, "\n");
        draw_text(c, y + n++, 1, role, (struct span){text, len}, c->cols - 2, TEXT_LEFT);
        text += len + (text[len] == '\n');
    }
    return n;
}

/* Of whom nobody enabled is left, to who reads it on a small screen in one line. */
static void blast_words(const struct plan *plan, const struct canvas *c, struct str *out)
{
    const struct plan_text_options options = {.safe = c->draw->ascii ? TEXT_ASCII : 0};
    struct str words = STR_INIT;
    if (c->rows <= 24)
        plan_text_last(plan, &words);
    if (words.len) {
        str_add(out, "! ");
        text_safe(out, str_text(&words), words.len, options.safe);
        str_add_char(out, '\n');
    } else {
        plan_text_blast(plan, &options, out);
    }
    str_finish(&words);
}

static int blast_rows(const struct plan *plan, const struct canvas *c)
{
    struct str text = STR_INIT;
    int n = 0;
    blast_words(plan, c, &text);
    for (size_t i = 0; i < text.len; i++)
        n += text.data[i] == '\n';
    str_finish(&text);
    return n;
}

/* Returns how many lines were drawn; c is the whole screen. */
static int draw_blast(const struct plan *plan, const struct canvas *c, int y, int room)
{
    struct str text = STR_INIT;
    blast_words(plan, c, &text);
    int n = draw_lines(c, y, room, ROLE_WARNING, str_text(&text));
    str_finish(&text);
    return n;
}

static int draw_totals(const struct plan *plan, const struct canvas *c, int y, int room)
{
    const struct plan_text_options options = {.safe = c->draw->ascii ? TEXT_ASCII : 0};
    struct str text = STR_INIT;
    plan_text_totals(plan, &options, &text);
    int n = draw_lines(c, y, room, ROLE_STRONG, str_text(&text));
    str_finish(&text);
    return n;
}

/* "HOW   one by one until one is applied, then 4 at a time" */
static void draw_way(const struct plan_options *how, const char *more, const struct canvas *c,
                     int y)
{
    struct str text = STR_INIT;
    str_add(&text, "HOW   ");
    plan_options_words(how, &text);
    str_add(&text, more);
    draw_text(c, y, 1, ROLE_DIM, span_from(&text), c->cols - 2, TEXT_LEFT);
    str_finish(&text);
}

/* rows: those of the four that there is room for, the last ones. */
static void draw_how(const struct plan_view *v, const struct plan *plan, const struct canvas *whole,
                     int y, int rows)
{
    const struct canvas part = canvas_part(whole, y + 4 - rows, 0, rows, whole->cols), *c = &part;
    y = rows - 4;
    const char *label = app_session(v->app)->profile.label;
    const struct plan_options how = plan_view_how(v);
    int64_t errors = how.v[PLAN_OPT_MAX_ERRORS];
    struct str word = STR_INIT, task = STR_INIT;
    draw_way(&how, "; o changes it", c, y);
    str_printf(&task, "FAIL  stops after %lld error%s; A, :resume or paddock apply %s goes on",
               (long long)errors, errors == 1 ? "" : "s", plan->head.id);
    app_hint(v->app, str_text(&task), &word);
    draw_text(c, y + 1, 1, ROLE_DIM, span_from(&word), c->cols - 2, TEXT_LEFT);
    str_clear(&task);
    str_clear(&word);
    draw_printf(c, y + 2, 1, plan_deletes(plan) ? ROLE_WARNING : ROLE_DIM, "UNDO  %s",
                plan_deletes(plan)
                    ? "u creates deleted accounts again, with NEW ids; old ones stay gone"
                    : "the inverse is saved first; u takes back what has not changed since");
    plan_confirm_word(plan, label, false, &word);
    plan_task_words(plan, &task);
    if (plan_left(plan) && c->cols < 60)
        draw_printf(c, y + 3, 1, ROLE_STRONG, "A, then type %s", str_text(&word));
    else if (plan_left(plan))
        draw_printf(c, y + 3, 1, ROLE_STRONG, "A and the typed %s %s %s",
                    plan_is_dangerous(plan) ? "words" : "word", str_text(&word), str_text(&task));
    else if (plan->states[PLAN_UNKNOWN])
        draw_printf(c, y + 3, 1, ROLE_STRONG,
                    "nothing is left to send; Enter on an unknown one looks after it");
    else
        draw_printf(c, y + 3, 1, ROLE_STRONG, "nothing to change");
    str_finish(&word);
    str_finish(&task);
}

static const char *state_word(const struct plan_progress *p)
{
    static const char *const words[] = {[PLAN_RUN_SAVING] = "saving the plan and its inverse",
                                        [PLAN_RUN_GOING] = "applying",
                                        [PLAN_RUN_PAUSED] = "PAUSED, Z goes on",
                                        [PLAN_RUN_CANARY] = "CANARY, A goes on now, ^C stops",
                                        [PLAN_RUN_STOPPING] = "stopping",
                                        [PLAN_RUN_OVER] = "ended"};
    return words[p->state];
}

static void add_reading(const struct plan_view *v, struct str *out)
{
    uint32_t done, total;
    plan_refresh_progress(v->refresh, &done, &total);
    str_printf(out, "reading the stale ones again: %u of %u; ^C leaves them", (unsigned)done,
               (unsigned)total);
}

/* After its end, which nothing stopped: the keys that go on from there. What was found to be so
 * already is not ours to take back. */
static void add_after(const struct plan *plan, const struct plan_progress *p, struct str *out)
{
    const uint32_t *s = plan->states;
    bool stale = p->stale && !plan->head.linked, left = plan_left(plan);
    if (stale)
        str_add(out, "r plans the stale ones again");
    if (left)
        str_printf(out, "%sA goes on%s", out->len ? ", " : "", stale ? "" : " with what is left");
    if (s[PLAN_APPLIED] + s[PLAN_DIFFERENT] + s[PLAN_UNKNOWN])
        str_printf(out, "%su takes %s", out->len ? ", " : "",
                   stale && !left ? "back what was done" : "it back");
    if (p->unknown > p->elsewhere)
        str_printf(out, "%sEnter on an unknown one: look again, send again, give up",
                   out->len ? "; " : "");
}

/* What stopped it, or what comes next; made safe. */
static void progress_advice(const struct plan_view *v, const struct plan *plan, bool ascii,
                            struct str *out)
{
    struct session *s = app_session(v->app);
    struct str text = STR_INIT;
    struct plan_progress p;
    plan_run_progress(s->run, &p);
    const struct error *why = plan_run_error(s->run);
    /* What comes next is said once the key for it is taken. */
    bool next = p.state == PLAN_RUN_OVER && why->next[0];
    if (why->status)
        str_printf(&text, "%s%s%s", why->what, next ? "; " : "", next ? why->next : "");
    else if (v->refresh)
        add_reading(v, &text);
    else if (p.state == PLAN_RUN_OVER)
        add_after(plan, &p, &text);
    struct str words = STR_INIT;
    app_hint(v->app, str_text(&text), &words);
    text_safe(out, str_text(&words), words.len, ascii ? TEXT_ASCII : 0);
    str_finish(&words);
    str_finish(&text);
}

/* tight: without the line of how, for which there is no room. */
static void draw_progress(const struct plan_view *v, const struct plan *plan,
                          const struct canvas *c, int y, bool tight)
{
    struct session *s = app_session(v->app);
    struct plan_progress p;
    struct str text = STR_INIT;
    plan_run_progress(s->run, &p);
    const struct gauge gauge = {p.total ? (double)p.done / p.total : 0, 2};
    int bar = c->cols > 60 ? 30 : 12;
    gauge_draw_bar(&gauge, c, y, 1, bar);
    str_printf(&text, "%s of %s  %s", QUANTITY(p.done), QUANTITY(p.total), state_word(&p));
    if (p.state == PLAN_RUN_GOING && p.per_second > 0)
        str_printf(&text, ", %.1f a second", p.per_second);
    if (p.state == PLAN_RUN_GOING && p.left_ms >= 0) {
        str_add(&text, ", ");
        when_age(&text, p.left_ms + 999);
        str_add(&text, " left");
    }
    draw_text(c, y, bar + 3, ROLE_STRONG, span_from(&text), c->cols - bar - 4, TEXT_LEFT);
    str_clear(&text);
    plan_run_words(s->run, &text);
    draw_text(c, y + 1, 1, ROLE_TEXT, span_from(&text), c->cols - 2, TEXT_LEFT);
    struct plan_options how = plan_view_how(v);
    str_clear(&text);
    str_printf(&text, ", stops after %lld error%s", (long long)how.v[PLAN_OPT_MAX_ERRORS],
               how.v[PLAN_OPT_MAX_ERRORS] == 1 ? "" : "s");
    if (!tight)
        draw_way(&how, str_text(&text), c, y + 2);
    str_clear(&text);
    progress_advice(v, plan, c->draw->ascii, &text);
    draw_paragraph(c, y + (tight ? 2 : 3), 1,
                   plan_run_error(s->run)->status ? ROLE_WARNING : ROLE_DIM, span_from(&text),
                   c->cols - 2);
    str_finish(&text);
}

/* Rows that the progress takes: the advice has as many as it needs, three at most. */
static int progress_rows(const struct plan_view *v, const struct plan *plan, const struct canvas *c)
{
    struct str text = STR_INIT;
    progress_advice(v, plan, c->draw->ascii, &text);
    int lines = draw_wrap(span_from(&text), c->cols - 2, NULL, NULL);
    str_finish(&text);
    return 3 + (lines < ADVICE_MAX ? lines : ADVICE_MAX);
}

/* ---- the canary ----------------------------------------------------------------------------- */

static const struct {
    enum role role;
    enum glyph glyph;
} healths[HEALTH_COUNT] = {[HEALTH_OK] = {ROLE_OK, GLYPH_OK},
                           [HEALTH_DEGRADED] = {ROLE_DEGRADED, GLYPH_DEGRADED},
                           [HEALTH_DOWN] = {ROLE_DOWN, GLYPH_DOWN},
                           [HEALTH_OTHER] = {ROLE_OTHER, GLYPH_OTHER}};

/* "  + az-gpt-eu-01  active, checked 14:03:10, since the write" */
static void draw_canary(const struct plan_view *v, const struct plan *plan,
                        const struct plan_canary *seen, const struct canvas *c, int y)
{
    struct str text = STR_INIT;
    str_printf(&text, "%s ", draw_glyph_text(c->draw, healths[seen->health].glyph));
    str_add_span(&text, plan->items[seen->item].name);
    str_printf(&text, "  %s", seen->status[0] ? seen->status : "no status");
    if (seen->checked_wall_ms == WHEN_NONE) {
        str_add(&text, ", never checked");
    } else {
        str_add(&text, ", checked ");
        when_clock(&text, seen->checked_wall_ms, app_now_wall(v->app));
        str_add(&text, seen->newer ? ", since the write" : ", before the write");
    }
    if (seen->reason[0])
        str_printf(&text, ": %s", seen->reason);
    draw_text(c, y, 3, seen->newer ? healths[seen->health].role : ROLE_DIM, span_from(&text),
              c->cols - 4, TEXT_LEFT);
    str_finish(&text);
}

/* Those that are not good first: they are what it waits for. */
static int by_need(const void *a, const void *b)
{
    const struct plan_canary *x = a, *y = b;
    if (x->good != y->good)
        return x->good - y->good;
    return x->item < y->item ? -1 : x->item > y->item;
}

static void draw_wait(const struct plan_view *v, const struct plan_progress *p,
                      const struct canvas *c, int y)
{
    struct str text = STR_INIT;
    str_printf(&text, "WAIT  %u of %u good", (unsigned)p->healthy, (unsigned)p->canaries);
    if (app_session(v->app)->run_how.v[PLAN_OPT_WAIT_HEALTH]) {
        str_add(&text, "; until ");
        when_clock(&text, app_now_wall(v->app) + p->health_left_ms, app_now_wall(v->app));
        str_add(&text, ", ");
        when_age(&text, p->health_left_ms + 999);
        str_add(&text, " left; goes on by itself when all are");
    } else {
        str_add(&text, "; it is you who goes on");
    }
    draw_text(c, y, 1, ROLE_STRONG, span_from(&text), c->cols - 2, TEXT_LEFT);
    str_finish(&text);
}

/* What the rest waits for, in the place of the totals; false: it does not wait. */
static bool draw_canaries(const struct plan_view *v, const struct plan *plan,
                          const struct canvas *c, int y, int room)
{
    struct session *s = app_session(v->app);
    struct plan_progress p;
    if (!v->live)
        return false;
    plan_run_progress(s->run, &p);
    if (p.state != PLAN_RUN_CANARY)
        return false;
    struct plan_canary *seen = mem_calloc(p.canaries + 1u, sizeof *seen);
    plan_run_canaries(s->run, seen, p.canaries);
    qsort(seen, p.canaries, sizeof *seen, by_need);
    draw_wait(v, &p, c, y);
    int lines = room - 1, n = (int)p.canaries, shown = n <= lines ? n : lines - 1;
    for (int i = 0; i < shown; i++)
        draw_canary(v, plan, &seen[i], c, y + 1 + i);
    if (shown < n)
        draw_printf(c, y + 1 + shown, 3, ROLE_DIM, "and %d more of the first %d", n - shown, n);
    mem_free(seen);
    return true;
}

static void draw_undo(const struct plan_view *v, const struct canvas *c)
{
    uint32_t done, total;
    plan_undo_progress(v->undo, &done, &total);
    draw_printf(c, 0, 1, ROLE_BUSY, "reading what was done: %s of %s; Esc leaves it",
                QUANTITY(done), QUANTITY(total));
}

/* Why there is no row. */
static const char *nothing_to_show(const struct plan_view *v, const struct plan *plan)
{
    if (!plan->count)
        return "no account is in the plan";
    if (!v->live)
        return "no account is skipped, none has a warning; ! shows all";
    return plan_view_applying(v) ? "nothing went wrong so far; ! shows all"
                                 : "every account was done; ! shows all";
}

/* Rows of the parts around the table. */
struct parts {
    int above, totals, foot;
};

/* On a small screen what is asked about goes before what is told of it: the accounts, how many, and
 * the word to type, or how far it is. */
static void make_room(struct parts *p, int rows, bool live)
{
    int *const shrinks[] = {&p->foot, &p->above, &p->totals, &p->above};
    const int least[] = {live ? 2 : 1, 2, 1, 1};
    for (size_t i = 0; i < ARRAY_LEN(shrinks); i++) {
        int lacks = TABLE_LEAST - (rows - p->above - p->totals - p->foot);
        int spare = *shrinks[i] - least[i];
        if (lacks > 0 && spare > 0)
            *shrinks[i] -= i == 0 && !live ? spare : lacks < spare ? lacks : spare;
    }
}

void plan_draw(void *self, const struct canvas *c)
{
    struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    if (!plan) {
        if (v->build)
            draw_printf(&body, 0, 1, ROLE_BUSY, "looking at account %s of %s ...",
                        QUANTITY(plan_build_done(v->build)), QUANTITY(v->build_total));
        if (v->undo)
            draw_undo(v, &body);
        return;
    }
    plan_fit_columns(v, body.cols);
    v->row.ready = false;
    int blast = v->live ? 0 : blast_rows(plan, &body);
    struct parts part = {.above = draw_head(v, plan, &body),
                         .totals = (body.rows > 18 ? 4 : 2) + blast,
                         .foot = v->live ? progress_rows(v, plan, &body) : 4};
    int wanted = part.foot;
    make_room(&part, body.rows, v->live);
    bool tight = part.foot < wanted;
    int above = part.above, foot = part.foot, totals = part.totals;
    int below = body.rows - foot - totals;
    draw_fill(&body, above, 0, body.rows - above, body.cols, ROLE_TEXT);
    struct canvas rows = canvas_part(&body, above, 0, below - above, body.cols);
    table_draw(&v->table, &rows, true, nothing_to_show(v, plan));
    if (blast)
        blast = draw_blast(plan, &body, below, totals);
    if (!draw_canaries(v, plan, &body, below, totals))
        draw_totals(plan, &body, below + blast, totals - blast);
    if (v->live)
        draw_progress(v, plan, &body, body.rows - foot, tight);
    else
        draw_how(v, plan, &body, body.rows - 4, foot);
}
