/* change_rows.h: observed changes as rows: the columns by which they are filtered, shown and
 * printed, the same in the console and on the command line; and one as JSON. */
#ifndef STORE_CHANGE_ROWS_H
#define STORE_CHANGE_ROWS_H

#include "model/column.h"
#include "store/changes.h"

/* All fields of the account as it is now, and of the change: seen, since, change, field, before,
 * after. */
struct column_set *change_columns_create(void);

/* One row; keep it where it is while a source reads it. Texts of the change stay borrowed. */
struct change_row {
    struct change change;
    struct str before, after, seen, since; /* as they are shown; secrets masked */
    struct row_source account;             /* the account as it is now; get NULL: it is gone */
};
void change_row_init(struct change_row *row);
void change_row_finish(struct change_row *row);
void change_row_set(struct change_row *row, const struct change *change,
                    const struct row_source *account);
struct row_source change_row_source(const struct change_row *row);

/* Appends a value as a reader is shown it: "-" absent, "none", "500,000,000"; secrets are masked
 * unless `reveal`. Raw text: text_safe() before a sink. */
void change_show(const struct change *change, bool after, bool reveal, struct str *out);
/* Appends the change as one JSON object, secrets and all. */
void change_json(const struct change *change, struct str *out);

#endif
