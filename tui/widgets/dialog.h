/* dialog.h: a question in a box.
 *
 * The first button is the safe one (Cancel) and has the focus. A dangerous question asks for a word
 * to be typed; until it is typed by hand, nothing but Cancel can be pressed. A paste never
 * confirms. */
#ifndef TUI_WIDGETS_DIALOG_H
#define TUI_WIDGETS_DIALOG_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/widgets/confirm.h"

#include <stdbool.h>
#include <stddef.h>

#define DIALOG_NONE   (-1) /* still open */
#define DIALOG_CANCEL 0    /* the first button, or Esc */

struct dialog_line {
    enum role role;
    char *text; /* owned; safe */
};

enum dialog_said {
    DIALOG_QUIET,
    DIALOG_KEYS,    /* it does nothing: which ones do */
    DIALOG_PRESSES, /* the focus is on the button that loses something: Enter is still to come */
};

struct dialog {
    char *title;               /* owned */
    struct dialog_line *lines; /* owned */
    size_t line_count, line_room;
    char **buttons; /* owned; [0] is the safe one */
    size_t button_count, button_room;
    size_t focus;           /* a button, or button_count: the field of the word */
    bool danger;            /* the other buttons are ROLE_DANGER */
    size_t lossy;           /* the button that loses something; 0: none */
    enum dialog_said said;  /* to the last key */
    struct confirm confirm; /* asks when a word has to be typed */
    size_t top;             /* first line shown when it is higher than the screen */
};

/* title passes text_safe. Begins with the one button "Cancel". */
void dialog_init(struct dialog *d, const char *title);
void dialog_finish(struct dialog *d);
/* A line, wrapped when drawn; from outside. */
void dialog_line(struct dialog *d, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Another button; returns its number (1, 2, ...). */
int dialog_button(struct dialog *d, const char *text);
/* Another one, shown as dangerous, which a letter alone does not press: it takes the focus there,
 * and Enter is the second key. At most one. */
int dialog_lossy_button(struct dialog *d, const char *text);
/* Renames the first one ("Close", "Keep editing"). */
void dialog_safe_button(struct dialog *d, const char *text);
/* The word that has to be typed before any other button works; marks it as dangerous. */
void dialog_ask_word(struct dialog *d, const char *word);
/* The same about an account: its name, or its id, which does as well (confirm_ask). */
void dialog_ask_account(struct dialog *d, struct span name, struct span id);
/* Tab, arrows choose; Enter presses the focused button, or, once the word is whole, button 1, and
 * says what is asked for before; Esc cancels; a letter presses the button that begins with it
 * unless a word is asked for or the dialog is dangerous; a letter of none says which there are.
 * Returns DIALOG_NONE or the button's
 * number. */
int dialog_key(struct dialog *d, const struct key *key);
bool dialog_word_typed(const struct dialog *d);
/* In the middle of the canvas, over what is there. */
void dialog_draw(struct dialog *d, const struct canvas *c);

#endif
