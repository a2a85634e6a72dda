/* base64.c: see base64.h. */
#include "base/base64.h"

#include <stdint.h>

void base64_add(struct str *out, struct span in)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.len; i += 3) {
        uint32_t group = 0;
        size_t have = in.len - i < 3 ? in.len - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < have ? (unsigned char)in.p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            str_add_char(out, k <= have ? digits[group >> (18 - 6 * k) & 63] : '=');
    }
}
