/* book_server.c: see book_server.h. A connection is read in pieces no larger than the cut allows,
 * so that exactly the wanted bytes were taken when it comes. */
#include "book_server.h"

#include "base/mem.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EXCHANGES = 64 };

struct conn {
    struct book_server *s;
    int fd;
    struct str in;
    bool begun; /* bytes of the request `exchange` are here or awaited */
    bool mute;  /* our end is closed; what still comes is thrown away */
    uint64_t exchange;
    struct str late; /* the reply that waits */
    loop_timer timer;
    struct conn *next;
};

struct book_server {
    struct loop *loop;
    struct book *book;
    int listener;
    char url[40];
    struct conn *conns;
    struct book_cut cut;
    struct book_override override;
    int64_t latency_ms;
    uint64_t exchanges, cuts;
    size_t request_bytes[EXCHANGES], reply_bytes[EXCHANGES];
};

/* ---- connections -------------------------------------------------------------------------- */

static void conn_close(struct conn *c)
{
    struct conn **at = &c->s->conns;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    loop_unwatch(c->s->loop, c->fd);
    loop_timer_stop(c->s->loop, c->timer);
    close(c->fd);
    str_finish(&c->in);
    str_finish(&c->late);
    mem_free(c);
}

/* FIN: what the client still sends is read, else the kernel would reset the connection. */
static void conn_cut(struct conn *c)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    c->s->cuts++;
    if (c->s->cut.rst) {
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        conn_close(c);
        return;
    }
    shutdown(c->fd, SHUT_WR);
    c->mute = true;
}

static bool is_cut(const struct conn *c, enum cut_where where)
{
    const struct book_cut *cut = &c->s->cut;
    return cut->where == where &&
           (c->exchange == cut->exchange || (cut->stays && c->exchange > cut->exchange));
}

/* ---- one exchange ------------------------------------------------------------------------- */

