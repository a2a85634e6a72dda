/* serve.c: see serve.h. */
#include "metrics/serve.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 16
#define IDLE_SECONDS    60
#define PIECE_BYTES     32768

struct metrics_server {
    struct loop *loop; /* (borrowed) */
    metrics_page_fn *page;
    void *ctx;
    struct MHD_Daemon *daemon;
    int fd; /* the daemon's epoll descriptor */
    loop_timer timer;
    bool loopback;
    int port;
    char url[96];
};

/* ---- the loop ------------------------------------------------------------------------------ */

static void turn(struct metrics_server *s);

static void on_timer(void *ctx)
{
    struct metrics_server *s = ctx;
    s->timer = 0;
    turn(s);
}

static void turn(struct metrics_server *s)
{
    MHD_UNSIGNED_LONG_LONG wait;
    MHD_run(s->daemon);
    loop_timer_stop(s->loop, s->timer);
    s->timer = 0;
    if (MHD_get_timeout(s->daemon, &wait) == MHD_YES)
        s->timer = loop_timer_start(s->loop, (int64_t)wait, on_timer, s);
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    turn(ctx);
}

/* ---- answering ----------------------------------------------------------------------------- */

static ssize_t read_page(void *cls, uint64_t at, char *bytes, size_t room)
{
    (void)at;
    size_t n = metrics_page_read(cls, bytes, room);
    return n ? (ssize_t)n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_page(void *cls)
{
    metrics_page_destroy(cls);
}

static enum MHD_Result send_page(struct metrics_server *s, struct MHD_Connection *c)
{
    const char *accept = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept");
    enum metrics_format format = accept && strstr(accept, "application/openmetrics-text")
                                     ? METRICS_OPENMETRICS
                                     : METRICS_TEXT;
    struct MHD_Response *r = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, PIECE_BYTES, read_page, s->page(s->ctx, format), free_page);
    MHD_add_response_header(r, "Content-Type", metrics_content_type(format));
    enum MHD_Result ok = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result send_words(struct MHD_Connection *c, unsigned status, const char *words)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        strlen(words), (void *)(uintptr_t)words, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
    if (status == 405)
        MHD_add_response_header(r, "Allow", "GET, HEAD");
    enum MHD_Result ok = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return ok;
}

/* A page in a browser must not reach it through a name that somebody else points here. */
static bool host_good(const struct metrics_server *s, const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    char with_port[32];
    if (!s->loopback)
        return true;
    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        snprintf(with_port, sizeof with_port, "%s:%d", names[i], s->port);
        if (strcasecmp(host, names[i]) == 0 || strcasecmp(host, with_port) == 0)
            return true;
    }
    return false;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    static int begun;
    struct metrics_server *s = cls;
    (void)version;
    (void)data;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*size) { /* a body is read and left alone */
        *size = 0;
        return MHD_YES;
    }
    if (!host_good(s, MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host")))
        return send_words(c, 400, "Invalid host header\n");
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return send_words(c, 405, "Only GET is answered here\n");
    if (strcmp(url, "/metrics") == 0)
        return send_page(s, c);
    if (strcmp(url, "/") == 0)
        return send_words(c, 200, "paddock: the metrics are at /metrics\n");
    return send_words(c, 404, "Not here: the metrics are at /metrics\n");
}

/* ---- listening ----------------------------------------------------------------------------- */

static enum status bad_address(const char *listen, struct error *err)
{
    error_set(err, ST_USAGE, "\"%s\" is no address to listen on", listen);
    error_next(err, "such as 127.0.0.1:9477 or [::1]:9477");
    return ST_USAGE;
}

/* Cuts "ADDRESS:PORT" into its two parts. */
static bool cut_address(const char *listen, char host[64], char port[8])
{
    const char *colon = strrchr(listen, ':');
    /* getaddrinfo would take 99999 and listen on another port. */
    if (!colon || strlen(colon + 1) >= 8 || !colon[1] ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1) || atoi(colon + 1) > 65535)
        return false;
    const char *begin = listen, *end = colon;
    if (*begin == '[' && end > begin && end[-1] == ']') {
        begin++;
        end--;
    } else if (memchr(begin, ':', (size_t)(end - begin))) {
        return false; /* an IPv6 address needs its brackets */
    }
    if (begin == end || end - begin >= 64)
        return false;
    snprintf(host, 64, "%.*s", (int)(end - begin), begin);
    snprintf(port, 8, "%s", colon + 1);
    return true;
}

static bool is_loopback(const struct sockaddr_storage *a)
{
    if (a->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

/* A listening socket, or -1 with errno. */
static int listen_on(struct metrics_server *s, const struct addrinfo *to)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    int on = 1, fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, to->ai_addr, to->ai_addrlen) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    char host[64], port[8];
    getnameinfo((struct sockaddr *)&a, len, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    s->loopback = is_loopback(&a);
    s->port = atoi(port);
    bool six = a.ss_family == AF_INET6;
    snprintf(s->url, sizeof s->url, "http://%s%s%s:%s/metrics", six ? "[" : "", host,
             six ? "]" : "", port);
    return fd;
}

static enum status open_socket(struct metrics_server *s, const char *listen, int *fd,
                               struct error *err)
{
    char host[64], port[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *to = NULL;
    if (!cut_address(listen, host, port) || getaddrinfo(host, port, &hints, &to) != 0)
        return bad_address(listen, err);
    *fd = listen_on(s, to);
    freeaddrinfo(to);
    if (*fd < 0)
        return error_set(err, ST_IO, "cannot listen on %s: %s", listen, strerror(errno));
    return ST_OK;
}

enum status metrics_serve(struct metrics_server **out, struct loop *loop, const char *listen,
                          metrics_page_fn *page, void *ctx, struct error *err)
{
    int fd = -1;
    struct metrics_server *s = mem_calloc(1, sizeof *s);
    *out = NULL;
    *s = (struct metrics_server){.loop = loop, .page = page, .ctx = ctx, .fd = -1};
    enum status st = open_socket(s, listen, &fd, err);
    if (st == ST_OK) {
        s->daemon =
            MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET,
                             fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
        if (!s->daemon) {
            close(fd);
            st = error_set(err, ST_IO, "cannot serve on %s", listen);
        }
    }
    if (st != ST_OK) {
        metrics_server_stop(s);
        return st;
    }
    s->fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    loop_watch(loop, s->fd, LOOP_READ, on_ready, s);
    *out = s;
    return ST_OK;
}

void metrics_server_stop(struct metrics_server *server)
{
    if (!server)
        return;
    loop_timer_stop(server->loop, server->timer);
    if (server->fd >= 0)
        loop_unwatch(server->loop, server->fd);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    mem_free(server);
}

const char *metrics_server_url(const struct metrics_server *server)
{
    return server->url;
}
