/* past_prom.h: the profile's Prometheus, for those who read a past there. */
#ifndef CLI_PAST_PROM_H
#define CLI_PAST_PROM_H

#include "cli/past.h"
#include "prom/prom.h"

/* NULL with *err left as it is when the profile names none; NULL with *err when it cannot be used,
 * or when nothing is to be sent. */
struct prom *past_prom_create(const struct past_env *env, struct error *err);

/* The gauge that has a counter (metrics/families.def); static. */
const char *past_metric(enum series_counter counter);
/* Appends what each account gained within so many seconds, as a query about a gauge (with or
 * without a selector): only where it was there at both moments, and the counter itself where it
 * fell, since then it began anew (F33). */
void past_gain_query(struct str *out, const char *gauge, int64_t seconds);

#endif
