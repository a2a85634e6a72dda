/* config_meaning.h: what a configuration says, beyond its form: names of themes and columns,
 * filters, URLs and files. The reader (config/) knows none of them. */
#ifndef CLI_CONFIG_MEANING_H
#define CLI_CONFIG_MEANING_H

#include "cli/survey.h"
#include "config/config.h"

/* All columns that a file may name, to look them up by name: their values are never asked. */
struct named_columns {
    struct column_set *set; /* owned; borrows the three below */
    struct health_classes health;
    struct problem_column problem;
    struct monitor *none; /* always NULL */
};
void named_columns_init(struct named_columns *columns);
void named_columns_finish(struct named_columns *columns);

/* Called for each value that could not be used, with where it stands; all (borrowed). what may hold
 * raw bytes: text_safe() before a sink. */
typedef void config_meaning_fn(void *ctx, const struct option_value *value, const char *what);

/* Looks at the values that came from a file and gives how many could not be used as they stand.
 * config_dir: where a theme of the operator's own may be, in themes/. */
size_t config_meaning(const struct config *config, const char *config_dir, config_meaning_fn *fn,
                      void *ctx);

#endif
