/* edit.h: what a create, a PATCH and a health report do to an account.
 *
 * The service's readings that the reference leaves open are flags here. */
#ifndef SANDBOX_EDIT_H
#define SANDBOX_EDIT_H

#include "base/error.h"
#include "sandbox/behaviour.h"
#include "sandbox/drift.h"
#include "sandbox/validate.h"

struct edit {
    const struct change *change; /* (borrowed) */
    unsigned behaviours;         /* enum behaviour */
    int64_t now;                 /* wall ms */
    struct str tags;             /* storage of merged tags */
    const char *broken_rule;     /* static text: the rule across fields that refused it, or NULL */
};

/* Applies a PATCH. ST_INVALID and broken_rule when the result may not be. */
enum status edit_patch(struct edit *e, struct account *a, const struct drift *d);
/* Makes a new account of the change. id and org are borrowed. */
enum status edit_create(struct edit *e, struct account *a, const struct drift *d, const char *id,
                        const char *org);
/* Sets a status; after `seconds` (drift time; 0: for good) the account is what it was. */
void edit_health(struct account *a, const struct drift *d, struct cell status, struct cell reason,
                 int64_t seconds);

#endif
