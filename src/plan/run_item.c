/* run_item.c: one item of a plan through the write machine. What the machine would merge quietly is
 * stale for a plan: it was agreed to for the account as it was frozen. */
#include "plan/run_parts.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/settable.h"

#include <stdio.h>

static struct run_flight *flight_add(struct plan_run *run, uint32_t item)
{
    struct run_flight *f = mem_calloc(1, sizeof *f);
    f->run = run;
    f->item = item;
    account_init(&f->before);
    VEC_ROOM(run->flights, run->flight_count, run->flight_room);
    run->flights[run->flight_count++] = f;
    return f;
}

static void flight_free(struct run_flight *f)
{
    account_finish(&f->before);
    mem_free(f);
}

void run_flights_sweep(struct plan_run *run)
{
    size_t kept = 0;
    for (size_t i = 0; i < run->flight_count; i++) {
        if (run->flights[i]->closed)
            flight_free(run->flights[i]);
        else
            run->flights[kept++] = run->flights[i];
    }
    run->flight_count = kept;
}

void run_flights_hold(struct plan_run *run)
{
    for (size_t i = 0; i < run->flight_count; i++)
        if (!run->flights[i]->closed && run->flights[i]->write)
            write_hold(run->flights[i]->write);
}

void run_flights_free(struct plan_run *run)
{
    for (size_t i = 0; i < run->flight_count; i++) {
        if (!run->flights[i]->closed)
            write_close(run->flights[i]->write);
        flight_free(run->flights[i]);
    }
    mem_free(run->flights);
}

/* The flight is over; it is freed by the pump, not inside the machine's call. */
static void land(struct run_flight *f)
{
    struct write *w = f->write;
    f->closed = true;
    f->write = NULL;
    write_close(w);
    run_wake(f->run, 0);
}

static void count_error(struct run_flight *f, const struct error *why)
{
    struct plan_run *run = f->run;
    struct error err;
    uint32_t most = run->plan->head.linked ? 1 : (uint32_t)run->options.max_errors;
    if (!f->counted)
        run->errors++;
    f->counted = true;
    if (run->errors < most)
        return;
    error_set(&err, ST_PARTIAL, "stopped after %u %s: %s", (unsigned)run->errors,
              run->errors == 1 ? "error" : "errors", why->what);
    error_next(&err, "look at what failed; paddock apply %s goes on", run->plan->head.id);
    run_halt(run, PLAN_END_ERRORS, &err);
}

/* ---- stale --------------------------------------------------------------------------------- */

static void add_keys(const struct field_set *set, struct str *out)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (set->has[f])
            str_printf(out, "%s%s", out->len ? ", " : "", field_info((enum field)f)->key);
}

/* The newest entry of the journal that is about it: what is noted of the item is newer. */
static int64_t last_op(const struct run_flight *f)
{
    int64_t op = write_op(f->write);
    return op ? op : write_op_refused(f->write);
}

static void stale(struct run_flight *f, const char *why)
{
    struct error err;
    run_mark(f->run, f->item, PLAN_STALE, last_op(f), why);
    if (f->run->plan->head.linked) {
        error_set(&err, ST_CONFLICT, "%s: %s", f->run->plan->items[f->item].name.p, why);
        count_error(f, &err);
    }
    land(f);
}

static bool is_stale(const struct run_flight *f, struct str *why)
{
    const struct account *server = write_server(f->write);
    struct field_set changed;
    if (!server || settable_diff(&f->before, server, &changed) == 0)
        return false;
    str_add(why, "changed since the plan was made: ");
    struct str keys = STR_INIT;
    add_keys(&changed, &keys);
    str_add_span(why, span_from(&keys));
    str_finish(&keys);
    return true;
}

/* It was not sent, and has its turn when there is one again. */
static void put_back(struct run_flight *f)
{
    struct plan_run *run = f->run;
    run_mark(run, f->item, PLAN_WAITING, 0, NULL);
    if (f->item < run->cursor)
        run->cursor = f->item;
    land(f);
}

static void on_ready(struct run_flight *f)
{
    struct str why = STR_INIT;
    if (write_kind(f->write) != JOURNAL_CREATE && is_stale(f, &why)) {
        stale(f, why.data);
    } else if (f->run->state != PLAN_RUN_GOING) {
        put_back(f); /* it was read, nothing more */
    } else {
        write_confirm(f->write);
    }
    str_finish(&why);
}

static void on_conflict(struct run_flight *f)
{
    struct str why = STR_INIT;
    if (!is_stale(f, &why))
        str_add(&why, "changed by somebody else at this moment");
    stale(f, why.data);
    str_finish(&why);
}

/* ---- outcomes ------------------------------------------------------------------------------ */

