/* copied.c: see copied.h. A reader over the text as it was copied, from the first column on; where
 * it was sent and kept stands on the message line below. */
#include "tui/screens/copied.h"

#include "base/mem.h"
#include "tui/screens/reader.h"

struct copied {
    struct reader reader;
    const char *what;
};

static void *copied_open(struct app *app, const void *arg)
{
    const struct copied_arg *a = arg;
    struct copied *y = mem_calloc(1, sizeof *y);
    reader_init(&y->reader, app, true);
    y->what = a->what;
    textview_lines(&y->reader.view, ROLE_TEXT, a->text);
    return y;
}

static void copied_close(void *self)
{
    struct copied *y = self;
    reader_finish(&y->reader);
    mem_free(y);
}

static void copied_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct copied *)self)->reader, c);
}

static const char *copied_context(const void *self)
{
    return ((const struct copied *)self)->reader.searching ? "line" : "text";
}

static bool copied_typing(const void *self)
{
    return ((const struct copied *)self)->reader.searching;
}

static unsigned copied_action(void *self, enum action_id action)
{
    return reader_action(&((struct copied *)self)->reader, action);
}

static unsigned copied_key(void *self, const struct key *key)
{
    return reader_key(&((struct copied *)self)->reader, key);
}

static void copied_heading(const void *self, struct str *out)
{
    str_printf(out, "Copied: %s", ((const struct copied *)self)->what);
}

static const int *copied_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_NEXT_ROW, ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = sizeof bar / sizeof *bar;
    return bar;
}

const struct screen_ops copied_screen = {
    .name = "copied",
    .open = copied_open,
    .close = copied_close,
    .draw = copied_draw,
    .context = copied_context,
    .action = copied_action,
    .key = copied_key,
    .typing = copied_typing,
    .heading = copied_heading,
    .bar = copied_bar,
};
