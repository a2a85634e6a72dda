/* token.h: where the bearer token comes from.
 *
 * In order: --token-file, PADDOCK_TOKEN_FILE, PADDOCK_TOKEN, the profile's token_command, the
 * profile's token_file. A token belongs to one origin: what was given once (environment, standard
 * input) is bound to the first origin that asks and is refused to any other. Never in argv, never
 * printed, wiped after use. */
#ifndef CONFIG_TOKEN_H
#define CONFIG_TOKEN_H

#include "base/error.h"
#include "base/secret.h"
#include "config/env.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>

enum token_kind {
    TOKEN_NONE,    /* requests go without */
    TOKEN_COMMAND, /* argv, run without a shell; its first line, at most 8 KiB */
    TOKEN_FILE,    /* the first line of a file without any group or world bit */
    TOKEN_STDIN,   /* the first line of standard input, read once */
    TOKEN_GIVEN,   /* PADDOCK_TOKEN, or the demo's */
};

/* Texts (borrowed) from the profile that holds it. */
struct token_source {
    enum token_kind kind;
    const char *const *argv; /* COMMAND: NULL-terminated */
    const char *file;        /* FILE */
    int64_t timeout_ms;      /* COMMAND */
    const char *origin;      /* whom the token is for */
    const char *from;        /* for people: "token_command of profile prod" */
};

/* Keeps what can be read only once. */
struct tokens;
/* Takes PADDOCK_TOKEN out of the process's environment (and wipes it there), unless `env` is NULL.
 */
struct tokens *tokens_create(const struct env *env);
void tokens_destroy(struct tokens *tokens);
/* A token that did not come from the environment (the demo's); the text is copied. */
void tokens_give(struct tokens *tokens, const char *text, const char *from);
/* "PADDOCK_TOKEN", or what tokens_give said; NULL when there is none. For profile_choice. */
const char *tokens_from(const struct tokens *tokens);

/* Called once, from the loop. token is owned by the callee (secret_destroy), NULL when err->status
 * is not ST_OK, and NULL with ST_OK for TOKEN_NONE. Errors: ST_AUTH with what to do. */
typedef void token_fn(void *ctx, struct secret *token, const struct error *err);
struct token_fetch;

/* Starts to get the token; answers from the loop, never from inside this call. source is copied as
 * far as needed. stderr_fd: where a command may complain, -1 for nowhere (while curses is on). */
struct token_fetch *token_get(struct tokens *tokens, struct loop *loop,
                              const struct token_source *source, int stderr_fd, token_fn *fn,
                              void *ctx);
/* Forgets fn and ends a command. Not after fn was called. NULL allowed. */
void token_cancel(struct token_fetch *fetch);
/* Whether asking again can bring another token (after a 401). */
bool token_renewable(const struct token_source *source);

#endif
