/* faults.h: what goes wrong on request (POST /_sandbox/faults).
 *
 * A fault is a row: which requests it meets, and what they get. An active fault ends after a number
 * of requests or of seconds, whichever it was given. */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include "base/clock.h"
#include "sandbox/json.h"

#include <pthread.h>

enum fault_scope {
    SCOPE_READ = 1,
    SCOPE_WRITE = 2, /* POST, PATCH and DELETE */
    SCOPE_PATCH = 4,
    SCOPE_CURSOR = 8, /* a list that goes on from a cursor */
    SCOPE_ANY = SCOPE_READ | SCOPE_WRITE,
};

enum fault_effect {
    EFFECT_NONE,
    EFFECT_DROP,     /* the connection ends without an answer */
    EFFECT_DELAY,    /* answered late */
    EFFECT_PAGE,     /* a status with a proxy's HTML page */
    EFFECT_PLAIN,    /* a status with {"detail":"..."} */
    EFFECT_ENVELOPE, /* a status with the second envelope, made by the routes */
};

struct fault_row {
    const char *name, *help;
    unsigned scope;
    enum fault_effect effect;
    unsigned status;
    int64_t seconds, count; /* when the caller says neither; 0: without end */
    bool after;             /* when the caller does not say: once the write is committed */
    int64_t ms;             /* of a delay */
    bool theirs;            /* somebody else changes the same fields first */
};

#define FAULT_ROWS   12
#define FAULT_ACTIVE 16
extern const struct fault_row fault_table[FAULT_ROWS];

/* What a request meets. */
struct fault {
    enum fault_effect effect;
    unsigned status;
    bool after;
    int64_t ms;
    int64_t retry_after; /* seconds, of a 429 */
    bool theirs;
};

struct faults {
    pthread_mutex_t lock;
    struct {
        struct fault fault;
        unsigned scope;
        int64_t until; /* monotonic ms, 0: none */
        int64_t left;  /* requests, -1: any number */
    } active[FAULT_ACTIVE];
    size_t count;
    struct clock clock;
};

void faults_init(struct faults *f, struct clock clock);
void faults_finish(struct faults *f);
/* Starts the fault that a control body asks for: {"fault":NAME,"seconds","count","when":"before" or
 * "after","ms","retry_after","status","on":"reads" or "writes"}; "none" ends all. NULL, or what is
 * wrong with the body (static text). */
const char *faults_start(struct faults *f, const struct json *body);
/* The fault that a request of this scope meets, the oldest first; it is used up by it. */
struct fault faults_take(struct faults *f, unsigned scope);

#endif
