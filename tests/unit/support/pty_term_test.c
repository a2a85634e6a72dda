/* pty_term_test.c: the tests' own terminal, driven by small programs of the shell. */
#include "../../support/pty_term.h"

#include "../../support/term_keys.h"
#include "../../support/term_stream.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Runs a line of the shell in 10 rows by 40 columns. */
static struct term *shell(const char *line, bool job_control)
{
    const char *argv[] = {"sh", "-c", line, NULL};
    struct pty_options o = {.argv = argv, .rows = 10, .cols = 40, .job_control = job_control};
    struct term *t = term_create(&o);
    assert_non_null(t);
    return t;
}

/* ---- the stream ---------------------------------------------------------------------------- */

/* Feeds text whole and byte by byte; both must give the same. */
static void stream_gives(const char *in, const char *out)
{
    for (int one = 0; one < 2; one++) {
        struct term_stream s;
        term_stream_init(&s);
        size_t len = strlen(in), step = one ? 1 : len;
        for (size_t i = 0; i < len; i += step)
            term_stream_feed(&s, in + i, step);
        assert_string_equal(str_text(&s.out), out);
        term_stream_finish(&s);
    }
}

static void test_rep(void **state)
{
    (void)state;
    stream_gives("a\033[3bc", "aaaac");
    stream_gives("a\033[bc", "aac");
    stream_gives("\xe2\x94\x80\033[2b|", "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80|");
    stream_gives("\xf0\x9f\x98\x80\033[1b", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80");
    stream_gives("x\033[1;31m\033[2b", "x\033[1;31mxx");
    stream_gives("\033[4b-", "-");
    stream_gives("x\033[>4b", "x\033[>4b");
    stream_gives("x\033]0;a\033[3b\033\\\033[1b", "x\033]0;a\033[3b\033\\x");
    stream_gives("\033(0q\033[2b\033(B", "\033(0qqq\033(B");
}

static void test_modes_and_strings(void **state)
{
    (void)state;
    struct term_stream s;
    const char *in = "\033[?1049h\033[?1;2004h\033[?25l\033]2;a title\007\033]52;c;aGk=\033\\";
    term_stream_init(&s);
    assert_true(term_stream_mode(&s, 25));
    term_stream_feed(&s, in, strlen(in));
    assert_true(term_stream_mode(&s, 1049));
    assert_true(term_stream_mode(&s, 1));
    assert_true(term_stream_mode(&s, 2004));
    assert_false(term_stream_mode(&s, 25));
    assert_string_equal(str_text(&s.title), "a title");
    assert_string_equal(str_text(&s.clipboard), "aGk=");
    assert_int_equal(s.clipboard_count, 1);
    term_stream_feed(&s, "\033[?1049;1l\033[?25h", 17);
    assert_false(term_stream_mode(&s, 1049));
    assert_false(term_stream_mode(&s, 1));
    assert_true(term_stream_mode(&s, 25));
    term_stream_finish(&s);
}

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool app;
        const char *bytes;
    } rows[] = {
        {"j", false, "j"},
        {"Enter", false, "\r"},
        {"Esc", false, "\033"},
        {"Tab", false, "\t"},
        {"S-Tab", false, "\033[Z"},
        {"Backspace", false, "\177"},
        {"Up", false, "\033[A"},
        {"Up", true, "\033OA"},
        {"C-Up", true, "\033[1;5A"},
        {"Home", true, "\033OH"},
        {"F1", false, "\033OP"},
        {"F2", true, "\033OQ"},
        {"S-F2", true, "\033[1;2Q"},
        {"F8", false, "\033[19~"},
        {"PageDown", false, "\033[6~"},
        {"C-s", false, "\023"},
        {"C-_", false, "\037"},
        {"M-x", false, "\033x"},
        {"C-?", false, "\177"},
        {"M-Enter", false, "\033\r"},
        {"-", false, "-"},
        {"\xc3\xbc", false, "\xc3\xbc"},
        {"C-Delete", false, "\033[3;5~"},
        {"Space", false, " "},
    };
    char out[TERM_KEY_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = term_key_encode(rows[i].name, rows[i].app, out);
        assert_int_equal(n, strlen(rows[i].bytes));
        assert_memory_equal(out, rows[i].bytes, n);
    }
    assert_int_equal(term_key_encode("C-Space", false, out), 1);
    assert_int_equal(out[0], 0);
    assert_int_equal(term_key_encode("Entr", false, out), 0);
    assert_int_equal(term_key_encode("C-1", false, out), 0);
}

/* ---- the screen ---------------------------------------------------------------------------- */

