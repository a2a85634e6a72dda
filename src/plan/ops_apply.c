/* ops_apply.c: what each operation does to an account. Nothing times anything is nothing: the
 * account is left as it is, with a word; so is what a cap keeps from growing. */
#include "plan/ops_rows.h"

#include "base/quantity.h"
#include "plan/arith.h"

#include <string.h>

/* ---- numbers ------------------------------------------------------------------------------- */

/* The number to work on; false with a word when there is none. */
static bool number(const struct account *a, enum field f, int64_t *n, struct str *why)
{
    const struct value *v = &a->v[f];
    if (value_known(v) && !v->inexact) {
        *n = v->i;
        return true;
    }
    if (v->presence == PRESENCE_NULL)
        str_add(why, "no limit");
    else if (v->presence == PRESENCE_ABSENT)
        str_add(why, "not set");
    else
        str_add(why, "not a whole number");
    return false;
}

/* The cap stops growth; it never takes away what is above it already. */
static int64_t under_cap(const struct plan_op *op, int64_t before, int64_t n)
{
    if (!op->capped || n <= op->cap)
        return n;
    return before > op->cap && n > before ? before : op->cap;
}

static void add_amount(enum field f, int64_t n, struct str *out)
{
    if (field_info(f)->type == FT_SECONDS)
        quantity_seconds(out, n);
    else
        quantity_exact(out, n);
}

/* "2G, at the cap of 2G" */
static void say_capped(const struct plan_op *op, int64_t before, struct str *why)
{
    add_amount(op->field, before, why);
    str_add(why, before > op->cap ? ", over the cap of " : ", at the cap of ");
    add_amount(op->field, op->cap, why);
}

/* Stores it, when the field may have it. */
static void put_number(const struct plan_op *op, struct account *a, int64_t before, int64_t n,
                       struct str *why)
{
    struct error err;
    struct value v = value_int(under_cap(op, before, n));
    if (v.i == before) {
        if (n > before)
            say_capped(op, before, why);
        return;
    }
    if (value_check(op->field, &v, &err))
        str_printf(why, "would become %lld: %s", (long long)v.i, err.what);
    else
        account_set(a, op->field, &v);
}

static enum status beyond(struct error *err)
{
    return error_set(err, ST_USAGE, "the result is beyond what a number can hold");
}

enum status op_apply_scale(const struct plan_op *op, struct account *a, int64_t shift,
                           struct str *why, struct error *err)
{
    int64_t before = 0, n = 0;
    (void)shift;
    if (!number(a, op->field, &before, why))
        return ST_OK;
    if (!arith_scale(before, op->num, op->den, &n))
        return beyond(err);
    put_number(op, a, before, n, why);
    return ST_OK;
}

static enum status add(const struct plan_op *op, struct account *a, int64_t amount, struct str *why,
                       struct error *err)
{
    int64_t before = 0, n = 0;
    if (!number(a, op->field, &before, why))
        return ST_OK;
    if (!arith_add(before, amount, &n))
        return beyond(err);
    put_number(op, a, before, n, why);
    return ST_OK;
}

enum status op_apply_add(const struct plan_op *op, struct account *a, int64_t shift,
                         struct str *why, struct error *err)
{
    (void)shift;
    return add(op, a, op->amount, why, err);
}

enum status op_apply_move(const struct plan_op *op, struct account *a, int64_t shift,
                          struct str *why, struct error *err)
{
    return add(op, a, shift, why, err);
}

/* ---- fields -------------------------------------------------------------------------------- */

enum status op_apply_set(const struct plan_op *op, struct account *a, int64_t shift,
                         struct str *why, struct error *err)
{
    (void)shift;
    (void)why;
    (void)err;
    account_set(a, op->field, &op->value);
    return ST_OK;
}

static enum status set_enabled(struct account *a, bool enabled)
{
    struct value v = value_int(enabled);
    account_set(a, FIELD_ENABLED, &v);
    return ST_OK;
}

enum status op_apply_enable(const struct plan_op *op, struct account *a, int64_t shift,
                            struct str *why, struct error *err)
{
    (void)op;
    (void)shift;
    (void)why;
    (void)err;
    return set_enabled(a, true);
}

enum status op_apply_disable(const struct plan_op *op, struct account *a, int64_t shift,
                             struct str *why, struct error *err)
{
    (void)op;
    (void)shift;
    (void)why;
    (void)err;
    return set_enabled(a, false);
}

enum status op_apply_nothing(const struct plan_op *op, struct account *a, int64_t shift,
                             struct str *why, struct error *err)
{
    (void)op;
    (void)a;
    (void)shift;
    (void)why;
    (void)err;
    return ST_OK;
}

/* What the source has nothing of cannot be asked for: it stays as it is. */
enum status op_apply_copy(const struct plan_op *op, struct account *a, int64_t shift,
                          struct str *why, struct error *err)
{
    (void)shift;
    (void)err;
    if (!op->source) {
        str_add(why, "the account to copy from is not known");
        return ST_OK;
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i, parent = field_info(f)->parent;
        const struct value *v = &op->source->v[f];
        if (parent == FIELD_NONE || !field_settable(f) ||
            (op->field != FIELD_NONE && op->field != parent))
            continue;
        if (v->presence == PRESENCE_VALUE && !v->inexact)
            account_set(a, f, v);
        else if (v->presence == PRESENCE_NULL && (field_info(f)->flags & FF_NULLABLE))
            account_set(a, f, v);
    }
    return ST_OK;
}

