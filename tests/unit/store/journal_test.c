/* journal_test.c: intents and outcomes, shared commits, owners that are killed, a full disk. It
 * covers journal.c, journal_names.c and journal_read.c. */
#include "store/journal.h"

#include "base/when.h"
#include "tests/support/sql_steps.h"
#include "tests/support/tmpdir.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct clock clock;
    struct journal *j;
    struct error err;
};

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "state/journal.db", &fx.path);
    fx.manual.wall_ms = 1760968927000;
    fx.clock = clock_from_manual(&fx.manual);
    if (journal_open(&fx.j, fx.path.data, fx.clock, &fx.err))
        return -1;
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    journal_close(fx->j);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

static struct journal_entry entry_of(const char *id)
{
    struct journal_entry e = {.kind = JOURNAL_UPDATE, .intent_wall_ms = 1760968927000};
    strcpy(e.origin, "https://gw.example.net");
    strcpy(e.org, "org_1");
    strcpy(e.profile, "prod");
    strcpy(e.account_id, id);
    strcpy(e.account_name, "az-gpt");
    strcpy(e.operator_name, "op@host");
    e.base = "{\"a\":1}";
    e.body = "{\"a\":2}";
    return e;
}

static int64_t intend(struct journal *j, const char *id)
{
    struct error err;
    struct journal_entry e = entry_of(id);
    int64_t op = 0;
    assert_int_equal(journal_intent(j, &e, &op, &err), ST_OK);
    return op;
}

struct seen {
    size_t count;
    int64_t ops[32];
    enum journal_outcome outcomes[32];
};

static void see(void *ctx, const struct journal_entry *e)
{
    struct seen *s = ctx;
    s->ops[s->count] = e->op;
    s->outcomes[s->count++] = e->outcome;
}

static struct seen list(struct journal *j, bool open_only)
{
    struct seen s = {0};
    struct error err;
    assert_int_equal(
        journal_list(j, "https://gw.example.net", "org_1", open_only, 32, see, &s, &err), ST_OK);
    return s;
}

static void test_an_entry_comes_back_whole(void **state)
{
    struct fixture *fx = *state;
    int64_t op = intend(fx->j, "pa_1");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    struct journal_entry e;
    assert_int_equal(journal_get(fx->j, op, &e, &fx->err), ST_OK);
    assert_int_equal(e.outcome, JOURNAL_OPEN);
    assert_int_equal(e.kind, JOURNAL_UPDATE);
    assert_int_equal(e.outcome_wall_ms, WHEN_NONE);
    assert_string_equal(e.account_id, "pa_1");
    assert_string_equal(e.body, "{\"a\":2}");
    assert_null(e.after);
    assert_string_equal(e.owner, journal_owner(fx->j));
    journal_entry_finish(&e);

    fx->manual.wall_ms += 5000;
    assert_int_equal(
        journal_outcome(fx->j, op, JOURNAL_APPLIED, NULL, "{\"a\":2}", "fine", &fx->err), ST_OK);
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    journal_close(fx->j);
    assert_int_equal(journal_open(&fx->j, fx->path.data, fx->clock, &fx->err), ST_OK);
    assert_int_equal(journal_get(fx->j, op, &e, &fx->err), ST_OK);
    assert_int_equal(e.outcome, JOURNAL_APPLIED);
    assert_int_equal(e.outcome_wall_ms, 1760968932000);
    assert_string_equal(e.after, "{\"a\":2}");
    assert_string_equal(e.account_id, "pa_1");
    assert_string_equal(e.note, "fine");
    journal_entry_finish(&e);
    assert_int_equal(journal_get(fx->j, 999, &e, &fx->err), ST_NOT_FOUND);
}

static void test_a_turn_is_one_commit(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    assert_int_equal(journal_open(&other, fx->path.data, fx->clock, &fx->err), ST_OK);
    intend(fx->j, "pa_1");
    intend(fx->j, "pa_2");
    assert_int_equal(list(other, false).count, 0);
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    struct seen s = list(other, false);
    assert_int_equal(s.count, 2);
    assert_true(s.ops[0] > s.ops[1]);                        /* newest first */
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK); /* nothing was added */
    journal_close(other);
}

