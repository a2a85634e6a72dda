/* fuzz.h: what the fuzz targets share. Each is a file with LLVMFuzzerTestOneInput (libFuzzer), run
 * under AddressSanitizer and UBSan; beyond not crashing each holds what the function promises. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What must hold; the fuzzer keeps the input when it does not. */
#define HOLDS(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline struct span fuzz_span(const uint8_t *bytes, size_t len)
{
    return (struct span){len ? (const char *)bytes : "", len};
}

#endif
