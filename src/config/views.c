/* views.c: see views.h. */
#include "config/views.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/file.h"
#include "config/paths.h"
#include "config/problems.h"

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

static enum status wrong(struct problems *p, const config_setting_t *at, const char *what,
                         const char *allowed)
{
    return problem_at(p, config_setting_source_line(at), what, NULL, allowed);
}

static enum status take_text(struct problems *p, const config_setting_t *s, const char **out)
{
    const char *text = config_setting_get_string(s);
    if (!text)
        return wrong(p, s, "a text in quotes belongs here", NULL);
    if (!text_is_utf8(text, strlen(text)))
        return wrong(p, s, "the text is not UTF-8", NULL);
    *out = text;
    return ST_OK;
}

static enum status take_list(struct problems *p, const config_setting_t *s, const char **out,
                             size_t max, size_t *count)
{
    if (!config_setting_is_array(s) && !config_setting_is_list(s))
        return wrong(p, s, "a list of texts belongs here", "[ \"name\", \"status\" ]");
    *count = 0;
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
        if (*count == max)
            return wrong(p, e, max == VIEW_SORT_MAX ? "at most 3 columns sort" : "too many columns",
                         NULL);
        if (take_text(p, e, &out[*count]))
            return ST_CONFIG;
        ++*count;
    }
    return ST_OK;
}

static enum status take_member(struct problems *p, const config_setting_t *s, struct view_def *def)
{
    const struct {
        const char *name, **text, **list;
        size_t max, *count;
    } members[] = {{"name", &def->name, NULL, 0, NULL},
                   {"columns", NULL, def->columns, VIEW_COLUMNS_MAX, &def->column_count},
                   {"sort", NULL, def->sort, VIEW_SORT_MAX, &def->sort_count},
                   {"filter", &def->filter, NULL, 0, NULL},
                   {"key", &def->key, NULL, 0, NULL}};
    struct near near = {span_of(config_setting_name(s)), NULL, 0};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (!span_is(near.typed, members[i].name))
            near_offer(&near, members[i].name);
        else if (members[i].text)
            return take_text(p, s, members[i].text);
        else
            return take_list(p, s, members[i].list, members[i].max, members[i].count);
    }
    return problem_name(p, config_setting_source_line(s), "nothing that a view has:", &near,
                        "a view has name, columns, sort, filter");
}

/* Everything that is wrong in it is noted. */
static void take_view(struct problems *p, const config_setting_t *s, struct view_def *def)
{
    size_t before = p->count;
    *def = (struct view_def){.name = "", .filter = "", .key = ""};
    def->line = (int)config_setting_source_line(s);
    if (!config_setting_is_group(s)) {
        wrong(p, s, "a view belongs here", "{ name = \"...\"; columns = [ ... ]; }");
        return;
    }
    for (int i = 0; i < config_setting_length(s); i++)
        take_member(p, config_setting_get_elem(s, (unsigned)i), def);
    if (p->count > before)
        return; /* what is missing may be what could not be read */
    if (!def->name[0] && !def->key[0])
        wrong(p, s, "a view without a name", "name = \"At risk\";");
    else if (strlen(def->name) > VIEW_NAME_MAX)
        wrong(p, s, "the name of a view has at most 40 bytes", NULL);
    else if (!def->column_count)
        wrong(p, s, "a view without columns", "columns = [ \"name\", \"status\" ];");
}

static void take_list_of_views(struct problems *p, const config_setting_t *list,
                               struct view_defs *out)
{
    for (int k = 0; k < config_setting_length(list); k++) {
        const config_setting_t *e = config_setting_get_elem(list, (unsigned)k);
        struct view_def def;
        size_t before = p->count;
        take_view(p, e, &def);
        if (p->count == before && !def.key[0] && view_defs_find(out, def.name))
            problem_at(p, (unsigned)def.line, "a second view of this name:", def.name,
                       "remove one of the two");
        if (out->count == VIEWS_MAX) {
            wrong(p, e, "too many views", "at most 200");
            return;
        }
        if (p->count == before)
            view_defs_put(out, &def);
    }
}

static void take_views(struct problems *p, const config_setting_t *root, struct view_defs *out)
{
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
        if (strcmp(config_setting_name(s), "views") != 0)
            problem_at(p, config_setting_source_line(s),
                       "nothing of this file:", config_setting_name(s),
                       "only \"views\" belongs into it");
        else if (!config_setting_is_list(s))
            wrong(p, s, "a list of views belongs here", "( { ... }, { ... } )");
        else
            take_list_of_views(p, s, out);
    }
}

enum status view_defs_parse(struct view_defs *defs, const char *name, const char *text, size_t len,
                            struct str *problems, struct error *err)
{
    config_t tree;
    struct view_defs read;
    struct problems p = {name, problems, err, 0};
    config_init(&tree);
    view_defs_init(&read);
    if (problems_parse(&p, &tree, text, len) == ST_OK)
        take_views(&p, config_root_setting(&tree), &read);
    for (size_t i = 0; !p.count && i < read.count; i++)
        view_defs_put(defs, &read.items[i]);
    view_defs_finish(&read);
    config_destroy(&tree);
    return p.count ? ST_CONFIG : ST_OK;
}

enum status view_defs_read(struct view_defs *defs, const char *path, struct str *problems,
                           struct error *err)
{
    struct problems p = {path, problems, err, 0};
    struct str text = STR_INIT;
    enum status st = problems_read(&p, &text);
    if (st == ST_OK)
        st = view_defs_parse(defs, path, str_text(&text), text.len, problems, err);
    str_finish(&text);
    return st == ST_NOT_FOUND ? ST_OK : st;
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
