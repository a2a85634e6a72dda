/* paths.h: where paddock keeps what (XDG base directories): config in $XDG_CONFIG_HOME/paddock,
 * history in $XDG_DATA_HOME/paddock, journal, views and drafts in $XDG_STATE_HOME/paddock,
 * snapshots in $XDG_CACHE_HOME/paddock. Directories 0700, files 0600. */
#ifndef CONFIG_PATHS_H
#define CONFIG_PATHS_H

#include "base/error.h"
#include "config/env.h"

#define PATHS_SYSTEM_CONFIG "/etc/paddock/paddock.cfg"

struct paths {
    char *home;                                          /* owned */
    char *config_dir, *data_dir, *state_dir, *cache_dir; /* owned; without a slash at the end */
};

/* A relative XDG variable is ignored, as its specification says. Without HOME the password file is
 * asked. Errors: ST_CONFIG when there is no home at all. Nothing is made on disk. */
enum status paths_init(struct paths *paths, const struct env *env, struct error *err);
void paths_finish(struct paths *paths);

/* "DIR/name" (mem_free). */
char *paths_join(const char *dir, const char *name);

/* Makes dir and what is missing above it, 0700. One that is there must be a directory of this user
 * (or root) that group and others cannot write to. Errors: ST_IO. */
enum status paths_make_dir(const char *dir, struct error *err);

#endif
