/* sort.h: an order of accounts: up to three columns, then the id, so that it is total. */
#ifndef MODEL_SORT_H
#define MODEL_SORT_H

#include "model/column.h"

#define SORT_KEYS_MAX 3

struct sort_key {
    const struct column *column; /* (borrowed) from the column set */
    bool descending;             /* of the values; null, absent and bad stay last either way */
};
struct sort {
    struct sort_key keys[SORT_KEYS_MAX];
    size_t count;
};

/* By name. */
struct sort sort_default(const struct column_set *set);
int sort_compare(const struct sort *sort, const struct column_set *set, const struct row_source *a,
                 const struct row_source *b);

#endif
