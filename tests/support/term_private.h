/* term_private.h: what pty_term.c and term_look.c share, and nobody else. */
#ifndef SUPPORT_TERM_PRIVATE_H
#define SUPPORT_TERM_PRIVATE_H

#include "base/str.h"
#include "pty_term.h"
#include "term_stream.h"

#include <vterm.h>

struct term {
    struct pty_proc proc;
    struct term_stream stream;
    VTerm *vt;           /* owned */
    VTermScreen *screen; /* (borrowed) from vt */
    int rows, cols;      /* as the program sees them */
    struct str transcript, row_text, screen_text;
    size_t bytes, pieces; /* since the mark */
    bool read_all;        /* the program ended and nobody else can write */
};

#endif
