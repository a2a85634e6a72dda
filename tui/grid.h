/* grid.h: the cells that are drawn on: what stands in each and how it looks.
 *
 * Eight bytes a cell, so that a row is a few cache lines and two rows are compared by memcmp: a
 * code point, or the number of a letter with its marks (of which each is kept once), and the number
 * of a look (look.h). A wide character has two cells, a left and a right half, and never one of
 * them alone: what is written over one half leaves a blank in the place of the other. What was
 * drawn on since the last frame is known by the row, so that a frame looks at nothing else. */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include "tui/look.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRID_CODES   5           /* of one cell: a letter and its marks */
#define GRID_CLUSTER 0x80000000u /* with the number of a cluster, where there are marks */

enum grid_part { GRID_WHOLE, GRID_LEFT, GRID_RIGHT };

/* Without padding: cells are compared as bytes. */
struct grid_cell {
    uint32_t what; /* a code point, or GRID_CLUSTER | number; 0 in a right half */
    uint16_t look;
    uint16_t part; /* enum grid_part */
};

struct grid_cluster {
    uint32_t codes[GRID_CODES]; /* 0 behind the last */
};

struct grid {
    int rows, cols;
    struct grid_cell *cells; /* rows * cols, owned */
    struct grid_drawn {
        int from, end; /* cells that may differ from the last frame; none when from >= end */
    } * drawn;         /* by row, owned */
    struct looks looks;
    struct grid_cluster *clusters; /* owned, each once */
    size_t cluster_count, cluster_room;
    uint32_t *slots; /* owned; hash table of numbers of clusters + 1 */
    size_t slot_count;
    int cursor_y, cursor_x;
    bool cursor; /* it is shown */
    bool moved;  /* rows may have moved as wholes since the last frame */
    bool forgot; /* numbers mean others than in the last frame: all has to be sent again */
};

/* Empty, of rows x cols (>= 1), for the current description (terminfo.h). */
void grid_init(struct grid *g, int rows, int cols);
void grid_finish(struct grid *g);
/* Empty again, in another size. */
void grid_resize(struct grid *g, int rows, int cols);

/* All plain blanks. Before a frame that draws all: what no frame needs any more is given up here.
 */
void grid_clear(struct grid *g);
/* Printable ASCII, a cell a byte. Like all below, what lies beyond the edges is left out. */
void grid_ascii(struct grid *g, int y, int x, const char *text, size_t len, int look);
/* One code point that takes one cell, `times` times. */
void grid_fill(struct grid *g, int y, int x, uint32_t code, int times, int look);
/* A character of `count` (1 to GRID_CODES; more marks are left out) code points and 1 or 2 cells.
 */
void grid_put(struct grid *g, int y, int x, const uint32_t *codes, size_t count, int cells,
              int look);

/* The code points that a cell shows: how many, and they themselves. None in a right half. */
size_t grid_codes(const struct grid *g, const struct grid_cell *cell, uint32_t codes[GRID_CODES]);

static inline struct grid_cell *grid_row(const struct grid *g, int y)
{
    return g->cells + (size_t)y * (size_t)g->cols;
}

#endif
