/* match.c: see match.h. */
#include "plan/match.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/csv_guard.h"
#include "model/scan.h"
#include "plan/settable.h"

#include <stdio.h>
#include <string.h>

struct match {
    struct plan *plan;
    const struct plan_inputs *inputs;
    const struct fleet *fleet;
    const struct plan_match_options *options;
    uint32_t *seen;       /* owned: for each row 1 + the input that is about it; 0: none */
    struct map new_names; /* of creates: name → input */
    struct map gone_ids;  /* of those that the server has no account of: id → input */
};

static enum status wrong(const struct plan_input *in, struct error *err)
{
    error_prefix(err, "%s:%u", in->file, in->line);
    err->status = ST_USAGE;
    return ST_USAGE;
}

/* *gone: it names an id that the server does not have. */
static enum status find_row(struct match *m, const struct plan_input *in, row_id *row, bool *gone,
                            struct error *err)
{
    struct span id = account_id(&in->account), name = account_name(&in->account);
    *row = ROW_NONE;
    *gone = false;
    if (id.len) {
        *row = fleet_find(m->fleet, id);
        *gone = *row == ROW_NONE && m->options->gone;
        if (*row != ROW_NONE || *gone)
            return ST_OK;
        error_set(err, ST_USAGE, "there is no account %.*s", (int)(id.len < 160 ? id.len : 160),
                  id.p);
        error_next(err, "leave provider_account_id out to create it");
        return wrong(in, err);
    }
    if (!name.len) {
        error_set(err, ST_USAGE, "neither provider_account_id nor name: which account is it?");
        return wrong(in, err);
    }
    row_id first = ROW_NONE;
    uint32_t n = fleet_find_name(m->fleet, name, &first, 1);
    if (n > 1) {
        error_set(err, ST_USAGE, "%u accounts are named %.*s", (unsigned)n,
                  (int)(name.len < 160 ? name.len : 160), name.p);
        error_next(err, "name it by provider_account_id");
        return wrong(in, err);
    }
    if (n == 1)
        *row = first;
    return ST_OK;
}

static enum status twice(const struct match *m, const struct plan_input *in, uint32_t other,
                         struct error *err)
{
    const struct plan_input *first = &m->inputs->items[other];
    error_set(err, ST_USAGE, "the same account as at %s:%u", first->file, first->line);
    return wrong(in, err);
}

/* One that was there when the file was written and is not any more is never created in silence:
 * that would be another account, with another id. Where its name is now is said, for an account
 * that was deleted and created again has it. */
static enum status add_gone(struct match *m, uint32_t i, struct error *err)
{
    const struct plan_input *in = &m->inputs->items[i];
    struct span id = account_id(&in->account), name = account_name(&in->account);
    struct str why = STR_INIT;
    row_id row = ROW_NONE;
    uint32_t other;
    if (map_get(&m->gone_ids, id, &other))
        return twice(m, in, other, err);
    map_set(&m->gone_ids, id, i);
    ++*m->options->gone;
    str_printf(&why, "%s (%s:%u)", PLAN_GONE, in->file, in->line);
    if (name.len && fleet_find_name(m->fleet, name, &row, 1)) {
        struct value now;
        fleet_get(m->fleet, row, FIELD_ID, &now);
        str_printf(&why, "; %.*s has its name now", (int)now.text.len, now.text.p);
    }
    plan_skip(m->plan, id, name, str_text(&why));
    str_finish(&why);
    return ST_OK;
}

/* ---- new ones ------------------------------------------------------------------------------- */

enum status plan_match_new(const struct plan_input *in, struct error *err)
{
    struct span id = account_id(&in->account);
    if (in->unknown_count)
        return plan_input_unknown(in->file, in->unknown, in->unknown_count, err);
    if (id.len) {
        error_set(err, ST_USAGE,
                  "an account gets its id from the server: %.*s cannot be given to a new one",
                  (int)(id.len < 160 ? id.len : 160), id.p);
        error_next(err, "leave provider_account_id out to create it; paddock plan -f changes the "
                        "account of that id");
        return wrong(in, err);
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        const struct value *v = &in->account.v[i];
        if ((f->flags & FF_REQUIRED) && !value_known(v)) {
            error_set(err, ST_USAGE, "%s is required", f->path);
            return wrong(in, err);
        }
        if (field_settable((enum field)i) && v->presence != PRESENCE_ABSENT &&
            value_check((enum field)i, v, err) != ST_OK)
            return wrong(in, err);
    }
    return ST_OK;
}

static enum status add_new(struct match *m, uint32_t i, struct error *err)
{
    const struct plan_input *in = &m->inputs->items[i];
    uint32_t other;
    if (map_get(&m->new_names, account_name(&in->account), &other))
        return twice(m, in, other, err);
    enum status st = plan_match_new(in, err);
    if (st != ST_OK)
        return st;
    map_set(&m->new_names, account_name(&in->account), i);
    plan_add(m->plan, NULL, &in->account, NULL);
    return ST_OK;
}

/* ---- those that are there -------------------------------------------------------------------- */

struct theirs {
    const struct plan_input *in;
    bool *has; /* by place in in->unknown; owned */
};

static void on_theirs(void *ctx, struct span path, struct span raw)
{
    struct theirs *t = ctx;
    (void)raw;
    for (size_t i = 0; i < t->in->unknown_count; i++)
        t->has[i] |= span_is(path, t->in->unknown[i].path);
}

