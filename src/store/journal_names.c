/* journal_names.c: see journal.h. The words that kinds and outcomes have in the file and for
 * people, and what an outcome means. */
#include "base/vec.h"
#include "store/journal_private.h"

#include <string.h>

static const char *const kind_names[] = {
    [JOURNAL_CREATE] = "create", [JOURNAL_UPDATE] = "update", [JOURNAL_DELETE] = "delete"};

static const char *const outcome_names[] = {
    [JOURNAL_OPEN] = "open",           [JOURNAL_APPLIED] = "applied",
    [JOURNAL_DIFFERENT] = "different", [JOURNAL_NOT_APPLIED] = "not_applied",
    [JOURNAL_UNKNOWN] = "unknown",     [JOURNAL_NOT_SEEN] = "not_seen",
    [JOURNAL_CONFLICT] = "conflict",   [JOURNAL_RELEASED] = "released",
};

const char *journal_outcome_name(enum journal_outcome outcome)
{
    return (unsigned)outcome < ARRAY_LEN(outcome_names) ? outcome_names[outcome] : "?";
}

const char *journal_outcome_word(enum journal_outcome outcome)
{
    bool unknown = outcome == JOURNAL_NOT_SEEN || outcome == JOURNAL_CONFLICT;
    return journal_outcome_name(unknown ? JOURNAL_UNKNOWN : outcome);
}

const char *journal_outcome_seen(enum journal_outcome outcome)
{
    return outcome == JOURNAL_NOT_SEEN   ? "as_before"
           : outcome == JOURNAL_CONFLICT ? "something_else"
                                         : NULL;
}

const char *journal_kind_name(enum journal_kind kind)
{
    return (unsigned)kind < ARRAY_LEN(kind_names) ? kind_names[kind] : "?";
}

enum status journal_reason_check(struct span reason, struct error *err)
{
    const size_t most = sizeof((struct journal_entry *)0)->reason - 1;
    if (reason.len <= most)
        return ST_OK;
    return error_set(err, ST_USAGE, "too long for the journal by %zu byte%s", reason.len - most,
                     reason.len - most == 1 ? "" : "s");
}

bool journal_settled(enum journal_outcome outcome)
{
    static const bool settled[] = {[JOURNAL_APPLIED] = true,
                                   [JOURNAL_DIFFERENT] = true,
                                   [JOURNAL_NOT_APPLIED] = true,
                                   [JOURNAL_RELEASED] = true};
    return (unsigned)outcome < ARRAY_LEN(settled) && settled[outcome];
}

/* The index of a name in a table, or `otherwise`. */
static size_t name_find(const char *const *names, size_t count, const char *name, size_t otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return otherwise;
}

enum journal_kind journal_kind_of(const char *name)
{
    return (enum journal_kind)name_find(kind_names, ARRAY_LEN(kind_names), name, JOURNAL_UPDATE);
}

enum journal_outcome journal_outcome_of(const char *name)
{
    return (enum journal_outcome)name_find(outcome_names, ARRAY_LEN(outcome_names), name,
                                           JOURNAL_UNKNOWN);
}
