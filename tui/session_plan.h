/* session_plan.h: the plans of a session: the one that is being applied goes on whatever screen is
 * shown, and one that was left by an earlier console is found at the start. */
#ifndef TUI_SESSION_PLAN_H
#define TUI_SESSION_PLAN_H

#include "plan/options.h"
#include "plan/run.h"
#include "tui/session.h"

void session_plans_open(struct session *s);
/* Before the writes are destroyed: what is in flight is left to them and to the journal. */
void session_plans_close(struct session *s);

/* Begins to apply the plan (taken over, also when it fails) as `how` says. One at a time. Errors:
 * ST_CONFLICT while another one is being applied, here or elsewhere; ST_IO, ST_FORBIDDEN. */
enum status session_apply(struct session *s, struct plan *plan, const struct plan_options *how,
                          struct error *err);
/* Whether something still begins or is in flight. */
bool session_applying(const struct session *s);
/* How that is called in a question: "A plan is being applied.", "A plan is stopping ..."; static.
 */
const char *session_applying_words(const struct session *s);
/* The last plan that was begun, going or over; NULL: none. (borrowed) */
const struct plan *session_plan(const struct session *s);

#endif
