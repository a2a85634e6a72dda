/* console_rig.h: the real console in a terminal, against a sandbox of its own, in a private home:
 * what every screen test begins with. The sandbox can be asked behind the console's back. A failure
 * of the rig fails the cmocka test. */
#ifndef SUPPORT_CONSOLE_RIG_H
#define SUPPORT_CONSOLE_RIG_H

#include "pty_term.h"
#include "sandbox_proc.h"
#include "sandbox_run.h"
#include "tmpdir.h"

#define RIG_ORG      "org_demo"
#define RIG_ACCOUNTS SANDBOX_BASE

struct console_options {
    int rows, cols;             /* cells; 0: 24 and 80 */
    int accounts;               /* sample accounts */
    bool job_control;           /* a shell's part is played, for ^Z */
    bool keep;                  /* the sandbox keeps its accounts over a restart */
    const char *const *sandbox; /* more arguments of the sandbox, ends with NULL; may be NULL */
    const char *const *args;    /* of paddock, ends with NULL; NULL: the console */
    const char *const *env;     /* more "K=V" (pty_proc.h), ends with NULL; may be NULL */
    const char *flag;           /* of the console; may be NULL */
};

/* A test of a cmocka table at each of the sizes that a screen has to be good at; *state is the
 * console_options (borrowed, static). */
/* clang-format off */
#define CONSOLE_TWO_SIZES(test, small, wide)                                                       \
    {#test " at 80x24", test, NULL, NULL, (void *)(small)},                                        \
    {#test " at 120x40", test, NULL, NULL, (void *)(wide)}
/* clang-format on */

struct console {
    struct tmpdir *home;
    struct sandbox_proc *sandbox;
    struct box box; /* for box_call() and box_json(); not ours to stop */
    struct term *term;
    struct str db;
};

/* Starts the sandbox and the console. */
void console_open(struct console *c, const struct console_options *options);
/* The same, and waits until every account is on the screen's side. */
void console_open_ready(struct console *c, const struct console_options *options);
/* Kills the console (SIGKILL) and starts another in the same home. */
void console_kill_restart(struct console *c, const struct console_options *options);
/* Starts another in the same home after one that has ended. */
void console_restart(struct console *c, const struct console_options *options);
/* The same, and waits for nothing. */
void console_again(struct console *c, const struct console_options *options);
/* Runs a command (arguments of paddock, ends with NULL) in the same home beside the console, waits
 * for its end, ms at most (0: as the terminal does), and gives its exit code. */
int console_beside(struct console *c, const char *const *args, int ms);
/* Waits until the list of the running console is in its snapshot. */
void console_kept(struct console *c);
/* Ends both; the home goes. */
void console_close(struct console *c);

/* Waits as the terminal does, and fails the test when it does not come. */
void console_see(struct console *c, const char *text);
void console_gone(struct console *c, const char *text);
/* Waits until the row that is shown as `row` (0 is the top) holds the text. */
void console_row(struct console *c, int row, const char *text);
void console_keys(struct console *c, const char *names);
void console_type(struct console *c, const char *text);
/* Waits for the end of the console; its exit code, or minus the signal. */
int console_end(struct console *c);

/* The account of this name, as the sandbox has it (cJSON_Delete), NULL for none. */
cJSON *console_account(struct console *c, const char *name);

/* How many drafts of forms are on disk. */
int console_drafts(struct console *c);

#endif
