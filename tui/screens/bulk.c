/* bulk.c: see bulk.h. Each question is an overlay of its own; they hand on one struct bulk, which
 * lives as long as one of them, or the plan that came of it. */
#include "tui/screens/bulk.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "tui/screens/account_pick.h"
#include "tui/screens/pick.h"
#include "tui/screens/plan.h"
#include "tui/screens/prompt.h"
#include "tui/session_plan.h"

#include <stdio.h>
#include <string.h>

/* One operation as it was typed: the plan is built anew from the words when another is added. */
struct bulk_op {
    enum plan_op_id id;
    char *key, *value; /* owned */
};

struct bulk {
    struct app *app;
    unsigned refs;
    row_id *rows; /* owned */
    uint32_t count, hidden;
    struct bulk_op *ops; /* owned */
    size_t op_count, op_room;
    enum plan_op_id pending; /* asked about now */
    char *key;               /* owned; its key, once chosen */
};

struct bulk *bulk_ref(struct bulk *bulk)
{
    bulk->refs++;
    return bulk;
}

static void drop_ops(struct bulk *b, size_t from)
{
    while (b->op_count > from) {
        struct bulk_op *op = &b->ops[--b->op_count];
        mem_free(op->key);
        mem_free(op->value);
    }
}

void bulk_unref(void *bulk)
{
    struct bulk *b = bulk;
    if (!b || --b->refs)
        return;
    drop_ops(b, 0);
    mem_free(b->ops);
    mem_free(b->rows);
    mem_free(b->key);
    mem_free(b);
}

uint32_t bulk_count(const struct bulk *bulk)
{
    return bulk->count;
}

uint32_t bulk_hidden(const struct bulk *bulk)
{
    return bulk->hidden;
}

/* ---- the plan ------------------------------------------------------------------------------ */

/* The account that a copy takes from: by id, else by a name that one account alone has. */
static enum status give_source(struct bulk *b, struct plan_ops *ops, size_t i, struct error *err)
{
    struct fleet *fleet = app_session(b->app)->fleet;
    struct span word = ops->items[i].word;
    row_id found[2], row = fleet_find(fleet, word);
    struct account source;
    if (row == ROW_NONE) {
        uint32_t n = fleet_find_name(fleet, word, found, 2);
        if (n > 1)
            return error_set(err, ST_USAGE, "%s accounts have that name: type an id", QUANTITY(n));
        if (n == 0)
            return error_set(err, ST_USAGE, "there is no account with that id or name");
        row = found[0];
    }
    account_init(&source);
    enum status st = fleet_account(fleet, row, &source, err);
    if (st == ST_OK)
        plan_ops_source(ops, i, &source);
    account_finish(&source);
    return st;
}

static enum status read_ops(struct bulk *b, struct plan_ops *ops, struct error *err)
{
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < b->op_count; i++) {
        const struct bulk_op *op = &b->ops[i];
        st = plan_ops_add(ops, op->id, span_of(op->key), plan_op_typed(op->id, span_of(op->value)),
                          err);
    }
    for (size_t i = 0; st == ST_OK && i < ops->count; i++)
        if (plan_op_info(ops->items[i].id)->needs & PLAN_NEEDS_ACCOUNT)
            st = give_source(b, ops, i, err);
    return st;
}

static enum status begin_build(struct bulk *b, struct plan_build **build, struct error *err)
{
    struct session *s = app_session(b->app);
    struct plan_head head = {.made_wall_ms = app_now_wall(b->app)};
    struct plan_ops ops;
    snprintf(head.by, sizeof head.by, "%s", s->operator_name);
    snprintf(head.origin, sizeof head.origin, "%s", s->profile.origin);
    snprintf(head.org, sizeof head.org, "%s", s->profile.org);
    snprintf(head.profile, sizeof head.profile, "%s", s->profile.name);
    text_copy(head.label, sizeof head.label, s->profile.label);
    plan_ops_init(&ops);
    enum status st = read_ops(b, &ops, err);
    if (st == ST_OK) {
        const struct plan_build_spec spec = {.head = &head,
                                             .fleet = s->fleet,
                                             .rows = b->rows,
                                             .row_count = b->count,
                                             .whole = !session_partial(s),
                                             .ops = &ops};
        st = plan_build_create(build, &spec, err);
    }
    plan_ops_finish(&ops);
    return st;
}

