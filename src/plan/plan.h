/* plan.h: many writes, looked at before they are made.
 *
 * A plan is a list of items, each one account with what every settable field of it was (frozen) and
 * what is to be. It says for each: changes, stays the same, or is skipped and why; with warnings
 * and with totals. It is built in steps (build.h), kept in a file (file.h) or the state directory
 * (stored.h), and applied by an engine (run.h).
 *
 * Values are kept as canonical JSON texts (settable.h), the same as in files: an item costs about a
 * kilobyte however many fields there are; plan_item_before and plan_item_after give accounts. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/account.h"
#include "model/patch.h"
#include "store/journal.h"

#include <stdbool.h>
#include <stdint.h>

#define PLAN_ID_ROOM 40

/* What is to be done with an item, then what became of it. The first two are settled by the plan
 * itself: nothing is ever sent for them. */
enum plan_item_state {
    PLAN_SAME,      /* is already as wanted */
    PLAN_SKIPPED,   /* cannot be done here; note says why */
    PLAN_WAITING,   /* changes; not sent */
    PLAN_RUNNING,   /* being checked, sent or read back */
    PLAN_APPLIED,   /* read back: as asked */
    PLAN_DIFFERENT, /* applied; the server kept something else, or touched another field */
    PLAN_ALREADY,   /* was as wanted when its turn came: nothing was sent */
    PLAN_STALE,     /* a settable field was no longer as frozen: nothing was sent */
    PLAN_FAILED,    /* not applied: refused, or never left */
    PLAN_UNKNOWN,   /* sent, outcome not known; being looked at */
    PLAN_BLOCKED,   /* not sent: an earlier write on the account is not settled */
    PLAN_RELEASED,  /* sent, outcome not known, and given up by the operator */
    PLAN_STATE_COUNT
};
const char *plan_state_name(enum plan_item_state state); /* "waiting": in files; static */
const char *plan_state_word(enum plan_item_state state); /* "not sent": for people; static */

struct plan_warning {
    enum field field; /* FIELD_NONE: the account as a whole */
    const char *text; /* (borrowed) from the plan */
};

/* Spans are NUL-terminated and live as long as the plan. */
struct plan_item {
    enum journal_kind kind;
    enum plan_item_state state;
    struct span id;     /* "" for a create, until it is applied */
    struct span name;   /* as frozen */
    struct span before; /* every settable field as frozen, as JSON; "" for a create */
    struct span target; /* the fields that change, as JSON; of a create all; "" for a delete */
    struct span note;   /* why skipped, what was left out, what the server said; raw text */
    const struct plan_warning *warnings; /* (borrowed) */
    uint32_t warning_count;
    bool needs_name; /* a warning that asks for a typed word (warn_limit) */
    int64_t op;      /* the journal's number of its last write; 0: none */
    int64_t undoes;  /* of an undo: the entry that it takes back; 0: none */
};

/* The sums of one limit over the items that are not deletes, before and after; a create counts as 0
 * before. */
struct plan_total {
    uint32_t changed;      /* items that change it; 0: nothing to show */
    int64_t before, after; /* INT64_MAX when the sum is beyond it */
    uint32_t counted;      /* items with a limit before and after: the sums are over these */
    uint32_t lost;      /* of the others: had a limit, and are to have none: nothing stops them */
    uint32_t gained;    /* ... had none, and are to have one */
    uint32_t uncounted; /* ... have none before and after, or a number that is not known */
};

/* Of whom nobody enabled is left by the plan: counted by blast.h. Not kept on disk. */
enum plan_blast_known {
    PLAN_BLAST_UNCOUNTED,
    PLAN_BLAST_PARTIAL, /* the list was not whole: not known */
    PLAN_BLAST_COUNTED
};
#define PLAN_BLAST_NAMES 5
struct plan_blast {
    enum plan_blast_known known;
    bool nobody;    /* no enabled account is left at all */
    uint32_t count; /* providers, data residencies and bridges that had some and have none left */
    /* The first of them; words "provider", static; values (borrowed) from the plan. */
    const char *words[PLAN_BLAST_NAMES];
    struct span values[PLAN_BLAST_NAMES];
};

