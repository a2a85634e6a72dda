/* csv_guard.c: see csv_guard.h. */
#include "model/csv_guard.h"

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
