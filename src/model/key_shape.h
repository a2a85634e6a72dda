/* key_shape.h: what a text looks like that should say where credentials are kept: a key itself, or
 * the asterisks that stand for one on a screen. By its shape alone; a guess, never a proof. */
#ifndef MODEL_KEY_SHAPE_H
#define MODEL_KEY_SHAPE_H

#include "base/str.h"

#include <stdbool.h>

/* What is said of one, wherever it stands for a reference. */
#define KEY_SHAPED_WORDS "looks like a key, not a reference"
/* What stands for one where a change is shown that has references whole. */
#define KEY_SHAPED_MASK "******** (" KEY_SHAPED_WORDS ")"

/* Begins as keys of known providers do ("sk-", "AIza"), or has a long run of letters and digits
 * with both in it. */
bool key_shaped(struct span text);
/* Nothing but asterisks: what was copied from a screen that masks. Empty: no. */
bool mask_shaped(struct span text);

#endif
