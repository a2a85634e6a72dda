/* owner.h: which processes that wrote intents are still alive.
 *
 * Each process holds a lock file of its own name beside the journal (flock: given back by the
 * kernel however the process ends, F29). A pid alone would not do: pids come again, and a home
 * directory may be seen from several machines. */
#ifndef STORE_OWNER_H
#define STORE_OWNER_H

#include "base/error.h"

#include <stdbool.h>

struct owner; /* opaque */

/* Makes and locks "owner-PID-RANDOM.lock" in `dir`. Errors: ST_IO. */
enum status owner_create(struct owner **out, const char *dir, struct error *err);
/* Gives the lock back and removes the file: a name without a file is an owner that is gone. NULL
 * allowed. */
void owner_destroy(struct owner *owner);
/* "PID-RANDOM", as it stands in the entries. (borrowed) */
const char *owner_name(const struct owner *owner);

/* Whom the entries name: "user@host", cut to `size`. */
void owner_operator(char *out, size_t size);

enum owner_state { OWNER_SELF, OWNER_ALIVE, OWNER_GONE };
enum owner_state owner_look(const struct owner *self, const char *name);

/* Locks the file of an owner that is gone, for as long as its entries are being taken over. False:
 * it is alive after all. *fd is closed by owner_release; it is -1 when the file is not there. */
bool owner_seize(const struct owner *self, const char *name, int *fd);
void owner_release(int fd);
/* Removes the lock files that killed processes left behind. */
void owner_sweep(const struct owner *self);

#endif