struct plan_head {
    char id[PLAN_ID_ROOM];     /* "7F3A21C9"; an inverse's ends in "-undo" */
    char origin[160], org[80]; /* where it may be applied, and nowhere else */
    char profile[80];          /* the profile it was made with, or "" */
    char label[80];            /* ... and its label, such as PROD, or "" */
    char how[160];             /* how it was being applied (options.h); not in files */
    char by[80];               /* user@host */
    char of[PLAN_ID_ROOM];     /* of an undo: the plan that it takes back, or "" */
    char reason[160];          /* --reason, or "" */
    char title[200];           /* the operations in words, or the file's name */
    int64_t made_wall_ms;
    bool linked; /* the first item gives what the others get: nothing goes on without all before */
};

struct plan {
    struct plan_head head;
    struct plan_item *items; /* owned */
    uint32_t count;
    size_t room;
    uint32_t states[PLAN_STATE_COUNT];  /* items in each state */
    uint32_t deletes[PLAN_STATE_COUNT]; /* those of them that delete */
    uint32_t kinds[3];                  /* by enum journal_kind, of those that are to be sent */
    uint32_t warned;                    /* items with a warning */
    uint32_t left_out; /* of an undo: writes of unknown outcome, skipped; not kept on disk */
    bool stored; /* the state directory has it: it came from there, or was saved to be applied */
    /* Those applied that do not stand any more: taken back since, as the journal told plan_load. */
    uint32_t undone;
    char undone_by[PLAN_ID_ROOM];       /* the plan that did it, the newest; "": single undos */
    uint32_t tenfold[PLAN_STATE_COUNT]; /* items that ask for a typed word (needs_name) */
    uint32_t offs[PLAN_STATE_COUNT];    /* items that switch an enabled account off */
    struct plan_blast blast;
    struct plan_total totals[FIELD_COUNT]; /* by field; INT fields alone */
    uint32_t changed[FIELD_COUNT];         /* by field: updates that change it */
    struct arena mem;
};

/* head is copied; an empty id is replaced by a new random one. */
struct plan *plan_create(const struct plan_head *head);
void plan_destroy(struct plan *plan); /* NULL allowed */

/* Adds one account: compares, freezes, warns, counts. before NULL: a create of `after`; after NULL:
 * a delete; note may be NULL: what was left out. An update without a difference becomes SAME, or
 * SKIPPED when there is a note. Returns the item's index. */
uint32_t plan_add(struct plan *plan, const struct account *before, const struct account *after,
                  const char *note);
/* Adds one that cannot be done. */
uint32_t plan_skip(struct plan *plan, struct span id, struct span name, const char *why);

/* One more warning of an item, before those that it has; the text is copied. */
void plan_warn(struct plan *plan, uint32_t i, enum field field, const char *text);
/* Another name for an account that is to be created. ST_USAGE: the item is no create that waits,
 * or the name is empty; what value_check says of it. */
enum status plan_item_rename(struct plan *plan, uint32_t i, struct span name, struct error *err);

/* Adds one as it was kept: its texts and warnings are copied, its account is counted. Errors:
 * ST_PARSE when before or target is no JSON object, or its kind and texts do not fit together. */
enum status plan_add_kept(struct plan *plan, const struct plan_item *item, struct error *err);

/* Moves an item to a state; op 0 and NULL note keep what was there; the note is copied. */
void plan_mark(struct plan *plan, uint32_t i, enum plan_item_state state, int64_t op,
               const char *note);
/* The id that a create was given. */
void plan_item_created(struct plan *plan, uint32_t i, const char *id);

/* Items that are to be sent, or were: all but SAME and SKIPPED. */
uint32_t plan_changes(const struct plan *plan);
/* Whether an item is still to be sent: what waits, and what failed or was blocked and is tried
 * again. */
