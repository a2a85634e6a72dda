/* congestion.h: how many answers of the server may be awaited at once.
 *
 * Additive increase, multiplicative decrease, as TCP does it. Trouble (429, 5xx, a broken or silent
 * connection) halves the window; answers that take much longer than the fastest lately cut a
 * quarter of it, before there is trouble; answers as usual widen it by one, up to what is
 * configured. What happens within a second of a cut is the same trouble and cuts nothing more. No
 * I/O and no clock of its own. */
#ifndef SYNC_CONGESTION_H
#define SYNC_CONGESTION_H

#include <stdint.h>

struct congestion {
    unsigned most;              /* the configured width, >= 1 */
    double window;              /* 1..most; begins at most */
    double fast_ms;             /* the fastest answer, slowly forgotten; below 0: none yet */
    double usual_ms;            /* a running average */
    int64_t deaf_until_mono_ms; /* cuts are not repeated before */
    unsigned good;              /* answers since the window changed */
};

void congestion_init(struct congestion *c, unsigned most);
/* An answer came, took_ms after its request was sent. */
void congestion_answer(struct congestion *c, int64_t took_ms, int64_t now_mono_ms);
/* A request failed in a way that says the server, or the way to it, has too much to do. */
void congestion_trouble(struct congestion *c, int64_t now_mono_ms);
/* 1..most. */
unsigned congestion_window(const struct congestion *c);

#endif
