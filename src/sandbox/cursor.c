/* cursor.c: see cursor.h. */
#include "sandbox/cursor.h"

#include "sandbox/random.h"

#include <string.h>

#define MASK UINT64_C(0x5bd1e995a3c59ac3)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void cursor_write(char out[CURSOR_BYTES], int64_t seq)
{
    uint64_t word = (uint64_t)seq ^ MASK, check = random_mix(word);
    for (int i = 0; i < 16; i++) { /* 96 bits: the word, then 32 bits of check */
        int shift = 90 - 6 * i;
        uint64_t six = shift >= 32  ? word >> (shift - 32)
                       : shift > 26 ? word << (32 - shift) | (check & 0xffffffff) >> shift
                                    : (check & 0xffffffff) >> shift;
        out[i] = alphabet[six & 63];
    }
    out[16] = '\0';
}

bool cursor_read(const char *text, int64_t *seq)
{
    uint64_t word = 0;
    char again[CURSOR_BYTES];
    if (strlen(text) != 16)
        return false;
    for (int i = 0; i < 11; i++) {
        const char *hit = strchr(alphabet, text[i]);
        if (!hit)
            return false;
        uint64_t six = (uint64_t)(hit - alphabet);
        word = i < 10 ? word << 6 | six : word << 4 | six >> 2;
    }
    *seq = (int64_t)(word ^ MASK);
    cursor_write(again, *seq);
    return *seq >= 0 && strcmp(again, text) == 0;
}
