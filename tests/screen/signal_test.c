/* signal_test.c: the console is ended by every signal in every state, and by the loss of its
 * terminal: it ends as the signal says, the terminal is as it was found (F24, F25, F26), and a
 * write that is on its way is unknown in the journal, taken up by the next start, and settled.
 *
 * PADDOCK_SIGNALS=all ends every state by every signal in both sizes; otherwise each state meets
 * one of them in each size, and each of them is met in each size. */
#include "tests/support/console_steps.h"

#include "base/vec.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

/* The sanitizer's own handler of a crash would end the program with a code instead. */
static const char *const uncaught[] = {
    "ASAN_OPTIONS=handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0",
    NULL};

/* The smallest usual terminal and a wide one. */
static const struct console_options sizes[] = {
    {.rows = 24, .cols = 80, .accounts = 60, .env = uncaught},
    {.rows = 40, .cols = 120, .accounts = 60, .env = uncaught},
};

#define HANG_UP 0

/* A polite one ends the program with 128 + its number, the others by the signal itself. */
static const struct ending {
    int signo;
    bool polite;
} endings[] = {
    {SIGTERM, true},  {SIGINT, true},   {SIGHUP, true},  {SIGQUIT, true}, {HANG_UP, true},
    {SIGSEGV, false}, {SIGABRT, false}, {SIGBUS, false}, {SIGILL, false}, {SIGFPE, false},
};

static const struct state {
    const char *name, *keys, *see;
} states[] = {
    {"list", "j k", "/ filter"},
    {"filter typed", "/ a z", "of 60"},
    {"detail", "Enter", "QUOTA POLICY"},
    {"form", "e", "Max tokens/month   ["},
    {"form changed", "e C-u 7 M", "[7M"},
    {"review", "e C-u 7 M C-s", "nothing was sent yet"},
    {"leaving the form", "e C-u 7 M Esc", "Leave the form?"},
    {"palette", ":", "Command"},
    {"help", "?", "Keys"},
    {"requests", "@", "GET"},
    {"history", "3", "Mine"},
    {"marks", "Space j Space", "2 marked"},
};

static void end_it(struct console *c, const struct ending *e)
{
    if (e->signo == HANG_UP)
        term_hang_up(c->term);
    else
        term_signal(c->term, e->signo);
}

static void check_end(struct console *c, const struct ending *e, const char *state)
{
    int code = console_end(c);
    if (e->signo == HANG_UP) {
        if (code <= 0)
            fail_msg("%s, the terminal gone: ended with %d", state, code);
        return;
    }
    if (code != (e->polite ? 128 + e->signo : -e->signo))
        fail_msg("%s, signal %d: ended with %d", state, e->signo, code);
    assert_true(term_left_as_found(c->term));
}

static void end_in(const struct console_options *size, const struct state *s,
                   const struct ending *e)
{
    struct console c;
    console_open_ready(&c, size);
    console_keys(&c, s->keys);
    console_see(&c, s->see);
    end_it(&c, e);
    check_end(&c, e, s->name);
    console_close(&c);
}

static void test_f24_f25_f26_every_state(void **state)
{
    const char *wanted = getenv("PADDOCK_SIGNALS");
    bool all = wanted && strcmp(wanted, "all") == 0;
    unsigned ended = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        for (size_t k = 0; k < ARRAY_LEN(endings); k++)
            for (size_t z = 0; z < ARRAY_LEN(sizes); z++) {
                if (!all && k != (z == 0 ? i : i * 3 + 5) % ARRAY_LEN(endings))
                    continue;
                end_in(&sizes[z], &states[i], &endings[k]);
                ended++;
            }
    print_message("%u ends in %zu states\n", ended, ARRAY_LEN(states));
}

/* ---- with a write on its way ------------------------------------------------------------------
 */

static void outcome_of(struct console *c, char out[32])
{
    struct str path = STR_INIT;
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    tmpdir_path(c->home, "home/state/paddock/journal.db", &path);
    assert_int_equal(sqlite3_open_v2(path.data, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_prepare_v2(db, "SELECT outcome FROM entry", -1, &st, NULL);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    snprintf(out, 32, "%s", (const char *)sqlite3_column_text(st, 0));
    assert_int_equal(sqlite3_step(st), SQLITE_DONE); /* one write, one entry */
    sqlite3_finalize(st);
    sqlite3_close(db);
    str_finish(&path);
}

/* Until the sandbox has the PATCH, whose answer it keeps back for a while. */
static void wait_for_the_request(struct console *c)
{
    for (int i = 0; i < 1000; i++) {
        cJSON *stats = box_json(&c->box, "GET", "/_sandbox/stats", NULL, 200);
        bool there = box_number(stats, "patch") > 0;
        cJSON_Delete(stats);
        if (there)
            return;
        term_pump(c->term, 20);
    }
    fail_msg("the PATCH did not come");
}

static void end_while_writing(const struct console_options *size, const struct ending *e)
{
    struct console c;
    char outcome[32];
    console_open_ready(&c, size);
    console_review_quota(&c, "123M");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":2000,\"count\":1}");
    console_keys(&c, "A");
    wait_for_the_request(&c);
    end_it(&c, e);
    check_end(&c, e, "a write on its way");
    outcome_of(&c, outcome);
    /* A crash has no time to say so: open means the same. */
    assert_string_equal(outcome, e->polite ? "unknown" : "open");
    console_restart(&c, size);
    console_see(&c, RIG_FIRST ": applied");
    outcome_of(&c, outcome);
    assert_string_equal(outcome, "applied");
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

static void test_f24_f25_f26_a_write_on_its_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (endings[i].polite || endings[i].signo == SIGSEGV)
            end_while_writing(&sizes[i % ARRAY_LEN(sizes)], &endings[i]);
}

/* F24: a terminal that is gone is read as an end, not again and again: the program has used next to
 * no processor time when it is over. */
static void test_f24_it_does_not_spin(void **state)
{
    struct console c;
    struct rusage before, after;
    (void)state;
    console_open_ready(&c, &sizes[0]);
    getrusage(RUSAGE_CHILDREN, &before);
    term_hang_up(c.term);
    assert_true(console_end(&c) > 0);
    getrusage(RUSAGE_CHILDREN, &after);
    /* Reaped just now, so its whole life is in the difference: starting took most of it. */
    long used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                (after.ru_stime.tv_sec - before.ru_stime.tv_sec);
    assert_in_range(used, 0, 10);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f24_f25_f26_every_state),
        cmocka_unit_test(test_f24_f25_f26_a_write_on_its_way),
        cmocka_unit_test(test_f24_it_does_not_spin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
