/* idle.c: what the console costs while nobody touches it: its CPU time out of /proc over four
 * refreshes, one each 30 s, with usage and health moving on the server; and what htop, left alone
 * in the same time, costs as it comes. With 100,000 accounts the
 * budget of requests is lifted (as configured, they would be read every eight minutes), so that
 * each refresh reads all of them. The start and its first complete list are not in it. */
#include "bench.h"

#include "base/mem.h"
#include "tests/support/files.h"
#include "tests/support/proc_look.h"
#include "tests/support/pty_term.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <stdio.h>

enum { REFRESHES = 4, REFRESH_S = 30, SETTLE_S = 5 };

static const char config[] = "sync: { refresh = \"30s\"; budget = 100; };\n";

struct idle {
    double cpu_s; /* below 0: it did not come up, or ended */
    double bytes;
};

static struct term *begin(const char *const *argv, const char *const *env)
{
    const struct pty_options po = {.argv = argv, .env = env, .rows = 30, .cols = 100};
    return term_create(&po);
}

/* Reads what both write, so that neither waits; beside may be NULL. */
static void drain(struct term *t, struct term *beside, double seconds)
{
    int64_t until = bench_ns() + (int64_t)(seconds * 1e9);
    while (bench_ns() < until && !term_ended(t)) {
        term_pump(t, beside ? 100 : 200);
        if (beside && !term_ended(beside))
            term_pump(beside, 100);
    }
}

static void mark(struct term *t, struct idle *out)
{
    *out = (struct idle){-1, 0};
    if (!t || term_ended(t))
        return;
    term_mark(t);
    out->cpu_s = proc_cpu_seconds(term_pid(t));
}

static void take(struct term *t, struct idle *out)
{
    if (out->cpu_s < 0)
        return;
    out->cpu_s = term_ended(t) ? -1 : proc_cpu_seconds(term_pid(t)) - out->cpu_s;
    out->bytes = (double)term_bytes(t);
}

/* Over the refreshes; htop (may be NULL) is watched in the same time, in a terminal of the same
 * size, as it comes. */
static struct idle watch(int accounts, struct idle *htop)
{
    static const char *const htop_argv[] = {"htop", NULL};
    struct tmpdir *home = tmpdir_create();
    const struct sandbox_options options = {.accounts = accounts, .org = "org_b"};
    struct sandbox_proc *sandbox = sandbox_create(&options);
    struct str program = STR_INIT;
    struct term *t = NULL, *beside = NULL;
    struct idle ours = {-1, 0};
    if (sandbox && home && tmpdir_write(home, "home/config/paddock/paddock.cfg", config, 0600)) {
        const char **env = tmpdir_env_with(home, sandbox_env(sandbox));
        build_dir(&program);
        str_add(&program, "/paddock");
        const char *const argv[] = {str_text(&program), NULL};
        t = begin(argv, env);
        beside = htop ? begin(htop_argv, env) : NULL;
        mem_free(env);
    }
    if (t && term_wait_text(t, "accounts, complete", 60000)) {
        drain(t, beside, SETTLE_S);
        mark(t, &ours);
        if (htop)
            mark(beside, htop);
        drain(t, beside, REFRESHES * REFRESH_S);
        take(t, &ours);
        if (htop)
            take(beside, htop);
    }
    term_destroy(t);
    term_destroy(beside);
    sandbox_destroy(sandbox);
    tmpdir_destroy(home);
    str_finish(&program);
    return ours;
}

static void tell(struct bench *b, enum figure figure, const struct idle *ours)
{
    const int seconds = REFRESHES * REFRESH_S;
    if (ours->cpu_s < 0)
        bench_skip(b, figure, "the console did not come up");
    else
        bench_set(b, figure, 100 * ours->cpu_s / seconds, "%.2f s in %d s", ours->cpu_s, seconds);
}

static void few(struct bench *b)
{
    struct idle htop = {-1, 0};
    const struct idle ours = watch(1200, &htop);
    tell(b, FIGURE_idle_cpu_1200, &ours);
    if (ours.cpu_s < 0 || htop.cpu_s <= 0 || htop.bytes <= 0) {
        bench_skip(b, FIGURE_idle_cpu_htop, "one of the two did not come up");
        bench_skip(b, FIGURE_idle_bytes_htop, "one of the two did not come up");
        return;
    }
    bench_set(b, FIGURE_idle_cpu_htop, ours.cpu_s / htop.cpu_s, "%.2f s against %.2f s in %d s",
              ours.cpu_s, htop.cpu_s, REFRESHES * REFRESH_S);
    bench_set(b, FIGURE_idle_bytes_htop, ours.bytes / htop.bytes, "%.0f against %.0f bytes",
              ours.bytes, htop.bytes);
}

void bench_idle(struct bench *b)
{
    if (bench_wants(b, FIGURE_idle_cpu_1200) || bench_wants(b, FIGURE_idle_cpu_htop) ||
        bench_wants(b, FIGURE_idle_bytes_htop))
        few(b);
    if (bench_wants(b, FIGURE_idle_cpu_100000)) {
        const struct idle ours = watch(100000, NULL);
        tell(b, FIGURE_idle_cpu_100000, &ours);
    }
}
