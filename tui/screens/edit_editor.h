/* edit_editor.h: `^O` and `E`: the form's account as JSON in $VISUAL or $EDITOR, and back. */
#ifndef TUI_SCREENS_EDIT_EDITOR_H
#define TUI_SCREENS_EDIT_EDITOR_H

#include "tui/screens/edit_form.h"

/* How it ended: with new texts in the form, with nothing changed, or with a message. */
enum edit_editor_end { EDIT_EDITOR_TAKEN, EDIT_EDITOR_SAME, EDIT_EDITOR_FAILED };

/* Starts it; done is called from the loop, once. form is (borrowed) until then. What is wrong with
 * fields stands in the file as comments; a file that is wrong comes back into the editor. */
void edit_editor_run(struct app *app, struct edit_form *form, bool reveal,
                     void (*done)(void *ctx, enum edit_editor_end end), void *ctx);

#endif
