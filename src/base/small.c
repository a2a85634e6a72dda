/* small.c: see small.h. Six bits of exponent above ten of fraction, without a sign; what is below 1
 * counts in parts of 1,024. */
#include "base/small.h"

#include <math.h>

#define PARTS   1024
#define UNKNOWN 0xffffu

uint16_t small_pack(double amount)
{
    int exponent = 0;
    if (isnan(amount))
        return UNKNOWN;
    if (amount <= 0)
        return 0;
    if (amount < 1)
        return (uint16_t)ceil(amount * PARTS);
    if (amount >= 0x1p63)
        return UNKNOWN - 1;
    double fraction = frexp(amount, &exponent) * 2 - 1;
    long packed = exponent * (long)PARTS + (long)ceil(fraction * PARTS);
    return (uint16_t)(packed < (long)UNKNOWN ? packed : (long)UNKNOWN - 1);
}

double small_unpack(uint16_t packed)
{
    int exponent = packed / PARTS, part = packed % PARTS;
    if (packed == UNKNOWN)
        return NAN;
    if (!exponent)
        return (double)part / PARTS;
    return ldexp(1 + (double)part / PARTS, exponent - 1);
}
