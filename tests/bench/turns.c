/* turns.c: the longest turn of the loop at 100,000 accounts while a sync runs, and for each kind of
 * key that asks about all accounts: what such a key takes at most before the next one is looked at
 * (preload/loop_turns.c). Milliseconds of CPU time and no ratio: a frame is 16 on any machine. */
#include "bench.h"

#include "base/str.h"
#include "base/vec.h"
#include "tests/support/files.h"
#include "tests/support/pty_term.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ACCOUNTS = 100000, READY_MS = 240000, STILL_MS = 1000, MOST_MS = 20000 };

struct turns {
    struct tmpdir *home;
    struct sandbox_proc *sandbox;
    struct term *term;
    volatile int64_t *longest;
};

static const struct {
    enum figure figure;
    const char *keys[8]; /* each is waited for */
} kinds[] = {
    {FIGURE_turns_filter, {"/", "az-gpt", "\r", "/", "\025~eupr", "\r", "\033"}},
    {FIGURE_turns_sort, {"I", "I", ">", ">", "<", "<"}},
    {FIGURE_turns_marks, {"*", "U", "gv", "Gv", "U", "|/prod-0[12]/\r", "U"}},
    {FIGURE_turns_values, {"f", "\033", "!", "f", "\033", "\033"}},
    {FIGURE_turns_resync, {"R"}},
    {FIGURE_turns_plan, {"*", "b", "\r", "rpm\r", "777\r", "G", "g", "\033"}},
};

static bool open_turns(struct turns *t)
{
    static const char *const still[] = {"--time-scale", "0", "--serial-pages", NULL};
    const struct sandbox_options so = {
        .accounts = ACCOUNTS, .org = "org_demo", .token = "bench-token", .extra = still};
    struct str program = STR_INIT, preload = STR_INIT, home = STR_INIT, file = STR_INIT,
               path = STR_INIT;
    const char *env[16];
    size_t n = 0;
    t->home = tmpdir_create();
    t->sandbox = sandbox_create(&so);
    if (!t->home || !t->sandbox)
        return false;
    tmpdir_path(t->home, "turns", &path);
    int fd = open(str_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *p = fd >= 0 && ftruncate(fd, sizeof *t->longest) == 0
                  ? mmap(NULL, sizeof *t->longest, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                  : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    t->longest = p == MAP_FAILED ? NULL : p;
    build_dir(&program);
    str_printf(&preload, "LD_PRELOAD=%s/tests/bench/loop_turns.so", str_text(&program));
    str_printf(&file, "LOOP_TURNS=%s", str_text(&path));
    str_add(&program, "/paddock");
    str_clear(&path);
    str_printf(&home, "HOME=%s", tmpdir_path(t->home, ".", &path));
    for (const char *const *e = sandbox_env(t->sandbox); *e && n < 12; e++)
        env[n++] = *e;
    env[n++] = str_text(&home);
    env[n++] = str_text(&preload);
    env[n++] = str_text(&file);
    env[n] = NULL;
    const char *const argv[] = {str_text(&program), NULL};
    const struct pty_options o = {.argv = argv, .env = env, .rows = 30, .cols = 100};
    t->term = t->longest ? term_create(&o) : NULL;
    str_finish(&program);
    str_finish(&preload);
    str_finish(&home);
    str_finish(&file);
    str_finish(&path);
    return t->term != NULL;
}

static double longest_ms(struct turns *t)
{
    double ms = (double)*t->longest / 1e6;
    *t->longest = 0;
    return ms;
}

static void skip_all(struct bench *b, const char *why)
{
    bench_skip(b, FIGURE_turns_sync, why);
    bench_skip(b, FIGURE_turns_resize, why);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        bench_skip(b, kinds[i].figure, why);
}

void bench_turns(struct bench *b)
{
    static const int sizes[][2] = {{24, 80}, {60, 200}, {30, 100}};
    struct turns t = {0};
    if (!open_turns(&t) || !term_wait_text(t.term, ", complete", READY_MS)) {
        skip_all(b, "no list came to its end");
    } else {
        term_wait_quiet(t.term, STILL_MS, MOST_MS); /* it is written, and the monitor has looked */
        bench_set(b, FIGURE_turns_sync, longest_ms(&t), NULL);
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            term_resize(t.term, sizes[i][0], sizes[i][1]);
            term_wait_quiet(t.term, STILL_MS, MOST_MS);
        }
        bench_set(b, FIGURE_turns_resize, longest_ms(&t), NULL);
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
            for (size_t k = 0; k < ARRAY_LEN(kinds[i].keys) && kinds[i].keys[k]; k++) {
                term_type(t.term, kinds[i].keys[k]);
                term_wait_quiet(t.term, STILL_MS, MOST_MS);
            }
            bench_set(b, kinds[i].figure, longest_ms(&t), NULL);
        }
    }
    term_destroy(t.term);
    sandbox_destroy(t.sandbox);
    tmpdir_destroy(t.home);
}
