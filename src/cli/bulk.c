/* bulk.c: see bulk.h. */
#include "cli/bulk.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/bulk_ask.h"
#include "cli/load.h"
#include "cli/survey.h"
#include "loop/signals.h"
#include "model/patch.h"
#include "plan/options.h"
#include "plan/run.h"
#include "plan/text.h"
#include "store/plans.h"
#include "store/owner.h"
#include "write/inverse.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 250

struct bulk {
    struct apply *apply;
    struct plan_run *run;
    struct plan_options how;
    bool told, interrupted, given_up;
    bool waiting_told; /* that health checks are waited for */
    bool shows_progress;
    size_t progress_len; /* of the line that stands on the terminal */
};

struct plan_head bulk_head(const struct cli *cli, const char *title)
{
    struct plan_head head = {.made_wall_ms = clock_wall(loop_clock(cli->loop))};
    const struct profile *p = &cli->start->profile;
    owner_operator(head.by, sizeof head.by);
    snprintf(head.origin, sizeof head.origin, "%s", p->origin);
    snprintf(head.org, sizeof head.org, "%s", p->org);
    snprintf(head.profile, sizeof head.profile, "%s", p->name);
    text_copy(head.label, sizeof head.label, p->label);
    text_copy(head.reason, sizeof head.reason, apply_reason(cli));
    text_copy(head.title, sizeof head.title, title);
    return head;
}

enum status bulk_plans(struct cli *cli, struct plans **out, struct error *err)
{
    char *path = paths_join(cli->start->paths.state_dir, "plans.db");
    enum status st = plans_open(out, path, *loop_clock(cli->loop), err);
    mem_free(path);
    if (st == ST_OK && plans_note(*out)[0])
        cli_warn(cli, "%s", plans_note(*out));
    return st;
}

enum status bulk_no_twins(const struct cli *cli, struct error *err)
{
    if (!cli_has(cli, FLAG_ALLOW_DUPLICATE_NAME))
        return ST_OK;
    return error_set(err, ST_USAGE,
                     "--allow-duplicate-name is for one account at a time: nothing was sent");
}

/* ---- showing -------------------------------------------------------------------------------- */

void bulk_text(const struct cli *cli, const struct plan *plan, struct str *out)
{
    const struct plan_text_options options = {.reveal = true, .quiet = true, .safe = cli->safe};
    plan_text_items(plan, &options, out);
    plan_text_totals(plan, &options, out);
    plan_text_blast(plan, &options, out);
}

enum exit_code bulk_show(struct cli *cli, const struct plan *plan)
{
    struct str text = STR_INIT;
    bulk_text(cli, plan, &text);
    cli_put(cli, &text);
    str_finish(&text);
    return plan_left(plan) ? EXIT_CHANGES : EXIT_DONE;
}

/* ---- applying ------------------------------------------------------------------------------- */

/* As it was being applied, or as a plan begins, with what the command line says over it. */
static enum status read_how(const struct cli *cli, const struct plan *plan,
                            struct plan_options *how, struct error *err)
{
    static const enum flag flags[PLAN_OPT_COUNT] = {
#define PLAN_OPTION(id, ...) FLAG_##id,
#define PLAN_OPTION_OF_ALL   PLAN_OPTION
#include "plan/options.def"
#undef PLAN_OPTION_OF_ALL
#undef PLAN_OPTION
    };
    enum status st = ST_OK;
    plan_options_parse(how, span_of(plan->head.how));
    for (int i = 0; i < PLAN_OPT_COUNT && st == ST_OK; i++)
        if (cli_has(cli, flags[i]))
            st = plan_option_put(how, (enum plan_option)i, cli->line.number[flags[i]], err);
    return st == ST_OK ? plan_options_check(how, err) : st;
}

static void clear_progress(struct bulk *b)
{
    if (b->progress_len)
        fprintf(b->apply->cli->err, "\r%*s\r", (int)b->progress_len, "");
    b->progress_len = 0;
}

static void on_signal(void *ctx, int signo)
{
    struct bulk *b = ctx;
    (void)signo;
    if (b->interrupted) {
        b->given_up = true;
        return;
    }
    b->interrupted = true;
    clear_progress(b);
    cli_say(b->apply->cli, "stopping after those in flight; once more leaves at once");
    plan_run_stop(b->run);
}

