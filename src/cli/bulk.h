/* bulk.h: a plan from the command line: shown, agreed to, applied, told. */
#ifndef CLI_BULK_H
#define CLI_BULK_H

#include "cli/apply.h"
#include "plan/plan.h"

struct plans;

/* The head of a new plan of this connection. title "": the operations in words. */
struct plan_head bulk_head(const struct cli *cli, const char *title);
/* Opens the state directory's plans. */
enum status bulk_plans(struct cli *cli, struct plans **out, struct error *err);

/* Appends the plan as it is shown: the items that are not unchanged, and the totals. */
void bulk_text(const struct cli *cli, const struct plan *plan, struct str *out);
/* Prints the plan on standard output: EXIT_CHANGES when there is something to do. */
enum exit_code bulk_show(struct cli *cli, const struct plan *plan);
/* Shows it, asks (--yes, --confirm), applies it and says what became of it. Takes the plan over.
 * With --dry-run it is only shown. plans may be NULL: opened here. The ids of created accounts are
 * printed. */
enum exit_code bulk_apply(struct apply *apply, struct plans *plans, struct plan *plan);

/* ST_USAGE when --allow-duplicate-name is given: a plan never makes a second account of a name. */
enum status bulk_no_twins(const struct cli *cli, struct error *err);

#endif
