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
/* Writes it at `path` by rename, 0600; a pipe, a terminal or a device as it is (which waits for
 * its reader: fd_is_special); "-" is not known here. Errors: ST_IO. */
enum status plan_file_write(const struct plan *plan, const char *path, struct error *err);
/* Reads a file's text. name is for messages. Errors: ST_CONFIG, "NAME:LINE: ...": not a plan, cut
 * short, edited, or of a newer version. Every item is WAITING, SAME or SKIPPED. */
enum status plan_file_parse(const char *name, struct span text, struct plan **out,
                            struct error *err);
/* The same from `path`. */
enum status plan_file_read(const char *path, struct plan **out, struct error *err);
/* Where a plan is to be applied. All (borrowed). */
struct plan_place {
    const char *origin, *org;
    const char *profile; /* "": none, or one that may have another name */
};
/* Whether the plan may be applied there. ST_CONFLICT with both names when it is of another origin
 * or organisation, which nothing allows, or was made with a profile of another name: the same place
 * under a colleague's name, or a slip, which the operator has to say. */
enum status plan_belongs(const struct plan *plan, const struct plan_place *here, struct error *err);
/* Whether the names of the profiles alone differ. */
bool plan_of_other_profile(const struct plan *plan, const char *profile);

#endif
