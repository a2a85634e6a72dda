/* log_rows.h: the journal's entries as rows: the columns by which they are filtered, shown and
 * printed, the same in the console and on the command line; and one entry as JSON. */
#ifndef STORE_LOG_ROWS_H
#define STORE_LOG_ROWS_H

#include "model/column.h"
#include "store/journal.h"

/* A bare set: op, when, operator, kind, account, id, outcome, reason, plan, note, profile, undoes,
 * what. */
struct column_set *log_columns_create(void);

/* One row; keep it where it is while a source reads it. Its entry's texts (base, body, ...) are
 * whatever the caller leaves in it. */
struct log_row {
    struct journal_entry entry;
    char when[32]; /* of the intent, as RFC 3339 */
    char what[32]; /* its kind, or "undo of 12" */
};

/* Copies an entry without its texts. */
void log_row_set(struct log_row *row, const struct journal_entry *entry);
/* Free text of a filter looks at account, id, operator, outcome, reason and plan. */
struct row_source log_row_source(const struct log_row *row);

/* Appends the entry as one JSON object with the account before and after, the target and the body,
 * credentials references and all. */
void log_json(const struct journal_entry *entry, struct str *out);

#endif
