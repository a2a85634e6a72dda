/* view_names.c: see view_names.h. */
#include "cli/view_names.h"

#include "base/near.h"
#include "config/problems.h"
#include "model/filter.h"

#include <stdio.h>

static const struct column *find(struct problems *p, const struct view_def *def,
                                 const struct column_set *set, const char *name, const char *what)
{
    const struct column *column = column_find(set, span_of(name));
    struct near near = {span_of(name), NULL, 0};
    for (size_t i = 0; !column && i < column_count(set); i++)
        near_offer(&near, column_at(set, i)->name);
    if (!column)
        problem_name(p, (unsigned)def->line, what, &near,
                     "the columns stand in the manual, and C in the console shows them");
    return column;
}

static void try_filter(struct problems *p, const struct view_def *def, const struct column_set *set)
{
    struct filter *filter = NULL;
    struct error why = {0};
    struct str what = STR_INIT;
    if (def->filter[0] && filter_parse(set, span_of(def->filter), 0, &filter, NULL, &why)) {
        str_printf(&what, "the filter: %s", why.what);
        problem_at(p, (unsigned)def->line, str_text(&what), NULL, why.next);
    }
    filter_destroy(filter);
    str_finish(&what);
}

enum status view_def_resolve(const struct view_def *def, const char *file,
                             const struct column_set *set, const struct column **columns,
                             struct sort *sort, struct str *problems, struct error *err)
{
    struct problems p = {file, problems, err, 0};
    for (size_t i = 0; i < def->column_count; i++)
        columns[i] = find(&p, def, set, def->columns[i], "there is no column");
    sort->count = 0;
    for (size_t i = 0; i < def->sort_count && i < SORT_KEYS_MAX; i++) {
        bool down = def->sort[i][0] == '-';
        const struct column *column =
            find(&p, def, set, def->sort[i] + down, "there is no column to sort by");
        if (column)
            sort->keys[sort->count++] = (struct sort_key){column, down};
    }
    try_filter(&p, def, set);
    return p.count ? ST_CONFIG : ST_OK;
}
