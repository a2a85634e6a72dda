/* store.h: the accounts in SQLite, in memory or in a file.
 *
 * One connection behind one lock: a page of a hundred takes a fraction of a millisecond, so that a
 * second connection would only add locks of its own. Pages are keyset pages over `seq`. Totals come
 * from a table of counts that triggers keep, so that a filtered total costs the same at 100 and at
 * 100,000 accounts. */
#ifndef SANDBOX_STORE_H
#define SANDBOX_STORE_H

#include "base/error.h"
#include "sandbox/account.h"
#include "sandbox/drift.h"

struct store;

/* Gets an account that is valid during the call only. */
typedef void store_each(void *ctx, const struct account *a);
/* Changes the account (its cells may borrow from ctx); anything but ST_OK leaves the store as it
 * was. */
typedef enum status store_edit(void *ctx, struct account *a, const struct drift *d);

struct store_options {
    const char *path; /* NULL: in memory */
    struct clock clock;
    double time_scale;
    bool frozen; /* no usage, no health changes */
};

/* Errors: ST_IO when the file cannot be opened or is in use by another sandbox, ST_CONFIG when it
 * is something else. */
enum status store_open(const struct store_options *options, struct store **out, struct error *err);
/* Remembers the drift time in a file; NULL allowed. */
void store_close(struct store *s);

bool store_is_empty(struct store *s);
/* Adds `count` accounts in one transaction; make(ctx, i, a) fills the i-th. */
enum status store_fill(struct store *s, int64_t count,
                       void (*make)(void *ctx, int64_t i, struct account *a), void *ctx,
                       struct error *err);

struct store_query {
    const char *org, *provider, *status; /* (borrowed) provider, status: NULL for any */
    bool enabled_only;
    int64_t after; /* seq of the last account already given, 0 from the start */
    int64_t limit;
};
struct store_page {
    int64_t total; /* of all that match, whatever `after` is */
    int64_t count; /* in this page */
    int64_t last;  /* seq of the last one in it */
    bool has_more;
};
enum status store_list(struct store *s, const struct store_query *q, struct store_page *page,
                       store_each *each, void *ctx, struct error *err);

/* ST_NOT_FOUND when there is none of that id in that org; ST_IO when SQLite fails. `each` gets the
 * account as it then is. */
enum status store_get(struct store *s, const char *org, const char *id, store_each *each, void *ctx,
                      struct error *err);
enum status store_add(struct store *s, store_edit *fill, store_each *each, void *ctx,
                      struct error *err);
enum status store_change(struct store *s, const char *org, const char *id, store_edit *edit,
                         store_each *each, void *ctx, struct error *err);
enum status store_remove(struct store *s, const char *org, const char *id, struct error *err);

/* What the server's clock says now (drift.h). */
int64_t store_clock(const struct store *s);

/* Goes up with every change of any account. */
uint64_t store_generation(struct store *s);

#endif
