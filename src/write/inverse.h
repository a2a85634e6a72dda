/* inverse.h: what takes a write of the journal back: the write that puts everything where it was,
 * through the same machine (checked, previewed, journalled, read back).
 *
 * It begins from what the first write left there, so that a field that somebody changed since is a
 * conflict to be settled and never overwritten. A change that the server made though it was not
 * asked for (collateral) is put back, too. */
#ifndef WRITE_INVERSE_H
#define WRITE_INVERSE_H

#include "base/str.h"
#include "store/journal.h"
#include "write/write.h"

struct inverse {
    enum journal_kind kind;    /* what the inverse is: of a delete a create, of a create a delete */
    struct account base, mine; /* as in struct write_spec */
    int64_t undoes;            /* the entry */
    char note[240];            /* what the operator should know before, one line, or "" */
};

void inverse_init(struct inverse *inverse);
void inverse_finish(struct inverse *inverse);

/* Fills an initialised inverse (any content) from an entry with its texts. Errors: ST_USAGE when
 * there is nothing to take back (not applied, released, a delete after which the account was still
 * there); ST_UNKNOWN when it is not settled yet; ST_PARSE for an entry that cannot be read. */
enum status inverse_make(struct inverse *inverse, const struct journal_entry *entry,
                         struct error *err);
/* Lays over `mine` what `was` has in every settable field with one of these flags (FF_EDIT,
 * FF_CREATE) that is another one now; absent is sent as null, or no pairs. What cannot be put back
 * (bad, or null where that is not allowed) stays as it became; its labels are appended to *left
 * (NULL: not asked for). */
void put_back_all(struct account *mine, const struct account *was, unsigned flag, struct str *left);
/* The spec of the write; (borrowed) from the inverse. Its reason is the caller's. */
struct write_spec inverse_spec(const struct inverse *inverse);

#endif
