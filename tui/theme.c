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

#define PALETTE_MAX 64

static const struct {
    const char *name, *help;
    enum role fallback;
} roles[ROLE_COUNT] = {
#define ROLE(id, name, fallback, help) [ROLE_##id] = {name, help, ROLE_##fallback},
#include "tui/roles.def"
#undef ROLE
};

static const char *const color_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white"};

static const struct {
    const char *name;
    unsigned bit;
} attr_names[] = {{"none", 0},
                  {"bold", THEME_BOLD},
                  {"dim", THEME_DIM},
                  {"italic", THEME_ITALIC},
                  {"underline", THEME_UNDERLINE},
                  {"reverse", THEME_REVERSE}};

int role_find(struct span name)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (span_is(name, roles[i].name))
            return i;
    return -1;
}

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

/* ---- reading a file ----------------------------------------------------------------------- */

struct palette {
    const char *names[PALETTE_MAX]; /* (borrowed) from the tree */
    int colors[PALETTE_MAX];
    size_t count;
};

struct reader {
    const char *file;
    struct palette palette;
    struct error *err;
};

static enum status complain(const struct reader *r, const config_setting_t *at, const char *what,
                            const char *value, const char *allowed)
{
    struct str safe = STR_INIT;
    text_safe_z(&safe, value, 0);
    enum status status = error_set(r->err, ST_CONFIG, "%s:%u: %s: %s", r->file,
                                   config_setting_source_line(at), what, str_text(&safe));
    error_next(r->err, "%s", allowed);
    str_finish(&safe);
    return status;
}

static bool color_from_text(const struct palette *palette, const char *text, int *out)
{
    char *end;
    for (size_t i = 0; i < palette->count; i++)
        if (strcmp(palette->names[i], text) == 0)
            return *out = palette->colors[i], true;
    for (int i = 0; i < 16; i++)
        if (strcmp(color_names[i], text) == 0)
            return *out = i, true;
    if (strcmp(text, "default") == 0)
        return *out = THEME_DEFAULT, true;
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *out = THEME_RGB | (int)strtol(text + 1, &end, 16);
    return true;
}

static enum status read_color(const struct reader *r, const config_setting_t *at, int *out)
{
    static const char allowed[] = "a colour is \"default\", a name (red, bright-blue), 0 to 255, "
                                  "\"#rrggbb\", or a name of the palette";
    if (config_setting_type(at) == CONFIG_TYPE_INT) {
        int number = config_setting_get_int(at);
        if (number >= 0 && number <= 255)
            return *out = number, ST_OK;
        char shown[16];
        snprintf(shown, sizeof shown, "%d", number);
        return complain(r, at, "not a colour", shown, allowed);
    }
    const char *text = config_setting_get_string(at);
    if (text && color_from_text(&r->palette, text, out))
        return ST_OK;
    return complain(r, at, "not a colour", text ? text : "(neither text nor number)", allowed);
}

static enum status read_attrs(const struct reader *r, const config_setting_t *at, unsigned *out)
{
    const char *text = config_setting_get_string(at);
    unsigned attrs = 0;
    for (const char *p = text ? text : "?"; *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " "), i = 0;
        while (i < ARRAY_LEN(attr_names) && !span_is((struct span){p, len}, attr_names[i].name))
            i++;
        if (i == ARRAY_LEN(attr_names))
            return complain(r, at, "not an attribute", p,
                            "bold, dim, italic, underline, reverse or none, spaces between");
        attrs |= attr_names[i].bit;
        p += len;
    }
    *out = attrs;
    return ST_OK;
}

static enum status read_palette(struct reader *r, const config_setting_t *group)
{
    if (!group)
        return ST_OK;
    if (!config_setting_is_group(group))
        return complain(r, group, "palette is a group", "", "palette = { name = \"#rrggbb\"; };");
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *at = config_setting_get_elem(group, (unsigned)i);
        if (r->palette.count == PALETTE_MAX)
            return complain(r, at, "the palette is full", config_setting_name(at),
                            "at most 64 colours");
        int color;
        if (read_color(r, at, &color) != ST_OK)
            return ST_CONFIG;
        r->palette.names[r->palette.count] = config_setting_name(at);
        r->palette.colors[r->palette.count++] = color;
    }
    return ST_OK;
}

