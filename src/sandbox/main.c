/* main.c: the sandbox's command line, its wiring, and its end.
 *
 * The main thread only waits: for a signal (signalfd, so that no handler runs anywhere) and for the
 * end of the process that it was told to follow (pidfd). */
#include "sandbox/http.h"
#include "sandbox/options.h"
#include "sandbox/seed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#define TOKEN_BYTES 65
#define TOKEN_ENV   "PADDOCK_SANDBOX_TOKEN"

struct world {
    struct options options;
    struct clock clock;
    struct store *store;
    struct faults faults;
    struct box box;
    struct http *http;
    char token[TOKEN_BYTES];
    char orgs[512];
};

static int complain(const struct error *err, int code)
{
    fprintf(stderr, "paddock-sandbox: %s\n", err->what);
    if (code == EX_USAGE)
        fputs("Try paddock-sandbox --help.\n", stderr);
    return code;
}

/* ---- token ---- */

static enum status token_good(const char *token, struct error *err)
{
    for (const char *p = token; *p; p++)
        if (*p <= ' ' || *p > '~')
            return error_set(err, ST_USAGE, "the token may hold visible ASCII only");
    return *token ? ST_OK : error_set(err, ST_USAGE, "the token is empty");
}

static enum status token_write(const char *path, const char *token, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && fchmod(fd, 0600) == 0 && dprintf(fd, "%s\n", token) > 0;
    int why = errno;
    if (fd >= 0 && close(fd) < 0 && good) {
        why = errno;
        good = false;
    }
    return good ? ST_OK : error_set(err, ST_IO, "%s: %s", path, strerror(why));
}

/* From --token, the environment, or made; a made one that goes to no file is said on stderr, since
 * nobody could use the server otherwise. */
static enum status token_choose(struct world *w, struct error *err)
{
    const char *env = getenv(TOKEN_ENV);
    w->box.token = w->options.token ? w->options.token : env;
    if (w->box.token)
        return token_good(w->box.token, err);
    unsigned char bytes[24];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return error_set(err, ST_IO, "no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(w->token + 2 * i, 3, "%02x", bytes[i]);
    w->box.token = w->token;
    if (!w->options.token_file)
        fprintf(stderr, "paddock-sandbox: token %s (--token-file keeps it out of sight)\n",
                w->token);
    return ST_OK;
}

/* ---- accounts ---- */

static enum status orgs_split(struct world *w, struct error *err)
{
    if (strlen(w->options.org) >= sizeof w->orgs)
        return error_set(err, ST_USAGE, "--org: too long");
    memcpy(w->orgs, w->options.org, strlen(w->options.org) + 1);
    char *save = NULL;
    for (char *org = strtok_r(w->orgs, ",", &save); org; org = strtok_r(NULL, ",", &save)) {
        if (w->box.org_count == ORGS_MAX || strlen(org) > 100 || strchr(org, '/'))
            return error_set(err, ST_USAGE, "--org: at most %d, of 100 characters without /",
                             ORGS_MAX);
        w->box.orgs[w->box.org_count++] = org;
    }
    return w->box.org_count ? ST_OK : error_set(err, ST_USAGE, "--org: the value is empty");
}

static enum status accounts_make(struct world *w, struct error *err)
{
    enum status st = ST_OK;
    if (w->options.accounts == 0 || !store_is_empty(w->store))
        return ST_OK;
    for (size_t i = 0; i < w->box.org_count && st == ST_OK; i++) {
        struct seed seed;
        int64_t count = i == 0 ? w->options.accounts : (w->options.accounts + 9) / 10;
        seed_init(&seed, (uint64_t)w->options.seed, w->box.orgs[i], count, clock_wall(&w->clock));
        st = store_fill(w->store, count, seed_make, &seed, err);
        seed_finish(&seed);
    }
    return st;
}

/* ---- life and death ---- */

static int pid_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* A descriptor that becomes readable when the process to follow ends; -1 when there is none to
 * follow, -2 when it is gone already. The death signal covers kernels without pidfd. */
static int parent_watch(const struct options *o)
{
    pid_t pid = o->parent_pid ? (pid_t)o->parent_pid : getppid();
    if (!o->die_with_parent && !o->parent_pid)
        return -1;
    if (getppid() == pid)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    int fd = pid_open(pid);
    bool gone = fd < 0 && errno == ESRCH;
    if (o->die_with_parent && !o->parent_pid && getppid() != pid)
        gone = true;
    return gone ? -2 : fd;
}

static void live(int signals, int parent)
{
    struct pollfd fds[] = {{signals, POLLIN, 0}, {parent, POLLIN, 0}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread, which inherits it */
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static enum status world_start(struct world *w, struct error *err)
{
    struct options *o = &w->options;
    struct store_options store = {o->db, w->clock, o->time_scale, o->serial_pages};
    enum status st = store_open(&store, &w->store, err);
    if (st == ST_OK)
        st = accounts_make(w, err);
    if (st != ST_OK)
        return st;
    w->box.store = w->store;
    w->box.faults = &w->faults;
    w->box.pages = o->serial_pages ? pages_create() : NULL;
    w->box.clock = w->clock;
    w->box.behaviours = o->behaviours;
    w->box.latency_ms = o->latency_ms;
    w->box.page_latency_ms = o->page_latency_ms;
    w->box.mbit = o->mbit;
    st = http_start(&w->box, o->port, &w->http, err);
    if (st == ST_OK && o->token_file)
        st = token_write(o->token_file, w->box.token, err);
    return st;
}

static void world_end(struct world *w)
{
    http_stop(w->http);
    pages_destroy(w->box.pages);
    store_close(w->store);
    faults_finish(&w->faults);
}

static int run(struct world *w)
{
    struct error err;
    int parent = parent_watch(&w->options), signals = signals_open();
    if (parent == -2)
        return EX_OK;
    faults_init(&w->faults, w->clock);
    enum status st = world_start(w, &err);
    if (st == ST_OK) {
        printf("http://127.0.0.1:%d\n", http_port(w->http));
        fflush(stdout);
        live(signals, parent);
    }
    world_end(w);
    if (parent >= 0)
        close(parent);
    close(signals);
    return st == ST_OK ? EX_OK : complain(&err, st == ST_IO ? EX_IOERR : EX_DATAERR);
}

int main(int argc, char **argv)
{
    struct world w = {.clock = clock_system()};
    struct error err;
    umask(077);
    if (options_parse(argc, argv, &w.options, &err) != ST_OK)
        return complain(&err, EX_USAGE);
    if (w.options.help) {
        struct str text = STR_INIT;
        options_help(&text);
        fputs(str_text(&text), stdout);
        str_finish(&text);
        return EX_OK;
    }
    if (w.options.version) {
        puts("paddock-sandbox " PADDOCK_VERSION);
        return EX_OK;
    }
    enum status st = orgs_split(&w, &err);
    if (st == ST_OK)
        st = token_choose(&w, &err);
    if (st != ST_OK)
        return complain(&err, st == ST_USAGE ? EX_USAGE : EX_IOERR);
    return run(&w);
}
