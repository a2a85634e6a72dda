/* retry.h: what a reply or a failure means, and whether a read is tried again: policy as data.
 *
 * One table holds a row per class of HTTP status and one a row per libcurl failure; code only looks
 * rows up and does the arithmetic of waiting. A write is never tried again here: its rows only say
 * whether its outcome is known. Source: RELIABILITY, Faults F02-F14. */
#ifndef API_RETRY_H
#define API_RETRY_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define RETRY_TRIES_MAX     4
#define RETRY_FIRST_MS      500    /* the first window of full jitter; it doubles each time */
#define RETRY_CAP_MS        30000  /* the widest window */
#define RETRY_AFTER_WAIT_MS 120000 /* a longer Retry-After is reported, not waited for (F11) */

enum retry_action {
    RETRY_STOP,  /* report it */
    RETRY_WAIT,  /* try again after a delay */
    RETRY_TOKEN, /* try again once, with a new token (F05) */
};

struct retry_rule {
    int first, last;          /* HTTP statuses, or CURLcodes, that the row stands for */
    enum retry_action action; /* of a read */
    enum status read, write;  /* what a read, and a write that may have left, end as */
    bool failure;             /* counts for the breaker: the server, or the way to it, is ill */
    const char *words;        /* what happened: "the server refuses a field" */
    const char *next;         /* what to do, or "" */
};

/* The row of an HTTP status that is not 2xx; never NULL. */
const struct retry_rule *retry_rule_http(int http);
/* The row of a CURLcode that is not CURLE_OK; never NULL. */
const struct retry_rule *retry_rule_curl(int curl);

/* A source of random numbers, so that a test can choose them. */
struct retry_random {
    uint64_t (*next)(void *ctx);
    void *ctx; /* (borrowed) */
};

/* splitmix64, seeded by the system. *state is the whole state. */
struct retry_random retry_random_system(uint64_t *state);

/* Full jitter: a whole number of milliseconds from 0 to min(RETRY_CAP_MS, RETRY_FIRST_MS doubled
 * tries - 1 times), both included. tries: how many were made (1..). */
int64_t retry_jitter(int tries, const struct retry_random *random);

/* first_ms doubled `times` times (0..), at most RETRY_CAP_MS. */
int64_t retry_doubled(int64_t first_ms, int times);

struct retry_ask {
    bool write;
    const struct retry_rule *rule;
    int tries;              /* made so far, this one included */
    bool token_used;        /* the one retry after a 401 was made already */
    int64_t retry_after_ms; /* -1: not said */
};
struct retry_answer {
    enum retry_action action;
    int64_t delay_ms; /* RETRY_WAIT: at least what Retry-After says */
};
struct retry_answer retry_decide(const struct retry_ask *ask, const struct retry_random *random);

#endif
