/* cli_inside.h: paddock's commands inside of the test's own process, against a book of accounts
 * (book.h) that a child serves, in a private home: for what a command does with what it is told,
 * where tests/api runs the program against the sandbox. */
#ifndef SUPPORT_CLI_INSIDE_H
#define SUPPORT_CLI_INSIDE_H

#include "book.h"
#include "tmpdir.h"

#include <sys/types.h>

struct cli_inside {
    struct tmpdir *dir;
    struct book *book; /* shared with the server */
    pid_t server;
    char url[64];
    struct str out, err, path; /* out, err: what the last run said */
};

/* A cmocka setup and teardown: *state is a struct cli_inside with accounts acct-0 to acct-4 (pa_0
 * to pa_4). The environment of the process is the home's, and the server's, from then on. */
int cli_inside_setup(void **state);
int cli_inside_teardown(void **state);

/* Does what these words (separated by TAB) ask for and gives the exit code. */
int cli_inside_run(struct cli_inside *c, const char *words);
/* The same; the code, and a part of what was printed and of what was said have to be these (NULL:
 * whatever it is). */
void cli_inside_expect(struct cli_inside *c, const char *words, int code, const char *out,
                       const char *err);
/* Writes a file in the home and gives its path, until the next call. */
const char *cli_inside_file(struct cli_inside *c, const char *name, const char *text);

#endif
