/* views.c: see views.h. */
#include "config/views.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/file.h"
#include "config/paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void view_defs_init(struct view_defs *defs)
{
    *defs = (struct view_defs){.items = NULL};
    arena_init(&defs->mem);
}

void view_defs_finish(struct view_defs *defs)
{
    mem_free(defs->items);
    arena_finish(&defs->mem);
    *defs = (struct view_defs){.items = NULL};
}

static const char *keep(struct view_defs *defs, const char *text)
{
    return arena_dup(&defs->mem, span_of(text)).p;
}

static struct view_def *find(const struct view_defs *defs, const char *name, const char *key)
{
    for (size_t i = 0; i < defs->count; i++) {
        struct view_def *d = &defs->items[i];
        if (strcmp(d->key, key) == 0 && (!name || strcmp(d->name, name) == 0))
            return d;
    }
    return NULL;
}

void view_defs_put(struct view_defs *defs, const struct view_def *def)
{
    /* A state is found by its key alone; a named view by its name. */
    struct view_def *at = find(defs, def->key[0] ? NULL : def->name, def->key);
    struct view_def copy = *def;
    copy.name = keep(defs, def->name);
    copy.filter = keep(defs, def->filter);
    copy.key = keep(defs, def->key);
    for (size_t i = 0; i < def->column_count; i++)
        copy.columns[i] = keep(defs, def->columns[i]);
    for (size_t i = 0; i < def->sort_count; i++)
        copy.sort[i] = keep(defs, def->sort[i]);
    if (!at) {
        VEC_ROOM(defs->items, defs->count, defs->room);
        at = &defs->items[defs->count++];
    }
    *at = copy;
}

bool view_defs_drop(struct view_defs *defs, const char *name, const char *key)
{
    struct view_def *at = find(defs, name, key);
    if (!at)
        return false;
    size_t i = (size_t)(at - defs->items);
    memmove(at, at + 1, (defs->count - i - 1) * sizeof *at);
    defs->count--;
    return true;
}

const struct view_def *view_defs_find(const struct view_defs *defs, const char *name)
{
    return find(defs, name, "");
}

const struct view_def *view_defs_of(const struct view_defs *defs, const char *key)
{
    return find(defs, NULL, key);
}

/* ---- reading ---- */

struct reader {
    const char *file;
    struct error *err;
};

static enum status wrong(const struct reader *r, const config_setting_t *at, const char *what)
{
    return error_set(r->err, ST_CONFIG, "%s:%u: %s", r->file, config_setting_source_line(at), what);
}

static enum status take_text(const struct reader *r, const config_setting_t *s, const char **out)
{
    *out = config_setting_get_string(s);
    if (!*out)
        return wrong(r, s, "a text in quotes belongs here");
    return text_is_utf8(*out, strlen(*out)) ? ST_OK : wrong(r, s, "the text is not UTF-8");
}

static enum status take_list(const struct reader *r, const config_setting_t *s, const char **out,
                             size_t max, size_t *count)
{
    if (!config_setting_is_array(s) && !config_setting_is_list(s))
        return wrong(r, s, "a list of texts belongs here: [ \"name\", \"status\" ]");
    *count = 0;
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
        if (*count == max)
            return wrong(r, e,
                         max == VIEW_SORT_MAX ? "at most 3 columns sort" : "too many columns");
        if (take_text(r, e, &out[*count]))
            return ST_CONFIG;
        ++*count;
    }
    return ST_OK;
}

static enum status take_member(const struct reader *r, const config_setting_t *s,
                               struct view_def *def)
{
    const char *name = config_setting_name(s);
    if (strcmp(name, "name") == 0)
        return take_text(r, s, &def->name);
    if (strcmp(name, "filter") == 0)
        return take_text(r, s, &def->filter);
    if (strcmp(name, "key") == 0)
        return take_text(r, s, &def->key);
    if (strcmp(name, "columns") == 0)
        return take_list(r, s, def->columns, VIEW_COLUMNS_MAX, &def->column_count);
    if (strcmp(name, "sort") == 0)
        return take_list(r, s, def->sort, VIEW_SORT_MAX, &def->sort_count);
    struct str what = STR_INIT;
    str_printf(&what, "\"%s\" is nothing a view has: name, columns, sort, filter", name);
    enum status st = wrong(r, s, str_text(&what));
    str_finish(&what);
    return st;
}

static enum status take_view(const struct reader *r, const config_setting_t *s,
                             struct view_def *def)
{
    *def = (struct view_def){.name = "", .filter = "", .key = ""};
    def->line = (int)config_setting_source_line(s);
    if (!config_setting_is_group(s))
        return wrong(r, s, "a view belongs here: { name = \"...\"; columns = [ ... ]; }");
    for (int i = 0; i < config_setting_length(s); i++) {
        if (take_member(r, config_setting_get_elem(s, (unsigned)i), def))
            return ST_CONFIG;
    }
    if (!def->name[0] && !def->key[0])
        return wrong(r, s, "a view without a name");
    if (strlen(def->name) > VIEW_NAME_MAX)
        return wrong(r, s, "the name of a view has at most 40 bytes");
    if (!def->column_count)
        return wrong(r, s, "a view without columns");
    return ST_OK;
}

