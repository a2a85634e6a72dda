/* faults.c: see faults.h. */
#include "sandbox/faults.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct fault_row fault_table[FAULT_ROWS] = {
    {"outage", "a proxy's page with 503", SCOPE_ANY, EFFECT_PAGE, 503, 20, 0, false, 0, false},
    {"drop", "connections end without an answer", SCOPE_ANY, EFFECT_DROP, 0, 20, 0, false, 0, false},
    {"429", "too many requests, with Retry-After", SCOPE_ANY, EFFECT_ENVELOPE, 429, 10, 0, false, 0, false},
    {"slow", "answers wait for ms", SCOPE_ANY, EFFECT_DELAY, 0, 20, 0, false, 3000, false},
    {"unauthorized", "the token is refused", SCOPE_ANY, EFFECT_ENVELOPE, 401, 0, 1, false, 0, false},
    {"forbidden", "the next write is refused", SCOPE_WRITE, EFFECT_ENVELOPE, 403, 0, 1, false, 0, false},
    {"conflict", "the next PATCH meets a conflict", SCOPE_PATCH, EFFECT_ENVELOPE, 409, 0, 1, false, 0, false},
    {"overlap", "the same fields are changed by somebody else, and the next PATCH meets a conflict", SCOPE_PATCH, EFFECT_ENVELOPE, 409, 0, 1, false, 0, true},
    {"cut", "the next write's connection ends before or after the commit", SCOPE_WRITE, EFFECT_DROP, 0, 0, 1, true, 0, false},
    {"error", "the next write gets 500 before or after the commit", SCOPE_WRITE, EFFECT_ENVELOPE, 500, 0, 1, false, 0, false},
    {"cursor", "the next cursor has expired", SCOPE_CURSOR, EFFECT_PLAIN, 400, 0, 1, false, 0, false},
    {"html", "a 200 that is a log-in page", SCOPE_READ, EFFECT_PAGE, 200, 0, 1, false, 0, false},
};
/* clang-format on */

void faults_init(struct faults *f, struct clock clock)
{
    memset(f, 0, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    f->clock = clock;
}

void faults_finish(struct faults *f)
{
    pthread_mutex_destroy(&f->lock);
}

/* A whole number of the body, or `blank` when it is not there; below zero when it is none. */
static int64_t number(const struct json *body, const char *name, int64_t blank)
{
    const struct json *v = json_member(body, name);
    if (!v)
        return blank;
    if (v->type != JSON_NUMBER || v->raw.len > 9)
        return -1;
    char *text = span_dup(v->raw);
    char *end;
    int64_t n = strtoll(text, &end, 10);
    bool whole = *end == '\0';
    mem_free(text);
    return whole ? n : -1;
}

static bool text_is(const struct json *v, const char *word)
{
    return v && v->type == JSON_STRING && span_is(span_from(&v->text), word);
}

static const struct fault_row *find_row(const struct json *name)
{
    for (size_t i = 0; i < FAULT_ROWS; i++)
        if (text_is(name, fault_table[i].name) ||
            (name->type == JSON_NUMBER && span_is(name->raw, fault_table[i].name)))
            return &fault_table[i];
    return NULL;
}

/* The numbers of a request, or a fault's own where it says nothing. A fault ends with its time or
 * its count: naming one puts the other out of force. */
struct numbers {
    int64_t seconds, count, ms, retry, status;
};

static bool numbers_read(struct numbers *n, const struct fault_row *row, const struct json *body)
{
    bool timed = json_member(body, "seconds"), counted = json_member(body, "count");
    n->seconds = number(body, "seconds", counted ? 0 : row->seconds);
    n->count = number(body, "count", timed ? 0 : row->count);
    n->ms = number(body, "ms", row->ms);
    n->retry = number(body, "retry_after", 0);
    n->status = number(body, "status", row->status);
    return n->seconds >= 0 && n->count >= 0 && n->ms >= 0 && n->retry >= 0 && n->status >= 0 &&
           n->status <= 599;
}

/* Absent, or one of two words. */
static bool one_of(const struct json *v, const char *a, const char *b)
{
    return !v || text_is(v, a) || text_is(v, b);
}

static const char *add_row(struct faults *f, const struct fault_row *row, const struct json *body)
{
    const struct json *when = json_member(body, "when"), *on = json_member(body, "on");
    struct numbers n;
    if (!numbers_read(&n, row, body))
        return "seconds, count, ms, retry_after and status are whole numbers";
    if (!one_of(when, "before", "after") || !one_of(on, "reads", "writes"))
        return "when is before or after; on is reads or writes";
    if (f->count == FAULT_ACTIVE)
        return "too many faults at once";
    size_t i = f->count++;
    f->active[i].fault = (struct fault){
        row->effect, (unsigned)n.status, when ? text_is(when, "after") : row->after, n.ms,
        n.retry,     row->theirs};
    f->active[i].scope = !on ? row->scope : text_is(on, "reads") ? SCOPE_READ : SCOPE_WRITE;
    f->active[i].until = n.seconds ? clock_mono(&f->clock) + n.seconds * 1000 : 0;
    f->active[i].left = n.count ? n.count : -1;
    return NULL;
}

const char *faults_start(struct faults *f, const struct json *body)
{
    const char *wrong = NULL;
    const struct json *name = json_member(body, "fault");
    if (!name)
        return "fault is missing";
    pthread_mutex_lock(&f->lock);
    const struct fault_row *row = find_row(name);
    if (text_is(name, "none"))
        f->count = 0;
    else if (!row)
        wrong = "no such fault";
    else
        wrong = add_row(f, row, body);
    pthread_mutex_unlock(&f->lock);
    return wrong;
}

static void drop_active(struct faults *f, size_t i)
{
    memmove(&f->active[i], &f->active[i + 1], (f->count - i - 1) * sizeof f->active[0]);
    f->count--;
}

struct fault faults_take(struct faults *f, unsigned scope)
{
    struct fault hit = {.effect = EFFECT_NONE};
    pthread_mutex_lock(&f->lock);
    int64_t now = clock_mono(&f->clock);
    for (size_t i = 0; i < f->count;) {
        if (f->active[i].until && f->active[i].until <= now) {
            drop_active(f, i);
            continue;
        }
        if (!(f->active[i].scope & scope)) {
            i++;
            continue;
        }
        hit = f->active[i].fault;
        if (f->active[i].until && !hit.retry_after)
            hit.retry_after = (f->active[i].until - now + 999) / 1000;
        if (f->active[i].left > 0 && --f->active[i].left == 0)
            drop_active(f, i);
        break;
    }
    pthread_mutex_unlock(&f->lock);
    return hit;
}