static void applied(struct run_flight *f)
{
    struct plan_run *run = f->run;
    struct write *w = f->write;
    if (write_kind(w) == JOURNAL_CREATE)
        plan_item_created(run->plan, f->item, write_account_id(w));
    run_mark(run, f->item, PLAN_APPLIED, write_op(w), "");
    run->proven = true;
    run->holds = 0;
    run_canary_add(run, f->item, write_after(w));
}

static void different(struct run_flight *f)
{
    struct plan_run *run = f->run;
    struct str fields = STR_INIT;
    struct error err;
    run_mark(run, f->item, PLAN_DIFFERENT, write_op(f->write), write_error(f->write)->what);
    if (write_kind(f->write) == JOURNAL_CREATE)
        plan_item_created(run->plan, f->item, write_account_id(f->write));
    add_keys(write_collateral(f->write), &fields);
    if (fields.len) {
        error_set(&err, ST_PARTIAL, "stopped: the server changed %s of %s, which was not sent",
                  fields.data, run->plan->items[f->item].name.p);
        char undo[80];
        snprintf(undo, sizeof undo, "paddock undo %s", run->plan->head.id);
        write_collateral_next(f->write, undo, &err);
        run_halt(run, PLAN_END_COLLATERAL, &err);
    } else {
        count_error(f, write_error(f->write));
    }
    str_finish(&fields);
}

/* The server asks for less: the item waits, and the whole plan with it. */
static bool held(struct run_flight *f)
{
    struct plan_run *run = f->run;
    int64_t wait = api_wait_ms(run->env.api);
    if (write_error(f->write)->status != ST_RATE || run->holds >= RUN_HOLDS_MAX)
        return false;
    run->holds++;
    run_mark(run, f->item, PLAN_WAITING, write_op(f->write), write_error(f->write)->what);
    if (f->item < run->cursor)
        run->cursor = f->item;
    run->next_start_mono_ms = run_now(run) + (wait > 1000 ? wait : 1000);
    return true;
}

/* The server fails and is left alone for a while: what was to be read first was not sent, and the
 * rest would meet the same. That is no failure of the item: it has its turn when somebody goes on.
 */
static bool spared(struct run_flight *f)
{
    struct plan_run *run = f->run;
    const struct error *why = write_error(f->write);
    struct error err;
    bool away = api_wait_ms(run->env.api) > 0;
    if (last_op(f) || (why->status != ST_SERVER && why->status != ST_NETWORK))
        return false;
    /* The first to meet an outage meet it before the client knows of it: read once more, they tell
     * the server's failure from their own. */
    if (!away && (run->spared == f->item + 1 || run->spares == RUN_SPARES_MAX))
        return false;
    run_mark(run, f->item, PLAN_WAITING, 0, why->what);
    if (f->item < run->cursor)
        run->cursor = f->item;
    run->spared = f->item + 1;
    run->spares += !away;
    if (!away)
        return true;
    error_set(&err, why->status, "stopped: %s", why->what);
    error_next(&err, "going on asks it at once; paddock apply %s does, too", run->plan->head.id);
    run_halt(run, PLAN_END_AWAY, &err);
    return true;
}

/* What was deleted cannot be created again under its name: that is no failure to be tried again as
 * it is, but one to be planned again under another name. */
static bool name_is_taken(const struct run_flight *f)
{
    return write_kind(f->write) == JOURNAL_CREATE && f->run->plan->items[f->item].undoes &&
           !write_op(f->write) && write_error(f->write)->status == ST_CONFLICT;
}

static void not_applied(struct run_flight *f)
{
    struct plan_run *run = f->run;
    const struct error *why = write_error(f->write);
    struct error err = *why;
    if (why->status == ST_NOT_FOUND && write_kind(f->write) != JOURNAL_CREATE) {
        stale(f, "gone meanwhile");
        return;
    }
    if (write_held_back(f->write)) { /* the pump finds what is in its way, and waits for that */
        put_back(f);
        return;
    }
    if (name_is_taken(f)) {
        stale(f, why->what);
        return;
    }
    if (held(f) || spared(f))
        return;
    run_mark(run, f->item, PLAN_FAILED, write_op(f->write), why->what);
    /* What would meet every item is no reason to try them all. */
    if (why->status == ST_AUTH || why->status == ST_IO || writes_ready(run->env.writes, &err))
        run_halt(run, PLAN_END_FAULT, &err);
    else
        count_error(f, why);
}

