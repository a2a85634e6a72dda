/* base64.h: bytes as text (RFC 4648, 4): for OSC 52 and basic authentication. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

/* What base64_add appends for so many bytes. */
static inline size_t base64_len(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}
/* With the alphabet of + and /, and padding. */
void base64_add(struct str *out, struct span in);

#endif
