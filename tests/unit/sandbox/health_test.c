/* health_test.c: spells of bad health over a table with the columns that they touch, on a clock
 * that stands until it is moved. */
#include "sandbox/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1794268800000) /* 2026-11-10T00:00:00Z */

struct rig {
    struct clock_manual manual;
    struct drift drift;
    sqlite3 *db;
    struct health health;
};

static void sql(struct rig *r, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(r->db, text, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", text, why);
}

static int64_t ask(struct rig *r, const char *text)
{
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(r->db, text, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

static void rig_init(struct rig *r, int accounts)
{
    char text[200];
    memset(r, 0, sizeof *r);
    r->manual.wall_ms = NOW;
    drift_init(&r->drift, clock_from_manual(&r->manual), 1, 0);
    assert_int_equal(sqlite3_open(":memory:", &r->db), SQLITE_OK);
    sql(r, "CREATE TABLE accounts(seq INTEGER PRIMARY KEY, status, status_reason, enabled,"
           " last_health_check, home_status, home_reason, recover_at)");
    snprintf(text, sizeof text,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d)"
             " INSERT INTO accounts SELECT i,'active',NULL,1,NULL,'active',NULL,0 FROM n",
             accounts);
    sql(r, text);
    assert_int_equal(health_init(&r->health, r->db, &r->drift), SQLITE_OK);
}

static void rig_finish(struct rig *r)
{
    health_finish(&r->health);
    assert_int_equal(sqlite3_close(r->db), SQLITE_OK); /* no statement is left */
}

static bool look(struct rig *r, int64_t later_ms, int64_t newest)
{
    r->manual.wall_ms += later_ms;
    return health_catch_up(&r->health, r->db, &r->drift, newest);
}

#define ILL "SELECT count(*) FROM accounts WHERE status<>home_status"

static void test_at_most_twice_a_second(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r, 1);
    assert_false(look(&r, 0, 1));
    sql(&r, "UPDATE accounts SET status='down', recover_at=1");
    assert_false(look(&r, 499, 1));
    assert_true(look(&r, 1, 1));
    assert_int_equal(ask(&r, ILL), 0);
    /* A clock that was put back does not stop it. */
    sql(&r, "UPDATE accounts SET status='down', recover_at=1");
    assert_true(look(&r, -3600000, 1));
    rig_finish(&r);
}

static void test_well_again_when_due(void **state)
{
    struct rig r;
    char text[200];
    (void)state;
    rig_init(&r, 2);
    snprintf(text, sizeof text,
             "UPDATE accounts SET status='down', status_reason='x', recover_at=%lld+seq*1000",
             (long long)NOW);
    sql(&r, text);
    assert_false(look(&r, 999, 0));
    assert_int_equal(ask(&r, ILL), 2);
    assert_true(look(&r, 501, 0));
    assert_int_equal(ask(&r, "SELECT seq FROM accounts WHERE status='down'"), 2);
    assert_int_equal(ask(&r, "SELECT recover_at FROM accounts WHERE seq=1"), 0);
    assert_int_equal(ask(&r, "SELECT status_reason IS NULL FROM accounts WHERE seq=1"), 1);
    assert_int_equal(ask(&r, "SELECT last_health_check FROM accounts WHERE seq=1"), NOW + 1500);
    rig_finish(&r);
}

/* One chance every four seconds; each spell has a reason, an end, and a state to go back to. */
static void test_one_falls_ill(void **state)
{
    struct rig r;
    char text[300];
    (void)state;
    rig_init(&r, 400); /* so many that no chance misses */
    assert_false(look(&r, 3999, 400));
    assert_true(look(&r, 501, 400));
    assert_int_equal(ask(&r, ILL), 1);
    for (int i = 0; i < 5; i++)
        look(&r, 4000, 400);
    int64_t ill = ask(&r, ILL);
    assert_in_range(ill, 2, 6);
    snprintf(text, sizeof text,
             ILL
             " AND status_reason IS NOT NULL AND home_status='active' AND last_health_check<=%lld"
             " AND recover_at BETWEEN last_health_check+30000 AND last_health_check+180000",
             (long long)r.manual.wall_ms);
    assert_int_equal(ask(&r, text), ill);
    rig_finish(&r);
}

static void test_who_cannot_fall_ill(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r, 400);
    sql(&r, "UPDATE accounts SET enabled=0 WHERE seq%2; UPDATE accounts SET status='odd',"
            " home_status='odd' WHERE NOT seq%2");
    for (int i = 0; i < 50; i++)
        assert_false(look(&r, 4000, 400));
    assert_false(look(&r, 4000, 0)); /* no account at all */
    rig_finish(&r);
}

/* A week of idleness is not played in full, and the time after it goes on as usual. */
static void test_a_long_idle_time(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r, 5000);
    assert_true(look(&r, 7 * STAMP_MS_PER_DAY, 5000));
    assert_in_range(ask(&r, ILL), 32, 64);
    assert_int_equal(r.health.next_event, drift_now(&r.drift) + 4000);
    assert_false(look(&r, 1000, 5000));
    rig_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_most_twice_a_second), cmocka_unit_test(test_well_again_when_due),
        cmocka_unit_test(test_one_falls_ill),          cmocka_unit_test(test_who_cannot_fall_ill),
        cmocka_unit_test(test_a_long_idle_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
