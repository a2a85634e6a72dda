/* near.c: optimal string alignment over two short words, three rows of the matrix at a time. */
#include "base/near.h"

#include <string.h>

#define NEAR_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned near_distance(struct span a, struct span b)
{
    unsigned rows[3][NEAR_MAX + 1];
    size_t an = a.len < NEAR_MAX ? a.len : NEAR_MAX;
    size_t bn = b.len < NEAR_MAX ? b.len : NEAR_MAX;
    for (size_t j = 0; j <= bn; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= an; i++) {
        unsigned *now = rows[i % 3], *prev = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= bn; j++) {
            unsigned change = a.p[i - 1] == b.p[j - 1] ? 0 : 1;
            now[j] = min3(prev[j] + 1, now[j - 1] + 1, prev[j - 1] + change);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return rows[an % 3][bn];
}

void near_offer(struct near *near, const char *word)
{
    struct span w = span_of(word);
    unsigned distance = near_distance(near->typed, w);
    bool begins = near->typed.len >= 2 && near->typed.len < w.len &&
                  memcmp(w.p, near->typed.p, near->typed.len) == 0;
    size_t limit = w.len / 3 ? w.len / 3 : 1;
    if (begins && distance > limit)
        distance = (unsigned)limit;
    if (distance > limit || distance >= w.len)
        return;
    if (!near->best || distance < near->distance) {
        near->best = word;
        near->distance = distance;
    }
}
