/* app_private.h: the app's own state, shared by app.c (screens and keys), app_message.c (what is
 * said) and app_main.c (what comes from outside, start and end). Nobody else includes it. */
#ifndef TUI_APP_PRIVATE_H
#define TUI_APP_PRIVATE_H

#include "loop/signals.h"
#include "tui/app.h"
#include "tui/app_alert.h"
#include "tui/chrome.h"
#include "tui/tour.h"

#define STACK_MAX 16
#define WAITS_MAX 16

/* News that waits for its turn in the message line. */
struct waiting_news {
    enum tell tell;
    enum message_kind kind;
    int64_t wall_ms; /* when it came */
    struct str text; /* owned */
};

struct layer {
    const struct screen_ops *ops;
    void *self;      /* owned; ops->close */
    unsigned serial; /* never used twice: a new screen may get a closed one's address */
};

struct app {
    struct cli_console *console; /* (borrowed) */
    struct log *log;             /* owned; of --debug; NULL: none */
    struct loop *loop;
    struct signals *signals;
    struct term *term;
    struct input *input;
    struct keymap *keymap;
    struct theme theme;
    struct draw draw;
    struct session *session;
    const struct write *shown; /* the write whose news its review tells; compared only */
    struct layer stack[STACK_MAX];
    size_t depth;
    unsigned serials;
    struct chrome_message message;
    unsigned message_number;              /* of the message shown, from 1 */
    bool in_key;                          /* what is said now answers a key */
    struct waiting_news waits[WAITS_MAX]; /* the oldest first */
    size_t wait_count;
    struct tour tour;
    int64_t key_mono_ms; /* of the last key; 0: none came yet */
    loop_timer tick;
    enum { AFTER_NOTHING, AFTER_QUIT, AFTER_SWITCH } after; /* the plan that stops (app_after.h) */
    struct profile after_profile;                           /* owned; AFTER_SWITCH */
    loop_timer after_timer;
    bool dirty, touched, ending; /* touched: the top screen's update() is enough */
    struct canvas inner;         /* of the last frame that was drawn whole ... */
    unsigned inner_serial;       /* ... for this layer alone; 0: none */
    struct alert_news alert_news;
    int exit_code;
    void (*child_done)(void *ctx, int exit_code);
    void *child_ctx;
    bool handed; /* a child has the terminal: what is still typed is not meant for a screen */
};

/* Hooks of the loop and the input decoder: ctx is the app. */
void app_before_sleep(void *ctx);
void app_on_key(void *ctx, const struct key *key);
/* Around a key: what was said before it has been seen, and goes when the key did something and said
 * nothing itself. _end_key takes what _begin_key gave. */
unsigned app_message_begin_key(struct app *app);
void app_message_end_key(struct app *app, unsigned number, bool acted);
/* Whether "that does nothing" may be said: nothing stands there that matters more. said: as of
 * _begin_key. */
bool app_message_may_answer(const struct app *app, unsigned said);
/* Says what waits, if its turn has come: once a second, and when the line is free. A note that
 * trouble of the connection took the place of is over: it does not come back when that ends. */
void app_message_next(struct app *app);
/* What waits was news of a session that is over; also at the end. */
void app_message_forget(struct app *app);
/* Asks about a plan that was left, once there is one and nothing is in front. */
void app_offer_left(struct app *app);
struct session *app_session_for(struct app *app, const struct profile *profile, struct error *err);
/* The terminal's title: always profile, org and host. */
void app_set_title(struct app *app);
void app_close_top(struct app *app);

#endif
