/* plain_pairs.h: reads keys.cfg where it is written plainly, without libconfig.
 *
 * The compiled-in keys.cfg has some 330 pairs, and a tree of them took 2.8 million instructions of
 * each start, a tenth of the time to the first picture. As it is written, one pair a line and no
 * escapes, it needs no tree:
 *
 *     # a comment
 *     list = (
 *         ( "j", "next-row" ),
 *         ( "x", "select" )
 *     );
 *
 * Whatever is written otherwise is not for this reader: it says so, and the general one takes the
 * whole text. */
#ifndef KEYS_PLAIN_PAIRS_H
#define KEYS_PLAIN_PAIRS_H

#include "base/str.h"

#include <stdbool.h>

/* Spans of the text that was given. */
struct plain_pair {
    struct span context, key, action;
};

/* Called for each pair in the order of the text; false ends the reading. */
typedef bool plain_pair_fn(void *ctx, const struct plain_pair *pair);

/* Whether all of the text was plain and fn took each pair. False: fn may have been called for the
 * pairs before that place. A context without a pair is not plain. */
bool plain_pairs_read(struct span text, plain_pair_fn *fn, void *ctx);

#endif
