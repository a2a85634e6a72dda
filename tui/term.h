/* term.h: the terminal: its settings, its bytes in and out, and giving it back as it was.
 *
 * What is drawn is kept in cells (grid.h), curses knows the terminal's kind: the difference between
 * two frames goes to the terminal in one non-blocking write. While the terminal is full no new
 * frame is made (frames coalesce), so that a stalled ssh stops neither the journal nor a key. The
 * terminal is opened a second time, so that its O_NONBLOCK is ours alone. Its bytes are read here
 * (0 or EIO: it is gone) and handed on undecoded.
 *
 * Handed back as it was: term_destroy, term_suspend, term_hand_over, exit(), and from inside a
 * fault (SEGV, ABRT, BUS, ILL, FPE) or out of memory by prepared bytes and write(2) (F24-F28).
 * Signals that can wait (HUP, TERM, INT, QUIT, TSTP, CONT, WINCH) are the app's, through
 * loop/signals.h. */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "base/error.h"
#include "base/str.h"
#include "loop/loop.h"
#include "tui/theme.h"

#include <stdbool.h>

struct grid;
struct term;

enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

struct term_opts {
    int fd;                /* a descriptor of the terminal, e.g. STDIN_FILENO; only its name and
                              settings are used */
    enum term_color color; /* --color; AUTO: NO_COLOR, TERM and COLORTERM decide */
    bool ascii;            /* --ascii; otherwise the locale decides */
};

struct term_events {
    void (*bytes)(void *ctx, const char *bytes, size_t len); /* the terminal sent something */
    void (*gone)(void *ctx);  /* hangup: called once; nothing is read or written after it */
    void (*ready)(void *ctx); /* the terminal has taken all that was pending: a frame that could
                                 not be made can be made now */
    void *ctx;                /* (borrowed) */
};

/* Whether term_create could work: ST_USAGE with a clear text and the next step when `fd` is no
 * terminal, or TERM is unset, "dumb", unknown, or lacks what is needed. Touches nothing (F32). The
 * terminal's description is looked up only; locale must have been set by main(). */
enum status term_check(int fd, struct error *err);

/* Takes the terminal over: raw, alternate screen, bracketed paste, keypad. loop and events' ctx are
 * borrowed. One instance a process (curses and fault handlers have no context). NULL with *err
 * filled, the terminal untouched. */
struct term *term_create(struct loop *loop, const struct term_opts *opts,
                         const struct term_events *events, struct error *err);
/* Gives it back as it was, and frees. NULL allowed. */
void term_destroy(struct term *term);

void term_size(const struct term *term, int *rows, int *cols);
/* What is drawn on; of the terminal's size. */
struct grid *term_grid(struct term *term);
enum theme_depth term_depth(const struct term *term);
bool term_ascii(const struct term *term);
/* A capability string of terminfo ("kcuu1"), or NULL. For the input decoder. */
const char *term_string(const struct term *term, const char *capability);

/* True when a frame may be made: nothing pending, not handed over, not gone. Otherwise events.ready
 * will be called (or the terminal is taken back). */
bool term_can_draw(const struct term *term);
/* Sends what was drawn on the grid since the last call; one write. Returns the bytes it made. */
size_t term_refresh(struct term *term);
/* The next refresh clears and paints everything (^L, SIGCONT). */
void term_repaint(struct term *term);
/* Asks the terminal for its size again (SIGWINCH); true when it changed. A repaint is asked for in
 * any case: while signals were joined it may have been smaller. */
bool term_resize(struct term *term);

/* The window's title (OSC 2); passes text_safe. The one from before comes back at the end. */
void term_title(struct term *term, struct span text);
/* Puts bytes of ours after the frame (OSC 52). Not filtered. */
void term_send(struct term *term, const char *bytes, size_t len);
/* A short sound or flash. */
void term_bell(struct term *term);

/* Gives the terminal back and stops: the whole process group when `group` (the key), as the
 * terminal itself would have done, else this process (SIGTSTP from elsewhere). Returns after
 * SIGCONT with the terminal taken over again and a repaint asked for. */
void term_suspend(struct term *term, bool group);
/* After SIGCONT without term_suspend (stopped by SIGSTOP): settings again, and a repaint. */
void term_continued(struct term *term);

/* Gives the terminal to a child ($EDITOR), and takes it back. */
void term_hand_over(struct term *term);
/* Drops what was typed and not read by anybody: keys meant for the child that has just ended. */
void term_forget_typed(struct term *term);
void term_take_back(struct term *term);

#endif
