/* quantity.c: see quantity.h.
 *
 * Everything is done on decimal digits in 64-bit integers: no double, which could not hold every
 * count, and no printf of a fraction, whose point follows the locale. */
#include "base/quantity.h"

#include "base/vec.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Units from small to large. Each of second_units divides the next, so that the largest that is
 * exact is the last that divides. */
struct unit {
    char letter;
    int64_t size;
};

static const struct unit count_units[] = {
    {'k', 1000}, {'M', 1000000}, {'G', 1000000000}, {'T', 1000000000000}};
static const struct unit second_units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};

struct dialect {
    const struct unit *units;
    size_t count;
    const char *try; /* "try ..." in an error */
};
static const struct dialect counts = {count_units, ARRAY_LEN(count_units), "400M, 6_000 or none"};
static const struct dialect seconds = {second_units, ARRAY_LEN(second_units), "20, 20s, 2m or 1h"};

/* ---- reading ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

struct number {
    int64_t whole;
    const char *fraction; /* digits after the point */
    size_t fraction_len;
    bool too_large;
};

/* Digits, with '_' anywhere between two of them, or with ',' before every group of three; not both.
 * Returns the bytes taken, 0 when it is none of that. */
static size_t read_whole(const char *text, size_t len, struct number *n)
{
    size_t at = 0, run = 0; /* digits since the last separator */
    char separator = '\0';
    for (; at < len; at++) {
        char c = text[at];
        if (is_digit(c)) {
            n->too_large |= __builtin_mul_overflow(n->whole, 10, &n->whole);
            n->too_large |= __builtin_add_overflow(n->whole, c - '0', &n->whole);
            run++;
            continue;
        }
        if (c != '_' && c != ',')
            break;
        if (run == 0 || (separator && separator != c) || (c == ',' && run > 3) ||
            (c == ',' && separator && run != 3))
            return 0;
        separator = c;
        run = 0;
    }
    return run == 0 || (separator == ',' && run != 3) ? 0 : at;
}

/* The same with a point and more digits behind it. */
static size_t read_number(const char *text, size_t len, struct number *n)
{
    *n = (struct number){0};
    size_t at = read_whole(text, len, n);
    if (at == 0 || at == len || text[at] != '.')
        return at;
    n->fraction = text + ++at;
    while (at < len && is_digit(text[at]))
        at++;
    n->fraction_len = (size_t)(text + at - n->fraction);
    return n->fraction_len ? at : 0;
}

/* Divides `times` factors of `prime` out of a * b, as far as they are there. */
static int cancel(int64_t *a, int64_t *b, int64_t prime, int times)
{
    while (times && (*a % prime == 0 || *b % prime == 0)) {
        int64_t *divisible = *a % prime == 0 ? a : b;
        *divisible /= prime;
        times--;
    }
    return times;
}

/* The fraction of one `size`, e.g. .5 of 1000 is 500. False when it does not come out whole: when a
 * 2 or a 5 of its power of ten is left. */
