/* sort.c: see sort.h. */
#include "model/sort.h"

struct sort sort_default(const struct column_set *set)
{
    struct sort sort = {.count = 1};
    sort.keys[0].column = column_find(set, span_of("name"));
    return sort;
}

int sort_compare(const struct sort *sort, const struct column_set *set, const struct row_source *a,
                 const struct row_source *b)
{
    struct value x, y;
    for (size_t i = 0; i < sort->count; i++) {
        const struct sort_key *key = &sort->keys[i];
        column_get(key->column, a, &x);
        column_get(key->column, b, &y);
        int c = value_cmp(key->column->like, &x, &y);
        if (c && key->descending && x.presence == PRESENCE_VALUE && y.presence == PRESENCE_VALUE)
            c = -c;
        if (c)
            return c;
    }
    (void)set;
    a->get(a->owner, a->row, FIELD_ID, &x);
    b->get(b->owner, b->row, FIELD_ID, &y);
    int c = value_cmp(FIELD_ID, &x, &y);
    return c ? c : a->row < b->row ? -1 : a->row > b->row;
}
