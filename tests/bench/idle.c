/* idle.c: what the console costs while nobody touches it: its CPU time out of /proc over four
 * refreshes, one each 30 s, with usage and health moving on the server. With 100,000 accounts the
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

static void drain(struct term *t, double seconds)
{
    int64_t until = bench_ns() + (int64_t)(seconds * 1e9);
    while (bench_ns() < until && !term_ended(t))
        term_pump(t, 200);
}

/* Percent of one CPU; below 0: it did not come up. */
static double percent(int accounts, double *used)
{
    struct tmpdir *home = tmpdir_create();
    const struct sandbox_options options = {.accounts = accounts, .org = "org_b"};
    struct sandbox_proc *sandbox = sandbox_create(&options);
    struct str program = STR_INIT;
    struct term *t = NULL;
    double result = -1, seconds = REFRESHES * REFRESH_S;
    if (sandbox && home && tmpdir_write(home, "home/config/paddock/paddock.cfg", config, 0600)) {
        const char **env = tmpdir_env_with(home, sandbox_env(sandbox));
        build_dir(&program);
        str_add(&program, "/paddock");
        const char *argv[] = {str_text(&program), NULL};
        const struct pty_options po = {.argv = argv, .env = env, .rows = 30, .cols = 100};
        t = term_create(&po);
        mem_free(env);
    }
    if (t && term_wait_text(t, "accounts, complete", 60000)) {
        drain(t, SETTLE_S);
        double before = proc_cpu_seconds(term_pid(t));
        drain(t, seconds);
        *used = proc_cpu_seconds(term_pid(t)) - before;
        result = term_ended(t) ? -1 : 100 * *used / seconds;
    }
    term_destroy(t);
    sandbox_destroy(sandbox);
    tmpdir_destroy(home);
    str_finish(&program);
    return result;
}

static void measure(struct bench *b, enum figure figure, int accounts)
{
    double used = 0, n;
    if (!bench_wants(b, figure))
        return;
    n = percent(accounts, &used);
    if (n < 0)
        bench_skip(b, figure, "the console did not come up");
    else
        bench_set(b, figure, n, "%.2f s in %d s", used, REFRESHES * REFRESH_S);
}

void bench_idle(struct bench *b)
{
    measure(b, FIGURE_idle_cpu_1200, 1200);
    measure(b, FIGURE_idle_cpu_100000, 100000);
}