/* F23 */
static void test_F23_locked_by_another(void **state)
{
    struct fixture *fx = *state;
    struct journal *other;
    struct journal_entry e = entry_of("pa_2");
    int64_t op;
    assert_int_equal(journal_open(&other, fx->path.data, fx->clock, &fx->err), ST_OK);
    intend(fx->j, "pa_1");
    assert_int_equal(journal_intent(other, &e, &op, &fx->err), ST_IO);
    assert_true(journal_is_busy(&fx->err));
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    assert_int_equal(journal_intent(other, &e, &op, &fx->err), ST_OK);
    assert_int_equal(journal_flush(other, &fx->err), ST_OK);
    assert_int_equal(list(fx->j, false).count, 2);
    journal_close(other);
}

/* F21: no room: the turn is rolled back whole, and works again when there is room. */
static void test_F21_full_disk(void **state)
{
    struct fixture *fx = *state;
    struct rlimit old, small = {20000, RLIM_INFINITY};
    intend(fx->j, "pa_1");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    static char big[200000];
    memset(big, 'x', sizeof big - 1);
    struct journal_entry e = entry_of("pa_2");
    e.base = big;
    int64_t op = 0;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    enum status st = journal_intent(fx->j, &e, &op, &fx->err);
    if (st == ST_OK)
        st = journal_flush(fx->j, &fx->err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(st, ST_IO);
    assert_false(journal_is_busy(&fx->err));
    assert_int_equal(list(fx->j, false).count, 1);
    intend(fx->j, "pa_3");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    assert_int_equal(list(fx->j, false).count, 2);
}

/* F22: the journal's own bad file is kept beside, and said. */
static void test_F22_corrupt_is_kept_beside(void **state)
{
    struct fixture *fx = *state;
    intend(fx->j, "pa_1");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    journal_close(fx->j);
    fx->j = NULL;
    assert_true(tmpdir_write(fx->dir, "state/journal.db",
                             "not a database at all, but long enough "
                             "to be looked at as one by its header......"
                             "........................................"
                             "........................................",
                             0600));
    assert_int_equal(journal_open(&fx->j, fx->path.data, fx->clock, &fx->err), ST_OK);
    assert_non_null(
        strstr(journal_note(fx->j), "journal.db was corrupt: kept as journal.db.corrupt-"));
    assert_int_equal(tmpdir_find_bytes(fx->dir, "not a database at all"), 1);
    assert_int_equal(list(fx->j, false).count, 0);
}

static void test_open_entries_are_those_not_settled(void **state)
{
    struct fixture *fx = *state;
    static const enum journal_outcome outcomes[] = {
        JOURNAL_OPEN,    JOURNAL_APPLIED,  JOURNAL_DIFFERENT, JOURNAL_NOT_APPLIED,
        JOURNAL_UNKNOWN, JOURNAL_NOT_SEEN, JOURNAL_CONFLICT,  JOURNAL_RELEASED};
    for (size_t i = 0; i < 8; i++) {
        int64_t op = intend(fx->j, "pa_1");
        if (i)
            journal_outcome(fx->j, op, outcomes[i], NULL, NULL, NULL, &fx->err);
    }
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    struct seen s = list(fx->j, true);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.outcomes[0], JOURNAL_CONFLICT);
    assert_int_equal(s.outcomes[3], JOURNAL_OPEN);
    assert_int_equal(list(fx->j, false).count, 8);
    struct seen none = {0};
    assert_int_equal(journal_list(fx->j, "https://other", "", false, 32, see, &none, &fx->err),
                     ST_OK);
    assert_int_equal(none.count, 0);
}

static size_t lock_files(const struct fixture *fx)
{
    struct str path = STR_INIT;
    DIR *d = opendir(tmpdir_path(fx->dir, "state", &path));
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strncmp(e->d_name, "owner-", 6) == 0;
    closedir(d);
    str_finish(&path);
    return n;
}

