/* stamp.c: see stamp.h. The calendar is computed by hand: gmtime takes a lock in some C libraries,
 * and a page of a hundred accounts asks three hundred times. */
#include "sandbox/stamp.h"

#include <stdio.h>

struct date {
    int64_t year;
    int month, day; /* 1..12, 1..31 */
};

static int64_t day_number(int64_t ms)
{
    int64_t d = ms / STAMP_MS_PER_DAY;
    return ms % STAMP_MS_PER_DAY < 0 ? d - 1 : d;
}

/* The proleptic Gregorian date of a day number; years begin in March so that the leap day is last,
 * and the 400-year cycle has 146097 days. */
static struct date date_of(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct date d;
    d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    d.year = yoe + era * 400 + (d.month <= 2);
    return d;
}

static char *two(char *p, int64_t n)
{
    *p++ = (char)('0' + n / 10 % 10);
    *p++ = (char)('0' + n % 10);
    return p;
}

void stamp_add(struct str *out, int64_t ms)
{
    int64_t days = day_number(ms), rest = ms - days * STAMP_MS_PER_DAY;
    struct date d = date_of(days);
    char text[40], *p = two(two(text, d.year / 100), d.year % 100);
    *p++ = '-';
    p = two(p, d.month);
    *p++ = '-';
    p = two(p, d.day);
    *p++ = 'T';
    p = two(p, rest / 3600000);
    *p++ = ':';
    p = two(p, rest / 60000 % 60);
    *p++ = ':';
    p = two(p, rest / 1000 % 60);
    if (rest % 1000)
        p += snprintf(p, 8, ".%03d000", (int)(rest % 1000));
    *p++ = 'Z';
    str_append(out, text, (size_t)(p - text));
}

void stamp_http(struct str *out, int64_t ms)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began with a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t number = day_number(ms), second = (ms - number * STAMP_MS_PER_DAY) / 1000;
    struct date d = date_of(number);
    str_printf(out, "%.3s, %02d %.3s %04lld %02d:%02d:%02d GMT", days + (number % 7 + 7) % 7 * 3,
               d.day, months + (d.month - 1) * 3, (long long)d.year, (int)(second / 3600),
               (int)(second / 60 % 60), (int)(second % 60));
}

void stamp_month(char out[STAMP_MONTH_BYTES], int64_t ms)
{
    struct date d = date_of(day_number(ms));
    char *p = two(two(out, d.year / 100), d.year % 100);
    *p++ = '-';
    *two(p, d.month) = '\0';
}

int64_t stamp_month_start(int64_t ms)
{
    int64_t days = day_number(ms);
    return (days - (date_of(days).day - 1)) * STAMP_MS_PER_DAY;
}
