/* settable.c: see settable.h. */
#include "plan/settable.h"

#include "base/vec.h"
#include "model/scan.h"

#include <stdlib.h>
#include <string.h>

/* The settable fields in the order of their paths, so that members of a policy stand together. */
struct order {
    enum field fields[FIELD_COUNT];
    size_t count;
};

static int by_path(const void *a, const void *b)
{
    return strcmp(field_info(*(const enum field *)a)->path,
                  field_info(*(const enum field *)b)->path);
}

static void order_fill(struct order *o)
{
    o->count = 0;
    for (int f = 0; f < FIELD_COUNT; f++)
        if (field_settable((enum field)f))
            o->fields[o->count++] = (enum field)f;
    qsort(o->fields, o->count, sizeof o->fields[0], by_path);
}

static void add_field(enum field f, const struct value *v, struct str *out)
{
    str_printf(out, "\"%s\":", field_info(f)->leaf);
    if (v->presence == PRESENCE_BAD)
        str_add_span(out, v->text);
    else
        value_json(f, v, out);
}

void settable_json(const struct account *a, const struct field_set *which, bool with_id,
                   struct str *out)
{
    struct order o;
    enum field group = FIELD_NONE;
    const char *before = "";
    order_fill(&o);
    str_add_char(out, '{');
    if (with_id && value_known(&a->v[FIELD_ID])) {
        add_field(FIELD_ID, &a->v[FIELD_ID], out);
        before = ",";
    }
    for (size_t i = 0; i < o.count; i++) {
        enum field f = o.fields[i], parent = field_info(f)->parent;
        if ((which && !which->has[f]) || a->v[f].presence == PRESENCE_ABSENT)
            continue;
        if (group != FIELD_NONE && parent != group) {
            str_add_char(out, '}');
            group = FIELD_NONE;
        }
        str_add(out, before);
        if (parent != group) {
            str_printf(out, "\"%s\":{", field_info(parent)->leaf);
            group = parent;
        }
        add_field(f, &a->v[f], out);
        before = ",";
    }
    str_add(out, group != FIELD_NONE ? "}}" : "}");
}

enum status settable_lay(struct account *a, struct span json, struct error *err)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    enum status st = scan_record(json, v, &mem, NULL, NULL, err);
    for (int i = 0; st == ST_OK && i < FIELD_COUNT; i++)
        if (field_settable((enum field)i) && v[i].presence != PRESENCE_ABSENT)
            account_set(a, (enum field)i, &v[i]);
    arena_finish(&mem);
    return st;
}

static bool is_nothing(enum field f, const struct value *v)
{
    if (v->presence == PRESENCE_ABSENT || v->presence == PRESENCE_NULL)
        return true;
    return value_known(v) && field_info(f)->type == FT_MAP && v->i == 0;
}

size_t settable_diff(const struct account *a, const struct account *b, struct field_set *out)
{
    size_t n = diff_settable(a, b, out);
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        if (out->has[f] && is_nothing(f, &a->v[f]) && is_nothing(f, &b->v[f])) {
            out->has[f] = false;
            n--;
        }
    }
    return n;
}
