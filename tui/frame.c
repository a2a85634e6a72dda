/* frame.c: see frame.h. */
#include "tui/frame.h"

#include "base/mem.h"
#include "base/text.h"
#include "tui/frame_scroll.h"
#include "tui/look.h"
#include "tui/terminfo.h"

#include <string.h>
#include <wchar.h>

#include <curses.h>

#define GAP_MAX   4 /* cells that are rather written again than jumped over */
#define ERASE_MIN 5 /* blanks that are rather erased than written */

struct frame {
    int rows, cols;
    cchar_t *shown, *wanted; /* rows * cols each; of a wide character the right half is 0 */
    cchar_t blank;           /* plain */
    struct looks looks;
    int look;   /* the terminal writes so */
    int y, x;   /* where the terminal's cursor is; y < 0: nobody knows */
    bool doubt; /* behind a character of which terminals disagree how wide it is: x is ours */
    bool lost;  /* see frame_lost */
    enum { CURSOR_ANY, CURSOR_SHOWN, CURSOR_HIDDEN } cursor;
    /* Of the description: */
    const char *address, *column, *erase, *region;
    bool ansi_address, ansi_column; /* the usual ones, which need no interpreter */
    bool returns;                   /* CR goes to the first column, as everywhere */
    bool safe_moves;                /* moves are right in any look */
    bool corner;                    /* the last cell can be written, and nothing scrolls */
};

