/* change_text.c: see change_text.h. */
#include "base/change_text.h"

#include "base/quantity.h"
#include "base/text.h"

#include <string.h>

#define ARROW       " " TEXT_ARROW " "
#define ARROW_CELLS 3
#define EXACT_CELLS 7 /* of a number with a unit: "100.25M" */

/* ---- texts ---------------------------------------------------------------------------------- */

/* Bytes that both begin with, in whole graphemes of both. */
static size_t common_head(struct span a, struct span b)
{
    size_t at = 0;
    while (at < a.len && at < b.len) {
        size_t x = text_next(a.p, a.len, at) - at, y = text_next(b.p, b.len, at) - at;
        if (x == 0 || x != y || memcmp(a.p + at, b.p + at, x) != 0)
            break;
        at += x;
    }
    return at;
}

/* Bytes that both end with, behind `head`. */
static size_t common_tail(struct span a, struct span b, size_t head)
{
    size_t n = 0;
    while (a.len - n > head && b.len - n > head) {
        size_t x = a.len - n - text_prev(a.p, a.len, a.len - n);
        size_t y = b.len - n - text_prev(b.p, b.len, b.len - n);
        if (x == 0 || x != y || n + x > a.len - head || n + x > b.len - head ||
            memcmp(a.p + a.len - n - x, b.p + b.len - n - x, x) != 0)
            break;
        n += x;
    }
    return n;
}

static int part_cells(struct span s, size_t head, size_t tail)
{
    return (head > 0) + text_width(s.p + head, s.len - head - tail) + (tail > 0);
}

static int pair_cells(struct span a, struct span b, size_t head, size_t tail)
{
    return part_cells(a, head, tail) + ARROW_CELLS + part_cells(b, head, tail);
}

/* The part without `head` and `tail` bytes, in at most `cells`. */
static void add_part(struct str *out, struct span s, size_t head, size_t tail, int cells,
                     const char *mark)
{
    int room = cells - (head > 0), used;
    size_t len = s.len - head - tail;
    if (head)
        str_add(out, mark);
    if (text_width(s.p + head, len) + (tail > 0) > room) {
        len = text_prefix(s.p + head, len, room - 1, &used);
        tail = 1;
    }
    str_add_span(out, (struct span){s.p + head, len});
    if (tail)
        str_add(out, mark);
}

void change_text(struct str *out, struct span old, struct span now, int cells, const char *mark)
{
    size_t head = common_head(old, now), tail = 0;
    if (pair_cells(old, now, 0, 0) <= cells)
        head = 0;
    else if (pair_cells(old, now, head, 0) > cells)
        tail = common_tail(old, now, head);
    /* As much of what they share as there is room for. */
    while (tail) {
        size_t less = old.len - text_next(old.p, old.len, old.len - tail);
        if (pair_cells(old, now, head, less) > cells)
            break;
        tail = less;
    }
    while (head) {
        size_t less = text_prev(old.p, old.len, head);
        if (pair_cells(old, now, less, tail) > cells)
            break;
        head = less;
    }
    int a = part_cells(old, head, tail), b = part_cells(now, head, tail);
    int room = cells - ARROW_CELLS, half = room / 2;
    if (a + b > room) {
        a = b <= half ? room - b : a < half ? a : half;
        b = room - a;
    }
    add_part(out, old, head, tail, a, mark);
    str_add(out, ARROW);
    add_part(out, now, head, tail, b, mark);
}

/* ---- counts --------------------------------------------------------------------------------- */

static void add_difference(struct str *out, int64_t old, int64_t now)
{
    str_add(out, now < old ? " (-" : " (+");
    quantity_short(out, now < old ? old - now : now - old);
    str_add_char(out, ')');
}

static int cells_since(const struct str *out, size_t start)
{
    return text_width(str_text(out) + start, out->len - start);
}

/* "100M → 100.5M", where both have a short form that is exact. */
static bool add_exact(struct str *out, int64_t old, int64_t now, int cells)
{
    size_t start = out->len, arrow, end;
    quantity_exact(out, old);
    arrow = out->len;
    str_add(out, ARROW);
    end = out->len;
    quantity_exact(out, now);
    if (arrow - start <= EXACT_CELLS && out->len - end <= EXACT_CELLS &&
        cells_since(out, start) <= cells)
        return true;
    str_truncate(out, start);
    return false;
}

void change_counts(struct str *out, int64_t old, int64_t now, int cells)
{
    int64_t most = old > now ? old : now, less = old > now ? now : old;
    size_t start = out->len;
    if (old < 0 || now < 0 || old == now || most - less >= most / 100) {
        quantity_short(out, old);
        str_add(out, ARROW);
        quantity_short(out, now);
        return;
    }
    str_printf(out, "%s" ARROW "%s", QUANTITY(old), QUANTITY(now));
    if (cells_since(out, start) <= cells)
        return;
    str_truncate(out, start);
    if (add_exact(out, old, now, cells))
        return;
    quantity_short(out, old);
    str_add(out, ARROW);
    quantity_short(out, now);
    add_difference(out, old, now);
    if (cells_since(out, start) <= cells)
        return;
    str_truncate(out, start);
    quantity_short(out, now);
    add_difference(out, old, now);
}
