/* group_past.h: what groups of accounts used on each of the last days, from the profile's
 * Prometheus where it names one: for the monitor's sparklines.
 *
 * One query adds up the groups there, so that the answer is as small for 100,000 accounts as for
 * ten; a second one of a single moment brings today so far. An account counts once, whoever exports
 * it, and only what it gained between two moments at which it was there, so that one that comes or
 * goes is no use; a counter that fell began anew (F33). The days are all Prometheus' or all this
 * machine's, never some of each. What a group will come to (EOM) is not asked there: it follows
 * from each account's own period and quota, which are summed up by the monitor. */
#ifndef CLI_GROUP_PAST_H
#define CLI_GROUP_PAST_H

#include "cli/past.h"

#define GROUP_PAST_EVERY_MS 300000 /* it is a heavy query: asked again after this time */

struct group_past;
/* env as for past_create; changed is called when there is another answer. Asks nothing yet. */
struct group_past *group_past_create(const struct past_env *env, const struct column_set *columns,
                                     void (*changed)(void *ctx), void *ctx);
void group_past_destroy(struct group_past *g); /* NULL allowed */
/* The groups are by this column now: asks when it is another, or the answer is old. */
void group_past_want(struct group_past *g, const char *by);
/* Whether the days of these groups are Prometheus'; then *days of the group is filled, not known
 * (NAN) where it knows nothing. */
bool group_past_days(const struct group_past *g, const char *by, const char *name,
                     double days[MONITOR_SPARK]);
/* Appends whose the days are, in words that may hold text from outside; nothing when the profile
 * names no Prometheus. True: they should have come from elsewhere. */
bool group_past_words(const struct group_past *g, const char *by, struct str *out);

#endif
