/* terminfo.h: the terminal's description, where <term.h> itself is needed. */
#ifndef TUI_TERMINFO_H
#define TUI_TERMINFO_H

#include <stdbool.h>

/* Whether a terminal of that name is described on this machine and can move its cursor and clear.
 * Looks up only; nothing is sent. */
bool terminfo_described(const char *name);

/* A string capability of the current terminal, or NULL; whether a flag is set (extended too). */
const char *terminfo_string(const char *capability);
bool terminfo_flag(const char *capability);

#endif
