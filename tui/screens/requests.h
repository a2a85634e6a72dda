/* requests.h: the log of requests: method, path, status, time, size; never a secret. */
#ifndef TUI_SCREENS_REQUESTS_H
#define TUI_SCREENS_REQUESTS_H

#include "tui/app.h"

/* No arg. */
extern const struct screen_ops requests_screen;

#endif