static void test_text_and_cells(void **state)
{
    (void)state;
    struct term *t = shell("printf 'plain \\033[1;4;31mred\\033[0m \\033[7;38;2;1;2;3;48;5;200mx"
                           "\\033[0m\\r\\n\\346\\274\\242e\\314\\201|'; read x",
                           false);
    assert_true(term_wait_text(t, "|", 0));
    assert_string_equal(term_row_text(t, 0), "plain red x");
    assert_string_equal(term_row_text(t, 1), "\346\274\242e\314\201|");
    int row, col;
    assert_true(term_find(t, "red", &row, &col));
    assert_int_equal(row, 0);
    assert_int_equal(col, 6);
    struct term_cell c = term_cell_at(t, row, col);
    assert_true(c.bold && c.underline && !c.reverse);
    assert_int_equal(c.fg.kind, TERM_COLOUR_INDEX);
    assert_int_equal(c.fg.index, 1);
    assert_int_equal(c.bg.kind, TERM_COLOUR_DEFAULT);
    c = term_cell_at(t, 0, 10);
    assert_true(c.reverse && !c.bold);
    assert_int_equal(c.fg.kind, TERM_COLOUR_RGB);
    assert_int_equal(c.fg.b, 3);
    assert_int_equal(c.bg.index, 200);
    assert_int_equal(term_cell_at(t, 1, 0).width, 2);
    assert_string_equal(term_cell_at(t, 1, 1).text, "");
    assert_true(term_find(t, "|", &row, &col));
    assert_int_equal(col, 3);
    term_cursor(t, &row, &col);
    assert_int_equal(row, 1);
    assert_int_equal(col, 4);
    assert_null(strchr(term_screen_text(t), 'y'));
    assert_string_equal(term_cell_at(t, 99, 0).text, "");
    term_destroy(t);
}

/* Two reads, and a character that begins in the first and ends in the second. */
static void test_a_character_in_two_pieces(void **state)
{
    (void)state;
    struct term *t = shell("stty -echo; printf 'x \\342'; read go; printf '\\226\\210 y'", false);
    assert_true(term_wait_text(t, "x", 0));
    assert_true(term_keys(t, "Enter"));
    assert_true(term_wait_text(t, "x \u2588 y", 0));
    term_destroy(t);
}

static void test_typing(void **state)
{
    (void)state;
    struct term *t = shell("stty -echo; printf 'ready\\033[?1h\\033[?2004h'; cat -v", false);
    assert_true(term_wait_text(t, "ready", 0));
    assert_true(term_keys(t, "a Up S-Tab Enter"));
    assert_true(term_wait_text(t, "a^[OA^[[Z", 0));
    assert_true(term_paste(t, "one\ntwo"));
    assert_true(term_keys(t, "Enter"));
    assert_true(term_wait_text(t, "^[[200~one", 0));
    assert_true(term_wait_text(t, "two^[[201~", 0));
    fprintf(stderr, "(the next line is meant to be there)\n");
    assert_false(term_keys(t, "j Nonsense"));
    term_destroy(t);
}

static void test_wait_fails(void **state)
{
    (void)state;
    struct term *t = shell("echo here; read x; echo bye", false);
    fprintf(stderr, "(the next three screens are meant to be there)\n");
    assert_false(term_wait_text(t, "not here", 50));
    assert_true(term_wait_text(t, "here", 0));
    assert_false(term_wait_gone(t, "here", 50));
    assert_true(term_keys(t, "Enter"));
    /* Far below its deadline: the program's end settles it. */
    assert_false(term_wait_text(t, "never", 1000000));
    assert_true(term_find(t, "bye", NULL, NULL));
    term_destroy(t);
}

static void test_resize(void **state)
{
    (void)state;
    struct term *t = shell("trap 'stty size' WINCH; echo go; while :; do read x; done", false);
    assert_true(term_wait_text(t, "go", 0));
    term_resize(t, 7, 33);
    assert_true(term_wait_text(t, "7 33", 0));
    assert_int_equal(term_rows(t), 7);
    assert_int_equal(term_cols(t), 33);
    term_resize(t, 1, 1);
    term_resize(t, 30, 100);
    assert_true(term_wait_text(t, "30 100", 0));
    term_destroy(t);
}

/* Sizes at random while a program writes: libvterm must survive what the console will be put
 * through. */
static void test_resize_storm(void **state)
{
    (void)state;
    struct term *t = shell("printf '\\033[?1049h'; while :; do printf '\\033[H%0300d\\033[9;30Hx"
                           "\\344\\270\\255\\033[K' 0; done",
                           false);
    unsigned seed = 7;
    for (int i = 0; i < 300; i++) {
        seed = seed * 1103515245u + 12345u;
        term_resize(t, 1 + (int)(seed >> 16) % 60, 1 + (int)(seed >> 8) % 150);
        term_pump(t, 5);
        term_screen_text(t);
    }
    assert_false(term_ended(t));
    term_destroy(t);
}

/* ---- the program --------------------------------------------------------------------------- */

static void test_exit_codes(void **state)
{
    (void)state;
    struct term *t = shell("echo last words; exit 7", false);
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 7);
    assert_true(term_find(t, "last words", NULL, NULL));
    term_destroy(t);

    t = shell("echo up; read x", false);
    assert_true(term_wait_text(t, "up", 0));
    assert_int_equal(term_exit_code(t), -1000);
    term_signal(t, SIGTERM);
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), -SIGTERM);
    term_destroy(t);

    const char *none[] = {"/nonexistent/program", NULL};
    t = term_run(none);
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 127);
    term_destroy(t);
}

