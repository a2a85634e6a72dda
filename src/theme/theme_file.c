/* theme_file.c: see theme_file.h. */
#include "theme/theme_file.h"

#include "base/near.h"
#include "base/vec.h"
#include "config/problems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PALETTE_MAX 64

static const struct {
    const char *name, *help;
    enum role fallback;
} roles[ROLE_COUNT] = {
#define ROLE(id, name, fallback, help) [ROLE_##id] = {name, help, ROLE_##fallback},
#include "theme/roles.def"
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

/* The role with this name of roles.def; -1 when there is none. */
static int role_find(struct span name)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (span_is(name, roles[i].name))
            return i;
    return -1;
}

struct palette {
    const char *names[PALETTE_MAX]; /* (borrowed) from the tree */
    int colors[PALETTE_MAX];
    size_t count;
};

struct reader {
    struct palette palette;
    struct problems problems;
};

/* ---- colours and attributes --------------------------------------------------------------- */

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

static void no_such_color(struct reader *r, const config_setting_t *at, const char *text)
{
    struct near near = {span_of(text), NULL, 0};
    for (size_t i = 0; i < r->palette.count; i++)
        near_offer(&near, r->palette.names[i]);
    for (int i = 0; i < 16; i++)
        near_offer(&near, color_names[i]);
    near_offer(&near, "default");
    problem_name(&r->problems, config_setting_source_line(at), "not a colour", &near,
                 "a colour is \"default\", a name (red, bright-blue), 0 to 255, \"#rrggbb\", or a "
                 "name of the palette");
}

/* Leaves *out as it is when there is none to read. */
static void read_color(struct reader *r, const config_setting_t *at, int *out)
{
    char shown[16];
    const char *text = config_setting_get_string(at);
    int number = config_setting_get_int(at);
    bool is_number = config_setting_type(at) == CONFIG_TYPE_INT;
    if (is_number && number >= 0 && number <= 255) {
        *out = number;
        return;
    }
    snprintf(shown, sizeof shown, "%d", number);
    if (!text || !color_from_text(&r->palette, text, out))
        no_such_color(r, at, is_number ? shown : text ? text : "(neither text nor number)");
}

static bool attr_bit(struct span word, unsigned *bits, struct near *near)
{
    for (size_t i = 0; i < ARRAY_LEN(attr_names); i++) {
        if (span_is(word, attr_names[i].name))
            return *bits |= attr_names[i].bit, true;
        near_offer(near, attr_names[i].name);
    }
    return false;
}

static void read_attrs(struct reader *r, const config_setting_t *at, unsigned *out)
{
    const char *text = config_setting_get_string(at);
    for (const char *p = text ? text : "?"; *p; p += strspn(p, " ")) {
        struct span word = {p, strcspn(p, " ")};
        struct near near = {word, NULL, 0};
        if (!attr_bit(word, out, &near))
            problem_name(&r->problems, config_setting_source_line(at), "not an attribute", &near,
                         "bold, dim, italic, underline, reverse or none, spaces between");
        p += word.len;
    }
}

/* ---- the parts of a file ------------------------------------------------------------------ */

static void read_palette(struct reader *r, const config_setting_t *group)
{
    if (group && !config_setting_is_group(group)) {
        problem_at(&r->problems, config_setting_source_line(group), "palette is a group", NULL,
                   "palette = { name = \"#rrggbb\"; };");
        return;
    }
    for (int i = 0; group && i < config_setting_length(group); i++) {
        const config_setting_t *at = config_setting_get_elem(group, (unsigned)i);
        int color = THEME_DEFAULT;
        if (r->palette.count == PALETTE_MAX) {
            problem_at(&r->problems, config_setting_source_line(at),
                       "the palette is full:", config_setting_name(at), "at most 64 colours");
            return;
        }
        read_color(r, at, &color);
        r->palette.names[r->palette.count] = config_setting_name(at);
        r->palette.colors[r->palette.count++] = color;
    }
}

