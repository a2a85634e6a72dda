/* files.h: whole files in and out, and where the programs under test are. */
#ifndef SUPPORT_FILES_H
#define SUPPORT_FILES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Appends the file's bytes to out; false when it cannot be read. */
bool file_read(const char *path, struct str *out);
/* Writes (and replaces) a file with exactly this mode, whatever the umask; false with a line on
 * stderr when it cannot. */
bool file_write(const char *path, const char *bytes, size_t len, mode_t mode);
bool file_exists(const char *path);
/* The folder the programs were built in, absolute: PADDOCK_BUILD, else found from where this test
 * program lies. Written to out. */
void build_dir(struct str *out);

#endif
