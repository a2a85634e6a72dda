/* csv.h: one field of a CSV line (RFC 4180).
 *
 * Only the quoting is done here. A spreadsheet runs a cell that begins with = + - @ as a formula:
 * whoever writes CSV for people's spreadsheets, and not for programs, puts an apostrophe before
 * such a text first (csv_is_formula says which); a program would see the apostrophe as part of the
 * value, so it is the caller's choice. Text is made safe for a terminal by the caller too
 * (text_safe). */
#ifndef MODEL_CSV_H
#define MODEL_CSV_H

#include "base/str.h"

#include <stdbool.h>

/* Appends the field, in quotes when it holds a comma, a quote, CR or LF, or has a blank at an end;
 * quotes inside are doubled. Commas between fields and the line's end (CR LF) are the caller's. */
void csv_field(struct str *out, struct span text);
/* Whether a spreadsheet would take it for a formula: it begins with = + - @, TAB or CR. */
bool csv_is_formula(struct span text);

#endif
