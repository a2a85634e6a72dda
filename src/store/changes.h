/* changes.h: what was seen to have changed from one complete sync to the next, field by field:
 * when, not who.
 *
 * SQLite in a file of its own, WAL, synchronous NORMAL: a record of what was observed, not a
 * promise. Values are kept as JSON, so that none, zero and "" stay three things. The writer of the
 * snapshot is the only one that adds, in slices; anybody reads. busy_timeout is 0. */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "model/field.h"

#include <stdint.h>

#define CHANGES_KEPT_MS ((int64_t)90 * 24 * 3600 * 1000)

struct changes;

enum change_kind { CHANGE_NEW = 1, CHANGE_FIELD, CHANGE_GONE };
const char *change_kind_name(enum change_kind kind); /* "new", "changed", "gone" */

struct change {
    int64_t number;
    int64_t seen_wall_ms;  /* the complete sync that showed it */
    int64_t since_wall_ms; /* the one before it, which showed the old value */
    enum change_kind kind;
    struct span account, name; /* id, and name as it was last; (borrowed) */
    enum field field;          /* FIELD: which; FIELD_NONE for the others */
    struct span before, after; /* FIELD: JSON, empty: absent; (borrowed) */
};

/* Opens or makes the file; a corrupt one is renamed aside. Errors: ST_IO: nothing is recorded. */
enum status changes_open(struct changes **out, const char *path, const char *origin,
                         const char *org, struct clock clock, struct error *err);
void changes_close(struct changes *c); /* NULL allowed */
/* What happened at open and the operator should hear of, or "". (borrowed) */
const char *changes_note(const struct changes *c);

/* What is added between begin and end is committed together; a failure takes it back. */
enum status changes_begin(struct changes *c, struct error *err);
enum status changes_add(struct changes *c, const struct change *change, struct error *err);
enum status changes_end(struct changes *c, struct error *err);
/* Forgets a few that are older than CHANGES_KEPT_MS; *more: there are others. */
enum status changes_expire(struct changes *c, bool *more, struct error *err);

/* Which to list. */
struct changes_query {
    int64_t since_wall_ms; /* seen at or after it; WHEN_NONE: all */
    struct span account;   /* its id; empty: all */
    int64_t below;         /* numbers below it; 0: from the newest on */
    int64_t above;         /* numbers above it; 0: down to the oldest */
    size_t limit;
};
/* Newest first. Without since_wall_ms it costs what it gives, whatever there is. */
typedef void changes_fn(void *ctx, const struct change *change);
enum status changes_list(struct changes *c, const struct changes_query *query, changes_fn *fn,
                         void *ctx, struct error *err);
/* Another number when another process has added something since the last call: quick, for who shows
 * the list. What this one adds does not move it. */
int64_t changes_stamp(struct changes *c);

#endif
