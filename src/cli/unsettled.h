/* unsettled.h: what is open on the account that a command is about (F15, F29).
 *
 * What an earlier paddock left a command takes up as the console does at its start, and lets it be
 * looked at, as often as decides: until then the account is locked, and nothing is sent to it on
 * top of a write that may still arrive. What another paddock that runs looks after is waited for in
 * the journal, and taken up when that one ends. */
#ifndef CLI_UNSETTLED_H
#define CLI_UNSETTLED_H

#include "cli/apply.h"

/* What is in the way; neither: nothing. */
struct unsettled {
    struct write *ours; /* the oldest write that stays open and that we look after, or NULL */
    int64_t elsewhere;  /* the number of one that another paddock looks after; 0: none */
};

/* Takes up what is open here and waits for what concerns the account with this id, or, for a create
 * (id ""), this name: until it is settled, or three looks have not settled it, or half a minute.
 * What was settled is said. */
struct unsettled unsettled_wait(struct apply *apply, struct span id, struct span name);

/* Whether --release may give it up: a create not before three looks in a row have not seen it. */
bool unsettled_may_release(const struct write *w);

/* Says that nothing is sent because of it, and how to go on: exit 9. */
enum exit_code unsettled_refuse(struct apply *apply, const struct unsettled *open);

/* The operator gives up the write with this number of the journal; 0, or one that is settled by
 * now: nothing. */
void unsettled_release(struct apply *apply, int64_t op);

#endif
