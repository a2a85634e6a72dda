/* session_plan.c: see session_plan.h. */
#include "tui/session_plan.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"
#include "config/paths.h"
#include "plan/stored.h"
#include "write/preview.h"

#include <stdio.h>
#include <string.h>

void session_plans_open(struct session *s)
{
    char *path = paths_join(s->env.paths->state_dir, "plans.db");
    if (plans_open(&s->plans, path, *loop_clock(s->env.loop), &s->plans_error))
        s->plans = NULL;
    mem_free(path);
}

struct plan_kept {
    struct plan *plan; /* owned */
    void *from;        /* owned; may be NULL */
    void (*drop)(void *from);
};

static void kept_finish(struct plan_kept *k)
{
    plan_destroy(k->plan);
    if (k->drop)
        k->drop(k->from);
}

void session_plans_close(struct session *s)
{
    for (size_t i = 0; i < s->kept_count; i++)
        kept_finish(&s->kept[i]);
    mem_free(s->kept);
    s->kept = NULL;
    s->kept_count = s->kept_room = 0;
    plan_run_destroy(s->run);
    s->run = NULL;
}

static void on_run(void *ctx, struct plan_run *run)
{
    (void)run;
    ((struct session *)ctx)->plan_news = true;
}

bool session_applying(const struct session *s)
{
    struct plan_progress p;
    if (!s->run)
        return false;
    plan_run_progress(s->run, &p);
    return p.state != PLAN_RUN_OVER;
}

const char *session_applying_words(const struct session *s)
{
    struct plan_progress p;
    plan_run_progress(s->run, &p);
    return p.state == PLAN_RUN_STOPPING ? "A plan stops after those in flight."
                                        : "A plan is being applied.";
}

const struct plan *session_plan(const struct session *s)
{
    return s->run ? plan_run_plan(s->run) : NULL;
}

void session_plan_see(struct session *s)
{
    s->run_seen = s->run && !session_applying(s);
}

bool session_plan_unseen(const struct session *s)
{
    return s->run && !s->run_seen && !session_applying(s);
}

static row_id row_of(const struct session *s, const struct plan_item *item)
{
    return item->id.len ? fleet_find(s->fleet, item->id) : ROW_NONE;
}

bool *session_plan_done(const struct session *s)
{
    if (!s->run || session_applying(s))
        return NULL;
    const struct plan *plan = session_plan(s);
    bool *done = mem_calloc(fleet_rows(s->fleet) + 1u, sizeof *done);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        row_id row = row_of(s, item);
        if (row != ROW_NONE && (item->state == PLAN_APPLIED || item->state == PLAN_DIFFERENT))
            done[row] = true;
    }
    return done;
}

uint32_t session_plan_again(const struct session *s, const struct plan *plan)
{
    const struct plan *last = session_plan(s);
    uint32_t n = 0;
    if (!last || strcmp(last->head.title, plan->head.title) != 0)
        return 0;
    bool *done = session_plan_done(s);
    for (uint32_t i = 0; done && i < plan->count; i++) {
        row_id row = row_of(s, &plan->items[i]);
        n += plan->items[i].state == PLAN_WAITING && row != ROW_NONE && done[row];
    }
    mem_free(done);
    return n;
}

enum status session_may_apply(const struct session *s, struct error *err)
{
    enum status st = writes_ready(s->writes, err);
    if (st == ST_OK && !s->plans) {
        *err = s->plans_error;
        st = err->status;
    }
    if (st == ST_OK && session_applying(s))
        st = error_set(err, ST_CONFLICT, "another plan is being applied: wait until it is done");
    return st;
}

/* The last plan, when it stopped before the state directory had it: it is nowhere else. */
static bool is_only_here(const struct session *s)
{
    const struct plan *plan = session_plan(s);
    return plan && plan_left(plan) && !plan_run_saved(s->run);
}

static void make_room(struct session *s)
{
    if (is_only_here(s))
        session_plan_keep(s, plan_run_end_with(s->run), NULL, NULL);
    else
        plan_run_destroy(s->run);
    s->run = NULL;
}

