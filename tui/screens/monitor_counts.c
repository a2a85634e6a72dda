/* monitor_counts.c: see monitor_counts.h. A number is shown whole or not at all. Where there is no
 * room first the gaps give way, then words that the sign beside them says as well, then whole
 * counts, the least important first, with a sign that there are more. */
#include "tui/screens/monitor_counts.h"

#include "base/quantity.h"
#include "base/vec.h"

#include <string.h>

#define COUNTS   6
#define GAP      3
#define GAP_LESS 1

struct count {
    enum glyph glyph;
    enum role role;
    const char *word;
    uint32_t n, was;
    int word_goes;  /* which word goes first, from 1; 0: its sign is another's, too, so none does */
    int count_goes; /* the same of the whole */
    bool out, bare;
};

static size_t make_counts(struct count *counts, const struct monitor_sum *now,
                          const struct monitor_sum *was)
{
    const struct count all[COUNTS] = {
        {GLYPH_OK, ROLE_OK, "ok", now->health[HEALTH_OK], was->health[HEALTH_OK], 1, 2, 0, 0},
        {GLYPH_DEGRADED, ROLE_DEGRADED, "degraded", now->health[HEALTH_DEGRADED],
         was->health[HEALTH_DEGRADED], 3, 5, 0, 0},
        {GLYPH_DOWN, ROLE_DOWN, "down", now->health[HEALTH_DOWN], was->health[HEALTH_DOWN], 4, 6, 0,
         0},
        {GLYPH_OTHER, ROLE_OTHER, "other", now->health[HEALTH_OTHER], was->health[HEALTH_OTHER], 0,
         3, 0, 0},
        {GLYPH_DISABLED, ROLE_DISABLED, "disabled", now->disabled, was->disabled, 2, 1, 0, 0},
        {GLYPH_OTHER, ROLE_STALE, "stale", now->stale, was->stale, 0, 4, 0, 0},
    };
    size_t n = 0;
    for (size_t i = 0; i < COUNTS; i++) {
        if (all[i].glyph != GLYPH_OTHER || all[i].n)
            counts[n++] = all[i];
    }
    return n;
}

static int width_of(const struct count *k)
{
    return 2 + (int)strlen(QUANTITY(k->n)) + (k->bare ? 0 : 1 + (int)strlen(k->word));
}

static int width_of_all(const struct count *counts, size_t n, int gap)
{
    int sum = 0;
    bool some = false;
    for (size_t i = 0; i < n; i++) {
        some = some || counts[i].out;
        sum += counts[i].out ? 0 : width_of(&counts[i]) + (sum ? gap : 0);
    }
    return sum + (some ? 2 : 0);
}

/* Takes away what is worth least; false when nothing is left to take. */
static bool give_way(struct count *counts, size_t n)
{
    struct count *word = NULL, *whole = NULL;
    for (size_t i = 0; i < n; i++) {
        struct count *k = &counts[i];
        if (!k->bare && k->word_goes && (!word || k->word_goes < word->word_goes))
            word = k;
        if (!k->out && (!whole || k->count_goes < whole->count_goes))
            whole = k;
    }
    if (word)
        word->bare = true;
    else if (whole)
        whole->out = true;
    return word || whole;
}

static int draw_count(const struct canvas *c, int x, const struct count *k)
{
    draw_glyph(c, 0, x, k->role, k->glyph);
    x += 2;
    x += draw_own(c, 0, x, k->n != k->was ? ROLE_CHANGED : k->role, QUANTITY(k->n), -1, TEXT_LEFT);
    if (!k->bare)
        x += 1 + draw_own(c, 0, x + 1, k->role, k->word, -1, TEXT_LEFT);
    return x;
}

void monitor_counts_draw(const struct canvas *c, const struct monitor_sum *now,
                         const struct monitor_sum *was)
{
    struct count counts[COUNTS];
    size_t n = make_counts(counts, now, was);
    int gap = GAP, x = 0;
    while (width_of_all(counts, n, gap) > c->cols && (gap > GAP_LESS || give_way(counts, n)))
        gap -= gap > GAP_LESS;
    bool more = false;
    for (size_t i = 0; i < n; i++) {
        more = more || counts[i].out;
        if (!counts[i].out)
            x = draw_count(c, x ? x + gap : 0, &counts[i]);
    }
    if (more)
        draw_glyph(c, 0, x ? x + 1 : 0, ROLE_DIM, GLYPH_ELLIPSIS);
}
