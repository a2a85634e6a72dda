/* load.h: the whole list, once, for a command: a sync that ends when it has come out or failed. */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/context.h"
#include "fleet/fleet.h"
#include "sync/sync.h"

/* The options of a sync as the configuration has them. */
struct sync_options load_options(const struct config *config);

/* Loads all accounts of the connection into the fleet. ST_OK only for a list that is complete;
 * ST_PARTIAL when some came; else the error of the first request. */
enum status load_all(struct cli *cli, struct fleet *fleet, struct error *err);

#endif
