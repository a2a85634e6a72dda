/* who.h: how an account is called on the screen: by its name, and where other accounts have the
 * same name, by its id beside it. Asks the row alone, so that every row may be named so. */
#ifndef TUI_WHO_H
#define TUI_WHO_H

#include "fleet/fleet.h"
#include "write/write.h"

/* Adds the name, and the whole id behind it when the name is not unique: "name (id)". One without a
 * name has its id. Not yet made safe for the screen. */
void who_add(const struct fleet *fleet, row_id row, struct str *out);
/* The same for a cell of a table of `cells` cells (>= 2): safe; behind a name that is not unique
 * the end of the id where both have room, "name #4f2a1c", else the sign alone, "name#": names
 * differ at their ends, so they are not cut for it. */
void who_cell(const struct fleet *fleet, row_id row, int cells, bool ascii, struct str *out);
/* For a heading: this name, and the end of the id as in a cell when the account with this id has a
 * name that is not unique. */
void who_title(const struct fleet *fleet, struct span id, struct span name, struct str *out);
/* The account of a write, as who_add, by the name that the write has. */
void who_write(const struct fleet *fleet, const struct write *write, struct str *out);

#endif
