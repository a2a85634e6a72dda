/* journal.h: what was to be written, durable before it is sent, and what became of it.
 *
 * SQLite, WAL, synchronous FULL. No durable intent, no write. Entries are never dropped by paddock;
 * a corrupt file is renamed aside, never deleted (F22). Intents of one turn of the loop share a
 * commit: journal_intent only adds; journal_flush commits and makes them durable. busy_timeout is
 * 0; ST_IO "busy" means: again by a timer. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct journal;

enum journal_kind { JOURNAL_CREATE, JOURNAL_UPDATE, JOURNAL_DELETE };

enum journal_outcome {
    JOURNAL_OPEN,        /* intent durable, nothing known yet (or the process died) */
    JOURNAL_APPLIED,     /* read back: as asked */
    JOURNAL_DIFFERENT,   /* read back: the server kept something else, or touched another field */
    JOURNAL_NOT_APPLIED, /* refused, or provably never left */
    JOURNAL_UNKNOWN,     /* sent; not settled yet */
    JOURNAL_NOT_SEEN,    /* looked at: equals the base as of a time */
    JOURNAL_CONFLICT,    /* looked at: neither the intent nor the base */
    JOURNAL_RELEASED,    /* given up by the operator */
};
const char *journal_outcome_name(enum journal_outcome outcome); /* "applied", static */
const char *journal_kind_name(enum journal_kind kind);          /* "update", static */
/* What people and scripts are told, and what filters find: as the name, but one word, "unknown",
 * for all that was sent and is not settled, whatever the looks saw. Static. */
const char *journal_outcome_word(enum journal_outcome outcome);
/* What the looks at one that is not settled saw last: "as_before", "something_else"; NULL: none
 * has seen it, or it is settled. Static. */
const char *journal_outcome_seen(enum journal_outcome outcome);
/* Whether nothing more is to be learned of it. */
bool journal_settled(enum journal_outcome outcome);

/* Whether an entry has room for the reason; ST_USAGE when it would be cut. */
enum status journal_reason_check(struct span reason, struct error *err);

struct journal_entry {
    int64_t op;       /* the row's number */
    char origin[160]; /* scheme://host:port of the API */
    char org[80];
    char profile[80];
    char account_id[160]; /* "" for a create that has no id yet */
    char account_name[160];
    enum journal_kind kind;
    enum journal_outcome outcome;
    int64_t intent_wall_ms;
    int64_t outcome_wall_ms; /* WHEN_NONE while open; of one that is not settled, since when */
    char operator_name[80];  /* user@host */
    char reason[160], plan[40];
    int64_t undoes; /* the entry that this write takes back; 0: none */
    int64_t item;   /* of the plan, from 0; meaningless without one */
    char note[240]; /* in words */
    char owner[64]; /* the process that looks after it: journal_owner, journal_take; "" in an
                       intent: ourselves */
    /* Raw JSON texts; (borrowed) by journal_intent, owned by an entry that journal_get filled. */
    const char *base, *body, *target, *after;
};

/* Opens or makes the file (0600 in a 0700 directory), checks it (quick_check), takes this process's
 * owner lock. ST_IO with the reason: then reading goes on and writes are disabled. */
enum status journal_open(struct journal **out, const char *path, struct clock clock,
                         struct error *err);
/* Additions that were not flushed are dropped. NULL allowed. */
void journal_close(struct journal *journal);
/* What happened at open and the operator has to hear of before anything is sent: "journal.db was
 * corrupt: kept as ...", and that what was open in it is forgotten; or "". (borrowed) */
const char *journal_note(const struct journal *journal);
/* This process's name in the entries. (borrowed) */
const char *journal_owner(const struct journal *journal);

/* Adds an intent to this turn's transaction; *op gets its number. ST_CONFLICT: another process has
 * a write on the account, or creates one of that name, that is not settled: *op is that one's
 * number, nothing was added, and what this turn holds stays. No process can add one between this
 * look and the commit. */
enum status journal_intent(struct journal *journal, const struct journal_entry *entry, int64_t *op,
                           struct error *err);
