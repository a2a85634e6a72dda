/* roff.h: text in the language of man pages. */
#ifndef BASE_ROFF_H
#define BASE_ROFF_H

#include "base/str.h"

/* Appends text: a backslash, a hyphen that is to stay one, and a dot or quote that begins a line
 * would be read as commands. */
void roff_add(struct str *out, const char *text);
/* Appends it as an argument in quotes, without them: a quote inside is written twice. */
void roff_add_argument(struct str *out, const char *text);

#endif
