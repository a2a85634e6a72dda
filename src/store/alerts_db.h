/* alerts_db.h: what has been told and what was said about it, kept across starts: alerts.db in the
 * state directory, by server, organisation, rule and account. */
#ifndef STORE_ALERTS_DB_H
#define STORE_ALERTS_DB_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct alerts_db;

struct alert_record {
    const char *rule, *account; /* (borrowed) */
    int64_t since_ms, told_ms;  /* wall clock; told WHEN_NONE: not yet */
    bool acknowledged, muted;
};

/* Opens or makes the file. Errors: ST_IO: alerts work, and are forgotten at the end. origin and org
 * are copied. */
enum status alerts_db_open(struct alerts_db **out, const char *path, const char *origin,
                           const char *org, struct clock clock, struct error *err);
void alerts_db_close(struct alerts_db *db); /* NULL allowed */
typedef void alerts_db_fn(void *ctx, const struct alert_record *record);
enum status alerts_db_load(struct alerts_db *db, alerts_db_fn *fn, void *ctx, struct error *err);
/* Saves over the one of the same rule and account; drop is fine with none. Between begin and end
 * several share a commit. */
enum status alerts_db_begin(struct alerts_db *db, struct error *err);
enum status alerts_db_save(struct alerts_db *db, const struct alert_record *record,
                           struct error *err);
enum status alerts_db_drop(struct alerts_db *db, const char *rule, const char *account,
                           struct error *err);
enum status alerts_db_end(struct alerts_db *db, struct error *err);

#endif
