/* theirs.h: somebody else who was quicker: the fields of a PATCH get other values just before it is
 * refused, so that the client finds the same fields changed when it looks. */
#ifndef SANDBOX_THEIRS_H
#define SANDBOX_THEIRS_H

#include "sandbox/json.h"

/* Appends a PATCH body that gives the limits and texts of `mine` values that are neither mine nor
 * the account's as it is (`now`, the account as a GET answers it; may be NULL). Switches, which
 * have no third value, are left out; "{}" when nothing is left. */
void theirs_body(struct str *out, const struct json *mine, const struct json *now);

#endif