static void show_progress(struct bulk *b)
{
    struct plan_progress p;
    struct str line = STR_INIT;
    plan_run_progress(b->run, &p);
    str_printf(&line, "%s of %s done", QUANTITY(p.done), QUANTITY(p.total));
    if (p.failed)
        str_printf(&line, ", %s failed", QUANTITY(p.failed));
    if (p.unknown)
        str_printf(&line, ", %s unknown", QUANTITY(p.unknown));
    if (p.blocked)
        str_printf(&line, ", %s behind an open write", QUANTITY(p.blocked));
    if (p.stale)
        str_printf(&line, ", %s stale", QUANTITY(p.stale));
    if (p.state == PLAN_RUN_CANARY) {
        str_printf(&line, "; waiting for health checks, %u of %u good, ", (unsigned)p.healthy,
                   (unsigned)p.canaries);
        when_age(&line, p.health_left_ms);
        str_add(&line, " left");
    } else if (p.per_second > 0)
        str_printf(&line, "; %.1f a second", p.per_second);
    if (p.state == PLAN_RUN_GOING && p.left_ms >= 0) {
        str_add(&line, ", ");
        when_age(&line, p.left_ms);
        str_add(&line, " left");
    }
    clear_progress(b);
    b->progress_len = line.len;
    fputs(str_text(&line), b->apply->cli->err);
    fflush(b->apply->cli->err);
    str_finish(&line);
}

/* Where no progress is shown, such as in a script's log, the wait is at least announced. */
static void say_waiting(struct bulk *b, const struct plan_progress *p)
{
    if (b->waiting_told || isatty(STDERR_FILENO))
        return;
    b->waiting_told = true;
    cli_say(b->apply->cli, "the first %u %s applied: waiting for a good health check, up to %lld s",
            (unsigned)p->canaries, p->canaries == 1 ? "is" : "are",
            (long long)b->how.v[PLAN_OPT_WAIT_HEALTH]);
}

/* The first are applied and there is nothing to wait for but the operator's word, which is the
 * next command. */
static void end_first(struct bulk *b)
{
    struct plan_progress p;
    plan_run_progress(b->run, &p);
    if (p.state != PLAN_RUN_CANARY)
        return;
    if (b->how.v[PLAN_OPT_WAIT_HEALTH]) {
        say_waiting(b, &p);
        return;
    }
    clear_progress(b);
    cli_say(b->apply->cli, "the first %u %s applied: look at %s before the rest",
            (unsigned)p.canaries, p.canaries == 1 ? "is" : "are", p.canaries == 1 ? "it" : "them");
    plan_run_stop(b->run);
}

static void wait_run(struct bulk *b)
{
    struct cli *cli = b->apply->cli;
    static const int signos[] = {SIGINT, SIGTERM};
    struct signals *signals = signals_create(cli->loop, signos, 2, on_signal, b);
    bool shows = !cli_has(cli, FLAG_QUIET) && isatty(STDERR_FILENO);
    int64_t shown = 0;
    while (!plan_run_rests(b->run) && !b->given_up) {
        int64_t now = clock_mono(loop_clock(cli->loop));
        if (shows && now - shown >= PROGRESS_MS) {
            show_progress(b);
            shown = now;
        }
        loop_step(cli->loop, shows ? PROGRESS_MS : 1000);
        end_first(b);
    }
    clear_progress(b);
    signals_destroy(signals);
}

/* ---- what became of it ---------------------------------------------------------------------- */

static enum exit_code code_of(const struct bulk *b, const struct plan_progress *p)
{
    const struct plan *plan = plan_run_plan(b->run);
    uint32_t open = p->failed + p->stale + p->blocked + p->left + p->running + p->released +
                    plan->states[PLAN_DIFFERENT];
    if (p->unknown)
        return EXIT_UNKNOWN;
    if (b->interrupted)
        return EXIT_INTERRUPTED;
    if (open == 0)
        return EXIT_DONE;
    if (p->done)
        return EXIT_PARTIAL;
    if (p->end == PLAN_END_FAULT || (p->end == PLAN_END_AWAY && !p->failed) ||
        (p->blocked && !p->failed))
        return exit_of(plan_run_error(b->run)->status);
    return p->failed == 0 && p->stale ? EXIT_CONFLICT : EXIT_FAILED;
}

