/* transport.c: see transport.h. */
#include "api/transport_private.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

enum { CACHED_CONNECTIONS = 16, FIRST_BYTES = 2048 };
/* Of a body, between two looks at the terminal: some ten accounts, 50 us. */
enum { PIECE_BYTES = 8192 };

static char *dup_or_null(const char *text)
{
    return text && *text ? mem_strdup(text) : NULL;
}

/* ---- what libcurl calls ---------------------------------------------------------------------- */

static void pause_end_soon(struct transport *t, int turns);

/* libcurl delivers all of these bytes again; `told` of them are known then. */
static size_t body_pause(struct transfer *x, size_t told, int turns)
{
    x->paused = true;
    x->taken = told;
    pause_end_soon(x->t, turns);
    return CURL_WRITEFUNC_PAUSE;
}

/* A page's cursor stands in its first bytes and asks for the next page: that request should leave
 * before the CPU turns to a hundred accounts. So the first bytes are told apart, and the rest waits
 * when they have started something. It waits for somebody who types, too: a page as a whole takes
 * longer than what a key asks for. A request that is asked for in this turn is given to libcurl in
 * the one after the next. */
static size_t body_tell(struct transfer *x, int http, const char *bytes, size_t len)
{
    size_t told = x->taken;
    x->taken = 0;
    while (told < len) {
        if (loop_first_due(x->t->loop))
            return body_pause(x, told, 1);
        size_t most = x->body_bytes < FIRST_BYTES ? FIRST_BYTES : PIECE_BYTES;
        size_t some = len - told < most ? len - told : most;
        enum transfer_body word = x->events.body(x->ctx, http, bytes + told, some);
        x->stopped = x->stopped || word == BODY_STOP;
        if (word == BODY_STOP || x->state == TRANSFER_DEAD)
            return 0;
        told += some;
        x->body_bytes += some;
        if (word == BODY_OTHERS && told < len)
            return body_pause(x, told, 2);
    }
    return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct transfer *x = ctx;
    size_t len = size * count;
    if (x->state == TRANSFER_DEAD)
        return 0;
    if (len - x->taken > TRANSPORT_BODY_MAX - x->body_bytes) {
        x->oversize = true;
        return 0;
    }
    long http = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &http);
    return body_tell(x, (int)http, bytes, len);
}

