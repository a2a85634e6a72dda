/* arith.c: see arith.h. Products of two int64 fit 128 bits, so nothing on the way is cut. */
#include "plan/arith.h"

#define DECIMALS_MAX 9

bool ratio_parse(struct span text, int64_t *num, int64_t *den)
{
    int64_t n = 0, d = 1;
    int decimals = -1, digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (c == '.' && decimals < 0 && digits > 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, c - '0', &n))
            return false;
        digits++;
        if (decimals >= 0) {
            if (++decimals > DECIMALS_MAX)
                return false;
            d *= 10;
        }
    }
    if (digits == 0 || decimals == 0)
        return false;
    *num = n;
    *den = d;
    return true;
}

bool arith_scale(int64_t n, int64_t num, int64_t den, int64_t *out)
{
    __int128 product = (__int128)n * num;
    __int128 half = den / 2 + den % 2; /* the least remainder that rounds away from zero */
    __int128 whole = product / den, rest = product % den;
    if (den > 1 && rest >= half)
        whole++;
    else if (den > 1 && -rest >= half)
        whole--;
    if (whole > INT64_MAX || whole < INT64_MIN)
        return false;
    *out = (int64_t)whole;
    return true;
}

bool arith_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

int64_t arith_share(int64_t amount, uint32_t parts, uint32_t i)
{
    return amount / parts + (i < amount % parts);
}
