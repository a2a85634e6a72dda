/* sandbox_run.h: starts build/paddock-sandbox for a test and talks to it without the code under
 * test: plain libcurl calls and plain sockets. Every failure of the harness fails the cmocka test.
 */
#ifndef SUPPORT_SANDBOX_RUN_H
#define SUPPORT_SANDBOX_RUN_H

#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <sys/types.h>

#define SANDBOX_TOKEN    "test-token-5f3a"
#define SANDBOX_ARGS_MAX 24
#define SANDBOX_BASE     "/v1/orgs/org_demo/provider-accounts"

struct sandbox {
    pid_t pid;
    int out; /* its stdout */
    int port;
    char url[64]; /* http://127.0.0.1:PORT */
};

/* Starts it with these arguments (ends in NULL; NULL for none) and waits for its URL. The token is
 * SANDBOX_TOKEN. */
void sandbox_start(struct sandbox *s, const char *const *args);
/* Sends SIGTERM and returns its exit code, or 128 + the signal that ended it. */
int sandbox_stop(struct sandbox *s);

/* Runs it to its end; its exit code. stdout and stderr together go to *out (initialised by the
 * caller). */
int sandbox_run_out(const char *const *args, struct str *out);
/* The program's path. */
void sandbox_program(char path[512]);

struct answer {
    int error; /* a CURLcode; 0 when there was a whole answer */
    long status;
    struct str head; /* the header lines */
    struct str body;
    cJSON *json; /* the body, or NULL */
};

/* One request on a connection of its own. `path` begins with /; body may be NULL. Finish the
 * answer. */
struct answer sandbox_call(const struct sandbox *s, const char *method, const char *path,
                           const char *body);
/* The same with another token (NULL: no Authorization header). */
struct answer sandbox_call_as(const struct sandbox *s, const char *token, const char *method,
                              const char *path, const char *body);
void answer_finish(struct answer *a);

/* Sends these bytes and appends what comes back until the end. */
void sandbox_raw(const struct sandbox *s, const char *bytes, struct str *out);

/* sandbox_call that has to answer `status`; the body's JSON (cJSON_Delete). */
cJSON *sandbox_json(const struct sandbox *s, const char *method, const char *path, const char *body,
                    long status);
/* POST /_sandbox/faults. */
void sandbox_fault(const struct sandbox *s, const char *json);

#endif
