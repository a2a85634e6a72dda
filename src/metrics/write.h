/* write.h: how samples are written: for metrics.c (the page) and write.c alone. */
#ifndef METRICS_WRITE_H
#define METRICS_WRITE_H

#include "metrics/metrics.h"

enum metric_type { MT_GAUGE, MT_COUNTER, MT_INFO, MT_STATESET, MT_HISTOGRAM, MT_COUNT };

struct family;

/* Appends the samples of the program. */
typedef void once_fn(const struct family *f, const struct metrics_spec *spec, struct str *out);
/* Appends the samples of one account. */
typedef void each_fn(const struct family *f, const struct metrics_spec *spec, row_id row,
                     struct str *out);

struct family {
    const char *name;
    enum metric_type type;
    const char *unit;
    once_fn *once; /* one of the two is NULL */
    each_fn *each;
    enum field field;
    const char *help;
};

/* All of them, in the order of families.def; static. */
const struct family *metric_families(size_t *count);
/* Appends the lines that come before the samples. */
void metric_head(const struct family *f, enum metrics_format format, struct str *out);

#endif
