/* intern.h: the fleet's texts, each kept once and counted.
 *
 * Regions, statuses and tags repeat by the thousand; times change at every refresh. So a text is a
 * small number with a count of its users, and goes when the last one lets go: a console that runs
 * for weeks stays flat. */
#ifndef FLEET_INTERN_H
#define FLEET_INTERN_H

#include "base/map.h"
#include "base/str.h"

#include <stdint.h>

struct intern_text {
    char *bytes; /* owned; NULL: the slot is free */
    uint32_t len;
    uint32_t users; /* or, when free, the next free slot */
};

struct intern {
    struct map ids; /* text → slot */
    struct intern_text *slots;
    size_t count, room;
    uint32_t free_slot; /* 0: none; slot 0 is never used, so that 0 can mean "no text" */
    size_t bytes;       /* of the texts held */
};

void intern_init(struct intern *in);
void intern_finish(struct intern *in);
/* The number of this text, with one user more; never 0. The text is copied when it is new. */
uint32_t intern_take(struct intern *in, struct span text);
/* One user less; 0 is ignored. */
void intern_drop(struct intern *in, uint32_t id);
/* (borrowed) until its last user lets go; the empty span for 0. */
struct span intern_span(const struct intern *in, uint32_t id);

#endif
