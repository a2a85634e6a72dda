/* csv.c: see csv.h. */
#include "model/csv.h"

#include <string.h>

static bool needs_quotes(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (memchr(",\"\r\n", text.p[i], 4))
            return true;
    }
    return text.len && (text.p[0] == ' ' || text.p[text.len - 1] == ' ');
}

void csv_field(struct str *out, struct span text)
{
    if (!needs_quotes(text)) {
        str_add_span(out, text);
        return;
    }
    str_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '"')
            str_add_char(out, '"');
        str_add_char(out, text.p[i]);
    }
    str_add_char(out, '"');
}

bool csv_is_formula(struct span text)
{
    return text.len && memchr("=+-@\t\r", text.p[0], 6);
}
