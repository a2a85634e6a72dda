/* csv_guard.c: see csv_guard.h. */
#include "model/csv_guard.h"

#include "base/text.h"

#include <string.h>

bool csv_needs_guard(struct span text)
{
    static const char begins[] = {'=', '+', '-', '@', '|', '\t', '\r'};
    size_t i = 0;
    while (i < text.len && text.p[i] == '\'')
        i++;
    return i < text.len && memchr(begins, text.p[i], sizeof begins) != NULL;
}

struct span csv_unguarded(struct span cell)
{
    if (cell.len && *cell.p == '\'' && csv_needs_guard(cell))
        return (struct span){cell.p + 1, cell.len - 1};
    return cell;
}

void csv_show(struct str *out, struct span text, bool data, unsigned flags)
{
    const char *as_is = data ? "\n\r\t" : "\n", *p = text.p, *end = p + text.len;
    if (data)
        flags &= ~(unsigned)TEXT_ASCII;
    while (p < end) {
        const char *q = p;
        while (q < end && (!*q || !strchr(as_is, *q)))
            q++;
        text_safe(out, p, (size_t)(q - p), flags);
        if (q < end)
            str_add_char(out, *q++);
        p = q;
    }
}