static void settled(struct run_flight *f)
{
    struct plan_run *run = f->run;
    enum write_outcome outcome = write_outcome(f->write);
    if (f->counted && outcome == WRITE_APPLIED) {
        f->counted = false;
        run->errors--;
    }
    if (outcome == WRITE_APPLIED)
        applied(f);
    else if (outcome == WRITE_DIFFERENT)
        different(f);
    else if (outcome == WRITE_NO_CHANGE)
        run_mark(run, f->item, PLAN_ALREADY, last_op(f), write_error(f->write)->what);
    else if (outcome == WRITE_NOT_APPLIED)
        not_applied(f);
    else if (outcome == WRITE_RELEASED)
        run_mark(run, f->item, PLAN_RELEASED, write_op(f->write), write_error(f->write)->what);
    if (!f->closed)
        land(f);
}

/* Sent once more and no oftener, when the operator has agreed to that and the machine finds it
 * safe; nothing is after a stop, whoever stopped. */
static bool sent_again(struct run_flight *f)
{
    const struct plan_run *run = f->run;
    struct error err;
    bool goes =
        run->state == PLAN_RUN_GOING || (run->state == PLAN_RUN_OVER && run->end == PLAN_END_DONE);
    if (!run->options.send_again || f->again || !goes || write_send_again(f->write, &err) != ST_OK)
        return false;
    f->again = true;
    f->unknown = false;
    if (f->counted)
        f->run->errors--;
    f->counted = false;
    run_mark(f->run, f->item, PLAN_RUNNING, 0, NULL);
    return true;
}

static void unknown(struct run_flight *f)
{
    const struct error *why = write_error(f->write);
    if (f->unknown && sent_again(f))
        return;
    run_mark(f->run, f->item, PLAN_UNKNOWN, write_op(f->write), why->what);
    if (!f->unknown) {
        f->unknown = true;
        f->unknown_mono_ms = run_now(f->run);
        count_error(f, why);
        run_wake(f->run, 0);
    }
}

static void on_write(void *ctx, struct write *w)
{
    struct run_flight *f = ctx;
    struct plan_run *run = f->run;
    if (f->closed)
        return;
    switch (write_state(w)) {
    case WRITE_PREVIEW:
        on_ready(f);
        break;
    case WRITE_CONFLICT:
        on_conflict(f);
        break;
    case WRITE_SENT:
        run->sent = true;
        break;
    case WRITE_UNKNOWN:
        unknown(f);
        break;
    case WRITE_DONE:
        settled(f);
        break;
    default:
        break;
    }
    run_news(run);
}

/* ---- beginning ----------------------------------------------------------------------------- */

static void cannot_begin(struct plan_run *run, struct run_flight *f, const struct error *err)
{
    run_mark(run, f->item, PLAN_FAILED, 0, err->what);
    count_error(f, err);
    f->closed = true;
    run_wake(run, 0);
}

void run_item_begin(struct plan_run *run, uint32_t item)
{
    const struct plan_item *it = &run->plan->items[item];
    struct run_flight *f = flight_add(run, item);
    struct account mine;
    struct error err;
    enum status st = ST_OK;
    account_init(&mine);
    if (it->kind != JOURNAL_CREATE)
        st = plan_item_before(run->plan, item, &f->before, &err);
    if (st == ST_OK && it->kind != JOURNAL_DELETE)
        st = plan_item_after(run->plan, item, &mine, &err);
    if (st != ST_OK) {
        cannot_begin(run, f, &err);
    } else {
        const struct write_spec spec = {
            .kind = it->kind,
            .base = it->kind == JOURNAL_CREATE ? NULL : &f->before,
            .mine = it->kind == JOURNAL_DELETE ? NULL : &mine,
            .reason = str_text(&run->reason),
            .undoes = it->undoes,
            .plan = run->plan->head.id,
            .item = item,
        };
        run_mark(run, item, PLAN_RUNNING, 0, NULL);
        f->write = write_start(run->env.writes, &spec, on_write, f);
    }
    account_finish(&mine);
}

uint32_t plan_run_give_up(struct plan_run *run)
{
    uint32_t n = 0;
    for (size_t i = 0; i < run->flight_count; i++) {
        struct run_flight *f = run->flights[i];
        if (f->closed || !f->adopted || write_state(f->write) != WRITE_UNKNOWN)
            continue;
        n++;
        write_release(f->write); /* lands the flight */
    }
    return n;
}

void run_item_adopt(struct plan_run *run, struct write *write)
{
    int64_t item = write_plan_item(write);
    if (item < 0 || item >= run->plan->count)
        return;
    struct run_flight *f = flight_add(run, (uint32_t)item);
    f->write = write;
    f->unknown = f->adopted = true;
    f->unknown_mono_ms = run_now(run);
    run_mark(run, f->item, PLAN_UNKNOWN, write_op(write), write_error(write)->what);
    write_listen(write, on_write, f);
}
