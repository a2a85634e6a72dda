/* plan.h: the screen of a plan: every account old > new, before it is applied, while it is, and
 * what became of it. */
#ifndef TUI_SCREENS_PLAN_H
#define TUI_SCREENS_PLAN_H

#include "plan/build.h"
#include "plan/load.h"
#include "plan/options.h"
#include "tui/app.h"

struct bulk;

/* One of four: a plan that is being built, what takes one back while that is read, one that is
 * there, or (all NULL) the session's, going or over. build, undo and plan are taken over. */
struct plan_arg {
    struct plan_build *build;
    struct plan_undo *undo;
    struct plan *plan;
    struct bulk *bulk; /* where it came from, for `e`; may be NULL */
};
extern const struct screen_ops plan_screen;

/* The session's plan, if there is one: true. */
bool plan_show(struct app *app);
/* The same, or one that was left before it was applied; of several it is asked which. */
bool plan_take_up(struct app *app);
/* A plan that an earlier console left and that has been looked for: asks whether to go on with it,
 * or says that there is none to somebody who asked. free: nothing is in front. False: not now. */
bool plan_offer(struct app *app, bool free);
/* The session begins to apply it (session_apply); screens of the plan that it had until now go, and
 * read it no more. */
enum status plan_hand_over(struct app *app, struct plan *plan, const struct plan_options *how,
                           struct error *err);
/* The review of what takes a plan back, as far as it was applied. */
void plan_undo_review(struct app *app, const char *id);

#endif
