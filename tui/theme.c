/* theme.c: see theme.h. */
#include "tui/theme.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/embedded.h"
#include "config/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- colours ------------------------------------------------------------------------------ */

/* xterm's 16, its 6x6x6 cube and its greys (xterm's 256colres.h gives the steps). */
static const int base_rgb[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static int cube_step(int i)
{
    return i ? 55 + 40 * i : 0;
}

int theme_palette_rgb(int color)
{
    if (color < 16)
        return base_rgb[color < 0 ? 0 : color];
    if (color >= 232) {
        int grey = 8 + 10 * ((color > 255 ? 255 : color) - 232);
        return grey << 16 | grey << 8 | grey;
    }
    int i = color - 16;
    return cube_step(i / 36) << 16 | cube_step(i / 6 % 6) << 8 | cube_step(i % 6);
}

static int distance(int a, int b)
{
    int red = (a >> 16 & 255) - (b >> 16 & 255), green = (a >> 8 & 255) - (b >> 8 & 255),
        blue = (a & 255) - (b & 255);
    /* The eye's weights, roughly: enough to choose among a palette. */
    return 3 * red * red + 6 * green * green + blue * blue;
}

static int nearest(int rgb, int first, int end)
{
    int best = first;
    for (int i = first + 1; i < end; i++)
        if (distance(rgb, theme_palette_rgb(i)) < distance(rgb, theme_palette_rgb(best)))
            best = i;
    return best;
}

int theme_color_fit(int color, enum theme_depth depth, unsigned *attrs)
{
    if (color == THEME_DEFAULT || depth == DEPTH_MONO)
        return THEME_DEFAULT;
    if (color & THEME_RGB) {
        if (depth == DEPTH_TRUE)
            return color;
        /* Above 16: those first are the operator's to choose, so no mix is made of them. */
        color = depth == DEPTH_256 ? nearest(color & 0xffffff, 16, 256)
                                   : nearest(color & 0xffffff, 0, 16);
    }
    if (color >= 16 && depth < DEPTH_256)
        color = nearest(theme_palette_rgb(color), 0, 16);
    if (color >= 8 && depth == DEPTH_8) {
        *attrs |= THEME_BOLD;
        color -= 8;
    }
    return color;
}

/* plain: the pair to fall back on, ROLE_TEXT's or the terminal's own. */
static void style_fit(struct style *style, enum theme_depth depth, struct style plain)
{
    unsigned ignored = 0;
    style->fg = theme_color_fit(style->fg, depth, &style->attrs);
    style->bg = theme_color_fit(style->bg, depth, &ignored);
    /* Few colours may leave text on its own colour: then the plain pair says it better. */
    if (style->fg == style->bg && style->fg != THEME_DEFAULT) {
        style->fg = plain.fg;
        style->bg = plain.bg;
        style->attrs |= THEME_REVERSE;
    }
}

struct style theme_over(const struct theme *theme, enum role text, enum role under)
{
    struct style style = theme->styles[text], ground = theme->styles[under];
    const struct style *plain = &theme->styles[ROLE_TEXT];
    style.bg = ground.bg;
    style.fg = ground.fg != plain->fg ? ground.fg : style.fg;
    style.attrs |= ground.attrs;
    /* On a reversed ground the colour of the text would become a patch of background. */
    if (ground.attrs & THEME_REVERSE) {
        style.fg = ground.fg;
        style.bg = ground.bg;
        style.attrs &= ~(unsigned)THEME_DIM;
    }
    return style;
}

/* ---- themes by name ----------------------------------------------------------------------- */

void theme_init(struct theme *theme, enum theme_depth depth, const char *user_dir)
{
    *theme = (struct theme){.depth = depth, .generation = 1};
    for (int i = 0; i < ROLE_COUNT; i++)
        theme->styles[i] = (struct style){THEME_DEFAULT, THEME_DEFAULT, 0};
    theme->styles[ROLE_CURSOR].attrs = THEME_REVERSE;
    theme->user_dir = user_dir ? mem_strdup(user_dir) : NULL;
}

void theme_finish(struct theme *theme)
{
    mem_free(theme->user_dir);
    theme->user_dir = NULL;
}

/* A name is a file's name without its end, never a path. */
static bool name_fits(const char *name)
{
    size_t len = strlen(name);
    return len && len < sizeof((struct theme *)0)->name && name[0] != '.' && !strchr(name, '/');
}

static const struct embedded *embedded_theme(const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "themes/%s.cfg", name);
    const struct embedded *e = embedded_files;
    while (e->path && strcmp(e->path, path) != 0)
        e++;
    return e->path ? e : NULL;
}

