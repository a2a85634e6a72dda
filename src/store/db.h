/* db.h: opening a SQLite file of ours with care, and the few calls around it.
 *
 * Every file is 0600 in a 0700 directory, checked at open (quick_check), told from a foreign one by
 * its application_id, and brought to today's schema by user_version. A corrupt or foreign file is
 * renamed aside with its -wal and -shm, never deleted (F22). busy_timeout is 0 once it is open: a
 * locked file is an answer, never a wait on the key path (F23). */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* What is read as a whole at a start, warm: some 10 ms; from a slow disk far more, and a journal of
 * a hundred thousand writes has 400 MB. What is broken in a larger one shows where it is read. */
#define DB_CHECK_MAX (8 << 20)

struct db_spec {
    const char *path;
    int32_t application_id;  /* "pdkJ" and the like: whose file it is */
    const char *synchronous; /* "FULL", "NORMAL", "OFF" */
    int64_t
        check_max_bytes; /* a larger file is not read as a whole (quick_check) at open; 0: any */
    const char *const *schema; /* schema[i] brings version i to version i + 1 */
    int versions;
    /* What is out of sight when a bad file was renamed aside, and which key or command comes next:
     * the end of that line. */
    const char *lost;
};

/* Opens or makes the file. *aside gets a line when a bad file was renamed aside (what happened,
 * where it lies, what is lost from sight), and stays as it is otherwise: it is to be told (F22).
 * Errors: ST_IO (the reason: no room, read-only, somebody else's, locked for more than two seconds,
 * made by a newer version); *out is then NULL. */
enum status db_open(sqlite3 **out, const struct db_spec *spec, struct clock clock,
                    struct str *aside, struct error *err);
/* quick_check of an open file. ST_PARSE: it is corrupt; ST_IO: it could not be looked at. */
enum status db_check(sqlite3 *db, struct error *err);
/* Renames a closed file and its -wal and -shm aside, as db_open does; why: "corrupt", "foreign".
 * For who finds only later that what is in it makes no sense. lost: as in struct db_spec. */
enum status db_set_aside(const char *path, const char *why, const char *lost, struct clock clock,
                         struct str *aside, struct error *err);
/* Closes after a last checkpoint; NULL allowed. */
void db_close(sqlite3 *db);

/* Runs statements without results. Errors as db_error. */
enum status db_exec(sqlite3 *db, const char *sql, struct error *err);
/* Makes the statements of so many texts, to be kept for as long as the file is open. Errors as
 * db_error; those that were made are finalized by the caller in any case. */
enum status db_prepare(sqlite3 *db, const char *const *sql, int count, sqlite3_stmt **out,
                       struct error *err);
/* NULL among them is allowed. */
void db_finalize(sqlite3_stmt **statements, int count);
/* Turns the result code `rc` into ST_IO and words. Busy or locked begins with "busy". */
enum status db_error(sqlite3 *db, int rc, struct error *err);
/* Whether an error says that another process holds the file: to be tried again by a timer. */
bool db_is_busy(const struct error *err);
/* Another number when another connection has committed something since the last call; 0 when it
 * cannot be told. Some microseconds. */
int64_t db_stamp(sqlite3 *db);
/* Moves the WAL into the file as far as nobody reads it: for idle moments. */
void db_checkpoint(sqlite3 *db);
/* Gives back what is kept of the file in memory: after much was read or written that nobody asks
 * for again soon. */
void db_rest(sqlite3 *db);

/* Binds; NULL text is SQL NULL. The text is (borrowed) until the statement is reset. */
void db_bind_text(sqlite3_stmt *st, int at, const char *text);
/* The text of a column, never NULL; (borrowed) until the next step. */
const char *db_text(sqlite3_stmt *st, int column);

#endif
