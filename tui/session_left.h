/* session_left.h: a plan that an earlier console or command left is looked for in the state
 * directory, and forgotten when the operator says so, a slice a turn of the loop: there may be many
 * and large ones, and keys go on being answered. */
#ifndef TUI_SESSION_LEFT_H
#define TUI_SESSION_LEFT_H

#include "plan/plan.h"
#include "tui/session.h"

/* Begins to look for the newest plan of this origin and organisation that was begun and not
 * finished by a process that is gone. Its end is an event of the plan (session_events) with
 * ask_left set. Does nothing while it is looking; `asked` stays: the operator wants an answer in
 * any case. */
void session_left_look(struct session *s, bool asked);
/* After ask_left: what session_left_take would give. */
struct session_left_news {
    bool found, asked;
};
void session_left_peek(const struct session *s, struct session_left_news *news);
/* After ask_left: the plan, the caller's, or NULL when there is none; *asked as above. */
struct plan *session_left_take(struct session *s, bool *asked);
/* How far a plan is, as the store has it at this moment. */
struct session_left_at {
    int64_t left, applied; /* items; both 0 when the plan is gone */
    bool elsewhere;        /* a process that lives is applying it */
};
/* False when the store cannot be asked now. */
bool session_left_at(struct session *s, const char *id, struct session_left_at *at);
/* It is not asked about any more. ST_CONFLICT: somebody applies it by now, and it stays. */
enum status session_left_forget(struct session *s, const char *id, struct error *err);
void session_left_close(struct session *s);

#endif
