/* series_test.c: samples come back as they were, are summed up by hour and day, and go when they
 * are old; the file is no larger than series.h says, and no slice of work is. It covers series.c,
 * series_blob.c, series_change.c and series_work.c. */
#include "store/series.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"
#include "tests/support/files.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define HOUR  INT64_C(3600000)
#define DAY   (24 * HOUR)
#define START (INT64_C(1790812800000)) /* 2026-10-01T00:00:00Z */

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct series *s;
    struct error err;
};

static void open_one(struct fixture *fx, struct series **out)
{
    assert_int_equal(
        series_open(out, fx->path.data, clock_from_manual(&fx->manual), NULL, &fx->err), ST_OK);
    assert_int_equal(series_begin(*out, "https://gw", "org_1", &fx->err), ST_OK);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "data/history.db", &fx.path);
    fx.manual.wall_ms = START;
    open_one(&fx, &fx.s);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    series_close(fx->s);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

/* All that is to be done; returns the largest slice in bytes. */
static size_t work(struct fixture *fx)
{
    size_t largest = 0;
    for (bool more = true; more;) {
        assert_int_equal(series_work(fx->s, &more, &fx->err), ST_OK);
        if (series_work_bytes(fx->s) > largest)
            largest = series_work_bytes(fx->s);
    }
    return largest;
}

static struct series_entry gain(uint32_t account, int64_t tokens, int64_t requests)
{
    return (struct series_entry){.account = account, .gain = {tokens, requests}};
}

static struct series_entry first(uint32_t account, int64_t tokens, int64_t requests)
{
    return (struct series_entry){.account = account, .absolute = true, .level = {tokens, requests}};
}

static void go_to(struct fixture *fx, int64_t after)
{
    fx->manual.wall_ms = START + after;
    fx->manual.mono_ms = after;
}

static void add(struct fixture *fx, int64_t after, struct series_entry entry)
{
    go_to(fx, after);
    series_add(fx->s, fx->manual.wall_ms, &entry, 1);
}

struct seen {
    size_t count;
    struct series_entry last;
    int64_t t_ms, gain[SERIES_COUNTERS];
};

static void see(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    struct seen *seen = ctx;
    seen->count++;
    seen->last = *e;
    seen->t_ms = t_ms;
    for (int c = 0; c < SERIES_COUNTERS; c++)
        seen->gain[c] += e->gain[c];
}

static struct seen read_all(struct fixture *fx, enum series_step step, uint32_t account)
{
    struct seen seen = {0};
    assert_int_equal(series_read(fx->s, step, account / SERIES_BLOCK, account, 0, INT64_MAX, see,
                                 &seen, &fx->err),
                     ST_OK);
    return seen;
}

static void test_samples_come_back(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a")), b = series_account(fx->s, span_of("pa_b"));
    assert_int_equal(series_account(fx->s, span_of("pa_a")), a);
    assert_int_not_equal(a, b);
    add(fx, 0, first(a, 5000000000, 70));
    add(fx, 30000, gain(b, 300, 2));
    add(fx, 60000, gain(a, INT64_C(9007199254740993), 1));
    work(fx);
    struct seen seen = read_all(fx, SERIES_RAW, a);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.last.gain[SERIES_TOKENS], INT64_C(9007199254740993));
    assert_int_equal(seen.t_ms, START + 60000);
    assert_int_equal(read_all(fx, SERIES_RAW, b).count, 1);
    series_close(fx->s);
    open_one(fx, &fx->s);
    assert_int_equal(series_account(fx->s, span_of("pa_b")), b);
    assert_int_equal(series_accounts(fx->s), 2);
    assert_int_equal(series_first_seen(fx->s, a), START);
    assert_int_equal(series_newest(fx->s), START + 60000);
    assert_int_equal(read_all(fx, SERIES_RAW, a).count, 2);
}

/* Another organisation has accounts of its own. */
static void test_scopes_are_apart(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    add(fx, 0, gain(a, 1, 1));
    work(fx);
    struct series *other;
    assert_int_equal(
        series_open(&other, fx->path.data, clock_from_manual(&fx->manual), NULL, &fx->err), ST_OK);
    assert_int_equal(series_begin(other, "https://gw", "org_2", &fx->err), ST_OK);
    assert_int_equal(series_accounts(other), 0);
    assert_true(series_writes(other));
    series_close(other);
}

