/* request.h: one request of the log, whole: what the list has no room for. Never a header, a body
 * or a secret. */
#ifndef TUI_SCREENS_REQUEST_H
#define TUI_SCREENS_REQUEST_H

#include "tui/app.h"

/* arg is the request's number in the log (const uint64_t *). */
extern const struct screen_ops request_screen;

#endif
