/* frame_test.c: frame.c, look.c and frame_scroll.c: whatever curses holds, the bytes of a frame
 * make a terminal (libvterm) show it: thousands of frames with all that may stand in a cell, drawn
 * over each other, on several kinds of terminals. And that they are few. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/frame_scroll.h"
#include "tui/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <vterm.h>

enum { ROWS = 20, COLUMNS = 60, FRAMES = 400, FEWER = 140 };

struct rig {
    struct curses_memory *memory;
    VTerm *vt;
    VTermScreen *screen;
    struct str bytes; /* of the last frame */
    uint32_t random;
    int rows, cols;
    bool visible; /* the cursor */
};

static unsigned pick(struct rig *r, unsigned below)
{
    r->random = r->random * 1664525u + 1013904223u;
    return (r->random >> 8) % below;
}

static int on_property(VTermProp property, VTermValue *value, void *ctx)
{
    if (property == VTERM_PROP_CURSORVISIBLE)
        ((struct rig *)ctx)->visible = value->boolean;
    return 1;
}

static void rig_open(struct rig *r, const char *terminal, enum term_color color)
{
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TERM", terminal, 1);
    unsetenv("COLORTERM");
    unsetenv("NO_COLOR");
    *r = (struct rig){.random = 1, .rows = ROWS, .cols = COLUMNS, .visible = true};
    static const VTermScreenCallbacks told = {.settermprop = on_property};
    r->memory = curses_memory_create(ROWS, COLUMNS, color, NULL);
    assert_non_null(r->memory);
    r->vt = vterm_new(ROWS, COLUMNS);
    vterm_set_utf8(r->vt, 1);
    r->screen = vterm_obtain_screen(r->vt);
    vterm_screen_set_callbacks(r->screen, &told, r);
    vterm_screen_reset(r->screen, 1);
    vterm_input_write(r->vt, "left by others\033[3;5H\033[41mhere", 31);
}

static void rig_close(struct rig *r)
{
    curses_memory_destroy(r->memory);
    vterm_free(r->vt);
    str_finish(&r->bytes);
}

static void show(struct rig *r)
{
    wnoutrefresh(stdscr);
    str_clear(&r->bytes);
    curses_memory_collect(r->memory, &r->bytes);
    vterm_input_write(r->vt, str_text(&r->bytes), r->bytes.len);
}

/* ---- what is there and what should be ------------------------------------------------------ */

static int index_of(const VTermColor *c, bool is_default)
{
    return is_default ? -1 : VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

/* One cell as words: what is seen of it. */
static void say(char out[96], const wchar_t *text, attr_t attrs, int fg, int bg)
{
    bool blank = text[0] == L' ' && !text[1], lined = attrs & (A_REVERSE | A_UNDERLINE);
    if (blank && !lined) { /* nothing but its ground */
        attrs = A_NORMAL;
        fg = -1;
    }
    snprintf(out, 96, "'%ls'%s%s%s%s %d on %d", text, attrs & A_BOLD ? " bold" : "",
             attrs & A_ITALIC ? " italic" : "", attrs & A_UNDERLINE ? " underline" : "",
             attrs & A_REVERSE ? " reverse" : "", fg, bg);
}

static void say_shown(const struct rig *r, int y, int x, char out[96])
{
    VTermScreenCell c;
    vterm_screen_get_cell(r->screen, (VTermPos){y, x}, &c);
    wchar_t text[VTERM_MAX_CHARS_PER_CELL + 1] = L" ";
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c.chars[i]; i++) {
        text[i] = (wchar_t)c.chars[i];
        text[i + 1] = 0;
    }
    attr_t attrs = (c.attrs.bold ? A_BOLD : 0) | (c.attrs.italic ? A_ITALIC : 0) |
                   (c.attrs.underline ? A_UNDERLINE : 0) | (c.attrs.reverse ? A_REVERSE : 0);
    say(out, text, attrs, index_of(&c.fg, VTERM_COLOR_IS_DEFAULT_FG(&c.fg)),
        index_of(&c.bg, VTERM_COLOR_IS_DEFAULT_BG(&c.bg)));
}

