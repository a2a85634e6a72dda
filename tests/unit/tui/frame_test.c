/* frame_test.c: frame.c, look.c and frame_scroll.c: whatever stands in the grid, the bytes of a
 * frame make a terminal (libvterm) show it: thousands of frames with all that may stand in a cell,
 * drawn over each other, on several kinds of terminals. And that they are few. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/frame_scroll.h"
#include "tui/terminfo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

#include <cmocka.h>
#include <vterm.h>

enum { ROWS = 20, COLUMNS = 60, FRAMES = 400, FEWER = 140 };

struct rig {
    struct curses_memory *memory;
    struct grid *grid;
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
    r->grid = curses_memory_grid(r->memory);
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
    str_clear(&r->bytes);
    curses_memory_collect(r->memory, &r->bytes);
    vterm_input_write(r->vt, str_text(&r->bytes), r->bytes.len);
}

/* ---- drawing ------------------------------------------------------------------------------- */

static int look_of(struct rig *r, unsigned attrs, int fg, int bg)
{
    return looks_find(&r->grid->looks, attrs, fg, bg);
}

/* At most `most` code points, each with the marks behind it. */
static void put_wide(struct rig *r, int y, int x, const wchar_t *text, size_t most, int look)
{
    size_t len = wcslen(text) < most ? wcslen(text) : most;
    for (size_t i = 0, n; i < len; i += n) {
        uint32_t codes[GRID_CODES] = {(uint32_t)text[i]};
        int cells = wcwidth(text[i]);
        for (n = 1; i + n < len && wcwidth(text[i + n]) == 0; n++)
            codes[n] = (uint32_t)text[i + n];
        grid_put(r->grid, y, x, codes, n, cells, look);
        x += cells;
    }
}

static void put_text(struct rig *r, int y, int x, const char *text)
{
    grid_ascii(r->grid, y, x, text, strlen(text), LOOK_PLAIN);
}

static void clear_from(struct rig *r, int y, int x)
{
    grid_fill(r->grid, y, x, ' ', r->cols - x, LOOK_PLAIN);
}

/* ---- what is there and what should be ------------------------------------------------------ */

