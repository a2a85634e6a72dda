/* column.h: what can be shown, sorted and filtered by: every field, and computed columns.
 *
 * A field is a column by itself, found by path, short name or a unique last part. Computed columns
 * are rows that are added, so that a room above (forecasts, say) can hand its own in. */
#ifndef MODEL_COLUMN_H
#define MODEL_COLUMN_H

#include "model/value.h"

/* An account as filters, sorting and columns see it. */
struct row_source {
    void (*get)(const void *owner, uint32_t row, enum field field, struct value *out);
    const void *owner; /* (borrowed) */
    uint32_t row;
};

struct column {
    const char *name; /* as in filters: "tokens.pct" */
    const char *help; /* one line */
    enum field like;  /* values are compared, parsed and shown as this field's are */
    enum field field; /* a field's own column; FIELD_NONE: computed */
    void (*get)(void *ctx, const struct row_source *row, struct value *out); /* computed */
    void *ctx;                                                               /* (borrowed) */
    const char *unit;          /* "%" may stand behind a number that is typed; or NULL */
    const char *const *values; /* a closed set of texts, NULL-terminated; or NULL */
    bool ages;                 /* computed: time alone changes it */
    const char *zero;          /* what a reader is told for 0; NULL: the number */
};

struct column_set;
/* Used in percent of a quota, rounded down and without a double, so that 100 is said of nothing
 * less. A quota of zero is 100, used or not: nothing is left of it. */
int64_t column_percent(int64_t used, int64_t limit);
/* Fields, and the computed columns that need nothing but the account: tokens.pct, requests.pct, by
 * column_percent; quota.pct, the greater of the two; none without a quota. */
struct column_set *column_set_create(void);
/* An empty set for rows that are not accounts (the journal): columns are what is added, found by
 * their names alone. */
struct column_set *column_set_create_bare(void);
void column_set_destroy(struct column_set *set);
/* Copies the row; its texts stay borrowed. */
void column_set_add(struct column_set *set, const struct column *computed);
/* By any of its names, or by an alias ("tokens" is used.tokens); NULL when there is none. Borrowed
 * from the set. */
const struct column *column_find(const struct column_set *set, struct span name);
/* The aliases one by one; NULL behind the last, and of a set without fields. */
const char *column_alias(const struct column_set *set, size_t index);
/* All of them: the fields in their order, then computed ones as they were added. */
size_t column_count(const struct column_set *set);
const struct column *column_at(const struct column_set *set, size_t index);
void column_get(const struct column *column, const struct row_source *row, struct value *out);
/* Appends the value as a reader is shown it: as that of the field that it is like (value_show), or
 * the column's own word for zero. */
void column_show(const struct column *column, const struct value *v, enum show how,
                 struct str *out);

#endif
