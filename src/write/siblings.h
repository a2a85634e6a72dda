/* siblings.h: who is left when an account is disabled or deleted: the enabled accounts that share
 * its provider, region, residency or bridge, and one that has its name: paddock creates no second
 * account of a name, so a delete of one could not be taken back under it. Counted over what the
 * fleet knows: while the list is partial, the caller says so. */
#ifndef WRITE_SIBLINGS_H
#define WRITE_SIBLINGS_H

#include "fleet/fleet.h"

#define SIBLINGS_GROUPS_MAX 4
#define SIBLINGS_NAMES_MAX  5

/* What a group shares: one field, or two (else b is FIELD_NONE). */
struct sibling_kind {
    const char *words; /* static */
    enum field a, b;
};
extern const struct sibling_kind sibling_kinds[SIBLINGS_GROUPS_MAX];

/* For who counts many at once by the same rules: the text of a field, "" when it has none; whether
 * the account is known to be enabled. */
struct span sibling_text(const struct fleet *fleet, row_id row, enum field field);
bool sibling_enabled(const struct fleet *fleet, row_id row);

struct sibling_group {
    const char
        *words; /* "provider", "the same provider in region", "data residency", "bridge"; static */
    struct span value; /* what they share (for two fields: the second); (borrowed) from the fleet */
    uint32_t enabled;  /* accounts left that share it and are enabled */
    uint32_t disabled; /* ... and are not */
    row_id rows[SIBLINGS_NAMES_MAX]; /* the first of the enabled, by name, then id */
    uint32_t row_count;
};

struct siblings {
    struct sibling_group groups[SIBLINGS_GROUPS_MAX];
    size_t count; /* groups for which the account has a value */
    bool last;    /* in some group nobody enabled is left */
    row_id twin;  /* another account that has its name (the first met), or ROW_NONE */
};

/* Of `row`, when the `leaving_count` rows of `leaving` go (row itself always counts as one of
 * them). Valid until the fleet changes. */
void siblings_of(const struct fleet *fleet, row_id row, const row_id *leaving, size_t leaving_count,
                 struct siblings *out);

#endif
