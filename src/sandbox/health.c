/* health.c: see health.h. */
#include "sandbox/health.h"

#include "sandbox/random.h"

#define LOOK_MS        500  /* wall: at most twice a second */
#define EVENT_MS       4000 /* drift: one account may fall ill */
#define CALM_BELOW     200  /* with fewer accounts, events miss more often */
#define EVENTS_AT_ONCE 64
#define SPELL_MIN_MS   30000
#define SPELL_SPAN_MS  150000

static const struct {
    unsigned weight; /* of 100 */
    const char *status, *reason;
} spells[] = {
    {34, "degraded", "p95 latency 8.4 s over the last 5 minutes"},
    {30, "degraded", "4.1 % of requests answered 529 by the provider"},
    {12, "down", "connection refused by the provider"},
    {10, "down", "credentials rejected by the provider (401)"},
    {14, "throttled", "provider answers 429, Retry-After 30"},
};

int health_init(struct health *h, sqlite3 *db, const struct drift *d)
{
    *h = (struct health){.next_event = drift_now(d) + EVENT_MS};
    int rc = sqlite3_prepare_v2(db,
                                "UPDATE accounts SET status=home_status, status_reason=home_reason,"
                                " last_health_check=?1, recover_at=0"
                                " WHERE recover_at>0 AND recover_at<=?2",
                                -1, &h->recover, NULL);
    if (rc != SQLITE_OK)
        return rc;
    return sqlite3_prepare_v2(db,
                              "UPDATE accounts SET status=?1, status_reason=?2,"
                              " last_health_check=?3, recover_at=?4"
                              " WHERE seq=?5 AND enabled=1 AND recover_at=0 AND status=home_status"
                              " AND status='" STATUS_ACTIVE "'",
                              -1, &h->fall, NULL);
}

void health_finish(struct health *h)
{
    sqlite3_finalize(h->recover);
    sqlite3_finalize(h->fall);
    h->recover = h->fall = NULL;
}

static void fall_ill(struct health *h, const struct drift *d, int64_t newest)
{
    struct random r = {random_mix(h->events++ ^ 0x6865616c7468u)};
    unsigned dice = random_below(&r, 100), i = 0;
    while (dice >= spells[i].weight)
        dice -= spells[i++].weight;
    uint64_t among = (uint64_t)(newest > CALM_BELOW ? newest : CALM_BELOW);
    int64_t seq = 1 + (int64_t)(random_next(&r) % among);
    int64_t until = drift_now(d) + SPELL_MIN_MS + random_below(&r, SPELL_SPAN_MS);
    sqlite3_bind_text(h->fall, 1, spells[i].status, -1, SQLITE_STATIC);
    sqlite3_bind_text(h->fall, 2, spells[i].reason, -1, SQLITE_STATIC);
    sqlite3_bind_int64(h->fall, 3, drift_clock(d));
    sqlite3_bind_int64(h->fall, 4, until);
    sqlite3_bind_int64(h->fall, 5, seq);
    sqlite3_step(h->fall);
    sqlite3_reset(h->fall);
}

bool health_catch_up(struct health *h, sqlite3 *db, const struct drift *d, int64_t newest)
{
    int64_t wall = clock_wall(&d->clock), now = drift_now(d);
    if (wall - h->looked < LOOK_MS && wall >= h->looked)
        return false;
    h->looked = wall;
    int before = sqlite3_total_changes(db);
    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    sqlite3_bind_int64(h->recover, 1, drift_clock(d));
    sqlite3_bind_int64(h->recover, 2, now);
    sqlite3_step(h->recover);
    sqlite3_reset(h->recover);
    for (int i = 0; newest > 0 && h->next_event <= now && i < EVENTS_AT_ONCE; i++) {
        fall_ill(h, d, newest);
        h->next_event += EVENT_MS;
    }
    if (h->next_event <= now)
        h->next_event = now + EVENT_MS;
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return sqlite3_total_changes(db) != before;
}
