/* views.h: reading and writing views.cfg: named views as texts. What the names in them mean is not
 * known here (model/column, model/filter).
 *
 * A view that cannot be read is an error with file and line, never guessed at. */
#ifndef CONFIG_VIEWS_H
#define CONFIG_VIEWS_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

#define VIEW_NAME_MAX    40 /* bytes */
#define VIEW_COLUMNS_MAX 40
#define VIEW_SORT_MAX    3
#define VIEWS_MAX        200

struct view_def {
    const char *name, *filter; /* never NULL */
    const char *columns[VIEW_COLUMNS_MAX];
    size_t column_count;
    const char *sort[VIEW_SORT_MAX]; /* "-name": descending */
    size_t sort_count;
    const char *key; /* whose it is, in a file of last states: profile, org; "" otherwise */
    int line;        /* in its file, 0: made here */
};

/* Texts live in mem. */
struct view_defs {
    struct arena mem;
    struct view_def *items; /* owned */
    size_t count, room;
};

void view_defs_init(struct view_defs *defs);
void view_defs_finish(struct view_defs *defs);
/* Copies a view; one of the same name and key is replaced. */
void view_defs_put(struct view_defs *defs, const struct view_def *def);
/* Takes one away; false when there is none of that name and key. */
bool view_defs_drop(struct view_defs *defs, const char *name, const char *key);
/* NULL when there is none. key "" for named views. */
const struct view_def *view_defs_find(const struct view_defs *defs, const char *name);
const struct view_def *view_defs_of(const struct view_defs *defs, const char *key);

/* Adds the views of a text. name stands in messages: "views.cfg:12: ...". ST_CONFIG: nothing was
 * added; err has the first that is wrong, problems (may be NULL) all of it, a line each. */
enum status view_defs_parse(struct view_defs *defs, const char *name, const char *text, size_t len,
                            struct str *problems, struct error *err);
/* The same of a file of the operator's; one that is not there is empty. */
enum status view_defs_read(struct view_defs *defs, const char *path, struct str *problems,
                           struct error *err);
/* Appends the views as such a file; view_defs_parse gives the same. */
void view_defs_write(const struct view_defs *defs, struct str *out);
/* Puts the file in the place of what is there, 0600, whole or not at all. Its directory is made. */
enum status view_defs_save(const struct view_defs *defs, const char *dir, const char *path,
                           struct error *err);

#endif
