/* http.c: see http.h. */
#include "sandbox/http.h"

#include "base/mem.h"
#include "sandbox/stamp.h"
#include "sandbox/store.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADERS_MAX     (64 * 1024)
#define CONNECTIONS_MAX 512
#define IDLE_SECONDS    60
#define PACED_BYTES     4096           /* sent at once with --mbit */
#define BODY_GIVE_UP    (8 * BODY_MAX) /* read and thrown away up to here, for a clean 413 */

struct http {
    struct box *box; /* (borrowed) */
    struct MHD_Daemon *daemon;
    int port;
    pthread_mutex_t lock; /* stopping */
    pthread_cond_t wake;
    bool stopping;
};

/* A request while it comes in. */
struct exchange {
    struct request request;
    size_t received;
};

static void wait_ms(void *ctx, int64_t ms)
{
    struct http *h = ctx;
    struct timespec until;
    if (ms <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&h->lock);
    while (!h->stopping && pthread_cond_timedwait(&h->wake, &h->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&h->lock);
}

/* ---- answering ---- */

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
    if (value && *value)
        MHD_add_response_header(r, name, value);
}

/* A body that is sent at a line's pace. */
struct paced {
    struct http *http; /* (borrowed) */
    struct page *page; /* a reference, or NULL: */
    struct str body;
    struct span bytes; /* of either */
    int64_t from_ms;
};

static ssize_t paced_read(void *cls, uint64_t pos, char *out, size_t most)
{
    struct paced *p = cls;
    const struct clock *clock = &p->http->box->clock;
    size_t len = p->bytes.len - (size_t)pos;
    if (len > most)
        len = most;
    /* These bytes arrive when the line has had time for all up to their end. */
    int64_t due = (int64_t)(pos + len) * 8 / (p->http->box->mbit * 1000);
    wait_ms(p->http, p->from_ms + due - clock_mono(clock));
    memcpy(out, p->bytes.p + pos, len);
    return (ssize_t)len;
}

static void paced_free(void *cls)
{
    struct paced *p = cls;
    if (p->page)
        page_release(p->page);
    str_finish(&p->body);
    mem_free(p);
}

static struct MHD_Response *paced_response(struct http *h, struct reply *reply)
{
    struct paced *p = mem_calloc(1, sizeof *p);
    p->http = h;
    p->page = reply->page;
    p->body = reply->body;
    str_init(&reply->body);
    p->bytes = p->page ? page_bytes(p->page) : span_from(&p->body);
    p->from_ms = clock_mono(&h->box->clock);
    return MHD_create_response_from_callback(p->bytes.len, PACED_BYTES, paced_read, p, paced_free);
}

