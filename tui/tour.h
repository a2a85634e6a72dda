/* tour.h: `:tour`: in the demo, a few keys to press, with a word about each. It stands in lines of
 * its own below the screen, which gets the rest, so it hides nothing; each step waits until its key
 * has done what it does, and goes with the screen when somebody goes back; Esc in the list leaves
 * it. */
#ifndef TUI_TOUR_H
#define TUI_TOUR_H

#include "action/action.h"
#include "tui/draw.h"

#include <stddef.h>

struct app;

struct tour {
    size_t step; /* from 1; 0: none is on */
};

/* From the list; says why not where the server is a real one. */
void tour_begin(struct tour *tour, struct app *app);
/* Esc; false when no tour is on. */
bool tour_leave(struct tour *tour, struct app *app);
/* An action was done, by its key or by its name. */
void tour_saw(struct tour *tour, struct app *app, enum action_id action);
/* A write was applied and read back. */
void tour_saved(struct tour *tour, struct app *app);
/* Draws the step of the screen that is shown in the last lines of the canvas; returns what is above
 * them. */
struct canvas tour_draw(struct tour *tour, struct app *app, const struct canvas *c);

#endif
