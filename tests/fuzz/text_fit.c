/* text_fit.c: width and cut: no text is wider than its place, no grapheme is cut in two. */
#include "fuzz.h"

#include "base/text.h"

static void walk(const struct str *safe)
{
    size_t at = 0, back = safe->len;
    int all = 0, cells = 0;
    while (at < safe->len) {
        size_t n = text_grapheme(safe->data + at, safe->len - at, &cells);
        HOLDS(n > 0 && n <= safe->len - at);
        HOLDS(cells >= 0 && cells <= 2);
        HOLDS(text_next(safe->data, safe->len, at) == at + n);
        HOLDS(text_prev(safe->data, safe->len, at + n) == at);
        all += cells;
        at += n;
    }
    HOLDS(all == text_width(str_text(safe), safe->len));
    while (back > 0) {
        size_t before = text_prev(safe->data, safe->len, back);
        HOLDS(before < back);
        back = before;
    }
}

static void fit(const struct str *safe, int cells, enum text_align align)
{
    struct str out = STR_INIT;
    int used = 0;
    size_t n = text_prefix(str_text(safe), safe->len, cells, &used);
    HOLDS(n <= safe->len && used <= cells);
    HOLDS(text_width(str_text(safe), n) == used);
    text_fit(&out, str_text(safe), safe->len, cells, align, "~");
    HOLDS(text_width(str_text(&out), out.len) == cells);
    str_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str safe = STR_INIT, folded = STR_INIT;
    int cells = len ? bytes[0] % 40 : 0;
    text_safe(&safe, (const char *)bytes + (len > 0), len ? len - 1 : 0, 0);
    walk(&safe);
    fit(&safe, cells, TEXT_LEFT);
    fit(&safe, cells, TEXT_RIGHT);
    text_fold(&folded, (const char *)bytes, len);
    str_finish(&folded);
    str_finish(&safe);
    return 0;
}
