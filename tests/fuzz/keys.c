/* keys.c: the terminal's bytes to keys: the same keys whatever pieces they come in, and a paste
 * never acts as keys. */
#include "fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "tui/input.h"

#include <string.h>

static void on_key(void *ctx, const struct key *key)
{
    struct str *all = ctx;
    HOLDS((unsigned)key->sym < KEYSYM_COUNT);
    HOLDS(memchr(key->text, 0, sizeof key->text));
    HOLDS(key->sym == KEYSYM_PASTE || text_is_utf8(key->text, strlen(key->text)));
    if (key->sym == KEYSYM_PASTE) {
        HOLDS(key->paste.len <= INPUT_PASTE_MAX);
        str_printf(all, "[paste %zu]", key->paste.len);
        return;
    }
    size_t at = all->len;
    struct key back;
    key_show(all, key);
    if (key_parse((struct span){all->data + at, all->len - at}, &back))
        HOLDS(key_same(&back, key));
    str_add_char(all, ' ');
}

static void feed(const uint8_t *bytes, size_t len, size_t piece, struct str *all)
{
    struct input *in = input_create(NULL, 0, on_key, all);
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *copy = malloc(n);
        memcpy(copy, bytes + at, n);
        input_feed(in, copy, n);
        free(copy);
    }
    input_flush(in);
    input_destroy(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str whole = STR_INIT, cut = STR_INIT;
    if (len < 2 || len > 5000)
        return 0;
    feed(bytes + 1, len - 1, len, &whole);
    feed(bytes + 1, len - 1, 1 + bytes[0] % 5, &cut);
    HOLDS(span_eq(span_from(&whole), span_from(&cut)));
    str_finish(&whole);
    str_finish(&cut);
    return 0;
}
