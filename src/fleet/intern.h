/* intern.h: the fleet's texts, each kept once and counted.
 *
 * Regions, statuses and tags repeat by the thousand; times change at every refresh. So a text is a
 * small number with a count of its users, and goes when the last one lets go: a console that runs
 * for weeks stays flat. A hundred thousand accounts bring some seven hundred thousand texts of
 * twenty bytes, so that what stands beside each counts more than the text: 16 bytes, and 4 to 8 in
 * the table that finds it, with the bytes packed into pages by size. */
#ifndef FLEET_INTERN_H
#define FLEET_INTERN_H

#include "base/str.h"

#include <stdint.h>

#define INTERN_SIZES 32 /* texts of up to INTERN_SIZES * 8 bytes, NUL included, live in pages */

struct intern {
    struct intern_slot *slots; /* owned; slot 0 is never used, so that 0 can mean "no text" */
    size_t count, room;
    uint32_t free_slot;         /* 0: none */
    struct intern_place *table; /* owned; slots by hash, open addressing */
    size_t table_room;
    size_t used;  /* texts held */
    size_t bytes; /* of the texts held, NUL included */
    char **pages; /* owned, as what they point to */
    size_t page_count, page_room;
    size_t page_at;               /* bytes used of the last page */
    uint32_t holes[INTERN_SIZES]; /* by size: the first hole in a page, as an address; 0: none */
    char **bigs;                  /* owned: texts too long for a page */
    size_t big_count, big_room;
    uint32_t free_big;                     /* 1 + the first free place in bigs; 0: none */
    void (*freed)(void *ctx, uint32_t id); /* a number is given back; NULL: nobody asks */
    void *ctx;                             /* (borrowed) */
};

void intern_init(struct intern *in);
void intern_finish(struct intern *in);
/* The number of this text, with one user more; never 0. The text is copied when it is new. */
uint32_t intern_take(struct intern *in, struct span text);
/* The hash of a text, and a word to the processor that intern_take_hashed will soon look for it: of
 * several texts all are fetched at once instead of one after the other. */
uint32_t intern_expect(const struct intern *in, struct span text);
/* intern_take of a text whose hash is known. */
uint32_t intern_take_hashed(struct intern *in, struct span text, uint32_t hash);
/* One user less; 0 is ignored. */
void intern_drop(struct intern *in, uint32_t id);
/* The number of this text, without another user; 0: nobody uses it. */
uint32_t intern_find(const struct intern *in, struct span text);
/* Asks the processor for what intern_span will need, in two steps: the slot, then (once it is
 * there) the bytes. Only speed depends on it. */
void intern_expect_slot(const struct intern *in, uint32_t id);
void intern_expect_bytes(const struct intern *in, uint32_t id);
/* (borrowed) until its last user lets go; NUL-terminated; the empty span for 0. */
struct span intern_span(const struct intern *in, uint32_t id);

#endif
