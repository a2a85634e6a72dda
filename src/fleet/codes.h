/* codes.h: a column of text numbers, a byte a row as long as its texts are few.
 *
 * Most texts of an account are one of a handful: regions, statuses, who made it. So a row has a
 * code of one byte, and the column a list of what the codes stand for; a column that meets some
 * 250 different texts at a time is made 4 bytes wide once, for good. */
#ifndef FLEET_CODES_H
#define FLEET_CODES_H

#include <stdbool.h>
#include <stdint.h>

#define CODES_MAX 255

struct codes {
    uint8_t *narrow; /* owned; NULL: all are 0, or the column is wide */
    uint32_t *wide;  /* owned; NULL: narrow */
    uint32_t *words; /* owned; narrow: the number of each code; that of code 0 is 0 */
    unsigned count;  /* codes given, 0 included; at most CODES_MAX */
    uint8_t last;    /* the code that was set last */
};

/* Zeroed is a column of zeros. */
void codes_finish(struct codes *c);
/* From `from` to `to` rows; new ones are 0. */
void codes_reserve(struct codes *c, uint32_t from, uint32_t to);
/* room: the rows there are. 0: no text. */
void codes_set(struct codes *c, uint32_t room, uint32_t row, uint32_t text);

static inline uint32_t codes_get(const struct codes *c, uint32_t row)
{
    return c->wide ? c->wide[row] : c->narrow ? c->words[c->narrow[row]] : 0;
}

static inline void codes_expect(const struct codes *c, uint32_t row)
{
    if (c->wide)
        __builtin_prefetch(&c->wide[row]);
    else if (c->narrow)
        __builtin_prefetch(&c->narrow[row]);
}

#endif
