/* child.h: a child process on the loop: token command, $EDITOR, notification command. No shell. */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include "base/error.h"
#include "base/str.h"
#include "loop/loop.h"

struct child_result {
    enum status status; /* ST_OK: exited 0; ST_FAIL: another exit or a signal; ST_IO: could not be
                           started; ST_CANCELLED: its time ran out */
    int exit_code;      /* 0..255, or 128 + signal */
    struct str *out;    /* its stdout, at most out_max bytes; (borrowed) for the call; the callee
                           wipes it when it holds a secret */
    struct error error; /* filled when status is not ST_OK */
};
typedef void child_fn(void *ctx, const struct child_result *result);

struct child_spec {
    char *const *argv;  /* NULL-terminated, argv[0] looked up in PATH's absolute entries unless it
                           has a  slash; (borrowed) for the call */
    bool own_terminal;  /* stdin, stdout and stderr are ours ($EDITOR); otherwise stdin is /dev/null
                           or `input`, stdout is captured, stderr goes to stderr_fd */
    int stderr_fd;      /* -1: /dev/null */
    struct span input;  /* written to its stdin when len > 0; copied */
    size_t out_max;     /* bytes of stdout kept; more is read and dropped */
    int64_t timeout_ms; /* 0: none; then TERM, and KILL 2 s later */
    const char *const *unset; /* environment variables it must not see, NULL-terminated, or NULL */
};

struct child;
/* Starts it; fn is called exactly once, from the loop, unless child_cancel comes before; the struct
 * frees itself after fn. NULL with *err filled (ST_IO) when it cannot fork; a program that is not
 * there is told through fn. The child has default signal dispositions, no blocked signals, and of
 * our descriptors only the first three. A child that still runs at loop_destroy is killed there. */
struct child *child_start(struct loop *loop, const struct child_spec *spec, child_fn *fn, void *ctx,
                          struct error *err);
/* Ends it (TERM, then KILL) and forgets fn. NULL allowed. */
void child_cancel(struct child *child);

#endif