/* Keeps the value of a header line when its name matches; the first one of a name stands. */
static void header_keep(struct str *out, const char *name, const char *line, size_t len)
{
    size_t n = strlen(name);
    if (out->len || len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
        return;
    const char *p = line + n + 1, *end = line + len;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    while (end > p && strchr(" \t\r\n", end[-1]))
        end--;
    str_append(out, p, (size_t)(end - p));
}

static void header_forget(struct transfer *x)
{
    str_clear(&x->location);
    str_clear(&x->request_id);
    str_clear(&x->retry_after);
    str_clear(&x->date);
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
    struct transfer *x = ctx;
    size_t len = size * count;
    if (x->state == TRANSFER_DEAD)
        return 0;
    x->header_bytes += len;
    if (x->header_bytes > TRANSPORT_HEADERS_MAX) {
        x->oversize = true;
        return 0;
    }
    if (len > 5 && memcmp(line, "HTTP/", 5) == 0) {
        header_forget(x); /* a 1xx came before */
        x->head_whole = false;
        return len;
    }
    if (line[0] == '\r' || line[0] == '\n')
        x->head_whole = true;
    header_keep(&x->location, "location", line, len);
    header_keep(&x->request_id, "x-request-id", line, len);
    header_keep(&x->retry_after, "retry-after", line, len);
    header_keep(&x->date, "date", line, len);
    return len;
}

/* The connection stands, TLS and tunnel included, and nothing of the request was sent yet. */
static int on_begin(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
    struct transfer *x = ctx;
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    if (x->state == TRANSFER_DEAD)
        return CURL_PREREQFUNC_ABORT;
    x->began = true;
    return CURL_PREREQFUNC_OK;
}

static void transport_action(struct transport *t, curl_socket_t fd, int mask);

static void on_ready(void *ctx, int fd, unsigned events)
{
    int mask =
        (events & LOOP_READ ? CURL_CSELECT_IN : 0) | (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    /* After a hangup libcurl looks for itself: only it knows whether bytes are left to read. */
    transport_action(ctx, fd, events & LOOP_HANGUP ? 0 : mask);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    struct transport *t = ctx;
    (void)easy;
    (void)socket_ctx;
    if (what == CURL_POLL_REMOVE)
        loop_unwatch(t->loop, fd);
    else if (what != CURL_POLL_NONE)
        loop_watch(t->loop, fd,
                   (what & CURL_POLL_IN ? LOOP_READ : 0u) |
                       (what & CURL_POLL_OUT ? LOOP_WRITE : 0u),
                   on_ready, t);
    return 0;
}

static void on_timeout(void *ctx)
{
    struct transport *t = ctx;
    t->timer = 0;
    transport_action(t, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct transport *t = ctx;
    (void)multi;
    loop_timer_stop(t->loop, t->timer);
    t->timer = timeout_ms < 0 ? 0 : loop_timer_start(t->loop, timeout_ms, on_timeout, t);
    return 0;
}

/* ---- a transfer's life ----------------------------------------------------------------------- */

static void transfer_link(struct transport *t, struct transfer *x)
{
    /* At the end, so that they start in the order asked for. */
    struct transfer **at = &t->first;
    while (*at) {
        x->prev = *at;
        at = &(*at)->next;
    }
    *at = x;
}

/* Must not run while libcurl is on the stack. */
static void transfer_free(struct transfer *x)
{
    struct transport *t = x->t;
    if (x->prev)
        x->prev->next = x->next;
    else
        t->first = x->next;
    if (x->next)
        x->next->prev = x->prev;
    bool outer = t->inside;
    t->inside = true;
    if (x->state != TRANSFER_WAITS)
        curl_multi_remove_handle(t->multi, x->easy);
    curl_easy_cleanup(x->easy);
    t->inside = outer;
    if (x->secret_header && x->headers)
        secret_wipe(x->headers->data, strlen(x->headers->data));
    curl_slist_free_all(x->headers);
    str_finish(&x->location);
    str_finish(&x->request_id);
    str_finish(&x->retry_after);
    str_finish(&x->date);
    mem_free(x);
}

static const char *version_text(CURL *easy)
{
    long version = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    return version == CURL_HTTP_VERSION_2_0   ? "2"
           : version == CURL_HTTP_VERSION_1_1 ? "1.1"
           : version == CURL_HTTP_VERSION_1_0 ? "1.0"
                                              : "";
}

/* Provable means: sending never began; or not a byte was handed to the system; or part of the body
 * was not, and a body shorter than its Content-Length is no request (RFC 9112, 6.3). */
static bool may_have_left(const struct transfer *x, int64_t sent, curl_off_t body_sent)
{
    return x->began && sent > 0 && (uint64_t)body_sent >= x->send_bytes;
}

static void transfer_finish(struct transfer *x, CURLcode code)
{
    struct transfer_reply r = {.curl = (int)code,
                               .oversize = x->oversize,
                               .stopped = x->stopped,
                               .began = x->began,
                               .location = span_from(&x->location),
                               .request_id = span_from(&x->request_id),
                               .retry_after = span_from(&x->retry_after),
                               .date = span_from(&x->date),
                               .words = x->words,
                               .http_version = version_text(x->easy)};
    /* libcurl calls a reply whose headers were cut a success with an empty body. */
    if (code == CURLE_OK && !x->head_whole)
        r.curl = CURLE_PARTIAL_FILE;
    long http = 0, request = 0, connect = 0, proxy = 0;
    curl_off_t up = 0, down = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &connect);
    curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &request);
    curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(x->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    /* Without a connection to the server itself the status is the proxy's word on CONNECT. */
    r.http = x->began ? (int)http : 0;
    r.proxy_http = (int)connect;
    curl_easy_getinfo(x->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &proxy);
    bool cause = !x->began && !connect && proxy_is_cause(x->t->proxy_shown, r.curl, proxy, r.words);
    r.proxy = cause ? x->t->proxy_shown : "";
    curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, &r.verdict);
    r.left = may_have_left(x, request, up);
    r.bytes_out = request > up ? request : up;
    r.bytes_in = (int64_t)x->header_bytes + down;
    struct transfer_events events = x->events;
    void *ctx = x->ctx;
    /* The reply borrows from x, so x stays until the callback is over; nobody can cancel it any
       more: its owner forgets it in done. */
    events.done(ctx, &r);
    transfer_free(x);
}

static void transport_sweep(struct transport *t)
{
    struct transfer *next;
    for (struct transfer *x = t->first; x; x = next) {
        next = x->next;
        if (x->state == TRANSFER_DEAD)
            transfer_free(x);
    }
}

/* Reports what has come to its end, one by one: a callback may cancel the next. */
static void transport_settle(struct transport *t)
{
    int left;
    CURLMsg *msg;
    transport_sweep(t);
    while ((msg = curl_multi_info_read(t->multi, &left)) != NULL) {
        struct transfer *x = NULL;
        CURLcode code = msg->data.result;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        transfer_finish(x, code);
    }
}

static void transport_action(struct transport *t, curl_socket_t fd, int mask)
{
    int running;
    t->inside = true;
    curl_multi_socket_action(t->multi, fd, mask, &running);
    t->inside = false;
    transport_settle(t);
}

static void on_kick(void *ctx)
{
    struct transport *t = ctx;
    bool added = false;
    t->kick = 0;
    transport_sweep(t);
    for (struct transfer *x = t->first; x; x = x->next) {
        if (x->state != TRANSFER_WAITS)
            continue;
        x->state = TRANSFER_ADDED;
        t->inside = true;
        curl_multi_add_handle(t->multi, x->easy);
        t->inside = false;
        added = true;
    }
    if (added)
        transport_action(t, CURL_SOCKET_TIMEOUT, 0); /* begins at once, not in the next turn */
}

/* What was let out is with libcurl by now: the rest of the paused bodies comes, a body a turn. Each
 * is a page of accounts, and somebody may have pressed a key. */
static void on_go_on(void *ctx)
{
    struct transport *t = ctx;
    struct transfer *x = t->first;
    t->go_on = 0;
    if (--t->go_on_turns > 0) {
        t->go_on = loop_timer_start(t->loop, 0, on_go_on, t);
        return;
    }
    while (x && !(x->paused && x->state == TRANSFER_ADDED))
        x = x->next;
    if (!x)
        return;
    t->go_on_turns = 1;
    t->go_on = loop_timer_start(t->loop, 0, on_go_on, t);
    x->paused = false;
    t->inside = true;
    curl_easy_pause(x->easy, CURLPAUSE_CONT);
    t->inside = false;
    transport_settle(t);
}

static void pause_end_soon(struct transport *t, int turns)
{
    t->go_on_turns = t->go_on && t->go_on_turns > turns ? t->go_on_turns : turns;
    if (!t->go_on)
        t->go_on = loop_timer_start(t->loop, 0, on_go_on, t);
}

static void transport_kick(struct transport *t)
{
    if (!t->kick)
        t->kick = loop_timer_start(t->loop, 0, on_kick, t);
}

static void set_callbacks(struct transfer *x)
{
    CURL *e = x->easy;
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_begin);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, x);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->words);
    curl_easy_setopt(e, CURLOPT_PRIVATE, x);
}

