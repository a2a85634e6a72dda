/* fuzzy.c: see fuzzy.h.
 *
 * A row of the table a letter of the needle: what the best fit scores that puts this letter at that
 * place. A gap before the letter is carried along as the best score so far, which loses a point a
 * place, so that the whole is text times needle and not the square of it. */
#include "model/fuzzy.h"

#include <stdbool.h>
#include <string.h>

enum {
    MATCH = 16,     /* a letter in its place */
    GAP_START = -3, /* the first letter that is left out before it, and each more */
    GAP_MORE = -1,
    AT_START = 10,   /* at the beginning of the text */
    AT_WORD = 8,     /* of a word */
    AT_DIGITS = 4,   /* of a number */
    RIGHT_AFTER = 6, /* behind the letter before it */
    FIRST_TWICE = 2, /* where the first letter stands counts most */
    NEVER = -30000,
    SCALE = 8, /* below a point: the length of the text */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || (unsigned char)c >= 0x80;
}

static int bonus_at(struct span text, size_t at)
{
    char c = text.p[at];
    if (at == 0)
        return AT_START;
    if (!in_word(text.p[at - 1]) && in_word(c))
        return AT_WORD;
    return is_digit(c) && !is_digit(text.p[at - 1]) ? AT_DIGITS : 0;
}

/* Whether the letters are there at all: most texts end here. */
static bool stands_in(struct span text, struct span needle)
{
    size_t at = 0;
    for (size_t i = 0; i < needle.len; i++) {
        const char *hit = at < text.len ? memchr(text.p + at, needle.p[i], text.len - at) : NULL;
        if (!hit)
            return false;
        at = (size_t)(hit - text.p) + 1;
    }
    return true;
}

/* One letter: scores of the letter before in `was` (NEVER where it is not), its own into `now`. */
static int score_letter(struct span text, char letter, bool first, const int *was, int *now)
{
    int gap = NEVER, best = NEVER;
    for (size_t i = 0; i < text.len; i++) {
        if (i >= 2 && !first) {
            int opened = was[i - 2] + GAP_START;
            gap = gap + GAP_MORE > opened ? gap + GAP_MORE : opened;
        }
        now[i] = NEVER;
        if (text.p[i] != letter)
            continue;
        int bonus = bonus_at(text, i);
        if (first) {
            now[i] = MATCH + bonus * FIRST_TWICE;
        } else if (i) {
            int joined = was[i - 1] + (bonus > RIGHT_AFTER ? bonus : RIGHT_AFTER);
            int after = gap + bonus;
            now[i] = MATCH + (joined > after ? joined : after);
        }
        best = now[i] > best ? now[i] : best;
    }
    return best;
}

int fuzzy_score(struct span folded, struct span needle)
{
    int rows[2][FUZZY_TEXT_MAX], best = 0;
    if (!stands_in(folded, needle))
        return 0;
    struct span text = {folded.p, folded.len < FUZZY_TEXT_MAX ? folded.len : FUZZY_TEXT_MAX};
    size_t letters = needle.len < FUZZY_NEEDLE_MAX ? needle.len : FUZZY_NEEDLE_MAX;
    for (size_t i = 0; i < letters; i++)
        best = score_letter(text, needle.p[i], i == 0, rows[(i + 1) % 2], rows[i % 2]);
    int length = text.len / 8 < SCALE - 1 ? (int)(text.len / 8) : SCALE - 1;
    int score = best * SCALE - length;
    return score > 1 ? score : 1;
}
