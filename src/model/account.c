/* account.c: see account.h. */
#include "model/account.h"

#include <string.h>

void account_init(struct account *a)
{
    memset(a, 0, sizeof *a);
    for (int f = 0; f < FIELD_COUNT; f++)
        a->v[f].text = (struct span){"", 0};
    arena_init(&a->mem);
    str_init(&a->raw);
}

void account_finish(struct account *a)
{
    arena_finish(&a->mem);
    str_finish(&a->raw);
    account_init(a);
}

enum status account_decode(struct account *a, struct span raw, struct error *err)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct str copy = STR_INIT;
    str_add_span(&copy, raw); /* raw may be a's own */
    account_finish(a);
    a->raw = copy;
    arena_init(&mem);
    enum status st = scan_record(span_from(&a->raw), v, &mem, NULL, NULL, err);
    for (int f = 0; f < FIELD_COUNT && !st; f++)
        a->v[f] = value_copy(&v[f], &a->mem);
    arena_finish(&mem);
    return st;
}

enum status account_decode_of(struct account *a, struct span raw, struct span id, struct error *err)
{
    enum status st = account_decode(a, raw, err);
    if (st == ST_OK && !span_eq(account_id(a), id))
        st = error_set(err, ST_UNREADABLE, "the server answered with another account");
    return st;
}

void account_copy(struct account *dst, const struct account *src)
{
    if (dst == src)
        return;
    account_finish(dst);
    for (int f = 0; f < FIELD_COUNT; f++)
        dst->v[f] = value_copy(&src->v[f], &dst->mem);
    str_add_span(&dst->raw, span_from(&src->raw));
}

void account_set(struct account *a, enum field field, const struct value *v)
{
    enum field parent = field_info(field)->parent;
    a->v[field] = value_copy(v, &a->mem);
    if (parent != FIELD_NONE && v->presence != PRESENCE_ABSENT)
        a->v[parent] = value_text(span_of(""));
}

static struct span known_text(const struct value *v)
{
    return v->presence == PRESENCE_VALUE ? v->text : (struct span){"", 0};
}

struct span account_id(const struct account *a)
{
    return known_text(&a->v[FIELD_ID]);
}

struct span account_name(const struct account *a)
{
    return known_text(&a->v[FIELD_NAME]);
}
