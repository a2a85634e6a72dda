/* ops_parse.c: operations from words: which one "K=V" means, and its arguments.
 *
 * A value that begins as an operation's lead and is of a type that the operation works on is that
 * operation; everything else is a plain value. A plain text that looks like one is typed in quotes.
 */
#include "plan/ops_rows.h"

#include "base/near.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/json_scan.h"
#include "model/value_quote.h"
#include "plan/arith.h"

#include <ctype.h>
#include <string.h>

#define POLICIES "policies"

static bool starts(struct span s, const char *with)
{
    size_t n = strlen(with);
    return s.len >= n && memcmp(s.p, with, n) == 0;
}

static struct span rest_of(struct span s, size_t from)
{
    return (struct span){s.p + from, s.len - from};
}

static struct span trim(struct span s)
{
    while (s.len && (*s.p == ' ' || *s.p == '\t'))
        s = rest_of(s, 1);
    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* ---- the rows' readers --------------------------------------------------------------------- */

enum status op_parse_nothing(struct plan_op *op, struct span value, struct arena *mem,
                             struct error *err)
{
    (void)mem;
    return value.len == 0
               ? ST_OK
               : error_set(err, ST_USAGE, "%s takes no value", plan_op_info(op->id)->name);
}

enum status op_parse_set(struct plan_op *op, struct span value, struct arena *mem,
                         struct error *err)
{
    enum status st = value_parse(op->field, value, mem, &op->value, err);
    if (st == ST_OK && op->value.presence == PRESENCE_ABSENT)
        st = error_set(err, ST_USAGE, "a value is needed: try %s",
                       field_info(op->field)->flags & FF_NULLABLE ? "400M or none" : "a number");
    return st;
}

static enum status parse_amount(enum field f, struct span text, int64_t *out, struct error *err)
{
    return field_info(f)->type == FT_SECONDS ? quantity_parse_seconds(text.p, text.len, out, err)
                                             : quantity_parse_count(text.p, text.len, out, err);
}

/* What follows "<=" is the cap; *value is cut before it. */
static enum status take_cap(struct plan_op *op, struct span *value, struct error *err)
{
    for (size_t i = 0; i + 1 < value->len; i++) {
        if (value->p[i] != '<' || value->p[i + 1] != '=')
            continue;
        struct span cap = trim(rest_of(*value, i + 2));
        op->capped = true;
        *value = trim((struct span){value->p, i});
        return parse_amount(op->field, cap, &op->cap, err);
    }
    return ST_OK;
}

/* In a prompt a factor is typed as it is read: x1.2. On the command line the lead is cut already.
 */
static struct span without_times(struct span s)
{
    static const char *const signs[] = {"x", "X", "*", "\u00d7"};
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (starts(s, signs[i]))
            return trim(rest_of(s, strlen(signs[i])));
    return s;
}

enum status op_parse_scale(struct plan_op *op, struct span value, struct arena *mem,
                           struct error *err)
{
    (void)mem;
    enum status st = take_cap(op, &value, err);
    value = without_times(trim(value));
    if (st == ST_OK && !ratio_parse(value, &op->num, &op->den))
        st = error_set(err, ST_USAGE, "not a factor: try x1.2, x0.5 or x1.2<=1.2G");
    return st;
}

/* What stands there without its sign is asked back with both. */
static enum status which_way(struct span value, const char *words, const char *unit,
                             const char *otherwise, struct error *err)
{
    struct span number = trim(value);
    if (number.len && number.p[number.len - 1] == '%')
        number.len--;
    if (!number.len || number.len > 30 || !isdigit((unsigned char)*number.p))
        return error_set(err, ST_USAGE, "%s", otherwise);
    return error_set(err, ST_USAGE, "%s? try +%.*s%s or -%.*s%s", words, (int)number.len, number.p,
                     unit, (int)number.len, number.p, unit);
}

/* +10% is the factor 1.10: (100 + 10) / 100. */
enum status op_parse_percent(struct plan_op *op, struct span value, struct arena *mem,
                             struct error *err)
{
    int64_t part, whole;
    (void)mem;
    if (take_cap(op, &value, err))
        return err->status;
    bool minus = starts(value, "-");
    if (!minus && !starts(value, "+"))
        return which_way(value, "up or down", "%", "not a change in percent: try +10% or -2.5%",
                         err);
    if (value.len < 3 || value.p[value.len - 1] != '%' ||
        !ratio_parse((struct span){value.p + 1, value.len - 2}, &part, &op->den) ||
        __builtin_mul_overflow(op->den, 100, &op->den))
        return error_set(err, ST_USAGE, "not a change in percent: try +10%% or -2.5%%");
    whole = op->den;
    if (minus && part > whole)
        return error_set(err, ST_USAGE, "less than nothing would be left: -100%% at most");
    if (__builtin_add_overflow(whole, minus ? -part : part, &op->num))
        return error_set(err, ST_USAGE, "not a change in percent that makes sense");
    return ST_OK;
}

enum status op_parse_add(struct plan_op *op, struct span value, struct arena *mem,
                         struct error *err)
{
    (void)mem;
    enum status st = take_cap(op, &value, err);
    if (st != ST_OK)
        return st;
    bool minus = starts(value, "-");
    if (!minus && !starts(value, "+"))
        return which_way(value, "more or less", "", "not a change: try +100M or -100M", err);
    /* Elsewhere that is the word for no limit. */
    if (span_is(value, "-1"))
        return error_set(err, ST_USAGE,
                         "-1 would take one away: no limit is none, one less is the number itself");
    st = parse_amount(op->field, rest_of(value, 1), &op->amount, err);
    if (st == ST_OK && minus)
        op->amount = -op->amount;
    return st;
}

enum status op_parse_move(struct plan_op *op, struct span value, struct arena *mem,
                          struct error *err)
{
    (void)mem;
    enum status st = parse_amount(op->field, value, &op->amount, err);
    if (st == ST_OK && op->amount < 1)
        st = error_set(err, ST_USAGE, "nothing to move: try move:100M");
    return st;
}

/* The text up to the next delimiter; false when there is none. */
static bool cut(struct span *rest, char delimiter, struct span *out)
{
    const char *at = rest->len ? memchr(rest->p, delimiter, rest->len) : NULL;
    if (!at)
        return false;
    *out = (struct span){rest->p, (size_t)(at - rest->p)};
    *rest = rest_of(*rest, out->len + 1);
    return true;
}

/* |from|to| or |from|to|g, with any punctuation mark that stands in neither. */
static bool split_replace(struct span value, struct span *from, struct span *to, bool *every)
{
    if (value.len < 3 || !ispunct((unsigned char)*value.p))
        return false;
    char delimiter = *value.p;
    struct span rest = rest_of(value, 1);
    if (!cut(&rest, delimiter, from) || !cut(&rest, delimiter, to))
        return false;
    *every = span_is(rest, "g");
    return rest.len == 0 || *every;
}

enum status op_parse_replace(struct plan_op *op, struct span value, struct arena *mem,
                             struct error *err)
{
    if (!split_replace(value, &op->from, &op->to, &op->every))
        return error_set(err, ST_USAGE, "not a replacement: try s|old|new| or s|old|new|g");
    if (op->from.len == 0)
        return error_set(err, ST_USAGE, "what to replace is empty");
    if (!text_is_utf8(value.p, value.len))
        return error_set(err, ST_USAGE, "not a text: it is not UTF-8");
    op->from = arena_dup(mem, op->from);
    op->to = arena_dup(mem, op->to);
    return ST_OK;
}

/* A text in quotes is read as JSON reads it. */
static enum status plain_text(struct span value, struct arena *mem, struct span *out,
                              struct error *err)
{
    struct value v;
    enum status st = ST_OK;
    if (value.len && value.p[0] == '"') {
        st = value_parse(FIELD_DESCRIPTION, value, mem, &v, err);
        *out = v.text;
    } else if (!text_is_utf8(value.p, value.len)) {
        st = error_set(err, ST_USAGE, "not a text: it is not UTF-8");
    } else {
        *out = arena_dup(mem, value);
    }
    return st;
}

/* A key that is to be there: one that no K=V and no filter (tag:key=value) could name is refused. A
 * key that is there already is taken as it is, so that it can be renamed or removed. */
static enum status check_new_key(struct span key, struct error *err)
{
    if (key.len == 0)
        return error_set(err, ST_USAGE, "a tag's key cannot be empty");
    if (memchr(key.p, '=', key.len))
        return error_set(err, ST_USAGE,
                         "a tag's key cannot have a \"=\" in it: \"%.*s\"; a rename takes the new "
                         "key alone",
                         (int)(key.len < 80 ? key.len : 80), key.p);
    if (trim(key).len != key.len)
        return error_set(err, ST_USAGE, "a tag's key cannot begin or end with a blank: \"%.*s\"",
                         (int)(key.len < 80 ? key.len : 80), key.p);
    return ST_OK;
}

enum status op_parse_tag(struct plan_op *op, struct span value, struct arena *mem,
                         struct error *err)
{
    if (op->id == PLAN_OP_TAG_SET && value_is_none(value))
        return error_set(err, ST_USAGE, "none takes a tag away; in quotes it is the text: \"%.*s\"",
                         (int)value.len, value.p);
    enum status st = plain_text(value, mem, &op->to, err);
    if (st != ST_OK || op->id == PLAN_OP_TAG_SET)
        return st == ST_OK ? check_new_key(op->tag, err) : st;
    if (starts(op->to, "tags."))
        op->to = rest_of(op->to, 5);
    st = check_new_key(op->to, err);
    if (st == ST_OK && span_eq(op->tag, op->to))
        st = error_set(err, ST_USAGE, "it has that key: the new one is another");
    return st;
}

enum status op_parse_account(struct plan_op *op, struct span value, struct arena *mem,
                             struct error *err)
{
    value = trim(value);
    if (value.len == 0)
        return error_set(err, ST_USAGE, "from which account? an id or a name is needed");
    op->word = arena_dup(mem, value);
    return ST_OK;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static enum status unknown_key(struct span key, struct error *err)
{
    struct near near = {key, NULL, 0};
    for (int i = 0; i < FIELD_COUNT; i++)
        if (field_settable((enum field)i)) {
            near_offer(&near, field_info((enum field)i)->key);
            near_offer(&near, field_info((enum field)i)->leaf);
        }
    error_set(err, ST_USAGE, "there is no field \"%.*s\"", (int)(key.len < 80 ? key.len : 80),
              key.p);
    if (near.best)
        error_next(err, "did you mean %s?", near.best);
    else
        error_next(err, "such as quota.tokens=400M, rate.rpm=none, tags.team=search");
    return ST_USAGE;
}

static enum status read_field(struct plan_op *op, struct span key, struct error *err)
{
    if (op->id == PLAN_OP_COPY && span_is(key, POLICIES))
        return ST_OK;
    op->field = field_find(key);
    if (op->field == FIELD_NONE)
        return unknown_key(key, err);
    if (!(field_info(op->field)->flags & FF_EDIT))
        return error_set(err, ST_USAGE, "%s is the server's own: it cannot be set",
                         field_info(op->field)->path);
    if (!plan_op_takes(op->id, op->field))
        return error_set(err, ST_USAGE, "%s: \"%s\" does not work on this field",
                         field_info(op->field)->key, plan_op_info(op->id)->name);
    return ST_OK;
}

static enum status read_key(struct plan_op *op, struct span key, struct arena *mem,
                            struct error *err)
{
    unsigned needs = plan_op_info(op->id)->needs;
    if (needs & PLAN_NEEDS_FIELD)
        return read_field(op, key, err);
    if (!(needs & PLAN_NEEDS_TAG))
        return ST_OK;
    if (starts(key, "tags."))
        key = rest_of(key, 5);
    if (key.len == 0)
        return error_set(err, ST_USAGE, "a tag's key cannot be empty");
    if (!text_is_utf8(key.p, key.len) || memchr(key.p, '\0', key.len))
        return error_set(err, ST_USAGE, "a tag's key that is not UTF-8");
    op->tag = arena_dup(mem, key);
    return ST_OK;
}

/* Whether one may stand beside the others: a delete leaves nothing to change. */
static enum status check_company(const struct plan_ops *ops, enum plan_op_id id, struct error *err)
{
    bool deletes = id == PLAN_OP_DELETE, moves = id == PLAN_OP_MOVE;
    for (size_t i = 0; i < ops->count; i++) {
        enum plan_op_id other = ops->items[i].id;
        if (deletes || other == PLAN_OP_DELETE)
            return error_set(err, ST_USAGE, "a delete stands alone");
        if (moves && other == PLAN_OP_MOVE)
            return error_set(err, ST_USAGE, "one move at a time");
    }
    return ST_OK;
}

static bool sets(enum plan_op_id id)
{
    return id == PLAN_OP_SET || id == PLAN_OP_TAG_SET || id == PLAN_OP_TAG_REMOVE;
}

/* What is set after something was done to it already would quietly undo that. */
static enum status check_once(const struct plan_ops *ops, const struct plan_op *op,
                              struct error *err)
{
    for (size_t i = 0; sets(op->id) && i < ops->count; i++) {
        const struct plan_op *other = &ops->items[i];
        if (op->tag.len &&
            span_eq(op->tag, other->id == PLAN_OP_TAG_RENAME ? other->to : other->tag))
            return error_set(err, ST_USAGE, "tags.%.*s stands twice",
                             (int)(op->tag.len < 60 ? op->tag.len : 60), op->tag.p);
        if (op->field != FIELD_NONE && op->field == other->field)
            return error_set(err, ST_USAGE, "%s stands twice", field_info(op->field)->key);
    }
    return ST_OK;
}

enum status plan_ops_add(struct plan_ops *ops, enum plan_op_id id, struct span key,
                         struct span value, struct error *err)
{
    struct plan_op op = {.id = id, .field = FIELD_NONE, .num = 1, .den = 1};
    op.value = value_absent();
    enum status st = check_company(ops, id, err);
    if (st == ST_OK)
        st = read_key(&op, key, &ops->mem, err);
    if (st == ST_OK)
        st = check_once(ops, &op, err);
    if (st != ST_OK)
        return st;
    st = plan_op_row(id)->parse(&op, value, &ops->mem, err);
    if (st != ST_OK) {
        if (op.field != FIELD_NONE)
            error_prefix(err, "%s", field_info(op.field)->key);
        else if (op.tag.len)
            error_prefix(err, "tags.%.*s", (int)(op.tag.len < 60 ? op.tag.len : 60), op.tag.p);
        return st;
    }
    VEC_ROOM(ops->items, ops->count, ops->room);
    ops->items[ops->count++] = op;
    return ST_OK;
}

struct span plan_op_typed(enum plan_op_id id, struct span typed)
{
    const char *lead = plan_op_info(id)->lead;
    struct span value = trim(typed), from, to;
    bool every;
    if (!*lead || !(plan_op_info(id)->needs & PLAN_NEEDS_VALUE) || !starts(value, lead))
        return typed;
    value = rest_of(value, strlen(lead));
    if (id == PLAN_OP_REPLACE && !split_replace(value, &from, &to, &every))
        return typed;
    return value;
}

/* ---- K=V ----------------------------------------------------------------------------------- */

/* Which operation the value of a number's key means. */
static enum plan_op_id number_op(struct span value)
{
    if (value.len > 1 && (value.p[0] == '+' || value.p[0] == '-')) {
        size_t end = value.len;
        for (size_t i = 0; i + 1 < value.len; i++)
            if (value.p[i] == '<' && value.p[i + 1] == '=')
                end = trim((struct span){value.p, i}).len;
        return value.p[end - 1] == '%' ? PLAN_OP_PERCENT : PLAN_OP_ADD;
    }
    if (value.len > 1 && (value.p[0] == 'x' || value.p[0] == 'X'))
        return PLAN_OP_SCALE;
    return starts(value, plan_op_info(PLAN_OP_MOVE)->lead) ? PLAN_OP_MOVE : PLAN_OP_SET;
}

static enum plan_op_id tag_op(struct span value)
{
    if (span_is(value, plan_op_info(PLAN_OP_TAG_REMOVE)->lead))
        return PLAN_OP_TAG_REMOVE;
    return starts(value, plan_op_info(PLAN_OP_TAG_RENAME)->lead) ? PLAN_OP_TAG_RENAME
                                                                 : PLAN_OP_TAG_SET;
}

static enum plan_op_id text_op(struct span value)
{
    struct span from, to;
    bool every;
    return starts(value, "s") && split_replace(rest_of(value, 1), &from, &to, &every)
               ? PLAN_OP_REPLACE
               : PLAN_OP_SET;
}

static enum plan_op_id op_of(struct span key, struct span value)
{
    if (starts(key, "tags."))
        return tag_op(value);
    enum field f = field_find(key);
    if (span_is(key, POLICIES) || (f != FIELD_NONE && field_info(f)->type == FT_GROUP))
        return PLAN_OP_COPY;
    if (f != FIELD_NONE && plan_op_takes(PLAN_OP_SCALE, f))
        return number_op(value);
    if (f != FIELD_NONE && plan_op_takes(PLAN_OP_REPLACE, f))
        return text_op(value);
    return PLAN_OP_SET;
}

enum status plan_ops_setting(struct plan_ops *ops, const char *text, struct error *err)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return error_set(err, ST_USAGE, "\"%.80s\" is no K=V: try quota.tokens=400M", text);
    struct span key = {text, (size_t)(equals - text)}, typed = span_of(equals + 1);
    bool tag = starts(key, "tags.");
    struct span value = tag ? typed : trim(typed);
    enum plan_op_id id = op_of(key, value);
    if (id == PLAN_OP_COPY && !starts(value, plan_op_info(id)->lead)) {
        error_set(err, ST_USAGE, "%.*s is a whole policy: it can be copied from an account",
                  (int)(key.len < 80 ? key.len : 80), key.p);
        error_next(err, "%.*s=from:ID, or name a field as quota.tokens=400M",
                   (int)(key.len < 40 ? key.len : 40), key.p);
        return ST_USAGE;
    }
    return plan_ops_add(ops, id, key, rest_of(value, strlen(plan_op_info(id)->lead)), err);
}

enum status plan_ops_cap(struct plan_ops *ops, struct span typed, struct error *err)
{
    size_t capped = 0;
    for (size_t i = 0; i < ops->count; i++) {
        struct plan_op *op = &ops->items[i];
        if (!(plan_op_info(op->id)->needs & PLAN_MAY_CAP) || op->capped)
            continue;
        enum status st = parse_amount(op->field, trim(typed), &op->cap, err);
        if (st != ST_OK) {
            error_prefix(err, "cap");
            return st;
        }
        op->capped = true;
        capped++;
    }
    return capped ? ST_OK
                  : error_set(err, ST_USAGE, "a cap is for x1.2, +10%% or +100M: none is here");
}
