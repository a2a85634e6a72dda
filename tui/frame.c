/* frame.c: see frame.h. */
#include "tui/frame.h"

#include "base/mem.h"
#include "base/text.h"
#include "tui/frame_scroll.h"
#include "tui/terminfo.h"

#include <string.h>

#define GAP_MAX   4 /* cells that are rather written again than jumped over */
#define ERASE_MIN 5 /* blanks that are rather erased than written */

struct frame {
    struct grid *grid;       /* (borrowed) what should be shown */
    int rows, cols;          /* of what is shown */
    struct grid_cell *shown; /* rows * cols, owned */
    int look;                /* the terminal writes so */
    int y, x;                /* where the terminal's cursor is; y < 0: nobody knows */
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

struct frame *frame_create(struct grid *grid)
{
    struct frame *f = mem_calloc(1, sizeof *f);
    f->grid = grid;
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
    mem_free(f->shown);
    mem_free(f);
}

void frame_lost(struct frame *f)
{
    f->lost = true;
}

/* ---- cells -------------------------------------------------------------------------------- */

static const struct grid_cell blank = {.what = ' ', .look = LOOK_PLAIN, .part = GRID_WHOLE};

/* One character that takes a cell and no more than that to be written. */
static bool is_narrow(const struct grid_cell *cell)
{
    return cell->what && cell->what < 0x80;
}

static bool is_right_half(const struct grid_cell *cell)
{
    return cell->part == GRID_RIGHT;
}

static bool same(const struct frame *f, const struct grid_cell *a, const struct grid_cell *b)
{
    if (memcmp(a, b, sizeof *a) == 0)
        return true;
    return a->what == ' ' && b->what == ' ' && looks_same_blank(&f->grid->looks, a->look, b->look);
}

/* Whether writing the cell while the terminal writes in `look` shows what it should. */
static bool fits(const struct frame *f, const struct grid_cell *cell, int look)
{
    return cell->look == look ||
           (cell->what == ' ' && looks_same_blank(&f->grid->looks, cell->look, look));
}

/* The column from which on all is plain and blank. */
static int end_of(const struct frame *f, const struct grid_cell *row)
{
    int end = f->cols;
    while (end > 0 && row[end - 1].what == ' ' && fits(f, &row[end - 1], LOOK_PLAIN))
        end--;
    return end;
}

/* ---- bytes -------------------------------------------------------------------------------- */

static void use(struct frame *f, int look, struct str *out)
{
    looks_switch(&f->grid->looks, f->look, look, out);
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

static inline bool is_at(const struct frame *f, int y, int x)
{
    return f->y == y && f->x == x && !f->doubt;
}

static void go_to(struct frame *f, int y, int x, struct str *out)
{
    if (is_at(f, y, x))
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
static void put(struct frame *f, const struct grid_cell *cell, struct str *out)
{
    if (!fits(f, cell, f->look))
        use(f, cell->look, out);
    if (is_narrow(cell)) {
        str_add_char(out, (char)cell->what);
    } else {
        uint32_t codes[GRID_CODES];
        size_t count = grid_codes(f->grid, cell, codes);
        for (size_t i = 0; i < count; i++)
            text_encode(out, codes[i]);
    }
    f->x += cell->part == GRID_LEFT ? 2 : 1;
    f->doubt = cell->part == GRID_LEFT || cell->what & GRID_CLUSTER;
    if (f->x >= f->cols)
        f->y = -1;
}

/* Over cells that are there already, where writing them again takes no change of look but perhaps
 * the one that is needed behind them. */
static bool write_over(struct frame *f, int x, const struct grid_cell *row, struct str *out)
{
    int next = row[x].look;
    bool as_is = true, as_next = true;
    for (int i = f->x; i < x; i++) {
        bool narrow = is_narrow(&row[i]);
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

/* To the cell of that row which is written next: it may be there, or near enough to write what lies
 * between once more. */
static void reach(struct frame *f, int y, int x, const struct grid_cell *row, struct str *out)
{
    bool here = f->y == y;
    bool near = here && f->x < x && x - f->x <= GAP_MAX && !f->doubt;
    bool wide_again = here && f->x == x && x && is_right_half(&row[x - 1]) &&
                      row[x].part == GRID_LEFT; /* a run of them may be of doubt as a whole */
    if (is_at(f, y, x) || wide_again || (near && write_over(f, x, row, out)))
        return;
    go_to(f, y, x, out);
}

static void send_row(struct frame *f, int y, struct str *out)
{
    const struct grid_cell *now = grid_row(f->grid, y);
    struct grid_cell *was = f->shown + (size_t)y * (size_t)f->cols;
    struct grid_drawn drawn = f->grid->drawn[y];
    f->grid->drawn[y] = (struct grid_drawn){f->cols, 0};
    if (drawn.from >= drawn.end || memcmp(was + drawn.from, now + drawn.from,
                                          (size_t)(drawn.end - drawn.from) * sizeof *now) == 0)
        return;
    int end = end_of(f, now), was_end = end_of(f, was), limit = end > was_end ? end : was_end;
    bool erase = f->erase && was_end - end >= ERASE_MIN;
    limit = erase ? end : limit < drawn.end ? limit : drawn.end;
    for (int x = drawn.from; x < limit; x++) {
        if (same(f, &was[x], &now[x]) || is_right_half(&now[x]))
            continue;
        reach(f, y, x, now, out);
        put(f, &now[x], out);
    }
    if (erase) {
        go_to(f, y, end, out);
        use(f, LOOK_PLAIN, out);
        terminfo_fill(f->erase, 0, 0, out);
    }
    memcpy(was + drawn.from, now + drawn.from, (size_t)(drawn.end - drawn.from) * sizeof *now);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void blank_rows(struct frame *f, int from, int end)
{
    for (size_t i = (size_t)from * (size_t)f->cols; i < (size_t)end * (size_t)f->cols; i++)
        f->shown[i] = blank;
}

/* What may be left by whoever was killed there: looks, the set of line drawing, a region. */
static void leave_nothing(struct frame *f, struct str *out)
{
    terminfo_fill(terminfo_string("sgr0"), 0, 0, out);
    str_add(out, f->grid->looks.reset);
    if (is_string(f->region, TERMINFO_VT100_REGION))
        str_add(out, "\033(B\017");
    terminfo_fill(f->region, 0, f->rows - 1, out);
}

/* All of the grid may differ from what is shown. */
static void expect_all(struct frame *f)
{
    for (int y = 0; y < f->rows; y++)
        f->grid->drawn[y] = (struct grid_drawn){0, f->cols};
}

/* Begins with a screen that is known: an empty one, of the grid's size. */
static void clear_all(struct frame *f, struct str *out)
{
    if (f->grid->rows != f->rows || f->grid->cols != f->cols) {
        f->rows = f->grid->rows;
        f->cols = f->grid->cols;
        f->shown = mem_realloc(f->shown, (size_t)f->rows * (size_t)f->cols, sizeof *f->shown);
    }
    blank_rows(f, 0, f->rows);
    expect_all(f);
    f->look = LOOK_PLAIN;
    leave_nothing(f, out);
    terminfo_fill(terminfo_string("clear"), 0, 0, out);
    f->y = -1;
    f->cursor = CURSOR_ANY;
    f->lost = f->grid->forgot = false;
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
    if (!f->region || !up || !down ||
        !frame_scroll_find(f->shown, f->grid->cells, f->rows, row, &s))
        return;
    int by = s.by > 0 ? s.by : -s.by, kept = s.bottom + 1 - s.top - by;
    struct grid_cell *top = f->shown + (size_t)s.top * (size_t)f->cols;
    struct grid_cell *below = top + (size_t)by * (size_t)f->cols;
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
    expect_all(f);
}

static void end_cursor(struct frame *f, struct str *out)
{
    bool hidden = !f->grid->cursor;
    if (!hidden)
        go_to(f, f->grid->cursor_y, f->grid->cursor_x, out);
    if (f->cursor != (hidden ? CURSOR_HIDDEN : CURSOR_SHOWN))
        terminfo_fill(terminfo_string(hidden ? "civis" : "cnorm"), 0, 0, out);
    f->cursor = hidden ? CURSOR_HIDDEN : CURSOR_SHOWN;
}

static void send_rows(struct frame *f, struct str *out)
{
    if (f->grid->moved)
        scroll_rows(f, out);
    for (int y = 0; y < f->rows; y++)
        send_row(f, y, out);
    f->grid->moved = false;
}

/* Without the last cell of all, and all of its character, because writing it scrolls. */
static void send_rows_but_corner(struct frame *f, struct str *out)
{
    struct grid_cell *last = grid_row(f->grid, f->rows) - 1, kept[2] = {blank, *last};
    bool wide = f->cols > 1 && is_right_half(last);
    if (wide) {
        kept[0] = last[-1];
        last[-1] = blank;
    }
    *last = blank;
    send_rows(f, out);
    *last = kept[1];
    if (wide)
        last[-1] = kept[0];
}

void frame_make(struct frame *f, struct str *out)
{
    if (f->lost || f->grid->forgot)
        clear_all(f, out);
    if (f->corner)
        send_rows(f, out);
    else
        send_rows_but_corner(f, out);
    use(f, LOOK_PLAIN, out); /* what others write is plain */
    end_cursor(f, out);
}
