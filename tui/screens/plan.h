/* plan.h: the screen of a plan: every account old > new, before it is applied, while it is, and
 * what became of it. */
#ifndef TUI_SCREENS_PLAN_H
#define TUI_SCREENS_PLAN_H

#include "plan/build.h"
#include "tui/app.h"

struct bulk;

/* One of three: a plan that is being built, one that is there, or (both NULL) the session's, going
 * or over. build and plan are taken over. */
struct plan_arg {
    struct plan_build *build;
    struct plan *plan;
    struct bulk *bulk; /* where it came from, for `e`; may be NULL */
};
extern const struct screen_ops plan_screen;

/* The session's plan, if there is one: true. */
bool plan_show(struct app *app);
/* A plan that an earlier console left: asks whether to go on with it. False: there is none. */
bool plan_offer(struct app *app);
/* The review of what takes a plan back, as far as it was applied. */
void plan_undo_review(struct app *app, const char *id);

#endif
