/* log.h: the debug log of --debug: one line an event, never a secret.
 *
 * A context that is passed down; NULL is off, so that nobody has to ask. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

struct log;

/* Appends to the plain file at path, which is made, or changed to, 0600; not through a link. *out
 * is closed with log_close and NULL after an error. Errors: ST_IO. */
enum status log_open(struct log **out, const char *path, struct clock clock, struct error *err);
void log_close(struct log *log); /* NULL allowed */
/* A line that contains it is replaced by a note. (borrowed) until it is set anew; NULL: none. */
void log_set_secret(struct log *log, const struct secret *secret);
/* One line: RFC 3339 time (UTC), then the text through text_safe. Does nothing when log is NULL; a
 * full disk is not told. */
void log_printf(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
