/* own_writes_test.c: which changes were writes of this machine, though its journal is read in
 * slices: of the newest and of the oldest of them, and not of anybody else's. */
#include "tui/screens/own_writes.h"

#include "base/when.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WRITES = 60 };

static struct journal *journal_of(struct tmpdir *dir)
{
    struct str path = STR_INIT;
    struct error err;
    struct journal *j = NULL;
    tmpdir_path(dir, "journal.db", &path);
    assert_int_equal(journal_open(&j, str_text(&path), clock_system(), &err), ST_OK);
    for (int i = 0; i < WRITES; i++) {
        struct journal_entry e = {.origin = "https://gw",
                                  .org = "org_1",
                                  .account_name = "name",
                                  .kind = JOURNAL_DELETE,
                                  .intent_wall_ms = 1000000 + i * 1000,
                                  .operator_name = "user@host"};
        int64_t op;
        snprintf(e.account_id, sizeof e.account_id, "pa_%d", i);
        assert_int_equal(journal_intent(j, &e, &op, &err), ST_OK);
        assert_int_equal(journal_outcome(j, op, JOURNAL_APPLIED, NULL, NULL, "", &err), ST_OK);
    }
    assert_int_equal(journal_flush(j, &err), ST_OK);
    str_finish(&path);
    return j;
}

static int64_t found(const struct own_writes *own, const char *account)
{
    const char *by = "";
    const struct change gone = {.account = span_of(account),
                                .kind = CHANGE_GONE,
                                .seen_wall_ms = 2000000,
                                .since_wall_ms = WHEN_NONE};
    int64_t op = own_writes_find(own, &gone, &by);
    assert_string_equal(by, op ? "user@host" : "");
    return op;
}

static void test_read_in_slices(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct journal *j = journal_of(dir);
    struct own_writes own = {0};
    for (int again = 0; again < 2; again++) {
        int slices = 1;
        own_writes_begin(&own);
        assert_int_equal(found(&own, "pa_59"), 0);
        while (own_writes_some(&own, j, "https://gw", "org_1"))
            slices++;
        assert_true(slices > 2);
        assert_int_equal(own.count, WRITES);
        assert_int_equal(found(&own, "pa_0"), 1);
        assert_int_equal(found(&own, "pa_59"), WRITES);
        assert_int_equal(found(&own, "pa_60"), 0);
    }
    own_writes_begin(&own);
    assert_false(own_writes_some(&own, j, "https://gw", "org_2"));
    assert_int_equal(own.count, 0);
    assert_false(own_writes_some(&own, NULL, "https://gw", "org_1"));
    own_writes_finish(&own);
    journal_close(j);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read_in_slices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
