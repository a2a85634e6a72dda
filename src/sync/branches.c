/* branches.c: see branches.h. */
#include "sync/branches.h"

#include "base/mem.h"
#include "base/vec.h"

#define WORTH_PAGES 3  /* pages of the whole for each part, for parts to be worth their requests */
#define SPLIT_PAGES 20 /* a part of fewer pages is not divided again */

struct branch {
    struct branches *all; /* (borrowed) */
    struct chain *chain;
    struct branch *parent; /* NULL: the whole list */
    struct kinds *kinds;   /* what it is divided by, NULL for the whole list; `at` of them */
    size_t at;
    int64_t total; /* as its first page said it; -1: not known */
    int64_t guess; /* before that */
    bool over;     /* nothing more comes from it */
    bool divided, again;
};

struct branches {
    struct branches_env env;
    struct congestion congestion;
    struct branch **items; /* the whole list is the first */
    size_t count, room;
    struct branch **retired; /* of the sweep before: one of their events may have begun this one */
    size_t retired_count;
    struct kinds types, statuses;
    bool type_useless, status_useless; /* the server ignores the filter */
    bool narrowed, dead;
};

static bool *useless(struct branches *all, const struct kinds *k)
{
    return k == &all->types ? &all->type_useless : &all->status_useless;
}

/* ---- whose turn it is ---- */

static unsigned waiting(const struct branches *all)
{
    unsigned n = 0;
    for (size_t i = 0; i < all->count; i++)
        n += chain_waiting(all->items[i]->chain);
    return n;
}

/* Whether its parts read for it: some are not over, and what is known of their totals does not say
 * that they miss something. */
static bool rests(const struct branches *all, const struct branch *b)
{
    bool left = false, known = true;
    int64_t sum = 0;
    for (size_t i = 0; b->divided && i < all->count; i++) {
        const struct branch *part = all->items[i];
        if (part->parent != b)
            continue;
        left |= !part->over;
        known &= part->over || part->total >= 0;
        sum += part->total > 0 ? part->total : 0;
    }
    return left && (!known || sum >= b->total);
}

static int64_t pages_left(const struct branches *all, const struct branch *b)
{
    int64_t asked = (int64_t)chain_asked(b->chain);
    if (!asked) /* first pages first: what they say decides about the whole list */
        return INT64_MAX / 2 + b->guess;
    int64_t accounts = b->total >= 0 ? b->total : b->guess;
    int64_t pages = (accounts + all->env.page_limit - 1) / all->env.page_limit;
    return pages > asked ? pages - asked : 0;
}

static struct branch *pick(const struct branches *all)
{
    struct branch *best = NULL;
    int64_t most = -1;
    for (size_t i = 0; i < all->count; i++) {
        struct branch *b = all->items[i];
        if (b->over || !chain_ready(b->chain))
            continue;
        int64_t left = pages_left(all, b);
        if (left > most && !rests(all, b)) {
            most = left;
            best = b;
        }
    }
    return best;
}

static void schedule(struct branches *all)
{
    struct branch *b;
    while (waiting(all) < congestion_window(&all->congestion) && (b = pick(all)) != NULL)
        chain_go(b->chain);
}

/* The parts are read and it is proven: then the whole list need not be read to its end. Not before:
 * on the way the numbers may agree by chance. */
static void stop_when_proven(struct branches *all)
{
    struct branch *whole = all->items[0];
    if (!whole->divided || whole->over)
        return;
    for (size_t i = 1; i < all->count; i++) {
        if (!all->items[i]->over)
            return;
    }
    if (!all->env.events.proven(all->env.ctx))
        return;
    chain_stop(whole->chain);
    whole->over = true;
}

/* After something ended: others may go, or nothing is left. */
static void settle(struct branches *all)
{
    stop_when_proven(all);
    schedule(all);
    if (!branches_open(all))
        all->env.events.ended(all->env.ctx, BRANCHES_DONE, NULL, NULL);
}

/* ---- parts ---- */

static const struct chain_events chain_events;

static struct branch *branch_add(struct branches *all, struct branch *parent, struct kinds *kinds,
                                 size_t at, const struct chain_filter *filter)
{
    struct branch *b = mem_calloc(1, sizeof *b);
    b->all = all;
    b->parent = parent;
    b->kinds = kinds;
    b->at = at;
    b->total = -1;
    if (kinds && parent->total > 0)
        b->guess = kinds_guess(kinds, at, parent->total);
    b->chain = chain_create(all->env.api, filter, all->env.page_limit, &chain_events, b);
    VEC_ROOM(all->items, all->count, all->room);
    all->items[all->count++] = b;
    return b;
}