/* Adds the operation and opens the plan; false with words when it cannot be. */
static bool add_op(struct bulk *b, const char *key, struct span value, struct error *err)
{
    struct plan_build *build = NULL;
    VEC_ROOM(b->ops, b->op_count, b->op_room);
    b->ops[b->op_count++] = (struct bulk_op){b->pending, mem_strdup(key), span_dup(value)};
    if (begin_build(b, &build, err)) {
        drop_ops(b, b->op_count - 1);
        return false;
    }
    const struct plan_arg arg = {.build = build, .bulk = b};
    app_push(b->app, &plan_screen, &arg);
    return true;
}

/* ---- its value ------------------------------------------------------------------------------ */

static bool take_value(void *ctx, struct span text, struct error *err)
{
    struct bulk *b = ctx;
    return add_op(b, b->key, text, err);
}

/* Examples are of this operation, and nothing of a field that takes others; a move says who gives.
 */
static void add_hint(const struct bulk *b, struct str *out)
{
    const struct plan_op_info *info = plan_op_info(b->pending);
    const struct fleet *fleet = app_session(b->app)->fleet;
    if (b->pending == PLAN_OP_MOVE && b->count && fleet_alive(fleet, b->rows[0])) {
        struct value name;
        fleet_get(fleet, b->rows[0], FIELD_NAME, &name);
        struct span text = value_known(&name) ? name.text : span_of("the first");
        text_safe(out, text.p, text.len, app_draw(b->app)->ascii ? TEXT_ASCII : 0);
        str_add(out, " gives it; ");
    }
    if (b->pending == PLAN_OP_SET)
        str_add(out, "the new value, as in the form");
    else
        str_printf(out, "such as %s", info->sample);
    if (info->needs & PLAN_MAY_CAP)
        str_printf(out, ", or with at most: %s<=1.2G", info->sample);
    str_add(out, "; Enter shows the plan");
}

static void ask_value(struct bulk *b)
{
    const struct plan_op_info *info = plan_op_info(b->pending);
    char title[120];
    struct str hint = STR_INIT;
    snprintf(title, sizeof title, "%s: %s", info->title, b->key);
    add_hint(b, &hint);
    const struct prompt_arg arg = {.title = title,
                                   .hint = str_text(&hint),
                                   .text = span_of(""),
                                   .accept = take_value,
                                   .close = bulk_unref,
                                   .ctx = bulk_ref(b)};
    app_push(b->app, &prompt_screen, &arg);
    str_finish(&hint);
}

/* ---- whom it takes from ---------------------------------------------------------------------- */

static bool account_chosen(void *ctx, row_id row, struct error *err)
{
    struct bulk *b = ctx;
    struct value id;
    fleet_get(app_session(b->app)->fleet, row, FIELD_ID, &id);
    if (!value_known(&id) || !id.text.len) {
        error_set(err, ST_UNREADABLE, "this account could not be read: choose another");
        return false;
    }
    return add_op(b, b->key, id.text, err);
}

/* Beside the names stands what would be copied. */
static void ask_account(struct bulk *b)
{
    char title[120];
    struct account_pick_arg arg = {
        .title = title, .chosen = account_chosen, .close = bulk_unref, .ctx = bulk_ref(b)};
    enum field group = field_find(span_of(b->key));
    for (int f = 0; f < FIELD_COUNT && arg.field_count < ACCOUNT_PICK_FIELDS; f++) {
        const struct field_info *info = field_info((enum field)f);
        bool policy = info->parent == FIELD_QUOTA || info->parent == FIELD_RATE;
        if (policy && field_settable(info->id) && (group == FIELD_NONE || info->parent == group))
            arg.fields[arg.field_count++] = info->id;
    }
    snprintf(title, sizeof title, "%s: %s", plan_op_info(b->pending)->title, b->key);
    app_push(b->app, &account_pick_screen, &arg);
}

/* ---- its key -------------------------------------------------------------------------------- */

static void set_key(struct bulk *b, struct span key)
{
    char *copy = span_dup(key);
    mem_free(b->key);
    b->key = copy;
}

static void go_on(struct bulk *b)
{
    struct error err;
    unsigned needs = plan_op_info(b->pending)->needs;
    if (needs & PLAN_NEEDS_ACCOUNT)
        ask_account(b);
    else if (needs & PLAN_NEEDS_VALUE)
        ask_value(b);
    else if (!add_op(b, b->key, span_of(""), &err))
        app_error(b->app, &err);
}

