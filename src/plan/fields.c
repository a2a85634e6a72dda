/* fields.c: what of an account an item changes, field by field, as it is shown (plan.h). Of a map
 * the pairs that change stand for all of it: of twenty tags the one that is new is what is looked
 * for. */
#include "plan/plan.h"

#include "base/text.h"
#include "model/key_shape.h"
#include "plan/settable.h"

#include <string.h>

/* ---- pairs ---------------------------------------------------------------------------------- */

struct pairs {
    const struct value *other;
    bool of_now; /* the pairs are those that are to be */
    struct str *out;
};

static void add_pair(void *ctx, struct span key, struct span value)
{
    struct pairs *p = ctx;
    struct span there;
    bool has = value_known(p->other) && value_pair_get(p->other, key, &there);
    if (has && (!p->of_now || span_eq(there, value)))
        return; /* what stays, and once what changes */
    str_add(p->out, p->out->len ? ", " : "");
    str_add(p->out, has ? "" : p->of_now ? "+" : "-");
    str_add_span(p->out, key);
    if (!p->of_now)
        return;
    str_add_char(p->out, '=');
    if (has) {
        str_add_span(p->out, there);
        str_add(p->out, " " TEXT_ARROW " ");
    }
    str_add_span(p->out, value);
}

/* "team=search → ads, +desk=north, -office" */
static const char *pairs_of(const struct value *old, const struct value *now, struct arena *mem)
{
    struct str text = STR_INIT;
    struct pairs p = {old, true, &text};
    if (value_known(now))
        value_pairs(now, add_pair, &p);
    p = (struct pairs){now, false, &text};
    if (value_known(old))
        value_pairs(old, add_pair, &p);
    const char *kept = arena_dup(mem, span_from(&text)).p;
    str_finish(&text);
    return kept ? kept : "";
}

/* ---- fields --------------------------------------------------------------------------------- */

static const char *shown(enum field f, const struct value *v, enum show how, bool reveal,
                         struct arena *mem)
{
    struct str text = STR_INIT;
    if ((field_info(f)->flags & FF_SECRET) && value_known(v) && !reveal)
        str_add(&text, "********");
    else if ((field_info(f)->flags & FF_SECRET) && value_known(v) && key_shaped(v->text))
        str_add(&text, KEY_SHAPED_MASK);
    else if (how == SHOW_FULL)
        value_words(f, v, &text);
    else
        value_show(f, v, how, &text);
    const char *kept = arena_dup(mem, span_from(&text)).p;
    str_finish(&text);
    return kept ? kept : "";
}

static bool is_exact(const struct value *v)
{
    return value_known(v) && !v->inexact;
}

size_t plan_item_fields(const struct plan *plan, uint32_t i, enum show how, bool reveal,
                        struct arena *mem, struct plan_field *out, size_t room)
{
    struct account before, after;
    struct field_set diff;
    struct error err;
    size_t n = 0;
    bool creates = plan->items[i].kind == JOURNAL_CREATE;
    account_init(&before);
    account_init(&after);
    bool readable = plan_item_after(plan, i, &after, &err) == ST_OK &&
                    (creates || plan_item_before(plan, i, &before, &err) == ST_OK);
    if (readable)
        settable_diff(&before, &after, &diff);
    for (int f = 0; f < FIELD_COUNT && readable; f++) {
        if (!diff.has[f])
            continue;
        if (n < room) {
            const struct value *old = &before.v[f], *now = &after.v[f];
            out[n] = (struct plan_field){
                .field = (enum field)f,
                .old = creates ? "" : shown((enum field)f, old, how, reveal, mem),
                .now = shown((enum field)f, now, how, reveal, mem),
                .pairs = field_info((enum field)f)->type == FT_MAP ? pairs_of(old, now, mem) : NULL,
                .counts = !creates && field_info((enum field)f)->type == FT_INT && is_exact(old) &&
                          is_exact(now)};
            out[n].from = out[n].counts ? old->i : 0;
            out[n].to = out[n].counts ? now->i : 0;
        }
        n++;
    }
    account_finish(&before);
    account_finish(&after);
    return n;
}
