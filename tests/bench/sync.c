/* sync.c: how long 100,000 accounts take from a server into the fleet, against the limit: eight
 * bare sockets that know every address ahead and parse nothing, in the same run, from the same
 * sandbox with its pages made once. The real client, sync and fleet, without a screen; packing the
 * JSON as received is counted apart. */
#include "bench.h"

#include "base/mem.h"
#include "sync/sync.h"
#include "tests/support/sandbox_run.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCOUNTS = 100000, PAGES = ACCOUNTS / 100, SOCKETS = 8, ROOM = 1 << 18, RUNS = 5 };

/* ---- bare sockets ---- */

struct bare {
    int fd;
    int port;
    char *reply; /* ROOM bytes; owned */
    size_t body, body_len;
};

static bool bare_open(struct bare *s, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->port = port;
    s->reply = mem_alloc(ROOM);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(s->fd, (struct sockaddr *)&a, sizeof a) == 0;
}

static void bare_close(struct bare *s)
{
    close(s->fd);
    mem_free(s->reply);
}

/* One page; its body lies at reply + body. */
static bool bare_get(struct bare *s, const char *cursor)
{
    char ask[400];
    size_t len = 0;
    int n = snprintf(ask, sizeof ask,
                     "GET %s?limit=100%s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                     "Authorization: Bearer %s\r\n\r\n",
                     SANDBOX_BASE, *cursor ? "&cursor=" : "", cursor, s->port, SANDBOX_TOKEN);
    if (send(s->fd, ask, (size_t)n, MSG_NOSIGNAL) != n)
        return false;
    s->body = 0;
    for (;;) {
        ssize_t got = recv(s->fd, s->reply + len, ROOM - 1 - len, 0);
        if (got <= 0)
            return false;
        len += (size_t)got;
        s->reply[len] = '\0';
        char *end = s->body ? NULL : strstr(s->reply, "\r\n\r\n");
        char *size = end ? strcasestr(s->reply, "content-length:") : NULL;
        if (end && size) {
            s->body = (size_t)(end + 4 - s->reply);
            s->body_len = strtoul(size + 15, NULL, 10);
        }
        if (s->body && len >= s->body + s->body_len)
            return strncmp(s->reply, "HTTP/1.1 200", 12) == 0;
    }
}

static char cursors[PAGES + 1][96]; /* of page i; the first is empty */

/* The whole list on one socket, each cursor from the page before. Seconds, or -1. */
static double bare_chain(int port)
{
    static const char key[] = "\"next_cursor\":\"";
    struct bare s;
    int64_t from = bench_ns();
    bool good = bare_open(&s, port);
    for (int i = 0; good && i < PAGES; i++) {
        good = bare_get(&s, cursors[i]);
        const char *at = good ? strstr(s.reply + s.body, key) : NULL;
        if (at && i + 1 < PAGES)
            snprintf(cursors[i + 1], sizeof cursors[0], "%.*s",
                     (int)strcspn(at + sizeof key - 1, "\""), at + sizeof key - 1);
    }
    bare_close(&s);
    return good ? (double)(bench_ns() - from) / 1e9 : -1;
}

static struct {
    int port;
    atomic_int next;
    atomic_bool bad;
} race;

static void *racer(void *ctx)
{
    struct bare s;
    bool good = bare_open(&s, race.port);
    (void)ctx;
    for (int i; good && (i = atomic_fetch_add(&race.next, 1)) < PAGES;)
        good = bare_get(&s, cursors[i]);
    if (!good)
        atomic_store(&race.bad, true);
    bare_close(&s);
    return NULL;
}

/* Every page, by SOCKETS sockets at once. Seconds, or -1. */
static double bare_race(int port)
{
    pthread_t threads[SOCKETS];
    race.port = port;
    atomic_store(&race.next, 0);
    atomic_store(&race.bad, false);
    int64_t from = bench_ns();
    for (int i = 0; i < SOCKETS; i++)
        pthread_create(&threads[i], NULL, racer, NULL);
    for (int i = 0; i < SOCKETS; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&race.bad) ? -1 : (double)(bench_ns() - from) / 1e9;
}

/* ---- the sync ---- */

