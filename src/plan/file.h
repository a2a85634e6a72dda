/* file.h: a plan as a file: to be reviewed by a colleague and applied elsewhere.
 *
 * JSON, one item a line, closed by a SHA-256 over everything before it: a file that was cut or
 * edited is refused, with the place where that shows. */
#ifndef PLAN_FILE_H
#define PLAN_FILE_H

#include "base/error.h"
#include "base/str.h"
#include "plan/plan.h"

#define PLAN_FILE_VERSION 1

/* Appends the whole file. */
void plan_file_text(const struct plan *plan, struct str *out);
/* Writes it at `path` by rename, 0600; "-" is not known here. Errors: ST_IO. */
enum status plan_file_write(const struct plan *plan, const char *path, struct error *err);
/* Reads a file's text. name is for messages. Errors: ST_CONFIG, "NAME:LINE: ...": not a plan, cut
 * short, edited, or of a newer version. Every item is WAITING, SAME or SKIPPED. */
enum status plan_file_parse(const char *name, struct span text, struct plan **out,
                            struct error *err);
/* The same from `path`. */
enum status plan_file_read(const char *path, struct plan **out, struct error *err);
/* Whether the plan may be applied here. ST_CONFLICT with both names when it is of another origin or
 * organisation. */
enum status plan_belongs(const struct plan *plan, const char *origin, const char *org,
                         struct error *err);

#endif
