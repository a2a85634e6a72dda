/* svg.h: a terminal's screen as a picture for the documentation. */
#ifndef SUPPORT_SVG_H
#define SUPPORT_SVG_H

#include "base/str.h"
#include "pty_term.h"

#include <stdbool.h>

struct svg_options {
    bool light;        /* a light terminal instead of a dark one */
    bool cursor;       /* outline the cursor where it is visible */
    const char *title; /* what the picture shows, for those who cannot see it; may be NULL */
};

/* Appends a whole SVG 1.1 document. Cells are 9 by 18 units, so that box-drawing characters and
 * blocks, which are drawn as shapes and not as text, join whatever font the viewer has. */
void svg_write(struct term *t, const struct svg_options *options, struct str *out);

#endif
