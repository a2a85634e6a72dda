/* reader.h: what screens that only show text share: moving and searching. */
#ifndef TUI_SCREENS_READER_H
#define TUI_SCREENS_READER_H

#include "tui/app.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/textview.h"

struct reader {
    struct app *app; /* (borrowed) */
    struct textview view;
    struct line_editor editor;
    bool searching;
};

void reader_init(struct reader *r, struct app *app, bool wrap);
void reader_finish(struct reader *r);
void reader_draw(struct reader *r, const struct canvas *c);
unsigned reader_action(struct reader *r, enum action_id action);
unsigned reader_key(struct reader *r, const struct key *key);

#endif