enum status op_apply_replace(const struct plan_op *op, struct account *a, int64_t shift,
                             struct str *why, struct error *err)
{
    const struct value *v = &a->v[op->field];
    struct str text = STR_INIT;
    size_t at = 0, hits = 0;
    (void)shift;
    (void)err;
    if (!value_known(v)) {
        str_add(why, "no text");
        return ST_OK;
    }
    while (at < v->text.len) {
        const char *p = v->text.p + at;
        if ((hits == 0 || op->every) && v->text.len - at >= op->from.len &&
            memcmp(p, op->from.p, op->from.len) == 0) {
            str_add_span(&text, op->to);
            at += op->from.len;
            hits++;
        } else {
            str_add_char(&text, *p);
            at++;
        }
    }
    struct value now = value_text(span_from(&text));
    if (hits == 0)
        str_add(why, "does not have that text");
    else if (text.len == 0)
        str_add(why, "would become empty");
    else
        account_set(a, op->field, &now);
    str_finish(&text);
    return ST_OK;
}

/* ---- tags ---------------------------------------------------------------------------------- */

struct retag {
    struct span without; /* a key that is left out */
    struct str pairs;
    int64_t count;
};

static void add_pair(struct retag *r, struct span key, struct span value)
{
    struct str pair = STR_INIT;
    size_t at = 0;
    while (at < r->pairs.len) { /* pairs stand in the order of their keys (value.h) */
        const char *p = r->pairs.data + at;
        if (span_cmp(span_of(p), key) >= 0)
            break;
        at += strlen(p) + 1;
        at += strlen(r->pairs.data + at) + 1;
    }
    str_add_span(&pair, key);
    str_add_char(&pair, '\0');
    str_add_span(&pair, value);
    str_add_char(&pair, '\0');
    str_splice(&r->pairs, at, 0, pair.data, pair.len);
    str_finish(&pair);
    r->count++;
}

static void keep_pair(void *ctx, struct span key, struct span value)
{
    struct retag *r = ctx;
    if (!span_eq(key, r->without))
        add_pair(r, key, value);
}

/* Takes `without` away and puts the pair in, when there is one. */
static void retag(struct account *a, struct span without, const struct span *key, struct span value)
{
    struct retag r = {without, STR_INIT, 0};
    if (value_known(&a->v[FIELD_TAGS]))
        value_pairs(&a->v[FIELD_TAGS], keep_pair, &r);
    if (key)
        add_pair(&r, *key, value);
    struct value v = value_text(span_from(&r.pairs));
    v.i = r.count;
    account_set(a, FIELD_TAGS, &v);
    str_finish(&r.pairs);
}

static bool has_tag(const struct account *a, struct span key, struct span *value)
{
    return value_known(&a->v[FIELD_TAGS]) && value_pair_get(&a->v[FIELD_TAGS], key, value);
}

static bool tags_usable(const struct account *a, struct str *why)
{
    if (a->v[FIELD_TAGS].presence == PRESENCE_BAD)
        str_add(why, "its tags are not readable");
    return why->len == 0;
}

enum status op_apply_tag_set(const struct plan_op *op, struct account *a, int64_t shift,
                             struct str *why, struct error *err)
{
    (void)shift;
    (void)err;
    if (tags_usable(a, why))
        retag(a, op->tag, &op->tag, op->to);
    return ST_OK;
}

enum status op_apply_tag_remove(const struct plan_op *op, struct account *a, int64_t shift,
                                struct str *why, struct error *err)
{
    struct span value;
    (void)shift;
    (void)err;
    if (tags_usable(a, why) && has_tag(a, op->tag, &value))
        retag(a, op->tag, NULL, value);
    return ST_OK;
}

enum status op_apply_tag_rename(const struct plan_op *op, struct account *a, int64_t shift,
                                struct str *why, struct error *err)
{
    struct span value, other;
    (void)shift;
    (void)err;
    if (!tags_usable(a, why) || span_eq(op->tag, op->to))
        return ST_OK;
    if (!has_tag(a, op->tag, &value)) {
        str_add(why, "no such tag");
    } else if (has_tag(a, op->to, &other) && !span_eq(value, other)) {
        str_printf(why, "has a tag %.*s of another value", (int)op->to.len, op->to.p);
    } else {
        struct str text = STR_INIT; /* the value lives in the tags that are replaced */
        str_add_span(&text, value);
        retag(a, op->to, NULL, value);
        retag(a, op->tag, &op->to, span_from(&text));
        str_finish(&text);
    }
    return ST_OK;
}

/* ---- all of them --------------------------------------------------------------------------- */

static void add_key(const struct plan_op *op, struct str *out)
{
    if (op->tag.len)
        str_printf(out, "tags.%.*s", (int)op->tag.len, op->tag.p);
    else
        str_add(out,
                op->field == FIELD_NONE ? plan_op_info(op->id)->name : field_info(op->field)->key);
}

enum status plan_ops_apply(const struct plan_ops *ops, struct account *account, int64_t shift,
                           struct str *skipped, struct error *err)
{
    struct str why = STR_INIT;
    enum status st = ST_OK;
    for (size_t i = 0; i < ops->count && st == ST_OK; i++) {
        const struct plan_op *op = &ops->items[i];
        str_clear(&why);
        st = plan_op_row(op->id)->apply(op, account, shift, &why, err);
        if (st == ST_OK && why.len) {
            str_add(skipped, skipped->len ? "; " : "");
            add_key(op, skipped);
            str_printf(skipped, ": %s", why.data);
        } else if (st != ST_OK && op->field != FIELD_NONE) {
            error_prefix(err, "%s", field_info(op->field)->key);
        }
    }
    str_finish(&why);
    return st;
}
