/* draw.h: the one place that writes on the screen.
 *
 * Screens and widgets draw on a canvas: a rectangle of the terminal with its own coordinates, from
 * 0,0 at its top left; what falls outside is cut off, so nobody has to check. Text from outside
 * passes text_safe here, whoever drew it, because one sink that forgets is enough. Widths are
 * utf8proc's, by grapheme; where the C library (and so many a terminal) would advance by another
 * width, a '?' stands instead, so that columns never shift.
 */
#ifndef TUI_DRAW_H
#define TUI_DRAW_H

#include "base/str.h"
#include "base/text.h"
#include "tui/grid.h"
#include "tui/theme.h"

#include <stdbool.h>

enum glyph {
    GLYPH_NONE,
#define GLYPH(id, utf8, ascii, help) GLYPH_##id,
#include "tui/glyphs.def"
#undef GLYPH
    GLYPH_COUNT
};

/* What was drawn on one line, kept to be drawn again: in other colours under it, without asking
 * anew what it says. Zeroed to begin with, owns its memory. */
struct draw_tape {
    struct str text;
    struct draw_piece {
        int x, cells; /* cells: of blanks, then len is 0 */
        enum role role;
        size_t from, len; /* of text */
    } * pieces;
    size_t count, room;
};

/* What all canvases of one terminal share. */
struct draw {
    struct grid *grid;         /* (borrowed) of the terminal */
    const struct theme *theme; /* (borrowed) */
    bool ascii;                /* glyphs by their twins, text beyond ASCII as \u{...} */
    bool cursor_shown;
    bool scrolled;          /* see draw_scrolled */
    int cols;               /* of the terminal */
    int cursor_y, cursor_x; /* of the terminal, where the hardware cursor rests after the frame */
    struct str safe, cell;  /* scratch */
    struct draw_tape *tape; /* (borrowed) what is drawn goes onto it too; or NULL */
    uint16_t looks[ROLE_COUNT][ROLE_COUNT + 1]; /* by role, and role under it or none: its number
                                                   + 1, or 0 when nobody has asked yet */
    unsigned generation;                        /* of the theme that looks are of */
};

/* A rectangle of the terminal; passed by value, owns nothing. */
struct canvas {
    struct draw *draw; /* (borrowed) */
    int y, x;          /* of its corner on the terminal */
    int rows, cols;    /* >= 0 */
    int under;         /* enum role that lies under what is drawn (the cursor's row), or -1 */
};

/* grid and theme are borrowed. */
void draw_init(struct draw *draw, struct grid *grid, const struct theme *theme, bool ascii);
void draw_finish(struct draw *draw);

/* Begins a frame: an empty grid, of rows x cols, no cursor. The canvas is the whole terminal.
 * (What is the same as before costs no bytes: differences are sent.) */
struct canvas draw_begin(struct draw *draw, int rows, int cols);
/* Begins a frame on what the last one left, for a screen that knows what changed: the same canvas,
 * no cursor, nothing erased. */
void draw_resume(struct draw *draw);
/* Says that lines of `c` moved up or down since the last frame, so that the frame looks for them
 * and scrolls the terminal where that is less. It looks at every cell of the screen for it, and
 * only whole lines can move: so it is done when asked for, and when `c` is as wide as the terminal.
 */
void draw_scrolled(const struct canvas *c);
/* Ends it: puts the hardware cursor where draw_cursor said. Then term_refresh(). */
void draw_end(struct draw *draw);

/* The part of `c` at y,x, cut to what lies within `c`. */
struct canvas canvas_part(const struct canvas *c, int y, int x, int rows, int cols);
/* The same canvas with `role` under everything drawn on it (theme_over). */
struct canvas canvas_over(const struct canvas *c, enum role role);

/* Text from outside: passes text_safe. `cells` < 0: as long as it is, to the edge; otherwise it is
 * cut (with an ellipsis) or padded to exactly that many. Returns the cells it took. */
int draw_text(const struct canvas *c, int y, int x, enum role role, struct span text, int cells,
              enum text_align align);
/* Our own text (literals, numbers, names of keys) or text that has passed text_safe: not passed
 * again. */
int draw_own(const struct canvas *c, int y, int x, enum role role, const char *text, int cells,
             enum text_align align);
int draw_own_span(const struct canvas *c, int y, int x, enum role role, struct span text, int cells,
                  enum text_align align);
/* printf to the edge; what it prints is taken as from outside. Returns the cells it took. */
int draw_printf(const struct canvas *c, int y, int x, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

int draw_glyph(const struct canvas *c, int y, int x, enum role role, enum glyph glyph);
/* The same beside itself, `times` times (bars). */
int draw_glyphs(const struct canvas *c, int y, int x, enum role role, enum glyph glyph, int times);
/* A glyph's text in this terminal ("" for GLYPH_NONE), e.g. to put into a longer text. Static. */
const char *draw_glyph_text(const struct draw *draw, enum glyph glyph);

/* Spaces in the role's colours. */
void draw_fill(const struct canvas *c, int y, int x, int rows, int cols, enum role role);
void draw_hline(const struct canvas *c, int y, int x, int cells, enum role role);
void draw_vline(const struct canvas *c, int y, int x, int rows, enum role role);
/* A box along the edge of the canvas, with a title in its upper line (NULL for none; from outside);
 * returns its inside. */
struct canvas draw_box(const struct canvas *c, enum role role, const char *title);

/* From now on what is drawn is put onto the tape as well, in the place of what was there; it has to
 * be on one line, and on canvases with the same left edge. NULL: no more. */
void draw_record(struct draw *draw, struct draw_tape *tape);
/* Draws it on line y of a canvas with that left edge. */
void draw_replay(const struct canvas *c, int y, const struct draw_tape *tape);
void draw_tape_finish(struct draw_tape *tape);

/* Where the hardware cursor rests (on the current row or field, for screen readers: it stays
 * visible there); the last call of a frame wins. */
void draw_cursor(const struct canvas *c, int y, int x);
/* The same, for the insertion point of a field that is being edited. */
void draw_caret(const struct canvas *c, int y, int x);

/* Lines of at most `cells` cells that safe text breaks into, at spaces where it can. Calls fn with
 * each; returns how many. fn may be NULL (to measure). */
int draw_wrap(struct span safe, int cells, void (*fn)(void *ctx, struct span line), void *ctx);
/* Text from outside, made safe and wrapped, from (y, x) on; what does not fit on the canvas is not
 * drawn. Returns how many lines it needs. */
int draw_paragraph(const struct canvas *c, int y, int x, enum role role, struct span text,
                   int cells);

#endif
