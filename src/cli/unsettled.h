/* unsettled.h: what an earlier paddock left open on the account that a command is about (F15, F29).
 *
 * A command takes it up as the console does at its start, and lets it be looked at, as often as
 * decides: until then the account is locked, and nothing is sent to it on top of a write that may
 * still arrive. */
#ifndef CLI_UNSETTLED_H
#define CLI_UNSETTLED_H

#include "cli/apply.h"

/* Takes up what is open here and waits for what concerns the account with this id, or, for a create
 * (id ""), this name: until it is settled, or three looks have not settled it, or half a minute.
 * What was settled is said. Returns the oldest write that stays open, or NULL. */
struct write *unsettled_wait(struct apply *apply, struct span id, struct span name);

/* Says that nothing is sent because of it, and how to go on. */
enum exit_code unsettled_refuse(struct apply *apply, const struct write *open);

/* The operator gives up the write with this number of the journal; 0, or one that is settled by
 * now: nothing. */
void unsettled_release(struct apply *apply, int64_t op);

#endif
