/* text_safe.c: nothing that comes out acts on a terminal, whatever goes in. */
#include "fuzz.h"

#include "base/text.h"

static void check(const uint8_t *bytes, size_t len, unsigned flags)
{
    struct str once = STR_INIT, twice = STR_INIT;
    text_safe(&once, (const char *)bytes, len, flags);
    HOLDS(text_is_utf8(str_text(&once), once.len));
    for (size_t at = 0; at < once.len;) {
        uint32_t code;
        size_t n = text_decode(once.data + at, once.len - at, &code);
        HOLDS(n > 0);
        HOLDS(code >= 0x20 || (code == '\n' && (flags & TEXT_LINES)));
        HOLDS(code < 0x7f || code > 0x9f);
        HOLDS(code != 0x61c && !(code >= 0x200b && code <= 0x200f));
        HOLDS(!(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2060 && code <= 0x206f));
        HOLDS(code != 0xfeff && !(code >= 0xe000 && code <= 0xf8ff) && code < 0xe0000);
        HOLDS(code < 0x80 || !(flags & TEXT_ASCII));
        at += n;
    }
    text_safe(&twice, str_text(&once), once.len, flags);
    HOLDS(span_eq(span_from(&once), span_from(&twice)));
    str_finish(&once);
    str_finish(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    for (unsigned flags = 0; flags < 4; flags++)
        check(bytes, len, flags);
    return 0;
}
