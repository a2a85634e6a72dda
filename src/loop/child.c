/* child.c: see child.h.
 *
 * The parent prepares everything (the program's path, the environment, every descriptor), so that
 * between fork and exec the child makes system calls only: it is a copy of a process that holds
 * SQLite's and libcurl's locks. A second pipe, closed by a successful exec, brings back the errno
 * of one that failed. The end is told by a pidfd, which poll understands; nobody needs SIGCHLD.
 *
 * Input is handed over as an anonymous file and not as a pipe: nothing to feed while the child
 * runs, and no SIGPIPE when it does not read.
 *
 * The child stays in our process group, as a token command may ask its question on the terminal.
 * Its end counts, not the end of its output: what it left running in the background may hold the
 * pipe for ever. */
#include "loop/child.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    KILL_AFTER_MS = 2000,
    READ_BYTES = 16384,
    READS_A_TURN = 8,
    RESERVE_MAX = 65536,
    LOWEST_OWN_FD = 3,
};

extern char **environ;

struct child {
    struct loop *loop; /* (borrowed) */
    child_fn *fn;      /* NULL once cancelled */
    void *ctx;
    char *name; /* argv[0], for messages */
    pid_t pid;
    int pidfd;
    int out_fd;  /* its stdout; -1: not captured, or ended */
    int exec_fd; /* errno of a failed exec */
    struct str out;
    size_t out_max;
    int64_t timeout_ms;
    bool timed_out;
    loop_timer timer;
};

/* ---- before the fork ---- */

/* What the child needs; its three descriptors are numbered 3 or more, so that putting one at its
 * place cannot cover another. -1 leaves ours. */
struct launch {
    char *path; /* owned; "" when it was not found, which execve refuses as such */
    char *const *argv;
    char **envp; /* owned; the strings are the environment's */
    int fds[3];
    int exec_fd;
};

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Moves fd to a number of 3 or more. Takes it over; -1 stays -1. */
static int fd_lift(int fd)
{
    if (fd < 0 || fd >= LOWEST_OWN_FD)
        return fd;
    int lifted = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_OWN_FD);
    int saved = errno;
    close(fd);
    errno = saved;
    return lifted;
}

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Looks the name up as a shell would, except that PATH's relative entries are passed over: what
 * lies in the working directory is not run by accident. */
static char *find_program(const char *name)
{
    if (strchr(name, '/'))
        return mem_strdup(name);
    const char *path = getenv("PATH");
    if (!path)
        path = "/usr/local/bin:/usr/bin:/bin";
    struct str whole = STR_INIT;
    while (*path) {
        size_t len = strcspn(path, ":");
        str_clear(&whole);
        str_append(&whole, path, len);
        str_add_char(&whole, '/');
        str_add(&whole, name);
        if (*name && path[0] == '/' && is_program(whole.data))
            return str_steal(&whole);
        path += len + (path[len] == ':');
    }
    str_clear(&whole);
    return str_steal(&whole);
}

static bool is_unset(const char *entry, const char *const *unset)
{
    size_t len = strcspn(entry, "=");
    for (; unset && *unset; unset++)
        if (strlen(*unset) == len && memcmp(entry, *unset, len) == 0)
            return true;
    return false;
}

static char **environment_without(const char *const *unset)
{
    char **envp = NULL;
    size_t count = 0, room = 0;
    for (char **e = environ; e && *e; e++) {
        if (is_unset(*e, unset))
            continue;
        VEC_ROOM(envp, count, room);
        envp[count++] = *e;
    }
    VEC_ROOM(envp, count, room);
    envp[count] = NULL;
    return envp;
}

/* A descriptor to read `input` from. */
static int open_input(struct span input)
{
    if (input.len == 0)
        return fd_lift(open("/dev/null", O_RDONLY | O_CLOEXEC));
    int fd = fd_lift(memfd_create("input", MFD_CLOEXEC));
    for (size_t at = 0; fd >= 0 && at < input.len;) {
        ssize_t n = write(fd, input.p + at, input.len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            fd_close(&fd);
            return -1;
        }
        at += (size_t)n;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static int open_stderr(int fd)
{
    return fd < 0 ? fd_lift(open("/dev/null", O_WRONLY | O_CLOEXEC))
                  : fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_OWN_FD);
}

/* A pipe of which we read without waiting; false with errno. */
static bool open_pipe(int *ours, int *theirs)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    *ours = ends[0];
    *theirs = fd_lift(ends[1]);
    fcntl(*ours, F_SETFL, O_NONBLOCK);
    return *theirs >= 0;
}

