/* header.h: the first line of the screen: whose accounts these are, how far the list is known, what
 * may be done. */
#ifndef TUI_HEADER_H
#define TUI_HEADER_H

#include "tui/app.h"
#include "tui/draw.h"

/* How much the counts say; each says less than the one before, and none says more than is known. */
enum header_say {
    HEADER_ALL,   /* "1,284 accounts, complete 14:02:07Z (9s)" */
    HEADER_LESS,  /* "1,284 accounts, complete (9s)" */
    HEADER_SHORT, /* "1,284 complete (9s)" */
    HEADER_LEAST, /* "1,284 complete" */
    HEADER_SAYS
};

/* What it had no room for. */
enum header_lack { LACKS_NOTHING, LACKS_HOST, LACKS_ORG_AND_HOST };

/* Draws it for `ops`/`self` on row 0. Where it is narrow the least goes first: the program's name,
 * words of the counts, the host, the organisation. The label, or the profile of one that has none,
 * and what may be done stay; what is cut ends in an ellipsis. What had no room has to stand
 * elsewhere. */
enum header_lack header_draw(struct app *app, const struct canvas *c, const struct screen_ops *ops,
                             const void *self);

#endif