static void test_hours_days_and_levels(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    add(fx, 0, first(a, 1000, 10));
    for (int i = 1; i <= 60; i++)
        add(fx, i * HOUR / 2, gain(a, 100, 1));
    add(fx, 31 * HOUR,
        (struct series_entry){
            .account = a, .absolute = true, .gain = {50, 5}, .level = {50, 5}}); /* a new period */
    add(fx, 31 * HOUR + 60000, gain(a, 7, 1));
    go_to(fx, 49 * HOUR);
    work(fx);
    struct seen hours = read_all(fx, SERIES_HOUR, a), days = read_all(fx, SERIES_DAY, a);
    assert_int_equal(hours.gain[SERIES_TOKENS], 6057);
    assert_int_equal(hours.t_ms, START + 31 * HOUR);
    assert_true(hours.last.absolute);
    assert_int_equal(hours.last.level[SERIES_TOKENS], 57);
    assert_int_equal(hours.last.gain[SERIES_REQUESTS], 6);
    assert_int_equal(days.count, 2);
    assert_int_equal(days.gain[SERIES_TOKENS], 6057);
    assert_int_equal(days.gain[SERIES_REQUESTS], 66);
    struct seen level = {0};
    int64_t t;
    assert_int_equal(series_levels(fx->s, 0, &t, see, &level, &fx->err), ST_OK);
    assert_int_equal(t, START + 32 * HOUR);
    assert_int_equal(level.last.level[SERIES_TOKENS], 57);
    assert_int_equal(level.last.level[SERIES_REQUESTS], 6);
    assert_int_equal(level.last.gain[SERIES_TOKENS], 0);
}

/* An hour that ended while nobody watched is summed up at the next start. */
static void test_sums_after_a_restart(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    add(fx, 600000, gain(a, 100, 1));
    work(fx);
    assert_int_equal(read_all(fx, SERIES_HOUR, a).count, 0);
    series_close(fx->s);
    go_to(fx, 30 * HOUR);
    open_one(fx, &fx->s);
    work(fx);
    assert_int_equal(read_all(fx, SERIES_HOUR, a).gain[SERIES_TOKENS], 100);
    assert_int_equal(read_all(fx, SERIES_DAY, a).gain[SERIES_TOKENS], 100);
}

static void test_retention(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    for (int day = 0; day < 420; day++) {
        for (int k = 0; k < 4; k++)
            add(fx, day * DAY + k * 6 * HOUR, gain(a, 10, 1));
        work(fx);
    }
    int64_t now = fx->manual.wall_ms;
    struct seen raw = read_all(fx, SERIES_RAW, a), hours = read_all(fx, SERIES_HOUR, a);
    struct seen days = read_all(fx, SERIES_DAY, a);
    assert_in_range(raw.count, 8, 9);
    assert_in_range(hours.count, 90 * 4 - 4, 90 * 4 + 4);
    assert_in_range(days.count, 399, 401);
    assert_int_equal(days.gain[SERIES_TOKENS], (int64_t)days.count * 40);
    go_to(fx, now - START + 500 * DAY);
    series_close(fx->s);
    open_one(fx, &fx->s);
    work(fx);
    assert_int_equal(read_all(fx, SERIES_RAW, a).count + read_all(fx, SERIES_HOUR, a).count +
                         read_all(fx, SERIES_DAY, a).count,
                     0);
}

/* F30: the clock goes back a little, and a year. */
static void test_clock_set_back(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    add(fx, 10 * HOUR, gain(a, 1, 0));
    add(fx, 10 * HOUR - 60000, gain(a, 2, 0));
    work(fx);
    struct seen seen = read_all(fx, SERIES_RAW, a);
    assert_int_equal(seen.gain[SERIES_TOKENS], 3);
    assert_int_equal(seen.t_ms, START + 10 * HOUR + 1);
    fx->manual.wall_ms = START + 365 * DAY; /* and the monotonic clock goes on as it did */
    struct series_entry e = gain(a, 4, 0);
    series_add(fx->s, fx->manual.wall_ms, &e, 1);
    work(fx);
    add(fx, 11 * HOUR, gain(a, 8, 0));
    go_to(fx, 13 * HOUR);
    work(fx);
    seen = read_all(fx, SERIES_RAW, a);
    assert_int_equal(seen.t_ms, START + 11 * HOUR);
    assert_int_equal(read_all(fx, SERIES_HOUR, a).gain[SERIES_TOKENS], 3 + 8);
}

/* One writes, the other reads, and takes over when the first is gone. */
static void test_one_writes(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    struct series *other;
    bool more;
    add(fx, 0, gain(a, 5, 0));
    work(fx);
    open_one(fx, &other);
    assert_true(series_writes(fx->s));
    assert_false(series_writes(other));
    assert_int_equal(series_account(other, span_of("pa_a")), a);
    assert_int_equal(series_account(other, span_of("pa_new")), SERIES_NONE);
    struct series_entry e = gain(a, 1000, 0);
    series_add(other, START + 1, &e, 1);
    assert_int_equal(series_work(other, &more, &fx->err), ST_OK);
    assert_int_equal(read_all(fx, SERIES_RAW, a).gain[SERIES_TOKENS], 5);
    uint32_t b = series_account(fx->s, span_of("pa_b"));
    add(fx, 1000, gain(b, 5, 0));
    work(fx);
    series_close(fx->s);
    fx->s = other;
    assert_true(series_writes(fx->s));
    assert_int_equal(series_account(fx->s, span_of("pa_b")), b);
}