static bool launch_open(struct launch *l, struct child *child, const struct child_spec *spec)
{
    if (!open_pipe(&child->exec_fd, &l->exec_fd))
        return false;
    if (spec->own_terminal)
        return true;
    l->fds[0] = open_input(spec->input);
    l->fds[2] = open_stderr(spec->stderr_fd);
    return l->fds[0] >= 0 && l->fds[2] >= 0 && open_pipe(&child->out_fd, &l->fds[1]);
}

static void launch_finish(struct launch *l)
{
    int saved = errno;
    for (int i = 0; i < 3; i++)
        fd_close(&l->fds[i]);
    fd_close(&l->exec_fd);
    mem_free(l->path);
    mem_free(l->envp);
    errno = saved;
}

/* ---- the child ---- */

/* Only what POSIX lists as safe in a signal handler, and bare system calls. Every signal is blocked
 * until the handlers, which are not ours any more, are gone. */
static _Noreturn void child_main(const struct launch *l)
{
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&act.sa_mask);
    for (int signo = 1; signo < 65; signo++)
        (void)sigaction(signo, &act, NULL); /* some cannot be set: KILL, STOP, those of libc */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    bool ok = true;
    for (int i = 0; i < 3; i++)
        ok = ok && (l->fds[i] < 0 || dup2(l->fds[i], i) == i);
    /* Ours all have the flag; a library's may not. A kernel without the call leaves those open. */
    syscall(SYS_close_range, LOWEST_OWN_FD, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
    if (ok)
        execve(l->path, l->argv, l->envp);
    int failed = errno;
    ssize_t n = write(l->exec_fd, &failed, sizeof failed);
    (void)n;
    _exit(127);
}

/* ---- the end ---- */

static void close_all(struct child *child)
{
    if (child->out_fd >= 0)
        loop_unwatch(child->loop, child->out_fd);
    if (child->pidfd >= 0)
        loop_unwatch(child->loop, child->pidfd);
    fd_close(&child->out_fd);
    fd_close(&child->pidfd);
    fd_close(&child->exec_fd);
}

/* The output may have been a token, and nobody is there any more to wipe it. */
static void child_free(struct child *child)
{
    close_all(child);
    loop_timer_stop(child->loop, child->timer);
    secret_wipe(child->out.data, child->out.cap);
    str_finish(&child->out);
    mem_free(child->name);
    mem_free(child);
}

static void child_send(const struct child *child, int signo)
{
    kill(child->pid, signo); /* it is ours and not reaped: the number is nobody else's */
}

/* A bounded number of reads, so that a child that never stops talking does not stop everything
 * else; together they hold more than a pipe does. */
