/* period.h: the span of time that the used counters stand for.
 *
 * The server names it in usage_period, an open text: a month (2026-10) or two dates. What cannot be
 * read is not guessed silently: the calendar month in UTC is taken, from when the account was made
 * or first seen, and `kind` says so. Everything is UTC; a month has the days it has. */
#ifndef MONITOR_PERIOD_H
#define MONITOR_PERIOD_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define DAY_MS  INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

enum period_kind {
    PERIOD_NAMED,   /* as the server says */
    PERIOD_CREATED, /* not named: the month, counted since the account was made in it */
    PERIOD_SEEN,    /* not named: the month, counted since we first saw the account in it */
    PERIOD_MONTH,   /* not named: the whole month */
};

struct period {
    enum period_kind kind;
    int64_t start_ms, end_ms; /* from start up to, not including, end; wall clock */
};

/* Reads "2026-10", or two dates (RFC 3339, the time of day may be missing) with "/", "..", " to "
 * or " - " between them. A last date without a time belongs to the period, unless it is the same
 * day of the month as the first ("2026-10-15/2026-11-15"): then the period ends as it begins. False
 * when it is something else, or ends before it begins. */
bool period_parse(struct span text, struct period *out);

/* The period to count in: the named one if `text` can be read, else the calendar month of now_ms
 * since created_ms or seen_ms (WHEN_NONE: not known), whichever lies in the month; created first.
 */
struct period period_of(struct span text, int64_t created_ms, int64_t seen_ms, int64_t now_ms);

/* Appends it in words: "2026-10", "10 Sep to 9 Oct", "month assumed, since first seen 12 Oct". */
void period_words(const struct period *period, struct str *out);

/* Midnight (UTC) that begins the day of `ms`. */
int64_t period_day(int64_t ms);

#endif