/* ( "role", foreground [, background [, attributes]] ) */
static enum status read_role(const struct reader *r, const config_setting_t *row,
                             struct style styles[ROLE_COUNT], bool set[ROLE_COUNT])
{
    static const char form[] = "( \"role\", foreground, background, \"attributes\" )";
    int length = config_setting_is_list(row) ? config_setting_length(row) : 0;
    const char *name = length ? config_setting_get_string_elem(row, 0) : NULL;
    if (!name || length < 2 || length > 4)
        return complain(r, row, "not a role", name ? name : "", form);
    int role = role_find(span_of(name));
    if (role < 0)
        return complain(r, row, "no such role", name, "the roles stand in themes/default.cfg");
    if (set[role])
        return complain(r, row, "set twice", name, "remove one of the two");
    struct style style = {THEME_DEFAULT, THEME_DEFAULT, 0};
    if (read_color(r, config_setting_get_elem(row, 1), &style.fg) != ST_OK)
        return ST_CONFIG;
    if (length > 2 && read_color(r, config_setting_get_elem(row, 2), &style.bg) != ST_OK)
        return ST_CONFIG;
    if (length > 3 && read_attrs(r, config_setting_get_elem(row, 3), &style.attrs) != ST_OK)
        return ST_CONFIG;
    styles[role] = style;
    set[role] = true;
    return ST_OK;
}

static enum status read_tree(struct reader *r, const config_t *tree,
                             struct style styles[ROLE_COUNT], struct str *description)
{
    static const char *const known[] = {"description", "palette", "roles"};
    const config_setting_t *root = config_root_setting(tree);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *at = config_setting_get_elem(root, (unsigned)i);
        size_t k = 0;
        while (k < ARRAY_LEN(known) && strcmp(known[k], config_setting_name(at)) != 0)
            k++;
        if (k == ARRAY_LEN(known))
            return complain(r, at, "no such setting in a theme", config_setting_name(at),
                            "a theme has description, palette and roles");
    }
    const char *text;
    if (description && config_lookup_string(tree, "description", &text))
        str_add(description, text);
    if (read_palette(r, config_lookup(tree, "palette")) != ST_OK)
        return ST_CONFIG;
    const config_setting_t *list = config_lookup(tree, "roles");
    if (list && !config_setting_is_list(list))
        return complain(r, list, "roles is a list", "", "roles = ( ( \"title\", \"cyan\" ) );");
    bool set[ROLE_COUNT] = {false};
    for (int i = 0; list && i < config_setting_length(list); i++)
        if (read_role(r, config_setting_get_elem(list, (unsigned)i), styles, set) != ST_OK)
            return ST_CONFIG;
    for (int i = 0; i < ROLE_COUNT; i++) /* a fallback stands above: one pass is enough */
        if (!set[i] && i != ROLE_TEXT)
            styles[i] = styles[roles[i].fallback];
    return ST_OK;
}

enum status theme_parse(struct style styles[ROLE_COUNT], const char *text, size_t len,
                        const char *file, struct str *description, struct error *err)
{
    config_t tree;
    config_init(&tree);
    struct style read[ROLE_COUNT];
    for (int i = 0; i < ROLE_COUNT; i++)
        read[i] = (struct style){THEME_DEFAULT, THEME_DEFAULT, 0};
    enum status status = file_parse(&tree, file, text, len, err);
    if (status == ST_OK) {
        struct reader r = {.file = file, .err = err};
        status = read_tree(&r, &tree, read, description);
    }
    if (status == ST_OK)
        memcpy(styles, read, sizeof read);
    config_destroy(&tree);
    return status;
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
        status = theme_parse(styles, str_text(&text), text.len, str_text(&path), NULL, err);
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
    if (theme_parse(ignored, text, len, file, &help, &err) != ST_OK)
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
