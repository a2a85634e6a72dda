/* config_meaning.c: see config_meaning.h.
 *
 * While it runs, paddock falls back (a theme to the default, a group to the provider) or refuses (a
 * URL, a filter), where it comes to the value. Here all of it is found at once. */
#include "cli/config_meaning.h"

#include "api/api.h"
#include "base/mem.h"
#include "base/when.h"
#include "config/embedded.h"
#include "model/field.h"
#include "model/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct look {
    const struct config *config;
    const char *config_dir;
    struct column_set *columns; /* (borrowed) */
    config_meaning_fn *fn;
    void *ctx;
    size_t found;
};

static void found(struct look *l, const struct option_value *value, const char *what)
{
    l->found++;
    l->fn(l->ctx, value, what);
}

/* ---- the options of all -------------------------------------------------------------------- */

static void look_theme(struct look *l, const struct option_value *value)
{
    char path[300];
    snprintf(path, sizeof path, "themes/%.80s.cfg", value->text);
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strcmp(e->path, path) == 0)
            return;
    char *own = paths_join(l->config_dir, path);
    bool there = access(own, F_OK) == 0;
    mem_free(own);
    if (there)
        return;
    snprintf(path, sizeof path,
             "there is no theme \"%.80s\": neither among paddock's own nor in %.100s/themes",
             value->text, l->config_dir);
    found(l, value, path);
}

static void look_group_by(struct look *l, const struct option_value *value)
{
    static const char tag[] = "tag:";
    char what[200];
    const struct column *column = column_find(l->columns, span_of(value->text));
    if (strncmp(value->text, tag, sizeof tag - 1) == 0 && value->text[sizeof tag - 1])
        return;
    if (column && !(field_info(column->like)->flags & FF_SECRET))
        return;
    snprintf(what, sizeof what,
             column ? "monitor.group_by: \"%.80s\" is masked, and no group is made by it"
                    : "monitor.group_by is to be a column, or tag:KEY, not \"%.80s\"",
             value->text);
    found(l, value, what);
}

static void look_residency(struct look *l, const struct option_value *value)
{
    char what[200];
    for (size_t i = 0; i < value->count; i++) {
        const char *is = strchr(value->list[i], '=');
        if (is && is > value->list[i] && is[1])
            continue;
        snprintf(what, sizeof what,
                 "lint.residency: \"%.80s\" is not RESIDENCY=REGION,REGION*, such as "
                 "\"EU=westeurope,eu-*\"",
                 value->list[i]);
        found(l, value, what);
    }
}

static const struct {
    enum option option;
    void (*look)(struct look *l, const struct option_value *value);
} of_all[] = {
    {OPTION_UI_THEME, look_theme},
    {OPTION_MONITOR_GROUP_BY, look_group_by},
    {OPTION_LINT_RESIDENCY, look_residency},
};

/* ---- profiles, alerts ---------------------------------------------------------------------- */

static const enum option files[] = {
    OPTION_CA_FILE,
    OPTION_CLIENT_CERT,
    OPTION_CLIENT_KEY,
    OPTION_PROXY_CA_FILE,
    OPTION_PROMETHEUS_CA_FILE,
    OPTION_PROMETHEUS_CLIENT_CERT,
    OPTION_PROMETHEUS_CLIENT_KEY,
};

static bool can_run(const char *path)
{
    struct stat st;
    if (access(path, X_OK) < 0 || stat(path, &st) < 0)
        return false;
    errno = EACCES;
    return S_ISREG(st.st_mode);
}

/* As it is looked for when it is run: a name without a slash in PATH. */
static bool is_program(const char *name)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/') || !path)
        return can_run(name);
    for (const char *end; *path; path = *end ? end + 1 : end) {
        end = path + strcspn(path, ":");
        struct str file = STR_INIT;
        str_append(&file, path, (size_t)(end - path));
        str_printf(&file, "%s%s", file.len ? "/" : "", name);
        bool there = can_run(str_text(&file));
        str_finish(&file);
        if (there)
            return true;
    }
    errno = ENOENT;
    return false;
}