/* What the table does not know is left alone when the account has it, too; else it is a slip. */
static enum status check_unknown(const struct match *m, const struct plan_input *in, row_id row,
                                 struct error *err)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct theirs t = {.in = in};
    if (!in->unknown_count)
        return ST_OK;
    arena_init(&mem);
    t.has = mem_calloc(in->unknown_count, sizeof *t.has);
    enum status st = scan_record(fleet_raw(m->fleet, row), v, &mem, on_theirs, &t, err);
    for (size_t i = 0; i < in->unknown_count && st == ST_OK; i++)
        if (!t.has[i])
            st = plan_input_unknown(in->file, &in->unknown[i], 1, err);
    if (st == ST_OK && m->options->left_alone) {
        m->options->left_alone->accounts++;
        m->options->left_alone->field = in->unknown[0].path;
    }
    mem_free(t.has);
    arena_finish(&mem);
    return st;
}

/* A policy that is null in the file: nothing to do where the server has none either. */
static enum status check_policies(const struct plan_input *in, const struct account *server,
                                  struct error *err)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field parent = field_info((enum field)i)->parent;
        if (parent == FIELD_NONE || !field_settable((enum field)i) ||
            in->account.v[parent].presence != PRESENCE_NULL || !value_known(&server->v[i]))
            continue;
        error_set(err, ST_USAGE, "%s: cannot be null as a whole: name the fields to clear",
                  field_info(parent)->path);
        return wrong(in, err);
    }
    return ST_OK;
}

/* Whether the text is what a CSV shows of the server's: what could act on a terminal is made
 * visible there, and is no change when it is read back. (Tags are quoted then, and read back by
 * themselves.) */
static bool is_as_shown(enum field f, const struct value *v, const struct value *server)
{
    enum field_type type = field_info(f)->type;
    if (!value_known(v) || !value_known(server) || (type != FT_TEXT && type != FT_OPEN))
        return false;
    struct str shown = STR_INIT;
    csv_show(&shown, server->text, true, 0);
    bool same = span_eq(span_from(&shown), v->text);
    str_finish(&shown);
    return same;
}

static enum status lay_over(const struct plan_input *in, const struct account *server,
                            struct account *out, struct error *err)
{
    enum status st = check_policies(in, server, err);
    account_copy(out, server);
    for (int i = 0; i < FIELD_COUNT && st == ST_OK; i++) {
        enum field f = (enum field)i;
        const struct value *v = &in->account.v[f];
        if (!field_settable(f) || v->presence == PRESENCE_ABSENT || value_eq(f, v, &server->v[f]))
            continue;
        bool nothing = v->presence == PRESENCE_NULL && server->v[f].presence == PRESENCE_ABSENT;
        if (nothing)
            continue; /* there is none, and none is asked for */
        if (in->csv && is_as_shown(f, v, &server->v[f]))
            continue;
        if (value_check(f, v, err) != ST_OK)
            st = wrong(in, err);
        else
            account_set(out, f, v);
    }
    return st;
}

static enum status add_known(struct match *m, uint32_t i, row_id row, struct error *err)
{
    const struct plan_input *in = &m->inputs->items[i];
    struct account before, after;
    if (m->options->create_only) {
        struct span name = account_name(&in->account);
        error_set(err, ST_CONFLICT, "there is an account named %.*s already",
                  (int)(name.len < 160 ? name.len : 160), name.p);
        wrong(in, err);
        return err->status = ST_CONFLICT;
    }
    if (m->seen[row])
        return twice(m, in, m->seen[row] - 1, err);
    m->seen[row] = i + 1;
    account_init(&before);
    account_init(&after);
    enum status st = fleet_account(m->fleet, row, &before, err);
    if (st != ST_OK)
        wrong(in, err);
    else
        st = check_unknown(m, in, row, err);
    if (st == ST_OK)
        st = lay_over(in, &before, &after, err);
    if (st == ST_OK && fleet_locked(m->fleet, row))
        plan_skip(m->plan, account_id(&before), account_name(&before), fleet_locked(m->fleet, row));
    else if (st == ST_OK)
        plan_add(m->plan, &before, &after, NULL);
    account_finish(&before);
    account_finish(&after);
    return st;
}

static void add_lacking(struct match *m)
{
    for (row_id row = 0; row < fleet_rows(m->fleet); row++) {
        struct value id, name;
        if (!fleet_alive(m->fleet, row) || m->seen[row])
            continue;
        fleet_get(m->fleet, row, FIELD_ID, &id);
        fleet_get(m->fleet, row, FIELD_NAME, &name);
        plan_skip(m->plan, id.text, name.text, PLAN_LACKING);
    }
}

enum status plan_match(const struct plan_head *head, const struct plan_inputs *inputs,
                       const struct fleet *fleet, const struct plan_match_options *options,
                       struct plan **out, struct error *err)
{
    struct match m = {.inputs = inputs, .fleet = fleet, .options = options};
    enum status st = ST_OK;
    m.plan = plan_create(head);
    m.seen = mem_calloc(fleet_rows(fleet) + 1u, sizeof *m.seen);
    map_init(&m.new_names);
    map_init(&m.gone_ids);
    for (uint32_t i = 0; i < inputs->count && st == ST_OK; i++) {
        row_id row;
        bool gone;
        st = find_row(&m, &inputs->items[i], &row, &gone, err);
        if (st == ST_OK)
            st = gone              ? add_gone(&m, i, err)
                 : row == ROW_NONE ? add_new(&m, i, err)
                                   : add_known(&m, i, row, err);
    }
    if (st == ST_OK && options->lacking)
        add_lacking(&m);
    if (st != ST_OK) {
        plan_destroy(m.plan);
        m.plan = NULL;
    }
    *out = m.plan;
    map_finish(&m.new_names);
    map_finish(&m.gone_ids);
    mem_free(m.seen);
    return st;
}
