/* term_stream.h: what a program says to its terminal, read once before libvterm sees it.
 *
 * libvterm 0.1 does not know REP (CSI n b, ECMA-48 8.3.103), which ncurses uses where the terminfo
 * entry offers it; here it is written out as the repeated character. On the way the private modes
 * that are on, the window title and the clipboard (OSC 52) are noted, because libvterm keeps them
 * to itself or has no notion of them. */
#ifndef SUPPORT_TERM_STREAM_H
#define SUPPORT_TERM_STREAM_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define TERM_MODES_MAX 64

struct term_stream {
    int state;            /* of the little parser in term_stream.c */
    struct str out;       /* the rewritten bytes; the reader takes them and clears */
    struct str held;      /* a control sequence that has not ended yet */
    struct str payload;   /* of the string (OSC ...) that has not ended yet */
    struct str title;     /* as last set by OSC 0 or OSC 2 */
    struct str clipboard; /* as last set by OSC 52: the base64 text after "52;c;" */
    char last[8];         /* the last graphic character, UTF-8 */
    size_t last_len;
    int modes[TERM_MODES_MAX]; /* private modes (CSI ? n h) that are on */
    size_t mode_count;
    unsigned clipboard_count; /* how many times OSC 52 was sent */
};

/* A terminal as it is after power-on: autowrap (7) and cursor (25) on, nothing else. */
void term_stream_init(struct term_stream *s);
void term_stream_finish(struct term_stream *s);
/* Reads bytes in pieces of any size and appends what libvterm shall see to s->out. */
void term_stream_feed(struct term_stream *s, const char *bytes, size_t len);
/* Whether private mode `mode` is on, e.g. 1 application cursor keys, 1049 alternate screen,
 * 2004 bracketed paste (xterm's control sequence manual). */
bool term_stream_mode(const struct term_stream *s, int mode);

#endif