/* F23: another process holds the file: the sample waits and is written later. */
static void test_busy_loses_nothing(void **state)
{
    struct fixture *fx = *state;
    uint32_t a = series_account(fx->s, span_of("pa_a"));
    sqlite3 *db;
    bool more;
    assert_int_equal(sqlite3_open(fx->path.data, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    add(fx, 0, gain(a, 5, 0));
    assert_int_equal(series_work(fx->s, &more, &fx->err), ST_IO);
    assert_true(db_is_busy(&fx->err));
    sqlite3_close(db);
    work(fx);
    assert_int_equal(read_all(fx, SERIES_RAW, a).gain[SERIES_TOKENS], 5);
}

/* ---- size ---- */

#define MANY 100000

static void fill(struct series_entry *entries, uint32_t count, int64_t i)
{
    for (uint32_t k = 0; k < count; k++)
        entries[k] = gain(k, 2000 + (k * 7919 + i * 104729) % 60000, 1 + (k + i) % 60);
}

/* Five minutes of one account: up to 62,000 tokens (over half a billion a month) and 60 requests.
 */
static void test_no_slice_is_large(void **state)
{
    struct fixture *fx = *state;
    struct series_entry *entries = mem_calloc(MANY, sizeof *entries);
    for (uint32_t k = 0; k < MANY; k++) {
        char id[32];
        snprintf(id, sizeof id, "pa_%u", k);
        series_account(fx->s, span_of(id));
    }
    for (int i = 0; i < 13; i++) {
        fill(entries, MANY, i);
        go_to(fx, i * SERIES_SPARSE_MS);
        series_add(fx->s, fx->manual.wall_ms, entries, MANY);
        size_t largest = work(fx);
        assert_true(largest > 0 && largest <= SERIES_SLICE_BYTES);
    }
    assert_int_equal(read_all(fx, SERIES_HOUR, 99999).count, 1);
    mem_free(entries);
}

static void test_size_of_the_file(void **state)
{
    struct fixture *fx = *state;
    struct series_entry entries[SERIES_BLOCK];
    struct stat info;
    for (uint32_t k = 0; k < SERIES_BLOCK; k++) {
        char id[32];
        snprintf(id, sizeof id, "pa_%u", k);
        series_account(fx->s, span_of(id));
    }
    /* As many as two days have; the hours and days of them come with it. */
    int64_t samples = 2 * DAY / SERIES_SPARSE_MS;
    for (int64_t i = 0; i < samples; i++) {
        fill(entries, SERIES_BLOCK, i);
        go_to(fx, i * SERIES_SPARSE_MS);
        series_add(fx->s, fx->manual.wall_ms, entries, SERIES_BLOCK);
        work(fx);
    }
    series_idle(fx->s);
    series_close(fx->s);
    fx->s = NULL;
    assert_int_equal(stat(fx->path.data, &info), 0);
    double count = (double)(samples + 47 + 1) * SERIES_BLOCK;
    double each = (double)info.st_size / count;
    print_message(
        "%.2f bytes of the file for one account in one sample; 100,000 accounts always in "
        "use: %.2f GB after 400 days, of which two days of samples are %.0f MB\n",
        each, each * (576 + 2160 + 400) * MANY / 1e9, each * 576 * MANY / 1e6);
    assert_true(each <= SERIES_BYTES_PER_ENTRY);
}

/* Entries of one account that are kept when it is always in use. */
static int64_t kept(enum series_step step, int64_t every_ms)
{
    return series_keep_ms(step) / every_ms;
}

/* 400 days of one block, of which the last 90 have hours and the last two samples: what was there
 * before is gone, and a hundred thousand accounts come to what is stated. Days before are sampled
 * once, hours once, for the same sums. */
static void test_size_after_400_days(void **state)
{
    struct fixture *fx = *state;
    struct series_entry entries[SERIES_BLOCK];
    struct stat info;
    static const struct {
        int64_t days, every_ms;
    } parts[] = {{312, DAY}, {88, HOUR}, {2, SERIES_SPARSE_MS}};
    for (uint32_t k = 0; k < SERIES_BLOCK; k++) {
        char id[32];
        snprintf(id, sizeof id, "pa_%u", k);
        series_account(fx->s, span_of(id));
    }
    int64_t at = 0;
    for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
        for (int64_t end = at + parts[p].days * DAY; at < end; at += parts[p].every_ms) {
            int64_t times = parts[p].every_ms / SERIES_SPARSE_MS;
            fill(entries, SERIES_BLOCK, at / SERIES_SPARSE_MS);
            for (uint32_t k = 0; k < SERIES_BLOCK; k++) {
                entries[k].gain[SERIES_TOKENS] *= times;
                entries[k].gain[SERIES_REQUESTS] *= times;
            }
            go_to(fx, at);
            series_add(fx->s, fx->manual.wall_ms, entries, SERIES_BLOCK);
            work(fx);
        }
        series_idle(fx->s);
    }
    series_close(fx->s);
    fx->s = NULL;
    assert_int_equal(stat(fx->path.data, &info), 0);
    double all = (double)info.st_size / SERIES_BLOCK * MANY;
    double stated = (double)SERIES_BYTES_PER_ENTRY * MANY *
                    (double)(kept(SERIES_RAW, SERIES_SPARSE_MS) + kept(SERIES_HOUR, HOUR) +
                             kept(SERIES_DAY, DAY));
    print_message("100,000 accounts after 400 days: %.2f GB, stated as %.1f GB\n", all / 1e9,
                  stated / 1e9);
    assert_true(all > stated / 4); /* it did hold all that time */
    assert_true(all <= stated);
}

static void says(const char *path, const char *fmt, double n)
{
    struct str text = STR_INIT;
    char want[120];
    snprintf(want, sizeof want, fmt, n);
    assert_true(file_read(path, &text));
    for (size_t i = 0; i < text.len; i++)
        text.data[i] = text.data[i] == '\n' ? ' ' : text.data[i];
    if (!strstr(str_text(&text), want))
        fail_msg("%s does not say \"%s\"", path, want);
    str_finish(&text);
}

/* What the manual and the architecture state follows from the bytes an entry that the file is held
 * to, and from how long entries are kept. */
static void test_docs_state_the_size(void **state)
{
    (void)state;
    double each = SERIES_BYTES_PER_ENTRY;
    int64_t raw = kept(SERIES_RAW, SERIES_SPARSE_MS);
    int64_t sums = kept(SERIES_HOUR, HOUR) + kept(SERIES_DAY, DAY);
    double all = each * (double)(raw + sums) * MANY, days = each * (double)raw * MANY;
    double small = each * (double)(kept(SERIES_RAW, 30000) + sums) * 1000;
    static const char man[] = "docs/paddock.1", architecture[] = "docs/architecture.md";
    says(man, "At most %.0f bytes for each account", each);
    says(man, ": %.1f GB for 100,000 accounts", all / 1e9);
    says(man, ", %.0f0 MB for 1,000 that are read every 30 seconds", small / 1e7);
    says(architecture, "At most %.0f bytes an entry", each);
    says(architecture, "come to at most %.1f GB after 400 days", all / 1e9);
    says(architecture, "of which %.0f00 MB are the two days", days / 1e8);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* The numbers come in slices, and go on where the last process ended. */
static void test_begun_in_slices(void **state)
{
    struct fixture *fx = *state;
    char id[20];
    bool more = true;
    for (uint32_t i = 0; i < 10; i++) {
        snprintf(id, sizeof id, "pa_%u", i);
        assert_int_equal(series_account(fx->s, span_of(id)), i);
    }
    add(fx, 1000, gain(9, 5, 0));
    work(fx);
    series_close(fx->s);
    assert_int_equal(
        series_open(&fx->s, fx->path.data, clock_from_manual(&fx->manual), NULL, &fx->err), ST_OK);
    assert_int_equal(series_begin_slow(fx->s, "https://gw", "org_1", &fx->err), ST_OK);
    for (uint32_t read = 5; read <= 10; read += 5) {
        assert_int_equal(series_begin_some(fx->s, 5, &more, &fx->err), ST_OK);
        assert_true(more);
        assert_int_equal(series_accounts(fx->s), read);
    }
    assert_int_equal(series_begin_some(fx->s, 5, &more, &fx->err), ST_OK);
    assert_false(more);
    assert_int_equal(series_account(fx->s, span_of("pa_7")), 7);
    assert_int_equal(series_account(fx->s, span_of("pa_new")), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_samples_come_back),
        EACH(test_scopes_are_apart),
        EACH(test_hours_days_and_levels),
        EACH(test_sums_after_a_restart),
        EACH(test_retention),
        EACH(test_clock_set_back),
        EACH(test_one_writes),
        EACH(test_begun_in_slices),
        EACH(test_busy_loses_nothing),
        EACH(test_no_slice_is_large),
        EACH(test_size_of_the_file),
        EACH(test_size_after_400_days),
        cmocka_unit_test(test_docs_state_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
