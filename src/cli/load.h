/* load.h: the whole list, once, for a command: a sync that ends when it has come out or failed. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/context.h"
#include "fleet/fleet.h"
#include "model/filter.h"
#include "sync/sync.h"

/* The options of a sync as the configuration has them. */
struct sync_options load_options(const struct config *config);

/* Loads all accounts of the connection (--offline: those of the snapshot) into the fleet. ST_OK
 * only for a list that is complete; ST_PARTIAL when some came; else the error of the first request.
 */
enum status load_all(struct cli *cli, struct fleet *fleet, struct error *err);
/* The same, to look up a name in: the list itself is not shown, so nothing is said of it. */
enum status load_names(struct cli *cli, struct fleet *fleet, struct error *err);
/* The same of those that a filter may match, by the server's own filters as far as it knows them:
 * the fleet may end up with others, too. A server whose totals do not follow its filters is read
 * whole. filter NULL: all. */
enum status load_matching(struct cli *cli, struct fleet *fleet, const struct filter *filter,
                          struct error *err);

/* What a sync that has ended is worth: ST_OK when the list is complete; ST_PARTIAL when some came;
 * else the error of the first request. */
enum status load_verdict(const struct sync_state *s, const struct fleet *fleet, struct error *err);

#endif
