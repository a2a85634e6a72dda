/* view_slices.h: lets a view work out a new filter or order between keys, a few milliseconds a turn
 * of the loop. */
#ifndef TUI_VIEW_SLICES_H
#define TUI_VIEW_SLICES_H

#include "fleet/view.h"
#include "loop/loop.h"

struct view_slices;
/* loop, view and ctx are (borrowed). changed is called before a sleep when a result is there, and
 * now and then while one is worked out, so that the screen can say how far it is. */
struct view_slices *view_slices_create(struct loop *loop, struct view *view,
                                       void (*changed)(void *ctx), void *ctx);
void view_slices_destroy(struct view_slices *s); /* NULL allowed */

#endif
