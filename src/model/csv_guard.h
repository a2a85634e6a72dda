/* csv_guard.h: the leading ' of a CSV's text that a spreadsheet would take for a formula. It is put
 * there for lists and taken off where files are read, by one rule, so that both undo each other: a
 * text that itself begins with ' and would look guarded gets one more. */
#ifndef MODEL_CSV_GUARD_H
#define MODEL_CSV_GUARD_H

#include "base/str.h"

#include <stdbool.h>

/* Whether the text needs a ' before it: any number of ', then one of = + - @ | TAB CR. */
bool csv_needs_guard(struct span text);
/* The text without the ' that was put before it; as it is where none was. */
struct span csv_unguarded(struct span cell);

#endif
