/* view_names.h: what the names in a view (config/views.h) stand for. */
#ifndef CLI_VIEW_NAMES_H
#define CLI_VIEW_NAMES_H

#include "config/views.h"
#include "model/column.h"
#include "model/sort.h"

/* Finds the view's columns and its order among the columns of a set, and tries its filter. file
 * stands in messages, with the view's line. columns[VIEW_COLUMNS_MAX], borrowed from the set;
 * sort's count is 0 when the view has no order. ST_CONFIG when anything stands for nothing: err has
 * the first, with the near word, problems (may be NULL) all, a line each; columns and sort are then
 * not to be used. */
enum status view_def_resolve(const struct view_def *def, const char *file,
                             const struct column_set *set, const struct column **columns,
                             struct sort *sort, struct str *problems, struct error *err);

#endif
