/* form.c: the form in a real terminal: how many write()s one of its frames takes, however many
 * fields it has, and how many bytes a move from field to field. The write()s are counted inside the
 * program (preload/tty_writes.c). */
#include "bench.h"

#include "tests/support/console_rig.h"
#include "tests/support/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { QUIET_MS = 300, QUIET_MAX_MS = 5000, MOVES = 15 };

/* write()s to the terminal so far; -1 when they are not counted. */
static long writes_of(const struct tmpdir *dir)
{
    struct str bytes = STR_INIT;
    uint64_t count = 0;
    bool known = tmpdir_read(dir, "writes", &bytes) && bytes.len == sizeof count;
    if (known)
        memcpy(&count, bytes.data, sizeof count);
    str_finish(&bytes);
    return known ? (long)count : -1;
}

static void rest(struct console *c)
{
    term_wait_quiet(c->term, QUIET_MS, QUIET_MAX_MS);
}

static void first_frame(struct bench *b, struct console *c, const struct tmpdir *dir)
{
    long most = 0;
    size_t bytes = 0;
    static const char *const keys[] = {"C-l", "Esc", "e", "C-l"};
    /* ^L paints the whole form anew, and nothing of disk or network follows it; opening it may
       take a second frame when the account has been looked at. */
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        long before = writes_of(dir);
        term_mark(c->term);
        console_keys(c, keys[i]);
        rest(c);
        if (before <= 0) { /* it has painted before: none counted is none seen */
            bench_skip(b, FIGURE_form_frame_writes, "the program could not be watched");
            return;
        }
        if (strcmp(keys[i], "C-l") == 0 && writes_of(dir) - before > most) {
            most = writes_of(dir) - before;
            bytes = term_bytes(c->term);
        }
    }
    bench_set(b, FIGURE_form_frame_writes, (double)most, "%zu bytes at 200x60", bytes);
}

void bench_form(struct bench *b)
{
    struct tmpdir *dir = tmpdir_create();
    struct str preload = STR_INIT, count = STR_INIT, path = STR_INIT;
    build_dir(&path);
    str_printf(&preload, "LD_PRELOAD=%s/tests/bench/tty_writes.so", path.data);
    str_printf(&count, "TTY_WRITES=%s", tmpdir_path(dir, "writes", &path));
    const char *const env[] = {preload.data, count.data, NULL};
    const struct console_options o = {.rows = 60, .cols = 200, .accounts = 60, .env = env};
    struct console c;
    double bytes[MOVES];
    console_open_ready(&c, &o);
    rest(&c);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month");
    rest(&c);
    first_frame(b, &c, dir);
    for (int i = 0; i < MOVES; i++) {
        term_mark(c.term);
        console_keys(&c, "Tab");
        rest(&c);
        bytes[i] = (double)term_bytes(c.term);
    }
    bench_set(b, FIGURE_form_key_bytes, bench_median(bytes, MOVES), "the median of %d moves",
              (int)MOVES);
    console_close(&c);
    str_finish(&preload);
    str_finish(&count);
    str_finish(&path);
    tmpdir_destroy(dir);
}
