/* reply.h: what query_range answers, read strictly.
 *
 * The form is that of Prometheus' HTTP API (docs: "Expression query result formats"): {"status":
 * "success","data":{"resultType":"matrix","result":[{"metric":{...},"values":[[seconds,"text"],
 * ...]}]}}, or {"status":"error","errorType":..,"error":..}. Anything else is no answer: a chart
 * that is drawn from half of one would lie. */
#ifndef PROM_REPLY_H
#define PROM_REPLY_H

#include "base/error.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define PROM_BODY_MAX   (1024 * 1024) /* bytes of a reply that is read */
#define PROM_POINTS_MAX 11000         /* of one series; Prometheus' own limit */

struct prom_point {
    int64_t t_ms; /* wall clock */
    int64_t value;
};

struct prom_series {
    struct prom_point *points; /* owned, times rise; NULL when count is 0 */
    size_t count;
    size_t offered; /* how many series fitted the query and had a value; the newest is this one */
};

/* Reads a body into *out (always filled; prom_series_finish). Of several series (two exporters, one
 * that was moved) the one whose last value is the newest is taken, whole, and never joined with
 * another. Values are rounded to whole counts; "NaN", "+Inf" and "-Inf" are no values and are left
 * out. No series, or none with a value: ST_OK with count 0. Errors: ST_UNREADABLE, not of the form,
 * times that do not rise, a value that is no count (negative, beyond int64); ST_REJECTED, the
 * server's own words for why it refuses. */
enum status prom_reply_read(struct span body, struct prom_series *out, struct error *err);
void prom_series_finish(struct prom_series *series);

/* One series of an answer about several, and the value of the label that tells them apart. */
struct prom_named {
    char *name; /* owned; "" when it has no such label */
    struct prom_series series;
};
struct prom_matrix {
    struct prom_named *list; /* owned */
    size_t count;
};
/* The same of an answer of which every series counts, told apart by `label`. Two of one name: such
 * a sum would be counted twice, so ST_UNREADABLE. */
enum status prom_matrix_read(struct span body, const char *label, struct prom_matrix *out,
                             struct error *err);
void prom_matrix_finish(struct prom_matrix *matrix);

/* Appends `text` as a string of PromQL with its quotes: what stands in it can end nothing. */
void prom_quote(struct str *out, struct span text);

#endif
