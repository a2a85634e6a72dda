/* config_files.c: see config_files.h. */
#include "cli/config_files.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/config_meaning.h"
#include "cli/view_names.h"
#include "config/problems.h"
#include "keys/keymap.h"
#include "theme/theme_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- each kind ----------------------------------------------------------------------------- */

static void check_keys(const char *path, struct str *problems)
{
    struct keymap *map = keymap_create();
    struct error err;
    keymap_load_default(map, &err);
    keymap_load_file(map, path, problems, &err);
    keymap_destroy(map);
}

static void check_theme(const char *path, struct str *problems)
{
    struct problems p = {path, problems, NULL, 0};
    struct style styles[ROLE_COUNT];
    struct str text = STR_INIT;
    struct error err;
    if (problems_read(&p, &text) == ST_OK)
        theme_parse(styles, str_text(&text), text.len, path, NULL, problems, &err);
    str_finish(&text);
}

static void check_views(const char *path, struct str *problems)
{
    struct named_columns columns;
    struct view_defs defs;
    struct error err;
    named_columns_init(&columns);
    view_defs_init(&defs);
    view_defs_read(&defs, path, problems, &err);
    for (size_t i = 0; i < defs.count; i++) {
        const struct column *found[VIEW_COLUMNS_MAX];
        struct sort sort;
        view_def_resolve(&defs.items[i], path, columns.set, found, &sort, problems, &err);
    }
    view_defs_finish(&defs);
    named_columns_finish(&columns);
}

typedef void check_fn(const char *path, struct str *problems);

/* ---- all of them --------------------------------------------------------------------------- */

static bool look(const char *path, check_fn *check, config_file_fn *fn, void *ctx)
{
    struct str problems = STR_INIT;
    check(path, &problems);
    bool holds = problems.len == 0;
    fn(ctx, path, str_text(&problems));
    str_finish(&problems);
    return holds;
}

static bool look_if_there(const char *dir, const char *name, check_fn *check, config_file_fn *fn,
                          void *ctx)
{
    char *path = paths_join(dir, name);
    bool holds = access(path, F_OK) < 0 || look(path, check, fn, ctx);
    mem_free(path);
    return holds;
}

/* What the console takes for a theme. */
static int is_theme(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return e->d_name[0] != '.' && len > 4 && strcmp(e->d_name + len - 4, ".cfg") == 0;
}

static bool look_themes(const struct paths *paths, config_file_fn *fn, void *ctx)
{
    char *dir = paths_join(paths->config_dir, "themes");
    struct dirent **list = NULL;
    int count = scandir(dir, &list, is_theme, alphasort);
    bool hold = true;
    for (int i = 0; i < count; i++) {
        hold &= look_if_there(dir, list[i]->d_name, check_theme, fn, ctx);
        free(list[i]);
    }
    free(list);
    mem_free(dir);
    return hold;
}

bool config_files(const struct paths *paths, config_file_fn *fn, void *ctx)
{
    bool keys = look_if_there(paths->config_dir, "keys.cfg", check_keys, fn, ctx);
    bool themes = look_themes(paths, fn, ctx);
    bool views = look_if_there(paths->state_dir, "views.cfg", check_views, fn, ctx);
    return keys && themes && views;
}

/* ---- one, by its name ---------------------------------------------------------------------- */

static check_fn *check_for(const char *path)
{
    static const struct {
        const char *name;
        check_fn *check;
    } by_name[] = {{"keys.cfg", check_keys}, {"views.cfg", check_views}};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < ARRAY_LEN(by_name); i++)
        if (strcmp(name, by_name[i].name) == 0)
            return by_name[i].check;
    static const char folder[] = "themes";
    size_t len = slash ? (size_t)(slash - path) : 0, want = sizeof folder - 1;
    bool in_themes = len >= want && strncmp(slash - want, folder, want) == 0 &&
                     (len == want || slash[-(long)want - 1] == '/');
    return in_themes ? check_theme : NULL;
}

bool config_file(const char *path, bool *known, config_file_fn *fn, void *ctx)
{
    check_fn *check = check_for(path);
    *known = check != NULL;
    if (!check)
        return false;
    if (access(path, F_OK) == 0)
        return look(path, check, fn, ctx);
    struct str line = STR_INIT;
    str_printf(&line, "%s: %s\n", path, strerror(errno));
    fn(ctx, path, str_text(&line));
    str_finish(&line);
    return false;
}
