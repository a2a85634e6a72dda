/* refresh.c: see refresh.h. Answers are taken in the order of the plan: one that comes early waits
 * in its slot, so the new plan has the old one's order and little is held. */
#include "plan/refresh.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "plan/settable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4

struct slot {
    struct plan_refresh *refresh;
    struct api_call *call; /* being read */
    uint32_t item;
    bool used, read, gone;
    struct account now;
};

struct plan_refresh {
    struct api *api;        /* (borrowed) */
    const struct plan *old; /* (borrowed) */
    struct plan *plan;      /* owned; grows */
    plan_refresh_fn *changed;
    void *ctx;
    uint32_t next;  /* the next item of old to be looked for */
    uint32_t taken; /* stale ones that are in the new plan */
    uint32_t total;
    size_t first; /* the slot whose turn it is */
    struct slot slots[SLOTS];
    struct error error;
};

/* ---- tags ----------------------------------------------------------------------------------- */

struct pair {
    struct span key, value;
};
struct pairs {
    const struct value *base, *mine, *server;
    struct pair *items; /* owned */
    size_t count, room;
};

static bool get(const struct value *map, struct span key, struct span *value)
{
    return value_known(map) && value_pair_get(map, key, value);
}

/* Whether the plan sets this pair: it is new, or another than it was. */
static bool is_mine(const struct pairs *p, struct span key, struct span value)
{
    struct span was;
    return !get(p->base, key, &was) || !span_eq(was, value);
}

static void put(struct pairs *p, struct span key, struct span value)
{
    VEC_ROOM(p->items, p->count, p->room);
    p->items[p->count++] = (struct pair){key, value};
}

static void from_server(void *ctx, struct span key, struct span value)
{
    struct pairs *p = ctx;
    struct span mine, was;
    bool wanted = get(p->mine, key, &mine);
    if (wanted)
        put(p, key, is_mine(p, key, mine) ? mine : value);
    else if (!get(p->base, key, &was)) /* somebody else's; what was there is taken away */
        put(p, key, value);
}

static void from_mine(void *ctx, struct span key, struct span value)
{
    struct pairs *p = ctx;
    struct span there;
    if (!get(p->server, key, &there) && is_mine(p, key, value))
        put(p, key, value);
}

