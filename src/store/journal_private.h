/* journal_private.h: what journal.c (opening, adding, taking over), journal_read.c (reading) and
 * journal_names.c (words) share. */
#ifndef STORE_JOURNAL_PRIVATE_H
#define STORE_JOURNAL_PRIVATE_H

#include "store/db.h"
#include "store/journal.h"

struct owner;

/* The columns that journal_read.c makes an entry of, in its order; light: without the four long
 * texts. */
#define JOURNAL_COLUMNS_OF(texts)                                                                  \
    "op, origin, org, profile, account_id, account_name, kind, outcome, intent_wall_ms,"           \
    " outcome_wall_ms, operator, reason, plan, note, " texts ", owner, undoes, item"
#define JOURNAL_COLUMNS       JOURNAL_COLUMNS_OF("base, body, target, after")
#define JOURNAL_COLUMNS_LIGHT JOURNAL_COLUMNS_OF("NULL, NULL, NULL, NULL")

enum journal_sql { SQL_ADD, SQL_SETTLE, SQL_GET, SQL_ELSEWHERE, SQL_STANDS, SQL_COUNT };

struct journal {
    sqlite3 *db;
    struct clock clock;
    struct owner *owner;
    struct str note;
    sqlite3_stmt *st[SQL_COUNT];
    bool in_transaction;
    bool soft; /* commits do not wait for the disk, this turn */
};

/* What a word of the file means; of a newer paddock's: an update, and for us not settled. */
enum journal_kind journal_kind_of(const char *name);
enum journal_outcome journal_outcome_of(const char *name);

#endif
