/* options.h: reading one option's value by its row. Used by config.c; others ask config.h. */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "config/config.h"

#include <libconfig.h>

/* Appends what a row accepts: "true or false", "a whole number from 0 to 1000 (milliseconds)". */
void option_expects(const struct option_info *info, struct str *out);

/* Reads the setting by the row into *out; texts are copied into mem. home (may be NULL) replaces
 * "~". On ST_CONFIG err->what says what is expected and what was found, and *out is unchanged. */
enum status option_read(const struct option_info *info, const struct config_setting_t *setting,
                        const char *home, struct arena *mem, struct option_value *out,
                        struct error *err);

/* Fills values[OPTION_COUNT] with every row's default. */
void option_defaults(struct option_value *values, struct arena *mem);

/* The row of a scope by its path; NULL when there is none. */
const struct option_info *option_find(enum option_scope scope, struct span path);

#endif
