/* fd.h: all bytes of a descriptor, and all bytes into one: what read and write do in parts, or not
 * at all when a signal comes. For plain files and standard input; they block. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/str.h"

#include <stdbool.h>

/* Appends what there is up to the end, at most `max` bytes. False with errno: EFBIG when there is
 * more. */
bool fd_read_all(int fd, size_t max, struct str *out);
/* Whether something is there that is no regular file: a pipe, a terminal, a device, a directory. To
 * open a pipe waits for whoever reads it, and a file renamed over any of them takes its place. */
bool fd_is_special(const char *path);
/* False with errno; a part of it may be written then. */
bool fd_write_all(int fd, struct span bytes);

#endif