static size_t body_length(const char *head)
{
    const char *p = strcasestr(head, "\r\ncontent-length:");
    return p ? (size_t)strtoul(p + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* Bytes of the whole request at the start of `in`; 0: not all here yet. */
static size_t request_length(const struct str *in)
{
    const char *end = in->len ? strstr(in->data, "\r\n\r\n") : NULL;
    if (!end)
        return 0;
    size_t whole = (size_t)(end + 4 - in->data) + body_length(in->data);
    return in->len >= whole ? whole : 0;
}

static void body_build(const struct str *body, enum book_framing framing, struct str *out)
{
    size_t half = body->len / 2;
    if (framing == BOOK_CHUNKED && half) {
        str_printf(out, "%zx\r\n%.*s\r\n", half, (int)half, body->data);
        str_printf(out, "%zx\r\n%s\r\n0\r\n\r\n", body->len - half, body->data + half);
    } else if (framing == BOOK_CHUNKED) {
        str_add(out, "0\r\n\r\n");
    } else {
        str_add_span(out, span_from(body));
    }
}

static void reply_build(const struct book_server *s, int status, const struct book_override *o,
                        const struct str *body, struct str *out)
{
    char date[64];
    time_t now = (time_t)(clock_wall(loop_clock(s->loop)) / 1000);
    struct tm tm;
    enum book_framing framing = o ? o->framing : BOOK_LENGTH;
    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (framing == BOOK_INTERIM)
        str_add(out, "HTTP/1.1 100 Continue\r\n\r\n");
    str_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, status < 300 ? "Fine" : "Not so",
               date);
    if (o && o->headers)
        str_add(out, o->headers);
    if (status != 204)
        str_add(out, "Content-Type: application/json\r\n");
    if (framing == BOOK_CHUNKED)
        str_add(out, "Transfer-Encoding: chunked\r\n");
    else if (framing == BOOK_UNTIL_END)
        str_add(out, "Connection: close\r\n");
    else if (status != 204)
        str_printf(out, "Content-Length: %zu\r\n", body->len);
    str_add(out, "\r\n");
    body_build(body, framing, out);
}

static const struct book_override *override_of(const struct conn *c)
{
    const struct book_override *o = &c->s->override;
    return (o->status || o->framing) && o->exchange == c->exchange ? o : NULL;
}

static void answer(struct conn *c, size_t length, struct str *out)
{
    struct book_server *s = c->s;
    const struct book_override *o = override_of(c);
    bool own = !o || !o->status;
    bool commit = !own ? o->commit : !is_cut(c, CUT_REPLY) || s->cut.commit;
    char method[16], target[512];
    struct str body = STR_INIT, request = STR_INIT;
    sscanf(c->in.data, "%15s %511s", method, target);
    const char *at = strstr(c->in.data, "\r\n\r\n") + 4;
    str_append(&request, at, (size_t)(c->in.data + length - at));
    int status = book_answer(s->book, method, target, str_text(&request), commit,
                             clock_wall(loop_clock(s->loop)), &body);
    if (!own) {
        status = o->status;
        str_clear(&body);
        str_add(&body, o->body ? o->body : "");
    }
    reply_build(s, status, o, &body, out);
    str_finish(&body);
    str_finish(&request);
}

static void conn_send(struct conn *c, const struct str *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = send(c->fd, bytes->data + at, len - at, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

static void reply(struct conn *c, const struct str *bytes)
{
    bool cut = is_cut(c, CUT_REPLY);
    const struct book_override *o = override_of(c);
    c->begun = false;
    if (c->exchange < EXCHANGES)
        c->s->reply_bytes[c->exchange] = bytes->len;
    conn_send(c, bytes, cut && c->s->cut.after < bytes->len ? c->s->cut.after : bytes->len);
    if (cut) {
        conn_cut(c);
    } else if (o && o->framing == BOOK_UNTIL_END) {
        shutdown(c->fd, SHUT_WR);
        c->mute = true;
    }
}

static void on_late(void *ctx)
{
    struct conn *c = ctx;
    struct str bytes = c->late;
    str_init(&c->late);
    c->timer = 0;
    reply(c, &bytes);
    str_finish(&bytes);
}

static void request_take(struct conn *c, size_t length)
{
    struct str bytes = STR_INIT;
    if (c->exchange < EXCHANGES)
        c->s->request_bytes[c->exchange] = length;
    answer(c, length, &bytes);
    str_splice(&c->in, 0, length, NULL, 0);
    if (c->s->latency_ms > 0) {
        c->late = bytes;
        c->timer = loop_timer_start(c->s->loop, c->s->latency_ms, on_late, c);
        return;
    }
    reply(c, &bytes);
    str_finish(&bytes);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void on_bytes(void *ctx, int fd, unsigned events)
{
    struct conn *c = ctx;
    char buf[16384];
    size_t room = sizeof buf;
    (void)events;
    if (!c->begun && !c->mute) {
        char one;
        if (recv(fd, &one, 1, MSG_PEEK) > 0) { /* an end is no exchange */
            c->begun = true;
            c->exchange = c->s->exchanges++;
        }
    }
    if (c->begun && is_cut(c, CUT_REQUEST)) {
        size_t left = c->s->cut.after - c->in.len;
        if (left == 0) {
            c->begun = false;
            conn_cut(c);
            return;
        }
        room = left < room ? left : room;
    }
    ssize_t n = recv(fd, buf, room, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        conn_close(c);
        return;
    }
    if (c->mute)
        return;
    str_append(&c->in, buf, (size_t)n);
    if (c->begun && is_cut(c, CUT_REQUEST) && c->in.len == c->s->cut.after) {
        c->begun = false;
        conn_cut(c);
        return;
    }
    size_t length = request_length(&c->in);
    if (length)
        request_take(c, length);
}

static void on_accept(void *ctx, int fd, unsigned events)
{
    struct book_server *s = ctx;
    int one = 1;
    (void)events;
    int got = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (got < 0)
        return;
    setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct conn *c = mem_calloc(1, sizeof *c);
    c->s = s;
    c->fd = got;
    c->next = s->conns;
    s->conns = c;
    loop_watch(s->loop, got, LOOP_READ, on_bytes, c);
}

/* ---- the server --------------------------------------------------------------------------- */

static int listen_somewhere(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        perror("book server");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

struct book_server *book_server_create(struct loop *loop, struct book *book)
{
    int port, fd = listen_somewhere(&port);
    if (fd < 0)
        return NULL;
    struct book_server *s = mem_calloc(1, sizeof *s);
    s->loop = loop;
    s->book = book;
    s->listener = fd;
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", port);
    loop_watch(loop, fd, LOOP_READ, on_accept, s);
    return s;
}

void book_server_destroy(struct book_server *s)
{
    if (!s)
        return;
    while (s->conns)
        conn_close(s->conns);
    loop_unwatch(s->loop, s->listener);
    close(s->listener);
    mem_free(s);
}

const char *book_server_url(const struct book_server *s)
{
    return s->url;
}

/* An open connection whose next request has not begun belongs to what comes. */
void book_server_cut(struct book_server *s, const struct book_cut *cut)
{
    s->cut = cut ? *cut : (struct book_cut){.where = CUT_NONE};
    s->exchanges = s->cuts = 0;
    memset(s->request_bytes, 0, sizeof s->request_bytes);
    memset(s->reply_bytes, 0, sizeof s->reply_bytes);
}

void book_server_override(struct book_server *s, const struct book_override *o)
{
    s->override = o ? *o : (struct book_override){.status = 0};
}

void book_server_latency(struct book_server *s, int64_t ms)
{
    s->latency_ms = ms;
}

size_t book_server_request_bytes(const struct book_server *s, uint64_t i)
{
    return i < EXCHANGES ? s->request_bytes[i] : 0;
}

size_t book_server_reply_bytes(const struct book_server *s, uint64_t i)
{
    return i < EXCHANGES ? s->reply_bytes[i] : 0;
}

uint64_t book_server_exchanges(const struct book_server *s)
{
    return s->exchanges;
}

uint64_t book_server_cuts(const struct book_server *s)
{
    return s->cuts;
}