/* The theme's text, the operator's own before ours; *path is what messages call it. */
static enum status load(const struct theme *theme, const char *name, struct str *text,
                        struct str *path, struct error *err)
{
    if (name_fits(name) && theme->user_dir) {
        str_printf(path, "%s/%s.cfg", theme->user_dir, name);
        enum status status = file_read_checked(str_text(path), CONFIG_FILE_MAX, text, err);
        if (status != ST_NOT_FOUND)
            return status;
    }
    const struct embedded *e = name_fits(name) ? embedded_theme(name) : NULL;
    if (e) {
        str_clear(path);
        str_add(path, e->path);
        str_append(text, e->text, e->len);
        return ST_OK;
    }
    struct theme_name *names;
    struct str list = STR_INIT, safe = STR_INIT;
    size_t count = theme_list(theme, &names);
    for (size_t i = 0; i < count; i++)
        str_printf(&list, "%s%s", i ? ", " : "", names[i].name);
    mem_free(names);
    text_safe_z(&safe, name, 0);
    error_set(err, ST_NOT_FOUND, "there is no theme \"%s\"; the colours stay as they are",
              str_text(&safe));
    error_next(err, "there are %s", str_text(&list));
    str_finish(&list);
    str_finish(&safe);
    return ST_NOT_FOUND;
}

enum status theme_set(struct theme *theme, const char *name, struct error *err)
{
    struct str text = STR_INIT, path = STR_INIT;
    struct style styles[ROLE_COUNT];
    enum status status = load(theme, name, &text, &path, err);
    if (status == ST_OK)
        status = theme_parse(styles, str_text(&text), text.len, str_text(&path), NULL, NULL, err);
    str_finish(&text);
    str_finish(&path);
    if (status != ST_OK)
        return status;
    for (int i = 0; i < ROLE_COUNT; i++) { /* "default" is what text has: one ground for all */
        if (styles[i].fg == THEME_DEFAULT)
            styles[i].fg = styles[ROLE_TEXT].fg;
        if (styles[i].bg == THEME_DEFAULT)
            styles[i].bg = styles[ROLE_TEXT].bg;
        struct style own = {THEME_DEFAULT, THEME_DEFAULT, 0};
        style_fit(&styles[i], theme->depth, i == ROLE_TEXT ? own : styles[ROLE_TEXT]);
    }
    memcpy(theme->styles, styles, sizeof styles);
    /* Whatever a theme or a poor terminal leaves: the row with the focus is always to be seen. */
    struct style *cursor = &theme->styles[ROLE_CURSOR];
    const struct style *plain = &theme->styles[ROLE_TEXT];
    if (cursor->fg == plain->fg && cursor->bg == plain->bg)
        cursor->attrs |= THEME_REVERSE;
    snprintf(theme->name, sizeof theme->name, "%s", name);
    theme->generation++;
    return ST_OK;
}

struct names {
    struct theme_name *items;
    size_t count, room;
};

static void add_name(struct names *names, const char *file, const char *text, size_t len, bool mine)
{
    size_t stem = strlen(file);
    if (stem <= 4 || strcmp(file + stem - 4, ".cfg") != 0)
        return;
    struct theme_name name = {.mine = mine};
    if (stem - 4 >= sizeof name.name || file[0] == '.')
        return;
    memcpy(name.name, file, stem - 4);
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i].name, name.name) == 0)
            return;
    struct str help = STR_INIT;
    struct style ignored[ROLE_COUNT];
    struct error err;
    if (theme_parse(ignored, text, len, file, &help, NULL, &err) != ST_OK)
        str_add(&help, "(has an error)");
    snprintf(name.help, sizeof name.help, "%s", str_text(&help));
    str_finish(&help);
    VEC_ROOM(names->items, names->count, names->room);
    names->items[names->count++] = name;
}

static int by_name(const void *a, const void *b)
{
    const struct theme_name *x = a, *y = b;
    bool first_x = strcmp(x->name, "default") == 0, first_y = strcmp(y->name, "default") == 0;
    return first_x != first_y ? (first_x ? -1 : 1) : strcmp(x->name, y->name);
}

static void add_own(struct names *names, const char *dir)
{
    DIR *d = dir ? opendir(dir) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        struct str path = STR_INIT, text = STR_INIT;
        struct error err;
        str_printf(&path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] != '.' &&
            file_read_checked(str_text(&path), CONFIG_FILE_MAX, &text, &err) == ST_OK)
            add_name(names, e->d_name, str_text(&text), text.len, true);
        str_finish(&path);
        str_finish(&text);
    }
    if (d)
        closedir(d);
}

size_t theme_list(const struct theme *theme, struct theme_name **out)
{
    struct names names = {0};
    add_own(&names, theme->user_dir);
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strncmp(e->path, "themes/", 7) == 0)
            add_name(&names, e->path + 7, e->text, e->len, false);
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_name);
    *out = names.items;
    return names.count;
}