/* A living owner keeps its entries; after kill -9 they can be taken, once (F29). */
static void test_F29_entries_of_a_killed_owner(void **state)
{
    struct fixture *fx = *state;
    int ready[2], go[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        struct journal *j;
        char c;
        if (journal_open(&j, fx->path.data, fx->clock, &fx->err) == ST_OK) {
            struct journal_entry e = entry_of("pa_child");
            int64_t op;
            journal_intent(j, &e, &op, &fx->err);
            journal_flush(j, &fx->err);
            if (write(ready[1], &op, sizeof op) < 0)
                _exit(1);
            if (read(go[0], &c, 1) < 0)
                _exit(1);
        }
        _exit(0);
    }
    int64_t op = 0;
    assert_int_equal(read(ready[0], &op, sizeof op), sizeof op);
    assert_int_equal(list(fx->j, true).count, 0);
    assert_int_equal(list(fx->j, false).count, 1);
    assert_int_equal(journal_take(fx->j, op, &fx->err), ST_CONFLICT);

    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(list(fx->j, true).count, 1);
    struct journal *rival;
    assert_int_equal(journal_open(&rival, fx->path.data, fx->clock, &fx->err), ST_OK);
    assert_int_equal(lock_files(fx), 2); /* the dead one's is swept */
    assert_int_equal(journal_take(fx->j, op, &fx->err), ST_OK);
    assert_int_equal(journal_take(rival, op, &fx->err), ST_CONFLICT);
    assert_int_equal(journal_take(fx->j, op, &fx->err), ST_OK);
    assert_int_equal(list(rival, true).count, 0);
    journal_close(rival);
    assert_int_equal(lock_files(fx), 1);
    close(ready[0]);
    close(ready[1]);
    close(go[0]);
    close(go[1]);
}

/* What an undo would take back: of this operator, here, and not twice. */
static int64_t undoable(struct fixture *fx, const char *who)
{
    struct journal_entry e;
    enum status st = journal_undoable(fx->j, "https://gw.example.net", "org_1", who, &e, &fx->err);
    int64_t op = st == ST_OK ? e.op : -1;
    if (st != ST_OK)
        assert_int_equal(st, ST_NOT_FOUND);
    journal_entry_finish(&e);
    return op;
}

static void settle(struct fixture *fx, int64_t op, enum journal_outcome outcome)
{
    assert_int_equal(journal_outcome(fx->j, op, outcome, NULL, NULL, "", &fx->err), ST_OK);
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
}

static void test_what_an_undo_would_take_back(void **state)
{
    struct fixture *fx = *state;
    struct journal_entry undo = entry_of("pa_2");
    assert_int_equal(undoable(fx, "op@host"), -1);
    int64_t first = intend(fx->j, "pa_1"), second = intend(fx->j, "pa_2"), undo_op;
    assert_int_equal(undoable(fx, "op@host"), second); /* open: said to be so, not passed over */
    settle(fx, first, JOURNAL_APPLIED);
    settle(fx, second, JOURNAL_DIFFERENT);
    assert_int_equal(undoable(fx, "op@host"), second);
    assert_int_equal(undoable(fx, "other@host"), -1);

    undo.undoes = second;
    assert_int_equal(journal_intent(fx->j, &undo, &undo_op, &fx->err), ST_OK);
    settle(fx, undo_op, JOURNAL_NOT_APPLIED); /* an undo that failed took nothing back */
    assert_int_equal(undoable(fx, "op@host"), second);
    settle(fx, undo_op, JOURNAL_UNKNOWN);
    assert_int_equal(undoable(fx, "op@host"), first);
    settle(fx, undo_op, JOURNAL_APPLIED);
    assert_int_equal(undoable(fx, "op@host"), first);
    settle(fx, first, JOURNAL_RELEASED);
    assert_int_equal(undoable(fx, "op@host"), -1);
}

