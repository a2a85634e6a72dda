/* theme.h: roles to colours and attributes, read from a file, cut down to what the terminal has.
 *
 * A theme is data: it knows nothing of curses (draw.c turns a style into a pair), so that parsing
 * and fallback can be tested without a terminal. A theme file is libconfig:
 *
 *     description = "for light backgrounds";
 *     palette = { accent = "#005f87"; };
 *     roles = ( ( "title", "accent", "default", "bold" ), ( "dim", 244 ), ... );
 *
 * A colour is "default" (what "text" has; for "text" itself the terminal's own), a name (black red
 * green yellow blue magenta cyan white, bright-...), a number 0 to 255, "#rrggbb", or a name of the
 * palette; attributes are bold dim italic underline reverse, or none. Each colour goes down to 256,
 * to 16 and to nothing as the terminal needs. */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum role {
#define ROLE(id, name, fallback, help) ROLE_##id,
#include "tui/roles.def"
#undef ROLE
    ROLE_COUNT
};

enum theme_depth {
    DEPTH_MONO, /* attributes only */
    DEPTH_8,    /* colours 0..7; bright ones become bold */
    DEPTH_16,
    DEPTH_256,
    DEPTH_TRUE,
};

enum theme_attr {
    THEME_BOLD = 1,
    THEME_DIM = 2,
    THEME_ITALIC = 4,
    THEME_UNDERLINE = 8,
    THEME_REVERSE = 16,
};

#define THEME_DEFAULT (-1)      /* the terminal's own colour */
#define THEME_RGB     0x1000000 /* a colour 0xRRGGBB, with this bit; otherwise 0..255 */

struct style {
    int fg, bg;     /* THEME_DEFAULT, 0..255, or THEME_RGB | 0xRRGGBB */
    unsigned attrs; /* enum theme_attr */
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

/* Reads a theme from text into styles, fallbacks filled in, colours as written. `file` is for
 * messages. ST_CONFIG: file:line, what is wrong, what is allowed. description may be NULL. */
enum status theme_parse(struct style styles[ROLE_COUNT], const char *text, size_t len,
                        const char *file, struct str *description, struct error *err);

/* The colour nearest to `color` that `depth` has; *attrs gains bold where that is all that is left
 * of bright. */
int theme_color_fit(int color, enum theme_depth depth, unsigned *attrs);

/* A style of two: what lies under (the row) and what is written: under's background, attributes of
 * both, text's colour unless under has one that is not ROLE_TEXT's. */
struct style theme_over(const struct theme *theme, enum role text, enum role under);

/* The colour 0..255 of xterm's palette as 0xRRGGBB. */
int theme_palette_rgb(int color);

/* The role with this name of roles.def; -1 when there is none. */
int role_find(struct span name);

#endif
