/* write_disk_test.c: the write path on a disk that fails (F21, F22, F23) and what it costs a good
 * one. Every call of the disk that a few writes make is refused once, and from there on for good,
 * with each kind of refusal: without a durable intent nothing is sent, what was sent is never
 * called not applied, the file stays whole, reading goes on, and writing does when the disk is
 * well. */
#include "tests/support/open_writes.h"
#include "tests/support/book_rig.h"
#include "tests/support/disk.h"

#include "base/vec.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WIDE = 8, ROUNDS = 10 };

static int set_up(void **state)
{
    static struct book_rig rig;
    *state = &rig;
    return book_rig_begin(&rig, WIDE) ? 0 : -1;
}

static int tear_down(void **state)
{
    disk_end();
    book_rig_end(*state);
    return 0;
}

/* ---- what it costs ------------------------------------------------------------------------ */

/* fsyncs of `count` writes at once; each has to be applied. */
static unsigned long syncs_of(struct book_rig *r, struct write **w, size_t count)
{
    unsigned long before = disk_syncs();
    book_rig_run(r, w, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(write_outcome_name(write_outcome(w[i])), "applied");
        write_close(w[i]);
    }
    loop_step(r->loop, 0);
    return disk_syncs() - before;
}

static void test_two_fsyncs_a_write(void **state)
{
    struct book_rig *r = *state;
    struct write *w[1];
    book_rig_writer(r, NULL);
    w[0] = book_rig_rps(r, 0, 99); /* the log's own beginning is in it, as after a checkpoint */
    assert_in_range(syncs_of(r, w, 1), 1, 3);
    for (int i = 0; i < ROUNDS; i++) {
        w[0] = book_rig_rps(r, 0, 100 + i);
        assert_in_range(syncs_of(r, w, 1), 1, 2);
    }
    for (int i = 0; i < ROUNDS; i++) {
        char name[32];
        snprintf(name, sizeof name, "made-%d", i);
        w[0] = write_rig_create(&r->w, name);
        assert_in_range(syncs_of(r, w, 1), 1, 2);
    }
    w[0] = book_rig_delete(r, 1);
    assert_in_range(syncs_of(r, w, 1), 1, 2);
}

static void test_fewer_fsyncs_where_intents_share_a_commit(void **state)
{
    struct book_rig *r = *state;
    struct write *w[WIDE];
    unsigned long all = 0;
    book_rig_writer(r, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < WIDE; i++)
            w[i] = book_rig_rps(r, i, 100 + round);
        all += syncs_of(r, w, WIDE);
    }
    print_message("%d writes, %d at once: %lu fsyncs\n", WIDE * ROUNDS, (int)WIDE, all);
    assert_true(all * 2 < WIDE * ROUNDS * 3); /* the outcomes come one by one */
}

/* ---- what a failure does ------------------------------------------------------------------ */

static void assert_whole(const struct book_rig *r)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_open_v2(r->path.data, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(st, 0), "ok");
    sqlite3_finalize(st);
    sqlite3_close(db);
}

struct story {
    unsigned refused, applied, open;
};

/* What is said of one write, held against the book and, once the disk is well, the journal. */
static void judge(struct book_rig *r, const struct write *w, int64_t rps, uint64_t sent,
                  struct story *story)
{
    bool done = book_rps(&r->book, "pa_0") == rps;
    assert_in_range(sent, 0, 1);
    switch (write_outcome(w)) {
    case WRITE_NOT_APPLIED:
        assert_int_equal(sent, 0);
        assert_int_equal(write_error(w)->status, ST_IO);
        assert_non_null(strstr(write_error(w)->what, "not sent"));
        story->refused++;
        break;
    case WRITE_APPLIED:
        assert_int_equal(sent, 1);
        assert_true(done);
        story->applied++;
        break;
    default:
        fail_msg("%s, %s: %s", write_state_name(write_state(w)),
                 write_outcome_name(write_outcome(w)), write_error(w)->what);
    }
}

/* Whether the account can be read, whatever the disk does. */
static void on_read(void *ctx, const struct api_result *result)
{
    *(bool *)ctx = result->status == ST_OK;
}

static void assert_reads(struct book_rig *r)
{
    bool read = false;
    api_read(r->w.api, span_of("pa_0"), on_read, &read);
    for (int i = 0; i < 1000 && !read; i++)
        book_rig_turn(r);
    assert_true(read);
}