/* An undo that is taken back: what did it is the last write, and then all of it is as it was. */
static void test_an_undo_that_was_taken_back(void **state)
{
    struct fixture *fx = *state;
    int64_t first = intend(fx->j, "pa_1"), ops[5] = {intend(fx->j, "pa_2")};
    settle(fx, first, JOURNAL_APPLIED);
    settle(fx, ops[0], JOURNAL_APPLIED);
    for (int i = 1; i < 4; i++) {
        struct journal_entry e = entry_of("pa_2");
        e.undoes = ops[i - 1];
        assert_int_equal(journal_intent(fx->j, &e, &ops[i], &fx->err), ST_OK);
        settle(fx, ops[i], JOURNAL_APPLIED);
        assert_int_equal(undoable(fx, "op@host"), i == 2 ? ops[2] : first);
    }
    /* The last of them failed after all: done again is what stands. */
    settle(fx, ops[3], JOURNAL_NOT_APPLIED);
    assert_int_equal(undoable(fx, "op@host"), ops[2]);
    /* Taken back a second time, from its own entry: the newest undo counts. */
    struct journal_entry again = entry_of("pa_2");
    again.undoes = ops[0];
    assert_int_equal(journal_intent(fx->j, &again, &ops[4], &fx->err), ST_OK);
    settle(fx, ops[2], JOURNAL_NOT_APPLIED);
    settle(fx, ops[4], JOURNAL_APPLIED);
    assert_int_equal(undoable(fx, "op@host"), first);
}

static int64_t intend_undo(struct fixture *fx, int64_t of, const char *plan,
                           enum journal_outcome outcome)
{
    struct journal_entry undo = entry_of("pa_1");
    int64_t op = 0;
    undo.undoes = of;
    snprintf(undo.plan, sizeof undo.plan, "%s", plan);
    assert_int_equal(journal_intent(fx->j, &undo, &op, &fx->err), ST_OK);
    settle(fx, op, outcome);
    return op;
}

static void assert_stands(struct fixture *fx, int64_t op, bool wanted, const char *by)
{
    bool stands = !wanted;
    char plan[40] = "?";
    assert_int_equal(journal_stands(fx->j, op, &stands, plan, &fx->err), ST_OK);
    assert_int_equal(stands, wanted);
    assert_string_equal(plan, by);
}

/* Taken back, done again, and taken back once more. */
static void test_whether_a_write_stands(void **state)
{
    struct fixture *fx = *state;
    int64_t op = intend(fx->j, "pa_1"), other = intend(fx->j, "pa_1");
    settle(fx, op, JOURNAL_APPLIED);
    settle(fx, other, JOURNAL_APPLIED);
    assert_stands(fx, op, true, "");
    intend_undo(fx, op, "A-undo", JOURNAL_NOT_APPLIED);
    intend_undo(fx, op, "A-undo", JOURNAL_UNKNOWN);
    assert_stands(fx, op, true, "");
    int64_t undo = intend_undo(fx, op, "A-undo", JOURNAL_DIFFERENT);
    assert_stands(fx, op, false, "A-undo");
    int64_t redo = intend_undo(fx, undo, "B", JOURNAL_APPLIED);
    assert_stands(fx, op, true, "B");
    assert_stands(fx, undo, false, "B");
    intend_undo(fx, redo, "", JOURNAL_APPLIED);
    assert_stands(fx, op, false, "");
    intend_undo(fx, op, "A-undo2", JOURNAL_APPLIED); /* the newest says how it is */
    assert_stands(fx, op, false, "A-undo2");
    assert_stands(fx, other, true, "");
    assert_stands(fx, 0, true, "");
}

/* Newest first, in pieces. */
static void test_the_journal_in_pieces(void **state)
{
    struct fixture *fx = *state;
    struct seen s = {0};
    for (int i = 0; i < 5; i++)
        intend(fx->j, "pa_1");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    assert_int_equal(journal_page(fx->j, "", "", 0, 2, see, &s, &fx->err), ST_OK);
    assert_int_equal(s.count, 2);
    assert_int_equal(
        journal_page(fx->j, "https://gw.example.net", "org_1", s.ops[1], 9, see, &s, &fx->err),
        ST_OK);
    assert_int_equal(s.count, 5);
    for (size_t i = 1; i < s.count; i++)
        assert_true(s.ops[i] < s.ops[i - 1]);
    assert_int_equal(journal_page(fx->j, "https://else", "", 0, 9, see, &s, &fx->err), ST_OK);
    assert_int_equal(s.count, 5);
}

