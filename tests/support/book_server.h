/* book_server.h: a server of a book (book.h) on a loop, which can cut one exchange at any byte.
 *
 * It lives on the loop it is given: on the client's own, in a test that drives the clock, where one
 * thread plays both ends of real sockets; or on a loop of its own, in a process of its own.
 * HTTP/1.1 as far as this program's client speaks it. */
#ifndef SUPPORT_BOOK_SERVER_H
#define SUPPORT_BOOK_SERVER_H

#include "book.h"
#include "loop/loop.h"

#include <stdint.h>

enum cut_where {
    CUT_NONE,
    CUT_REQUEST, /* when `after` bytes of the request were read; it is never acted on */
    CUT_REPLY,   /* the request is read whole; `after` bytes of the reply are sent */
};

struct book_cut {
    enum cut_where where;
    size_t after;
    bool rst;          /* reset; else closed in an orderly way */
    bool commit;       /* REPLY: the write was done before */
    uint64_t exchange; /* which one, 0 the next to begin; the others go as they should */
    bool stays;        /* all later ones, too, until book_server_cut is called again */
};

enum book_framing {
    BOOK_LENGTH,    /* Content-Length */
    BOOK_CHUNKED,   /* Transfer-Encoding: chunked, two chunks */
    BOOK_UNTIL_END, /* the end of the connection ends the body */
    BOOK_INTERIM,   /* Content-Length, and a 100 Continue before all of it */
};

/* What an exchange is answered with instead of the book's own answer. */
struct book_override {
    int status;                 /* 0: the book's own, in the framing below, if that is another */
    const char *headers, *body; /* may be NULL; (borrowed) */
    uint64_t exchange;
    bool commit; /* the write is done all the same (a 500 after the commit) */
    enum book_framing framing;
};

struct book_server; /* opaque */

/* Serves on a free port of 127.0.0.1; NULL with a line on stderr when it cannot. clock: for Date
 * and created_at. loop and book are borrowed. */
struct book_server *book_server_create(struct loop *loop, struct book *book);
void book_server_destroy(struct book_server *s);
const char *book_server_url(const struct book_server *s); /* (borrowed) */

/* From now on: these hold, and exchanges count from 0. NULL: none. */
void book_server_cut(struct book_server *s, const struct book_cut *cut);
void book_server_override(struct book_server *s, const struct book_override *o);
/* Waits this long (on the loop's clock) before each reply. */
void book_server_latency(struct book_server *s, int64_t ms);

/* Of exchange i since the last book_server_cut, 0 when there was none: bytes of its request and of
 * its whole reply, cut or not. */
size_t book_server_request_bytes(const struct book_server *s, uint64_t i);
size_t book_server_reply_bytes(const struct book_server *s, uint64_t i);
uint64_t book_server_exchanges(const struct book_server *s);
/* How many cuts were made since then. */
uint64_t book_server_cuts(const struct book_server *s);

#endif
