/* account_line.h: the line above the list: the filter, and what is typed there: a filter, a text to
 * find in the detail, an expression to mark by. A part of the accounts screen. */
#ifndef TUI_SCREENS_ACCOUNT_LINE_H
#define TUI_SCREENS_ACCOUNT_LINE_H

#include "tui/app.h"
#include "tui/screens/account_list.h"
#include "tui/screens/account_mark.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/textview.h"

enum typing { TYPING_NONE, TYPING_FILTER, TYPING_SEARCH, TYPING_MARK };

struct account_line {
    struct app *app;           /* (borrowed), as the two below */
    struct account_list *list; /* what is filtered */
    struct textview *text;     /* what is searched */
    enum typing typing;
    struct line_editor editor;
    struct str filter; /* accepted, or as typed while it is good */
    struct str before; /* the filter before it was edited: Esc gives it back */
    struct account_mark mark;
    struct str hint;  /* what the text being typed may be taken for; "" */
    size_t err_at;    /* the byte of the text where err stands */
    struct error err; /* of the text being typed; the last good result stays on the screen */
};

void account_line_init(struct account_line *l, struct app *app, struct account_list *list,
                       struct textview *text);
void account_line_finish(struct account_line *l);
/* Sets the filter as if it had been typed and accepted; false, with the reason in err and the last
 * good one on the screen, when it cannot be read. */
bool account_line_set(struct account_line *l, struct span text);
void account_line_begin(struct account_line *l, enum typing what);
/* Enter (accept) or Esc. What cannot be read stays open, except a filter, whose last good state
 * stays. */
void account_line_end(struct account_line *l, bool accept);
/* A key while something is typed; EFFECT_NONE for others. */
unsigned account_line_key(struct account_line *l, const struct key *key);
/* Draws at the top of the canvas; returns the lines taken. */
int account_line_draw(struct account_line *l, const struct canvas *c);
/* After a move in the list alone, while nothing is typed: the line as it is now. */
void account_line_update(struct account_line *l, const struct canvas *c);

#endif
