/* roff.c: see roff.h. */
#include "base/roff.h"

static void add_char(struct str *out, char c, bool begins_line)
{
    if (c == '\\')
        str_add(out, "\\e");
    else if (c == '-')
        str_add(out, "\\-");
    else if ((c == '.' || c == '\'') && begins_line)
        str_printf(out, "\\&%c", c);
    else
        str_add_char(out, c);
}

void roff_add(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++)
        add_char(out, *p, p == text || p[-1] == '\n');
}

void roff_add_argument(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            str_add_char(out, '"');
        add_char(out, *p, p == text);
    }
}
