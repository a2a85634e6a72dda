/* line_editor.h: one line of text that is being edited, by grapheme.
 *
 * Start, feed it keys, stop. It knows text, not what it is for: the form's fields, the filter, the
 * palette and the typed word of a dialog are all this. ^A and ^K stay unbound (UX: multiplexers,
 * slips). A paste becomes one line; controls in it become spaces. */
#ifndef TUI_WIDGETS_LINE_EDITOR_H
#define TUI_WIDGETS_LINE_EDITOR_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"

#include <stdbool.h>
#include <stddef.h>

struct line_editor {
    struct str text;
    size_t at;      /* the caret: a byte offset at a grapheme's edge */
    int scroll;     /* cells hidden at the left */
    size_t max;     /* bytes; 0: LINE_EDITOR_MAX */
    char **history; /* owned; newest last */
    size_t history_count, history_room;
    size_t history_at; /* == history_count: not in the history */
    struct str kept;   /* what was being typed before the history was looked at */
};

#define LINE_EDITOR_MAX 65536

enum line_result {
    LINE_IGNORED, /* not a key of a line editor: the caller's */
    LINE_MOVED,   /* the caret moved, or nothing was left to do */
    LINE_CHANGED, /* the text is another one */
};

void line_editor_init(struct line_editor *ed);
void line_editor_finish(struct line_editor *ed);
/* Begins with a text, the caret at its end; leaves the history alone. */
void line_editor_start(struct line_editor *ed, struct span text);
/* Text, Backspace, Delete, Left, Right, Home, End, C-Left, C-Right (words), ^U (all before the
 * caret), ^W (a word), paste. Up and Down walk the history when there is one. Enter, Esc and Tab
 * are the caller's. */
enum line_result line_editor_key(struct line_editor *ed, const struct key *key);
/* Puts a line into the history (not when empty or the same as the newest). Keeps 100. */
void line_editor_remember(struct line_editor *ed, struct span text);
/* The text; borrowed until the next change. */
struct span line_editor_text(const struct line_editor *ed);
/* Draws into `cells` cells at y,x; scrolls to keep the caret in sight; puts the caret there when
 * focus. hint (own text, may be NULL) stands dim while the text is empty. */
void line_editor_draw(struct line_editor *ed, const struct canvas *c, int y, int x, int cells,
                      bool focus, const char *hint);

/* What is wrong with the text at byte `at`, and what comes next, on lines y and below of an editor
 * that is drawn at x above them: a sign under the place, and the words, beside it where they fit
 * there, else on lines of their own. Returns the lines it took. */
int line_editor_draw_error(const struct line_editor *ed, const struct canvas *c, int y, int x,
                           size_t at, const struct error *err);

#endif
