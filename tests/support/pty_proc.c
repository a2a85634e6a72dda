/* pty_proc.c: openpty and fork by hand, because forkpty gives no moment to read the terminal's
 * settings before the program can change them. The child does only what is allowed after a fork of
 * a threaded process: everything it needs is made before. */
#include "pty_proc.h"

#include "base/vec.h"
#include "child_env.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

struct report {
    char kind; /* 'P' the program's id, 'S' stopped, 'E' ended */
    int value;
};

/* ---- in the children ----------------------------------------------------------------------- */

static void program_exec(const struct pty_options *o, char **env)
{
    close_range(3, ~0U, 0);
    if (o->cwd && chdir(o->cwd) != 0)
        _exit(126);
    execvpe(o->argv[0], (char *const *)o->argv, env);
    dprintf(2, "%s: %s\n", o->argv[0], strerror(errno));
    _exit(127);
}

static void report_send(int fd, char kind, int value)
{
    struct report r;
    memset(&r, 0, sizeof r);
    r.kind = kind;
    r.value = value;
    if (write(fd, &r, sizeof r) != (ssize_t)sizeof r)
        _exit(1);
}

/* The process between: what a shell does for one job, and nothing else. */
static void shell_run(const struct pty_options *o, char **env, int report, int command)
{
    signal(SIGTTOU, SIG_IGN);
    pid_t program = fork();
    if (program == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        child_signals_default();
        program_exec(o, env);
    }
    setpgid(program, program);
    report_send(report, 'P', program);
    for (;;) {
        int status;
        if (waitpid(program, &status, WUNTRACED) != program)
            _exit(1);
        if (!WIFSTOPPED(status)) {
            report_send(report, 'E', status);
            _exit(0);
        }
        tcsetpgrp(0, getpgrp());
        report_send(report, 'S', WSTOPSIG(status));
        char go;
        if (read(command, &go, 1) != 1) {
            kill(program, SIGKILL);
            continue;
        }
        tcsetpgrp(0, program);
        kill(-program, SIGCONT);
    }
}

/* ---- in the test --------------------------------------------------------------------------- */

static bool pipes_open(const struct pty_options *o, int report[2], int command[2])
{
    report[0] = report[1] = command[0] = command[1] = -1;
    if (!o->job_control)
        return true;
    return pipe2(report, O_CLOEXEC) == 0 && pipe2(command, O_CLOEXEC) == 0;
}

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool terminal_open(struct pty_proc *p, const struct pty_options *o, int *slave)
{
    struct winsize size;
    memset(&size, 0, sizeof size);
    size.ws_row = (unsigned short)o->rows;
    size.ws_col = (unsigned short)o->cols;
    if (openpty(&p->master, slave, NULL, NULL, &size) != 0)
        return false;
    fcntl(p->master, F_SETFD, FD_CLOEXEC);
    fcntl(p->master, F_SETFL, O_NONBLOCK);
    tcgetattr(p->master, &p->before);
    p->before.c_iflag |= IUTF8;
    tcsetattr(p->master, TCSANOW, &p->before);
    return tcgetattr(p->master, &p->before) == 0;
}

bool pty_proc_start(struct pty_proc *p, const struct pty_options *o)
{
    int report[2], command[2], slave = -1;
    struct child_env env;
    memset(p, 0, sizeof *p);
    p->master = p->report = p->command = -1;
    if (!terminal_open(p, o, &slave) || !pipes_open(o, report, command)) {
        fprintf(stderr, "pty_proc: no pseudo-terminal: %s\n", strerror(errno));
        return false;
    }
    child_env_build(&env, o->env);
    p->leader = fork();
    if (p->leader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child_signals_default();
        login_tty(slave);
        if (o->job_control) {
            close(command[1]); /* so that its end is seen when the test is gone */
            shell_run(o, env.items, report[1], command[0]);
        }
        program_exec(o, env.items);
    }
    child_env_finish(&env);
    close(slave);
    fd_close(&report[1]);
    fd_close(&command[0]);
    p->report = report[0];
    p->command = command[1];
    if (p->report >= 0)
        fcntl(p->report, F_SETFL, O_NONBLOCK);
    p->program = o->job_control ? 0 : p->leader;
    if (p->leader < 0)
        fprintf(stderr, "pty_proc: fork: %s\n", strerror(errno));
    return p->leader > 0;
}

static void reports_read(struct pty_proc *p)
{
    struct report r;
    while (read(p->report, &r, sizeof r) == (ssize_t)sizeof r) {
        if (r.kind == 'P')
            p->program = r.value;
        p->stopped = r.kind == 'S';
        if (r.kind == 'E') {
            p->ended = true;
            p->status = r.value;
        }
    }
}

static void leader_reap(struct pty_proc *p, int flags)
{
    int status;
    if (p->leader <= 0 || waitpid(p->leader, &status, flags) != p->leader)
        return;
    p->leader = 0;
    if (!p->ended) {
        p->ended = true;
        p->status = status;
    }
}

void pty_proc_poll(struct pty_proc *p)
{
    if (p->report >= 0)
        reports_read(p);
    leader_reap(p, WNOHANG);
}

void pty_proc_hang_up(struct pty_proc *p)
{
    fd_close(&p->master);
}

void pty_proc_signal(struct pty_proc *p, int signal)
{
    pty_proc_poll(p);
    if (!p->ended && p->program > 0)
        kill(p->program, signal);
}

void pty_proc_continue(struct pty_proc *p)
{
    if (p->command < 0 || !p->stopped)
        return;
    p->stopped = false;
    if (write(p->command, "c", 1) != 1)
        fprintf(stderr, "pty_proc: the process between is gone\n");
}

bool pty_proc_termios(const struct pty_proc *p, struct termios *out)
{
    return p->master >= 0 && tcgetattr(p->master, out) == 0;
}

void pty_proc_finish(struct pty_proc *p)
{
    fd_close(&p->master);
    pty_proc_poll(p);
    if (p->report >= 0 && !p->ended && p->program == 0) {
        struct pollfd wait = {.fd = p->report, .events = POLLIN};
        poll(&wait, 1, 2000); /* the program's id is on its way */
    }
    pty_proc_signal(p, SIGKILL);
    fd_close(&p->command);
    if (p->leader > 0 && p->program != p->leader && p->program <= 0)
        kill(p->leader, SIGKILL);
    leader_reap(p, 0);
    fd_close(&p->report);
}
