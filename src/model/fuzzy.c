/* fuzzy.c: see fuzzy.h.
 *
 * A row of the table a letter of the needle: what the best fit of the letters so far scores at each
 * place of the text, with the gap behind its last letter. A run, letters right behind each other,
 * is worth at each letter what its first one is worth by its place: so a run that begins a word
 * goes before one in the middle of it. The points are those of fzf, which people's fingers know. */
#include "model/fuzzy.h"

#include <stdbool.h>
#include <string.h>

enum {
    MATCH = 16,     /* a letter in its place */
    GAP_START = -3, /* the first letter that is left out before it, and each more */
    GAP_MORE = -1,
    AT_SPACE = 10,   /* at the beginning of the text, or behind white space */
    AT_PART = 9,     /* behind a sign between parts */
    AT_WORD = 8,     /* at the beginning of a word; a sign itself */
    AT_DIGITS = 7,   /* of a number */
    IN_RUN = 4,      /* right behind the letter before it */
    FIRST_TWICE = 2, /* where the first letter stands counts most */
};

enum kind { SPACE, PART, SIGN, LETTER, DIGIT };

struct fit {
    int16_t score;
    int16_t run; /* letters of the needle that end here, right behind each other; 0: a gap */
};

static enum kind kind_of(char c)
{
    if (c >= '0' && c <= '9')
        return DIGIT;
    if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
        return LETTER;
    if (c == ' ' || c == '\t' || c == '\n')
        return SPACE;
    return strchr("/,:;|", c) ? PART : SIGN;
}

static uint8_t place_worth(enum kind before, enum kind kind)
{
    if (kind == SPACE)
        return AT_SPACE;
    if (kind == PART || kind == SIGN)
        return AT_WORD;
    switch (before) {
    case SPACE:
        return AT_SPACE;
    case PART:
        return AT_PART;
    case SIGN:
        return AT_WORD;
    default:
        return kind == DIGIT && before != DIGIT ? AT_DIGITS : 0;
    }
}

/* The first places at which the letters stand one behind the other; false when they do not: most
 * texts end here. */
static bool stands_in(struct span text, struct span needle, size_t *first)
{
    size_t at = 0;
    for (size_t i = 0; i < needle.len; i++) {
        const char *hit = at < text.len ? memchr(text.p + at, needle.p[i], text.len - at) : NULL;
        if (!hit)
            return false;
        at = (size_t)(hit - text.p);
        if (i < FUZZY_NEEDLE_MAX)
            first[i] = at;
        at++;
    }
    return true;
}

/* The letter at this place, behind the fit before it. gone: what a gap here would leave. */
static struct fit letter_fit(struct fit before, const uint8_t *worth, size_t at, int gone)
{
    int bonus = worth[at], run = before.run + 1;
    if (run > 1) {
        int begun = worth[at + 1 - (size_t)run];
        if (bonus >= AT_WORD && bonus > begun)
            run = 1; /* a better beginning */
        else if (begun > bonus)
            bonus = begun > IN_RUN ? begun : IN_RUN;
        else
            bonus = bonus > IN_RUN ? bonus : IN_RUN;
    }
    int score = before.score + MATCH;
    if (score + bonus >= gone)
        return (struct fit){(int16_t)(score + bonus), (int16_t)run};
    return (struct fit){(int16_t)(score + worth[at]), 0};
}

/* The row of a letter from the place `from` on; returns its best score. was: of the letter before,
 * NULL for the first. */
static int letter_row(struct span text, char letter, const uint8_t *worth, size_t from,
                      const struct fit *was, struct fit *now)
{
    struct fit left = {0, 0};
    bool gap = false;
    int best = 0;
    for (size_t i = from; i < text.len; i++) {
        int gone = left.score + (gap ? GAP_MORE : GAP_START);
        struct fit here = {0, 0};
        if (text.p[i] == letter && !was)
            here = (struct fit){(int16_t)(MATCH + worth[i] * FIRST_TWICE), 1};
        else if (text.p[i] == letter)
            here = letter_fit(was[i - 1], worth, i, gone);
        gap = here.score < gone && !(here.run && !was);
        if (gap)
            here.score = (int16_t)gone;
        best = here.score > best ? here.score : best;
        now[i] = left = here;
    }
    return best;
}

int fuzzy_score(struct span folded, struct span needle)
{
    struct fit rows[2][FUZZY_TEXT_MAX];
    uint8_t worth[FUZZY_TEXT_MAX];
    size_t first[FUZZY_NEEDLE_MAX];
    int best = 0;
    if (!stands_in(folded, needle, first))
        return 0;
    struct span text = {folded.p, folded.len < FUZZY_TEXT_MAX ? folded.len : FUZZY_TEXT_MAX};
    size_t letters = needle.len < FUZZY_NEEDLE_MAX ? needle.len : FUZZY_NEEDLE_MAX;
    enum kind before = SPACE;
    for (size_t i = 0; i < text.len; i++) {
        enum kind kind = kind_of(text.p[i]);
        worth[i] = place_worth(before, kind);
        before = kind;
    }
    for (size_t i = 0; i < letters && (best || !i); i++)
        best = letter_row(text, needle.p[i], worth, first[i], i ? rows[(i + 1) % 2] : NULL,
                          rows[i % 2]);
    int score = best * FUZZY_POINT - (int)text.len;
    return score > 1 ? score : 1;
}
