/* problems.h: what is wrong in one file of the operator's, all of it, a line each:
 *
 *     keys.cfg:12: no such action "edti": did you mean "edit"?
 *
 * For the readers of keys, themes and views. Somebody who repairs a file wants to see everything at
 * once; whoever only wants to go on takes the first. */
#ifndef CONFIG_PROBLEMS_H
#define CONFIG_PROBLEMS_H

#include "base/error.h"
#include "base/str.h"

#include <libconfig.h>

struct problems {
    const char *file;  /* as messages call it; (borrowed) */
    struct str *lines; /* each problem is appended, a line with its end; NULL: not wanted */
    struct error *err; /* of the first: what it is, and as the next step what is allowed; or NULL */
    size_t count;
};

/* Notes that what stands in that line is wrong: what, the value as it is written there (may hold
 * raw bytes; NULL: none), and what is allowed instead (NULL: nothing to say). Returns ST_CONFIG. */
enum status problem_at(struct problems *p, unsigned line, const char *what, const char *value,
                       const char *allowed);
/* The same for a name that is none of those there are: the near word when there is one, else
 * `allowed`. near (struct near, base/near.h): with all of them offered. */
struct near;
enum status problem_name(struct problems *p, unsigned line, const char *what,
                         const struct near *near, const char *allowed);
/* Appends the bytes of the file, whose path is p->file (file_read_checked), with its error noted.
 * ST_OK, ST_CONFIG, or ST_NOT_FOUND when there is none, which is no problem. */
enum status problems_read(struct problems *p, struct str *text);
/* file_parse, with its error noted. ST_OK or ST_CONFIG. */
enum status problems_parse(struct problems *p, struct config_t *tree, const char *text, size_t len);

#endif
