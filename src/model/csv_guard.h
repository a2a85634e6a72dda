/* csv_guard.h: a text in a CSV, both ways: what may act on a terminal or a spreadsheet does not,
 * and a file reads back.
 *
 * The leading ' of a CSV's text that a spreadsheet would take for a formula. It is put
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

/* Appends the text as a CSV shows it: what could act on a terminal is made visible in a pipe, too,
 * for that ends at one often enough (text_safe; JSON has it as it is). What no terminal reads
 * (`data`) keeps ends of lines and tabs, and all its letters whatever the locale is, for it is read
 * by `diff -f` and `plan -f`: to those a cell that is what this makes of the account's value is
 * that value, so that what nobody touched changes nothing. On a terminal an LF alone is kept, and
 * flags (enum text_flags) hold. */
void csv_show(struct str *out, struct span text, bool data, unsigned flags);

#endif
