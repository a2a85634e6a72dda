/* filter.h: the filter expression, the same in the console and on the command line.
 *
 * Terms are joined by "and", which may be written: text, "exact phrase", /regex/, ~fuzzy;
 * field:value contains, field=value is exactly, != < <= > >= with units, ages and dates
 * (tokens>400M, checked>10m, created<2026-01-31), field:none, field:/re/, field:a,b (any of them),
 * tag:key, tag:key=value; !term or `not term`. Free text looks in name, id, description, region,
 * provider, status and tags, without regard to case and accents. A number, yes or no, and a column
 * with a closed set (health:ok) contain nothing: there `:` is `=`. An unknown `word:` is an error
 * that says to quote it. */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include "model/column.h"

struct filter;

/* Reads an expression. now_wall_ms is what ages are measured from. Errors: ST_USAGE; *err_at (may
 * be NULL) is the byte where it stands. columns is (borrowed) and outlives the filter. */
enum status filter_parse(const struct column_set *columns, struct span text, int64_t now_wall_ms,
                         struct filter **out, size_t *err_at, struct error *err);
void filter_destroy(struct filter *filter); /* NULL allowed */
bool filter_match(const struct filter *filter, const struct row_source *row);
/* Whether it may choose what is written: no contains, regex, fuzzy or free text. */
bool filter_exact(const struct filter *filter);
/* Whether time alone can change what it matches (ages); filter_set_now then moves its clock. */
bool filter_ages(const struct filter *filter);
void filter_set_now(struct filter *filter, int64_t now_wall_ms);

/* The server's own filters that the expression implies; NULL where it does not. (borrowed) */
struct filter_query {
    const char *provider_type, *status;
    bool enabled_only;
};
void filter_query_terms(const struct filter *filter, struct filter_query *out);

#endif