static struct MHD_Response *response_of(struct http *h, struct reply *reply)
{
    if (h->box->mbit)
        return paced_response(h, reply);
    if (reply->page) {
        struct span bytes = page_bytes(reply->page);
        return MHD_create_response_from_buffer_with_free_callback_cls(
            bytes.len, (void *)(uintptr_t)bytes.p, page_release, reply->page);
    }
    size_t len = reply->body.len;
    return MHD_create_response_from_buffer(len, str_steal(&reply->body), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(struct http *h, struct MHD_Connection *c, struct reply *reply)
{
    struct MHD_Response *r = response_of(h, reply);
    struct str date = STR_INIT;
    stamp_http(&date, reply->date_ms);
    add_header(r, "Date", str_text(&date));
    str_finish(&date);
    if (reply->status != 204)
        add_header(r, "Content-Type", reply->content_type);
    add_header(r, "Retry-After", reply->retry_after);
    add_header(r, "Allow", reply->allow);
    add_header(r, "WWW-Authenticate", reply->status == 401 ? "Bearer" : NULL);
    enum MHD_Result ok = MHD_queue_response(c, reply->status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result send_text(struct http *h, struct MHD_Connection *c, unsigned status,
                                 const char *text)
{
    struct reply reply = {.status = status,
                          .content_type = "text/plain; charset=utf-8",
                          .date_ms = store_clock(h->box->store)};
    str_add(&reply.body, text);
    return send_reply(h, c, &reply);
}

/* ---- before the body ---- */

struct count {
    const char *name;
    int n;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                    const char *value)
{
    struct count *c = cls;
    (void)kind;
    (void)value;
    c->n += strcasecmp(key, c->name) == 0;
    return MHD_YES;
}

static int header_count(struct MHD_Connection *c, const char *name)
{
    struct count count = {name, 0};
    MHD_get_connection_values(c, MHD_HEADER_KIND, count_header, &count);
    return count.n;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static bool host_good(const struct http *h, const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    char with_port[32];
    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        snprintf(with_port, sizeof with_port, "%s:%d", names[i], h->port);
        if (strcasecmp(host, names[i]) == 0 || strcasecmp(host, with_port) == 0)
            return true;
    }
    return false;
}

/* What is wrong with the request's head: a status, or 0. */
static unsigned head_wrong(struct http *h, struct MHD_Connection *c, const char **text)
{
    const char *length = header(c, "Content-Length");
    if (header_count(c, "Host") != 1 || !host_good(h, header(c, "Host"))) {
        *text = "Invalid host header";
        return 400;
    }
    if (header_count(c, "Content-Length") > 1 || (length && header(c, "Transfer-Encoding"))) {
        *text = "Ambiguous body length";
        return 400;
    }
    if (length && strtoull(length, NULL, 10) > BODY_MAX) {
        *text = "Request body too large";
        return 413;
    }
    return 0;
}

static enum MHD_Result take_argument(void *cls, enum MHD_ValueKind kind, const char *key,
                                     const char *value)
{
    struct request *r = cls;
    (void)kind;
    for (int i = 0; i < QUERY_COUNT; i++)
        if (strcmp(key, query_names[i]) == 0)
            r->query[i] = value ? value : "";
    return MHD_YES;
}

/* ---- libmicrohttpd's callbacks ---- */

static enum MHD_Result on_complete(struct http *h, struct MHD_Connection *c, struct exchange *x,
                                   const char *url, const char *method)
{
    /* Before anything is counted: whoever relies on it sees no total that is older. */
    struct reply reply = {.status = 0, .date_ms = store_clock(h->box->store)};
    struct request *r = &x->request;
    if (x->received > BODY_MAX)
        return send_text(h, c, 413, "Request body too large");
    r->method = method;
    r->path = url;
    r->authorization = header(c, "Authorization");
    r->content_type = header(c, "Content-Type");
    MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, take_argument, r);
    routes_answer(h->box, r, &reply);
    enum MHD_Result ok = reply.drop ? MHD_NO : send_reply(h, c, &reply);
    reply_finish(&reply);
    return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct http *h = cls;
    struct exchange *x = *state;
    (void)version;
    if (!x) {
        const char *text = NULL;
        unsigned status = head_wrong(h, c, &text);
        *state = mem_calloc(1, sizeof *x);
        return status ? send_text(h, c, status, text) : MHD_YES;
    }
    if (*size == 0)
        return on_complete(h, c, x, url, method);
    x->received += *size;
    if (x->received <= BODY_MAX)
        str_append(&x->request.body, data, *size);
    *size = 0;
    return x->received > BODY_GIVE_UP ? MHD_NO : MHD_YES;
}

static void on_end(void *cls, struct MHD_Connection *c, void **state,
                   enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *state;
    (void)cls;
    (void)c;
    (void)why;
    if (!x)
        return;
    request_finish(&x->request);
    mem_free(x);
    *state = NULL;
}

/* ---- the daemon ---- */

/* A listening socket on 127.0.0.1, or -1. */
static int listen_on(int64_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof a;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 256) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

enum status http_start(struct box *box, int64_t port, struct http **out, struct error *err)
{
    *out = NULL;
    int fd = listen_on(&port);
    if (fd < 0)
        return error_set(err, ST_IO, "127.0.0.1:%lld: %s", (long long)port, strerror(errno));
    struct http *h = mem_calloc(1, sizeof *h);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    h->box = box;
    h->port = (int)port;
    box->wait = wait_ms;
    box->wait_ctx = h;
    h->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ITC | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED,
        on_end, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!h->daemon) {
        close(fd);
        http_stop(h);
        return error_set(err, ST_IO, "127.0.0.1:%lld: cannot serve", (long long)port);
    }
    *out = h;
    return ST_OK;
}

int http_port(const struct http *h)
{
    return h->port;
}

void http_stop(struct http *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->lock);
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    pthread_cond_destroy(&h->wake);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}
