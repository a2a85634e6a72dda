/* history.c: what writing the history of 100,000 accounts takes of a turn of the loop: each is
 * used in each sample, an hour and more of samples, so that sums by hour are written with them. */
#include "bench.h"

#include "tests/support/tmpdir.h"

#include "base/mem.h"
#include "store/series.h"

#include <stdio.h>

enum { ACCOUNTS = 100000, SAMPLES = 15 };
static const int64_t begin = 1793500000000; /* any day */

static void fill(struct series_entry *entries, int64_t sample)
{
    for (uint32_t k = 0; k < ACCOUNTS; k++)
        entries[k] = (struct series_entry){
            .account = k, .gain = {2000 + (k * 7919 + sample * 104729) % 60000, 1 + k % 60}};
}

/* The slowest slice (ms) of writing one sample, or -1. */
static double write_all(struct series *s, int *slices)
{
    struct error err;
    double slowest = 0;
    for (bool more = true; more; ++*slices) {
        int64_t from = bench_ns();
        if (series_work(s, &more, &err))
            return -1;
        double ms = (double)(bench_ns() - from) / 1e6;
        slowest = ms > slowest ? ms : slowest;
    }
    return slowest;
}

void bench_history(struct bench *b)
{
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT;
    struct clock_manual manual = {.wall_ms = begin};
    struct series *s = NULL;
    struct error err;
    double slowest[SAMPLES], worst = 0;
    int slices = 0;
    if (!dir ||
        series_open(&s, tmpdir_path(dir, "history.db", &path), clock_from_manual(&manual), NULL,
                    &err) ||
        series_begin(s, "https://gw", "org_1", &err)) {
        bench_skip(b, FIGURE_history_slice, "the file could not be made");
    } else {
        struct series_entry *entries = mem_calloc(ACCOUNTS, sizeof *entries);
        for (int k = 0; k < ACCOUNTS; k++) {
            char id[32];
            snprintf(id, sizeof id, "pa_%d", k);
            series_account(s, span_of(id));
        }
        for (int i = 0; i < SAMPLES; i++) {
            manual.mono_ms = (int64_t)i * SERIES_SPARSE_MS;
            manual.wall_ms = begin + manual.mono_ms;
            fill(entries, i);
            series_add(s, manual.wall_ms, entries, ACCOUNTS);
            slowest[i] = write_all(s, &slices);
            worst = slowest[i] < 0 ? 1e9 : slowest[i] > worst ? slowest[i] : worst;
        }
        bench_set(b, FIGURE_history_slice, bench_median(slowest, SAMPLES),
                  "of %d slices in %d samples; the slowest of all %.1f ms", slices, SAMPLES, worst);
        mem_free(entries);
    }
    series_close(s);
    str_finish(&path);
    tmpdir_destroy(dir);
}
