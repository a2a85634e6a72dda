/* past_prom.h: the profile's Prometheus, for those who read a past there. */
#ifndef CLI_PAST_PROM_H
#define CLI_PAST_PROM_H

#include "cli/past.h"
#include "prom/prom.h"

/* NULL with *err left as it is when the profile names none; NULL with *err when it cannot be used,
 * or when nothing is to be sent. */
struct prom *past_prom_create(const struct past_env *env, struct error *err);

#endif