enum status session_apply(struct session *s, struct plan *plan, const struct plan_options *how,
                          struct error *err)
{
    const struct plan_run_env env = {.loop = s->env.loop,
                                     .api = s->api,
                                     .writes = s->writes,
                                     .journal = s->journal,
                                     .plans = s->plans};
    struct plan_run_options options = {.classes = &s->health};
    struct plan_run *run = NULL;
    plan_options_run(how, &options);
    enum status st = session_may_apply(s, err);
    if (st == ST_OK)
        st = plan_run_create(&run, &env, plan, &options, on_run, s, err);
    if (st != ST_OK)
        return st;
    make_room(s);
    s->run = run;
    s->run_told = s->run_seen = false;
    s->run_how = *how;
    return ST_OK;
}

/* ---- left before they were applied ----------------------------------------------------------- */

static void kept_remove(struct session *s, size_t at)
{
    s->kept_count--;
    memmove(&s->kept[at], &s->kept[at + 1], (s->kept_count - at) * sizeof *s->kept);
}

void session_plan_supersede(struct session *s, const void *from)
{
    for (size_t i = s->kept_count; from && i-- > 0;)
        if (s->kept[i].from == from) {
            kept_finish(&s->kept[i]);
            kept_remove(s, i);
        }
}

void session_plan_keep(struct session *s, struct plan *plan, void *from, void (*drop)(void *from))
{
    session_plan_supersede(s, from);
    for (size_t i = s->kept_count; i-- > 0;)
        if (strcmp(s->kept[i].plan->head.id, plan->head.id) == 0) {
            kept_finish(&s->kept[i]);
            kept_remove(s, i);
        }
    VEC_ROOM(s->kept, s->kept_count, s->kept_room);
    s->kept[s->kept_count++] = (struct plan_kept){plan, from, drop};
}

size_t session_plans_kept(const struct session *s)
{
    return s->kept_count;
}

const struct plan *session_plan_kept(const struct session *s, size_t i)
{
    return s->kept[s->kept_count - 1 - i].plan;
}

struct plan *session_plan_take_up(struct session *s, size_t i, void **from)
{
    size_t at = s->kept_count - 1 - i;
    struct plan *plan = s->kept[at].plan;
    *from = s->kept[at].from;
    kept_remove(s, at);
    return plan;
}

bool session_plans_unapplied(const struct session *s, struct str *words)
{
    const struct plan *first = s->reviewed       ? s->reviewed
                               : s->kept_count   ? session_plan_kept(s, 0)
                               : is_only_here(s) ? session_plan(s)
                                                 : NULL;
    if (!first || !words)
        return first;
    str_printf(words, "Not applied, and gone after: plan %s, to ", first->head.id);
    plan_task_words(first, words);
    str_printf(words, " (%.*s)%s; w on its screen saves it as a file.",
               (int)text_cut(first->head.title, strlen(first->head.title), 60), first->head.title,
               s->kept_count + (s->reviewed != NULL) + is_only_here(s) > 1 ? ", and others" : "");
    return true;
}

static void add_way_on(const struct session *s, const struct plan *plan, struct str *out)
{
    str_add(out, "; ");
    shell_paddock(out, s->profile.name, NULL, "apply", span_of(plan->head.id));
    str_add(out, " goes on");
}

void session_plan_by(const struct session *s, struct str *out)
{
    struct plan_progress p;
    struct journal_entry entry;
    struct error err;
    const struct plan *plan = session_plan(s);
    int64_t op = 0;
    plan_run_progress(s->run, &p);
    if (!p.before || p.sent || p.state != PLAN_RUN_OVER || !s->journal)
        return;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        if ((item->state == PLAN_APPLIED || item->state == PLAN_DIFFERENT) && item->op > op)
            op = item->op;
    }
    if (op && journal_get(s->journal, op, &entry, &err) == ST_OK) {
        str_printf(out, " by %s, ", entry.operator_name);
        when_clock(out, entry.intent_wall_ms, clock_wall(loop_clock(s->env.loop)));
        journal_entry_finish(&entry);
    }
}

void session_plan_last_words(const struct session *s, struct str *out)
{
    const struct plan *plan = session_plan(s);
    if (!plan || (!plan_left(plan) && !plan->states[PLAN_UNKNOWN] && !plan->states[PLAN_RUNNING]))
        return;
    str_printf(out, "plan %s: ", plan->head.id);
    plan_states_words(plan, out);
    if (s->profile.demo)
        str_add(out, "; it ended with the demo");
    else if (is_only_here(s))
        str_add(out, "; it stopped before it was saved, and is gone");
    else
        add_way_on(s, plan, out);
}
