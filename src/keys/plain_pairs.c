/* plain_pairs.c: see plain_pairs.h. Line by line; a line is a comment, empty, the begin of a
 * context, a pair or the end of a context. */
#include "keys/plain_pairs.h"

#include <string.h>

struct reader {
    struct span context; /* p NULL: between two */
    bool last;           /* a pair without a comma was there: only the end may follow */
};

static void skip_blanks(struct span *line)
{
    while (line->len && (*line->p == ' ' || *line->p == '\t')) {
        line->p++;
        line->len--;
    }
}

static bool take(struct span *line, char c)
{
    skip_blanks(line);
    if (!line->len || *line->p != c)
        return false;
    line->p++;
    line->len--;
    return true;
}

static bool at_end(struct span *line)
{
    skip_blanks(line);
    return line->len == 0;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool take_name(struct span *line, struct span *name)
{
    size_t n = 0;
    while (n < line->len && is_name_char(line->p[n]))
        n++;
    *name = (struct span){line->p, n};
    line->p += n;
    line->len -= n;
    return n > 0 && name->p[0] >= 'a';
}

static bool take_string(struct span *line, struct span *out)
{
    size_t n = 0;
    if (!take(line, '"'))
        return false;
    while (n < line->len && line->p[n] != '"' && line->p[n] != '\\')
        n++;
    *out = (struct span){line->p, n};
    line->p += n;
    line->len -= n;
    return take(line, '"');
}

static bool take_pair(struct span *line, struct plain_pair *pair, bool *more)
{
    bool whole = take(line, '(') && take_string(line, &pair->key) && take(line, ',') &&
                 take_string(line, &pair->action) && take(line, ')');
    *more = whole && take(line, ',');
    return whole && at_end(line);
}

static bool read_line(struct reader *r, struct span line, plain_pair_fn *fn, void *ctx)
{
    struct plain_pair pair = {.context = r->context};
    bool more;
    skip_blanks(&line);
    if (line.len == 0 || *line.p == '#')
        return true;
    if (!r->context.p) {
        r->last = false;
        return take_name(&line, &r->context) && take(&line, '=') && take(&line, '(') &&
               at_end(&line);
    }
    if (*line.p == ')') {
        r->context.p = NULL;
        return r->last && take(&line, ')') && take(&line, ';') && at_end(&line);
    }
    if (r->last || !take_pair(&line, &pair, &more))
        return false;
    r->last = !more;
    return fn(ctx, &pair);
}

bool plain_pairs_read(struct span text, plain_pair_fn *fn, void *ctx)
{
    struct reader r = {{NULL, 0}, false};
    while (text.len) {
        const char *end = memchr(text.p, '\n', text.len);
        size_t n = end ? (size_t)(end - text.p) : text.len;
        if (!read_line(&r, (struct span){text.p, n}, fn, ctx))
            return false;
        n += end != NULL;
        text.p += n;
        text.len -= n;
    }
    return !r.context.p;
}
