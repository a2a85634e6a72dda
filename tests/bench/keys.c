/* keys.c: what a key costs at 100,000 accounts: from its byte being written to the pseudo-terminal
 * to the last byte that it changes on the screen.
 *
 * Beside it, in the same run and key by key in turn, so that a busy machine is as busy for both:
 * programs without curses that repaint one row, or the whole screen (floor/echo_floor.c). What is
 * typed into the filter is held against `wc -l` over the same accounts as JSON lines. During a sync
 * the screen changes by itself, so there the cursor's row is waited for, by the same look in both.
 */
#include "bench.h"

#include "base/str.h"
#include "base/vec.h"
#include "tests/support/files.h"
#include "tests/support/proc_look.h"
#include "tests/support/pty_term.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROWS = 30,
    COLS = 100,
    MANY = 100000,
    FEW = 1000,
    TAKES = 120,   /* of one kind of key */
    STILL_MS = 12, /* nothing more comes after a key */
    FILTER_STILL_MS = 150,
    READY_S = 240,
    REST_S = 5,
    BYTES_KEPT = 1 << 20,
};

#define PAGE_DOWN "\033[6~"

struct sight {
    struct pty_proc p;
    char *bytes; /* what came after the last key; BYTES_KEPT */
    size_t len;
    double us; /* until the last of it */
};

/* ---- a key and what follows ---------------------------------------------------------------- */

static void settle(struct sight *s, int64_t start, int still_ms)
{
    s->len = 0;
    s->us = 0;
    for (;;) {
        struct pollfd fd = {.fd = s->p.master, .events = POLLIN};
        if (poll(&fd, 1, still_ms) <= 0)
            return;
        size_t room = BYTES_KEPT - s->len;
        ssize_t n = read(s->p.master, s->bytes + s->len, room);
        if (n <= 0)
            return;
        s->us = (double)(bench_ns() - start) / 1000;
        s->len = (size_t)n < room ? s->len + (size_t)n : 0;
    }
}

static void press(struct sight *s, const char *key, int still_ms)
{
    int64_t start = bench_ns();
    if (write(s->p.master, key, strlen(key)) < 0)
        fprintf(stderr, "bench: the terminal takes no key: %s\n", strerror(errno));
    settle(s, start, still_ms);
}

static bool look(struct sight *s, const char *const *argv, const char *const *env)
{
    const struct pty_options o = {.argv = argv, .env = env, .rows = ROWS, .cols = COLS};
    *s = (struct sight){.bytes = malloc(BYTES_KEPT)};
    if (!s->bytes || !pty_proc_start(&s->p, &o))
        return false;
    settle(s, bench_ns(), 300);
    return true;
}

static void look_away(struct sight *s)
{
    if (s->bytes)
        pty_proc_finish(&s->p);
    free(s->bytes);
    s->bytes = NULL;
}

/* A console is ready when a repaint says that its list is complete. Refreshing is paused then. */
static bool look_at_console(struct sight *s, const char *program, const char *const *env)
{
    const char *const argv[] = {program, NULL};
    int64_t until = bench_ns() + (int64_t)READY_S * 1000000000;
    if (!look(s, argv, env))
        return false;
    while (bench_ns() < until) {
        press(s, "\014", 400);
        if (memmem(s->bytes, s->len, ", complete", 10)) {
            press(s, "Z", 100);
            return true;
        }
    }
    return false;
}

/* ---- keys of one kind ---------------------------------------------------------------------- */

struct kind {
    const char *keys[2]; /* in turn */
    const char *again;   /* pressed, not measured, after every 20 */
};

struct took {
    double us, bytes; /* in the middle */
    double floor_us;
};

static struct took take(struct sight *s, struct sight *floor, const struct kind *k)
{
    static double us[TAKES], bytes[TAKES], floors[TAKES];
    for (int i = 0; i < TAKES; i++) {
        if (k->again && i % 20 == 0)
            press(s, k->again, 30);
        press(floor, "j", STILL_MS);
        floors[i] = floor->us;
        press(s, k->keys[i % 2], STILL_MS);
        us[i] = s->us;
        bytes[i] = (double)s->len;
    }
    return (struct took){bench_median(us, TAKES), bench_median(bytes, TAKES),
                         bench_median(floors, TAKES)};
}

