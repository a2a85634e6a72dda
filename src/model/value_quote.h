/* value_quote.h: texts of a form, quoted where they would read back as something else. For value.c
 * and value_map.c. */
#ifndef MODEL_VALUE_QUOTE_H
#define MODEL_VALUE_QUOTE_H

#include "base/str.h"

#include <stdbool.h>

/* "none" in any case. */
bool value_is_none(struct span s);
/* Whether the text would read back as something else when typed as it is (empty, blanks at an end,
 * a quote first, "none"), or is not fit for a line (text_safe would change it). */
bool value_needs_quotes(struct span s);
/* Appends it quoted as JSON does, with everything that could deceive escaped: safe text. */
void value_add_quoted(struct str *out, struct span s);

#endif
