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

/* Whether a plan can be applied now, as far as is known before: the errors of session_apply. */
enum status session_may_apply(const struct session *s, struct error *err);
/* Begins to apply the plan as `how` says, and takes it over when it returns ST_OK: otherwise it
 * stays the caller's, and the last plan stays the session's. One at a time. Errors: ST_CONFLICT
 * while another one is being applied, here or elsewhere; ST_IO, ST_FORBIDDEN. */
enum status session_apply(struct session *s, struct plan *plan, const struct plan_options *how,
                          struct error *err);
/* Whether something still begins or is in flight. */
bool session_applying(const struct session *s);
/* How that is called in a question: "A plan is being applied.", "A plan is stopping ..."; static.
 */
const char *session_applying_words(const struct session *s);
/* Its end, on its own screen: seen by somebody; not yet. */
void session_plan_see(struct session *s);
bool session_plan_unseen(const struct session *s);
/* By row of the fleet, which accounts the last plan changed, once it is over; the caller's
 * (mem_free). NULL: there is none. */
bool *session_plan_done(const struct session *s);
/* How many of the changes of `plan` the last plan has made already: over it, by the same operation.
 * What is set to a value is as wanted then and no change; x1.2 is one again. */
uint32_t session_plan_again(const struct session *s, const struct plan *plan);
/* The last plan that was begun, going or over; NULL: none. (borrowed) */
const struct plan *session_plan(const struct session *s);

/* A plan that was left before it was applied is kept until it is taken up or the session ends, with
 * what it came from: taken over, given back or dropped by `drop`. One of the same id, or of the
 * same `from`, makes room. */
void session_plan_keep(struct session *s, struct plan *plan, void *from, void (*drop)(void *from));
size_t session_plans_kept(const struct session *s);
/* The newest is 0; (borrowed). */
const struct plan *session_plan_kept(const struct session *s, size_t i);
/* The caller's; *from, too. */
struct plan *session_plan_take_up(struct session *s, size_t i, void **from);
/* What came from there is made anew. */
void session_plan_supersede(struct session *s, const void *from);
/* Plans that nobody applied yet and that end with the session: kept, or on a screen. Appends a
 * sentence that says so of them; false: there is none. words may be NULL. */
bool session_plans_unapplied(const struct session *s, struct str *words);

/* Of a plan that is over and of which this run sent nothing: appends " by ann@host, 14:03:02Z",
 * whose write the last one was, as the journal has it; nothing otherwise. */
void session_plan_by(const struct session *s, struct str *out);

/* Appends what is to be known after the end when a plan is not done, one line: "plan 7F3A21C9: 3
 * applied, 2 not sent; paddock apply 7F3A21C9 goes on"; nothing otherwise. */
void session_plan_last_words(const struct session *s, struct str *out);

#endif