/* Which half of a wide character curses holds there. */
static attr_t half(const struct rig *r, int y, int x)
{
    cchar_t cell = {.attr = 0};
    if (x < r->cols)
        mvwin_wch(newscr, y, x, &cell);
    return cell.attr & A_CHARTEXT;
}

/* What curses wants shown, and a blank for half of a character; returns its columns. */
static int say_wanted(const struct rig *r, int y, int x, char out[96])
{
    cchar_t cell;
    wchar_t text[CCHARW_MAX + 1];
    attr_t attrs;
    short narrow;
    int pair = 0, fg = -1, bg = -1;
    mvwin_wch(newscr, y, x, &cell);
    getcchar(&cell, text, &attrs, &narrow, &pair);
    if (pair)
        extended_pair_content(pair, &fg, &bg);
    int never = tigetnum("ncv"); /* with colours */
    if ((fg >= 0 || bg >= 0) && never > 0)
        attrs &= ~((never & 2 ? A_UNDERLINE : 0) | (never & 4 ? A_REVERSE : 0) |
                   (never & 32 ? A_BOLD : 0));
    bool wide = half(r, y, x) == 1 && half(r, y, x + 1) > 1, broken = !wide && half(r, y, x);
    say(out, broken ? L" " : text, attrs, fg, bg);
    return wide ? 2 : 1;
}

/* Whether the last cell can be written and nothing scrolls. */
static bool has_corner(void)
{
    return tigetflag("am") <= 0 || tigetflag("xenl") > 0;
}

static void assert_shown(const struct rig *r, int number)
{
    for (int y = 0; y < r->rows; y++) {
        for (int x = 0, width = 1; x < r->cols; x += width) {
            char shown[96], wanted[96];
            width = say_wanted(r, y, x, wanted);
            if (y == r->rows - 1 && x + width == r->cols && !has_corner())
                continue;
            say_shown(r, y, x, shown);
            if (strcmp(shown, wanted) != 0)
                fail_msg("%s, frame %d, %d,%d: %s instead of %s", getenv("TERM"), number, y, x,
                         shown, wanted);
        }
    }
}

/* ---- frames at random ---------------------------------------------------------------------- */

static void draw_something(struct rig *r, bool colours, bool italics)
{
    static const wchar_t *const texts[] = {L"plain",   L"   ",    L"日本",  L"e\u0301",
                                           L"██··",    L"x",      L" ",     L"          ",
                                           L"ünïcöde", L"     a", L"a 漢 b"};
    static const attr_t attrs[] = {A_NORMAL, A_NORMAL, A_BOLD, A_REVERSE, A_UNDERLINE, A_ITALIC};
    int y = (int)pick(r, (unsigned)r->rows), x = (int)pick(r, (unsigned)r->cols), pair = 0;
    attr_t with = attrs[pick(r, ARRAY_LEN(attrs))] | (pick(r, 4) ? A_NORMAL : A_REVERSE);
    if (colours && pick(r, 2))
        pair = alloc_pair((int)pick(r, 5) - 1, pick(r, 4) ? -1 : (int)pick(r, 3));
    if (!italics)
        with &= ~A_ITALIC;
    if (pick(r, 6) == 0) {
        wmove(stdscr, y, x);
        clrtoeol();
        return;
    }
    attr_set(with, 0, &pair);
    mvaddnwstr(y, x, texts[pick(r, ARRAY_LEN(texts))], r->cols - x < 12 ? r->cols - x : 12);
    attr_set(A_NORMAL, 0, NULL);
}

static void scroll_something(struct rig *r)
{
    int by = (int)pick(r, 7) - 3;
    scrollok(stdscr, TRUE);
    wsetscrreg(stdscr, (int)pick(r, 4), r->rows - 1 - (int)pick(r, 4));
    wscrl(stdscr, by);
    wsetscrreg(stdscr, 0, r->rows - 1);
    scrollok(stdscr, FALSE);
}

