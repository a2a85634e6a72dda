/* look.h: how a cell looks, as the bytes that make the terminal write so.
 *
 * A look is a set of attributes and a pair of colours as curses holds them in a cell; it is asked
 * for by both and is a number from then on, LOOK_PLAIN is none of all. From one look to another it
 * takes only what is added, when the second has all of the first, else a reset and all of the
 * second; in one sequence, where the terminal takes them so. Only look.c knows terminfo's words for
 * them. */
#ifndef TUI_LOOK_H
#define TUI_LOOK_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define LOOK_PLAIN 0

#define LOOK_BYTES 40 /* of one attribute or colour; longer ones do not occur */

struct look {
    unsigned attrs; /* as asked for: attr_t of curses, without the pair */
    int pair;
    unsigned shown; /* of the attributes, those that this terminal shows */
    int fg, bg;     /* of the pair, < 0: the terminal's own */
    char fg_on[LOOK_BYTES], bg_on[LOOK_BYTES]; /* "" for the terminal's own */
};

enum { LOOK_BOLD, LOOK_DIM, LOOK_ITALIC, LOOK_UNDERLINE, LOOK_REVERSE, LOOK_ATTRS };

struct looks {
    struct look *list; /* owned */
    size_t count, room;
    int found; /* the last one: cells beside each other look alike */
    char reset[LOOK_BYTES], on[LOOK_ATTRS][LOOK_BYTES];
    unsigned never;  /* attributes that have no bytes here */
    unsigned unsafe; /* attributes that this terminal cannot show together with colours */
};

/* For the current description of curses, which has started its colours when there are any. */
void looks_init(struct looks *l);
void looks_finish(struct looks *l);

/* Whether the pairs are still the colours that they were found with: curses gives the number of one
 * that is not used any more to another. */
bool looks_hold(const struct looks *l);
/* Forgets all but the plain one. */
void looks_forget(struct looks *l);

int looks_find(struct looks *l, unsigned attrs, int pair);
/* Whether a blank in the one cannot be told from a blank in the other. */
bool looks_same_blank(const struct looks *l, int a, int b);
/* Appends what takes the terminal from one look to the other. */
void looks_switch(const struct looks *l, int from, int to, struct str *out);

#endif