static bool take_tag(void *ctx, struct span text, struct error *err)
{
    struct bulk *b = ctx;
    struct str key = STR_INIT;
    if (text.len == 0) {
        error_set(err, ST_USAGE, "type the key of the tag, such as team");
        return false;
    }
    struct span value = {NULL, 0};
    const char *equals = memchr(text.p, '=', text.len);
    if (equals) {
        value = (struct span){equals + 1, text.len - (size_t)(equals - text.p) - 1};
        text.len = (size_t)(equals - text.p);
    }
    if (equals && (b->pending != PLAN_OP_TAG_SET || !text.len)) {
        error_set(err, ST_USAGE, "the key alone: %.*s", (int)(text.len < 60 ? text.len : 60),
                  text.p);
        return false;
    }
    str_add(&key, "tags.");
    str_add_span(&key, text);
    set_key(b, span_from(&key));
    str_finish(&key);
    if (equals)
        return add_op(b, b->key, value, err);
    go_on(b);
    return true;
}

static void ask_tag(struct bulk *b)
{
    const struct prompt_arg arg = {.title = plan_op_info(b->pending)->title,
                                   .hint = b->pending == PLAN_OP_TAG_SET
                                               ? "its key, such as team, or team=search"
                                               : "the key of the tag, such as team",
                                   .text = span_of(""),
                                   .accept = take_tag,
                                   .close = bulk_unref,
                                   .ctx = bulk_ref(b)};
    app_push(b->app, &prompt_screen, &arg);
}

static void field_fill(void *ctx, struct menu *menu)
{
    struct bulk *b = ctx;
    if (b->pending == PLAN_OP_COPY)
        menu_add(menu, "policies", "Quota and rate limits", NULL, FIELD_NONE);
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = field_info((enum field)f);
        if (plan_op_takes(b->pending, (enum field)f))
            menu_add(menu, info->key, info->label, NULL, f);
    }
}

static void field_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct bulk *b = ctx;
    (void)menu;
    set_key(b, span_of(item->text));
    go_on(b);
}

static void ask_field(struct bulk *b)
{
    const struct pick_arg arg = {.title = plan_op_info(b->pending)->title,
                                 .filter = true,
                                 .start = -1,
                                 .fill = field_fill,
                                 .chosen = field_chosen,
                                 .close = bulk_unref,
                                 .ctx = bulk_ref(b)};
    app_push(b->app, &pick_screen, &arg);
}

/* ---- which operation ------------------------------------------------------------------------ */

enum { ITEM_START_OVER = PLAN_OP_COUNT, ITEM_UNMARK };

/* What the last plan did to these accounts: they are marked still, and x1.2 twice is x1.44. */
static void add_done(struct bulk *b, struct menu *menu)
{
    struct session *s = app_session(b->app);
    bool *done = session_plan_done(s);
    uint32_t n = 0, marked = 0;
    for (uint32_t i = 0; done && i < b->count; i++) {
        n += done[b->rows[i]];
        marked += done[b->rows[i]] && fleet_marked(s->fleet, b->rows[i]);
    }
    mem_free(done);
    if (!n)
        return;
    struct str words = STR_INIT;
    const struct plan *last = session_plan(s);
    str_printf(&words, "Plan %s has changed %s of them: %s", last->head.id, QUANTITY(n),
               last->head.title);
    menu_add(menu, str_text(&words), NULL, NULL, -1)->heading = true;
    if (marked)
        menu_add(menu, "Unmark those", "They are done; the other marks stay", NULL, ITEM_UNMARK);
    str_finish(&words);
}

static void unmark_done(struct bulk *b)
{
    struct session *s = app_session(b->app);
    bool *done = session_plan_done(s);
    for (uint32_t i = 0; done && i < b->count; i++)
        if (done[b->rows[i]])
            fleet_mark(s->fleet, b->rows[i], false);
    mem_free(done);
    app_message(b->app, MESSAGE_NOTE, "the marks of those that are done are taken away; %s left",
                QUANTITY(fleet_marked_count(s->fleet)));
}

static void choose(struct bulk *b, enum plan_op_id id)
{
    unsigned needs = plan_op_info(id)->needs;
    b->pending = id;
    set_key(b, span_of(""));
    if (needs & PLAN_NEEDS_FIELD)
        ask_field(b);
    else if (needs & PLAN_NEEDS_TAG)
        ask_tag(b);
    else
        go_on(b);
}

