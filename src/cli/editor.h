/* editor.h: an account in the operator's own editor: the temporary file and its rounds, the same in
 * the console and on the command line. Who uses it runs the child; here is what is run, on what,
 * and what came back.
 *
 * The file is 0600 in the state directory (it holds a credentials reference) and removed at the
 * end; when something fails after something was typed it is kept, and the error names it. */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include "model/edit_text.h"

struct editor;

/* Something that is wrong with a field already: what a server refused, say. */
struct editor_refusal {
    enum field field;
    const char *words;
};

struct editor_spec {
    const char *dir;             /* the state directory; made when it is missing */
    const char *title;           /* for the first line, raw */
    const struct account *base;  /* what is changed; copied */
    const struct account *start; /* what the text begins with; copied */
    unsigned flag;               /* FF_EDIT or FF_CREATE */
    bool ranges_warn;
    bool reveal; /* credentials references stand in the file; else a mask, which left so says
                    nothing */
    const struct editor_refusal *refused; /* comments at their fields; (borrowed) for the call */
    size_t refused_count;
};

/* Errors: ST_IO, ST_USAGE (an editor that cannot be run). */
enum status editor_create(struct editor **out, const struct editor_spec *spec, struct error *err);
/* Removes the file, unless it is kept. NULL allowed. */
void editor_destroy(struct editor *editor);
/* $VISUAL, $EDITOR or vi, and the file; (borrowed). */
char *const *editor_argv(const struct editor *editor);
const char *editor_path(const struct editor *editor);

enum editor_round {
    EDITOR_TAKEN, /* *mine is what was meant */
    EDITOR_SAME,  /* nothing was changed */
    EDITOR_AGAIN, /* the file has its errors as comments by now: run it again */
    EDITOR_FAILED /* *err says why; what was typed is kept, and named there */
};
/* The editor has ended. mine: initialised, any content. */
enum editor_round editor_ended(struct editor *editor, int exit_code, struct account *mine,
                               struct error *err);

#endif