static inline bool plan_state_left(enum plan_item_state state)
{
    return state == PLAN_WAITING || state == PLAN_FAILED || state == PLAN_BLOCKED;
}
/* Those of a count by state. */
static inline uint32_t plan_count_left(const uint32_t counts[PLAN_STATE_COUNT])
{
    uint32_t n = 0;
    for (int s = 0; s < PLAN_STATE_COUNT; s++)
        n += plan_state_left((enum plan_item_state)s) ? counts[s] : 0;
    return n;
}
static inline uint32_t plan_left(const struct plan *plan)
{
    return plan_count_left(plan->states);
}
bool plan_deletes(const struct plan *plan); /* some item does */
/* Those that delete, of plan_left. */
static inline uint32_t plan_deletes_left(const struct plan *plan)
{
    return plan_count_left(plan->deletes);
}

/* Those that change a limit ten times or more or lose one (warn_limit), of plan_left. */
static inline uint32_t plan_tenfold_left(const struct plan *plan)
{
    return plan_count_left(plan->tenfold);
}
/* -1: an enabled account is disabled or deleted; 1: a disabled one is enabled; 0: neither. */
int plan_item_turns(const struct plan_item *item);
/* How many lose their last enabled account by what is left (struct plan_blast); 0: none, or it is
 * not known. */
uint32_t plan_last_left(const struct plan *plan);

/* Whether nothing stands of what was applied: it was taken back since. */
static inline bool plan_is_undone(const struct plan *plan)
{
    return plan->undone &&
           plan->undone == plan->states[PLAN_APPLIED] + plan->states[PLAN_DIFFERENT];
}
/* Whether it is applied by its typed word alone, on the command line too: it deletes, or changes a
 * limit ten times or more, or loses one; or takes the last enabled account of a provider, a data
 * residency or a bridge; or it is the rest of one that was taken back. */
static inline bool plan_is_dangerous(const struct plan *plan)
{
    return plan_deletes_left(plan) || plan_tenfold_left(plan) || plan_last_left(plan) ||
           plan_is_undone(plan);
}

/* The account as frozen (id and settable fields), into an initialised struct. ST_USAGE: a create.
 */
enum status plan_item_before(const struct plan *plan, uint32_t i, struct account *out,
                             struct error *err);
/* As it is to be: the frozen values with the target laid over them. ST_USAGE: a delete. */
enum status plan_item_after(const struct plan *plan, uint32_t i, struct account *out,
                            struct error *err);

/* One settable field of an item that changes. The texts are in `mem` of the caller. */
struct plan_field {
    enum field field;
    const char *old, *now; /* value_show: raw text; old of a create: "" */
    const char *pairs; /* of a map what changes: "team=a → b, +desk=north, -office"; else NULL */
    bool counts;       /* FT_INT, and exact on both sides: */
    int64_t from, to;
};
/* Fills up to `room` rows in the order of the field table; returns how many fields change. Decodes
 * the item: for the rows that are shown, not for all. reveal: credentials_ref in full. */
size_t plan_item_fields(const struct plan *plan, uint32_t i, enum show how, bool reveal,
                        struct arena *mem, struct plan_field *out, size_t room);

/* What an operator types before it is applied, on the screen and as --confirm: the profile's label,
 * or the number of changes when it has none. Before it stands what is dangerous and how often:
 * "delete 1200 PROD", "10x 3 PROD", "delete 2 10x 1", "last 2 PROD" (plan_last_left); a hand that
 * types the label by habit deletes nothing. again: what is being looked at is sent once more, and
 * counts. */
void plan_confirm_word(const struct plan *plan, const char *label, bool again, struct str *out);
/* Appends what applying the rest does: "apply 5 changes", "delete 1,200 accounts", "delete 2
 * accounts and apply 1 change". */
void plan_task_words(const struct plan *plan, struct str *out);

#endif
