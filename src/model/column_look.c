/* column_look.c: see column_look.h. */
#include "model/column_look.h"

#include <stdio.h>
#include <string.h>

enum { LEFT, RIGHT };

static const struct {
    const char *name, *title;
    int width, width_max, drop, align;
} looks[] = {
#define LOOK(name, title, width, width_max, drop, align)                                           \
    {name, title, width, width_max, drop, align},
#include "model/column_look.def"
#undef LOOK
};

#define DROP_OTHERS 13 /* what nobody thought of goes first */

/* Columns that somebody chose, without a row: by type. */
static const struct {
    int width, width_max;
    bool right;
} types[FT_COUNT] = {
    [FT_TEXT] = {12, 24, false}, [FT_OPEN] = {10, 16, false}, [FT_INT] = {8, 0, true},
    [FT_SECONDS] = {7, 0, true}, [FT_BOOL] = {5, 0, false},   [FT_TIME] = {7, 0, true},
    [FT_MAP] = {16, 40, false},  [FT_GROUP] = {6, 0, false},
};

struct column_look column_look(const struct column *column)
{
    struct column_look look = {.drop = DROP_OTHERS};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        if (strcmp(looks[i].name, column->name) != 0)
            continue;
        look = (struct column_look){.width = looks[i].width,
                                    .width_max = looks[i].width_max,
                                    .drop = looks[i].drop,
                                    .right = looks[i].align == RIGHT};
        snprintf(look.title, sizeof look.title, "%s", looks[i].title);
        return look;
    }
    enum field_type type = field_info(column->like)->type;
    look.width = types[type].width;
    look.width_max = types[type].width_max;
    look.right = types[type].right;
    snprintf(look.title, sizeof look.title, "%s", column->name);
    for (char *p = look.title; *p; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    int title = (int)strlen(look.title);
    look.width = look.width < title ? title : look.width;
    return look;
}
