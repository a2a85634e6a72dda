/* envelope.h: the body of a reply that is not a success, understood as far as it can be.
 *
 * Four kinds arrive: {"detail":[...]} and {"detail":"..."} of FastAPI, {"error":...,"message":...}
 * of the service, pages of a proxy in between, and nothing at all. Every one becomes a line of
 * words; a 422 becomes rows that name a field. The `input` of a 422 is never read: it repeats what
 * was sent, credentials_ref included. */
#ifndef API_ENVELOPE_H
#define API_ENVELOPE_H

#include "api/api.h"
#include "base/arena.h"

#define ENVELOPE_DETAILS_MAX 200 /* more are counted in words only */

enum envelope_kind {
    ENVELOPE_EMPTY,  /* no body, or white space */
    ENVELOPE_DETAIL, /* {"detail": [...] } with rows */
    ENVELOPE_TEXT,   /* {"detail": "..."} */
    ENVELOPE_ERROR,  /* {"error": ..., "message": ..., "details": {...}} */
    ENVELOPE_JSON,   /* JSON of another shape, a malformed detail included */
    ENVELOPE_HTML,   /* a page; words hold its title */
    ENVELOPE_OTHER,  /* anything else; words hold its beginning */
};

struct envelope {
    enum envelope_kind kind;
    struct str words; /* what the server says, one line of raw text, "" when it says nothing */
    struct api_detail *details; /* owned; texts in mem */
    size_t count, room;
    struct span code;       /* "RESOURCE_NOT_FOUND"; in mem */
    struct span permission; /* details.required_permission; in mem */
    struct arena mem;
};

void envelope_init(struct envelope *e);
void envelope_finish(struct envelope *e);
/* Fills an initialised envelope from a body; reads at most what is there, whatever it is. */
void envelope_read(struct envelope *e, struct span body);

#endif
