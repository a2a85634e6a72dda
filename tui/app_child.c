/* app_child.c: what the app hands out of itself: the terminal to a child, a text to the clipboard
 * and to the yank file. */
#include "tui/app_private.h"

#include "base/mem.h"
#include "loop/child.h"
#include "tui/yank.h"

#include <string.h>

static void on_child(void *ctx, const struct child_result *result)
{
    struct app *app = ctx;
    if (app->handed)
        term_forget_typed(app->term);
    app->handed = false;
    term_take_back(app->term);
    app->dirty = true;
    if (result->status == ST_IO)
        app_error(app, &result->error);
    app->child_done(app->child_ctx, result->status == ST_IO ? 127 : result->exit_code);
}

void app_run_child(struct app *app, const struct child_spec *spec,
                   void (*fn)(void *ctx, int exit_code), void *ctx)
{
    struct error err;
    app->child_done = fn;
    app->child_ctx = ctx;
    app->handed = spec->own_terminal;
    if (spec->own_terminal)
        term_hand_over(app->term);
    if (!child_start(app->loop, spec, on_child, app, &err)) {
        app->handed = false;
        term_take_back(app->term);
        fn(ctx, 127);
        app_error(app, &err);
    }
}

/* What the message line can hold beside its own words; more is shown by a screen. */
#define LINE_BYTES 72

bool app_yank(struct app *app, const char *what, struct span text)
{
    struct error err;
    struct str osc = STR_INIT;
    bool told = true;
    if (yank_text(app->console, text, &osc, &err)) {
        app_error(app, &err);
    } else {
        term_send(app->term, str_text(&osc), osc.len);
        char *path = paths_join(app->console->paths.state_dir, "yank");
        told = text.len <= LINE_BYTES && !memchr(text.p, '\n', text.len);
        app_message(app, MESSAGE_GOOD, "%s %s %s%s%.*s", what,
                    osc.len ? "sent to the terminal's clipboard, kept in" : "kept in", path,
                    told ? ": " : "", told ? (int)text.len : 0, text.p);
        mem_free(path);
    }
    str_finish(&osc);
    return told;
}