static const struct kind down = {{"j", "j"}, "g"}, page = {{PAGE_DOWN, PAGE_DOWN}, "g"},
                         ends = {{"G", "g"}, NULL};

static void tell(struct bench *b, enum figure figure, const struct took *t, const char *floor)
{
    bench_set(b, figure, t->us / t->floor_us, "%.0f us against %.0f us of the %s floor", t->us,
              t->floor_us, floor);
}

/* ---- the rest of the console's figures ------------------------------------------------------ */

static double resize_us(struct sight *s)
{
    double us[40];
    for (int i = 0; i < 40; i++) {
        struct winsize ws = {.ws_row = (unsigned short)(ROWS - (i & 1)),
                             .ws_col = (unsigned short)(COLS - 3 * (i & 1))};
        int64_t start = bench_ns();
        ioctl(s->p.master, TIOCSWINSZ, &ws);
        settle(s, start, 40);
        us[i] = s->us;
    }
    return bench_median(us, 40);
}

struct files {
    struct str lines, table; /* paths: all accounts as JSON lines, and as a table */
};

/* Runs a program with its output in a file ("/dev/null" for none); the seconds it took, < 0 when it
 * failed. */
static double run(const char *const *argv, const char *const *env, const char *out)
{
    int64_t start = bench_ns();
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
            _exit(127);
        for (; env && *env; env++)
            putenv((char *)(uintptr_t)*env);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return -1;
    return (double)(bench_ns() - start) / 1e9;
}

static double wc_ms(const struct files *files)
{
    const char *const argv[] = {"wc", "-l", str_text(&files->lines), NULL};
    double ms[9];
    for (size_t i = 0; i < ARRAY_LEN(ms); i++)
        ms[i] = run(argv, NULL, "/dev/null") * 1000;
    return bench_median(ms, ARRAY_LEN(ms));
}

static void filter_keys(struct bench *b, struct sight *s, const struct files *files)
{
    static const char *const typed[] = {"az-gpt-eu-prod", "openai !prod", "batch eu"};
    double ms[64], worst = 0, wc = wc_ms(files);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        press(s, "/", FILTER_STILL_MS);
        press(s, "\025", FILTER_STILL_MS);
        for (const char *p = typed[i]; *p && n < ARRAY_LEN(ms); p++) {
            press(s, (char[]){*p, '\0'}, FILTER_STILL_MS);
            worst = s->us / 1000 > worst ? s->us / 1000 : worst;
            ms[n++] = s->us / 1000;
        }
        press(s, "\033", FILTER_STILL_MS);
        press(s, "\033", FILTER_STILL_MS);
    }
    double middle = bench_median(ms, n);
    bench_set(b, FIGURE_keys_filter, middle / wc, "%.1f ms against %.1f ms, %zu keys", middle, wc,
              n);
    bench_set(b, FIGURE_keys_filter_worst, worst / wc, "%.1f ms against %.1f ms", worst, wc);
}

static void page_bytes(struct bench *b, double bytes, const struct files *files)
{
    const char *const argv[] = {"less", "-S", str_text(&files->table), NULL};
    struct sight less;
    double pages[20];
    if (!look(&less, argv, NULL)) {
        bench_skip(b, FIGURE_keys_page_bytes, "less cannot be started");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        press(&less, " ", 30);
        pages[i] = (double)less.len;
    }
    look_away(&less);
    double middle = bench_median(pages, ARRAY_LEN(pages));
    bench_set(b, FIGURE_keys_page_bytes, bytes / middle, "%.0f against %.0f bytes", bytes, middle);
}

/* ---- during a sync -------------------------------------------------------------------------- */