static void resize_to(struct rig *r, int rows, int cols)
{
    r->rows = rows;
    r->cols = cols;
    vterm_set_size(r->vt, rows, cols);
    curses_memory_resize(r->memory, rows, cols);
}

static void assert_cursor(const struct rig *r, int y, int x)
{
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(r->vt), &at);
    assert_int_equal(at.row, y);
    assert_int_equal(at.col, x);
}

/* What a child leaves that was killed, and that a repaint is asked for because of. */
static void be_spoilt(struct rig *r)
{
    static const char *const spoils[] = {"\033[5;9r\033[6;3H\n\n\nlines\n\n",
                                         "\033(0lqqk\033[44mxx", "\016\033)0xxxx",
                                         "\033[?25l\033[1;4;7;35mhidden", "\033[?25h\033[2Jplain"};
    const char *bytes = spoils[tigetstr("csr") ? pick(r, ARRAY_LEN(spoils)) : 3 + pick(r, 2)];
    vterm_input_write(r->vt, bytes, strlen(bytes));
    curses_memory_repaint(r->memory);
}

static void run(const char *terminal, enum term_color color, bool italics, int frames)
{
    struct rig r;
    rig_open(&r, terminal, color);
    bool colours = color == TERM_COLOR_AUTO && tigetnum("colors") >= 8;
    for (int i = 0; i < frames; i++) {
        for (unsigned n = pick(&r, 12); n > 0; n--)
            draw_something(&r, colours, italics);
        idlok(stdscr, pick(&r, 4) == 0);
        if (is_idlok(stdscr))
            scroll_something(&r);
        if (i % 50 == 49)
            resize_to(&r, 2 + (int)pick(&r, 30), 3 + (int)pick(&r, 90));
        if (i % 70 == 69)
            curses_memory_repaint(r.memory);
        if (i % 30 == 29)
            be_spoilt(&r);
        int y = (int)pick(&r, (unsigned)r.rows), x = (int)pick(&r, (unsigned)r.cols);
        wmove(stdscr, y, x);
        leaveok(stdscr, pick(&r, 3) == 0);
        bool cursor = !is_leaveok(stdscr);
        show(&r);
        assert_shown(&r, i);
        if (cursor)
            assert_cursor(&r, y, x);
        if (tigetstr("civis"))
            assert_int_equal(r.visible, cursor);
        show(&r);
        assert_string_equal(str_text(&r.bytes), ""); /* nothing changed */
    }
    rig_close(&r);
}

static void test_any_frame(void **state)
{
    (void)state;
    run("xterm-256color", TERM_COLOR_AUTO, true, FRAMES);
    run("xterm", TERM_COLOR_AUTO, true, FRAMES);
    run("screen-256color", TERM_COLOR_AUTO, false, FRAMES); /* whose italics are reverse */
    run("vt220", TERM_COLOR_AUTO, false, FRAMES);
    run("xterm-256color", TERM_COLOR_NEVER, true, FRAMES);
}

/* Of other makes: without erasing in colour, without colours, with delays, without a scroll region,
 * a hidden cursor or underlines in colour, that scroll when the last cell is written. */
static void test_other_terminals(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool italics;
    } all[] = {{"linux", false},       {"linux-16color", false}, {"rxvt", false},
               {"screen", false},      {"tmux-256color", true},  {"vt100", false},
               {"ansi", false},        {"st-256color", true},    {"alacritty", true},
               {"kitty", true},        {"konsole", true},        {"cygwin", false},
               {"xterm-direct", true}, {"xterm-16color", true},  {"rxvt-unicode-256color", true},
               {"xterm-mono", false},  {"teraterm", false},      {"putty", false},
               {"vte-256color", true}, {"mlterm", false},        {"Eterm-256color", false}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        run(all[i].name, TERM_COLOR_AUTO, all[i].italics, FEWER);
        run(all[i].name, TERM_COLOR_NEVER, all[i].italics, FEWER);
    }
}

