/* pty_term.h: a terminal for tests: a program runs in a pseudo-terminal, its output is drawn by
 * libvterm, and the test types, waits and looks.
 *
 * A wait is a deadline for failing, never an assertion on speed: it returns as soon as it holds,
 * and as soon as it cannot hold any more because the program has ended. `ms` is stretched under
 * the sanitizers; 0 or less means the default of TERM_WAIT_MS. A wait that fails prints the whole
 * screen to stderr. Texts handed out are borrowed until the next call for a text of that kind. */
#ifndef SUPPORT_PTY_TERM_H
#define SUPPORT_PTY_TERM_H

#include "pty_proc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERM_WAIT_MS 10000

struct term; /* opaque */

enum term_colour_kind { TERM_COLOUR_DEFAULT, TERM_COLOUR_INDEX, TERM_COLOUR_RGB };

struct term_colour {
    enum term_colour_kind kind;
    int index;       /* 0..255 for TERM_COLOUR_INDEX */
    uint8_t r, g, b; /* for TERM_COLOUR_RGB */
};

struct term_cell {
    char text[32]; /* UTF-8 with its combining marks; " " when empty; "" for the right half of a
                      wide character */
    int width;     /* columns: 1, 2; 0 for a right half */
    struct term_colour fg, bg;
    bool bold, italic, underline, reverse, strike, blink;
};

/* Starts the program; rows or cols of 0 mean 24 and 80. NULL with a line on stderr on failure. */
struct term *term_create(const struct pty_options *options);
/* The same, argv alone (NULL-terminated), 24 by 80. */
struct term *term_run(const char *const *argv);
/* Ends the program if it still runs (that one alone, by its id), reaps it. NULL is allowed. */
void term_destroy(struct term *t);

/* ---- typing -------------------------------------------------------------------------------- */

/* Sends bytes as they are; false (with a line on stderr) when the terminal is closed or full. */
bool term_send(struct term *t, const char *bytes, size_t len);
bool term_type(struct term *t, const char *text); /* NUL-terminated */
/* Sends keys by name, separated by blanks: "j j Enter", "C-s", "S-Tab" (term_keys.h), in the mode
 * the program has set. An unknown name prints a line and is false. */
bool term_keys(struct term *t, const char *names);
/* As a terminal pastes: in brackets when the program asked for them, line ends as CR. */
bool term_paste(struct term *t, const char *text);
/* Changes the size and tells the program (SIGWINCH). */
void term_resize(struct term *t, int rows, int cols);
/* Closes the terminal's side for good: SIGHUP, and EIO on every use. The screen stays readable. */
void term_hang_up(struct term *t);
/* Sends a signal to the program. */
void term_signal(struct term *t, int signal);
/* Continues a program that stopped itself (job_control). */
void term_continue(struct term *t);

/* ---- waiting ------------------------------------------------------------------------------- */

/* True once holds(t, ctx) is; `what` names it in the failure's text. */
bool term_wait(struct term *t, bool (*holds)(struct term *t, void *ctx), void *ctx,
               const char *what, int ms);
/* Until a row holds the text, or the text has gone from every row. */
bool term_wait_text(struct term *t, const char *text, int ms);
bool term_wait_gone(struct term *t, const char *text, int ms);
/* Until nothing was received for quiet_ms; false without a word when max_ms pass first. Ends at
 * once when the program has. */
bool term_wait_quiet(struct term *t, int quiet_ms, int max_ms);
/* Until the program has ended and all it wrote is read. */
bool term_wait_exit(struct term *t, int ms);
/* Until the program has been stopped by a signal (job_control). */
bool term_wait_stopped(struct term *t, int ms);
/* Takes what has arrived, waiting at most ms for something; whether anything came. */
bool term_pump(struct term *t, int ms);

/* ---- looking ------------------------------------------------------------------------------- */

int term_rows(const struct term *t);
int term_cols(const struct term *t);
/* One row, trailing blanks cut. */
const char *term_row_text(struct term *t, int row);
/* All rows, each cut and ended by a newline. */
const char *term_screen_text(struct term *t);
/* Whether a row holds text; *row and *col (may be NULL) get the cell where it first begins. */
bool term_find(struct term *t, const char *text, int *row, int *col);
struct term_cell term_cell_at(struct term *t, int row, int col);
void term_cursor(const struct term *t, int *row, int *col);
bool term_cursor_visible(const struct term *t);
bool term_alternate(const struct term *t);      /* the alternate screen is shown */
bool term_mode(const struct term *t, int mode); /* a private mode, as term_stream_mode() */
const char *term_title(const struct term *t);
/* What OSC 52 last put into the clipboard, still in base64, and how many times it did. */
const char *term_clipboard(const struct term *t, unsigned *count);

/* ---- the program --------------------------------------------------------------------------- */

pid_t term_pid(const struct term *t);
bool term_ended(struct term *t);
/* Exit code 0..255, or minus the signal that ended it; -1000 while it runs. */
int term_exit_code(struct term *t);
/* Whether the terminal's settings are those from before the program. Once hung up there is
 * nothing to ask: false. */
bool term_settings_kept(const struct term *t);
/* All of it: settings kept, main screen shown, cursor visible, no mode left on. Prints what is
 * not, and is then false. */
bool term_left_as_found(struct term *t);

/* ---- the bytes ----------------------------------------------------------------------------- */

/* Every byte received since the start, as the program sent it. */
const char *term_transcript(const struct term *t, size_t *len);
/* Starts counting anew. */
void term_mark(struct term *t);
/* Received since the mark: bytes, and the pieces they came in (at most the program's write()s:
 * the kernel may join two that follow each other closely). */
size_t term_bytes(const struct term *t);
size_t term_pieces(const struct term *t);
/* Prints the screen, the cursor and how the program fares. */
void term_print(struct term *t, const char *why);

#endif
