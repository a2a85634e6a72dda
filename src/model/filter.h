/* filter.h: the filter expression, the same in the console and on the command line.
 *
 * Terms are joined by "and", which may be written: text, "exact phrase", /regex/, ~fuzzy;
 * field:value contains, field=value is exactly, != < <= > >= with units, ages and dates
 * (tokens>400M, checked>10m, created<2026-01-31), field:none, field:/re/, field:a,b (any of them),
 * tag:key, tag:key=value, tag:key=a,b; !term or `not term`. Free text looks in name, id,
 * description, region, provider, status and tags, without regard to case and accents. A number, yes
 * or no, and a column with a closed set (health:ok) contain nothing: there `:` is `=`. An unknown
 * `word:` is an error that says to quote it. */
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
/* Whether a term compares what is used with a number that looks like a percent (tokens>50): then
 * what it means, appended: "50 is 50 tokens; 50% is percent of the quota". */
bool filter_hint(const struct filter *filter, struct str *out);
/* Whether time alone can change what it matches (ages); filter_set_now then moves its clock. */
bool filter_ages(const struct filter *filter);
void filter_set_now(struct filter *filter, int64_t now_wall_ms);

/* Whether every account that `filter` matches is one that `wider` matches too, whatever the
 * account: then only those need be looked at. False when it cannot be told. NULL for none is the
 * widest. */
bool filter_narrows(const struct filter *filter, const struct filter *wider);

/* ---- a term at a time, for who holds many accounts and the same texts in many of them ---- */

enum filter_by {
    FILTER_BY_ROW,   /* filter_term_row decides */
    FILTER_BY_FIELD, /* a value that is there decides by its text alone (filter_term_text); for
                        other values filter_term_row does */
    FILTER_BY_SEARCH /* any text of the fields with FF_SEARCH decides (filter_term_text) */
};
struct filter_term {
    enum filter_by by;
    enum field field;   /* the one that decides; FIELD_NONE: several, or what is not known */
    bool negate;        /* the filter wants the term not to hold */
    bool fuzzy;         /* filter_term_score ranks */
    const char *needle; /* FILTER_BY_SEARCH: the folded text that has to stand somewhere in a folded
                           text, and nothing else decides; otherwise NULL. (borrowed) */
};
size_t filter_term_count(const struct filter *filter);
struct filter_term filter_term_at(const struct filter *filter, size_t term);
/* Whether the term holds, before `negate`. */
bool filter_term_row(const struct filter *filter, size_t term, const struct row_source *row);
/* The same of one text of a field, as a value has it. */
bool filter_term_text(const struct filter *filter, size_t term, enum field field, struct span text);
/* How well a text of a field fits a fuzzy term: 0 not at all, else higher is better. */
int filter_term_score(const struct filter *filter, size_t term, enum field field, struct span text);

/* The server's own filters that the expression implies; NULL where it does not. (borrowed) */
struct filter_query {
    const char *provider_type, *status;
    bool enabled_only;
};
void filter_query_terms(const struct filter *filter, struct filter_query *out);

#endif
