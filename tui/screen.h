/* screen.h: what a screen is: a const struct of callbacks in a file of its own, its state behind
 * it.
 *
 * The app keeps a stack of screens: a full one below, dialogs and menus above. Keys go to the top;
 * handlers return effect flags and never draw; the app repaints once before the loop sleeps. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "action/action.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/key_moves.h"

struct app;

enum effect {
    EFFECT_NONE = 0,    /* not mine: the app looks further (global keys) */
    EFFECT_HANDLED = 1, /* done */
    EFFECT_REDRAW = 2,  /* done, and the screen looks different */
    EFFECT_CLOSE = 4,   /* done, and take me off the stack */
    EFFECT_TOUCHED = 8, /* done, and what looks different is drawn by update() */
};

/* News that the app passes to every open screen, from the bottom up. */
enum news {
    NEWS_FLEET,   /* accounts came, changed or went */
    NEWS_SYNC,    /* the state of the sync */
    NEWS_WRITE,   /* a write moved on */
    NEWS_MONITOR, /* a new outcome of the monitor, or an alert */
    NEWS_PLAN,    /* the session's plan is about to be another: what shows it goes */
    NEWS_TICK,    /* once a second while something shows an age or a countdown */
};

struct screen_ops {
    const char *name; /* "accounts"; also its heading in the help */
    const char *tab;  /* full screens: the tab that is lit ("Accounts") */
    bool overlay;     /* what is below stays visible */
    /* self is made from arg (its type is told by the screen's own header); never NULL. */
    void *(*open)(struct app *app, const void *arg);
    void (*close)(void *self);
    /* Draws on an empty canvas (an overlay: over what is there). Sets the hardware cursor. */
    void (*draw)(void *self, const struct canvas *canvas);
    /* For keys that are held down: draws what looks different since the last draw or update, on a
     * canvas that is as it was left. What stands around the screen stays. NULL: draw does it. */
    void (*update)(void *self, const struct canvas *canvas);
    /* The key context that holds now, as named in keys.cfg: it may change with the focus. */
    const char *(*context)(const void *self);
    unsigned (*action)(void *self, enum action_id action);
    /* A key that no binding takes, or whose action the screen does not know: as the plain key that
     * it stands for (keymap_translate). While typing() holds, text is never looked up, and this
     * goes before what is bound everywhere. Both may be NULL. */
    unsigned (*key)(void *self, const struct key *key);
    bool (*typing)(const void *self);
    /* May be NULL: then every news is a redraw. */
    unsigned (*news)(void *self, enum news news);
    /* Whether Esc or q would lose something: asked before closing from outside (quit, profile). May
       be NULL. */
    bool (*busy)(const void *self);
    /* What stands at the right of the header while this screen is the full one; may be NULL. */
    void (*heading)(const void *self, struct str *out);
    /* Full screens: the actions of the key bar, in their order, and a word before them. */
    const int *(*bar)(const void *self, size_t *count);
    void (*lead)(const void *self, struct str *out); /* may be NULL */
    /* What an action of the bar does now, in a word or two, where the action's own name would not
     * be true ("try again"); NULL: its own. May be NULL. */
    const char *(*label)(const void *self, enum action_id action);
    /* What stands at the right of the tabs ("view: At risk"); may be NULL. */
    void (*note)(const void *self, struct str *out);
};

/* A table of handlers is how a screen binds actions; ends with ACTION_NONE. */
struct screen_handler {
    enum action_id action;
    unsigned (*fn)(void *self, enum action_id action);
};
/* Runs the handler of the action, EFFECT_NONE when the table has none. */
unsigned screen_dispatch(const struct screen_handler *handlers, void *self, enum action_id action);

#endif
