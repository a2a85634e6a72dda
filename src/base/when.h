/* when.h: points in time and ages, read and shown.
 *
 * A time is milliseconds since 1970-01-01T00:00:00Z in an int64_t; WHEN_NONE is "not known". The
 * server's texts are kept as they came; these functions only read them. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define WHEN_NONE INT64_MIN

/* RFC 3339, with any offset; also without an offset (taken as UTC, as FastAPI prints naive
 * datetimes) and with a space for the T. Fractions to the millisecond. WHEN_NONE when unreadable.
 */
int64_t when_parse_rfc3339(const char *text, size_t len);

/* An HTTP date (RFC 9110, 5.6.7: IMF-fixdate and the two obsolete forms). A weekday that is not the
 * date's is let pass; a two-digit year is 1970 to 2069. WHEN_NONE if unreadable. */
int64_t when_parse_http(const char *text, size_t len);

/* Retry-After (RFC 9110, 10.2.3): seconds or a date; the answer is milliseconds from `now_wall_ms`,
 * at least 0, or -1 when unreadable. */
int64_t when_parse_retry_after(const char *text, size_t len, int64_t now_wall_ms);

/* The first moment (UTC) of a day that there is: month 1 to 12, day from 1. */
int64_t when_date(int year, int month, int day);

/* Appends "2026-10-20T14:02:07Z"; "-" for WHEN_NONE. */
void when_rfc3339(struct str *out, int64_t ms);
/* Whether the text that `ms` was read from (when_parse_rfc3339) is what when_rfc3339 makes of it:
 * then nobody needs to keep it. */
bool when_is_rfc3339(const char *text, size_t len, int64_t ms);
/* Appends the time of day in the machine's zone with the zone's name when not UTC: "14:02:07 CEST";
 * with the date before it when it is not today (now_wall_ms): "20 Oct 14:02:07Z", and with the year
 * when that is another: "20 Oct 2025 14:02:07Z". "-" for WHEN_NONE. */
void when_clock(struct str *out, int64_t ms, int64_t now_wall_ms);
/* Appends an age or a duration in at most 5 cells: "0s", "9s", "22m", "3.8d", "14d", "2.5y"; cut,
 * not rounded. Negative ages (a clock that jumped) are shown as "0s". */
void when_age(struct str *out, int64_t age_ms);

#endif
