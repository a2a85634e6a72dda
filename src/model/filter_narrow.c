/* filter_narrow.c: what can be told of filters without looking at an account: whether one lets
 * through nothing that another does not, and what somebody may have meant otherwise.
 *
 * A filter is terms joined by "and": it is narrower when each term of the wider one follows from
 * one of its own. What is not proven here is said not to follow: the price is a walk over all
 * accounts, never a wrong list. */
#include "model/filter_term.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HINT_PERCENT_MAX 200 /* a larger number is no percent */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool letters_in_order(const char *text, const char *letters)
{
    for (; *text && *letters; text++)
        letters += *text == *letters;
    return *letters == '\0';
}

/* Whether what holds for word n holds for word w too, by the same sign. */
static bool word_follows(enum op op, const struct word *n, const struct word *w)
{
    switch (op) {
    case OP_CONTAINS:
        return strstr(n->folded, w->folded) != NULL;
    case OP_FUZZY:
        return letters_in_order(n->folded, w->folded);
    case OP_LESS:
    case OP_LESS_EQ:
        return n->date == w->date && n->number <= w->number;
    case OP_MORE:
    case OP_MORE_EQ:
        return n->date == w->date && n->number >= w->number;
    default:
        return same_text(n->text, w->text) && n->number == w->number;
    }
}

/* Any of the words is enough for a term: so each of the narrower one has to bring one of the wider
 * one along. */
static bool words_follow(const struct term *n, const struct term *w)
{
    for (size_t i = 0; i < n->count; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < w->count; k++)
            found = word_follows(n->op, &n->words[i], &w->words[k]);
        if (!found)
            return false;
    }
    return n->count > 0 || w->count == 0;
}

/* Whether a positive term w holds wherever n does. */
static bool term_follows(const struct term *n, const struct term *w)
{
    /* A pattern can only be compared with itself, and it is not kept as text. */
    if (n->op != w->op || n->op == OP_REGEX || n->column != w->column)
        return false;
    if (n->none && !w->none)
        return false;
    if (n->tag || w->tag) /* tag:key=value is one that has the key */
        return same_text(n->tag, w->tag) && (w->count == 0 || words_follow(n, w));
    return words_follow(n, w);
}

static bool implied(const struct filter *filter, const struct term *w)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *n = &filter->terms[i];
        if (n->negate != w->negate)
            continue;
        if (n->negate ? term_follows(w, n) : term_follows(n, w))
            return true;
    }
    return false;
}

bool filter_narrows(const struct filter *filter, const struct filter *wider)
{
    if (!wider)
        return true;
    if (!filter)
        return wider->count == 0;
    /* Ages are measured from a moment: one that has passed since proves nothing. */
    if ((filter_ages(filter) || filter_ages(wider)) && filter->now_wall_ms != wider->now_wall_ms)
        return false;
    for (size_t i = 0; i < wider->count; i++) {
        if (!implied(filter, &wider->terms[i]))
            return false;
    }
    return true;
}

bool filter_hint(const struct filter *filter, struct str *out)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        bool tokens = t->column && t->column->field == FIELD_USED_TOKENS;
        bool requests = t->column && t->column->field == FIELD_USED_REQUESTS;
        if ((!tokens && !requests) || t->count != 1 || t->words[0].number < 1 ||
            t->words[0].number > HINT_PERCENT_MAX || !isdigit((unsigned char)*t->words[0].text))
            continue;
        long long n = (long long)t->words[0].number;
        str_printf(out, "%lld is %lld %s; %lld%% is percent of the quota", n, n,
                   tokens   ? n == 1 ? "token" : "tokens"
                   : n == 1 ? "request"
                            : "requests",
                   n);
        return true;
    }
    return false;
}
