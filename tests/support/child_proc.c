/* child_proc.c: see child_proc.h. */
#include "child_proc.h"

#include "base/clock.h"
#include "child_env.h"
#include "stretch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_mono(&c);
}

static void child_exec(const char *const *argv, char **env, int out)
{
    int null = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    child_signals_default();
    dup2(null, 0);
    dup2(out, 1);
    close_range(3, ~0U, 0);
    execvpe(argv[0], (char *const *)argv, env);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

bool child_proc_start(struct child_proc *c, const char *const *argv, const char *const *env)
{
    struct child_env all;
    int pipes[2];
    memset(c, 0, sizeof *c);
    c->out = -1;
    if (pipe2(pipes, O_CLOEXEC) != 0) {
        perror("child_proc");
        return false;
    }
    child_env_build(&all, env);
    c->pid = fork();
    if (c->pid == 0)
        child_exec(argv, all.items, pipes[1]);
    child_env_finish(&all);
    close(pipes[1]);
    c->out = pipes[0];
    fcntl(c->out, F_SETFL, O_NONBLOCK);
    if (c->pid < 0)
        perror("child_proc");
    return c->pid > 0;
}

static bool line_take(struct child_proc *c, struct str *out, bool end)
{
    const char *text = str_text(&c->ahead);
    size_t len = strcspn(text, "\n");
    if (len == c->ahead.len && (!end || len == 0))
        return false;
    str_append(out, text, len);
    str_splice(&c->ahead, 0, len + (len < c->ahead.len), NULL, 0);
    return true;
}

bool child_line(struct child_proc *c, struct str *out, int ms)
{
    int64_t deadline = now_ms() + stretch_ms(ms, 10000);
    while (!line_take(c, out, c->out < 0)) {
        char buf[4096];
        struct pollfd p = {.fd = c->out, .events = POLLIN};
        int64_t left = deadline - now_ms();
        if (c->out < 0 || left <= 0)
            return false;
        poll(&p, 1, (int)left);
        ssize_t n = read(c->out, buf, sizeof buf);
        if (n > 0) {
            str_append(&c->ahead, buf, (size_t)n);
        } else if (n == 0) {
            close(c->out);
            c->out = -1;
        }
    }
    return true;
}

static bool reap(struct child_proc *c, int flags)
{
    if (c->pid > 0 && waitpid(c->pid, &c->status, flags) == c->pid)
        c->pid = 0;
    return c->pid <= 0;
}

void child_signal(struct child_proc *c, int signal)
{
    if (!reap(c, WNOHANG))
        kill(c->pid, signal);
}

bool child_wait(struct child_proc *c, int ms)
{
    int64_t deadline = now_ms() + stretch_ms(ms, 10000);
    while (!reap(c, WNOHANG)) {
        if (now_ms() > deadline)
            return false;
        poll(NULL, 0, 5);
    }
    return true;
}

int child_exit_code(const struct child_proc *c)
{
    if (c->pid > 0)
        return -1000;
    return WIFSIGNALED(c->status) ? -WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

void child_finish(struct child_proc *c)
{
    if (c->pid > 0) {
        child_signal(c, SIGTERM);
        if (!child_wait(c, 3000)) {
            child_signal(c, SIGKILL);
            reap(c, 0);
        }
        if (c->out >= 0)
            close(c->out);
    } else if (c->out > 0) {
        close(c->out);
    }
    c->out = -1;
    str_finish(&c->ahead);
}

int child_run(const char *const *argv, struct str *out)
{
    struct child_proc c;
    struct str line = STR_INIT;
    if (!child_proc_start(&c, argv, NULL))
        return -1;
    while (child_line(&c, &line, 30000)) {
        if (out)
            str_printf(out, "%s\n", str_text(&line));
        str_clear(&line);
    }
    child_wait(&c, 30000);
    int code = child_exit_code(&c);
    child_finish(&c);
    str_finish(&line);
    return code;
}
