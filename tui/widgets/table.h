/* table.h: rows that are asked for, never held.
 *
 * The table knows how many rows there are, where the cursor is and which columns fit; each visible
 * cell is fetched when it is drawn, so that a million rows cost what a screenful does. It knows
 * nothing of what a row is: who owns the rows keeps the cursor and the marks by id and says where
 * they are after each change (table_set_rows). */
#ifndef TUI_WIDGETS_TABLE_H
#define TUI_WIDGETS_TABLE_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/widgets/move.h"

#include <stdbool.h>
#include <stddef.h>

struct table_column {
    const char *title; /* (borrowed) own text */
    int width;         /* cells it needs, >= 1 */
    int width_max;     /* it grows to this when there is room; 0: no further than width */
    int drop; /* 0: never dropped, and grows first; otherwise the highest is dropped first */
    enum text_align align;
    int id; /* the owner's */
};

/* What a cell callback fills; text is empty and role is ROLE_TEXT before. */
struct table_cell {
    struct str *text; /* (borrowed) append to it; passes text_safe */
    enum role role;
    enum glyph glyph;  /* before the text, with a space; GLYPH_NONE for none */
    int width;         /* cells that it has, glyph included: set by the table */
    double gauge;      /* >= 0: a bar of this ratio fills what the text leaves; < 0: none */
    double gauge_warn; /* see struct gauge */
};

struct table_source {
    /* Cell of a row (< count) and a column (index into columns). */
    void (*cell)(void *ctx, size_t row, size_t column, struct table_cell *cell);
    /* True when the row is marked. May be NULL. */
    bool (*marked)(void *ctx, size_t row);
    /* A glyph for the third cell of the row's gutter (a write on its way), or GLYPH_NONE; a space
     * stands between it and the row. May be NULL: then the gutter is a cell narrower. */
    enum glyph (*flag)(void *ctx, size_t row);
    void *ctx; /* (borrowed) */
};

struct table {
    struct table_source source;
    struct table_column *columns; /* owned copy */
    size_t column_count;
    size_t count;         /* rows */
    struct scroll scroll; /* cursor and first visible row */
    size_t page;          /* rows that fitted at the last draw, >= 1 */
    size_t first_column;  /* columns hidden at the left (h, l); the first column always stays */
    int sort_column;      /* index, or -1 */
    bool sort_down;
    bool more_right; /* the last draw hid columns at the right */
    struct str scratch;
    struct table_drawn { /* what the last draw showed */
        int *widths;     /* owned; of each column */
        size_t top, cursor, first_column;
        struct draw_tape *lines; /* owned; each row from the top on, as it was drawn */
        size_t line_count;
        bool valid;
    } drawn;
};

void table_init(struct table *t, const struct table_source *source);
void table_finish(struct table *t);
/* Copies them; titles stay borrowed. */
void table_set_columns(struct table *t, const struct table_column *columns, size_t count);
/* After any change of the rows: how many there are, and where the cursor's object is now. The row
 * on the screen on which the cursor stands stays the same where it can. */
void table_set_rows(struct table *t, size_t count, size_t cursor);
void table_set_sort(struct table *t, int column, bool down);

/* MOVE_LEFT and MOVE_RIGHT scroll by a column. */
void table_move(struct table *t, enum move move);
/* The row under the cursor; false when there are no rows. */
bool table_cursor(const struct table *t, size_t *row);
/* The rows on the screen at the last draw: first, and one after the last. */
void table_visible(const struct table *t, size_t *first, size_t *end);

/* Headings, then rows. The cursor's row is ROLE_CURSOR when focus, and the hardware cursor rests on
 * it. `empty` stands in the place of rows when there are none, on as many lines as it
 * needs; NULL for nothing. */
void table_draw(struct table *t, const struct canvas *c, bool focus, const char *empty);

/* After table_move alone: draws what looks different since the last draw, on a canvas of the same
 * size that is as it was left. One row down costs two rows, which say what they said: the source is
 * asked for rows that were not on the screen. */
void table_update(struct table *t, const struct canvas *c, bool focus);

/* Before table_update, where rows may have come or gone since the last draw. same: the objects on
 * the screen are those of the last draw, in their order, whatever their numbers are now. */
void table_renumbered(struct table *t, bool same);

/* How the columns share `cells` cells: fills widths[column_count], 0 for a hidden one. Exported for
 * its tests. */
void table_layout(const struct table *t, int cells, int *widths);

#endif