static void part_add(struct branches *all, struct branch *parent, struct kinds *kinds, size_t at)
{
    struct chain_filter filter = {0};
    if (kinds == &all->statuses) {
        filter.provider_type = parent->kinds->items[parent->at].value;
        filter.status = kinds->items[at].value;
    } else {
        filter.provider_type = kinds->items[at].value;
    }
    branch_add(all, parent, kinds, at, &filter);
}

/* What is known of the field before anything was seen: the field table's values. */
static void add_known(struct kinds *k)
{
    if (k->before)
        return;
    for (const char *const *v = field_known_values(k->field); *v; v++)
        kinds_add(k, *v);
}

/* Divides a list after its first page, when it is worth it. */
static void divide(struct branches *all, struct branch *b)
{
    struct kinds *k = b->parent ? &all->statuses : &all->types;
    int64_t pages = (b->total + all->env.page_limit - 1) / all->env.page_limit;
    if (all->narrowed || all->env.parallel < 2 || *useless(all, k) || b->total < 0 || b->again)
        return;
    if (b->parent && (!all->env.split_status || b->parent->parent || pages < SPLIT_PAGES ||
                      b->total < all->items[0]->total / (int64_t)all->env.parallel))
        return;
    add_known(k);
    if (k->count < 2 || pages < WORTH_PAGES * (int64_t)k->count)
        return;
    b->divided = true;
    for (size_t i = 0; i < k->count; i++)
        part_add(all, b, k, i);
}

/* Drops a part, and its own parts: what they would have brought is left to the list above. */
static void drop(struct branches *all, struct branch *b)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i] == b || all->items[i]->parent == b) {
            chain_stop(all->items[i]->chain);
            all->items[i]->over = true;
            all->items[i]->total = 0;
        }
    }
}

static void drop_kinds(struct branches *all, const struct kinds *k)
{
    *useless(all, k) = true;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i]->kinds == k)
            drop(all, all->items[i]);
    }
}

/* A part whose own parts have brought as many accounts as it has is read. */
static void parts_read(struct branches *all, struct branch *b)
{
    int64_t sum = 0;
    if (!b || !b->parent || b->over)
        return;
    for (size_t i = 0; i < all->count; i++) {
        const struct branch *part = all->items[i];
        if (part->parent != b)
            continue;
        if (!part->over)
            return;
        sum += part->total;
    }
    if (sum < b->total)
        return;
    chain_stop(b->chain);
    b->over = true;
}

/* ---- what chains tell ---- */

static void on_ready(void *ctx, struct chain *chain)
{
    struct branch *b = ctx;
    (void)chain;
    schedule(b->all);
}

static void on_try(void *ctx, struct chain *chain)
{
    struct branches *all = ((struct branch *)ctx)->all;
    (void)chain;
    congestion_trouble(&all->congestion, clock_mono(all->env.clock));
}

/* Counts the kinds of an account; whether it is what the chain asks for. */
static bool learn(struct branches *all, const struct branch *b, row_id row)
{
    bool fresh;
    size_t type = kinds_see(&all->types, all->env.fleet, row, &fresh);
    size_t status =
        all->env.split_status ? kinds_see(&all->statuses, all->env.fleet, row, NULL) : 0;
    if (fresh && all->items[0]->divided && !all->type_useless) {
        part_add(all, all->items[0], &all->types, type);
        schedule(all);
    }
    return !b->kinds || b->at == (b->kinds == &all->types ? type : status);
}

static void on_record(void *ctx, struct chain *chain, struct span raw, int64_t started)
{
    struct branch *b = ctx;
    struct branches *all = b->all;
    row_id row = all->env.events.record(all->env.ctx, raw, started, !b->parent);
    if (row == ROW_NONE || learn(all, b, row))
        return;
    if (chain_records(chain) <= (uint32_t)all->env.page_limit)
        drop_kinds(all, b->kinds);
    else
        drop(all, b);
    settle(all);
}

static void on_chain_page(void *ctx, struct chain *chain, const struct api_result *r,
                          uint32_t number, bool last)
{
    struct branch *b = ctx;
    struct branches *all = b->all;
    int64_t now = clock_mono(all->env.clock);
    (void)chain;
    congestion_answer(&all->congestion, now - r->started_mono_ms, now);
    if (number == 1 && r->page.total >= 0)
        b->total = r->page.total;
    all->env.events.page(all->env.ctx, r, !b->parent, number, last);
    if (!b->parent)
        stop_when_proven(all);
    if (b->over) { /* proven by this page */
        settle(all);
    } else if (number == 1 && !last && !b->divided) {
        divide(all, b);
        schedule(all);
    }
}