static void print_created(struct cli *cli, const struct plan *plan)
{
    struct str text = STR_INIT;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        if (item->kind != JOURNAL_CREATE || item->state != PLAN_APPLIED)
            continue;
        text_safe(&text, item->id.p, item->id.len, cli->safe);
        str_add_char(&text, '\n');
    }
    cli_put(cli, &text);
    str_finish(&text);
}

/* Whether this write left something else than what was there before. */
static bool left_something(struct journal *journal, int64_t op)
{
    struct journal_entry e;
    struct inverse inverse;
    struct field_set diff = {{false}};
    struct error err = {0};
    bool left = false;
    if (journal_get(journal, op, &e, &err) != ST_OK)
        return false;
    inverse_init(&inverse);
    if (inverse_make(&inverse, &e, &err) == ST_OK)
        left = inverse.kind != JOURNAL_UPDATE ||
               diff_settable(&inverse.base, &inverse.mine, &diff) > 0;
    inverse_finish(&inverse);
    journal_entry_finish(&e);
    return left;
}

/* An undo is promised when it finds something: where the server kept nothing at all, it does not.
 */
static bool can_be_undone(const struct bulk *b, const struct plan *plan)
{
    bool any = plan->states[PLAN_APPLIED] > 0;
    for (uint32_t i = 0; i < plan->count && !any && plan->states[PLAN_DIFFERENT]; i++)
        any = plan->items[i].state == PLAN_DIFFERENT &&
              left_something(b->apply->journal, plan->items[i].op);
    return any;
}

static enum exit_code tell(struct bulk *b)
{
    struct cli *cli = b->apply->cli;
    const struct plan *plan = plan_run_plan(b->run);
    const struct error *why = plan_run_error(b->run);
    const struct plan_text_options options = {.reveal = true, .safe = cli->safe};
    struct plan_progress p;
    struct str words = STR_INIT;
    apply_wait_recorded(b->apply);
    plan_run_progress(b->run, &p);
    print_created(cli, plan);
    plan_text_left(plan, &options, &words);
    if (words.len)
        fputs(words.data, cli->err);
    str_clear(&words);
    if (why->status != ST_OK)
        cli_fail(cli, why);
    plan_run_words(b->run, &words);
    cli_say(cli, "plan %s: %s", plan->head.id, str_text(&words));
    if (p.stale && !plan->head.linked)
        cli_say(cli, "paddock apply %s --refresh-stale plans the stale ones again", plan->head.id);
    if (p.unknown && p.elsewhere == p.unknown)
        cli_say(cli, "another paddock looks after what is not known: settle or release it there");
    else if (p.unknown)
        cli_say(cli, "what is not known is kept in the journal and looked at by the next paddock; "
                     "--send-again and --release settle it");
    else if (!plan->head.of[0] && can_be_undone(b, plan))
        cli_say(cli, "paddock undo %s takes it back", plan->head.id);
    str_finish(&words);
    return code_of(b, &p);
}

static enum status start(struct bulk *b, struct plans *plans, struct plan *plan,
                         const struct health_classes *classes, struct error *err)
{
    struct cli *cli = b->apply->cli;
    const struct plan_run_env env = {.loop = cli->loop,
                                     .api = cli->api,
                                     .writes = b->apply->writes,
                                     .journal = b->apply->journal,
                                     .plans = plans};
    struct plan_run_options options = {
        .classes = classes,
        .send_again = cli_has(cli, FLAG_SEND_AGAIN),
        .reason = apply_reason(cli),
    };
    plan_options_run(&b->how, &options);
    return plan_run_create(&b->run, &env, plan, &options, NULL, NULL, err);
}