/* Seconds from the first request until the list is proven complete, or -1. */
static double sync_once(const struct box *box, unsigned parallel)
{
    const struct sync_options options = {.page_limit = 100, .parallel = parallel};
    const struct api_settings settings = {.url = box->url, .org = "org_demo"};
    struct error err;
    struct loop *loop = loop_create(clock_system());
    struct api *api = api_create(loop, &settings, NULL, &err);
    api_set_token(api, secret_create(SANDBOX_TOKEN, strlen(SANDBOX_TOKEN)), &err);
    struct fleet *fleet = fleet_create_plain();
    struct sync *sync = sync_create(loop, api, fleet, &options, NULL, NULL);
    int64_t from = bench_ns();
    sync_start(sync);
    while (sync_state(sync)->phase == SYNC_LOADING)
        loop_step(loop, -1);
    double took = (double)(bench_ns() - from) / 1e9;
    if (sync_state(sync)->proof == SYNC_NONE || fleet_count(fleet) != ACCOUNTS)
        took = -1;
    sync_destroy(sync);
    api_destroy(api);
    fleet_destroy(fleet);
    loop_destroy(loop);
    return took;
}

/* The least of some runs: what else the machine does only ever adds. */
static double least(double (*run)(const struct box *box, unsigned n), const struct box *box,
                    unsigned n, unsigned runs)
{
    double best = -1;
    for (unsigned i = 0; i < runs; i++) {
        double took = run(box, n);
        if (took < 0)
            return -1;
        if (best < 0 || took < best)
            best = took;
    }
    return best;
}

static double race_once(const struct box *box, unsigned n)
{
    (void)n;
    return bare_race(box->port);
}

static void compare(struct bench *b, enum figure figure, const struct box *box, unsigned parallel,
                    unsigned runs)
{
    if (!bench_wants(b, figure))
        return;
    double limit = least(race_once, box, 0, runs), took = least(sync_once, box, parallel, runs);
    if (limit > 0 && took > 0)
        bench_set(b, figure, took / limit, "%.2f s against %.2f s, %u in parallel", took, limit,
                  parallel);
    else
        bench_skip(b, figure, "the list did not come whole");
}

static void latency(const struct box *box, int ms)
{
    char fault[120];
    box_fault(box, "{\"fault\":\"none\"}");
    if (!ms)
        return;
    snprintf(fault, sizeof fault,
             "{\"fault\":\"slow\",\"ms\":%d,\"on\":\"reads\",\"seconds\":3600}", ms);
    box_fault(box, fault);
}

static const struct delay {
    int ms;
    unsigned runs;
    enum figure usual, wide; /* 4 and 8 in parallel */
} delays[] = {
    {5, RUNS, FIGURE_sync_5ms, FIGURE_sync_5ms_8},
    {20, 1, FIGURE_sync_20ms, FIGURE_sync_20ms_8},
    {80, 1, FIGURE_sync_80ms, FIGURE_sync_80ms_8},
};

void bench_sync(struct bench *b)
{
    static const char *const args[] = {"--accounts",   "100000", "--serial-pages",
                                       "--time-scale", "0",      NULL};
    struct box box;
    box_start(&box, args);
    /* The first time every page is made. */
    if (bare_chain(box.port) < 0 || sync_once(&box, 4) < 0)
        fprintf(stderr, "the sandbox does not serve the whole list\n");
    compare(b, FIGURE_sync_no_latency, &box, 4, RUNS);
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        latency(&box, delays[i].ms);
        compare(b, delays[i].usual, &box, 4, delays[i].runs);
        compare(b, delays[i].wide, &box, 8, delays[i].runs);
    }
    box_stop(&box);
}

/* Connections of 20 Mbit/s, on which a page takes longer than its latency: what overlaps counts. */
void bench_line(struct bench *b)
{
    static const char *const args[] = {
        "--accounts", "100000", "--serial-pages", "--time-scale", "0", "--mbit", "20", NULL};
    struct box box;
    box_start(&box, args);
    bare_chain(box.port);
    latency(&box, 20);
    compare(b, FIGURE_sync_narrow_line, &box, 4, 1);
    box_stop(&box);
}

/* A server that ignores the filters: nothing can be read in parallel, and trying costs little. */
void bench_useless(struct bench *b)
{
    static const char *const args[] = {"--accounts",     "100000", "--serial-pages",
                                       "--time-scale",   "0",      "--behaviour",
                                       "ignore-filters", NULL};
    struct box box;
    box_start(&box, args);
    bare_chain(box.port);
    latency(&box, 20);
    double bare = bare_chain(box.port), took = sync_once(&box, 4);
    if (bare > 0 && took > 0)
        bench_set(b, FIGURE_sync_useless_filters, took / bare, "%.2f s against %.2f s", took, bare);
    else
        bench_skip(b, FIGURE_sync_useless_filters, "the list did not come whole");
    box_stop(&box);
}