static int index_of(const VTermColor *c, bool is_default)
{
    return is_default ? -1 : VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

/* One cell as words: what is seen of it. */
static void say(char out[96], const wchar_t *text, unsigned attrs, int fg, int bg)
{
    bool blank = text[0] == L' ' && !text[1], lined = attrs & (THEME_REVERSE | THEME_UNDERLINE);
    if (blank && !lined) { /* nothing but its ground */
        attrs = 0;
        fg = -1;
    }
    snprintf(out, 96, "'%ls'%s%s%s%s %d on %d", text, attrs & THEME_BOLD ? " bold" : "",
             attrs & THEME_ITALIC ? " italic" : "", attrs & THEME_UNDERLINE ? " underline" : "",
             attrs & THEME_REVERSE ? " reverse" : "", fg, bg);
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
    unsigned attrs = (c.attrs.bold ? THEME_BOLD : 0) | (c.attrs.italic ? THEME_ITALIC : 0) |
                     (c.attrs.underline ? THEME_UNDERLINE : 0) |
                     (c.attrs.reverse ? THEME_REVERSE : 0);
    say(out, text, attrs, index_of(&c.fg, VTERM_COLOR_IS_DEFAULT_FG(&c.fg)),
        index_of(&c.bg, VTERM_COLOR_IS_DEFAULT_BG(&c.bg)));
}

/* What should be shown; returns its columns. */
static int say_wanted(const struct rig *r, int y, int x, char out[96])
{
    const struct grid_cell *cell = grid_row(r->grid, y) + x;
    const struct look *look = &r->grid->looks.list[cell->look];
    uint32_t codes[GRID_CODES];
    wchar_t text[GRID_CODES + 1] = L"";
    size_t count = grid_codes(r->grid, cell, codes);
    for (size_t i = 0; i < count; i++)
        text[i] = (wchar_t)codes[i];
    int never = terminfo_number("ncv"); /* with colours */
    unsigned attrs = look->attrs;
    if ((look->fg >= 0 || look->bg >= 0) && never > 0)
        attrs &= ~((never & 2 ? THEME_UNDERLINE : 0u) | (never & 4 ? THEME_REVERSE : 0u) |
                   (never & 32 ? THEME_BOLD : 0u));
    say(out, text, attrs, look->fg, look->bg);
    return cell->part == GRID_LEFT ? 2 : 1;
}

/* Whether the last cell can be written and nothing scrolls. */
static bool has_corner(void)
{
    return !terminfo_flag("am") || terminfo_flag("xenl");
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
    static const unsigned attrs[] = {0,           0, THEME_BOLD, THEME_REVERSE, THEME_UNDERLINE,
                                     THEME_ITALIC};
    int y = (int)pick(r, (unsigned)r->rows), x = (int)pick(r, (unsigned)r->cols);
    int fg = -1, bg = -1;
    unsigned with = attrs[pick(r, ARRAY_LEN(attrs))] | (pick(r, 4) ? 0 : THEME_REVERSE);
    if (colours && pick(r, 2)) {
        fg = (int)pick(r, 5) - 1;
        bg = pick(r, 4) ? -1 : (int)pick(r, 3);
    }
    if (!italics)
        with &= ~(unsigned)THEME_ITALIC;
    if (pick(r, 6) == 0)
        clear_from(r, y, x);
    else
        put_wide(r, y, x, texts[pick(r, ARRAY_LEN(texts))], (size_t)(r->cols - x),
                 look_of(r, with, fg, bg)); /* libvterm has no marks in the last column */
}

/* Rows that moved as wholes, as a list's do: drawn again elsewhere. */
static void scroll_something(struct rig *r)
{
    int by = (int)pick(r, 7) - 3, first = (int)pick(r, 4), end = r->rows - (int)pick(r, 4);
    struct grid_cell *before =
        mem_dup(r->grid->cells, (size_t)r->rows * (size_t)r->cols * sizeof *before);
    for (int y = first; y < end; y++) {
        clear_from(r, y, 0);
        if (y + by >= first && y + by < end)
            memcpy(grid_row(r->grid, y), before + (size_t)(y + by) * (size_t)r->cols,
                   (size_t)r->cols * sizeof *before);
    }
    mem_free(before);
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
    const char *bytes =
        spoils[terminfo_string("csr") ? pick(r, ARRAY_LEN(spoils)) : 3 + pick(r, 2)];
    vterm_input_write(r->vt, bytes, strlen(bytes));
    curses_memory_repaint(r->memory);
}

static void run(const char *terminal, enum term_color color, bool italics, int frames)
{
    struct rig r;
    rig_open(&r, terminal, color);
    bool colours = color == TERM_COLOR_AUTO && terminfo_number("colors") >= 8;
    for (int i = 0; i < frames; i++) {
        for (unsigned n = pick(&r, 12); n > 0; n--)
            draw_something(&r, colours, italics);
        r.grid->moved = pick(&r, 4) == 0;
        if (r.grid->moved)
            scroll_something(&r);
        if (i % 50 == 49)
            resize_to(&r, 2 + (int)pick(&r, 30), 3 + (int)pick(&r, 90));
        if (i % 70 == 69)
            curses_memory_repaint(r.memory);
        if (i % 30 == 29)
            be_spoilt(&r);
        int y = (int)pick(&r, (unsigned)r.rows), x = (int)pick(&r, (unsigned)r.cols);
        bool cursor = r.grid->cursor = pick(&r, 3) != 0;
        r.grid->cursor_y = y;
        r.grid->cursor_x = x;
        show(&r);
        assert_shown(&r, i);
        if (cursor)
            assert_cursor(&r, y, x);
        if (terminfo_string("civis"))
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
            put_text(&r, ROWS - 1, x, x == COLUMNS - 1 ? "#" : "x");
        show(&r);
        assert_int_equal(strchr(str_text(&r.bytes), '#') != NULL, cases[i].written);
        rig_close(&r);
    }
}

static void put_number(struct rig *r, int y, const char *format, int number)
{
    struct str text = STR_INIT;
    str_printf(&text, format, number);
    put_text(r, y, 0, str_text(&text));
    str_finish(&text);
}

/* What was left out there is not taken for shown when the rows move. */
static void test_last_cell_moves(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "teraterm", TERM_COLOR_NEVER);
    for (int frame = 0; frame < 2; frame++) {
        r.grid->moved = true;
        for (int y = 2; y < ROWS; y++) {
            put_number(&r, y, "row number %d", y + frame);
            grid_fill(r.grid, y, COLUMNS - 1, (uint32_t)('a' + y + frame), 1, LOOK_PLAIN);
        }
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
    put_text(&r, ROWS - 1, COLUMNS - 2, "x");
    show(&r);
    put_wide(&r, ROWS - 1, COLUMNS - 2, L"日", 20, LOOK_PLAIN);
    show(&r);
    assert_null(strstr(str_text(&r.bytes), "日"));
    put_text(&r, ROWS - 1, COLUMNS - 2, "  ");
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
    put_wide(&r, 4, 4, L"日abc", 20, LOOK_PLAIN);
    r.grid->cursor_y = 4;
    r.grid->cursor_x = 5;
    show(&r);
    put_text(&r, 4, 7, "X");
    r.grid->cursor_y = r.grid->cursor_x = 0;
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

static void put_in(struct rig *r, int y, int x, const char *text, unsigned attrs, int fg)
{
    grid_ascii(r->grid, y, x, text, strlen(text), look_of(r, attrs, fg, -1));
}

static void test_bytes(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    r.grid->cursor = false;
    put_text(&r, 2, 0, "one two three");
    put_text(&r, 3, 0, "a line that is long");
    show(&r);
    /* Attributes and colours in one sequence, what is added only where nothing goes. */
    put_in(&r, 4, 0, "ab", THEME_BOLD, 1);
    put_in(&r, 4, 2, "cd", THEME_BOLD, 2);
    assert_string_equal(frame_of(&r), "\033[5H\033[1;31mab\033[32mcd\033[m");
    put_in(&r, 5, 0, "ab", THEME_BOLD, 1);
    put_in(&r, 5, 2, "cd", 0, 2);
    assert_string_equal(frame_of(&r), "\033[6H\033[1;31mab\033[0;32mcd\033[m");
    /* Blanks are nobody's. */
    put_in(&r, 6, 0, "a", 0, 1);
    put_in(&r, 6, 1, "  ", THEME_BOLD, -1);
    put_in(&r, 6, 3, "b", 0, 1);
    assert_string_equal(frame_of(&r), "\033[7H\033[31ma  b\033[m");
    /* A few cells between two that differ are written again; more are jumped over. */
    put_text(&r, 2, 0, "One Two three");
    assert_string_equal(frame_of(&r), "\033[3HOne T");
    put_text(&r, 2, 0, "one two threE");
    assert_string_equal(frame_of(&r), "\rone t\033[13GE");
    /* What is left of a line is erased. */
    clear_from(&r, 3, 6);
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
    r.grid->cursor = false;
    show(&r);
    put_wide(&r, 2, 0, L"日本x|", 20, LOOK_PLAIN);
    assert_string_equal(frame_of(&r), "\033[3H日本\033[5Gx|");
    put_wide(&r, 3, 0, L"ae\u0301o", 20, LOOK_PLAIN);
    assert_string_equal(frame_of(&r), "\033[4Hae\u0301\033[3Go");
    put_wide(&r, 4, 0, L"日      |", 20, LOOK_PLAIN);
    show(&r);
    put_wide(&r, 4, 0, L"本", 20, LOOK_PLAIN);
    clear_from(&r, 4, 2);
    assert_string_equal(frame_of(&r), "\r本\033[3G\033[K");
    rig_close(&r);
}

/* A list that moves by a line: the terminal moves it. */
static void test_scroll_bytes(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    r.grid->cursor = false;
    for (int frame = 0; frame < 2; frame++) {
        r.grid->moved = true;
        for (int y = 2; y < ROWS - 1; y++)
            put_number(&r, y, "row number %d of a list with some text", y + frame);
        show(&r);
    }
    assert_string_equal(str_text(&r.bytes), "\033[3;19r\033[19H\n\033[1;20r"
                                            "\033[19Hrow number 19 of a list with some text");
    assert_shown(&r, 1);
    rig_close(&r);
}

/* A row that nobody drew on is written again where scrolling took it away. */
static void test_scroll_over_undrawn(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    for (int y = 2; y < 10; y++)
        put_number(&r, y, "row number %d of a list", y);
    show(&r);
    for (int y = 2; y < 9; y++) /* the last one says what it said */
        put_number(&r, y, "row number %d of a list", y + 1);
    r.grid->moved = true;
    show(&r);
    assert_non_null(strstr(str_text(&r.bytes), "\033[3;10r"));
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

/* A look is found again by what it is of, and blanks are the same when their grounds are. */
static void test_looks(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "xterm-256color", TERM_COLOR_AUTO);
    struct looks *l = &r.grid->looks;
    int red = looks_find(l, THEME_BOLD, 1, -1);
    assert_int_equal(looks_find(l, 0, -1, -1), LOOK_PLAIN);
    assert_int_not_equal(looks_find(l, 0, 1, -1), red);
    assert_int_not_equal(looks_find(l, THEME_BOLD, 1, 2), red);
    assert_int_equal(looks_find(l, THEME_BOLD, 1, -1), red);
    assert_true(looks_same_blank(l, red, LOOK_PLAIN));
    assert_true(looks_same_blank(l, looks_find(l, THEME_BOLD, 1, 2), looks_find(l, 0, 3, 2)));
    assert_false(looks_same_blank(l, looks_find(l, 0, 1, 2), LOOK_PLAIN));
    assert_false(looks_same_blank(l, looks_find(l, THEME_REVERSE, 1, -1), LOOK_PLAIN));
    assert_false(looks_same_blank(l, looks_find(l, THEME_UNDERLINE, -1, -1),
                                  looks_find(l, THEME_UNDERLINE, 1, -1)));
    rig_close(&r);
}

/* Of the form with an empty place in it some terminals make another colour. */
static void test_true_colours(void **state)
{
    (void)state;
    static const char *const all[] = {"xterm-direct", "xterm-direct256", "xterm-direct2"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct rig r;
        VTermScreenCell cell;
        rig_open(&r, all[i], TERM_COLOR_AUTO);
        int look = looks_find(&r.grid->looks, THEME_BOLD, 0x123456, 0xfedcba);
        grid_ascii(r.grid, 1, 1, "x", 1, look);
        assert_non_null(strstr(frame_of(&r), "38;2;18;52;86"));
        assert_non_null(strstr(str_text(&r.bytes), "48;2;254;220;186"));
        assert_null(strchr(str_text(&r.bytes), ':'));
        vterm_screen_get_cell(r.screen, (VTermPos){1, 1}, &cell);
        vterm_screen_convert_color_to_rgb(r.screen, &cell.fg);
        assert_int_equal(cell.fg.rgb.red, 0x12);
        assert_int_equal(cell.fg.rgb.blue, 0x56);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_frame),       cmocka_unit_test(test_last_cell),
        cmocka_unit_test(test_bytes),           cmocka_unit_test(test_scroll_bytes),
        cmocka_unit_test(test_scroll_found),    cmocka_unit_test(test_scroll_over_undrawn),
        cmocka_unit_test(test_looks),           cmocka_unit_test(test_other_terminals),
        cmocka_unit_test(test_last_cell_moves), cmocka_unit_test(test_last_cell_wide),
        cmocka_unit_test(test_cursor_on_half),  cmocka_unit_test(test_widths_in_dispute),
        cmocka_unit_test(test_true_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
