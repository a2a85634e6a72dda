/* input.h: the terminal's bytes to keys.
 *
 * A decoder of our own, because curses' would sleep to tell Esc from a sequence, and because a
 * paste must never act as keys. Sequences come from the terminal's description and from what xterm,
 * rxvt, tmux and the Linux console send, modifiers included. What is not understood is swallowed
 * whole (a sequence by its grammar, ECMA-48 5.4) and never acts as text. Esc alone is told from the
 * start of a sequence by time: escape_delay. */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "keys/key.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>

#define INPUT_PASTE_MAX    (1024 * 1024) /* more is dropped: a paste is for a field */
#define INPUT_ESCAPE_DELAY 25            /* milliseconds */

typedef void input_fn(void *ctx, const struct key *key);

struct input;

/* loop is borrowed and may be NULL (tests): then Esc alone waits for input_flush. escape_delay_ms
 * >= 0; less than 0: ESCDELAY from the environment, else INPUT_ESCAPE_DELAY. */
struct input *input_create(struct loop *loop, int escape_delay_ms, input_fn *fn, void *ctx);
void input_destroy(struct input *input);
/* Adds what the terminal's description says a key sends (NULL and "" are ignored). */
void input_define(struct input *input, enum key_sym sym, unsigned mods, const char *bytes);
/* All of keysyms.def from a description: lookup(ctx, "kcuu1") as term_string. */
void input_define_all(struct input *input, const char *(*lookup)(void *ctx, const char *cap),
                      void *ctx);
/* Decodes; calls fn for each key that is whole. */
void input_feed(struct input *input, const char *bytes, size_t len);
/* The delay is over: what is pending is what it looks like (Esc). */
void input_flush(struct input *input);

#endif