static void op_fill(void *ctx, struct menu *menu)
{
    struct bulk *b = ctx;
    struct plan_ops ops;
    struct str words = STR_INIT;
    struct error err;
    plan_ops_init(&ops);
    if (b->op_count && read_ops(b, &ops, &err) == ST_OK) {
        str_add(&words, "So far: ");
        plan_ops_words(&ops, &words);
        menu_add(menu, str_text(&words), NULL, NULL, -1)->heading = true;
        menu_add(menu, "Start over", "Forget what was chosen so far", NULL, ITEM_START_OVER);
    }
    if (!b->op_count)
        add_done(b, menu);
    for (int i = 0; i < PLAN_OP_COUNT; i++) {
        const struct plan_op_info *info = plan_op_info((enum plan_op_id)i);
        struct menu_item *item = menu_add(menu, info->title, info->help, NULL, i);
        item->danger = i == PLAN_OP_DELETE;
        item->disabled = i == PLAN_OP_DELETE && b->op_count;
    }
    plan_ops_finish(&ops);
    str_finish(&words);
}

static void op_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct bulk *b = ctx;
    (void)menu;
    if (item->value < 0)
        return;
    if (item->value == ITEM_UNMARK) {
        unmark_done(b);
        return;
    }
    if (item->value != ITEM_START_OVER) {
        choose(b, (enum plan_op_id)item->value);
        return;
    }
    drop_ops(b, 0);
    bulk_more(b);
}

void bulk_more(struct bulk *bulk)
{
    char title[80];
    snprintf(title, sizeof title, "%s account%s%s", QUANTITY(bulk->count),
             bulk->count == 1 ? "" : "s", bulk->hidden ? ", some hidden by the filter" : "");
    const struct pick_arg arg = {.title = title,
                                 .filter = true,
                                 .start = -1,
                                 .fill = op_fill,
                                 .chosen = op_chosen,
                                 .close = bulk_unref,
                                 .ctx = bulk_ref(bulk)};
    app_push(bulk->app, &pick_screen, &arg);
}

static struct bulk *bulk_create(struct app *app, const row_id *rows, uint32_t count,
                                uint32_t hidden)
{
    struct bulk *b = mem_calloc(1, sizeof *b);
    *b = (struct bulk){.app = app, .refs = 1, .count = count, .hidden = hidden};
    b->rows = mem_dup(rows, count * sizeof *rows);
    b->key = mem_strdup("");
    return b;
}

void bulk_open(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden)
{
    struct bulk *b = bulk_create(app, rows, count, hidden);
    bulk_more(b);
    bulk_unref(b);
}

void bulk_do(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden,
             enum plan_op_id op)
{
    struct bulk *b = bulk_create(app, rows, count, hidden);
    choose(b, op);
    bulk_unref(b);
}

/* ---- on and off ----------------------------------------------------------------------------- */

static void toggle_fill(void *ctx, struct menu *menu)
{
    (void)ctx;
    menu_add(menu, "Enable", plan_op_info(PLAN_OP_ENABLE)->help, NULL, PLAN_OP_ENABLE);
    menu_add(menu, "Disable", plan_op_info(PLAN_OP_DISABLE)->help, NULL, PLAN_OP_DISABLE);
}

void bulk_toggle(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden)
{
    struct fleet *fleet = app_session(app)->fleet;
    uint32_t on = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct value v;
        fleet_get(fleet, rows[i], FIELD_ENABLED, &v);
        on += value_known(&v) && v.i;
    }
    if (on == 0 || on == count) {
        bulk_do(app, rows, count, hidden, on ? PLAN_OP_DISABLE : PLAN_OP_ENABLE);
        return;
    }
    struct bulk *b = bulk_create(app, rows, count, hidden);
    char title[80];
    snprintf(title, sizeof title, "%s accounts, %s of them enabled", QUANTITY(count), QUANTITY(on));
    const struct pick_arg arg = {.title = title,
                                 .start = -1,
                                 .fill = toggle_fill,
                                 .chosen = op_chosen,
                                 .close = bulk_unref,
                                 .ctx = bulk_ref(b)};
    app_push(app, &pick_screen, &arg);
    bulk_unref(b);
}
