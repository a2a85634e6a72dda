/* warn.h: what is allowed and still looks wrong: warnings across fields, one row each. */
#ifndef MODEL_WARN_H
#define MODEL_WARN_H

#include "base/str.h"
#include "model/field.h"
#include "model/value.h"

struct account;

/* How the text ends of one that asks for the name; a plan asks for another word, and cuts it. */
#define WARN_ASKS ": the name is asked for"

/* What a change does to a limit (a field with FF_LIMIT) that is great enough to ask for the name.
 */
enum limit_change {
    LIMIT_SMALL,  /* less than that, or not known */
    LIMIT_MORE,   /* ten times or more; from 0 to any other */
    LIMIT_LESS,   /* a tenth or less */
    LIMIT_LOST,   /* to none */
    LIMIT_CLOSED, /* from none to 0 */
};
/* The one rule of it, of single changes and of plans; LIMIT_SMALL of a field that is no limit. */
enum limit_change warn_limit(enum field field, const struct value *was, const struct value *is);

struct warning {
    const char *id;   /* "rps-above-rpm", static */
    enum field field; /* where to show it */
    bool needs_name;  /* the change asks for the typed name (warn_limit) */
    char text[160];
};

/* Fills up to `room` warnings about `now`, given what it was `before` (NULL for a new account or a
 * look at one as it stands); returns how many. */
size_t warn_account(const struct account *before, const struct account *now, struct warning *out,
                    size_t room);

/* Whether the same was to be said of the account before: `before` and `count` are what
 * warn_account(NULL, the account as it was) gave. Of a field that stays it is no matter of the
 * change then. */
bool warn_stood(const struct warning *warning, const struct warning *before, size_t count);

/* Whether some account has this value already: then the server knows it. */
typedef bool warn_seen_fn(void *ctx, enum field field, struct span value);
/* The same of values of open sets (provider, queue policy, routing) that nobody knows: new in
 * `now`, not among field_known_values, and not seen (may be NULL: nothing is). They may be right,
 * and are sent: only the server can tell. */
size_t warn_words(const struct account *before, const struct account *now, warn_seen_fn *seen,
                  void *ctx, struct warning *out, size_t room);

#endif
