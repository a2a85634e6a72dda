/* lend.h: days of accounts from the profile's Prometheus, lent to the monitor's forecasts where
 * this machine has not watched for long enough (monitor_wants_days): a console on a new machine
 * foretells as one that has run for weeks.
 *
 * Of each such account the whole days of the last six weeks are asked for, some dozens of accounts
 * a query, one query at a time with a pause after it, so that a hundred thousand accounts are no
 * burden for the server and no wait for a key. A forecast rests on lent days alone or on this
 * machine's alone, whichever knows more of them. Once a day it is asked anew; a server that does
 * not answer ends the round, which begins again some minutes later, and what it lent before stays.
 */
#ifndef CLI_LEND_H
#define CLI_LEND_H

#include "cli/past.h"

#define LEND_ROWS     100    /* accounts a query, at most */
#define LEND_PAUSE_MS 200    /* after a query, where nobody waits for it */
#define LEND_AGAIN_MS 300000 /* at least, after a round: one that failed is made again */

struct lend;
/* env as for past_create; changed (may be NULL) is called when a round has ended. pause_ms: between
 * two queries. Asks nothing yet. */
struct lend *lend_create(const struct past_env *env, int64_t pause_ms, void (*changed)(void *ctx),
                         void *ctx);
void lend_destroy(struct lend *l); /* NULL allowed */
/* Begins a round when one is due; without a Prometheus in the profile it does nothing. */
void lend_tick(struct lend *l);
/* Whether a round is under way. */
bool lend_busy(const struct lend *l);
/* Why the last round ended early; ST_OK; ST_CANCELLED: nothing is sent (offline). */
const struct error *lend_error(const struct lend *l);
/* Whose days are lent, for people; NULL without one. (borrowed) */
const char *lend_host(const struct lend *l);
/* A round from its begin to its end, for a command; returns what came of it as lend_error. */
const struct error *lend_all(struct lend *l);

#endif
