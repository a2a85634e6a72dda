/* start.c: from the start of the console to the first rows on the terminal, out of a snapshot of
 * 100,000 accounts, against `curl --version`, which loads the same libraries. Both run in a
 * terminal of their own, by turns, in the same run. And how long until all rows are there. The home
 * is that of a console that has run before: it has a history of all these accounts, too. */
#include "bench.h"

#include "base/mem.h"
#include "keep/parts.h"
#include "store/series.h"
#include "tests/support/files.h"
#include "tests/support/pty_proc.h"
#include "tests/support/tmpdir.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ACCOUNTS = 100000, RUNS = 15, WAIT_MS = 60000 };

#define URL "http://127.0.0.1:9"

static void write_account(struct str *out, int n)
{
    str_clear(out);
    str_printf(out,
               "{\"provider_account_id\":\"pa_%016x\",\"org_id\":\"org_b\",\"name\":\"row-%06d\","
               "\"description\":null,\"provider_type\":\"%s\",\"region\":\"%s\","
               "\"data_residency\":\"EU\",\"credentials_ref\":\"kv/prod/key-%06d\","
               "\"quota_policy\":{\"max_tokens_per_month\":%d,\"max_requests_per_month\":null,"
               "\"current_month_tokens\":%d,\"current_month_requests\":%d,"
               "\"usage_period\":\"2026-11\"},\"rate_limit_policy\":{\"requests_per_second\":%d,"
               "\"requests_per_minute\":%d,\"input_tokens_per_minute\":100000,"
               "\"output_tokens_per_minute\":32000,\"max_concurrency\":20,\"burst_size\":20,"
               "\"queue_policy\":\"wait\",\"queue_timeout_seconds\":600},\"status\":\"active\","
               "\"status_reason\":null,\"enabled\":true,\"routing_mode\":\"bridge\","
               "\"bridge_id\":\"br-%d\",\"bridge_endpoint_name\":\"chat\","
               "\"last_health_check\":\"2026-11-27T09:%02d:10Z\",\"tags\":{\"team\":\"t%d\"},"
               "\"created_by\":\"terraform@example.com\",\"created_at\":\"2024-08-22T01:29:20Z\","
               "\"updated_at\":\"2026-01-09T01:35:12Z\"}",
               (unsigned)n * 2654435761u, n, n % 3 ? "openai" : "anthropic",
               n % 5 ? "eu-west-1" : "us", n * 7, n * 1000, n * 731 % 900000, n % 9000, n % 50 + 1,
               n % 3000 + 1, n % 20, n % 60, n % 40);
}

static void keep_accounts(const struct tmpdir *home)
{
    struct clock clock = clock_system();
    struct loop *loop = loop_create(clock);
    struct fleet *fleet = fleet_create();
    struct str cache = STR_INIT, raw = STR_INIT;
    const struct keep_env env = {.loop = loop,
                                 .fleet = fleet,
                                 .cache_dir = tmpdir_path(home, "home/cache/paddock", &cache),
                                 .origin = URL,
                                 .org = "org_b",
                                 .write = true};
    struct keep *keep = keep_create(&env);
    for (int i = 0; i < ACCOUNTS; i++) {
        write_account(&raw, i);
        fleet_put(fleet, span_from(&raw), clock_mono(&clock), NULL);
    }
    const struct sync_event done = {
        .type = SYNC_EV_COMPLETE, .proof = SYNC_COMPLETE, .t0_wall_ms = clock_wall(&clock)};
    keep_hear(keep, &done);
    keep_flush(keep);
    keep_destroy(keep);
    fleet_destroy(fleet);
    loop_destroy(loop);
    str_finish(&cache);
    str_finish(&raw);
}

/* One sample of every account, in which each used something. */
static void keep_history(const struct tmpdir *home)
{
    struct clock clock = clock_system();
    struct series *series;
    struct str path = STR_INIT;
    struct error err;
    bool more = true;
    tmpdir_path(home, "home/data/paddock/history.db", &path);
    if (series_open(&series, str_text(&path), clock, NULL, &err) ||
        series_begin(series, URL, "org_b", &err)) {
        fprintf(stderr, "bench: no history: %s\n", err.what);
        return;
    }
    struct series_entry *sample = mem_calloc(ACCOUNTS, sizeof *sample);
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        char id[32];
        snprintf(id, sizeof id, "pa_%016x", i * 2654435761u);
        sample[i] = (struct series_entry){
            series_account(series, span_of(id)), true, {0}, {(int64_t)i * 731, i}};
    }
    series_add(series, clock_wall(&clock), sample, ACCOUNTS);
    mem_free(sample);
    while (more && series_work(series, &more, &err) == ST_OK) {
    }
    series_close(series);
    str_finish(&path);
}

/* Milliseconds from the start until the text was written to the terminal, NULL: until the program
 * closed it. Below 0: it did not come. */
static double until(const struct pty_options *o, const char *text)
{
    struct pty_proc p;
    struct str seen = STR_INIT;
    char buf[65536];
    int64_t start = bench_ns();
    double ms = -1;
    if (!pty_proc_start(&p, o))
        return ms;
    while (ms < 0 && bench_ns() - start < (int64_t)WAIT_MS * 1000000) {
        struct pollfd fd = {.fd = p.master, .events = POLLIN};
        poll(&fd, 1, 100);
        ssize_t n = read(p.master, buf, sizeof buf);
        if (n > 0 && text)
            str_append(&seen, buf, (size_t)n);
        bool there = text ? n > 0 && memmem(seen.data, seen.len, text, strlen(text))
                          : n == 0 || (n < 0 && (fd.revents & POLLHUP));
        if (there)
            ms = (double)(bench_ns() - start) / 1e6;
        else if (n <= 0 && (fd.revents & POLLHUP))
            break;
    }
    pty_proc_finish(&p);
    str_finish(&seen);
    return ms;
}

void bench_start(struct bench *b)
{
    struct tmpdir *home = tmpdir_create();
    struct str program = STR_INIT;
    static const char *const more[] = {"PADDOCK_URL=" URL, "PADDOCK_ORG=org_b", NULL};
    const char **env = tmpdir_env_with(home, more);
    build_dir(&program);
    str_add(&program, "/paddock");
    const char *const console[] = {str_text(&program), "--offline", NULL};
    const char *const curl[] = {"curl", "--version", NULL};
    const struct pty_options ours = {.argv = console, .env = env, .rows = 30, .cols = 100};
    const struct pty_options theirs = {.argv = curl, .rows = 30, .cols = 100};
    double first[RUNS], floor[RUNS], all[3];
    keep_accounts(home);
    keep_history(home);
    until(&ours, "row-0");
    for (int i = 0; i < RUNS; i++) {
        floor[i] = until(&theirs, NULL);
        first[i] = until(&ours, "row-0");
    }
    for (int i = 0; i < 3; i++)
        all[i] = until(&ours, "  100,000 accounts as of");
    double mine = bench_median(first, RUNS), bare = bench_median(floor, RUNS);
    if (first[0] < 0 || floor[0] < 0)
        bench_skip(b, FIGURE_start_first_rows, "one of the two did not come up");
    else
        bench_set(b, FIGURE_start_first_rows, mine / bare,
                  "%.1f ms against %.1f ms; all rows after %.0f ms", mine, bare,
                  bench_median(all, 3));
    mem_free(env);
    str_finish(&program);
    tmpdir_destroy(home);
}
