/* export.h: the settable fields of accounts as files, one an account, made so that a rerun changes
 * nothing and a version control system shows what did. */
#ifndef PLAN_EXPORT_H
#define PLAN_EXPORT_H

#include "base/error.h"
#include "fleet/fleet.h"

struct plan_export {
    uint32_t written, same, removed; /* files */
};

/* Writes every account of `rows` into `dir` (made when it is missing): NAME.json, sorted keys; the
 * id is inside only where the name is not unique. Names that are no good file names are spelled
 * with %XX. Files of accounts that are gone are removed when `remove`; nothing else in the folder
 * is touched. Errors: ST_IO, ST_USAGE (something in the way). */
enum status plan_export(const struct fleet *fleet, const row_id *rows, uint32_t count,
                        const char *dir, bool remove, struct plan_export *done, struct error *err);

#endif
