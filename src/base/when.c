/* when.c: see when.h.
 *
 * All four formats that are read are patterns of one letter a piece, so that one short interpreter
 * reads them and a new format is a row. Months and weekdays have their own English names here:
 * those of strftime and strptime follow the locale. Days are counted in eras of 400 years, which
 * needs no table of month lengths for the conversion and works far before 1970. */
#include "base/when.h"

#include "base/text.h"
#include "base/vec.h"

#include <string.h>
#include <time.h>

enum { MS_DAY = 86400000 };

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

struct moment {
    int year, month, day, hour, minute, second, ms;
};

/* ---- days ---- */

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. The year is counted from March, so
 * that the leap day is its last. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : (int64_t)year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

int64_t when_date(int year, int month, int day)
{
    return days_of(year, month, day) * MS_DAY;
}

/* The way back; the year may have nine digits. */
static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * m + 2) / 5) + 1;
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t moment_ms(const struct moment *t)
{
    int64_t seconds = (t->hour * 60LL + t->minute) * 60 + t->second;
    return days_of(t->year, t->month, t->day) * MS_DAY + seconds * 1000 + t->ms;
}

/* 60 is a leap second; it counts as the first of the next minute, as POSIX time has no other. */
static bool moment_valid(const struct moment *t)
{
    return t->month >= 1 && t->month <= 12 && t->day >= 1 &&
           t->day <= month_days(t->year, t->month) && t->hour <= 23 && t->minute <= 59 &&
           t->second <= 60;
}

/* ---- reading ---- */

struct reader {
    const char *p, *end;
};

