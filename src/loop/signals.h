/* signals.h: signals as events of the loop, through a pipe.
 *
 * The handlers only write one byte; what is to be done is done from the loop, where everything is
 * allowed. Faults (SEGV, ABRT, BUS, ILL, FPE) cannot wait: tui/term prepares their reset bytes. */
#ifndef LOOP_SIGNALS_H
#define LOOP_SIGNALS_H

#include "loop/loop.h"

#include <stddef.h>

typedef void signals_fn(void *ctx, int signo);

struct signals;

/* Catches each of the `count` signals (up to 16) and calls fn from the loop; SIGPIPE is ignored as
 * well. A signal that comes again before the loop's turn is told once. The old dispositions come
 * back at destroy. One instance a process (a handler has no context): NULL when there is one
 * already, and when no pipe can be had. loop and ctx are borrowed until signals_destroy, which
 * takes NULL and may be called from fn. */
struct signals *signals_create(struct loop *loop, const int *signos, size_t count, signals_fn *fn,
                               void *ctx);
void signals_destroy(struct signals *s);

#endif
