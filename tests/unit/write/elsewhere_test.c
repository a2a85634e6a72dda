/* elsewhere_test.c: a write that another living process has not settled is a word on its account;
 * it goes when that is settled, and becomes a write of ours when that process dies. */
#include "machine_rig.h"

/* A process with the journal, which adds an intent, and settles it when it is told to. */
struct other {
    pid_t pid;
    int say, hear;
};

static void live(struct fixture *fx, int hear, int say)
{
    struct journal *j;
    struct journal_entry e = {.kind = JOURNAL_UPDATE,
                              .intent_wall_ms = fx->manual.wall_ms,
                              .base = before(),
                              .body = "{\"enabled\":false}"};
    int64_t op = 0;
    char c;
    snprintf(e.origin, sizeof e.origin, "https://gw.example.net");
    snprintf(e.org, sizeof e.org, "org_1");
    snprintf(e.account_id, sizeof e.account_id, "pa_1");
    snprintf(e.operator_name, sizeof e.operator_name, "ann@there");
    if (journal_open(&j, fx->path.data, fx->clock, &fx->err) ||
        journal_intent(j, &e, &op, &fx->err) || journal_flush(j, &fx->err) ||
        write(say, "i", 1) != 1 || read(hear, &c, 1) != 1 ||
        journal_outcome(j, op, JOURNAL_APPLIED, NULL, NULL, "", &fx->err) ||
        journal_flush(j, &fx->err) || write(say, "o", 1) != 1 || read(hear, &c, 1) != 1)
        _exit(1);
    _exit(0);
}

static struct other begin(struct fixture *fx)
{
    int to[2], from[2];
    char c = 0;
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    struct other o = {.pid = fork(), .say = to[1], .hear = from[0]};
    if (o.pid == 0)
        live(fx, to[0], from[1]);
    assert_int_equal(read(o.hear, &c, 1), 1);
    return o;
}

static void end(struct other *o)
{
    kill(o->pid, SIGKILL);
    waitpid(o->pid, NULL, 0);
}

static void assert_word(struct fixture *fx, row_id row)
{
    const char *word = fleet_locked(fx->fleet, row);
    assert_non_null(word);
    assert_non_null(strstr(word, "write 1 by ann@there is not settled since "));
    assert_non_null(strstr(word, "another paddock looks after it"));
}

static row_id put(struct fixture *fx)
{
    row_id row = ROW_NONE;
    fleet_put(fx->fleet, span_of(before()), clock_mono(&fx->clock), &row);
    return fleet_find(fx->fleet, span_of("pa_1"));
}

static void test_until_it_is_settled(void **state)
{
    struct fixture *fx = *state;
    char c = 0;
    struct other o = begin(fx);
    row_id row = put(fx);
    assert_null(fleet_locked(fx->fleet, row));
    writes_look_elsewhere(fx->writes);
    assert_word(fx, row);
    writes_look_elsewhere(fx->writes);
    assert_word(fx, row);
    assert_int_equal(write(o.say, "s", 1), 1);
    assert_int_equal(read(o.hear, &c, 1), 1);
    writes_look_elsewhere(fx->writes);
    assert_null(fleet_locked(fx->fleet, row));
    end(&o);
}

/* A write of ours that is held back by it takes its own word away, and not that one's. */
static void test_after_one_of_ours_was_held_back(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_preview(fx);
    struct other o = begin(fx);
    writes_look_elsewhere(fx->writes);
    assert_word(fx, fx->row);
    write_confirm(w);
    assert_non_null(strstr(fleet_locked(fx->fleet, fx->row), "being written"));
    turn(fx);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_word(fx, fx->row);
    write_close(w);
    end(&o);
}

/* The account comes later than the word. */
static void test_of_a_row_that_comes_later(void **state)
{
    struct fixture *fx = *state;
    struct other o = begin(fx);
    writes_look_elsewhere(fx->writes);
    assert_word(fx, put(fx));
    end(&o);
}

static void test_F29_taken_up_when_its_owner_dies(void **state)
{
    struct fixture *fx = *state;
    struct other o = begin(fx);
    row_id row = put(fx);
    writes_look_elsewhere(fx->writes);
    assert_word(fx, row);
    end(&o);
    writes_look_elsewhere(fx->writes);
    size_t at = 0;
    struct write *w = writes_open_next(fx->writes, &at);
    assert_non_null(w);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_non_null(strstr(fleet_locked(fx->fleet, row), "outcome unknown since "));
    turn(fx);
}

/* ... and when it came and died between two looks. */
static void test_F29_taken_up_though_never_seen(void **state)
{
    struct fixture *fx = *state;
    row_id row = put(fx);
    writes_look_elsewhere(fx->writes);
    struct other o = begin(fx);
    end(&o);
    writes_look_elsewhere(fx->writes);
    assert_non_null(fleet_locked(fx->fleet, row));
    assert_non_null(strstr(fleet_locked(fx->fleet, row), "outcome unknown since "));
    turn(fx);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_until_it_is_settled),
        TEST(test_after_one_of_ours_was_held_back),
        TEST(test_of_a_row_that_comes_later),
        TEST(test_F29_taken_up_when_its_owner_dies),
        TEST(test_F29_taken_up_though_never_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
