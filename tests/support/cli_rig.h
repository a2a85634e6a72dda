/* cli_rig.h: paddock's commands as a program against a sandbox, in a private home: what every test
 * of the command line begins with; for writes with an account of their own, "mine". A failure of
 * the rig fails the cmocka test. */
#ifndef SUPPORT_CLI_RIG_H
#define SUPPORT_CLI_RIG_H

#include "sandbox_proc.h"
#include "tmpdir.h"

struct cli_rig {
    struct tmpdir *dir;
    struct sandbox_proc *sandbox;
    struct str program, out, err; /* out, err: what the last run said */
    char id[80];                  /* of the account "mine" */
};

/* A cmocka setup and teardown: *state is a struct cli_rig, with 30 accounts and "mine". */
int cli_rig_setup(void **state);
int cli_rig_teardown(void **state);
/* A setup without "mine", and with the sandbox of these options. */
int cli_rig_start(void **state, const struct sandbox_options *options);

/* Runs paddock with these words (separated by TAB) and gives its exit code; "%s" in them is the id
 * of "mine". */
int cli_rig_run(struct cli_rig *p, const char *words);
/* The same without the id; standard input is the text `in`, or nothing when NULL. */
int cli_rig_run_in(struct cli_rig *p, const char *words, const char *in);
/* The same with another environment than the sandbox's ("K=V", NULL-terminated). */
int cli_rig_run_env(struct cli_rig *p, const char *const *vars, const char *words, const char *in);
/* The exit code, and a part of what was printed and said; prints both when it is not so. Neither
 * may hold the sandbox's token. */
void cli_rig_expect(struct cli_rig *p, int code, int wanted, const char *out, const char *err);
/* How many lines were printed. */
size_t cli_rig_lines(const struct cli_rig *p);
/* The server's JSON of "mine" has this in it now. */
void cli_rig_has(struct cli_rig *p, const char *json);

#endif
