/* stores_test.c: the files that must last, each one spoiled or out of reach, as somebody at the
 * keyboard meets it (F21, F22): said once, with what is out of sight, and everything else goes on.
 */
#include "tests/support/console_rig.h"
#include "tests/support/console_steps.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOISE "this is no database, and is long enough to be looked at as one, really and truly"

static const struct console_options small = {24, 80, .accounts = 60, .keep = true};
static const struct console_options wide = {40, 120, .accounts = 60, .keep = true};

/* A long line is broken at blanks, so what is looked for has none. */
static const struct {
    const char *pattern, *kept, *lost, *without;
} stores[] = {
    {"home/state/paddock/plans.db", "plans.db.corrupt-", "undo", "plan can be applied"},
    {"home/state/paddock/drafts.db", "drafts.db.corrupt-", "typed", "kept in memory only"},
    {"home/state/paddock/alerts.db", "alerts.db.corrupt-", "muted", "is forgotten at"},
    {"home/data/paddock/history.db", "history.db.corrupt-", "forecasts", "no history is kept"},
    {"home/data/paddock/changes.db", "changes.db.corrupt-", "observed", "what changes"},
    {"home/cache/paddock/snapshot-????????????????.db", "snapshot-", "(R)", "the list is not kept"},
};
enum { STORES = sizeof stores / sizeof *stores };

static void configure(struct console *c)
{
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg",
                             "alerts: { gone: { when = \"name=nobody-has-this\"; }; };\n", 0600));
}

/* The one file of a pattern. */
static void find(struct console *c, const char *pattern, struct str *out)
{
    struct str path = STR_INIT;
    glob_t found;
    assert_int_equal(glob(tmpdir_path(c->home, pattern, &path), 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    str_clear(out);
    str_add(out, found.gl_pathv[0]);
    globfree(&found);
    str_finish(&path);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* A console has run in the home, with all its files, and has ended. */
static void run_once(struct console *c, const struct console_options *size)
{
    console_open(c, size);
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
    configure(c);
    console_restart(c, size);
    console_see(c, "60 accounts, complete");
    console_kept(c);
    console_keys(c, "e");
    console_see(c, "Max tokens/month   [");
    console_keys(c, "C-u");
    console_type(c, "77M");
    console_keys(c, "Esc");
    console_see(c, "Leave the form?");
    console_keys(c, "Tab Enter");
    console_see(c, "/ filter");
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
}

/* F22: every file in turn: what happened, where the old one lies, what is out of sight; the file is
 * kept as it was, the list comes and writing goes on. */
static void test_f22_each_file_is_told(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    struct str path = STR_INIT;
    run_once(&c, size);
    for (size_t i = 0; i < STORES; i++) {
        find(&c, stores[i].pattern, &path);
        put(str_text(&path), NOISE);
        console_restart(&c, size);
        console_see(&c, stores[i].kept);
        console_see(&c, stores[i].lost);
        console_see(&c, "60 accounts, complete");
        console_row(&c, 0, "read-write");
        str_add(&path, ".corrupt-*");
        glob_t found;
        assert_int_equal(glob(str_text(&path), 0, NULL, &found), 0);
        assert_int_equal(found.gl_pathc, 1);
        globfree(&found);
        assert_int_equal(tmpdir_find_bytes(c.home, NOISE), (int)i + 1);
        console_kept(&c);
        console_keys(&c, "Q");
        assert_int_equal(console_end(&c), 0);
    }
    str_finish(&path);
    console_close(&c);
}

static size_t look(struct console *c, bool told[STORES])
{
    size_t n = 0;
    for (size_t i = 0; i < STORES; i++) {
        told[i] = told[i] || term_find(c->term, stores[i].kept, NULL, NULL);
        n += told[i];
    }
    return n;
}

/* F22: all at once: one after the other, each until a key, none is lost behind another. */
static void test_f22_all_files_are_told(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    struct str path = STR_INIT;
    bool told[STORES] = {false};
    run_once(&c, size);
    for (size_t i = 0; i < STORES; i++) {
        find(&c, stores[i].pattern, &path);
        put(str_text(&path), NOISE);
    }
    console_restart(&c, size);
    console_see(&c, "60 accounts, complete");
    console_see(&c, ".corrupt-");
    /* A key that does something, and another once it could be read, and the next comes. */
    for (int keys = 0; keys < 400 && look(&c, told) < STORES; keys++) {
        console_keys(&c, keys % 2 ? "k" : "j");
        term_wait_quiet(c.term, 50, 300);
    }
    for (size_t i = 0; i < STORES; i++)
        if (!told[i])
            fail_msg("not told: %s", stores[i].kept);
    str_finish(&path);
    console_close(&c);
}

/* F21: each of them cannot be opened (there is a directory in its place): said, with what is not
 * done without it; the list comes, and single writes are not stopped by any of these. */
static void test_f21_each_file_out_of_reach(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    struct str path = STR_INIT;
    run_once(&c, size);
    for (size_t i = 0; i < STORES; i++) {
        find(&c, stores[i].pattern, &path);
        assert_int_equal(remove(str_text(&path)), 0);
        assert_int_equal(mkdir(str_text(&path), 0700), 0);
        console_restart(&c, size);
        console_see(&c, stores[i].without);
        console_see(&c, "60 accounts, complete");
        console_row(&c, 0, "read-write");
        console_review_quota(&c, i % 2 ? "66M" : "67M");
        console_save(&c);
        assert_true(console_quota(&c) == (i % 2 ? 66e6 : 67e6));
        assert_int_equal(rmdir(str_text(&path)), 0);
        console_keys(&c, "Q");
        assert_int_equal(console_end(&c), 0);
        console_restart(&c, size); /* well again: made anew, and nothing is said */
        console_see(&c, "60 accounts, complete");
        assert_false(term_find(c.term, stores[i].without, NULL, NULL));
        console_kept(&c);
        console_keys(&c, "Q");
        assert_int_equal(console_end(&c), 0);
    }
    str_finish(&path);
    console_close(&c);
}

/* F21: a draft that cannot be kept is said in the form, at its first key, and when it is left. */
static void test_f21_a_draft_in_memory_only(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    struct str path = STR_INIT;
    run_once(&c, size);
    find(&c, "home/state/paddock/drafts.db", &path);
    assert_int_equal(remove(str_text(&path)), 0);
    assert_int_equal(mkdir(str_text(&path), 0700), 0);
    str_finish(&path);
    console_restart(&c, size);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "C-u");
    console_see(&c, "the draft is kept in memory only:");
    console_type(&c, "5M");
    console_keys(&c, "Esc");
    console_see(&c, "No draft of it is kept");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f22_each_file_is_told, &small, &wide),
        CONSOLE_TWO_SIZES(test_f22_all_files_are_told, &small, &wide),
        CONSOLE_TWO_SIZES(test_f21_each_file_out_of_reach, &small, &wide),
        CONSOLE_TWO_SIZES(test_f21_a_draft_in_memory_only, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
