/* column_look.h: how a column looks in a table: its heading, its width, what goes when it is
 * narrow.
 */
#ifndef MODEL_COLUMN_LOOK_H
#define MODEL_COLUMN_LOOK_H

#include "model/column.h"

struct column_look {
    char title[24];
    int width;     /* cells, >= 1 */
    int width_max; /* 0: no further than width */
    int drop;      /* 0: never left out; otherwise the highest goes first */
    bool right;    /* numbers stand at the right */
};

/* By column_look.def, else by what the column is like. */
struct column_look column_look(const struct column *column);

#endif