static void fail_all(struct branches *all, const struct api_result *r)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!all->items[i]->over)
            chain_hold(all->items[i]->chain);
    }
    all->env.events.ended(all->env.ctx, BRANCHES_FAILED, r, NULL);
}

/* Failures that speak of the request, not of the server's health or of the token. */
static bool is_refusal(enum status status)
{
    return status == ST_INVALID || status == ST_REJECTED || status == ST_NOT_FOUND ||
           status == ST_UNREADABLE;
}

static void part_ended(struct branches *all, struct branch *b, enum chain_end end,
                       const struct api_result *r)
{
    if (end == CHAIN_DONE) {
        b->over = true;
    } else if (end == CHAIN_EXPIRED && !b->again) {
        b->again = true;
        chain_reset(b->chain);
    } else if (end != CHAIN_FAILED || is_refusal(r->status)) {
        drop(all, b);
    } else {
        fail_all(all, r);
        return;
    }
    if (b->over && b->total < 0)
        b->total = 0;
    parts_read(all, b->parent);
    settle(all);
}

static void whole_ended(struct branches *all, struct branch *b, enum chain_end end,
                        const struct api_result *r, const char *why)
{
    if (end == CHAIN_DONE) {
        b->over = true;
        settle(all);
    } else if (end == CHAIN_BROKEN) {
        branches_stop(all);
        all->env.events.ended(all->env.ctx, BRANCHES_BROKEN, NULL, why);
    } else if (end == CHAIN_EXPIRED && !b->again) {
        b->again = true;
        chain_reset(b->chain);
        all->env.events.again(all->env.ctx);
        settle(all);
    } else {
        all->dead = end == CHAIN_EXPIRED;
        fail_all(all, r);
    }
}

static void on_chain_end(void *ctx, struct chain *chain, enum chain_end end,
                         const struct api_result *r, const char *why)
{
    struct branch *b = ctx;
    (void)chain;
    if (end == CHAIN_FAILED && !is_refusal(r->status))
        congestion_trouble(&b->all->congestion, clock_mono(b->all->env.clock));
    if (b->parent)
        part_ended(b->all, b, end, r);
    else
        whole_ended(b->all, b, end, r, why);
}

static const struct chain_events chain_events = {on_ready, on_try, on_record, on_chain_page,
                                                 on_chain_end};

/* ---- from outside ---- */

struct branches *branches_create(const struct branches_env *env)
{
    struct branches *all = mem_calloc(1, sizeof *all);
    all->env = *env;
    congestion_init(&all->congestion, env->parallel);
    kinds_init(&all->types, FIELD_PROVIDER_TYPE);
    kinds_init(&all->statuses, FIELD_STATUS);
    return all;
}

static void branch_list_free(struct branch **items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        chain_destroy(items[i]->chain);
        mem_free(items[i]);
    }
    mem_free(items);
}

void branches_destroy(struct branches *all)
{
    if (!all)
        return;
    branch_list_free(all->items, all->count);
    branch_list_free(all->retired, all->retired_count);
    kinds_finish(&all->types);
    kinds_finish(&all->statuses);
    mem_free(all);
}

void branches_begin(struct branches *all, const struct chain_filter *narrow)
{
    branches_stop(all);
    branch_list_free(all->retired, all->retired_count);
    all->retired = all->items;
    all->retired_count = all->count;
    all->items = NULL;
    all->count = all->room = 0;
    all->narrowed = narrow->provider_type || narrow->status || narrow->enabled_only;
    all->dead = false;
    kinds_turn(&all->types);
    kinds_turn(&all->statuses);
    if (!all->types.before) {
        kinds_learn(&all->types, all->env.fleet);
        kinds_learn(&all->statuses, all->env.fleet);
    }
    branch_add(all, NULL, NULL, 0, narrow);
    schedule(all);
}

bool branches_ready(const struct branches *all)
{
    return !all->dead && !branches_open(all) && pick(all);
}

void branches_go(struct branches *all)
{
    schedule(all);
}

void branches_stop(struct branches *all)
{
    for (size_t i = 0; i < all->count; i++)
        chain_stop(all->items[i]->chain);
}

bool branches_open(const struct branches *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (chain_open(all->items[i]->chain))
            return true;
    }
    return false;
}

unsigned branches_count(const struct branches *all)
{
    unsigned n = 0;
    for (size_t i = 0; i < all->count; i++)
        n += !all->items[i]->over;
    return n;
}