static enum exit_code run(struct apply *apply, struct plans *plans, struct plan *plan,
                          const struct plan_options *how)
{
    struct bulk b = {.apply = apply, .how = *how};
    struct error err = {0};
    const struct health_classes classes = health_classes_from(apply->cli->start->config);
    if (start(&b, plans, plan, &classes, &err) != ST_OK) {
        plan_destroy(plan);
        return cli_fail(apply->cli, &err);
    }
    cli_say(apply->cli, "plan %s: %s to apply; paddock apply %s goes on if this ends early",
            plan_run_plan(b.run)->head.id, QUANTITY(plan_left(plan_run_plan(b.run))),
            plan_run_plan(b.run)->head.id);
    wait_run(&b);
    if (cli_has(apply->cli, FLAG_RELEASE) && !b.given_up)
        plan_run_give_up(b.run);
    enum exit_code code = tell(&b);
    plan_run_destroy(b.run);
    return code;
}

/* What was applied of it does not stand any more; what does it again. */
static void say_undone(struct cli *cli, const struct plan *plan)
{
    if (plan->undone_by[0])
        cli_warn(cli, "it was taken back by plan %s; paddock undo %s does it again",
                 plan->undone_by, plan->undone_by);
    else
        cli_warn(cli, "it was taken back; paddock log shows by which write");
}

/* Nothing is left to send; what the plan could not do is told again. */
static enum exit_code nothing(struct cli *cli, const struct plan *plan)
{
    struct str words = STR_INIT;
    const struct plan_text_options options = {.quiet = true, .safe = cli->safe};
    const uint32_t *s = plan->states;
    if (plan_changes(plan) > 0) {
        plan_states_words(plan, &words);
        cli_say(cli, "plan %s: %s; nothing is left to send", plan->head.id, str_text(&words));
        str_clear(&words);
        if (plan->undone)
            say_undone(cli, plan);
        plan_text_left(plan, &options, &words);
        if (words.len)
            fputs(words.data, cli->err);
        if (s[PLAN_STALE] && !plan->head.linked)
            cli_say(cli, "paddock apply %s --refresh-stale plans the stale ones again",
                    plan->head.id);
    } else {
        plan_text_items(plan, &options, &words);
        if (words.len)
            fputs(words.data, cli->err);
        cli_say(cli, "nothing to change%s", plan->count ? "" : ": no account is in the plan");
    }
    str_finish(&words);
    if (s[PLAN_STALE] + s[PLAN_DIFFERENT] + s[PLAN_RELEASED] + plan->undone == 0)
        return EXIT_DONE;
    return s[PLAN_APPLIED] + s[PLAN_DIFFERENT] + s[PLAN_ALREADY] > plan->undone ? EXIT_PARTIAL
                                                                                : EXIT_CONFLICT;
}

enum exit_code bulk_apply(struct apply *apply, struct plans *plans, struct plan *plan)
{
    struct cli *cli = apply->cli;
    struct plans *own = NULL;
    struct error err = {0};
    struct plan_options how;
    enum exit_code code = EXIT_DONE;
    bool open = plan->states[PLAN_UNKNOWN] > 0; /* to be looked at */
    if (read_how(cli, plan, &how, &err) != ST_OK) {
        code = cli_fail(cli, &err);
        plan_destroy(plan);
        return code;
    }
    if (plan_left(plan) == 0 && !open) {
        code = nothing(cli, plan);
        plan_destroy(plan);
        return code;
    }
    if (cli_has(cli, FLAG_DRY_RUN)) {
        code = bulk_show(cli, plan);
        plan_destroy(plan);
        return code;
    }
    enum status st = ST_OK;
    if (cli_has(cli, FLAG_SEND_AGAIN) && cli_has(cli, FLAG_RELEASE))
        st = error_set(&err, ST_USAGE, "either --send-again or --release: nothing was sent");
    if (st == ST_OK && bulk_to_agree(cli, plan))
        st = bulk_agree(cli, plan, &err);
    if (st == ST_OK && !plans) {
        st = bulk_plans(cli, &own, &err);
        plans = own;
    }
    /* A create looks for its name in the whole list. */
    if (st == ST_OK && plan->kinds[JOURNAL_CREATE] && fleet_count(apply->fleet) == 0)
        st = load_all(cli, apply->fleet, &err);
    if (st == ST_OK) {
        code = run(apply, plans, plan, &how);
    } else {
        code = cli_fail(cli, &err);
        plan_destroy(plan);
    }
    plans_close(own);
    return code;
}
