/* theme_file.h: the file of a theme: roles to colours and attributes.
 *
 * A theme is data: it knows nothing of curses (tui/draw turns a style into a pair), so that reading
 * it needs no terminal. The file is libconfig:
 *
 *     description = "for light backgrounds";
 *     palette = { accent = "#005f87"; };
 *     roles = ( ( "title", "accent", "default", "bold" ), ( "dim", 244 ), ... );
 *
 * A colour is "default" (what "text" has; for "text" itself the terminal's own), a name (black red
 * green yellow blue magenta cyan white, bright-...), a number 0 to 255, "#rrggbb", or a name of the
 * palette; attributes are bold dim italic underline reverse, or none. */
#ifndef THEME_THEME_FILE_H
#define THEME_THEME_FILE_H

#include "base/error.h"
#include "base/str.h"

enum role {
#define ROLE(id, name, fallback, help) ROLE_##id,
#include "theme/roles.def"
#undef ROLE
    ROLE_COUNT
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

/* Reads a theme from text into styles, fallbacks filled in, colours as written; nothing changes
 * when there is anything wrong. file is for messages. ST_CONFIG: err has the first that is wrong
 * (file:line, what, and as the next step what is allowed), problems (may be NULL) all of it, a line
 * each. description (may be NULL) is appended. */
enum status theme_parse(struct style styles[ROLE_COUNT], const char *text, size_t len,
                        const char *file, struct str *description, struct str *problems,
                        struct error *err);

#endif
