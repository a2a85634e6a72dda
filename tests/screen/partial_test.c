/* partial_test.c: a key draws what it changed, on what is there. After many keys drawn so, while
 * accounts come in and when all are there, in panes beside each other, below each other and alone,
 * the screen is what a repaint of all of it makes. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BODY_FIRST 2 /* below the header and the tabs, whose ages count on */
#define TRIES      4

/* The rows between header and message, with their colours: those that are seen. A blank has none
 * but its ground's, unless it is reversed or underlined. */
static char *body(struct term *t)
{
    int rows = term_rows(t), cols = term_cols(t);
    size_t size = (size_t)rows * (size_t)cols * 80 + 1, at = 0;
    char *out = malloc(size);
    assert_non_null(out);
    for (int y = BODY_FIRST; y < rows - 1; y++) {
        for (int x = 0; x < cols; x++) {
            struct term_cell c = term_cell_at(t, y, x);
            if (strcmp(c.text, " ") == 0 && !c.reverse && !c.underline) {
                c.fg = (struct term_colour){TERM_COLOUR_DEFAULT, 0, 0, 0, 0};
                c.bold = false;
            }
            at +=
                (size_t)snprintf(out + at, size - at, "%s/%d%d.%d%d%d%d%d ", c.text, c.fg.kind,
                                 c.fg.index, c.bg.kind, c.bg.index, c.reverse, c.bold, c.underline);
        }
        at += (size_t)snprintf(out + at, size - at, "\n");
    }
    return out;
}

static const char *const keys[] = {"j",      "j",    "j", "k",     "PageDown", "j",   "PageUp",
                                   "G",      "k",    "k", "g",     "C-d",      "j",   "C-u",
                                   "l",      "j",    "h", "Down",  "Up",       "End", "PageUp",
                                   "PageUp", "Home", "j", "Space", "j",        "k",   "PageDown"};

static void press_some(struct console *c, unsigned seed)
{
    for (int n = 0; n < 6; n++) {
        seed = seed * 1103515245u + 12345u;
        console_keys(c, keys[(seed >> 16) % (sizeof keys / sizeof *keys)]);
        term_wait_quiet(c->term, 25, 600); /* a frame of its own */
    }
}

/* The same after a repaint of all, with the cursor where it was. */
static bool holds(struct console *c)
{
    int row, col, row_now, col_now;
    char *parts = body(c->term);
    term_cursor(c->term, &row, &col);
    console_keys(c, "C-l");
    term_wait_quiet(c->term, 60, 600);
    char *whole = body(c->term);
    term_cursor(c->term, &row_now, &col_now);
    bool same = strcmp(parts, whole) == 0 && row == row_now && col == col_now;
    free(parts);
    free(whole);
    return same;
}

/* Ages in seconds count on and may do so between the two looks: then the same keys are pressed
 * again from the same place. */
static void walk(struct console *c, unsigned seed, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        bool same = false;
        for (int tries = 0; tries < TRIES && !same; tries++) {
            console_keys(c, "g U");
            press_some(c, seed + (unsigned)i);
            same = holds(c);
        }
        assert_true(same);
    }
}

static void through_sizes(struct console *c)
{
    static const struct {
        int rows, cols;
    } sizes[] = {{30, 100}, {24, 80}, {40, 80}, {60, 200}, {26, 118}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        term_resize(c->term, sizes[i].rows, sizes[i].cols);
        term_wait_quiet(c->term, 100, 1000);
        walk(c, (unsigned)i + 7, 5);
        console_keys(c, "p");
        walk(c, (unsigned)i + 70, 3);
        console_keys(c, "p");
    }
}

static void test_parts_are_the_whole(void **state)
{
    (void)state;
    static const struct console_options o = {.rows = 30, .cols = 100, .accounts = 1200};
    struct console c;
    console_open(&c, &o);
    for (unsigned i = 0; i < 12; i++)
        press_some(&c, i);
    console_see(&c, "1,200 accounts, complete");
    console_keys(&c, "Z");
    term_wait_quiet(c.term, 100, 1000);
    through_sizes(&c);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts_are_the_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