static enum status take_views(const struct reader *r, const config_setting_t *root,
                              struct view_defs *out)
{
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
        if (strcmp(config_setting_name(s), "views") != 0)
            return wrong(r, s, "only \"views\" belongs into this file");
        if (!config_setting_is_list(s))
            return wrong(r, s, "a list of views belongs here: ( { ... }, { ... } )");
        for (int k = 0; k < config_setting_length(s); k++) {
            const config_setting_t *e = config_setting_get_elem(s, (unsigned)k);
            struct view_def def;
            if (take_view(r, e, &def))
                return ST_CONFIG;
            if (!def.key[0] && view_defs_find(out, def.name))
                return wrong(r, e, "a second view of this name");
            if (out->count == VIEWS_MAX)
                return wrong(r, e, "too many views");
            view_defs_put(out, &def);
        }
    }
    return ST_OK;
}

enum status view_defs_parse(struct view_defs *defs, const char *name, const char *text, size_t len,
                            struct error *err)
{
    config_t tree;
    struct view_defs read;
    struct reader r = {name, err};
    config_init(&tree);
    view_defs_init(&read);
    enum status st = file_parse(&tree, name, text, len, err);
    if (!st)
        st = take_views(&r, config_root_setting(&tree), &read);
    for (size_t i = 0; !st && i < read.count; i++)
        view_defs_put(defs, &read.items[i]);
    view_defs_finish(&read);
    config_destroy(&tree);
    return st;
}

enum status view_defs_read(struct view_defs *defs, const char *path, struct error *err)
{
    struct str text = STR_INIT;
    enum status st = file_read_checked(path, CONFIG_FILE_MAX, &text, err);
    if (st == ST_OK)
        st = view_defs_parse(defs, path, str_text(&text), text.len, err);
    else if (st == ST_NOT_FOUND)
        st = ST_OK;
    str_finish(&text);
    return st;
}

/* ---- writing ---- */

/* As libconfig reads it: quote, backslash and what is no text are escaped. */
static void add_quoted(struct str *out, const char *text)
{
    str_add_char(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            str_printf(out, "\\%c", *p);
        else if ((unsigned char)*p < 0x20 || *p == 0x7f)
            str_printf(out, "\\x%02x", (unsigned char)*p);
        else
            str_add_char(out, *p);
    }
    str_add_char(out, '"');
}

static void add_list(struct str *out, const char *name, const char *const *texts, size_t count)
{
    str_printf(out, "        %s = [ ", name);
    for (size_t i = 0; i < count; i++) {
        str_add(out, i ? ", " : "");
        add_quoted(out, texts[i]);
    }
    str_add(out, " ];\n");
}

static void add_text(struct str *out, const char *name, const char *text)
{
    str_printf(out, "        %s = ", name);
    add_quoted(out, text);
    str_add(out, ";\n");
}

void view_defs_write(const struct view_defs *defs, struct str *out)
{
    str_add(out, "views = (");
    for (size_t i = 0; i < defs->count; i++) {
        const struct view_def *d = &defs->items[i];
        str_add(out, i ? ",\n    {\n" : "\n    {\n");
        if (d->key[0])
            add_text(out, "key", d->key);
        add_text(out, "name", d->name);
        add_list(out, "columns", d->columns, d->column_count);
        add_list(out, "sort", d->sort, d->sort_count);
        add_text(out, "filter", d->filter);
        str_add(out, "    }");
    }
    str_add(out, "\n);\n");
}

enum status view_defs_save(const struct view_defs *defs, const char *dir, const char *path,
                           struct error *err)
{
    struct str text = STR_INIT, fresh = STR_INIT;
    str_printf(&fresh, "%s.new", path);
    view_defs_write(defs, &text);
    enum status st = paths_make_dir(dir, err);
    if (!st && text.len > CONFIG_FILE_MAX) {
        st = error_set(err, ST_CONFIG, "%s would be larger than can be read again", path);
        error_next(err, "take views away that are no longer used");
    }
    if (!st) {
        (void)unlink(str_text(&fresh)); /* what a crash left there */
        st = file_write_new(str_text(&fresh), str_text(&text), text.len, err);
    }
    if (!st && rename(str_text(&fresh), path) != 0) {
        st = error_set(err, ST_IO, "cannot write %s: %s", path, strerror(errno));
        (void)unlink(str_text(&fresh));
    }
    str_finish(&text);
    str_finish(&fresh);
    return st;
}