/* Adds the outcome of an entry: account id and after are optional (NULL keeps). */
enum status journal_outcome(struct journal *journal, int64_t op, enum journal_outcome outcome,
                            const char *account_id, const char *after, const char *note,
                            struct error *err);
/* The same with the time of the outcome: of one that is not settled, since when that is so. */
enum status journal_outcome_at(struct journal *journal, int64_t op, enum journal_outcome outcome,
                               int64_t wall_ms, const char *account_id, const char *after,
                               const char *note, struct error *err);
/* The turn that begins now holds nothing that must outlast a power cut, only what is good to know
 * (an outcome UNKNOWN: the entry is open with or without it): its commit costs no fsync. Only
 * before its first addition, and only with outcomes. */
void journal_soft(struct journal *journal);
/* Commits what was added; only when it returns ST_OK may anything be sent. Does nothing when
 * nothing was added. On failure the additions of this turn are rolled back. */
enum status journal_flush(struct journal *journal, struct error *err);

/* Whether what failed was another process in the middle of its commit: try again by a timer. */
bool journal_is_busy(const struct error *err);
/* For idle moments: moves the write-ahead log into the file (an fsync or two). */
void journal_idle(struct journal *journal);

/* Takes an open entry over from an owner that is gone (its lock is free), so that only one process
 * looks after it. ST_OK: it is ours now, or was. ST_CONFLICT: its owner lives, or another process
 * was faster. ST_NOT_FOUND, ST_IO. Not between journal_intent and journal_flush. */
enum status journal_take(struct journal *journal, int64_t op, struct error *err);

/* Reads one entry; its texts are owned: journal_entry_finish. */
enum status journal_get(struct journal *journal, int64_t op, struct journal_entry *out,
                        struct error *err);
void journal_entry_finish(struct journal_entry *entry);
/* Newest first, at most `limit`, of this origin and org ("" for all); HERE: OPEN, UNKNOWN, NOT_SEEN
 * and CONFLICT of owners that are gone or ourselves; THERE: the same of others, which live. */
enum journal_which { JOURNAL_EACH, JOURNAL_HERE, JOURNAL_THERE };
typedef void journal_fn(void *ctx, const struct journal_entry *entry);
/* The entries of one plan, oldest first, whoever owns them: of several of an item the last one
 * counts. At most `limit` above `after` (0: from the oldest). Without base, body, target and after:
 * NULL. */
enum status journal_of_plan(struct journal *journal, const char *plan, int64_t after, size_t limit,
                            journal_fn *fn, void *ctx, struct error *err);
enum status journal_list(struct journal *journal, const char *origin, const char *org,
                         enum journal_which which, size_t limit, journal_fn *fn, void *ctx,
                         struct error *err);
/* The same for reading in pieces: at most `limit` entries below `before` (0: from the newest),
 * settled or not. */
enum status journal_page(struct journal *journal, const char *origin, const char *org,
                         int64_t before, size_t limit, journal_fn *fn, void *ctx,
                         struct error *err);
/* Another number when another process has written something since the last call: quick, for who
 * shows the list. */
int64_t journal_stamp(struct journal *journal);
/* The newest entry about an account that is not settled and that another process looks after, dead
 * or alive; id "": about creating one of that name. *op 0: there is none. */
enum status journal_elsewhere(struct journal *journal, const char *origin, const char *org,
                              struct span id, struct span name, int64_t *op, struct error *err);
/* What an undo would take back: the newest entry of this operator that changed something, or whose
 * outcome is still open, that is not itself an undo and that no undo has taken back or is about to.
 * An undo that was taken back took nothing back, and what took it back is a write like any other.
 * ST_NOT_FOUND: there is none. The entry is owned: journal_entry_finish. */
enum status journal_undoable(struct journal *journal, const char *origin, const char *org,
                             const char *operator_name, struct journal_entry *out,
                             struct error *err);
/* Whether what entry `op` did stands: not once an undo took it back, of whatever plan it was; again
 * once that undo was taken back, and so on. plan: of the newest of those undos; "" when it was of
 * none, or when there is none. */
enum status journal_stands(struct journal *journal, int64_t op, bool *stands, char plan[40],
                           struct error *err);

#endif