static void settle(struct book_rig *r)
{
    writes_resume(r->w.writes);
    for (struct write *w; (w = open_write_at(r->w.writes, 0)) != NULL;) {
        write_listen(w, NULL, NULL);
        book_rig_run(r, &w, 1);
        /* An fsync that fails may have written all the same: then an intent that was refused comes
           back, and was not sent. */
        bool done = book_did(&r->book, "PATCH", write_account_id(w), write_body(w));
        assert_string_equal(write_outcome_name(write_outcome(w)), done ? "applied" : "not_seen");
        write_release(w);
        write_close(w);
        loop_step(r->loop, 0);
    }
}

/* Three writes while the at-th call fails; false when there are not so many calls. */
static bool fail_at(struct book_rig *r, unsigned calls, unsigned long at, bool stays,
                    enum disk_fault fault, struct story *story)
{
    static int64_t rps = 100;
    struct error no_journal;
    disk_fail(calls, at, stays, fault);
    book_rig_writer(r, &no_journal);
    for (int i = 0; i < 3; i++) {
        uint64_t before = r->book.writes;
        struct write *w = book_rig_rps(r, 0, ++rps);
        book_rig_run(r, &w, 1);
        judge(r, w, rps, r->book.writes - before, story);
        write_close(w);
        loop_step(r->loop, 0);
    }
    if (disk_failures())
        assert_reads(r);
    bool met = disk_failures() > 0;
    if (!stays && met && r->w.journal) { /* the disk is well again, and so is writing */
        for (int i = 0; i < 100 && writes_journal_error(r->w.writes)->status; i++)
            book_rig_turn(r);
        struct write *w = book_rig_rps(r, 0, ++rps);
        book_rig_run(r, &w, 1);
        assert_string_equal(write_outcome_name(write_outcome(w)), "applied");
        write_close(w);
        loop_step(r->loop, 0);
    }
    book_rig_writer_end(r);
    disk_fail(0, 0, false, fault);
    if (!met)
        return false;
    /* The next start: nothing was lost, and what was sent and could not be written down is settled.
     */
    book_rig_writer(r, &no_journal);
    assert_int_equal(no_journal.status, ST_OK);
    assert_string_equal(journal_note(r->w.journal), "");
    settle(r);
    book_rig_writer_end(r);
    assert_whole(r);
    return true;
}

static const char *const fault_names[] = {
    [DISK_EIO] = "EIO",     [DISK_ENOSPC] = "ENOSPC", [DISK_EROFS] = "EROFS",
    [DISK_SHORT] = "short", [DISK_EINTR] = "EINTR",   [DISK_TORN] = "torn"};

static void every_call(struct book_rig *r, unsigned calls, enum disk_fault fault, bool stays)
{
    struct story story = {0};
    unsigned long at = 1;
    disk_begin();
    while (fail_at(r, calls, at, stays, fault, &story))
        at++;
    print_message("  %-6s %s: %lu places; %u refused, %u applied\n", fault_names[fault],
                  stays ? "for good" : "once", at - 1, story.refused, story.applied);
    assert_true(at > 3);
    bool harmless = fault == DISK_SHORT || fault == DISK_EINTR;
    assert_true(harmless ? story.applied > 0 : story.refused > 0);
    disk_end();
}

static void test_F21_writes_of_the_disk_fail(void **state)
{
    static const enum disk_fault faults[] = {DISK_EIO, DISK_ENOSPC, DISK_SHORT, DISK_EINTR,
                                             DISK_TORN};
    for (size_t i = 0; i < ARRAY_LEN(faults); i++)
        every_call(*state, DISK_WRITE, faults[i], false);
    every_call(*state, DISK_WRITE, DISK_ENOSPC, true);
    every_call(*state, DISK_WRITE, DISK_EIO, true);
}

static void test_F21_fsync_fails(void **state)
{
    every_call(*state, DISK_SYNC, DISK_EIO, false);
    every_call(*state, DISK_SYNC, DISK_EIO, true);
}

static void test_F21_the_other_calls_fail(void **state)
{
    every_call(*state, DISK_TRUNCATE | DISK_OPEN | DISK_UNLINK, DISK_EIO, false);
    every_call(*state, DISK_TRUNCATE | DISK_OPEN | DISK_UNLINK, DISK_EROFS, true);
    every_call(*state, DISK_READ, DISK_EIO, false);
}

int main(void)
{
    struct error err;
    if (api_global_init(&err))
        return 1;
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_two_fsyncs_a_write),
        TEST(test_fewer_fsyncs_where_intents_share_a_commit),
        TEST(test_F21_writes_of_the_disk_fail),
        TEST(test_F21_fsync_fails),
        TEST(test_F21_the_other_calls_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