static bool fraction_of(const struct number *n, int64_t size, int64_t *out)
{
    enum { DIGITS_MAX = 15 }; /* 10^12, the largest unit, ends with the twelfth */
    size_t len = n->fraction_len;
    int64_t digits = 0;
    *out = 0;
    while (len && n->fraction[len - 1] == '0')
        len--;
    if (len == 0)
        return true;
    if (len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        digits = digits * 10 + (n->fraction[i] - '0');
    if (cancel(&digits, &size, 2, (int)len) || cancel(&digits, &size, 5, (int)len))
        return false;
    *out = digits * size;
    return true;
}

/* The size of the unit that follows the number, 1 for nothing. False when it is not known. */
static bool unit_of(const struct dialect *d, const char *text, size_t len, int64_t *size)
{
    *size = 1;
    for (size_t i = 0; len == 1 && i < d->count; i++)
        if (lower(text[0]) == lower(d->units[i].letter)) {
            *size = d->units[i].size;
            return true;
        }
    return len == 0;
}

static enum status parse(const struct dialect *d, const char *text, size_t len, int64_t *out,
                         struct error *err)
{
    while (len && is_space(text[0])) {
        text++;
        len--;
    }
    while (len && is_space(text[len - 1]))
        len--;
    struct number n;
    int64_t size, part, value;
    if (len > 1 && text[0] == '-' && is_digit(text[1]))
        return error_set(err, ST_USAGE, "below zero: try %s", d->try);
    size_t at = read_number(text, len, &n);
    if (at == 0 || !unit_of(d, text + at, len - at, &size))
        return error_set(err, ST_USAGE, "not a number: try %s", d->try);
    if (!fraction_of(&n, size, &part))
        return error_set(err, ST_USAGE, "not a whole number: try %s", d->try);
    if (n.too_large || __builtin_mul_overflow(n.whole, size, &value) ||
        __builtin_add_overflow(value, part, &value))
        return error_set(err, ST_USAGE, "too large: at most 9,223,372,036,854,775,807");
    *out = value;
    return ST_OK;
}

enum status quantity_parse_count(const char *text, size_t len, int64_t *out, struct error *err)
{
    return parse(&counts, text, len, out, err);
}

enum status quantity_parse_seconds(const char *text, size_t len, int64_t *out, struct error *err)
{
    return parse(&seconds, text, len, out, err);
}

/* ---- showing ---- */

/* The distance from zero, which for INT64_MIN no int64_t holds. */
static uint64_t magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

const char *quantity_text(char text[QUANTITY_ROOM], int64_t n)
{
    char digits[QUANTITY_ROOM], *end = digits + sizeof digits, *p = end;
    uint64_t m = magnitude(n);
    int count = 0;
    *--p = '\0';
    do {
        if (count && count % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + m % 10);
        count++;
    } while (m /= 10);
    if (n < 0)
        *--p = '-';
    memcpy(text, p, (size_t)(end - p));
    return text;
}

void quantity_full(struct str *out, int64_t n)
{
    char text[QUANTITY_ROOM];
    str_add(out, quantity_text(text, n));
}

/* Appends value / 10^decimals (0 to 2), without the zeros at the end when `trim`. */
static void add_decimal(struct str *out, uint64_t value, int decimals, bool trim)
{
    while (trim && decimals && value % 10 == 0) {
        value /= 10;
        decimals--;
    }
    unsigned power = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    str_add_number(out, value / power);
    if (decimals)
        str_add_char(out, '.');
    for (unsigned rest = (unsigned)(value % power); power /= 10;)
        str_add_char(out, (char)('0' + rest / power % 10));
}

void quantity_short(struct str *out, int64_t n)
{
    static const char letters[] = "kMGTPE"; /* P and E are only ever shown */
    uint64_t m = magnitude(n), size = 1000;
    size_t u = 0;
    if (n < 0)
        str_add_char(out, '-');
    if (m < 1000) {
        str_add_number(out, m);
        return;
    }
    /* The unit in which the rounded number has three digits at most: 999,950 is 1.00M. */
    for (; letters[u + 1] && (m + size / 2) / size >= 1000; u++)
        size *= 1000;
    uint64_t step = size / 100, limit = n < 0 ? 100 : 1000; /* the sign takes a digit's cell */
    int decimals = 2;
    for (; decimals && (m + step / 2) / step >= limit; decimals--)
        step *= 10;
    uint64_t shown = (m + step / 2) / step;
    add_decimal(out, shown, decimals, shown * step == m);
    str_add_char(out, letters[u]);
}

void quantity_exact(struct str *out, int64_t n)
{
    /* Four digits are read at a glance; a unit with more than two decimals is not. */
    const struct unit *unit = NULL;
    for (size_t i = 0; n >= 10000 && i < ARRAY_LEN(count_units) && n >= count_units[i].size; i++)
        unit = &count_units[i];
    if (!unit || n % (unit->size / 100) != 0) {
        quantity_full(out, n);
        return;
    }
    add_decimal(out, (uint64_t)(n / (unit->size / 100)), 2, true);
    str_add_char(out, unit->letter);
}

void quantity_seconds(struct str *out, int64_t n)
{
    size_t u = 0;
    while (u + 1 < ARRAY_LEN(second_units) && n && n % second_units[u + 1].size == 0)
        u++;
    str_printf(out, "%lld%c", (long long)(n / second_units[u].size), second_units[u].letter);
}
