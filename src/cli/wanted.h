/* wanted.h: what `set`, `enable`, `disable`, `delete` and `plan` are asked for: operations, and the
 * accounts that they are about. */
#ifndef CLI_WANTED_H
#define CLI_WANTED_H

#include "cli/context.h"
#include "cli/find.h"
#include "fleet/fleet.h"
#include "plan/ops.h"
#include "plan/plan.h"

struct wanted {
    struct cli *cli; /* (borrowed) */
    struct plan_ops ops;
    const char **targets; /* owned array of words */
    size_t target_count;
    const char *where; /* --where, or NULL */
};

/* Reads the words and flags of the line. Errors: ST_USAGE; nothing was asked of the server. Finish
 * it in any case. */
enum status wanted_read(struct wanted *wanted, struct cli *cli, struct error *err);
void wanted_finish(struct wanted *wanted);
/* Whether it is about one named account and nothing that needs two. */
bool wanted_one(const struct wanted *wanted);
/* Reads the accounts that policies are copied from. */
enum status wanted_sources(struct wanted *wanted, struct finder *finder, struct error *err);
/* Makes the plan: NULL with *err, or *out. *missing counts the words that are no account, told
 * already; *code is theirs. */
enum status wanted_plan(struct wanted *wanted, struct finder *finder, struct fleet *fleet,
                        struct plan **out, uint32_t *missing, enum exit_code *code,
                        struct error *err);

#endif
