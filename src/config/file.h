/* file.h: reading the operator's files: config, keys, themes, views.
 *
 * Whoever can write such a file decides where the token is sent, so each is checked on the open
 * descriptor: a regular file, owned by the user or root, not writable by group or others, no larger
 * than its cap. A symbolic link is followed (dotfile managers link), and what it leads to is
 * judged. The grammar is libconfig's; @include is refused because an included file would escape the
 * checks. libconfig reads numbers beyond 32 bits wrongly without a word, so sizes and durations are
 * strings (base/quantity.h), and an integer that libconfig would wrap is refused here. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/error.h"
#include "base/str.h"

#include <libconfig.h>

#define CONFIG_FILE_MAX (64 * 1024)

/* Appends the file's bytes. Errors: ST_NOT_FOUND when there is none; ST_CONFIG with the path and
 * what is wrong with it (owner, mode with the chmod that helps, size, NUL bytes); ST_IO. */
enum status file_read_checked(const char *path, size_t max, struct str *out, struct error *err);

/* Parses text into an initialised `tree` (config_init before, config_destroy after). name stands in
 * messages: "keys.cfg:12: ...". Errors: ST_CONFIG. */
enum status file_parse(struct config_t *tree, const char *name, const char *text, size_t len,
                       struct error *err);

/* Writes a new file 0600 below a directory that is made 0700; refuses one that is there
 * (ST_CONFLICT). Synced to disk. */
enum status file_write_new(const char *path, const char *text, size_t len, struct error *err);

#endif