static bool is_string(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

struct frame *frame_create(void)
{
    struct frame *f = mem_calloc(1, sizeof *f);
    looks_init(&f->looks);
    setcchar(&f->blank, L" ", A_NORMAL, 0, NULL);
    f->address = terminfo_string("cup");
    f->column = terminfo_string("hpa");
    f->erase = terminfo_string("el");
    f->region = terminfo_string("csr");
    f->ansi_address = is_string(f->address, "\033[%i%p1%d;%p2%dH");
    f->ansi_column = is_string(f->column, "\033[%i%p1%dG");
    f->returns = is_string(terminfo_string("cr"), "\r");
    f->safe_moves = terminfo_flag("msgr");
    f->corner = !terminfo_flag("am") || terminfo_flag("xenl");
    frame_lost(f);
    return f;
}

void frame_destroy(struct frame *f)
{
    if (!f)
        return;
    looks_finish(&f->looks);
    mem_free(f->shown);
    mem_free(f->wanted);
    mem_free(f);
}

void frame_lost(struct frame *f)
{
    f->lost = true;
}

/* ---- cells -------------------------------------------------------------------------------- */

static int look_of(struct frame *f, const cchar_t *cell)
{
    return looks_find(&f->looks, cell->attr & A_ATTRIBUTES & ~A_COLOR, cell->ext_color);
}

static bool is_blank(const cchar_t *cell)
{
    return cell->chars[0] == L' ' && !cell->chars[1];
}

static bool is_right_half(const cchar_t *cell)
{
    return !cell->chars[0];
}

static bool same(struct frame *f, const cchar_t *a, const cchar_t *b)
{
    if (memcmp(a, b, sizeof *a) == 0)
        return true;
    return is_blank(a) && is_blank(b) && looks_same_blank(&f->looks, look_of(f, a), look_of(f, b));
}

/* Whether writing the cell while the terminal writes in `look` shows what it should. */
static bool fits(struct frame *f, const cchar_t *cell, int look)
{
    int own = look_of(f, cell);
    return own == look || (is_blank(cell) && looks_same_blank(&f->looks, own, look));
}

/* Which part of a character a cell of curses is: 0 all of it, 1 the left half, above that a right
 * one. It is kept where a character of eight bits would be. */
static unsigned half(const cchar_t *cell)
{
    return cell->attr & A_CHARTEXT;
}

/* A row with wide characters. What is left of one that was cut in two is a blank. */
static void read_wide_row(struct frame *f, int y, cchar_t *to)
{
    for (int x = 0; x < f->cols; x++)
        mvwin_wch(newscr, y, x, &to[x]);
    for (int x = 0; x < f->cols; x++) {
        bool whole = half(&to[x]) == 1 && x + 1 < f->cols && half(&to[x + 1]) > 1;
        if (whole) {
            x++;
            memset(to[x].chars, 0, sizeof to[x].chars);
        } else if (half(&to[x])) {
            memset(to[x].chars, 0, sizeof to[x].chars);
            to[x].chars[0] = L' ';
            to[x].attr &= ~A_CHARTEXT;
        }
    }
}

static void read_cells(struct frame *f, int y)
{
    cchar_t *to = f->wanted + (size_t)y * (size_t)f->cols;
    mvwin_wchnstr(newscr, y, 0, to, f->cols); /* and an empty cell behind the last */
    for (int x = 0; x < f->cols; x++) {
        if (half(&to[x]) || !to[x].chars[0]) { /* halves on the right are left out */
            read_wide_row(f, y, to);
            return;
        }
    }
}

/* Row y of what curses wants, a cell a column; without the last cell of all, and all of its
 * character, where writing it scrolls. */
static void read_row(struct frame *f, int y)
{
    cchar_t *last = f->wanted + (size_t)(y + 1) * (size_t)f->cols - 1;
    read_cells(f, y);
    if (f->corner || y < f->rows - 1)
        return;
    if (is_right_half(last) && f->cols > 1)
        last[-1] = f->blank;
    *last = f->blank;
}

/* The column from which on all is plain and blank. */
static int end_of(struct frame *f, const cchar_t *row)
{
    int end = f->cols;
    while (end > 0 && (memcmp(&row[end - 1], &f->blank, sizeof f->blank) == 0 ||
                       (is_blank(&row[end - 1]) && fits(f, &row[end - 1], LOOK_PLAIN))))
        end--;
    return end;
}

/* ---- bytes -------------------------------------------------------------------------------- */

static void use(struct frame *f, int look, struct str *out)
{
    looks_switch(&f->looks, f->look, look, out);
    f->look = look;
}

static void add_number(struct str *out, int n)
{
    char digits[12], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    str_append(out, p, (size_t)(digits + sizeof digits - p));
}

static void go_to(struct frame *f, int y, int x, struct str *out)
{
    if (f->y == y && f->x == x && !f->doubt)
        return;
    if (!f->safe_moves)
        use(f, LOOK_PLAIN, out);
    bool within = f->y == y && f->column;
    if (f->y == y && x == 0 && f->returns) {
        str_add_char(out, '\r');
    } else if (within && !f->ansi_column) {
        terminfo_fill(f->column, x, 0, out);
    } else if (!within && !f->ansi_address) {
        terminfo_fill(f->address, y, x, out);
    } else {
        str_add(out, "\033[");
        add_number(out, within ? x + 1 : y + 1);
        if (!within && x) {
            str_add_char(out, ';');
            add_number(out, x + 1);
        }
        str_add_char(out, within ? 'G' : 'H');
    }
    f->y = y;
    f->x = x;
    f->doubt = false;
}

/* The cell at the cursor, which goes on. In the last column terminals differ about where. */
static void put(struct frame *f, const cchar_t *cell, struct str *out)
{
    if (!fits(f, cell, f->look))
        use(f, look_of(f, cell), out);
    if (cell->chars[0] < 0x80 && !cell->chars[1]) {
        str_add_char(out, (char)cell->chars[0]);
    } else {
        for (int i = 0; i < CCHARW_MAX && cell->chars[i]; i++)
            text_encode(out, (uint32_t)cell->chars[i]);
    }
    f->x += half(cell) == 1 ? 2 : 1;
    f->doubt = half(cell) == 1 || cell->chars[1];
    if (f->x >= f->cols)
        f->y = -1;
}

/* Over cells that are there already, where writing them again takes no change of look but perhaps
 * the one that is needed behind them. */
static bool write_over(struct frame *f, int x, const cchar_t *row, struct str *out)
{
    int next = look_of(f, &row[x]);
    bool as_is = true, as_next = true;
    for (int i = f->x; i < x; i++) {
        bool narrow = !is_right_half(&row[i]) && row[i].chars[0] < 0x80 && !row[i].chars[1];
        as_is = as_is && narrow && fits(f, &row[i], f->look);
        as_next = as_next && narrow && fits(f, &row[i], next);
    }
    if (!as_is && !as_next)
        return false;
    if (!as_is)
        use(f, next, out);
    while (f->x < x)
        put(f, &row[f->x], out);
    return true;
}

static void send_row(struct frame *f, int y, struct str *out)
{
    cchar_t *now = f->wanted + (size_t)y * (size_t)f->cols;
    cchar_t *was = f->shown + (size_t)y * (size_t)f->cols;
    size_t size = (size_t)f->cols * sizeof *now;
    if (memcmp(was, now, size) == 0)
        return;
    int end = end_of(f, now), was_end = end_of(f, was), limit = end > was_end ? end : was_end;
    bool erase = f->erase && was_end - end >= ERASE_MIN;
    limit = erase ? end : limit;
    for (int x = 0; x < limit; x++) {
        if (same(f, &was[x], &now[x]) || is_right_half(&now[x]))
            continue;
        bool near = f->y == y && f->x < x && x - f->x <= GAP_MAX && !f->doubt;
        bool wide_again = f->y == y && f->x == x && x && is_right_half(&now[x - 1]) &&
                          half(&now[x]) == 1; /* a run of them may be of doubt as a whole */
        if (!wide_again && (!near || !write_over(f, x, now, out)))
            go_to(f, y, x, out);
        put(f, &now[x], out);
    }
    if (erase) {
        go_to(f, y, end, out);
        use(f, LOOK_PLAIN, out);
        terminfo_fill(f->erase, 0, 0, out);
    }
    memcpy(was, now, size);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void blank_rows(struct frame *f, int from, int end)
{
    for (size_t i = (size_t)from * (size_t)f->cols; i < (size_t)end * (size_t)f->cols; i++)
        f->shown[i] = f->blank;
}

/* What may be left by whoever was killed there: looks, the set of line drawing, a region. */
static void leave_nothing(struct frame *f, struct str *out)
{
    terminfo_fill(terminfo_string("sgr0"), 0, 0, out);
    str_add(out, f->looks.reset);
    if (is_string(f->region, TERMINFO_VT100_REGION))
        str_add(out, "\033(B\017");
    terminfo_fill(f->region, 0, f->rows - 1, out);
}

/* Begins with a screen that is known: an empty one, of the size that curses has now. */
static void clear_all(struct frame *f, struct str *out)
{
    int rows, cols;
    getmaxyx(newscr, rows, cols);
    if (rows != f->rows || cols != f->cols) {
        f->rows = rows;
        f->cols = cols;
        f->shown = mem_realloc(f->shown, (size_t)rows * (size_t)cols, sizeof *f->shown);
        f->wanted = mem_realloc(f->wanted, (size_t)rows * (size_t)cols + 1, sizeof *f->wanted);
    }
    looks_forget(&f->looks);
    blank_rows(f, 0, rows);
    f->look = LOOK_PLAIN;
    leave_nothing(f, out);
    terminfo_fill(terminfo_string("clear"), 0, 0, out);
    f->y = -1;
    f->cursor = CURSOR_ANY;
    f->lost = false;
}

static void add_times(const char *once, const char *many, int times, struct str *out)
{
    if (many && times > 1)
        terminfo_fill(many, times, 0, out);
    for (int i = 0; i < times && !(many && times > 1); i++)
        terminfo_fill(once, 0, 0, out);
}

/* Lets the terminal move the rows that moved, where it can. */
static void scroll_rows(struct frame *f, struct str *out)
{
    const char *up = terminfo_string("ind"), *down = terminfo_string("ri");
    size_t row = (size_t)f->cols * sizeof *f->shown;
    struct frame_scroll s;
    if (!f->region || !up || !down || !frame_scroll_find(f->shown, f->wanted, f->rows, row, &s))
        return;
    int by = s.by > 0 ? s.by : -s.by, kept = s.bottom + 1 - s.top - by;
    cchar_t *top = f->shown + (size_t)s.top * (size_t)f->cols;
    cchar_t *below = top + (size_t)by * (size_t)f->cols;
    use(f, LOOK_PLAIN, out);
    terminfo_fill(f->region, s.top, s.bottom, out);
    f->y = -1;
    go_to(f, s.by > 0 ? s.bottom : s.top, 0, out);
    if (s.by > 0)
        add_times(up, terminfo_string("indn"), by, out);
    else
        add_times(down, terminfo_string("rin"), by, out);
    terminfo_fill(f->region, 0, f->rows - 1, out);
    f->y = -1;
    memmove(s.by > 0 ? top : below, s.by > 0 ? below : top, (size_t)kept * row);
    blank_rows(f, s.by > 0 ? s.bottom + 1 - by : s.top, s.by > 0 ? s.bottom + 1 : s.top + by);
}

static void end_cursor(struct frame *f, int y, int x, struct str *out)
{
    bool hidden = is_leaveok(newscr);
    if (!hidden)
        go_to(f, y, x, out);
    if (f->cursor != (hidden ? CURSOR_HIDDEN : CURSOR_SHOWN))
        terminfo_fill(terminfo_string(hidden ? "civis" : "cnorm"), 0, 0, out);
    f->cursor = hidden ? CURSOR_HIDDEN : CURSOR_SHOWN;
}

void frame_make(struct frame *f, struct str *out)
{
    int cursor_y, cursor_x;
    getyx(newscr, cursor_y, cursor_x);
    bool all = f->lost || is_idlok(stdscr);
    if (f->lost || !looks_hold(&f->looks)) {
        all = true;
        clear_all(f, out);
    }
    for (int y = 0; y < f->rows; y++)
        if (all || is_linetouched(newscr, y))
            read_row(f, y);
    if (is_idlok(stdscr))
        scroll_rows(f, out);
    for (int y = 0; y < f->rows; y++)
        if (all || is_linetouched(newscr, y))
            send_row(f, y, out);
    use(f, LOOK_PLAIN, out); /* what others write is plain */
    end_cursor(f, cursor_y, cursor_x, out);
    untouchwin(newscr);
    wmove(newscr, cursor_y, cursor_x);
}
