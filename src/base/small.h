/* small.h: an amount in 2 bytes, for what is kept a hundred thousand times over: 0 and anything up
 * to INT64_MAX to one part in a thousand, whole numbers up to 2,048 exactly, and "not known". It is
 * rounded up, so that an amount never becomes less by being kept. */
#ifndef BASE_SMALL_H
#define BASE_SMALL_H

#include <stdint.h>

/* Below 0 is taken for 0; NAN is kept. */
uint16_t small_pack(double amount);
double small_unpack(uint16_t packed);

#endif