static void test_hang_up(void **state)
{
    (void)state;
    struct term *t = shell("trap 'exit 3' HUP; echo up; while :; do sleep 0.05; done", false);
    assert_true(term_wait_text(t, "up", 0));
    term_hang_up(t);
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 3);
    assert_true(term_find(t, "up", NULL, NULL));
    assert_false(term_settings_kept(t));
    term_destroy(t);
}

static void test_destroy_ends_it(void **state)
{
    (void)state;
    for (int job = 0; job < 2; job++) {
        struct term *t = shell("trap '' HUP TERM; echo up; while :; do read x; done", job);
        assert_true(term_wait_text(t, "up", 0));
        pid_t pid = term_pid(t);
        term_destroy(t);
        /* Reaped or (behind the process between) on its way to be: never alive. */
        char path[64], line[256] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *f = fopen(path, "r");
        if (f) {
            assert_non_null(fgets(line, sizeof line, f));
            fclose(f);
            assert_non_null(strstr(line, ") Z"));
        }
    }
    struct term *t = shell("sleep 60", true);
    term_destroy(t); /* before it could say a word */
}

static void test_left_as_found(void **state)
{
    (void)state;
    struct term *t = shell("stty raw -echo; printf '\\033[?1049h\\033[?25lin'; read x;"
                           "stty sane; printf '\\033[?1049l'; exit 0",
                           false);
    assert_true(term_wait_text(t, "in", 0));
    assert_true(term_alternate(t));
    assert_false(term_cursor_visible(t));
    assert_false(term_settings_kept(t));
    term_destroy(t);

    t = shell("printf '\\033[?1049h\\033[?25l'; s=$(stty -g); stty raw; stty $s;"
              "printf '\\033[?25h\\033[?1049l'",
              false);
    assert_true(term_wait_exit(t, 0));
    assert_true(term_left_as_found(t));
    term_destroy(t);

    t = shell("printf '\\033[?1000h\\033[?25l'; stty -icanon", false);
    assert_true(term_wait_exit(t, 0));
    fprintf(stderr, "(the next three lines are meant to be there)\n");
    assert_false(term_left_as_found(t));
    term_destroy(t);
}

static void test_stop_and_continue(void **state)
{
    (void)state;
    struct term *t = shell("echo up; read x; kill -TSTP $$; echo back $x; read y; exit 4", true);
    assert_true(term_wait_text(t, "up", 0));
    assert_true(term_type(t, "again\r"));
    assert_true(term_wait_stopped(t, 0));
    assert_false(term_find(t, "back", NULL, NULL));
    term_continue(t);
    assert_true(term_wait_text(t, "back again", 0));
    assert_true(term_keys(t, "C-z"));
    assert_true(term_wait_stopped(t, 0));
    term_continue(t);
    assert_true(term_keys(t, "Enter"));
    assert_true(term_wait_exit(t, 0));
    assert_int_equal(term_exit_code(t), 4);
    term_destroy(t);
}

static void test_environment(void **state)
{
    (void)state;
    const char *argv[] = {"env", NULL};
    const char *env[] = {"TERM=vt100", "LANG", "ONE=two=three", NULL};
    struct pty_options o = {.argv = argv, .env = env, .rows = 24, .cols = 200};
    setenv("PADDOCK_NOT_FOR_CHILDREN", "1", 1);
    struct term *t = term_create(&o);
    assert_true(term_wait_exit(t, 0));
    assert_true(term_find(t, "TERM=vt100", NULL, NULL));
    assert_true(term_find(t, "ONE=two=three", NULL, NULL));
    assert_true(term_find(t, "PATH=", NULL, NULL));
    assert_false(term_find(t, "LANG=", NULL, NULL));
    assert_false(term_find(t, "PADDOCK_NOT", NULL, NULL));
    term_destroy(t);
    unsetenv("PADDOCK_NOT_FOR_CHILDREN");
}

static void test_counting(void **state)
{
    (void)state;
    size_t len;
    struct term *t = shell("stty -echo; printf one; read x; printf '\\033[mtwo'; read x", false);
    assert_true(term_wait_text(t, "one", 0));
    term_mark(t);
    assert_true(term_keys(t, "Enter"));
    assert_true(term_wait_text(t, "onetwo", 0));
    assert_true(term_wait_quiet(t, 30, 0));
    assert_int_equal(term_bytes(t), 6);
    assert_int_equal(term_pieces(t), 1);
    assert_memory_equal(term_transcript(t, &len), "one\033[mtwo", 9);
    assert_int_equal(len, 9);
    term_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rep),
        cmocka_unit_test(test_modes_and_strings),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_text_and_cells),
        cmocka_unit_test(test_a_character_in_two_pieces),
        cmocka_unit_test(test_typing),
        cmocka_unit_test(test_wait_fails),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_resize_storm),
        cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_hang_up),
        cmocka_unit_test(test_destroy_ends_it),
        cmocka_unit_test(test_left_as_found),
        cmocka_unit_test(test_stop_and_continue),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