/* One key that moves the cursor's row, in microseconds; 0: it did not come. */
static double cursor_us(struct term *t, const char *key)
{
    int row, now, col;
    term_cursor(t, &row, &col);
    int64_t start = bench_ns(), end = start;
    term_type(t, key);
    do {
        term_pump(t, 1);
        end = bench_ns();
        term_cursor(t, &now, &col);
    } while (now == row && end - start < 2000000000);
    return now == row ? 0 : (double)(end - start) / 1000;
}

static double many_cursor_us(struct term *t, double *worst)
{
    double us[TAKES];
    *worst = 0;
    for (int i = 0; i < TAKES; i++) {
        us[i] = cursor_us(t, i % 2 ? "k" : "j");
        *worst = us[i] > *worst ? us[i] : *worst;
        term_wait_quiet(t, 3, 12);
    }
    return bench_median(us, TAKES);
}

static void during_sync(struct bench *b, const char *program, const char *const *env)
{
    const char *const argv[] = {program, NULL};
    const struct pty_options o = {.argv = argv, .env = env, .rows = ROWS, .cols = COLS};
    struct term *t = term_create(&o);
    double worst, idle_worst;
    if (!t || !term_wait_text(t, " of 100,000 accounts", 20000)) {
        bench_skip(b, FIGURE_keys_in_sync, "no sync was seen");
        term_destroy(t);
        return;
    }
    double busy = many_cursor_us(t, &worst);
    bool still = !term_find(t, ", complete", NULL, NULL);
    if (!term_wait_text(t, ", complete", READY_S * 1000)) {
        term_destroy(t);
        return;
    }
    term_type(t, "Z");
    term_wait_quiet(t, 300, 2000);
    double idle = many_cursor_us(t, &idle_worst);
    bench_set(b, FIGURE_keys_in_sync, busy / idle, "%.0f us against %.0f us%s", busy, idle,
              still ? "" : ", but the sync was over before");
    bench_set(b, FIGURE_keys_in_sync_worst, worst / 1000, "of %d keys", (int)TAKES);
    term_destroy(t);
}

/* ---- all of it ------------------------------------------------------------------------------ */

struct place {
    struct tmpdir *home, *other_home; /* other: where nothing is kept from a start before */
    struct sandbox_proc *sandbox;
    struct str program, floor, home_env, other_env;
    const char *env[16], *fresh[16];
};

static bool place_open(struct place *p, int accounts)
{
    static const char *const still[] = {"--time-scale", "0", "--serial-pages", NULL};
    const struct sandbox_options so = {
        .accounts = accounts, .org = "org_demo", .token = "bench-token", .extra = still};
    size_t n = 0;
    memset(p, 0, sizeof *p);
    p->home = tmpdir_create();
    p->other_home = tmpdir_create();
    p->sandbox = sandbox_create(&so);
    if (!p->home || !p->other_home || !p->sandbox)
        return false;
    build_dir(&p->program);
    str_add_span(&p->floor, span_from(&p->program));
    str_add(&p->program, "/paddock");
    str_add(&p->floor, "/tests/bench/floor/echo_floor");
    struct str home = STR_INIT;
    str_printf(&p->home_env, "HOME=%s", tmpdir_path(p->home, ".", &home));
    str_clear(&home);
    str_printf(&p->other_env, "HOME=%s", tmpdir_path(p->other_home, ".", &home));
    str_finish(&home);
    for (const char *const *e = sandbox_env(p->sandbox); *e; e++, n++)
        p->env[n] = p->fresh[n] = *e;
    p->env[n] = str_text(&p->home_env);
    p->fresh[n++] = str_text(&p->other_env);
    p->env[n] = p->fresh[n] = NULL;
    return true;
}

static void place_close(struct place *p)
{
    sandbox_destroy(p->sandbox);
    tmpdir_destroy(p->home);
    tmpdir_destroy(p->other_home);
    str_finish(&p->other_env);
    str_finish(&p->program);
    str_finish(&p->floor);
    str_finish(&p->home_env);
}