/* Frames of a terminal that scrolls when its last cell is written leave that cell out. */
static void test_last_cell(void **state)
{
    (void)state;
    static const struct {
        const char *terminal;
        bool written;
    } cases[] = {{"xterm", true}, {"ansi", false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct rig r;
        rig_open(&r, cases[i].terminal, TERM_COLOR_NEVER);
        for (int x = 0; x < COLUMNS; x++)
            mvaddstr(ROWS - 1, x, x == COLUMNS - 1 ? "#" : "x");
        show(&r);
        assert_int_equal(strchr(str_text(&r.bytes), '#') != NULL, cases[i].written);
        rig_close(&r);
    }
}

/* What was left out there is not taken for shown when the rows move. */
static void test_last_cell_moves(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "teraterm", TERM_COLOR_NEVER);
    idlok(stdscr, TRUE);
    for (int frame = 0; frame < 2; frame++) {
        for (int y = 2; y < ROWS; y++) {
            mvprintw(y, 0, "row number %d", y + frame);
            mvaddch(y, COLUMNS - 1, (chtype)('a' + y + frame));
        }
        wmove(stdscr, 0, 0);
        show(&r);
        assert_shown(&r, frame);
    }
    rig_close(&r);
}

/* A wide character there is left out as a whole. */
static void test_last_cell_wide(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "ansi", TERM_COLOR_NEVER);
    mvaddstr(ROWS - 1, COLUMNS - 2, "x");
    show(&r);
    mvaddwstr(ROWS - 1, COLUMNS - 2, L"日");
    show(&r);
    assert_null(strstr(str_text(&r.bytes), "日"));
    mvaddstr(ROWS - 1, COLUMNS - 2, "  ");
    show(&r);
    assert_shown(&r, 0); /* nor is what stood there before */
    rig_close(&r);
}

/* A cursor that stands on the right half of a character. */
static void test_cursor_on_half(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_NEVER);
    mvaddwstr(4, 4, L"日abc");
    wmove(stdscr, 4, 5);
    show(&r);
    mvaddstr(4, 7, "X");
    wmove(stdscr, 0, 0);
    show(&r);
    assert_int_equal(strlen(str_text(&r.bytes)), r.bytes.len); /* no NUL */
    assert_shown(&r, 1);
    rig_close(&r);
}

/* ---- few bytes ----------------------------------------------------------------------------- */

static const char *frame_of(struct rig *r)
{
    show(r);
    return str_text(&r->bytes);
}

static void put_in(int y, int x, const char *text, attr_t attrs, int fg)
{
    int pair = fg < 0 ? 0 : alloc_pair(fg, -1);
    attr_set(attrs, 0, &pair);
    mvaddstr(y, x, text);
    attr_set(A_NORMAL, 0, NULL);
}

static void test_bytes(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    leaveok(stdscr, TRUE);
    mvaddstr(2, 0, "one two three");
    mvaddstr(3, 0, "a line that is long");
    show(&r);
    /* Attributes and colours in one sequence, what is added only where nothing goes. */
    put_in(4, 0, "ab", A_BOLD, 1);
    put_in(4, 2, "cd", A_BOLD, 2);
    assert_string_equal(frame_of(&r), "\033[5H\033[1;31mab\033[32mcd\033[m");
    put_in(5, 0, "ab", A_BOLD, 1);
    put_in(5, 2, "cd", A_NORMAL, 2);
    assert_string_equal(frame_of(&r), "\033[6H\033[1;31mab\033[0;32mcd\033[m");
    /* Blanks are nobody's. */
    put_in(6, 0, "a", A_NORMAL, 1);
    put_in(6, 1, "  ", A_BOLD, -1);
    put_in(6, 3, "b", A_NORMAL, 1);
    assert_string_equal(frame_of(&r), "\033[7H\033[31ma  b\033[m");
    /* A few cells between two that differ are written again; more are jumped over. */
    mvaddstr(2, 0, "One Two three");
    assert_string_equal(frame_of(&r), "\033[3HOne T");
    mvaddstr(2, 0, "one two threE");
    assert_string_equal(frame_of(&r), "\rone t\033[13GE");
    /* What is left of a line is erased. */
    move(3, 6);
    clrtoeol();
    assert_string_equal(frame_of(&r), "\033[4;7H\033[K");
    rig_close(&r);
}

