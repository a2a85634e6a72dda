/* confirm.h: the word that has to be typed before something dangerous is done: what is asked for,
 * the field, and what was wrong with what came.
 *
 * An account is named by its name or its id: not every name can be typed on every keyboard. It is
 * typed by hand: a paste never confirms, nor does Enter alone. */
#ifndef TUI_WIDGETS_CONFIRM_H
#define TUI_WIDGETS_CONFIRM_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/widgets/line_editor.h"

#include <stdbool.h>

struct confirm {
    char *words[2];   /* owned; [1] does as well; NULL: none */
    const char *todo; /* own text, after the words: "to confirm" */
    struct line_editor editor;
    enum { CONFIRM_QUIET, CONFIRM_PASTED, CONFIRM_WRONG } said; /* about the last key */
};

void confirm_init(struct confirm *c);
void confirm_finish(struct confirm *c);
/* Asks anew, for `word` or `other` (copied; other may be empty or the same: then there is one).
 * todo is own text, borrowed: "to confirm", "and Enter to apply". */
void confirm_ask(struct confirm *c, struct span word, struct span other, const char *todo);
bool confirm_asks(const struct confirm *c); /* since confirm_ask */
/* Whether a whole word stands there. */
bool confirm_typed(const struct confirm *c);

enum confirm_result {
    CONFIRM_IGNORED, /* not its key: the caller's */
    CONFIRM_OPEN,    /* taken */
    CONFIRM_YES,     /* Enter, and the word stands there */
};
enum confirm_result confirm_key(struct confirm *c, const struct key *key);

/* Lines that it needs in so many cells, as they are drawn there: the question, the field, one for
 * what was wrong. */
int confirm_rows(const struct confirm *c, const struct draw *draw, int cells);
/* From the top of the canvas; the caret is put there when focus. */
void confirm_draw(struct confirm *c, const struct canvas *canvas, bool focus);

#endif