static struct journal *open_counted(struct fixture *fx)
{
    struct journal *j;
    sql_steps_watch();
    assert_int_equal(journal_open(&j, fx->path.data, fx->clock, &fx->err), ST_OK);
    sql_steps_watch_no_more();
    return j;
}

/* However much others wrote, before it and behind it. */
static void test_a_page_costs_what_is_on_it(void **state)
{
    struct fixture *fx = *state;
    struct journal *j = open_counted(fx);
    struct journal_entry other = entry_of("pa_x");
    struct seen s = {0};
    int64_t op, first = intend(j, "pa_1");
    strcpy(other.org, "org_2");
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(journal_intent(j, &other, &op, &fx->err), ST_OK);
        assert_int_equal(journal_outcome(j, op, JOURNAL_APPLIED, NULL, NULL, NULL, &fx->err),
                         ST_OK);
    }
    assert_int_equal(journal_flush(j, &fx->err), ST_OK);
    (void)sql_steps();
    assert_int_equal(journal_page(j, "https://gw.example.net", "org_1", 0, 9, see, &s, &fx->err),
                     ST_OK);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.ops[0], first);
    assert_int_equal(journal_page(j, "https://gw.example.net", "org_2", 5000, 9, see, &s, &fx->err),
                     ST_OK);
    assert_int_equal(s.count, 10);
    assert_in_range(sql_steps(), 1, 200);
    journal_close(j);
}

/* What is settled costs the next write nothing: a plan of a hundred thousand is a hundred thousand
 * looks. */
static void test_an_intent_costs_the_same_in_a_long_journal(void **state)
{
    struct fixture *fx = *state;
    struct journal *j = open_counted(fx);
    int64_t op;
    for (int i = 0; i < 3000; i++) {
        op = intend(j, "pa_1");
        assert_int_equal(journal_outcome(j, op, JOURNAL_APPLIED, NULL, NULL, NULL, &fx->err),
                         ST_OK);
    }
    assert_int_equal(journal_flush(j, &fx->err), ST_OK);
    (void)sql_steps();
    intend(j, "pa_2");
    assert_int_equal(journal_elsewhere(j, "https://gw.example.net", "org_1", span_of(""),
                                       span_of("az-gpt"), &op, &fx->err),
                     ST_OK);
    assert_int_equal(op, 0);
    assert_in_range(sql_steps(), 0, 100);
    journal_close(j);
}

/* What one process writes, another one hears of. */
static void test_the_stamp_moves(void **state)
{
    struct fixture *fx = *state;
    struct journal *reader;
    assert_int_equal(journal_open(&reader, fx->path.data, fx->clock, &fx->err), ST_OK);
    int64_t before = journal_stamp(reader);
    assert_int_equal(journal_stamp(reader), before);
    intend(fx->j, "pa_1");
    assert_int_equal(journal_flush(fx->j, &fx->err), ST_OK);
    assert_int_not_equal(journal_stamp(reader), before);
    journal_close(reader);
}

static void test_reason_fits(void **state)
{
    char reason[160];
    struct error err = {.status = ST_OK};
    (void)state;
    memset(reason, 'x', sizeof reason);
    assert_int_equal(journal_reason_check((struct span){reason, 159}, &err), ST_OK);
    assert_int_equal(journal_reason_check((struct span){reason, 160}, &err), ST_USAGE);
    assert_string_equal(err.what, "too long for the journal by 1 byte");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reason_fits),
        TEST(test_an_entry_comes_back_whole),
        TEST(test_a_turn_is_one_commit),
        TEST(test_what_an_undo_would_take_back),
        TEST(test_whether_a_write_stands),
        TEST(test_an_undo_that_was_taken_back),
        TEST(test_the_journal_in_pieces),
        TEST(test_a_page_costs_what_is_on_it),
        TEST(test_an_intent_costs_the_same_in_a_long_journal),
        TEST(test_the_stamp_moves),
        TEST(test_F23_locked_by_another),
        TEST(test_F21_full_disk),
        TEST(test_F22_corrupt_is_kept_beside),
        TEST(test_open_entries_are_those_not_settled),
        TEST(test_F29_entries_of_a_killed_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
