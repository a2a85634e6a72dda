/* alerts_db.h: what has been told and what was said about it, kept across starts: alerts.db in the
 * state directory, by server, organisation, rule and account. Several processes may have it open:
 * one of them owns what is told (a lock that ends with the process), all say what is acknowledged
 * and muted. */
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
    /* When each of the two was last decided, either way, wall clock; 0: never. The newest decision
     * stands, whoever saves what. */
    int64_t acknowledged_ms, muted_ms;
    int due; /* what a command has still to be given, a number of the caller's; 0: nothing */
};

/* Opens or makes the file. Errors: ST_IO: alerts work, and are forgotten at the end. origin and org
 * are copied. */
enum status alerts_db_open(struct alerts_db **out, const char *path, const char *origin,
                           const char *org, struct clock clock, struct error *err);
void alerts_db_close(struct alerts_db *db); /* NULL allowed */
/* That a bad file was renamed aside at the opening, to be told (F22); "" otherwise. (borrowed) */
const char *alerts_db_note(const struct alerts_db *db);
/* Whether this process owns what is told of this server and organisation; tries to, each time. */
bool alerts_db_owns(struct alerts_db *db);
/* Whether another process wrote to the file since the last call, or the opening. */
bool alerts_db_changed(struct alerts_db *db);
typedef void alerts_db_fn(void *ctx, const struct alert_record *record);
enum status alerts_db_load(struct alerts_db *db, alerts_db_fn *fn, void *ctx, struct error *err);
/* Between begin and end several share a commit, and nobody else writes. */
enum status alerts_db_begin(struct alerts_db *db, struct error *err);
/* Saves over the one of the same rule and account, but for decisions that are newer there. */
enum status alerts_db_save(struct alerts_db *db, const struct alert_record *record,
                           struct error *err);
/* Of one that is there only the decisions that are not older; one that is not is saved whole. */
enum status alerts_db_decide(struct alerts_db *db, const struct alert_record *record,
                             struct error *err);
/* Fine with none. One that was muted after muted_ms stays. */
enum status alerts_db_drop(struct alerts_db *db, const char *rule, const char *account,
                           int64_t muted_ms, struct error *err);
/* Commits, or takes all back when failed. */
enum status alerts_db_end(struct alerts_db *db, bool failed, struct error *err);

#endif
