/* export.h: the settable fields of accounts as files, one an account, made so that a rerun changes
 * nothing and a version control system shows what did. */
#ifndef PLAN_EXPORT_H
#define PLAN_EXPORT_H

#include "base/error.h"
#include "fleet/fleet.h"

struct plan_export {
    uint32_t written, same; /* files */
    uint32_t others;        /* *.json in the folder that are of no account: gone ones, perhaps */
};

/* Writes every account of `rows` into `dir` (made when it is missing): NAME.json, sorted keys, for
 * eyes and for diff; the id is inside only where the name is not unique. Bytes that are not good in
 * a file's name are spelled %XX. A file that would stay the same is not touched; nothing is
 * removed. Errors: ST_IO. */
enum status plan_export(const struct fleet *fleet, const row_id *rows, uint32_t count,
                        const char *dir, struct plan_export *done, struct error *err);

#endif