static bool read_char(struct reader *r, char c)
{
    if (r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

static bool read_digits(struct reader *r, int count, int *out)
{
    if (r->end - r->p < count)
        return false;
    int n = 0;
    for (int i = 0; i < count; i++) {
        char c = r->p[i];
        if (c < '0' || c > '9')
            return false;
        n = n * 10 + (c - '0');
    }
    r->p += count;
    *out = n;
    return true;
}

static bool read_word(struct reader *r, const char *word, size_t len)
{
    if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
        return false;
    r->p += len;
    return true;
}

static bool read_month(struct reader *r, int *month)
{
    for (int i = 0; i < 12; i++)
        if (read_word(r, months[i], 3)) {
            *month = i + 1;
            return true;
        }
    return false;
}

static bool read_weekday(struct reader *r, bool whole)
{
    for (int i = 0; i < 7; i++)
        if (read_word(r, weekdays[i], whole ? strlen(weekdays[i]) : 3))
            return true;
    return false;
}

/* RFC 9110 wants a two-digit year to be the nearest within 50 years; counted from the 2020s that is
 * 1970 to 2069. */
static bool read_short_year(struct reader *r, int *year)
{
    if (!read_digits(r, 2, year))
        return false;
    *year += *year < 70 ? 2000 : 1900;
    return true;
}

/* One letter of a pattern: Y year, y its last two digits, m month in digits, M its name, d day, e
 * day with a space for a leading zero, H M S as h i s, W weekday, w its first three letters;
 * anything else stands for itself. */
static bool read_piece(struct reader *r, char piece, struct moment *t)
{
    switch (piece) {
    case 'Y':
        return read_digits(r, 4, &t->year);
    case 'y':
        return read_short_year(r, &t->year);
    case 'm':
        return read_digits(r, 2, &t->month);
    case 'M':
        return read_month(r, &t->month);
    case 'e':
        return read_char(r, ' ') ? read_digits(r, 1, &t->day) : read_digits(r, 2, &t->day);
    case 'd':
        return read_digits(r, 2, &t->day);
    case 'h':
        return read_digits(r, 2, &t->hour);
    case 'i':
        return read_digits(r, 2, &t->minute);
    case 's':
        return read_digits(r, 2, &t->second);
    case 'W':
    case 'w':
        return read_weekday(r, piece == 'W');
    case 'z':
        return read_word(r, "GMT", 3);
    default:
        return read_char(r, piece);
    }
}

static bool read_pattern(struct reader *r, const char *pattern, struct moment *t)
{
    for (; *pattern; pattern++)
        if (!read_piece(r, *pattern, t))
            return false;
    return moment_valid(t);
}

/* Digits after the point, as many as there are; the first three count. */
static bool read_fraction(struct reader *r, int *ms)
{
    int digits = 0, digit;
    for (; read_digits(r, 1, &digit); digits++)
        if (digits < 3)
            *ms = *ms * 10 + digit;
    for (int i = digits; i < 3; i++)
        *ms *= 10;
    return digits > 0;
}

/* Z, z, +01:00 or nothing. */
static bool read_offset(struct reader *r, int *minutes)
{
    *minutes = 0;
    if (r->p == r->end || read_char(r, 'Z') || read_char(r, 'z'))
        return true;
    int sign = read_char(r, '+') ? 1 : read_char(r, '-') ? -1 : 0;
    int h, m;
    if (!sign || !read_digits(r, 2, &h) || !read_char(r, ':') || !read_digits(r, 2, &m) || h > 23 ||
        m > 59)
        return false;
    *minutes = sign * (h * 60 + m);
    return true;
}

static bool two_digits(const char *p, int *out)
{
    unsigned tens = (unsigned)(unsigned char)p[0] - '0', ones = (unsigned)(unsigned char)p[1] - '0';
    *out = (int)(tens * 10 + ones);
    return tens <= 9 && ones <= 9;
}

/* 2026-10-20T14:02:07Z, as most servers write it: a list of accounts has three of them each. False:
 * it is written otherwise, or is none. */
static bool read_usual(const char *text, size_t len, struct moment *t)
{
    int century;
    if (len != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text[19] != 'Z')
        return false;
    bool good = two_digits(text, &century) && two_digits(text + 2, &t->year) &&
                two_digits(text + 5, &t->month) && two_digits(text + 8, &t->day) &&
                two_digits(text + 11, &t->hour) && two_digits(text + 14, &t->minute) &&
                two_digits(text + 17, &t->second);
    t->year += good ? century * 100 : 0;
    return good && moment_valid(t);
}

int64_t when_parse_rfc3339(const char *text, size_t len)
{
    struct reader r = {text, text + len};
    struct moment usual = {0}, t = {0};
    int offset;
    if (read_usual(text, len, &usual))
        return moment_ms(&usual);
    if (len < 11 || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
        return WHEN_NONE;
    char pattern[] = "Y-m-d?h:i:s";
    pattern[5] = text[10];
    if (!read_pattern(&r, pattern, &t) || (read_char(&r, '.') && !read_fraction(&r, &t.ms)) ||
        !read_offset(&r, &offset) || r.p != r.end)
        return WHEN_NONE;
    return moment_ms(&t) - offset * 60000LL;
}

int64_t when_parse_http(const char *text, size_t len)
{
    static const char *const patterns[] = {
        "w, d M Y h:i:s z", /* IMF-fixdate */
        "W, d-M-y h:i:s z", /* RFC 850 */
        "w M e h:i:s Y",    /* asctime */
    };
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        struct reader r = {text, text + len};
        struct moment t = {0};
        if (read_pattern(&r, patterns[i], &t) && r.p == r.end)
            return moment_ms(&t);
    }
    return WHEN_NONE;
}

int64_t when_parse_retry_after(const char *text, size_t len, int64_t now_wall_ms)
{
    while (len && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len == 0)
        return -1;
    struct reader r = {text, text + len};
    const int64_t most = INT64_MAX / 1000;
    int64_t seconds = 0;
    int digit;
    while (read_digits(&r, 1, &digit))
        seconds = seconds > (most - digit) / 10 ? most : seconds * 10 + digit;
    if (r.p == r.end)
        return seconds * 1000;
    int64_t at = when_parse_http(text, len);
    if (at == WHEN_NONE)
        return -1;
    return at > now_wall_ms ? at - now_wall_ms : 0;
}

/* ---- showing ---- */

void when_rfc3339(struct str *out, int64_t ms)
{
    if (ms == WHEN_NONE) {
        str_add_char(out, '-');
        return;
    }
    int64_t days = ms / MS_DAY, rest = ms % MS_DAY, year;
    int month, day;
    if (rest < 0) {
        rest += MS_DAY;
        days--;
    }
    date_of(days, &year, &month, &day);
    int s = (int)(rest / 1000);
    str_printf(out, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)year, month, day, s / 3600,
               s / 60 % 60, s % 60);
}

/* What was read has its digits in their places. A leap second reads as the next minute's first. */
bool when_is_rfc3339(const char *text, size_t len, int64_t ms)
{
    static const char shape[] = "2026-10-20T14:02:07Z";
    return ms != WHEN_NONE && len == sizeof shape - 1 && text[10] == 'T' && text[len - 1] == 'Z' &&
           text[17] != '6';
}

static struct tm local_of(int64_t ms)
{
    time_t t = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm tm = {0};
    localtime_r(&t, &tm);
    return tm;
}

void when_clock(struct str *out, int64_t ms, int64_t now_wall_ms)
{
    if (ms == WHEN_NONE) {
        str_add_char(out, '-');
        return;
    }
    struct tm t = local_of(ms), now = local_of(now_wall_ms);
    if (t.tm_year != now.tm_year)
        str_printf(out, "%d %s %lld ", t.tm_mday, months[t.tm_mon], t.tm_year + 1900LL);
    else if (t.tm_yday != now.tm_yday)
        str_printf(out, "%d %s ", t.tm_mday, months[t.tm_mon]);
    const int parts[] = {t.tm_hour, t.tm_min, t.tm_sec};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const char digits[] = {':', (char)('0' + parts[i] / 10), (char)('0' + parts[i] % 10)};
        str_append(out, i ? digits : digits + 1, i ? 3 : 2);
    }
    if (t.tm_gmtoff == 0 && (!t.tm_zone || strcmp(t.tm_zone, "UTC") == 0)) {
        str_add_char(out, 'Z');
    } else {
        str_add_char(out, ' ');
        text_safe_z(out, t.tm_zone, 0); /* from TZ in the environment */
    }
}

void when_age(struct str *out, int64_t age_ms)
{
    /* Each unit is used below the next one's start; decimals where they fit and say something. */
    static const struct {
        char letter;
        int64_t ms, below_ms;
        bool tenths;
    } units[] = {
        {'s', 1000, 60000, false},
        {'m', 60000, 3600000, false},
        {'h', 3600000, MS_DAY, true},
        {'d', MS_DAY, 1000LL * MS_DAY, true},
        {'y', 31556952000, 9999LL * 31556952000, true},
    };
    if (age_ms < 0)
        age_ms = 0;
    size_t u = 0;
    while (u + 1 < ARRAY_LEN(units) && age_ms >= units[u].below_ms)
        u++;
    if (age_ms >= units[u].below_ms)
        age_ms = units[u].below_ms;
    /* Cut, not rounded: nothing looks older than it is, and 59.9 s is not 60 s. */
    int64_t tenths = age_ms / (units[u].ms / 10);
    str_add_number(out, (uint64_t)tenths / 10);
    if (units[u].tenths && tenths < 100 && tenths % 10) {
        str_add_char(out, '.');
        str_add_char(out, (char)('0' + tenths % 10));
    }
    str_add_char(out, units[u].letter);
}
