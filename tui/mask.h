/* mask.h: JSON for the screen and the clipboard, without the credentials reference. */
#ifndef TUI_MASK_H
#define TUI_MASK_H

#include "base/str.h"
#include "model/value.h"

/* What stands for the reference; NULL: the text itself may be shown. With reveal only what is
 * shaped like a key is masked, for that is no reference and nobody's to read from a screen. */
const char *mask_of(struct span text, bool reveal);
/* The same of a field's value; NULL also of what is no secret, or nothing. */
const char *mask_value(enum field field, const struct value *v, bool reveal);
/* Appends the JSON with the value of each "credentials_ref" that is text replaced by its mask, at
 * any depth. What is no JSON goes through as far as it can be told. */
void mask_json(struct str *out, struct span json, bool reveal);

#endif