static int by_key(const void *a, const void *b)
{
    return span_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* The server's pairs with the plan's changes of single ones. */
static void merge_map(struct account *out, enum field f, struct pairs *p)
{
    struct str text = STR_INIT;
    if (value_known(p->server))
        value_pairs(p->server, from_server, p);
    if (value_known(p->mine))
        value_pairs(p->mine, from_mine, p);
    if (p->count)
        qsort(p->items, p->count, sizeof *p->items, by_key);
    for (size_t i = 0; i < p->count; i++) {
        str_add_span(&text, p->items[i].key);
        str_add_char(&text, '\0');
        str_add_span(&text, p->items[i].value);
        str_add_char(&text, '\0');
    }
    struct value v = value_text(span_from(&text));
    v.i = (int64_t)p->count;
    account_set(out, f, &v);
    str_finish(&text);
    mem_free(p->items);
}

/* ---- one account ---------------------------------------------------------------------------- */

/* What the plan changes, laid over the account as it is now. */
static enum status lay_over(const struct plan_refresh *r, const struct slot *s,
                            const struct account *base, struct account *out, struct error *err)
{
    struct account mine;
    struct merge merge;
    account_init(&mine);
    enum status st = plan_item_after(r->old, s->item, &mine, err);
    if (st == ST_OK) {
        merge_accounts(base, &mine, &s->now, out, &merge);
        for (int f = 0; f < FIELD_COUNT; f++) {
            struct pairs pairs = {.base = &base->v[f], .mine = &mine.v[f], .server = &s->now.v[f]};
            if (merge.state[f] == MERGE_CONFLICT && field_info((enum field)f)->type == FT_MAP)
                merge_map(out, (enum field)f, &pairs);
        }
    }
    account_finish(&mine);
    return st;
}

/* Its name was taken meanwhile: another one is the caller's to give (names.h). */
static enum status add_create(struct plan_refresh *r, uint32_t i, struct error *err)
{
    struct account after;
    account_init(&after);
    enum status st = plan_item_after(r->old, i, &after, err);
    if (st == ST_OK) {
        uint32_t n = plan_add(r->plan, NULL, &after, "created again, under a new id");
        r->plan->items[n].undoes = r->old->items[i].undoes;
    }
    account_finish(&after);
    return st;
}

/* ---- what others did meanwhile ----------------------------------------------------------------
 */

struct theirs {
    const struct value *base, *after;
    bool lost; /* something of it goes */
};

static void look_at_pair(void *ctx, struct span key, struct span value)
{
    struct theirs *t = ctx;
    struct span was, is;
    bool changed = !get(t->base, key, &was) || !span_eq(was, value);
    t->lost |= changed && !(get(t->after, key, &is) && span_eq(is, value));
}

/* Whether something goes that others made of field f since the plan was made. */
static bool goes(enum field f, const struct value *base, const struct value *now,
                 const struct value *after)
{
    struct theirs t = {.base = base, .after = after};
    if (field_info(f)->type != FT_MAP)
        return !value_eq(f, now, after);
    if (value_known(now))
        value_pairs(now, look_at_pair, &t);
    return t.lost;
}

static void add_shown(struct str *out, enum field f, const struct value *v)
{
    if ((field_info(f)->flags & FF_SECRET) && value_known(v))
        str_add(out, "********");
    else
        value_show(f, v, SHOW_CELL, out);
}

static void warn_of_theirs(struct plan *plan, uint32_t n, enum field f, const struct value *base,
                           const struct value *now)
{
    struct str text = STR_INIT;
    str_add(&text, "changed by others meanwhile, ");
    add_shown(&text, f, base);
    str_add(&text, " " TEXT_ARROW " ");
    add_shown(&text, f, now);
    str_add(&text, plan->items[n].undoes ? ": this takes it back" : ": this overwrites it");
    plan_warn(plan, n, f, str_text(&text));
    str_finish(&text);
}

/* Says of item n what others changed since the first plan: field by field what it takes from them,
 * and in one word what goes with an account that is deleted. `after` NULL: a delete. */
static void tell_of_theirs(struct plan *plan, uint32_t n, const struct account *base,
                           const struct account *now, const struct account *after)
{
    struct field_set changed;
    struct str keys = STR_INIT;
    settable_diff(base, now, &changed);
    for (int i = FIELD_COUNT; i-- > 0;) { /* the last one stands first then */
        enum field f = (enum field)i;
        if (!changed.has[i])
            continue;
        if (!after)
            str_printf(&keys, "%s%s", keys.len ? ", " : "", field_info(f)->key);
        else if (goes(f, &base->v[i], &now->v[i], &after->v[i]))
            warn_of_theirs(plan, n, f, &base->v[i], &now->v[i]);
    }
    if (keys.len) {
        str_splice(&keys, 0, 0, "changed by others meanwhile: ", 29);
        plan_warn(plan, n, FIELD_NONE, str_text(&keys));
    }
    str_finish(&keys);
}

static enum status add(struct plan_refresh *r, const struct slot *s, struct error *err)
{
    const struct plan_item *item = &r->old->items[s->item];
    struct account base, after;
    bool deletes = item->kind == JOURNAL_DELETE;
    if (item->kind == JOURNAL_CREATE)
        return add_create(r, s->item, err);
    if (s->gone) {
        plan_skip(r->plan, item->id, item->name, "gone meanwhile");
        return ST_OK;
    }
    account_init(&base);
    account_init(&after);
    enum status st = plan_item_before(r->old, s->item, &base, err);
    if (st == ST_OK && !deletes)
        st = lay_over(r, s, &base, &after, err);
    if (st == ST_OK) {
        uint32_t n = plan_add(r->plan, &s->now, deletes ? NULL : &after, NULL);
        r->plan->items[n].undoes = item->undoes;
        if (r->plan->items[n].state == PLAN_WAITING)
            tell_of_theirs(r->plan, n, &base, &s->now, deletes ? NULL : &after);
    }
    account_finish(&base);
    account_finish(&after);
    return st;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void read_more(struct plan_refresh *r);

static void stop(struct plan_refresh *r, const struct error *err)
{
    r->error = *err;
    for (size_t i = 0; i < SLOTS; i++) {
        api_cancel(r->slots[i].call);
        r->slots[i].call = NULL;
    }
}

/* Those whose turn it is. */
static void take_read(struct plan_refresh *r)
{
    struct error err;
    for (struct slot *s; r->error.status == ST_OK; r->first = (r->first + 1) % SLOTS) {
        s = &r->slots[r->first];
        if (!s->used || !s->read)
            return;
        if (add(r, s, &err) != ST_OK)
            stop(r, &err);
        account_finish(&s->now);
        s->used = false;
        r->taken++;
    }
}

static void on_read(void *ctx, const struct api_result *result)
{
    struct slot *s = ctx;
    struct plan_refresh *r = s->refresh;
    struct error err = result->error;
    enum status st = result->status;
    s->call = NULL;
    s->gone = st == ST_NOT_FOUND;
    if (st == ST_OK)
        st = account_decode_of(&s->now, result->body, r->old->items[s->item].id, &err);
    s->read = st == ST_OK || s->gone;
    if (!s->read) {
        struct span name = r->old->items[s->item].name;
        error_prefix(&err, "%.*s could not be read again", (int)text_cut(name.p, name.len, 100),
                     name.p);
        stop(r, &err);
    }
    take_read(r);
    read_more(r);
    if (r->changed)
        r->changed(r->ctx, r);
}

static bool next_stale(struct plan_refresh *r, uint32_t *item)
{
    while (r->next < r->old->count && r->old->items[r->next].state != PLAN_STALE)
        r->next++;
    *item = r->next;
    return r->next < r->old->count;
}

/* Begins to read what slots are free for; true: one was not to be read, and can be taken. */
static bool read_slots(struct plan_refresh *r)
{
    bool creates = false;
    uint32_t item;
    for (size_t i = 0; i < SLOTS && r->error.status == ST_OK; i++) {
        struct slot *s = &r->slots[(r->first + i) % SLOTS];
        if (s->used)
            continue;
        if (!next_stale(r, &item))
            break;
        r->next++;
        *s = (struct slot){.refresh = r, .item = item, .used = true};
        account_init(&s->now);
        s->read = r->old->items[item].kind == JOURNAL_CREATE;
        creates |= s->read;
        if (!s->read)
            s->call = api_read(r->api, r->old->items[item].id, on_read, s);
    }
    return creates;
}

static void read_more(struct plan_refresh *r)
{
    while (read_slots(r))
        take_read(r);
}

/* What is done stands first: it is what is cut last. The operation in words was computed from the
 * older values; what is laid over is what came of it then, and the title says so. */
static void add_title(const struct plan *old, struct str *out)
{
    static const char as[] = " (as in plan ";
    str_add(out, old->head.title);
    if (!strstr(old->head.title, as)) /* else the values are of that one */
        str_printf(out, "%s%.12s%s)", as, old->head.id,
                   old->kinds[JOURNAL_UPDATE] ? ", values not computed anew" : "");
}

/* ---- life ----------------------------------------------------------------------------------- */

enum status plan_refresh_create(struct plan_refresh **out, struct api *api, const struct plan *old,
                                const struct plan_head *head, plan_refresh_fn *changed, void *ctx,
                                struct error *err)
{
    struct plan_head own = *head;
    struct str title = STR_INIT;
    *out = NULL;
    if (old->states[PLAN_STALE] == 0)
        return error_set(err, ST_NOT_FOUND, "no account of plan %s is stale", old->head.id);
    if (old->head.linked) {
        error_set(err, ST_USAGE, "plan %s moves a limit between accounts: it is whole or nothing",
                  old->head.id);
        error_next(err, "plan the move again");
        return ST_USAGE;
    }
    add_title(old, &title);
    text_copy(own.title, sizeof own.title, str_text(&title));
    str_finish(&title);
    text_copy(own.reason, sizeof own.reason, *head->reason ? head->reason : old->head.reason);
    own.id[0] = own.of[0] = '\0';
    struct plan_refresh *r = mem_calloc(1, sizeof *r);
    *r = (struct plan_refresh){
        .api = api, .old = old, .changed = changed, .ctx = ctx, .total = old->states[PLAN_STALE]};
    r->plan = plan_create(&own);
    read_more(r);
    *out = r;
    return ST_OK;
}

bool plan_refresh_progress(const struct plan_refresh *refresh, uint32_t *done, uint32_t *total)
{
    *done = refresh->taken;
    *total = refresh->total;
    return refresh->error.status != ST_OK || refresh->taken == refresh->total;
}

struct plan *plan_refresh_take(struct plan_refresh *refresh, struct error *err)
{
    struct plan *plan = refresh->plan;
    if (refresh->error.status != ST_OK) {
        *err = refresh->error;
        return NULL;
    }
    refresh->plan = NULL;
    return plan;
}

void plan_refresh_destroy(struct plan_refresh *refresh)
{
    if (!refresh)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *s = &refresh->slots[i];
        api_cancel(s->call);
        if (s->used)
            account_finish(&s->now);
    }
    plan_destroy(refresh->plan);
    mem_free(refresh);
}
