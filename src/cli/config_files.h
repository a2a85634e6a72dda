/* config_files.h: the operator's files beside paddock.cfg: keys.cfg, the themes, the views. Read by
 * the same readers as in the console, which takes the first problem and goes on; here all of them
 * are found. */
#ifndef CLI_CONFIG_FILES_H
#define CLI_CONFIG_FILES_H

#include "config/paths.h"

#include <stdbool.h>

/* Called for each file that was looked into: problems is "" or a line each ("path:line: ...\n").
 * Both (borrowed); problems may hold raw bytes of a path: text_safe() before a sink. */
typedef void config_file_fn(void *ctx, const char *path, const char *problems);

/* Looks into those that are there: keys.cfg and themes/NAME.cfg in the config directory, views.cfg
 * in the state directory. True when all of them hold. */
bool config_files(const struct paths *paths, config_file_fn *fn, void *ctx);
/* Looks into one file when its name says which of them it is (keys.cfg, views.cfg, one in a folder
 * called themes), else *known is false. True when it holds; one that is not there does not. */
bool config_file(const char *path, bool *known, config_file_fn *fn, void *ctx);

#endif
