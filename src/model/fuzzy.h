/* fuzzy.h: how well letters typed in order fit a text, for ranking.
 *
 * As people know it from finders: each letter counts, more at the beginning of a word and right
 * behind the letter before it; gaps cost. Of all ways to lay the letters over the text the best one
 * counts, so that "gpe" finds "az-gpt-eu" by its words before "pgqpe" by chance. */
#ifndef MODEL_FUZZY_H
#define MODEL_FUZZY_H

#include "base/str.h"

#define FUZZY_TEXT_MAX   256 /* bytes of a text that are looked at */
#define FUZZY_NEEDLE_MAX 32  /* letters beyond it need only be there */
#define FUZZY_POINT      512 /* a letter in its place is 16 of them; below a point: the length */

/* 0: the letters do not stand in the text in this order; otherwise 1 or more, higher is better; of
 * two equal fits the shorter text. Both are folded (text_fold). */
int fuzzy_score(struct span folded, struct span needle);

#endif