static void write_files(struct place *p, struct files *files)
{
    *files = (struct files){STR_INIT, STR_INIT};
    tmpdir_path(p->home, "accounts.jsonl", &files->lines);
    tmpdir_path(p->home, "accounts.txt", &files->table);
    const char *const lines[] = {str_text(&p->program), "list", "-o", "jsonl", NULL};
    const char *const table[] = {str_text(&p->program), "list", "-o", "table", NULL};
    if (run(lines, p->env, str_text(&files->lines)) < 0 ||
        run(table, p->env, str_text(&files->table)) < 0)
        fprintf(stderr, "bench: the accounts cannot be written to files\n");
}

/* What of the console's memory lies in this machine's: all of it, its libraries' pages too, which
 * it shares with others, once its first list has come to rest. Against the accounts as JSON lines.
 */
static void memory(struct bench *b, struct sight *s, const struct files *files)
{
    struct stat json;
    for (int i = 0; i < REST_S; i++)
        settle(s, bench_ns(), 1000);
    long kb = proc_rss_kb(s->p.program);
    if (kb <= 0 || stat(str_text(&files->lines), &json) != 0 || !json.st_size) {
        bench_skip(b, FIGURE_keys_memory, "the kernel does not say what the console takes");
        return;
    }
    bench_set(b, FIGURE_keys_memory, (double)kb * 1024 / (double)json.st_size,
              "%.1f MB against %.1f MB", (double)kb * 1024 / 1e6, (double)json.st_size / 1e6);
}

struct floors {
    struct sight row, full;
};

static void with_detail(struct bench *b, struct sight *s, struct floors *f)
{
    struct took t = take(s, &f->row, &down);
    tell(b, FIGURE_keys_row_detail, &t, "row");
    bench_set(b, FIGURE_keys_row_detail_bytes, t.bytes, NULL);
    t = take(s, &f->full, &page);
    tell(b, FIGURE_keys_page_detail, &t, "full");
    t = take(s, &f->full, &ends);
    tell(b, FIGURE_keys_ends_detail, &t, "full");
}

static void alone(struct bench *b, struct sight *s, struct floors *f, struct sight *few,
                  const struct files *files)
{
    struct took t = take(s, &f->row, &down), other = take(few, &f->row, &down);
    tell(b, FIGURE_keys_row, &t, "row");
    bench_set(b, FIGURE_keys_row_bytes, t.bytes, NULL);
    double ratio = (t.us / t.floor_us) / (other.us / other.floor_us);
    t = take(s, &f->full, &page);
    other = take(few, &f->full, &page);
    tell(b, FIGURE_keys_page, &t, "full");
    page_bytes(b, t.bytes, files);
    double pages = (t.us / t.floor_us) / (other.us / other.floor_us);
    bench_set(b, FIGURE_keys_many, pages > ratio ? pages : ratio,
              "one row down %.2f, page down %.2f", ratio, pages);
    t = take(s, &f->full, &ends);
    tell(b, FIGURE_keys_ends, &t, "full");
}

void bench_keys(struct bench *b)
{
    struct place many, few;
    struct sight s = {0}, small = {0};
    struct floors f = {0};
    struct files files = {STR_INIT, STR_INIT};
    if (!place_open(&many, MANY) || !place_open(&few, FEW))
        return;
    const char *const row[] = {str_text(&many.floor), "row", NULL};
    const char *const full[] = {str_text(&many.floor), "full", NULL};
    write_files(&many, &files);
    if (look(&f.row, row, NULL) && look(&f.full, full, NULL) &&
        look_at_console(&s, str_text(&many.program), many.env) &&
        look_at_console(&small, str_text(&few.program), few.env)) {
        memory(b, &s, &files);
        with_detail(b, &s, &f);
        press(&s, "p", 100);
        press(&small, "p", 100);
        alone(b, &s, &f, &small, &files);
        filter_keys(b, &s, &files);
        double us = resize_us(&s), least = resize_us(&f.full);
        bench_set(b, FIGURE_keys_resize, us / least, "%.0f us against %.0f us", us, least);
    }
    look_away(&s);
    look_away(&small);
    look_away(&f.row);
    look_away(&f.full);
    during_sync(b, str_text(&many.program), many.fresh);
    str_finish(&files.lines);
    str_finish(&files.table);
    place_close(&many);
    place_close(&few);
}
