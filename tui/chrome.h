/* chrome.h: what stands around every full screen: header, tabs, key bar, message.
 *
 * Where a narrow terminal has no room for all of it, what is news comes first: what is under way
 * takes the place of the last tabs (their keys are in the help), and a message longer than its line
 * stands over the key bar, too, until the next key. */
#ifndef TUI_CHROME_H
#define TUI_CHROME_H

#include "tui/app.h"
#include "tui/draw.h"

#define CHROME_TOP    2 /* rows above the screen's area */
#define CHROME_BOTTOM 2

struct chrome_message {
    enum message_kind kind;
    int64_t wall_ms; /* WHEN_NONE: nothing to say */
    bool read;       /* a key was pressed since: one line is enough */
    struct str text;
};

/* Draws the frame for `ops`/`self`, and returns the area in between. */
struct canvas chrome_draw(struct app *app, const struct canvas *whole, const struct screen_ops *ops,
                          const void *self, const struct chrome_message *message);
/* Appends what failed, what is kept and when the next try is; nothing when all is well. */
void chrome_trouble(struct app *app, struct str *out);

#endif
