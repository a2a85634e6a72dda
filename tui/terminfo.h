/* terminfo.h: the terminal's description, where <term.h> itself is needed. */
#ifndef TUI_TERMINFO_H
#define TUI_TERMINFO_H

#include "base/str.h"

#include <stdbool.h>

/* "csr" of the VT100 and all that were made after it: they know ESC [ r, the whole screen, and the
 * VT100's ways back from line drawing. */
#define TERMINFO_VT100_REGION "\033[%i%p1%d;%p2%dr"

/* Whether a terminal of that name is described on this machine and can move its cursor and clear.
 * Looks up only; nothing is sent. */
bool terminfo_described(const char *name);

/* A capability of the current terminal: a string, or NULL; a number, or < 0; whether a flag is set
 * (extended ones too). */
const char *terminfo_string(const char *capability);
int terminfo_number(const char *capability);
bool terminfo_flag(const char *capability);

/* Appends a string capability (NULL: nothing) as it goes to the terminal: its parameters filled in,
 * a line before a column, and without the delays ("$<5>") that no terminal of today needs. */
void terminfo_fill(const char *string, int first, int second, struct str *out);

#endif
