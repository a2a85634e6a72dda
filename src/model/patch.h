/* patch.h: differences between accounts, three-way merge, and request bodies.
 *
 * PATCH sends only what changed; tags whole; null clears. A partial policy object is sent by
 * default; `patch_policies = whole` sends every settable member that has a value (DESIGN.md, The
 * API). */
#ifndef MODEL_PATCH_H
#define MODEL_PATCH_H

#include "base/error.h"
#include "base/str.h"
#include "model/field.h"

#include <stdbool.h>
#include <stddef.h>

struct account;

struct field_set {
    bool has[FIELD_COUNT];
};

/* Whether it has only fields that move by themselves (FF_MOVES), or none; GROUPs do not count. */
bool field_set_moves(const struct field_set *set);

/* Settable fields in which a and b differ; returns how many. GROUPs themselves are never in it. */
size_t diff_settable(const struct account *a, const struct account *b, struct field_set *out);

enum merge_state {
    MERGE_SAME,     /* nobody changed it */
    MERGE_MINE,     /* only mine changed it */
    MERGE_THEIRS,   /* only the server changed it: taken quietly */
    MERGE_AGREE,    /* both changed it to the same */
    MERGE_CONFLICT, /* both changed it, differently */
};

struct merge {
    enum merge_state state[FIELD_COUNT];
    size_t mine, theirs, conflicts; /* counts over settable fields */
};

/* Compares the copy that the form began from, what the operator wants, and what the server has now.
 * `out` (initialised) becomes the server's copy with my changes laid over it; a conflicting field
 * holds mine until the operator chooses. A field that is absent in `mine` is left as the server has
 * it. out->raw is empty. */
void merge_accounts(const struct account *base, const struct account *mine,
                    const struct account *server, struct account *out, struct merge *m);

enum patch_policies { PATCH_PARTIAL, PATCH_WHOLE };

/* Appends the PATCH body that turns `from` into `to` in the fields of `which`; "{}" when it is
 * empty. Numbers by their digits. What is absent or bad in `to` cannot be sent and is left out. */
void patch_body(const struct account *from, const struct account *to, const struct field_set *which,
                enum patch_policies policies, struct str *out);
/* Appends the POST body: every creatable field that has a value, or is null where null is allowed
 * (a limit of none that was chosen). */
void create_body(const struct account *a, struct str *out);

/* Finds the field that a 422's loc names: the longest run of known keys in it ("body",
 * "quota_policy", "max_tokens_per_month"). FIELD_NONE when there is none. parts: `count` texts. */
enum field field_from_loc(const struct span *parts, size_t count);

#endif
