/* pty_proc.h: a program with a pseudo-terminal of its own, and nothing of ours in it.
 *
 * The program is the session's leader by default, so that closing the terminal hangs it up. With
 * job_control a small process stands between as a shell would, since the kernel never stops a
 * program that has no such parent (POSIX, orphaned process groups): that is for ^Z. Only processes
 * started here are ever signalled, by their id, and each is reaped. Should the test die, the kernel
 * ends them (PR_SET_PDEATHSIG). */
#ifndef SUPPORT_PTY_PROC_H
#define SUPPORT_PTY_PROC_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct pty_options {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const char *const *env;  /* "K=V" ..., NULL-terminated, on top of a minimal environment (PATH,
                                TERM=xterm-256color, LANG=C.UTF-8, the sanitizers' options); "K"
                                alone takes K away. May be NULL */
    const char *cwd;         /* NULL: where the test runs */
    int rows, cols;          /* cells, 1.. */
    bool job_control;
};

struct pty_proc {
    int master;            /* our side, non-blocking; -1 once closed */
    pid_t leader;          /* our child */
    pid_t program;         /* the program: the leader itself without job control */
    int report, command;   /* pipes from and to the process between; -1 without */
    bool stopped;          /* job control: stopped by a signal */
    bool ended;            /* the program ended and status is set */
    int status;            /* as waitpid gives it */
    struct termios before; /* the terminal's settings before the program ran */
};

/* False (with a line on stderr) when no terminal or process can be had. A program that cannot be
 * executed ends with 127 and says why on its terminal. */
bool pty_proc_start(struct pty_proc *p, const struct pty_options *o);
/* Notes news of the process without waiting. */
void pty_proc_poll(struct pty_proc *p);
/* Closes our side: the kernel hangs the program up. */
void pty_proc_hang_up(struct pty_proc *p);
/* Sends a signal to the program, if it still runs. */
void pty_proc_signal(struct pty_proc *p, int signal);
/* Job control: puts a stopped program to the foreground again and continues it. */
void pty_proc_continue(struct pty_proc *p);
/* The terminal's settings now; false when our side is closed. */
bool pty_proc_termios(const struct pty_proc *p, struct termios *out);
/* Ends the program if it runs (SIGKILL, by id), reaps, closes everything. */
void pty_proc_finish(struct pty_proc *p);

#endif
