/* match.h: from wanted accounts to a plan: each is matched with one of the fleet by id, else by a
 * unique name; what has no match is created. A second run finds nothing to do. */
#ifndef PLAN_MATCH_H
#define PLAN_MATCH_H

#include "fleet/fleet.h"
#include "plan/input.h"
#include "plan/plan.h"

/* The note of an account that the files lack. */
#define PLAN_LACKING "not in the files"
/* How the note of one begins whose id the server does not have. */
#define PLAN_GONE "gone: the server has no account of this id"

/* Fields that the table does not know and the accounts have: nothing is done about them. */
struct plan_left_alone {
    uint32_t accounts; /* that have some */
    const char *field; /* one of them; (borrowed) from the inputs; NULL: none */
};

struct plan_match_options {
    bool lacking;                       /* add what the files lack, as skipped items: diff --all */
    bool create_only;                   /* a record that matches is an error: paddock create */
    struct plan_left_alone *left_alone; /* counted there; may be NULL */
    /* Records with an id that is not there, counted there and added as skipped items: nothing is
     * done about them. NULL: such an id is an error. */
    uint32_t *gone;
};

/* Whether a record has what a create needs, and nothing that it cannot take, as an id: without a
 * server.
 * ST_USAGE with its place. */
enum status plan_match_new(const struct plan_input *in, struct error *err);

/* The fleet has to be complete. Errors: ST_USAGE with file and line: an id that is not there
 * (unless those are counted), a name that several have, two records of one account, a create
 * without what it needs, a field that neither the table nor the account has. */
enum status plan_match(const struct plan_head *head, const struct plan_inputs *inputs,
                       const struct fleet *fleet, const struct plan_match_options *options,
                       struct plan **out, struct error *err);

#endif
