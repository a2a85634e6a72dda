/* context.h: what the verbs share: the line, the streams, the configuration, and, once it was asked
 * for, the connection. */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include "api/api.h"
#include "cli/cli.h"
#include "cli/exit.h"
#include "cli/line.h"
#include "cli/output.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdio.h>

struct cli {
    struct cli_line line;
    struct cli_console *start; /* (borrowed) environment, paths, configuration, profile, tokens */
    FILE *out, *err;           /* data, messages; (borrowed) */
    int out_error;             /* errno of the first write to out that failed; 0: none did */
    unsigned safe;             /* enum text_flags for both: TEXT_ASCII where they are not UTF-8 */
    struct loop *loop;         /* NULL before cli_connect */
    struct api *api;           /* NULL before cli_connect */
    struct token_fetch *fetch; /* while a token is being got */
    struct error token_error;  /* what came of it */
    bool token_done;
};

/* The verbs: one function may do several. */
#define VERB(id, fn, ...) verb_fn fn;
#include "cli/verbs.def"
#undef VERB

/* Reads the configuration and resolves the profile; or starts the sandbox for --demo. */
enum status cli_prepare(struct cli *cli, struct error *err);
/* Prepares, makes loop and client, gets the token. With --offline: the loop alone. */
enum status cli_connect(struct cli *cli, struct error *err);
/* Gets the token for cli->api and waits for it. */
enum status cli_token(struct cli *cli, struct error *err);
/* The client's settings from a profile; texts (borrowed) from it. */
struct api_settings cli_api_settings(const struct profile *profile);
/* The server's clock, once connected; else the machine's own. */
struct clock cli_clock(const struct cli *cli);
/* Runs the loop until *done. */
void cli_wait(struct cli *cli, const bool *done);
/* Closes the connection; with --debug shows the requests. */
void cli_disconnect(struct cli *cli);

/* "paddock: what" and the next step, made safe, on stderr; returns the exit code. */
enum exit_code cli_fail(struct cli *cli, const struct error *err);
/* A message on stderr, unless -q. */
void cli_say(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same with -q, too: for what must not be missed and ends nothing. */
void cli_warn(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Writes data; what it holds is safe already. */
void cli_put(struct cli *cli, const struct str *text);
/* What was put is written out now; false when that or an earlier write failed (out_error). */
bool cli_put_now(struct cli *cli);
/* Flushes the data; a full disk or a closed pipe turns `code` into EXIT_FAILED. */
enum exit_code cli_flush(struct cli *cli, enum exit_code code);

/* Whether no terminal reads what is printed. */
bool cli_is_data(const struct cli *cli);
/* output_create for what goes to cli->out: as data where no terminal reads it. */
enum status cli_output(const struct cli *cli, struct output **out, enum output_format format,
                       const char *columns, const struct column_set *set, struct error *err);

/* --since as a time on the wall, WHEN_NONE without it. Errors: ST_USAGE, also for more than
 * max_days. */
enum status cli_since(const struct cli *cli, int64_t max_days, int64_t *since_wall_ms,
                      struct error *err);

/* The accounts' flags, for list and get. */
static inline bool cli_has(const struct cli *cli, enum flag flag)
{
    return cli->line.flag[flag] != NULL;
}

#endif
