/* chrome.h: what stands around every full screen: header, tabs, key bar, message.
 *
 * Where a narrow terminal has no room for all of it, what is news comes first: what is under way
 * takes the place of the last tabs (their keys are in the help), and a message longer than its line
 * takes lines from the screen, until the next key. */
#ifndef TUI_CHROME_H
#define TUI_CHROME_H

#include "tui/app.h"
#include "tui/draw.h"

#define CHROME_TOP    2 /* rows above the screen's area */
#define CHROME_BOTTOM 2 /* below it, more where a message is long */

struct chrome_message {
    enum message_kind kind;
    int64_t wall_ms; /* WHEN_NONE: nothing to say */
    int64_t mono_ms; /* when it was said, by the other clock */
    bool read;       /* a key was pressed since: one line is enough */
    bool answer;     /* to a key, and not news that came by itself */
    enum tell tell;  /* ... which news; TELL_NONE: what an operator did, or asked for */
    struct str text;
};

/* Whether trouble of the connection stands where the message would: it came after it, and what
 * became of an operator's write has been there for as long as it takes to be read. */
bool chrome_trouble_covers(struct app *app, const struct chrome_message *message);
/* Draws the frame for `ops`/`self`, and returns the area in between. */
struct canvas chrome_draw(struct app *app, const struct canvas *whole, const struct screen_ops *ops,
                          const void *self, const struct chrome_message *message);

#endif
