/* series.h: what was used, over time: a SQLite file of its own (history.db, synchronous=NORMAL).
 *
 * A sample is what the counters of all accounts gained since the sample before. Accounts are
 * numbered as they are first seen; each 1,024 of them are a block, and one sample of one block is
 * one blob of deltas: an account that did not change costs nothing, one that did a few bytes. Blobs
 * by block and not by sample alone, so that one account's months are read without everybody
 * else's. Kept are samples as they came for 2 days, sums by hour for 90, by day for 400; what is
 * older is removed.
 *
 * Nothing here is written at once: samples wait in memory, and series_work() writes, sums up and
 * removes in slices of at most SERIES_SLICE_BYTES, so that a turn of the loop stays short however
 * many accounts there are. Two processes may have the same accounts open: one of them writes (an
 * open-file lock, given back by the kernel), the others read.
 *
 * Size, for 100,000 accounts of which every one is used all the time, sampled every 5 minutes: see
 * SERIES_BYTES_PER_ENTRY; tests/unit/store/series_test.c holds the figure against the file. */
#ifndef STORE_SERIES_H
#define STORE_SERIES_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIES_BLOCK        1024 /* accounts */
#define SERIES_SLICE_BYTES  65536
#define SERIES_NONE         UINT32_MAX
#define SERIES_SPARSE_ABOVE 10000  /* accounts: from here on samples are taken less often */
#define SERIES_SPARSE_MS    300000 /* every 5 minutes */

/* Bytes of the file that one changed account costs in one sample, at most, when all of its block
 * changed. With 100,000 accounts always in use that is 576 samples, 2,160 hours and 400 days of
 * 100,000 entries: at most 2.5 GB, of which the two days are at most 500 MB. */
#define SERIES_BYTES_PER_ENTRY 8

enum series_step { SERIES_RAW, SERIES_HOUR, SERIES_DAY, SERIES_STEPS };

/* How long an entry of that step is kept, and how long a step is (0: as it comes). */
int64_t series_keep_ms(enum series_step step);
int64_t series_step_ms(enum series_step step);

enum series_counter { SERIES_TOKENS, SERIES_REQUESTS, SERIES_COUNTERS };

struct series_entry {
    uint32_t account;
    bool absolute; /* a new period, or the first sight: `level` is the counter then */
    int64_t gain[SERIES_COUNTERS];  /* used since the entry before; >= 0 */
    int64_t level[SERIES_COUNTERS]; /* only when absolute; >= 0 */
};

struct series;

/* Opens or makes the file; a corrupt one is renamed aside (told in *aside, may be NULL). Errors:
 * ST_IO: the monitor then works without history. */
enum status series_open(struct series **out, const char *path, struct clock clock,
                        struct str *aside, struct error *err);
/* What still waits is written first, as far as one second allows. NULL allowed. */
void series_close(struct series *series);
/* Whose accounts: reads their numbers and tries to become the one that writes. Once, after opening.
 */
enum status series_begin(struct series *series, const char *origin, const char *org,
                         struct error *err);
/* The same in slices: it begins, and then reads `budget` numbers a call (a thousand take half a
 * millisecond), until *more is false. Nothing else is asked of it meanwhile. */
enum status series_begin_slow(struct series *series, const char *origin, const char *org,
                              struct error *err);
enum status series_begin_some(struct series *series, size_t budget, bool *more, struct error *err);
/* Whether this process writes. Tries again to get the lock when it does not. */
bool series_writes(struct series *series);

/* The account's number; a new one gets the next. */
uint32_t series_account(struct series *series, struct span id);
uint32_t series_find(const struct series *series, struct span id); /* SERIES_NONE: it has none */
/* The account of a number; empty for one that is not there. (borrowed) until the next
 * series_account
 */
struct span series_id(const struct series *series, uint32_t account);
/* When it was first seen; WHEN_NONE for a number that is not there. */
int64_t series_first_seen(const struct series *series, uint32_t account);
uint32_t series_accounts(const struct series *series);
uint32_t series_blocks(const struct series *series);

/* Takes a sample in, entries in any order, an account at most once; waits for series_work. t_ms:
 * the wall clock; several calls may bring the blocks of one sample. A negative gain or level is
 * taken for 0. Does nothing when another process writes. */
void series_add(struct series *series, int64_t t_ms, const struct series_entry *entries,
                size_t count);

/* A change of an account's status; kept for a week. */
struct series_change {
    int64_t t_ms;
    const char *account, *name, *from, *to, *reason; /* id and texts as received; never NULL */
};
/* Copied; waits for series_work. Does nothing when another process writes. */
void series_note(struct series *series, const struct series_change *change);
/* Calls fn with each from a time on, in order of time; texts are (borrowed) for the call. */
typedef void series_change_fn(void *ctx, const struct series_change *change);
enum status series_changes(struct series *series, int64_t from_ms, series_change_fn *fn, void *ctx,
                           struct error *err);

/* One slice of what waits: samples, then sums that are due, then what is too old. *more: there is
 * more to do. ST_IO: nothing is lost, to be tried again later (db_is_busy: another process is
 * writing). */
enum status series_work(struct series *series, bool *more, struct error *err);
/* The bytes of blobs that the last series_work wrote. */
size_t series_work_bytes(const struct series *series);

/* Calls fn with each entry of a block within [from, to], in order of time; account SERIES_NONE: all
 * of the block, else that one alone. */
typedef void series_fn(void *ctx, int64_t t_ms, const struct series_entry *entry);
enum status series_read(struct series *series, enum series_step step, uint32_t block,
                        uint32_t account, int64_t from_ms, int64_t to_ms, series_fn *fn, void *ctx,
                        struct error *err);
/* The counters of a block as they were at *t_ms (absolute entries; gain 0), for a start: samples
 * after it come on top. *t_ms is WHEN_NONE when there are none. */
enum status series_levels(struct series *series, uint32_t block, int64_t *t_ms, series_fn *fn,
                          void *ctx, struct error *err);
/* When the newest sample of the scope was taken; WHEN_NONE. */
int64_t series_newest(struct series *series);
/* For idle moments: moves the write-ahead log into the file. */
void series_idle(struct series *series);

#endif
