/* codes.c: see codes.h. What a code stands for stays in the list when its last row lets go: the
 * list is cleared of such words when it is full. A number that was given back and stands for
 * another text now does no harm there: no row has its code, and whoever sets it means the new one.
 */
#include "fleet/codes.h"

#include "base/mem.h"

#include <string.h>

#define WORTH_IT 32 /* so many free codes, or the next clearing would come too soon */

void codes_finish(struct codes *c)
{
    mem_free(c->narrow);
    mem_free(c->wide);
    mem_free(c->words);
    *c = (struct codes){0};
}

void codes_reserve(struct codes *c, uint32_t from, uint32_t to)
{
    if (c->narrow) {
        c->narrow = mem_realloc(c->narrow, to, sizeof *c->narrow);
        memset(c->narrow + from, 0, to - from);
    }
    if (c->wide) {
        c->wide = mem_realloc(c->wide, to, sizeof *c->wide);
        memset(c->wide + from, 0, (to - from) * sizeof *c->wide);
    }
}

static void widen(struct codes *c, uint32_t room)
{
    uint32_t *wide = mem_alloc(room * sizeof *wide);
    for (uint32_t row = 0; row < room; row++)
        wide[row] = c->words[c->narrow[row]];
    codes_finish(c);
    c->wide = wide;
}

/* Words that no row has go, and the codes behind them move up. */
static void clear_words(struct codes *c, uint32_t room)
{
    bool used[CODES_MAX + 1] = {true};
    uint8_t to[CODES_MAX + 1] = {0};
    unsigned kept = 0;
    for (uint32_t row = 0; row < room; row++)
        used[c->narrow[row]] = true;
    for (unsigned code = 0; code < c->count; code++) {
        to[code] = (uint8_t)kept;
        if (used[code])
            c->words[kept++] = c->words[code];
    }
    for (uint32_t row = 0; row < room; row++)
        c->narrow[row] = to[c->narrow[row]];
    c->count = kept;
    c->last = 0;
}

static unsigned code_of(const struct codes *c, uint32_t text)
{
    unsigned code = 0;
    while (code < c->count && c->words[code] != text)
        code++;
    return code;
}

/* The code of a text in a narrow column; false: it had to be made wide. */
static bool take_code(struct codes *c, uint32_t room, uint32_t text, uint8_t *out)
{
    unsigned code = c->words[c->last] == text ? c->last : code_of(c, text);
    if (code == CODES_MAX) {
        clear_words(c, room);
        code = c->count;
        if (code > CODES_MAX - WORTH_IT) {
            widen(c, room);
            return false;
        }
    }
    if (code == c->count)
        c->words[c->count++] = text;
    *out = c->last = (uint8_t)code;
    return true;
}

void codes_set(struct codes *c, uint32_t room, uint32_t row, uint32_t text)
{
    uint8_t code;
    if (!c->wide && !c->narrow) {
        if (!text)
            return;
        c->narrow = mem_calloc(room, sizeof *c->narrow);
        c->words = mem_calloc(CODES_MAX + 1, sizeof *c->words);
        c->count = 1;
    }
    if (c->wide || !take_code(c, room, text, &code))
        c->wide[row] = text;
    else
        c->narrow[row] = code;
}