struct transfer *transfer_start(struct transport *t, const struct transfer_request *request,
                                const struct transfer_events *events, void *ctx)
{
    struct transfer *x = mem_calloc(1, sizeof *x);
    x->t = t;
    x->events = *events;
    x->ctx = ctx;
    x->send_bytes = request->body.len;
    x->easy = curl_easy_init();
    while (!x->easy)
        mem_free(mem_alloc(SIZE_MAX)); /* out of memory: the one documented way out */
    transport_set(t, x, request);
    set_callbacks(x);
    transfer_link(t, x);
    transport_kick(t);
    return x;
}

void transfer_cancel(struct transfer *x)
{
    if (!x)
        return;
    if (x->t->inside) {
        /* A transfer that waits can be freed at once: libcurl does not know it. */
        if (x->state != TRANSFER_WAITS) {
            x->state = TRANSFER_DEAD;
            transport_kick(x->t);
            return;
        }
    }
    transfer_free(x);
}

bool transfer_began(const struct transfer *x)
{
    return x->began;
}

/* ---- the transport --------------------------------------------------------------------------- */

static long at_least_one(int64_t n)
{
    return n < 1 ? 1 : n > 24 * 3600 * 1000 ? 24 * 3600 * 1000 : (long)n;
}

struct transport *transport_create(struct loop *loop, const struct transport_options *o,
                                   struct error *err)
{
    CURLM *multi = curl_multi_init();
    if (!multi) {
        error_set(err, ST_FAIL, "libcurl does not start");
        return NULL;
    }
    struct transport *t = mem_calloc(1, sizeof *t);
    t->loop = loop;
    t->multi = multi;
    t->scheme = mem_strdup(o->scheme);
    t->ca_file = dup_or_null(o->ca_file);
    t->client_cert = dup_or_null(o->client_cert);
    t->client_key = dup_or_null(o->client_key);
    t->proxy_ca_file = dup_or_null(o->proxy_ca_file);
    t->proxy = mem_strdup(o->proxy ? o->proxy : "");
    t->proxy_shown = proxy_shown(t->proxy);
    t->no_proxy = mem_strdup(o->no_proxy ? o->no_proxy : "");
    t->user_agent = mem_strdup(o->user_agent);
    t->connect_timeout_ms = at_least_one(o->connect_timeout_ms);
    t->total_timeout_ms = at_least_one(o->total_timeout_ms);
    t->low_speed_seconds = at_least_one(o->low_speed_seconds);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, t);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, t);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CACHED_CONNECTIONS);
    return t;
}

void transport_destroy(struct transport *t)
{
    if (!t)
        return;
    while (t->first)
        transfer_free(t->first);
    curl_multi_cleanup(t->multi);
    loop_timer_stop(t->loop, t->timer);
    loop_timer_stop(t->loop, t->kick);
    loop_timer_stop(t->loop, t->go_on);
    mem_free(t->scheme);
    mem_free(t->ca_file);
    mem_free(t->client_cert);
    mem_free(t->client_key);
    mem_free(t->proxy_ca_file);
    mem_free(t->proxy);
    mem_free(t->proxy_shown);
    mem_free(t->no_proxy);
    mem_free(t->user_agent);
    mem_free(t);
}
