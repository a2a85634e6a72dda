/* settable.h: the settable part of an account as canonical JSON: what plans freeze, what export
 * writes and what checksums cover.
 *
 * Keys in the order of their bytes, policies nested, absent fields left out, digits as received:
 * the same values give the same bytes. */
#ifndef PLAN_SETTABLE_H
#define PLAN_SETTABLE_H

#include "base/error.h"
#include "base/str.h"
#include "model/account.h"
#include "model/patch.h"

/* Appends the settable fields of `which` (NULL: all) that are there: values, nulls, and raw JSON
 * where the server sent a wrong type. with_id puts provider_account_id before them. */
void settable_json(const struct account *a, const struct field_set *which, bool with_id,
                   struct str *out);
/* Lays the settable fields of such a JSON object over an account (initialised, any content). */
enum status settable_lay(struct account *a, struct span json, struct error *err);

/* The settable fields in which a change would matter to the server: as diff_settable, but nothing
 * said in two ways (null, absent, no pairs) is the same. Returns how many. */
size_t settable_diff(const struct account *a, const struct account *b, struct field_set *out);

#endif
