/* fault_server.h: an HTTP/1.1 server that does what the test tells it, and remembers everything.
 *
 * It runs in threads of the test's process on a port of 127.0.0.1, so that the test can ask, while
 * the client still works, what arrived: "writes sent: 1", "the token went nowhere else". What it
 * answers is a list of rules; the first that matches and is not used up decides. Given as a proxy
 * it records absolute URIs and CONNECT like any other request target. All functions may be called
 * while it runs. */
#ifndef SUPPORT_FAULT_SERVER_H
#define SUPPORT_FAULT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct fault_server; /* opaque */

enum fault_end {
    FAULT_KEEP, /* the connection stays open for the next request */
    FAULT_FIN,  /* closed in an orderly way */
    FAULT_RST,  /* reset (SO_LINGER 0) */
};

#define FAULT_WHOLE ((size_t)-1)

/* Zeroed, it is a 200 with an empty body. Texts are borrowed and must outlive the server. */
struct fault_reply {
    int status;          /* 0 means 200 */
    const char *headers; /* more of them, each "Name: value\r\n"; may be NULL */
    const char *body;    /* may be NULL */
    size_t body_len;     /* 0: strlen(body) */
    char *body_made;     /* instead of body: from mem_alloc(), freed by the server; for handlers */
    size_t fill;         /* this many 'x' after the body */
    size_t header_fill;  /* a header X-Fill of this many bytes */
    int gzip_mb;         /* instead of a body: so many MiB of zeros, gzipped (about 1 KiB each) */
    bool chunked;        /* Transfer-Encoding: chunked, instead of Content-Length */
    bool no_length;      /* neither: the end of the connection ends the body */
    bool raw;            /* the body alone, no status line or headers: garbage */
    bool early;          /* act on the head of the request, without reading its body */
    bool never;          /* no reply at all; the connection stays open until somebody gives up */
    enum fault_end end;  /* what happens after cut_after bytes of the reply */
    size_t cut_after;    /* bytes of head and body that are sent before `end`: 0 none,
                            FAULT_WHOLE all; only looked at when end is not FAULT_KEEP */
    int delay_ms;        /* before the reply */
    int drip_ms;         /* a pause after every drip_bytes of the reply */
    size_t drip_bytes;   /* 0 means 1 */
    int tunnel_port;     /* CONNECT: say 200 and join with this port of 127.0.0.1 */
};

struct fault_rule {
    const char *method; /* NULL: any; "!GET": any but GET */
    const char *prefix; /* the request target begins so; NULL: any */
    int times;          /* how many requests it answers; 0: no limit */
    bool reused;        /* only requests that are not the first of their connection */
    struct fault_reply reply;
};

struct fault_request {
    char *method, *target, *version; /* as on the request line */
    char *head;                      /* request line and headers as received, NUL-terminated */
    char *body;                      /* decoded when chunked; NUL-terminated */
    size_t body_len;
    unsigned connection; /* 1 for the first accepted */
    unsigned turn;       /* 1 for the first request of its connection */
    bool complete;       /* false: the client went away, or the rule acted early */
};

/* Starts on a free port of 127.0.0.1; NULL with a line on stderr when it cannot. Without a rule
 * that matches it answers 404 with an error envelope of the API. */
struct fault_server *fault_server_create(void);
/* Closes every connection, joins every thread, frees. NULL is allowed. */
void fault_server_destroy(struct fault_server *s);

int fault_port(const struct fault_server *s);
/* "http://127.0.0.1:PORT" (borrowed). */
const char *fault_url(const struct fault_server *s);

/* Appends a rule (copied). */
void fault_rule_add(struct fault_server *s, const struct fault_rule *rule);
/* Appends the commonest rule: JSON for `times` requests. method, prefix as in struct fault_rule. */
void fault_json(struct fault_server *s, const char *method, const char *prefix, int times,
                int status, const char *json);
void fault_rules_clear(struct fault_server *s);
/* Where no rule matches, `handler` fills the (zeroed) reply; one call at a time, in a thread of the
 * server. ctx is borrowed. */
void fault_handler(struct fault_server *s,
                   void (*handler)(void *ctx, const struct fault_request *request,
                                   struct fault_reply *reply),
                   void *ctx);
/* The next n connections are reset as soon as they are accepted. */
void fault_drop(struct fault_server *s, int n);

/* ---- what arrived --------------------------------------------------------------------------- */

unsigned fault_connections(struct fault_server *s);
/* Requests whose method and target match, as in struct fault_rule. */
size_t fault_count(struct fault_server *s, const char *method, const char *prefix);
/* Request i (0..fault_count(s, NULL, NULL) - 1), in the order they were read. Borrowed until the
 * server is destroyed; NULL when there is none. */
const struct fault_request *fault_request_at(struct fault_server *s, size_t i);
/* The value of a header (name compared without case), trimmed; "" when absent. Copied into out. */
void fault_request_header(const struct fault_request *r, const char *name, char *out, size_t room);
/* Waits until n requests match; false (and a list of them on stderr) after ms, 0 for 10 s. */
bool fault_wait(struct fault_server *s, const char *method, const char *prefix, size_t n, int ms);
/* Whether any byte received on any connection belongs to this text. */
bool fault_saw(struct fault_server *s, const char *text);

/* A port of 127.0.0.1 where nobody listens (a connection is refused). */
int fault_port_nobody(void);

#endif
