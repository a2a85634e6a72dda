/* bulk_ask.h: whether a plan may be applied, asked of whoever gave the command. */
#ifndef CLI_BULK_ASK_H
#define CLI_BULK_ASK_H

#include "cli/context.h"
#include "plan/plan.h"

/* What is to be agreed to: what is left, and what is to be sent again, or given up. */
uint32_t bulk_to_agree(const struct cli *cli, const struct plan *plan);
/* ST_OK: agreed to, on the terminal or by --yes and --confirm; what the plan warns of was shown or
 * is told on stderr. ST_USAGE: it takes a word that nobody gave; ST_FAIL: no. */
enum status bulk_agree(struct cli *cli, const struct plan *plan, struct error *err);

#endif
