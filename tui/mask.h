/* mask.h: JSON for the screen and the clipboard, without the credentials reference. */
#ifndef TUI_MASK_H
#define TUI_MASK_H

#include "base/str.h"

/* Appends the JSON with the value of each "credentials_ref" that is text replaced by "********",
 * at any depth; with reveal, as it is. What is no JSON goes through as far as it can be told. */
void mask_json(struct str *out, struct span json, bool reveal);

#endif
