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

struct box {
    pid_t pid;
    int out; /* its stdout */
    int port;
    char url[64]; /* http://127.0.0.1:PORT */
};

/* Starts it with these arguments (ends in NULL; NULL for none) and waits for its URL. The token is
 * SANDBOX_TOKEN. */
void box_start(struct box *s, const char *const *args);
/* Sends SIGTERM and returns its exit code, or 128 + the signal that ended it. */
int box_stop(struct box *s);

/* Runs it to its end; its exit code. stdout and stderr together go to *out (initialised by the
 * caller). */
int box_run_out(const char *const *args, struct str *out);
/* The program's path. */
void box_program(char path[512]);

struct box_answer {
    int error; /* a CURLcode; 0 when there was a whole answer */
    long status;
    struct str head; /* the header lines */
    struct str body;
    cJSON *json; /* the body, or NULL */
};

/* One request on a connection of its own. `path` begins with /; body may be NULL. Finish the
 * answer. */
struct box_answer box_call(const struct box *s, const char *method, const char *path,
                           const char *body);
/* The same with another token (NULL: no Authorization header). */
struct box_answer box_call_as(const struct box *s, const char *token, const char *method,
                              const char *path, const char *body);
void box_answer_finish(struct box_answer *a);

/* Sends these bytes and appends what comes back until the end. */
void box_raw(const struct box *s, const char *bytes, struct str *out);

/* box_call that has to answer `status`; the body's JSON (cJSON_Delete). */
cJSON *box_json(const struct box *s, const char *method, const char *path, const char *body,
                long status);
/* A member's text, "" when it is none; a member that has to be a number. (borrowed) */
const char *box_text(const cJSON *o, const char *name);
double box_number(const cJSON *o, const char *name);
/* The path of an account; good until the next call. */
const char *box_path(const cJSON *account);
/* The total of the unfiltered list. */
double box_total(const struct box *s);
/* POST /_sandbox/faults. */
void box_fault(const struct box *s, const char *json);

#endif
