/* app.h: the console: terminal, keys, the stack of screens, messages, one session. Passed down to
 * every screen; there are no globals. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "base/error.h"
#include "cli/cli.h"
#include "config/config.h"
#include "loop/loop.h"
#include "tui/screen.h"
#include "tui/session.h"
#include "tui/term.h"
#include "tui/theme.h"

enum message_kind { MESSAGE_NOTE, MESSAGE_GOOD, MESSAGE_WARNING, MESSAGE_ERROR };

struct app; /* opaque: app.c */

/* The least size that is drawn on; below it a word says so. */
#define APP_ROWS_MIN 10
#define APP_COLS_MIN 40

/* What screens may use. All (borrowed). */
struct loop *app_loop(struct app *app);
const struct config *app_config(const struct app *app);
struct session *app_session(struct app *app); /* another after app_switch */
struct keymap *app_keymap(struct app *app);
struct theme *app_theme(struct app *app);
struct draw *app_draw(struct app *app);
int64_t app_now_wall(const struct app *app);
/* The server's: what it stamped (health checks, periods) and the monitor's times are held against
 * this. */
int64_t app_now_server(const struct app *app);
int64_t app_now_mono(const struct app *app);

/* Opens a screen on top; arg is (borrowed) for the call. */
void app_push(struct app *app, const struct screen_ops *ops, const void *arg);
/* Tells every open screen. */
void app_news(struct app *app, enum news what);
/* Takes the screen with that state off the stack, wherever it is. */
void app_close_screen(struct app *app, const void *self);
/* The line at the bottom, with the time before it; stays until the next message or the next key
 * that does something, once it could be read (app_message.c). Raw text from outside is allowed: it
 * is made safe. */
void app_message(struct app *app, enum message_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* News that nobody asked for: said in the same place once nothing stands there that is still to be
 * read. What became of an operator's write, an answer to a key, an error are never covered by it:
 * it waits for a key, or, where what stands there is no warning, for ten seconds. Of alerts the
 * newest line stands for those before; the others come one after the other. */
enum tell { TELL_NONE, TELL_ALERTS, TELL_COMMAND, TELL_FILE, TELL_DRAFT };
void app_tell(struct app *app, enum tell what, enum message_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The number of the message shown, and its withdrawal once it is no longer true: does nothing when
 * another came since. */
unsigned app_message_number(const struct app *app);
void app_message_withdraw(struct app *app, unsigned number);
/* Credentials references are shown on this screen from now on, or masked again. */
void app_tell_reveal(struct app *app, bool reveal);
/* Appends the text, the paddock commands in it with the profile that this console is on
 * (cli/hint.h): for what is drawn; messages have it by themselves. */
void app_hint(const struct app *app, const char *text, struct str *out);
/* An error with its next step. */
void app_error(struct app *app, const struct error *err);
/* Runs an action as if its key had been pressed on the screen below the top one (palette). */
unsigned app_run(struct app *app, enum action_id action);
/* Gives the screen or overlay on top a plain key, past its bindings. */
void app_press(struct app *app, const struct key *plain);
/* Asks for a repaint before the next sleep. */
void app_dirty(struct app *app);
/* Writes are refused with a message when the profile is read-only or locked. */
bool app_may_write(struct app *app);
/* Whether the action exists now: those that write do not while nothing may be written (a read-only
 * profile has no write actions), so that no bar, palette or help offers them. */
bool app_offers(const struct app *app, enum action_id action);
/* Hands the terminal to a child ($EDITOR, pager) and takes it back; fn is called once, with 127 for
 * a child that could not be started. */
struct child_spec;
void app_run_child(struct app *app, const struct child_spec *spec,
                   void (*fn)(void *ctx, int exit_code), void *ctx);
/* Copies text: OSC 52 when the config allows it, and the yank file. what: "id", "curl command".
 * False when the message has no room for the text: then the caller shows it. */
bool app_yank(struct app *app, const char *what, struct span text);
/* Closes the session and opens another for this profile (copied). When that fails the old one
 * stays. */
enum status app_switch(struct app *app, const struct profile *profile, struct error *err);
struct cli_console *app_console(struct app *app);
/* The full screen that has the keys, or would have them without the overlays. */
void app_current(struct app *app, const struct screen_ops **ops, void **self);
bool app_is_open(const struct app *app, const struct screen_ops *ops);
/* Whether a screen would lose something by being closed. */
bool app_busy(const struct app *app);
/* For handlers of global actions. app_close_above: back to the first screen. */
void app_close_above(struct app *app);
void app_suspend(struct app *app);
void app_repaint(struct app *app);
/* What the operator just saved: the list goes there, now and not with news that come later, when
 * the cursor may stand elsewhere. Nothing when the fleet does not have the id. */
void app_saved(struct app *app, struct span id);
/* Begins the tour of the demo (tour.h). */
void app_tour(struct app *app);
/* The screen or overlay that the next key goes to; *self is its state (borrowed). */
const struct screen_ops *app_top(const struct app *app, const void **self);
/* The review of this write tells what becomes of it, so the message line does not; NULL: nobody
 * does any more. */
void app_write_shown(struct app *app, const struct write *write);
void app_quit(struct app *app, bool ask);

/* Runs the console on the terminal `fd` until it ends; returns the exit code. What cannot begin (no
 * terminal, a bad TERM, a bad profile) is told on stderr before the screen is touched. */
int app_main(struct cli_console *console, int fd);

#endif
