/* signals.c: see signals.h.
 *
 * The handler sets a flag and then writes a byte; the flag says which signal, the byte only wakes
 * the loop. So a full pipe loses nothing: there is a byte in it, and the flags are read behind it.
 * The flags and the pipe's end are the module's two globals, because a handler is given nothing
 * else. */
#include "loop/signals.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

enum { SIGNALS_MAX = 16, SIGNAL_END = 65 };

struct signals {
    struct loop *loop; /* (borrowed) */
    signals_fn *fn;
    void *ctx;
    int read_fd;
    size_t count;
    int signos[SIGNALS_MAX];
    struct sigaction old[SIGNALS_MAX];
    struct sigaction old_pipe;
    bool in_fn, gone; /* destroyed from fn: freed when fn returns */
};

static volatile sig_atomic_t wake_fd = -1;
static volatile sig_atomic_t pending[SIGNAL_END];

static void on_signal(int signo)
{
    int saved = errno;
    int fd = wake_fd;
    if (signo > 0 && signo < SIGNAL_END)
        pending[signo] = 1;
    if (fd >= 0) {
        ssize_t n = write(fd, "", 1);
        (void)n;
    }
    errno = saved;
}

static void on_wake(void *ctx, int fd, unsigned events)
{
    struct signals *s = ctx;
    (void)events;
    char bytes[64];
    while (read(fd, bytes, sizeof bytes) > 0)
        continue;
    s->in_fn = true;
    for (size_t i = 0; i < s->count; i++) {
        int signo = s->signos[i];
        if (!pending[signo])
            continue;
        pending[signo] = 0;
        s->fn(s->ctx, signo);
    }
    s->in_fn = false;
    if (s->gone)
        mem_free(s);
}

struct signals *signals_create(struct loop *loop, const int *signos, size_t count, signals_fn *fn,
                               void *ctx)
{
    int ends[2];
    if (wake_fd >= 0 || count > SIGNALS_MAX || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return NULL;
    struct signals *s = mem_calloc(1, sizeof *s);
    s->loop = loop;
    s->fn = fn;
    s->ctx = ctx;
    s->read_fd = ends[0];
    wake_fd = ends[1];
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&act.sa_mask);
    for (; s->count < count; s->count++) {
        int signo = signos[s->count];
        pending[signo] = 0;
        s->signos[s->count] = signo;
        sigaction(signo, &act, &s->old[s->count]);
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &s->old_pipe);
    loop_watch(loop, s->read_fd, LOOP_READ, on_wake, s);
    return s;
}

void signals_destroy(struct signals *s)
{
    if (!s)
        return;
    /* Backwards, so that a signal named twice ends with what it was first. */
    sigaction(SIGPIPE, &s->old_pipe, NULL);
    while (s->count > 0) {
        s->count--;
        sigaction(s->signos[s->count], &s->old[s->count], NULL);
    }
    loop_unwatch(s->loop, s->read_fd);
    close(wake_fd);
    wake_fd = -1;
    close(s->read_fd);
    s->gone = true; /* count is 0 by now: no other signal is told */
    if (!s->in_fn)
        mem_free(s);
}
