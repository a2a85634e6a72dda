/* fault_server.c: one thread accepts, one serves each connection. Everything shared is behind one
 * lock; sleeping is waiting for the stop, so that a server can be ended in the middle of an hour's
 * delay. */
#include "fault_server.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fault_private.h"
#include "stretch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
    struct fault_server *server; /* (borrowed) */
    pthread_t thread;
    int fd; /* -1 once closed */
    unsigned number, turns;
    bool done; /* its thread is about to return */
};

struct fault_server {
    int listener, port;
    char url[40];
    pthread_t thread;
    pthread_mutex_t lock, handling; /* handling: one call of the handler at a time */
    pthread_cond_t news;            /* a request was recorded, or stop */
    bool stop;
    int drop;
    struct fault_rule *rules;
    int *used; /* requests each rule has answered */
    size_t rule_count, rule_room, used_room;
    struct connection **connections; /* one each, for good */
    size_t connection_count, connection_room;
    size_t joined; /* the threads of these, the first ones, are joined */
    struct fault_request **requests;
    size_t request_count, request_room;
    struct str raw; /* every byte received */
    void (*handler)(void *, const struct fault_request *, struct fault_reply *);
    void *handler_ctx; /* (borrowed) */
};

static const char *no_rule = "{\"error\":\"RESOURCE_NOT_FOUND\",\"message\":\"no rule for this\","
                             "\"details\":{},\"status_code\":404}";

/* ---- waiting -------------------------------------------------------------------------------- */

static struct timespec deadline_in(int ms)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    ts.tv_sec += ms / 1000;
    ts.tv_nsec += (long)(ms % 1000) * 1000000;
    if (ts.tv_nsec >= 1000000000) {
        ts.tv_sec++;
        ts.tv_nsec -= 1000000000;
    }
    return ts;
}

