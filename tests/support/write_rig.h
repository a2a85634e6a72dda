/* write_rig.h: the real write machine with its journal, api and fleet on a loop, against a server:
 * what the tests, kills and measures of the write path begin with. Nothing of cmocka in it: it is
 * also used in processes that are killed. */
#ifndef SUPPORT_WRITE_RIG_H
#define SUPPORT_WRITE_RIG_H

#include "api/api.h"
#include "fleet/fleet.h"
#include "loop/loop.h"
#include "model/account.h"
#include "store/journal.h"
#include "write/write.h"

#include <stdbool.h>
#include <stdint.h>

struct write_rig_options {
    const char *url, *org, *token; /* org: NULL for org_demo */
    const char *journal;           /* the file's path */
    struct clock clock;            /* zeroed: the machine's */
    int64_t total_timeout_ms;      /* of one request; 0: 10 s */
    const char *origin;            /* the journal's key; NULL: the url's host */
};

struct write_rig {
    struct loop *loop;
    struct api *api;
    struct fleet *fleet;
    struct journal *journal;
    struct writes *writes;
};

/* ST_OK, or what could not be had; then nothing is left open. */
enum status write_rig_open(struct write_rig *rig, const struct write_rig_options *options,
                           struct error *err);
void write_rig_close(struct write_rig *rig);

/* Starts a change of requests_per_second on `base`; held by the caller (write_close). */
struct write *write_rig_rps(struct write_rig *rig, const struct account *base, int64_t rps);
/* Starts a create of an account of this name. */
struct write *write_rig_create(struct write_rig *rig, const char *name);
struct write *write_rig_delete(struct write_rig *rig, const struct account *base);

#endif