static void no_such_role(struct reader *r, const config_setting_t *row, const char *name)
{
    struct near near = {span_of(name), NULL, 0};
    for (int i = 0; i < ROLE_COUNT; i++)
        near_offer(&near, roles[i].name);
    problem_name(&r->problems, config_setting_source_line(row), "no such role", &near,
                 "the roles stand in themes/default.cfg");
}

/* ( "role", foreground [, background [, attributes]] ) */
static void read_role(struct reader *r, const config_setting_t *row,
                      struct style styles[ROLE_COUNT], bool set[ROLE_COUNT])
{
    static const char form[] = "( \"role\", foreground, background, \"attributes\" )";
    int length = config_setting_is_list(row) ? config_setting_length(row) : 0;
    const char *name = length ? config_setting_get_string_elem(row, 0) : NULL;
    if (!name || length < 2 || length > 4) {
        problem_at(&r->problems, config_setting_source_line(row), "not a role", name, form);
        return;
    }
    int role = role_find(span_of(name));
    if (role < 0) {
        no_such_role(r, row, name);
        return;
    }
    if (set[role])
        problem_at(&r->problems, config_setting_source_line(row), "set twice:", name,
                   "remove one of the two");
    struct style *style = &styles[role];
    *style = (struct style){THEME_DEFAULT, THEME_DEFAULT, 0};
    set[role] = true;
    read_color(r, config_setting_get_elem(row, 1), &style->fg);
    if (length > 2)
        read_color(r, config_setting_get_elem(row, 2), &style->bg);
    if (length > 3)
        read_attrs(r, config_setting_get_elem(row, 3), &style->attrs);
}

static void check_names(struct reader *r, const config_setting_t *root)
{
    static const char *const known[] = {"description", "palette", "roles"};
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *at = config_setting_get_elem(root, (unsigned)i);
        struct near near = {span_of(config_setting_name(at)), NULL, 0};
        size_t k = 0;
        while (k < ARRAY_LEN(known) && !span_is(near.typed, known[k]))
            near_offer(&near, known[k++]);
        if (k == ARRAY_LEN(known))
            problem_name(&r->problems, config_setting_source_line(at), "no such setting in a theme",
                         &near, "a theme has description, palette and roles");
    }
}

static void read_tree(struct reader *r, const config_t *tree, struct style styles[ROLE_COUNT],
                      struct str *description)
{
    const config_setting_t *list = config_lookup(tree, "roles");
    const config_setting_t *said = config_lookup(tree, "description");
    bool set[ROLE_COUNT] = {false};
    check_names(r, config_root_setting(tree));
    if (said && !config_setting_get_string(said))
        problem_at(&r->problems, config_setting_source_line(said), "description is a text", NULL,
                   "description = \"for light backgrounds\";");
    else if (said && description)
        str_add(description, config_setting_get_string(said));
    read_palette(r, config_lookup(tree, "palette"));
    if (list && !config_setting_is_list(list))
        problem_at(&r->problems, config_setting_source_line(list), "roles is a list", NULL,
                   "roles = ( ( \"title\", \"cyan\" ) );");
    else
        for (int i = 0; list && i < config_setting_length(list); i++)
            read_role(r, config_setting_get_elem(list, (unsigned)i), styles, set);
    for (int i = 0; i < ROLE_COUNT; i++) /* a fallback stands above: one pass is enough */
        if (!set[i] && i != ROLE_TEXT)
            styles[i] = styles[roles[i].fallback];
}

enum status theme_parse(struct style styles[ROLE_COUNT], const char *text, size_t len,
                        const char *file, struct str *description, struct str *problems,
                        struct error *err)
{
    struct reader r = {.problems = {file, problems, err, 0}};
    struct style read[ROLE_COUNT];
    config_t tree;
    config_init(&tree);
    for (int i = 0; i < ROLE_COUNT; i++)
        read[i] = (struct style){THEME_DEFAULT, THEME_DEFAULT, 0};
    if (problems_parse(&r.problems, &tree, text, len) == ST_OK)
        read_tree(&r, &tree, read, description);
    config_destroy(&tree);
    if (r.problems.count)
        return ST_CONFIG;
    memcpy(styles, read, sizeof read);
    return ST_OK;
}