/* False when the server stops meanwhile. */
static bool rest(struct fault_server *s, int ms)
{
    struct timespec until = deadline_in(ms);
    pthread_mutex_lock(&s->lock);
    while (!s->stop && pthread_cond_timedwait(&s->news, &s->lock, &until) != ETIMEDOUT)
        ;
    bool goes_on = !s->stop;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

/* ---- choosing the reply --------------------------------------------------------------------- */

static bool matches(const struct fault_request *r, const char *method, const char *prefix)
{
    bool same = !method || (method[0] == '!' ? strcmp(method + 1, r->method) != 0
                                             : strcmp(method, r->method) == 0);
    return same && (!prefix || strncmp(r->target, prefix, strlen(prefix)) == 0);
}

/* Finds the rule and, when `take`, counts it as used. */
static bool rule_find(struct fault_server *s, const struct fault_request *r, bool take,
                      struct fault_reply *reply)
{
    bool found = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->rule_count && !found; i++) {
        const struct fault_rule *rule = &s->rules[i];
        if (!matches(r, rule->method, rule->prefix) || (rule->reused && r->turn < 2) ||
            (rule->times && s->used[i] >= rule->times))
            continue;
        if (take)
            s->used[i]++;
        *reply = rule->reply;
        found = true;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void reply_choose(struct fault_server *s, const struct fault_request *r,
                         struct fault_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    if (rule_find(s, r, true, reply))
        return;
    pthread_mutex_lock(&s->lock);
    void (*handler)(void *, const struct fault_request *, struct fault_reply *) = s->handler;
    void *ctx = s->handler_ctx;
    pthread_mutex_unlock(&s->lock);
    if (handler) {
        pthread_mutex_lock(&s->handling);
        handler(ctx, r, reply);
        pthread_mutex_unlock(&s->handling);
    } else {
        reply->status = 404;
        reply->body = no_rule;
    }
}

/* ---- one connection ------------------------------------------------------------------------- */

static bool bytes_send(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static bool reply_send(struct connection *c, const struct fault_reply *r, const struct str *bytes)
{
    size_t len = bytes->len;
    if (r->end != FAULT_KEEP && r->cut_after < len)
        len = r->cut_after;
    if (!r->drip_ms)
        return bytes_send(c->fd, str_text(bytes), len);
    size_t step = r->drip_bytes ? r->drip_bytes : 1;
    for (size_t at = 0; at < len; at += step) {
        if (!bytes_send(c->fd, bytes->data + at, len - at < step ? len - at : step) ||
            !rest(c->server, r->drip_ms))
            return false;
    }
    return true;
}

static bool tunnel_run(struct connection *c, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = other >= 0 && connect(other, (struct sockaddr *)&to, sizeof to) == 0;
    const char *say = ok ? "HTTP/1.1 200 Connection established\r\n\r\n"
                         : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
    ok = bytes_send(c->fd, say, strlen(say)) && ok;
    struct pollfd fds[2] = {{.fd = c->fd, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    while (ok && poll(fds, 2, -1) > 0) {
        char buf[16384];
        int from = fds[0].revents ? 0 : 1;
        ssize_t n = recv(fds[from].fd, buf, sizeof buf, 0);
        ok = n > 0 && bytes_send(fds[1 - from].fd, buf, (size_t)n);
    }
    if (other >= 0)
        close(other);
    return false;
}

/* Until the client goes away or the server stops (which shuts the socket down). */
static void silence(struct connection *c)
{
    char buf[4096];
    while (recv(c->fd, buf, sizeof buf, 0) > 0)
        ;
}

/* Answers; whether the connection lives on. */
static bool answer(struct connection *c, const struct fault_request *request)
{
    struct fault_reply r;
    struct str bytes = STR_INIT;
    reply_choose(c->server, request, &r);
    bool ok = !r.delay_ms || rest(c->server, r.delay_ms);
    if (ok && r.never) {
        silence(c);
        ok = false;
    } else if (ok && r.tunnel_port) {
        ok = tunnel_run(c, r.tunnel_port);
    } else if (ok) {
        fault_reply_build(&r, &bytes);
        ok = reply_send(c, &r, &bytes);
    }
    if (r.end == FAULT_RST) {
        struct linger hard = {.l_onoff = 1, .l_linger = 0};
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    mem_free(r.body_made);
    str_finish(&bytes);
    return ok && r.end == FAULT_KEEP && !r.no_length && !r.raw && !r.early;
}

static const struct fault_request *record(struct connection *c, const struct fault_parse *p,
                                          const struct str *body, bool complete)
{
    struct fault_server *s = c->server;
    struct fault_request *r = fault_request_make(p, body);
    r->connection = c->number;
    r->turn = ++c->turns;
    r->complete = complete;
    pthread_mutex_lock(&s->lock);
    VEC_ROOM(s->requests, s->request_count, s->request_room);
    s->requests[s->request_count++] = r;
    pthread_cond_broadcast(&s->news);
    pthread_mutex_unlock(&s->lock);
    return r;
}

static bool more_read(struct connection *c, struct fault_parse *p)
{
    char buf[16384];
    ssize_t n = recv(c->fd, buf, sizeof buf, 0);
    if (n <= 0)
        return false;
    str_append(&p->in, buf, (size_t)n);
    pthread_mutex_lock(&c->server->lock);
    str_append(&c->server->raw, buf, (size_t)n);
    pthread_mutex_unlock(&c->server->lock);
    return true;
}

/* Whether a rule wants to act before the body is read. */
static bool acts_early(struct connection *c, const struct fault_parse *p)
{
    struct str none = STR_INIT;
    struct fault_reply reply;
    struct fault_request *probe = fault_request_make(p, &none);
    probe->turn = c->turns + 1;
    bool early = rule_find(c->server, probe, false, &reply) && reply.early;
    fault_request_free(probe);
    return early;
}

/* Reads one request; NULL when there is none any more. */
static const struct fault_request *request_read(struct connection *c, struct fault_parse *p)
{
    struct str body = STR_INIT;
    const struct fault_request *r = NULL;
    size_t used = 0;
    bool gone = false, early = false;
    p->head_len = 0;
    while (!gone && !fault_head_ready(p))
        gone = !more_read(c, p);
    if (!gone) {
        early = acts_early(c, p);
        if (p->expects && !early)
            bytes_send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        while (!gone && !early && !fault_body_ready(p, &used, &body))
            gone = !more_read(c, p);
    }
    if (!gone || p->in.len)
        r = record(c, p, &body, !gone && !early);
    str_splice(&p->in, 0, gone || early ? p->in.len : used, NULL, 0);
    str_finish(&body);
    return gone ? NULL : r;
}

static void *connection_run(void *ctx)
{
    struct connection *c = ctx;
    struct fault_parse p;
    const struct fault_request *r;
    memset(&p, 0, sizeof p);
    while ((r = request_read(c, &p)) != NULL && answer(c, r))
        ;
    str_finish(&p.in);
    pthread_mutex_lock(&c->server->lock);
    close(c->fd);
    c->fd = -1;
    c->done = true;
    pthread_mutex_unlock(&c->server->lock);
    return NULL;
}

/* ---- accepting ------------------------------------------------------------------------------ */

/* A test may make thousands of connections; their threads must not pile up. Called with the lock
 * held: a thread that is done needs it no more. */
static void threads_reap(struct fault_server *s)
{
    while (s->joined < s->connection_count && s->connections[s->joined]->done)
        pthread_join(s->connections[s->joined++]->thread, NULL);
}

static void connection_begin(struct fault_server *s, int fd)
{
    int on = 1;
    struct connection *c = mem_calloc(1, sizeof *c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->server = s;
    c->fd = fd;
    pthread_mutex_lock(&s->lock);
    threads_reap(s);
    VEC_ROOM(s->connections, s->connection_count, s->connection_room);
    s->connections[s->connection_count++] = c;
    c->number = (unsigned)s->connection_count;
    if (pthread_create(&c->thread, NULL, connection_run, c) != 0) {
        perror("fault_server");
        abort();
    }
    pthread_mutex_unlock(&s->lock);
}

static void *accept_run(void *ctx)
{
    struct fault_server *s = ctx;
    for (;;) {
        int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_mutex_lock(&s->lock);
        bool stop = s->stop, drop = fd >= 0 && s->drop > 0;
        s->drop -= drop;
        pthread_mutex_unlock(&s->lock);
        if (stop) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        if (drop) {
            struct linger hard = {.l_onoff = 1, .l_linger = 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            close(fd);
        } else if (fd >= 0) {
            connection_begin(s, fd);
        }
    }
}

static int loopback_listen(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        perror("fault_server");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

struct fault_server *fault_server_create(void)
{
    pthread_condattr_t attr;
    struct fault_server *s = mem_calloc(1, sizeof *s);
    s->listener = loopback_listen(&s->port);
    if (s->listener < 0) {
        mem_free(s);
        return NULL;
    }
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", s->port);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->news, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->handling, NULL);
    if (pthread_create(&s->thread, NULL, accept_run, s) != 0) {
        perror("fault_server");
        abort();
    }
    return s;
}

static void threads_end(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_broadcast(&s->news);
    pthread_mutex_unlock(&s->lock);
    shutdown(s->listener, SHUT_RDWR); /* wakes accept() */
    pthread_join(s->thread, NULL);
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->connection_count; i++)
        if (s->connections[i]->fd >= 0)
            shutdown(s->connections[i]->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
    while (s->joined < s->connection_count)
        pthread_join(s->connections[s->joined++]->thread, NULL);
}

void fault_server_destroy(struct fault_server *s)
{
    if (!s)
        return;
    threads_end(s);
    close(s->listener);
    for (size_t i = 0; i < s->connection_count; i++)
        mem_free(s->connections[i]);
    for (size_t i = 0; i < s->request_count; i++)
        fault_request_free(s->requests[i]);
    mem_free(s->connections);
    mem_free(s->requests);
    mem_free(s->rules);
    mem_free(s->used);
    str_finish(&s->raw);
    pthread_cond_destroy(&s->news);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->handling);
    mem_free(s);
}

/* ---- rules ---------------------------------------------------------------------------------- */

int fault_port(const struct fault_server *s)
{
    return s->port;
}

const char *fault_url(const struct fault_server *s)
{
    return s->url;
}

void fault_rule_add(struct fault_server *s, const struct fault_rule *rule)
{
    pthread_mutex_lock(&s->lock);
    VEC_ROOM(s->rules, s->rule_count, s->rule_room);
    VEC_ROOM(s->used, s->rule_count, s->used_room);
    s->rules[s->rule_count] = *rule;
    s->used[s->rule_count++] = 0;
    pthread_mutex_unlock(&s->lock);
}

void fault_json(struct fault_server *s, const char *method, const char *prefix, int times,
                int status, const char *json)
{
    struct fault_rule rule = {.method = method, .prefix = prefix, .times = times};
    rule.reply.status = status;
    rule.reply.body = json;
    fault_rule_add(s, &rule);
}

void fault_rules_clear(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->rule_count = 0;
    pthread_mutex_unlock(&s->lock);
}

void fault_handler(struct fault_server *s,
                   void (*handler)(void *ctx, const struct fault_request *request,
                                   struct fault_reply *reply),
                   void *ctx)
{
    pthread_mutex_lock(&s->lock);
    s->handler = handler;
    s->handler_ctx = ctx;
    pthread_mutex_unlock(&s->lock);
}

void fault_drop(struct fault_server *s, int n)
{
    pthread_mutex_lock(&s->lock);
    s->drop = n;
    pthread_mutex_unlock(&s->lock);
}

/* ---- what arrived --------------------------------------------------------------------------- */

unsigned fault_connections(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = (unsigned)s->connection_count;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static size_t count_locked(const struct fault_server *s, const char *method, const char *prefix)
{
    size_t n = 0;
    for (size_t i = 0; i < s->request_count; i++)
        n += matches(s->requests[i], method, prefix);
    return n;
}

size_t fault_count(struct fault_server *s, const char *method, const char *prefix)
{
    pthread_mutex_lock(&s->lock);
    size_t n = count_locked(s, method, prefix);
    pthread_mutex_unlock(&s->lock);
    return n;
}

const struct fault_request *fault_request_at(struct fault_server *s, size_t i)
{
    pthread_mutex_lock(&s->lock);
    const struct fault_request *r = i < s->request_count ? s->requests[i] : NULL;
    pthread_mutex_unlock(&s->lock);
    return r;
}

bool fault_wait(struct fault_server *s, const char *method, const char *prefix, size_t n, int ms)
{
    struct timespec until = deadline_in(stretch_ms(ms, 10000));
    int late = 0;
    pthread_mutex_lock(&s->lock);
    while (count_locked(s, method, prefix) < n && late != ETIMEDOUT)
        late = pthread_cond_timedwait(&s->news, &s->lock, &until);
    bool ok = count_locked(s, method, prefix) >= n;
    for (size_t i = 0; !ok && i < s->request_count; i++)
        fprintf(stderr, "fault_server: request %zu: %s %s (connection %u, turn %u)\n", i,
                s->requests[i]->method, s->requests[i]->target, s->requests[i]->connection,
                s->requests[i]->turn);
    pthread_mutex_unlock(&s->lock);
    if (!ok)
        fprintf(stderr, "fault_server: fewer than %zu of %s %s came\n", n, method ? method : "any",
                prefix ? prefix : "");
    return ok;
}

bool fault_saw(struct fault_server *s, const char *text)
{
    pthread_mutex_lock(&s->lock);
    bool saw = s->raw.len && memmem(s->raw.data, s->raw.len, text, strlen(text)) != NULL;
    pthread_mutex_unlock(&s->lock);
    return saw;
}

int fault_port_nobody(void)
{
    int port = 1;
    int fd = loopback_listen(&port);
    if (fd >= 0)
        close(fd);
    return port;
}
