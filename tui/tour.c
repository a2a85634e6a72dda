/* tour.c: see tour.h. The steps are a table; the key is named as it is bound now. */
#include "tui/tour.h"

#include "base/vec.h"
#include "tui/app.h"
#include "tui/session.h"

#include <string.h>

#define LINES_MAX 3

/* What is said is: before, the key, after. */
static const struct {
    enum action_id action; /* ends the step ... */
    const char *screen;    /* ... when this one is on top then; NULL: always */
    const char *context;   /* where its key is looked up */
    const char *at;        /* the screen on which the step is done; NULL: any */
    bool saved; /* ends only when a write was applied: its key may ask for a name first */
    const char *before, *after;
} steps[] = {
    {ACTION_FILTER, NULL, "list", "accounts", false, "",
     " narrows the list while you type: press it."},
    {ACTION_EDIT, "form", "list", "accounts", false, "Type az-gpt and Enter. Then ",
     " opens the account under the cursor in a form."},
    {ACTION_REVIEW, "review", "form", "form", false, "^U empties the field; type 2G. Then ",
     " shows what would be sent, and sends nothing."},
    {ACTION_APPLY, NULL, "review", "review", true, "What changes is all that is sent. ",
     " sends it, once, and reads the account back."},
    {ACTION_MONITOR, "monitor", "list", NULL, false,
     "It is in the history (3), and u takes it back. ", " shows which accounts run out, and when."},
};

static bool here(size_t at, const char *screen)
{
    return !steps[at].at || strcmp(steps[at].at, screen) == 0;
}

/* The screen that is shown, below what is asked in front of it. */
static const char *shown(struct app *app)
{
    const struct screen_ops *ops;
    void *self;
    app_current(app, &ops, &self);
    return ops->name;
}

/* The step goes with the screen, back and forth: what a form needs is no help in a list. On a
 * screen that no step is for it waits. */
static void follow(struct tour *tour, struct app *app)
{
    const char *screen = shown(app);
    if (here(tour->step - 1, screen))
        return;
    for (size_t i = ARRAY_LEN(steps); i-- > 0;) {
        if (steps[i].at && here(i, screen)) {
            tour->step = i + 1;
            return;
        }
    }
}

/* Esc as it is where somebody stands: in front and in a text it leaves those, which they say. */
static const char *esc(struct app *app)
{
    const void *self;
    const struct screen_ops *top = app_top(app, &self);
    if (top->overlay || (top->typing && top->typing(self) && strcmp(top->name, "form") != 0))
        return "";
    return strcmp(top->name, "accounts") == 0 ? " Esc ends the tour." : " Esc goes back.";
}

void tour_begin(struct tour *tour, struct app *app)
{
    tour->step = 0;
    if (!app_session(app)->profile.demo) {
        app_message(app, MESSAGE_NOTE, "the tour changes an account: only a demo has one: %s",
                    "paddock --demo");
        return;
    }
    app_close_above(app);
    if (!app_busy(app))
        tour->step = 1;
}

bool tour_leave(struct tour *tour, struct app *app)
{
    if (!tour->step)
        return false;
    tour->step = 0;
    app_message(app, MESSAGE_NOTE, "the tour is over; :tour begins it again");
    return true;
}

/* What the tour says to type is the whole filter: one that is there would be added to. */
static void empty_line(struct app *app)
{
    static const struct key keys[] = {{.sym = KEYSYM_END},
                                      {.sym = KEYSYM_TEXT, .mods = KEYMOD_CTRL, .text = "U"}};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        app_press(app, &keys[i]);
}

static void go_on(struct tour *tour, struct app *app)
{
    app_dirty(app);
    if (tour->step++ < ARRAY_LEN(steps))
        return;
    tour->step = 0;
    app_message(app, MESSAGE_GOOD, "that was the tour; :demo breaks the server, ? has all keys");
}

void tour_saw(struct tour *tour, struct app *app, enum action_id action)
{
    const void *self;
    if (!tour->step || steps[tour->step - 1].action != action || steps[tour->step - 1].saved)
        return;
    const char *screen = steps[tour->step - 1].screen;
    if (screen && strcmp(app_top(app, &self)->name, screen) != 0)
        return;
    if (action == ACTION_FILTER)
        empty_line(app);
    go_on(tour, app);
}

void tour_saved(struct tour *tour, struct app *app)
{
    if (tour->step && steps[tour->step - 1].saved)
        go_on(tour, app);
}

struct canvas tour_draw(struct tour *tour, struct app *app, const struct canvas *c)
{
    struct keymap *map = app_keymap(app);
    struct str words = STR_INIT;
    if (!tour->step || !app_session(app)->profile.demo)
        return *c;
    follow(tour, app);
    size_t at = tour->step - 1;
    str_printf(&words, "Tour, %zu of %zu", tour->step, ARRAY_LEN(steps));
    if (!here(at, shown(app))) {
        str_add(&words, " waits below.");
    } else {
        str_printf(&words, ": %s", steps[at].before);
        if (!keymap_first(map, keymap_context(map, steps[at].context), steps[at].action, false,
                          &words))
            str_printf(&words, ":%s", action_info(steps[at].action)->name);
        str_add(&words, steps[at].after);
    }
    str_add(&words, esc(app));
    int lines = draw_wrap(span_from(&words), c->cols - 2, NULL, NULL);
    lines = lines < LINES_MAX ? lines : LINES_MAX;
    struct canvas own = canvas_part(c, c->rows - lines, 0, lines, c->cols);
    draw_paragraph(&own, 0, 1, ROLE_STRONG, span_from(&words), c->cols - 2);
    str_finish(&words);
    return canvas_part(c, 0, 0, c->rows - lines, c->cols);
}
