/* look.h: how a cell looks, as the bytes that make the terminal write so.
 *
 * A look is a set of attributes and two colours; it is asked for by these and is a number from then
 * on, LOOK_PLAIN is none of all. From one look to another it
 * takes only what is added, when the second has all of the first, else a reset and all of the
 * second; in one sequence, where the terminal takes them so. Only look.c knows terminfo's words for
 * them. */
#ifndef TUI_LOOK_H
#define TUI_LOOK_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOK_PLAIN 0
#define LOOKS_MAX  65535

#define LOOK_BYTES 40 /* of one attribute or colour; longer ones do not occur */

struct look {
    unsigned attrs;                            /* as asked for: enum theme_attr */
    unsigned shown;                            /* of them, those that this terminal shows */
    int fg, bg;                                /* as the terminal numbers them; < 0: its own */
    char fg_on[LOOK_BYTES], bg_on[LOOK_BYTES]; /* "" for the terminal's own */
};

enum { LOOK_BOLD, LOOK_DIM, LOOK_ITALIC, LOOK_UNDERLINE, LOOK_REVERSE, LOOK_ATTRS };

struct looks {
    struct look *list; /* owned */
    size_t count, room;
    uint16_t *blanks; /* owned; of each the first one whose blanks look the same */
    size_t blank_room;
    char reset[LOOK_BYTES], on[LOOK_ATTRS][LOOK_BYTES];
    unsigned never;  /* attributes that have no bytes here */
    unsigned unsafe; /* attributes that this terminal cannot show together with colours */
};

/* For the current description (terminfo.h). */
void looks_init(struct looks *l);
void looks_finish(struct looks *l);

/* Its number. At most LOOKS_MAX are told apart; what is asked for beyond them is plain. */
int looks_find(struct looks *l, unsigned attrs, int fg, int bg);
/* Whether a blank in the one cannot be told from a blank in the other. */
static inline bool looks_same_blank(const struct looks *l, int a, int b)
{
    return l->blanks[a] == l->blanks[b];
}
/* Appends what takes the terminal from one look to the other. */
void looks_switch(const struct looks *l, int from, int to, struct str *out);

#endif
