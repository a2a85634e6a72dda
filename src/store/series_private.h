/* series_private.h: what series.c (opening, accounts, reading) and series_work.c (writing) share.
 */
#ifndef STORE_SERIES_PRIVATE_H
#define STORE_SERIES_PRIVATE_H

#include "base/numbered.h"
#include "store/db.h"
#include "store/series_blob.h"

/* A blob that waits. */
struct series_job {
    int64_t t_ms;
    uint32_t block;
    char *data; /* owned */
    size_t len;
};

#define CHANGE_TEXTS 5 /* account, name, from, to, reason */

/* A change of status that waits. */
struct series_noted {
    int64_t t_ms;
    char *texts[CHANGE_TEXTS]; /* owned */
};

/* How far a block is summed up: what is before has its hours, its days. */
struct series_block {
    int64_t summed[SERIES_STEPS];
    int64_t newest_ms; /* its last sample; WHEN_NONE */
    bool pruned;       /* since series.prune_ms */
};

enum series_sql {
    SQL_ACCOUNT,
    SQL_SAMPLE,
    SQL_READ,
    SQL_FIRST, /* the first sample from a time on */
    SQL_SUMMED,
    SQL_LEVEL,
    SQL_LEVELS,
    SQL_PRUNE,
    SQL_NEWEST,
    SQL_AHEAD,
    SQL_LEVELS_AHEAD,
    SQL_CHANGE,
    SQL_CHANGES,
    SQL_PRUNE_CHANGES,
    SQL_COUNT
};

struct series {
    sqlite3 *db;
    struct clock clock;
    sqlite3_stmt *st[SQL_COUNT];
    int lock_fd; /* -1: no file to lock; then everybody writes */
    int64_t scope;
    bool begun, writes;
    struct numbered accounts; /* by id */
    int64_t *first_ms;        /* owned; when each was first seen */
    size_t first_room;
    size_t accounts_kept; /* on disk; the others are new */
    struct series_block *blocks;
    size_t block_count, block_room;
    struct series_job *jobs; /* [job_first, job_count) wait */
    size_t job_first, job_count, job_room;
    size_t waiting_bytes;
    struct series_noted *noted; /* owned */
    size_t noted_count, noted_room;
    int64_t newest_ms;   /* of all samples, waiting ones too; WHEN_NONE */
    int64_t prune_ms;    /* wall time of the last round of removing */
    int64_t clock_ahead; /* of the wall clock to the monotonic one, to see it jump */
    size_t work_bytes;
};

/* One statement without rows, reset afterwards. */
enum status series_run(struct series *s, sqlite3_stmt *st, struct error *err);
/* Writes the changes of status that wait, up to `to`; forgets them. */
enum status series_write_noted(struct series *s, size_t to, struct error *err);
void series_drop_noted(struct series *s, size_t to);
/* Blocks up to and including this one are there. */
struct series_block *series_block(struct series *s, uint32_t block);

#endif
