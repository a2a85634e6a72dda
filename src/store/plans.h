/* plans.h: plans that were made to be applied, and how far each item came.
 *
 * A file of its own beside the journal. The journal is the truth of each item; the states here are
 * for lists and for what never reached the journal (stale, refused before sending), so they are
 * committed a few times a second (synchronous=NORMAL), while a plan itself is durable (one FULL
 * commit) before it is used. busy_timeout is 0: ST_IO "busy" means: again by a timer. */
#ifndef STORE_PLANS_H
#define STORE_PLANS_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define PLANS_PREFIX_MIN 4 /* letters of an id that may stand for it */

struct plans;

/* Texts are (borrowed): from the caller in a put, from the row in a callback. */
struct plans_head {
    const char *id, *origin, *org, *profile, *by, *reason, *title;
    int64_t made_wall_ms;
    uint32_t items;
    bool linked;
    const char *of;    /* of an inverse: the plan it takes back; "" otherwise */
    const char *label; /* of the profile it was made with; NULL: "" */
    const char *how;   /* how it is applied (plan/options.h); not for a put */
    int64_t left;      /* items that are not settled, as last saved; not for a put */
    int64_t applied;   /* items that were applied; not for a put */
};
struct plans_item {
    uint32_t n; /* from 0 */
    const char *kind, *state, *account_id, *account_name, *before, *target, *note, *warnings;
    bool needs_name;
    int64_t op, undoes;
};

/* Opens or makes the file and takes this process's owner lock. ST_IO with the reason. */
enum status plans_open(struct plans **out, const char *path, struct clock clock, struct error *err);
void plans_close(struct plans *plans); /* NULL allowed */
/* That a bad file was renamed aside at the opening, to be told (F22); "" otherwise. (borrowed) */
const char *plans_note(const struct plans *plans);

/* Puts a plan's head; ST_OK also when it is there whole with the same head (*there is set then, and
 * nothing is to be put). One that was not finished is begun anew. ST_CONFLICT: another of that id.
 */
enum status plans_put_head(struct plans *plans, const struct plans_head *head, bool *there,
                           struct error *err);
/* Adds items in one transaction. */
enum status plans_put_items(struct plans *plans, const char *id, const struct plans_item *items,
                            size_t count, struct error *err);
/* The plan is whole: durable when it returns ST_OK. */
enum status plans_seal(struct plans *plans, const char *id, struct error *err);

/* Notes how it is applied, for going on after a kill: durable when it returns ST_OK. */
enum status plans_how(struct plans *plans, const char *id, const char *how, struct error *err);
/* Forgets a plan; none of that id: ST_OK. */
enum status plans_remove(struct plans *plans, const char *id, struct error *err);
/* The same in slices of `budget` items: from the first on it is not found any more.
 * ST_CONFLICT while a process that lives applies it. */
enum status plans_remove_some(struct plans *plans, const char *id, uint32_t budget, bool *more,
                              struct error *err);

/* The full id of the one whole plan that begins so. ST_NOT_FOUND; ST_USAGE when several do. */
enum status plans_find(struct plans *plans, const char *word, struct str *id, struct error *err);
typedef void plans_head_fn(void *ctx, const struct plans_head *head);
typedef void plans_item_fn(void *ctx, const struct plans_item *item);
/* Reads the head of one whole plan. ST_NOT_FOUND. */
enum status plans_get(struct plans *plans, const char *id, plans_head_fn *fn, void *ctx,
                      struct error *err);
/* Reads its items in order, `limit` of them from number `from` on. */
enum status plans_items(struct plans *plans, const char *id, uint32_t from, uint32_t limit,
                        plans_item_fn *fn, void *ctx, struct error *err);
/* The ids of whole plans of this origin and org, newest first. */
typedef void plans_id_fn(void *ctx, const char *id);
enum status plans_ids(struct plans *plans, const char *origin, const char *org, size_t limit,
                      plans_id_fn *fn, void *ctx, struct error *err);

/* Notes what became of an item, in the transaction that is open; account_id NULL keeps. */
enum status plans_state(struct plans *plans, const char *id, uint32_t n, const char *state,
                        int64_t op, const char *account_id, const char *note, struct error *err);
/* Commits what was noted; nothing noted: ST_OK. */
enum status plans_flush(struct plans *plans, struct error *err);

/* Whether nobody applies it now: ST_CONFLICT while a process that lives does. Only reads: whoever
 * looks once a second must not be taken for one that applies it. */
enum status plans_look(struct plans *plans, const char *id, struct error *err);
/* From now on this process applies the plan. ST_CONFLICT while another one that lives does. */
enum status plans_claim(struct plans *plans, const char *id, struct error *err);
void plans_unclaim(struct plans *plans, const char *id);
bool plans_is_busy(const struct error *err);

#endif
