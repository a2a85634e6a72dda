/* drafts.h: what was typed into a form, kept on disk at every change.
 *
 * A draft is a convenience, not a promise: synchronous=NORMAL in a file of its own, so that a save
 * costs no fsync (about a tenth of a millisecond) and can be made at every key. A file that is
 * locked or full costs the save and nothing else: the next change saves all fields again.
 *
 * A draft belongs to the process whose form is open on it, from its first save or drafts_claim
 * until that lets go of it or ends: to all others it is ST_CONFLICT, and not in the list. */
#ifndef STORE_DRAFTS_H
#define STORE_DRAFTS_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "model/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRAFT_NEW "new" /* the account of a create's draft */

struct drafts;

struct draft_key {
    const char *origin, *org;
    const char *account; /* its id, or DRAFT_NEW */
};

/* A typed text: as it stands in the form, wrong or right. */
struct draft_field {
    enum field field;
    struct span typed; /* (borrowed) */
};

struct draft {
    struct draft_field *fields; /* their texts live in `texts` */
    size_t count;
    struct str base; /* the account as the form began from, raw JSON; "" for a new one */
    int64_t saved_wall_ms;
    struct str texts;
};

/* Opens or makes the file; a corrupt one is renamed aside. Errors: ST_IO: forms work without. */
enum status drafts_open(struct drafts **out, const char *path, struct clock clock,
                        struct error *err);
void drafts_close(struct drafts *drafts); /* NULL allowed */
/* That a bad file was renamed aside at the opening, to be told (F22); "" otherwise. (borrowed) */
const char *drafts_note(const struct drafts *drafts);

/* Saves the whole draft over the one before. base: see struct draft. Errors: ST_IO. */
enum status drafts_save(struct drafts *drafts, const struct draft_key *key, struct span base,
                        const struct draft_field *fields, size_t count, struct error *err);
/* Fills *out (any content; draft_finish it). ST_NOT_FOUND when there is none. A field that the
 * table no longer knows is left out. */
enum status drafts_load(struct drafts *drafts, const struct draft_key *key, struct draft *out,
                        struct error *err);
void draft_finish(struct draft *draft);
/* After the form was saved or given up. No draft: ST_OK. */
enum status drafts_drop(struct drafts *drafts, const struct draft_key *key, struct error *err);

/* Whether a form of another process that lives is open on it. */
bool drafts_held(struct drafts *drafts, const struct draft_key *key);
/* ours: from now on it is this process's; else it lets go of it. No draft: ST_OK. */
enum status drafts_claim(struct drafts *drafts, const struct draft_key *key, bool ours,
                         struct error *err);

/* Puts the draft aside under another account's name, over what is there; no draft: ST_OK.
 * It is this process's then: drafts_claim lets go of it. */
enum status drafts_move(struct drafts *drafts, const struct draft_key *key, const char *account,
                        struct error *err);

/* Hears of every draft that is there from now on (saved, put aside here) or no more (dropped, put
 * aside from here), as it stands on the disk. One follower; NULL: none. */
typedef void drafts_follower(void *ctx, const struct draft_key *key, bool there);
void drafts_follow(struct drafts *drafts, drafts_follower *fn, void *ctx);

/* Newest first, of this origin and org; account is (borrowed). */
typedef void drafts_fn(void *ctx, const char *account, int64_t saved_wall_ms);
enum status drafts_list(struct drafts *drafts, const char *origin, const char *org, drafts_fn *fn,
                        void *ctx, struct error *err);

#endif
