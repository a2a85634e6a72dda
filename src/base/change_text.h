/* change_text.h: "old → new" within so many cells, cut so that what differs is what is seen: of two
 * long names that begin alike the beginning goes, of two near numbers enough digits stay. */
#ifndef BASE_CHANGE_TEXT_H
#define BASE_CHANGE_TEXT_H

#include "base/str.h"

#include <stdint.h>

/* Appends both, whole where they fit; else without most of the common beginning, then without the
 * common end, each cut said by `mark` ("…" or its ASCII twin, one cell). What is still too wide is
 * cut on both sides alike. Texts are safe (text_safe). At most `cells` cells, when that is 9 or
 * more. */
void change_text(struct str *out, struct span old, struct span now, int cells, const char *mark);

/* Appends two counts: short ("500M → 600M") where the difference is a hundredth or more; below that
 * the short forms could be alike, so all digits where they fit, else exact short forms ("100M
 * → 100.5M"), else the difference: "500M → 500M (+17)", "500M (+17)". */
void change_counts(struct str *out, int64_t old, int64_t now, int cells);

#endif
