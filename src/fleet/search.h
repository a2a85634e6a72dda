/* search.h: the texts that free text looks in, folded, one behind the other.
 *
 * A name is found among a hundred thousand by one pass over a few megabytes, at the speed of
 * memory, instead of a hundred thousand visits: each distinct text stands there once, folded as a
 * filter folds (case, accents), with the pairs of a map as key=value. Nothing is kept until
 * somebody searches; from then on it follows the fleet's texts. */
#ifndef FLEET_SEARCH_H
#define FLEET_SEARCH_H

#include "model/field.h"

#include <stdbool.h>
#include <stdint.h>

struct search_entry {
    uint32_t at; /* where its bytes begin */
    uint32_t id; /* of the text; 0: the text is gone */
};

struct search {
    char *bytes; /* owned; each text ends with NUL */
    size_t len, room;
    struct search_entry *entries; /* owned; by place */
    size_t count, entry_room;
    uint32_t *of; /* owned; by text: 1 + its entry, 0: none */
    size_t of_room;
    size_t gone;     /* entries whose text is gone */
    uint32_t listed; /* rows whose texts were looked at after it began */
    bool on;         /* new texts are kept from now on */
};

void search_init(struct search *s);
void search_finish(struct search *s);
/* Keeps text `id` (of that field), when it is not kept yet. */
void search_add(struct search *s, uint32_t id, enum field field, struct span text);
static inline bool search_has(const struct search *s, uint32_t id)
{
    return id < s->of_room && s->of[id];
}
/* The number was given back. */
void search_forget(struct search *s, uint32_t id);

/* What is known of a text while a filter is tried. */
enum verdict { VERDICT_OPEN, VERDICT_NO, VERDICT_YES };
/* Tries entries [from, from + count) on a folded needle (NUL-terminated, not empty): sets the
 * verdict of their texts that have a number below `room`. */
void search_scan(const struct search *s, const char *needle, size_t from, size_t count,
                 uint8_t *verdicts, size_t room);

#endif
