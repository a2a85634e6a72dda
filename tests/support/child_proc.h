/* child_proc.h: a helper program without a terminal: started, read line by line, stopped by its id.
 * It ends with the test in any case (PR_SET_PDEATHSIG). */
#ifndef SUPPORT_CHILD_PROC_H
#define SUPPORT_CHILD_PROC_H

#include "base/str.h"

#include <stdbool.h>
#include <sys/types.h>

struct child_proc {
    pid_t pid;        /* 0 once reaped */
    int out;          /* its stdout, our end, non-blocking; -1 once closed */
    int status;       /* as waitpid gives it, once pid is 0 */
    struct str ahead; /* read, but not yet handed out */
};

/* argv, env, as in struct pty_options. stdin is /dev/null, stderr the test's. False with a line on
 * stderr when it cannot be started. */
bool child_proc_start(struct child_proc *c, const char *const *argv, const char *const *env);
/* Its next line of stdout without the newline, appended to out; false at the end or after ms (0:
 * 10 s, longer under the sanitizers). */
bool child_line(struct child_proc *c, struct str *out, int ms);
/* Sends a signal, if it still runs. */
void child_signal(struct child_proc *c, int signal);
/* Waits for its end; false after ms. */
bool child_wait(struct child_proc *c, int ms);
/* Exit code, or minus the signal that ended it; -1000 while it runs. */
int child_exit_code(const struct child_proc *c);
/* SIGTERM, and SIGKILL when that is not heeded; reaps. A finished or zeroed child is allowed. */
void child_finish(struct child_proc *c);
/* Runs a program to its end and gives its exit code; stdout is appended to out (may be NULL). */
int child_run(const char *const *argv, struct str *out);

#endif