/* A command that would not start is found now, and not in the night that needs it. */
static void look_command(struct look *l, const char *of, const char *name,
                         const struct option_value *command, const char *option)
{
    if (!command->count || is_program(command->list[0]))
        return;
    struct str what = STR_INIT;
    str_printf(&what, "%s %s: %s: \"%s\" cannot be run: %s", of, name, option, command->list[0],
               strerror(errno));
    found(l, command, str_text(&what));
    str_finish(&what);
}

static void look_profile(struct look *l, size_t i)
{
    const struct option_value *v = config_profile_option(l->config, i, (enum option)0);
    const char *name = config_profile_name(l->config, i);
    struct str what = STR_INIT, origin = STR_INIT;
    struct error err = {0};
    /* What is no URL at all was said by the reader. */
    if (*v[OPTION_URL].text && url_origin(v[OPTION_URL].text, &origin, NULL) == ST_OK &&
        api_url_check(v[OPTION_URL].text, v[OPTION_ALLOW_HTTP].i != 0, NULL, &err) != ST_OK) {
        str_printf(&what, "profile %s: %s%s%s", name, err.what, *err.next ? "; " : "", err.next);
        found(l, &v[OPTION_URL], str_text(&what));
    }
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        const struct option_value *file = &v[files[f]];
        if (!*file->text || access(file->text, R_OK) == 0)
            continue;
        str_clear(&what);
        str_printf(&what, "profile %s: %s = \"%s\" cannot be read: %s", name,
                   option_info(files[f])->path, file->text, strerror(errno));
        found(l, file, str_text(&what));
    }
    look_command(l, "profile", name, &v[OPTION_TOKEN_COMMAND], "token_command");
    str_finish(&what);
    str_finish(&origin);
}

static void look_alert(struct look *l, size_t i)
{
    const struct option_value *when =
        config_entry_option(l->config, SCOPE_ALERT, i, OPTION_ALERT_WHEN);
    struct clock clock = clock_system();
    struct filter *filter = NULL;
    struct error err = {0};
    if (*when->text && filter_parse(l->columns, span_of(when->text), clock_wall(&clock), &filter,
                                    NULL, &err) != ST_OK) {
        struct str what = STR_INIT;
        str_printf(&what, "alert %s: when = \"%s\": %s",
                   config_entry_name(l->config, SCOPE_ALERT, i), when->text, err.what);
        found(l, when, str_text(&what));
        str_finish(&what);
    }
    filter_destroy(filter);
    look_command(l, "alert", config_entry_name(l->config, SCOPE_ALERT, i),
                 config_entry_option(l->config, SCOPE_ALERT, i, OPTION_ALERT_COMMAND), "command");
}

void named_columns_init(struct named_columns *c)
{
    *c = (struct named_columns){.set = column_set_create()};
    judges_add(c->set, &c->health, &c->problem);
    monitor_add_columns(c->set, &c->none);
}

void named_columns_finish(struct named_columns *c)
{
    column_set_destroy(c->set);
}

size_t config_meaning(const struct config *config, const char *config_dir, config_meaning_fn *fn,
                      void *ctx)
{
    struct look l = {.config = config, .config_dir = config_dir, .fn = fn, .ctx = ctx};
    struct named_columns columns;
    named_columns_init(&columns);
    l.columns = columns.set;
    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++) {
        const struct option_value *value = config_option(config, of_all[i].option);
        if (value->file)
            of_all[i].look(&l, value);
    }
    for (size_t i = 0; i < config_profile_count(config); i++)
        look_profile(&l, i);
    for (size_t i = 0; i < config_entry_count(config, SCOPE_ALERT); i++)
        look_alert(&l, i);
    named_columns_finish(&columns);
    return l.found;
}
