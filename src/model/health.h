/* health.h: the class of an account's status. The API's status is an open set; the operator's
 * configuration says which words are ok, degraded or down, and what no list names is other, never
 * ok. */
#ifndef MODEL_HEALTH_H
#define MODEL_HEALTH_H

#include "model/column.h"

enum health { HEALTH_OK, HEALTH_DEGRADED, HEALTH_DOWN, HEALTH_OTHER, HEALTH_COUNT };

struct health_classes {
    const char *const *words[HEALTH_OTHER]; /* (borrowed) of each class, NULL-terminated */
};

/* The class that has the word, as it is written; HEALTH_OTHER: none has. */
enum health health_of(const struct health_classes *classes, struct span status);
/* "ok", "degraded", "down", "other"; static. */
const char *health_name(enum health health);
/* Fills the computed column "health", for filters (health:down) and sorting. classes is (borrowed)
 * and outlives the column. */
void health_column(const struct health_classes *classes, struct column *out);

#endif
