/* theme.h: the theme in use: the styles of a theme's file (theme/theme_file.h), each colour cut
 * down to what the terminal has: to 256, to 16, to nothing. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "theme/theme_file.h"

#include <stdbool.h>
#include <stddef.h>

enum theme_depth {
    DEPTH_MONO, /* attributes only */
    DEPTH_8,    /* colours 0..7; bright ones become bold */
    DEPTH_16,
    DEPTH_256,
    DEPTH_TRUE,
};

/* The theme in use. What it holds is its own. */
struct theme {
    char name[64];
    enum theme_depth depth;
    struct style styles[ROLE_COUNT]; /* fallbacks filled in, cut down to depth */
    unsigned generation;             /* grows with each change: caches look at it */
    char *user_dir;                  /* owned; folder with the operator's NAME.cfg, or NULL */
};

struct theme_name {
    char name[64];
    char help[96]; /* its description */
    bool mine;     /* from the operator's folder */
};

/* A theme that shows plain text. user_dir (copied, may be NULL) is looked into before the themes
 * that are compiled in. */
void theme_init(struct theme *theme, enum theme_depth depth, const char *user_dir);
void theme_finish(struct theme *theme);

/* Switches to the theme of that name; "mono" when the depth is DEPTH_MONO still reads the named
 * file and drops its colours. On error nothing changes: ST_NOT_FOUND (the text lists the names) or
 * ST_CONFIG with file and line. */
enum status theme_set(struct theme *theme, const char *name, struct error *err);

/* Fills *names (mem_free) with what theme_set would find, sorted, default first; returns how many.
 */
size_t theme_list(const struct theme *theme, struct theme_name **names);

/* The colour nearest to `color` that `depth` has; *attrs gains bold where that is all that is left
 * of bright. */
int theme_color_fit(int color, enum theme_depth depth, unsigned *attrs);

/* A style of two: what lies under (the row) and what is written: under's background, attributes of
 * both, text's colour unless under has one that is not ROLE_TEXT's. */
struct style theme_over(const struct theme *theme, enum role text, enum role under);

/* The colour 0..255 of xterm's palette as 0xRRGGBB. */
int theme_palette_rgb(int color);

#endif
