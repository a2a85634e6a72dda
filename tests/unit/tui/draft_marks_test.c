/* draft_marks_test.c: which accounts have a draft follows what is on the disk. */
#include "tui/draft_marks.h"

#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct clock_manual manual;
    struct drafts *d;
    struct draft_marks marks;
    int told;
};

static void on_changed(void *ctx)
{
    ((struct fixture *)ctx)->told++;
}

static int set_up(void **state)
{
    static struct fixture fx;
    struct str path = STR_INIT;
    fx = (struct fixture){.dir = tmpdir_create()};
    tmpdir_path(fx.dir, "drafts.db", &path);
    enum status st = drafts_open(&fx.d, path.data, clock_from_manual(&fx.manual), NULL);
    str_finish(&path);
    *state = &fx;
    return st == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    draft_marks_finish(&fx->marks);
    drafts_close(fx->d);
    tmpdir_destroy(fx->dir);
    return 0;
}

static void save(struct fixture *fx, const char *org, const char *account)
{
    const struct draft_key key = {"https://gw", org, account};
    const struct draft_field field = {FIELD_NAME, span_of("typed")};
    assert_int_equal(drafts_save(fx->d, &key, span_of("{}"), &field, 1, NULL), ST_OK);
}

static void drop(struct fixture *fx, const char *org, const char *account)
{
    const struct draft_key key = {"https://gw", org, account};
    assert_int_equal(drafts_drop(fx->d, &key, NULL), ST_OK);
}

static void open_marks(struct fixture *fx)
{
    draft_marks_open(&fx->marks, fx->d, "https://gw", "org_1", on_changed, fx);
}

static bool has(const struct fixture *fx, const char *account)
{
    return draft_marks_has(&fx->marks, span_of(account));
}

static void test_what_an_earlier_console_left_is_there(void **state)
{
    struct fixture *fx = *state;
    save(fx, "org_1", "pa_2");
    save(fx, "org_1", "pa_1");
    save(fx, "org_2", "pa_3");
    open_marks(fx);
    assert_int_equal(fx->told, 1);
    assert_true(has(fx, "pa_1") && has(fx, "pa_2"));
    assert_false(has(fx, "pa_3") || has(fx, "pa_") || has(fx, "pa_11") || has(fx, ""));
}

static void test_drafts_come_and_go(void **state)
{
    struct fixture *fx = *state;
    open_marks(fx);
    assert_int_equal(fx->told, 0);
    save(fx, "org_1", "pa_1");
    save(fx, "org_1", "pa_1"); /* a key more in the same form */
    assert_int_equal(fx->told, 1);
    assert_true(has(fx, "pa_1"));
    save(fx, "org_2", "pa_9"); /* of another organisation */
    drop(fx, "org_2", "pa_1");
    drop(fx, "org_1", "pa_7");
    assert_int_equal(fx->told, 1);
    assert_true(has(fx, "pa_1") && !has(fx, "pa_9"));
    drop(fx, "org_1", "pa_1");
    assert_int_equal(fx->told, 2);
    assert_false(has(fx, "pa_1"));
}

/* Sent, and the outcome is not known: put aside; then it comes back. */
static void test_what_is_put_aside_is_not_at_the_account(void **state)
{
    struct fixture *fx = *state;
    const struct draft_key home = {"https://gw", "org_1", "pa_1"},
                           aside = {"https://gw", "org_1", "pa_1 sent"};
    save(fx, "org_1", "pa_1");
    open_marks(fx);
    assert_int_equal(drafts_move(fx->d, &home, aside.account, NULL), ST_OK);
    assert_false(has(fx, "pa_1"));
    assert_int_equal(drafts_move(fx->d, &aside, home.account, NULL), ST_OK);
    assert_true(has(fx, "pa_1"));
    assert_int_equal(drafts_move(fx->d, &aside, home.account, NULL), ST_OK); /* there is none */
    assert_true(has(fx, "pa_1") && !has(fx, "pa_1 sent"));
}

static void test_many_are_found(void **state)
{
    struct fixture *fx = *state;
    char id[16];
    open_marks(fx);
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "pa_%d", i * 37 % 100);
        save(fx, "org_1", id);
    }
    for (int i = 0; i < 100; i += 2) {
        snprintf(id, sizeof id, "pa_%d", i);
        drop(fx, "org_1", id);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "pa_%d", i);
        assert_int_equal(has(fx, id), i % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_an_earlier_console_left_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_drafts_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_put_aside_is_not_at_the_account, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_many_are_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
