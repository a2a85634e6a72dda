/* filter_words.h: the terms of a filter's text that the menu of values writes and finds again:
 * field=a,b and tag:key=a,b. What is written in another way is left as it is. */
#ifndef TUI_SCREENS_FILTER_WORDS_H
#define TUI_SCREENS_FILTER_WORDS_H

#include "model/column.h"

/* What such a term is about: a field, or one key of the tags. */
struct filter_about {
    enum field field;
    struct span tag; /* the key, of FIELD_TAGS; else empty */
};

bool filter_about_same(struct filter_about a, struct filter_about b);

/* Calls fn with each value of each such term; `none` is the value "none". The texts are (borrowed)
 * for the call. */
void filter_words_each(const struct column_set *columns, struct span filter,
                       void (*fn)(void *ctx, struct filter_about about, struct span value),
                       void *ctx);
/* Appends the filter without the terms that are about this. */
void filter_words_without(const struct column_set *columns, struct span filter,
                          struct filter_about about, struct str *out);
/* Appends such a term, after a blank where there is something before: any of the values, in the
 * order given; none: accounts without a value, too. */
void filter_words_add(struct str *out, struct filter_about about, const struct span *values,
                      size_t count, bool none);
/* Appends a value as the filter reads it back: in quotes where it needs them. */
void filter_value_add(struct str *out, struct span value);

#endif