static void read_out(struct child *child)
{
    char bytes[READ_BYTES];
    for (int turn = 0; turn < READS_A_TURN && child->out_fd >= 0; turn++) {
        ssize_t n = read(child->out_fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break; /* nothing more for now */
        if (n == 0) {
            loop_unwatch(child->loop, child->out_fd);
            fd_close(&child->out_fd);
        }
        size_t room = child->out_max - child->out.len;
        str_append(&child->out, bytes, (size_t)n < room ? (size_t)n : room);
    }
    secret_wipe(bytes, sizeof bytes);
}

static void on_out(void *ctx, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    read_out(ctx);
}

static void describe_exec(const struct child *child, int failed, struct child_result *r)
{
    r->status = ST_IO;
    if (failed == ENOENT && !strchr(child->name, '/'))
        error_set(&r->error, ST_IO, "%s: command not found in PATH", child->name);
    else
        error_set(&r->error, ST_IO, "%s: cannot be started: %s", child->name, strerror(failed));
    error_next(&r->error, "check the program's name and its path");
}

static void describe_exit(const struct child *child, int status, struct child_result *r)
{
    bool signalled = WIFSIGNALED(status);
    r->exit_code = signalled ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (child->timed_out)
        r->status = error_set(&r->error, ST_CANCELLED, "%s: stopped, it took longer than %lld ms",
                              child->name, (long long)child->timeout_ms);
    else if (signalled)
        r->status =
            error_set(&r->error, ST_FAIL, "%s: ended by signal %d", child->name, WTERMSIG(status));
    else if (r->exit_code)
        r->status = error_set(&r->error, ST_FAIL, "%s: exit code %d", child->name, r->exit_code);
}

static void on_destroy(void *ctx);

static void on_exit_seen(void *ctx, int fd, unsigned events)
{
    struct child *child = ctx;
    int status, failed = 0;
    (void)fd;
    (void)events;
    pid_t got = waitpid(child->pid, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return; /* told again by the next poll */
    read_out(child);
    struct child_result r = {.status = ST_OK, .out = &child->out};
    if (read(child->exec_fd, &failed, sizeof failed) == (ssize_t)sizeof failed)
        describe_exec(child, failed, &r);
    else if (got < 0) /* SIGCHLD is ignored here, by whoever started us: the code is lost */
        r.status =
            error_set(&r.error, ST_FAIL, "%s: ended, with what code is not known", child->name);
    else
        describe_exit(child, status, &r);
    loop_timer_stop(child->loop, child->timer);
    child->timer = 0;
    loop_at_destroy_remove(child->loop, on_destroy, child);
    close_all(child);
    child->pid = 0;
    if (child->fn)
        child->fn(child->ctx, &r);
    child_free(child);
}

static void on_kill(void *ctx)
{
    struct child *child = ctx;
    child->timer = 0;
    child_send(child, SIGKILL);
}

static void end_it(struct child *child)
{
    loop_timer_stop(child->loop, child->timer);
    child->timer = loop_timer_start(child->loop, KILL_AFTER_MS, on_kill, child);
    child_send(child, SIGTERM);
    child_send(child, SIGCONT); /* stopped by the terminal it would not see the first */
}

static void on_timeout(void *ctx)
{
    struct child *child = ctx;
    child->timed_out = true;
    end_it(child);
}

/* The loop ends before the child: there is no time left to be polite. */
static void on_destroy(void *ctx)
{
    struct child *child = ctx;
    child_send(child, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    child_free(child);
}

void child_cancel(struct child *child)
{
    if (!child || !child->fn)
        return;
    child->fn = NULL;
    if (child->pid && !child->timed_out)
        end_it(child);
}

/* ---- the start ---- */

static pid_t fork_quietly(const struct launch *l)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        child_main(l);
    int saved = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    return pid;
}

static bool child_fork(struct child *child, const struct launch *l)
{
    child->pid = fork_quietly(l);
    if (child->pid < 0)
        return false;
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->pidfd >= 0)
        return true;
    int saved = errno; /* out of descriptors, or a kernel before 5.3 */
    child_send(child, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    errno = saved;
    return false;
}

struct child *child_start(struct loop *loop, const struct child_spec *spec, child_fn *fn, void *ctx,
                          struct error *err)
{
    const char *name = spec->argv[0] ? spec->argv[0] : "";
    struct child *child = mem_calloc(1, sizeof *child);
    *child = (struct child){.loop = loop,
                            .fn = fn,
                            .ctx = ctx,
                            .name = mem_strdup(name),
                            .pidfd = -1,
                            .out_fd = -1,
                            .exec_fd = -1,
                            .out_max = spec->out_max,
                            .timeout_ms = spec->timeout_ms};
    struct launch l = {.path = find_program(name),
                       .argv = spec->argv,
                       .envp = environment_without(spec->unset),
                       .fds = {-1, -1, -1},
                       .exec_fd = -1};
    bool started = launch_open(&l, child, spec) && child_fork(child, &l);
    launch_finish(&l);
    if (!started) {
        error_set(err, ST_IO, "%s: cannot be started: %s", name, strerror(errno));
        child_free(child);
        return NULL;
    }
    /* All of it at once where it is little: growing would leave pieces of a token in freed memory.
     */
    str_reserve(&child->out, spec->out_max < RESERVE_MAX ? spec->out_max : RESERVE_MAX);
    loop_watch(loop, child->pidfd, LOOP_READ, on_exit_seen, child);
    if (child->out_fd >= 0)
        loop_watch(loop, child->out_fd, LOOP_READ, on_out, child);
    if (spec->timeout_ms > 0)
        child->timer = loop_timer_start(loop, spec->timeout_ms, on_timeout, child);
    loop_at_destroy(loop, on_destroy, child);
    return child;
}
