/* soak.c: soak [SECONDS]: the console at work for ten minutes, and whether it grows.
 *
 * The console runs in a terminal against a sandbox of 1,200 accounts whose usage and health move,
 * refreshes once a second, keeps its history and has an alert; a script of keys goes through its
 * screens all the while, since a screen that is opened and closed may leave something behind. Its
 * memory and descriptors are read sixty times in the run.
 *
 * Flat is judged on the last two thirds of the run: the first holds what is filled once (caches,
 * the history's sixteen days, curses' screens). Memory: the line of least squares through its own
 * pages gains at most MEMORY_GAIN_KB over that time. That is a bound on the slope and not on the
 * difference of two readings, so one page more at the wrong moment decides nothing. Descriptors: at
 * most as many at the end as there were before. Prints each reading and the verdict; exits 0 when
 * both are flat, 1 when one is not, 2 when it could not be measured. */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/files.h"
#include "tests/support/proc_look.h"
#include "tests/support/pty_term.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ACCOUNTS = 1200,
    SECONDS = 600,
    SECONDS_MIN = 30,
    READINGS = 60,
    KEYS_EVERY_MS = 700,
    MEMORY_GAIN_KB = 512,
};

struct reading {
    double seconds;
    long anon_kb, rss_kb, descriptors;
};

struct soak {
    struct tmpdir *home;
    struct sandbox_proc *sandbox;
    struct term *term;
    int seconds;
    struct reading readings[READINGS];
    size_t count;
};

static const char config[] =
    "sync: { refresh = \"1s\"; budget = 100; };\n"
    "alerts: { down: { when = \"health:down\"; notify = \"osc9\"; };\n"
    "          full: { when = \"tokens.pct>=100\"; repeat = \"10s\"; }; };\n";

/* What a user does with every screen; each closes what it opened. */
static const char *const script[] = {
    "2",   "j", "Tab Enter", "Tab",         "Esc", "Tab",   "b",     "o",   "1",
    "j j", "G", "g",         "/ e u Enter", "j",   "Esc",   "Enter", "]",   "]",
    "Esc", "e", "Tab",       "Esc",         "4",   "j",     "1",     "@",   "Esc",
    "3",   "]", "1",         "?",           "Esc", "Space", "U",     "C-l", "r",
};

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_mono(&c);
}

static bool begin(struct soak *s)
{
    struct str program = STR_INIT;
    s->home = tmpdir_create();
    if (!s->home || !tmpdir_write(s->home, "home/config/paddock/paddock.cfg", config, 0600))
        return false;
    const struct sandbox_options options = {.accounts = ACCOUNTS, .org = "org_demo"};
    s->sandbox = sandbox_create(&options);
    if (!s->sandbox)
        return false;
    const char **env = tmpdir_env_with(s->home, sandbox_env(s->sandbox));
    build_dir(&program);
    str_add(&program, "/paddock");
    const char *argv[] = {str_text(&program), NULL};
    const struct pty_options po = {.argv = argv, .env = env, .rows = 40, .cols = 120};
    s->term = term_create(&po);
    mem_free(env);
    str_finish(&program);
    return s->term && term_wait_text(s->term, "accounts, complete", 0);
}

static void finish(struct soak *s)
{
    term_destroy(s->term);
    sandbox_destroy(s->sandbox);
    tmpdir_destroy(s->home);
}

static bool look(struct soak *s, double seconds)
{
    pid_t pid = term_pid(s->term);
    struct reading *r = &s->readings[s->count];
    *r = (struct reading){seconds, proc_anon_kb(pid), proc_rss_kb(pid), proc_descriptors(pid)};
    if (r->anon_kb < 0)
        return false;
    printf("%6.0f s  own %6ld kB  resident %6ld kB  descriptors %ld\n", r->seconds, r->anon_kb,
           r->rss_kb, r->descriptors);
    fflush(stdout);
    s->count++;
    return true;
}

static bool run(struct soak *s)
{
    int64_t start = now_ms(), next_keys = start;
    size_t at = 0;
    while (s->count < READINGS) {
        int64_t gone = now_ms() - start;
        if (gone * READINGS >= (int64_t)s->seconds * 1000 * (int64_t)(s->count + 1) &&
            !look(s, (double)gone / 1000))
            return false;
        if (now_ms() >= next_keys) {
            if (!term_keys(s->term, script[at]))
                return false;
            at = (at + 1) % (sizeof script / sizeof *script);
            next_keys += KEYS_EVERY_MS;
        }
        term_pump(s->term, 50);
        if (term_ended(s->term))
            return false;
    }
    return true;
}

/* ---- the verdict --------------------------------------------------------------------------- */

/* What the line of least squares through the readings gains from the first of them to the last. */
static double memory_gain(const struct reading *r, size_t n)
{
    double t = 0, m = 0, tm = 0, tt = 0;
    for (size_t i = 0; i < n; i++) {
        t += r[i].seconds / (double)n;
        m += (double)r[i].anon_kb / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        tm += (r[i].seconds - t) * ((double)r[i].anon_kb - m);
        tt += (r[i].seconds - t) * (r[i].seconds - t);
    }
    return tm / tt * (r[n - 1].seconds - r[0].seconds);
}

static long most_descriptors(const struct reading *r, size_t n)
{
    long most = r[0].descriptors;
    for (size_t i = 1; i < n; i++)
        most = r[i].descriptors > most ? r[i].descriptors : most;
    return most;
}

static int judge(const struct soak *s)
{
    const struct reading *r = s->readings;
    size_t third = READINGS / 3;
    double gain = memory_gain(r + third, READINGS - third);
    long before = most_descriptors(r, 2 * third), after = most_descriptors(r + 2 * third, third);
    bool memory = gain <= MEMORY_GAIN_KB, descriptors = before > 0 && after <= before;
    printf("memory: %+.0f kB over the last %.0f s, at most %d: %s\n", gain,
           r[READINGS - 1].seconds - r[third].seconds, MEMORY_GAIN_KB, memory ? "flat" : "GROWS");
    if (before < 0)
        printf("descriptors: not shown to this user; run it as root\n");
    else
        printf("descriptors: at most %ld, and %ld in the last third: %s\n", before, after,
               descriptors ? "flat" : "GROW");
    return before < 0 ? 2 : !(memory && descriptors);
}

int main(int argc, char **argv)
{
    struct soak s = {.seconds = argc > 1 ? atoi(argv[1]) : SECONDS};
    if (s.seconds < SECONDS_MIN) {
        fprintf(stderr, "soak: at least %d seconds\n", SECONDS_MIN);
        return 64;
    }
    int result = 2;
    if (begin(&s) && run(&s))
        result = judge(&s);
    else if (s.term)
        term_print(s.term, "soak: the console ended");
    finish(&s);
    return result;
}
