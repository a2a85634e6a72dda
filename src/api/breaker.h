/* breaker.h: whether a read may be sent to a server that fails (F12).
 *
 * Closed: every read may go. After BREAKER_AFTER failed tries of reads in a row it is open: none
 * goes until a back-off has passed. Then the first read that asks is the probe, and it is
 * half-open: the others wait for what the probe finds. That there is one probe is nobody's failure:
 * a read that has to wait for it is not refused. The probe is known by who asked, so that nothing
 * but its own end moves a half-open breaker back, and any answer of the server closes it: an
 * answered probe always leaves half-open, one that ended without an answer leaves its place to the
 * next that asks.
 *
 * `who` names a read; it is compared and never looked into. */
#ifndef API_BREAKER_H
#define API_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_AFTER    5    /* failed tries in a row that open it */
#define BREAKER_FIRST_MS 5000 /* how long it stays open the first times ... */
#define BREAKER_SHORT                                                                              \
    4 /* ... so many: most outages are short, and are over seconds after;                          \
         then it doubles to RETRY_CAP_MS */

/* Zeroed, it is closed. */
struct breaker {
    int failures;          /* in a row, up to BREAKER_AFTER */
    int opened;            /* how often in a row, for the doubling */
    int64_t until_mono_ms; /* when the next probe may go; valid while it is not closed */
    int64_t kept_mono_ms;  /* when the probe would have gone that the operator asked for; 0: none */
    const void *probe;     /* who is on its way as the probe; NULL: nobody */
};

enum breaker_answer {
    BREAKER_GO,     /* send it; when the breaker is not closed it is the probe now */
    BREAKER_WAIT,   /* a probe is on its way: ask again when breaker_probing() has ended */
    BREAKER_REFUSE, /* not before until_mono_ms */
};
enum breaker_answer breaker_ask(struct breaker *b, const void *who, int64_t now_mono_ms);

/* The server answered whoever it was, a write too: it is well. */
void breaker_success(struct breaker *b);
/* A try of a read failed. Of a half-open breaker only the probe's failure counts: what was sent
 * before says nothing about now. */
void breaker_failure(struct breaker *b, const void *who, int64_t now_mono_ms);
/* A read ended without an answer (cancelled, or nothing was learnt). If it was the probe, the next
 * that asks is one. */
void breaker_abandon(struct breaker *b, const void *who);
/* The operator asks to try now: the next read is a probe. When it fails before the time of the
 * probe that would have gone by itself, that one goes at its time, and nothing is doubled. */
void breaker_probe_now(struct breaker *b, int64_t now_mono_ms);

bool breaker_is_open(const struct breaker *b); /* half-open, too */
bool breaker_probing(const struct breaker *b); /* half-open */

#endif
