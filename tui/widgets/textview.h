/* textview.h: text to read: the JSON of an account, help, a log, a difference.
 *
 * Text is added in pieces with a role each and is made safe once, when added. Lines are wrapped at
 * the width of the last draw or scrolled sideways. Search folds case and accents. */
#ifndef TUI_WIDGETS_TEXTVIEW_H
#define TUI_WIDGETS_TEXTVIEW_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/widgets/move.h"

#include <stdbool.h>
#include <stddef.h>

struct textview_run {
    size_t start; /* bytes into text */
    enum role role;
    bool outside; /* came by textview_add */
};

struct textview {
    struct str text; /* safe, with LF */
    size_t ended;    /* LF in it */
    struct textview_run *runs;
    size_t run_count, run_room;
    bool ascii; /* the last draw was on a terminal that is not UTF-8: the text is safe for that */
    struct textview_line {
        size_t at;  /* byte offset */
        int indent; /* cells before it: what follows a break stands under the text that it breaks */
    } * lines;      /* owned; wrapped as at the last draw */
    size_t line_count, line_room;
    int laid_cells;   /* width the lines were laid for, or -1 */
    int cells;        /* that of the last draw; 0 before */
    size_t top, page; /* lines */
    int left;         /* cells hidden at the left when not wrapped */
    bool wrap;
    struct str found;        /* what is searched for, folded; empty: nothing */
    size_t match, match_len; /* bytes of the current match; match_len 0: none */
};

void textview_init(struct textview *v, bool wrap);
void textview_finish(struct textview *v);
/* Forgets the text, keeps the place and the search: call textview_top for a new text. */
void textview_clear(struct textview *v);
void textview_top(struct textview *v);
/* Adds a piece of text from outside. It stays on its line: LF and TAB in it are shown (^J, ^I), so
 * that nothing from outside can begin a line that looks like one of ours; what is wrapped of it
 * stands two cells further in than its line, at least. */
void textview_add(struct textview *v, enum role role, struct span text);
/* Adds text in which LF begins a line: our own, or one whose lines we made (indented JSON). */
void textview_lines(struct textview *v, enum role role, struct span text);
/* LFs that `fmt` begins and ends with are lines; one between them is shown, as it came with an
 * argument. */
void textview_printf(struct textview *v, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* textview_lines with a blank before each line: for what stands under a heading. */
void textview_indented(struct textview *v, enum role role, struct span text);
/* How many lines of what was added have ended, before any is wrapped. */
size_t textview_ended(const struct textview *v);
/* Moves; LEFT and RIGHT by 8 cells when not wrapped. */
void textview_move(struct textview *v, enum move move);
/* Searches from the top of what is shown; n with `forward`, N without. False: not found. */
bool textview_search(struct textview *v, struct span what);
bool textview_search_next(struct textview *v, bool forward);
/* Fills the canvas; the hardware cursor rests on the match or the first line when focus. */
void textview_draw(struct textview *v, const struct canvas *c, bool focus);

#endif
