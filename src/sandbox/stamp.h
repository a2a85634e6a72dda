/* stamp.h: times as the service writes them (RFC 3339 in UTC with Z; months as 2026-11).
 *
 * The sandbox has its own few lines for this, not the console's, so that a mistake in reading a
 * time cannot be hidden by the same mistake in writing it. */
#ifndef SANDBOX_STAMP_H
#define SANDBOX_STAMP_H

#include "base/str.h"

#include <stdint.h>

#define STAMP_MONTH_BYTES 16
#define STAMP_MS_PER_DAY  INT64_C(86400000)

/* Appends "2026-11-24T07:28:18Z", with six digits of a second when there is a fraction. `ms` is
 * since 1970-01-01T00:00:00Z. */
void stamp_add(struct str *out, int64_t ms);
/* Appends "Tue, 24 Nov 2026 07:28:18 GMT", as HTTP's Date has it. */
void stamp_http(struct str *out, int64_t ms);
/* Writes "2026-11" and NUL. */
void stamp_month(char out[STAMP_MONTH_BYTES], int64_t ms);
/* The first millisecond of the month of `ms`, UTC. */
int64_t stamp_month_start(int64_t ms);

#endif
