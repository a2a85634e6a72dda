/* form.h: labelled rows, one of which has the focus.
 *
 * It knows rows, not accounts: the screen adds a row for each field of its table, validates when
 * something changed, and puts errors, warnings and what the value was before back onto the row.
 * Nothing typed is ever lost by an error: an error is a line under a row, not a state of it. */
#ifndef TUI_WIDGETS_FORM_H
#define TUI_WIDGETS_FORM_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/move.h"

#include <stdbool.h>
#include <stddef.h>

enum form_kind {
    FORM_SECTION, /* a heading; never has the focus */
    FORM_FIXED,   /* a value that cannot be edited; never has the focus */
    FORM_TEXT,    /* a line editor */
    FORM_OPEN,    /* a line editor with suggestions: Space takes the next one; the first character
                     typed takes the place of what was chosen or stood there before */
    FORM_CHOICE,  /* one of choices: Space, Left, Right, or its first letter */
    FORM_BOOL,    /* (x) yes ( ) no: Space, Left, Right, y, n */
};

struct form_row {
    enum form_kind kind;
    int id;                     /* the screen's: a field id, or -1 */
    char *label;                /* owned */
    char *hint;                 /* owned; unit, range and help, in the hint line while focused */
    const char *const *choices; /* (borrowed), NULL-terminated; for OPEN and CHOICE */
    struct line_editor editor; /* the text, for every kind that has a value ("yes"/"no" for BOOL) */
    struct str error;          /* a line under the row; from outside; empty: none */
    struct str warning;        /* the same */
    struct str was;            /* "was 80" beside it; empty: unchanged */
    bool changed;              /* the mark before the label */
    bool masked;               /* shown as bullets until it has the focus */
    bool needed;               /* "needed" stands beside it while it is empty */
    bool chosen;               /* OPEN: Space put the value there, and nothing was typed since */
};

struct form {
    struct form_row *rows; /* owned */
    size_t count, room;
    size_t focus;    /* a row that can have it, or count when there is none */
    size_t used;     /* 1 + the row that took a key since it has the focus; 0: none */
    size_t top;      /* first line shown (lines, not rows) */
    int label_cells; /* width of the labels; 0: as wide as the widest, at most 24 */
};

enum form_result {
    FORM_IGNORED, /* the caller's key */
    FORM_MOVED,   /* another row, or the caret */
    FORM_CHANGED, /* the value of the focused row */
};

void form_init(struct form *f);
void form_finish(struct form *f);
/* Adds a row and returns its index. label and hint are copied, choices borrowed; value is copied.
 */
size_t form_add(struct form *f, enum form_kind kind, int id, const char *label, const char *hint,
                const char *const *choices, struct span value);
/* The row with that id, or NULL. */
struct form_row *form_row(struct form *f, int id);
struct form_row *form_focused(struct form *f); /* NULL when nothing can have the focus */
struct span form_value(const struct form_row *row);
void form_set_value(struct form_row *row, struct span value);
/* NULL or "" for none. Text from outside. */
void form_set_error(struct form_row *row, const char *text);
void form_set_warning(struct form_row *row, const char *text);
void form_set_was(struct form_row *row, const char *text);

/* Moves the focus; at an end it goes round. */
void form_next(struct form *f);
void form_prev(struct form *f);
/* The next row with an error, round the end; false when there is none. */
bool form_next_error(struct form *f);
bool form_focus(struct form *f, int id);
size_t form_error_count(const struct form *f);
size_t form_warning_count(const struct form *f);
/* Rows that are needed and empty. */
size_t form_needed_count(const struct form *f);

/* Feeds the focused row. Tab, Down, Enter: next; S-Tab, Up: previous; PageUp, PageDown: five rows.
 * What the row does not know is FORM_IGNORED. */
enum form_result form_key(struct form *f, const struct key *key);
/* Draws; keeps the focused row with its error in sight; last line: the focused row's hint. */
void form_draw(struct form *f, const struct canvas *c, bool focus);

#endif