/* Terminals disagree about the columns of some characters: what follows one stands where it should
 * all the same. */
static void test_widths_in_dispute(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_NEVER);
    leaveok(stdscr, TRUE);
    show(&r);
    mvaddwstr(2, 0, L"日本x|");
    assert_string_equal(frame_of(&r), "\033[3H日本\033[5Gx|");
    mvaddwstr(3, 0, L"ae\u0301o");
    assert_string_equal(frame_of(&r), "\033[4Hae\u0301\033[3Go");
    mvaddwstr(4, 0, L"日      |");
    show(&r);
    mvaddwstr(4, 0, L"本");
    clrtoeol();
    assert_string_equal(frame_of(&r), "\r本\033[3G\033[K");
    rig_close(&r);
}

/* A list that moves by a line: the terminal moves it. */
static void test_scroll_bytes(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    idlok(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    for (int frame = 0; frame < 2; frame++) {
        for (int y = 2; y < ROWS - 1; y++)
            mvprintw(y, 0, "row number %d of a list with some text", y + frame);
        show(&r);
    }
    assert_string_equal(str_text(&r.bytes), "\033[3;19r\033[19H\n\033[1;20r"
                                            "\033[19Hrow number 19 of a list with some text");
    assert_shown(&r, 1);
    rig_close(&r);
}

static void test_scroll_found(void **state)
{
    (void)state;
    static const struct {
        const char *was, *now;
        bool found;
        struct frame_scroll scroll;
    } cases[] = {
        {"habcdefgs", "hbcdefgxs", true, {1, 7, 1}}, {"habcdefgs", "hxabcdefs", true, {1, 7, -1}},
        {"habcdefgs", "hcdefgxys", true, {1, 7, 2}}, {"habcdefgs", "habcdefgs", false, {0}},
        {"habcdefgs", "hbcdxyzws", false, {0}},      {"aaaaaaaaa", "aaaaaaaaa", false, {0}},
        {"habcdefgs", "hqrstuvws", false, {0}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct frame_scroll s;
        bool found =
            frame_scroll_find(cases[i].was, cases[i].now, (int)strlen(cases[i].was), 1, &s);
        assert_int_equal(found, cases[i].found);
        if (!found)
            continue;
        assert_int_equal(s.top, cases[i].scroll.top);
        assert_int_equal(s.bottom, cases[i].scroll.bottom);
        assert_int_equal(s.by, cases[i].scroll.by);
    }
}

/* A pair whose colours curses gave away to others is not taken for what it was. */
static void test_looks_hold(void **state)
{
    (void)state;
    struct rig r;
    struct looks looks;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    int pair = alloc_pair(1, -1);
    looks_init(&looks);
    int red = looks_find(&looks, A_BOLD, pair);
    assert_int_equal(looks_find(&looks, A_BOLD, pair), red);
    assert_int_not_equal(looks_find(&looks, A_NORMAL, pair), red);
    assert_int_equal(looks_find(&looks, A_NORMAL, 0), LOOK_PLAIN);
    assert_true(looks_hold(&looks));
    free_pair(pair);
    init_extended_pair(pair, 2, -1);
    assert_false(looks_hold(&looks));
    looks_finish(&looks);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_frame),
        cmocka_unit_test(test_last_cell),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_scroll_bytes),
        cmocka_unit_test(test_scroll_found),
        cmocka_unit_test(test_looks_hold),
        cmocka_unit_test(test_other_terminals),
        cmocka_unit_test(test_last_cell_moves),
        cmocka_unit_test(test_last_cell_wide),
        cmocka_unit_test(test_cursor_on_half),
        cmocka_unit_test(test_widths_in_dispute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
