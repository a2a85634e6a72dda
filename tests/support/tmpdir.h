/* tmpdir.h: a private home for one test, gone at its end.
 *
 * A program under test must never see or touch the real home of whoever runs the tests: HOME and
 * every XDG folder lie below one new folder of mode 0700. */
#ifndef SUPPORT_TMPDIR_H
#define SUPPORT_TMPDIR_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TMPDIR_ENV = 8 };

struct tmpdir {
    char *path;                      /* owned, absolute */
    const char *env[TMPDIR_ENV + 1]; /* owned "K=V": HOME, XDG_CONFIG_HOME, XDG_DATA_HOME,
                                        XDG_STATE_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR; ends
                                        with NULL */
};

/* Makes the folder below TMPDIR or /tmp, with home/ and home/{config,data,state,cache,run} in it.
 * NULL with a line on stderr when it cannot. */
struct tmpdir *tmpdir_create(void);
/* Removes it and everything in it, symbolic links as links. NULL is allowed. */
void tmpdir_destroy(struct tmpdir *d);
/* Absolute path of `name` in the folder, written to out and returned (borrowed from out). */
const char *tmpdir_path(const struct tmpdir *d, const char *name, struct str *out);
/* Writes text as file `name` (its folders are made, 0700) with exactly `mode`. */
bool tmpdir_write(const struct tmpdir *d, const char *name, const char *text, mode_t mode);
/* Reads file `name`, appending to out; false when it is not there. */
bool tmpdir_read(const struct tmpdir *d, const char *name, struct str *out);
/* The home's environment followed by `more` (NULL-terminated, borrowed, may be NULL), as
 * pty_options.env wants it: an array to free with mem_free(); its strings are borrowed. */
const char **tmpdir_env_with(const struct tmpdir *d, const char *const *more);
/* Bytes of every file below the folder that hold `needle`: how often it was found. For proofs that
 * a secret was written nowhere. */
size_t tmpdir_find_bytes(const struct tmpdir *d, const char *needle);

#endif
