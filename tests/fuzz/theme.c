/* theme.c: a theme, and a file of keys: themes hold colours only, and a bad line costs itself. */
#include "fuzz.h"

#include "keys/keymap.h"
#include "tui/theme.h"

#include <string.h>

static void theme(struct span text)
{
    struct style styles[ROLE_COUNT];
    struct str description = STR_INIT;
    struct error err;
    if (theme_parse(styles, text.p, text.len, "f.cfg", &description, NULL, &err) == ST_OK) {
        for (int i = 0; i < ROLE_COUNT; i++) {
            unsigned attrs = styles[i].attrs;
            HOLDS(styles[i].fg >= THEME_DEFAULT && styles[i].fg <= (THEME_RGB | 0xffffff));
            HOLDS(styles[i].bg >= THEME_DEFAULT && styles[i].bg <= (THEME_RGB | 0xffffff));
            HOLDS(attrs < 32);
            int fitted = theme_color_fit(styles[i].fg, DEPTH_16, &attrs);
            HOLDS(fitted >= THEME_DEFAULT && fitted < 16);
        }
    } else {
        HOLDS(err.what[0]);
    }
    str_finish(&description);
}

static void keys(struct span text)
{
    struct keymap *map = keymap_create();
    struct str problems = STR_INIT;
    struct error err;
    HOLDS(keymap_load_default(map, &err) == ST_OK);
    enum status st = keymap_load(map, text.p, text.len, "k.cfg", &problems, &err);
    HOLDS(st == ST_OK || err.what[0]);
    for (size_t i = 0; i < keymap_context_count(map); i++) {
        struct keymap_row *rows = NULL;
        keymap_rows(map, (int)i, true, &rows);
        free(rows);
    }
    str_finish(&problems);
    keymap_destroy(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len > 20000)
        return 0;
    theme(fuzz_span(bytes, len));
    if (memmem(bytes, len, "((", 2) || memmem(bytes, len, "( (", 3)) /* the keys of a context */
        keys(fuzz_span(bytes, len));
    return 0;
}
