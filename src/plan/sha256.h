/* sha256.h: SHA-256 (FIPS 180-4), to see whether a plan's file is the one that was written. */
#ifndef PLAN_SHA256_H
#define PLAN_SHA256_H

#include "base/str.h"

#include <stdint.h>

#define SHA256_HEX 64 /* letters */

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, struct span bytes);
/* Ends it: 64 lower-case hexadecimal digits and a NUL. */
void sha256_end(struct sha256 *s, char hex[SHA256_HEX + 1]);

#endif
