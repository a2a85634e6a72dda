/* account_writes.h: what changes accounts, from the list: the form, the editor, `t`, `x`, `b`. The
 * form is for the cursor's row; the others act on the marks, if there are any. */
#ifndef TUI_SCREENS_ACCOUNT_WRITES_H
#define TUI_SCREENS_ACCOUNT_WRITES_H

#include "tui/app.h"

/* cursor: ROW_NONE when there is no account under it. Returns effect flags; EFFECT_NONE for another
 * action. */
unsigned account_write(struct app *app, row_id cursor, enum action_id action);

/* The same from a screen that shows no marks, for the account that it shows: edit, editor, toggle,
 * delete, yank. What would act on marks is refused while there are any: they are not seen there. */
unsigned account_act(struct app *app, row_id row, enum action_id action);

#endif
