/* ops.c: see ops.h. The table, and the list of operations; how words are read is ops_parse.c, what
 * they do to an account ops_apply.c. */
#include "plan/ops.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/ops_rows.h"

#include <string.h>

#define BIT(type) (1u << (type))
#define NUMBERS   (BIT(FT_INT) | BIT(FT_SECONDS))
#define TEXTS     (BIT(FT_TEXT) | BIT(FT_OPEN))

static const struct plan_op_row rows[PLAN_OP_COUNT] = {
    [PLAN_OP_SET] = {{PLAN_OP_SET, "set", "Set a field", "", "400M",
                      "The same value for every account; none is no limit.",
                      PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE,
                      NUMBERS | TEXTS | BIT(FT_BOOL) | BIT(FT_MAP)},
                     op_parse_set,
                     op_apply_set,
                     op_words_set},
    [PLAN_OP_SCALE] = {{PLAN_OP_SCALE, "scale", "Multiply a number", "x", "1.2",
                        "Times a factor, rounded to the nearest whole; a cap may stop the growth.",
                        PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE | PLAN_MAY_CAP, NUMBERS},
                       op_parse_scale,
                       op_apply_scale,
                       op_words_scale},
    [PLAN_OP_PERCENT] = {{PLAN_OP_PERCENT, "percent", "Change a number by percent", "", "+10%",
                          "More or less by a part of itself, rounded to the nearest whole.",
                          PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE | PLAN_MAY_CAP, NUMBERS},
                         op_parse_percent,
                         op_apply_scale,
                         op_words_percent},
    [PLAN_OP_ADD] = {{PLAN_OP_ADD, "add", "Add to a number, or take from it", "", "+100M",
                      "The same amount more or less for every account that has a limit.",
                      PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE | PLAN_MAY_CAP, NUMBERS},
                     op_parse_add,
                     op_apply_add,
                     op_words_add},
    [PLAN_OP_REPLACE] = {{PLAN_OP_REPLACE, "replace", "Replace a part of a text", "s",
                          "|kv/old/|kv/new/|",
                          "As written, no patterns: the first occurrence, or each with a g at the "
                          "end.",
                          PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE, TEXTS},
                         op_parse_replace,
                         op_apply_replace,
                         op_words_replace},
    [PLAN_OP_TAG_SET] = {{PLAN_OP_TAG_SET, "tag", "Set a tag", "", "search",
                          "Adds the tag, or changes its value; other tags stay.",
                          PLAN_NEEDS_TAG | PLAN_NEEDS_VALUE, 0},
                         op_parse_tag,
                         op_apply_tag_set,
                         op_words_tag_set},
    [PLAN_OP_TAG_REMOVE] = {{PLAN_OP_TAG_REMOVE, "untag", "Remove a tag", "none", "",
                             "Takes the tag away; other tags stay.", PLAN_NEEDS_TAG, 0},
                            op_parse_nothing,
                            op_apply_tag_remove,
                            op_words_tag_remove},
    [PLAN_OP_TAG_RENAME] = {{PLAN_OP_TAG_RENAME, "rename-tag", "Rename a tag", "rename:", "squad",
                             "Gives the tag another key; its value stays.",
                             PLAN_NEEDS_TAG | PLAN_NEEDS_VALUE, 0},
                            op_parse_tag,
                            op_apply_tag_rename,
                            op_words_tag_rename},
    [PLAN_OP_COPY] = {{PLAN_OP_COPY, "copy", "Copy policies from an account", "from:",
                       "az-gpt-eu-prod-01", "Quota, rate limits, or both as that account has them.",
                       PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE | PLAN_NEEDS_ACCOUNT, BIT(FT_GROUP)},
                      op_parse_account,
                      op_apply_copy,
                      op_words_copy},
    [PLAN_OP_MOVE] = {{PLAN_OP_MOVE, "move", "Move quota between accounts", "move:", "100M",
                       "The first account gives it, the others share it; the total stays the same.",
                       PLAN_NEEDS_FIELD | PLAN_NEEDS_VALUE, NUMBERS},
                      op_parse_move,
                      op_apply_move,
                      op_words_move},
    [PLAN_OP_ENABLE] = {{PLAN_OP_ENABLE, "enable", "Enable", "", "",
                         "Requests may be routed to the accounts.", 0, 0},
                        op_parse_nothing,
                        op_apply_enable,
                        op_words_name},
    [PLAN_OP_DISABLE] = {{PLAN_OP_DISABLE, "disable", "Disable", "", "",
                          "No requests are routed to the accounts.", 0, 0},
                         op_parse_nothing,
                         op_apply_disable,
                         op_words_name},
    [PLAN_OP_DELETE] = {{PLAN_OP_DELETE, "delete", "Delete", "", "",
                         "The accounts go; undo creates them again under new ids.", 0, 0},
                        op_parse_nothing,
                        op_apply_nothing,
                        op_words_name},
};

const struct plan_op_row *plan_op_row(enum plan_op_id id)
{
    return &rows[id];
}

const struct plan_op_info *plan_op_info(enum plan_op_id id)
{
    return &rows[id].info;
}

