/* sandbox_proc.h: the sandbox as a process of a test: started on a free port, stopped, started
 * again where it was. */
#ifndef SUPPORT_SANDBOX_PROC_H
#define SUPPORT_SANDBOX_PROC_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox_options {
    int accounts;             /* sample accounts it begins with */
    int seed;                 /* 0: 1, so that every run is the same */
    int latency_ms;           /* before every reply */
    const char *org;          /* NULL: "org-test" */
    const char *token;        /* NULL: "test-token-1" */
    const char *db;           /* a file that keeps the accounts over a restart; NULL: memory */
    const char *const *extra; /* more arguments, NULL-terminated, borrowed; may be NULL */
    const char *program;      /* NULL: paddock-sandbox of the build folder */
};

struct sandbox_proc; /* opaque */

/* Starts it and waits for the line with its URL; NULL with a line on stderr when it does not come.
 * The texts of options are borrowed until destroy. */
struct sandbox_proc *sandbox_create(const struct sandbox_options *options);
/* Ends it by its id; NULL is allowed. */
void sandbox_destroy(struct sandbox_proc *s);
/* Ends it and keeps its port for sandbox_restart(). */
void sandbox_stop(struct sandbox_proc *s);
/* Starts it again with the same options, port and db; false when it does not come up. */
bool sandbox_restart(struct sandbox_proc *s);

const char *sandbox_url(const struct sandbox_proc *s); /* "http://127.0.0.1:PORT", borrowed */
int sandbox_port(const struct sandbox_proc *s);
const char *sandbox_token(const struct sandbox_proc *s);
const char *sandbox_org(const struct sandbox_proc *s);
pid_t sandbox_pid(const struct sandbox_proc *s); /* 0 while stopped */
/* The environment of a console that shall use it: PADDOCK_URL, PADDOCK_ORG, PADDOCK_TOKEN as "K=V",
 * ends with NULL; borrowed. */
const char *const *sandbox_env(const struct sandbox_proc *s);

#endif
