/* child_env.h: what a program under test starts with, however it is started: an environment of
 * few words instead of whatever the tests were run in, and signals as a login leaves them. */
#ifndef SUPPORT_CHILD_ENV_H
#define SUPPORT_CHILD_ENV_H

#include <stddef.h>

struct child_env {
    char **items; /* owned, NULL-terminated once built */
    size_t count, room;
};

/* PATH, TMPDIR and the sanitizers' options are passed on, TERM=xterm-256color and LANG=C.UTF-8 set;
 * then `extra` (NULL-terminated, may be NULL) in order: "K=V" sets, "K" alone removes. */
void child_env_build(struct child_env *e, const char *const *extra);
void child_env_finish(struct child_env *e);
/* In a child, after the fork: a test that runs in the background has signals ignored, and a program
 * inherits that. */
void child_signals_default(void);

#endif