bool plan_op_takes(enum plan_op_id id, enum field field)
{
    const struct field_info *f = field_info(field);
    if (!(rows[id].info.types & BIT(f->type)))
        return false;
    if (f->type == FT_GROUP)
        return (f->flags & FF_EDIT) != 0;
    return field_settable(field) && (f->flags & FF_EDIT);
}

void plan_ops_init(struct plan_ops *ops)
{
    memset(ops, 0, sizeof *ops);
    arena_init(&ops->mem);
}

static void source_free(struct account *source)
{
    if (source)
        account_finish(source);
    mem_free(source);
}

void plan_ops_finish(struct plan_ops *ops)
{
    for (size_t i = 0; i < ops->count; i++)
        source_free(ops->items[i].source);
    mem_free(ops->items);
    arena_finish(&ops->mem);
    plan_ops_init(ops);
}

void plan_ops_source(struct plan_ops *ops, size_t i, const struct account *source)
{
    struct plan_op *op = &ops->items[i];
    source_free(op->source);
    op->source = mem_alloc(sizeof *op->source);
    account_init(op->source);
    account_copy(op->source, source);
}

bool plan_ops_deletes(const struct plan_ops *ops)
{
    return ops->count > 0 && ops->items[0].id == PLAN_OP_DELETE;
}

void plan_ops_words(const struct plan_ops *ops, struct str *out)
{
    for (size_t i = 0; i < ops->count; i++) {
        const struct plan_op *op = &ops->items[i];
        str_add(out, i ? "; " : "");
        rows[op->id].words(op, out);
        if (op->capped) {
            str_add(out, ", at most ");
            struct value cap = value_int(op->cap);
            value_edit(op->field, &cap, out);
        }
    }
}

/* ---- in words ------------------------------------------------------------------------------ */

static const char *key_of(const struct plan_op *op)
{
    return op->field == FIELD_NONE ? "policies" : field_info(op->field)->key;
}

void op_words_set(const struct plan_op *op, struct str *out)
{
    str_printf(out, "%s=", key_of(op));
    if (op->value.presence == PRESENCE_NULL)
        str_add(out, "none");
    else if (field_info(op->field)->flags & FF_SECRET)
        str_add(out, "********");
    else
        value_edit(op->field, &op->value, out);
}

/* num / den as a decimal number without zeros at its end. */
static void add_ratio(int64_t num, int64_t den, struct str *out)
{
    int64_t rest = num % den;
    str_printf(out, "%lld", (long long)(num / den));
    if (!rest)
        return;
    str_add_char(out, '.');
    for (int64_t d = den / 10; d >= 1 && rest; d /= 10) {
        str_printf(out, "%d", (int)(rest / d));
        rest %= d;
    }
}

void op_words_scale(const struct plan_op *op, struct str *out)
{
    str_printf(out, "%s x", key_of(op));
    add_ratio(op->num, op->den, out);
}

void op_words_percent(const struct plan_op *op, struct str *out)
{
    int64_t change = op->num - op->den; /* den is at least a hundred */
    str_printf(out, "%s %c", key_of(op), change < 0 ? '-' : '+');
    add_ratio(change < 0 ? -change : change, op->den / 100, out);
    str_add_char(out, '%');
}

static void add_amount(enum field f, int64_t amount, struct str *out)
{
    struct value v = value_int(amount);
    value_edit(f, &v, out);
}

void op_words_add(const struct plan_op *op, struct str *out)
{
    str_printf(out, "%s %c", key_of(op), op->amount < 0 ? '-' : '+');
    add_amount(op->field, op->amount < 0 ? -op->amount : op->amount, out);
}

void op_words_replace(const struct plan_op *op, struct str *out)
{
    if (field_info(op->field)->flags & FF_SECRET) {
        str_printf(out, "%s: a part replaced", key_of(op));
        return;
    }
    str_printf(out, "%s: \"%.*s\" becomes \"%.*s\"", key_of(op), (int)op->from.len, op->from.p,
               (int)op->to.len, op->to.p);
}

void op_words_tag_set(const struct plan_op *op, struct str *out)
{
    str_printf(out, "tags.%.*s=%.*s", (int)op->tag.len, op->tag.p, (int)op->to.len, op->to.p);
}

void op_words_tag_remove(const struct plan_op *op, struct str *out)
{
    str_printf(out, "tags.%.*s=none", (int)op->tag.len, op->tag.p);
}

void op_words_tag_rename(const struct plan_op *op, struct str *out)
{
    str_printf(out, "tags.%.*s renamed to %.*s", (int)op->tag.len, op->tag.p, (int)op->to.len,
               op->to.p);
}

void op_words_copy(const struct plan_op *op, struct str *out)
{
    struct span from = op->source ? account_name(op->source) : op->word;
    if (!from.len)
        from = op->word;
    str_printf(out, "%s from %.*s", key_of(op), (int)from.len, from.p);
}

void op_words_move(const struct plan_op *op, struct str *out)
{
    str_add(out, "move ");
    add_amount(op->field, op->amount, out);
    str_printf(out, " of %s", key_of(op));
}

void op_words_name(const struct plan_op *op, struct str *out)
{
    str_add(out, rows[op->id].info.name);
}
