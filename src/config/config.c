/* config.c: two files into one set of options, with everything that is wrong in them.
 *
 * All problems are collected, not only the first: somebody who repairs a file wants to see them at
 * once. A wrong option keeps its default, so that `config check` and `doctor` can still run. */
#include "config/config.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/vec.h"
#include "config/file.h"
#include "config/options.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name; /* in mem */
    struct option_value v[OPTION_COUNT];
};

/* Groups that the operator names: profiles, alerts. */
struct entries {
    struct entry *list; /* owned */
    size_t count, room;
};

struct config {
    struct arena mem;
    struct option_value top[OPTION_COUNT];
    struct option_value defaults[OPTION_COUNT];
    struct entries entries[SCOPE_COUNT]; /* by scope; none for SCOPE_TOP */
    struct config_problem *problems;     /* owned; texts in mem */
    size_t problem_count, problem_room;
    bool found;
    char *user_file;  /* owned */
    const char *home; /* (borrowed) while loading */
};

static void add_problem(struct config *config, const char *file, int line, const char *text)
{
    VEC_ROOM(config->problems, config->problem_count, config->problem_room);
    config->problems[config->problem_count++] =
        (struct config_problem){file, line, arena_dup(&config->mem, span_of(text)).p};
}

/* ---- one file ------------------------------------------------------------------------------ */

struct load {
    struct config *config;
    const char *file; /* in mem */
};

static void read_option(struct load *load, const struct option_info *info,
                        struct config_setting_t *setting, struct option_value *values)
{
    struct error err = {0};
    int line = (int)config_setting_source_line(setting);
    struct option_value *value = &values[info->id];
    if (option_read(info, setting, load->config->home, &load->config->mem, value, &err) != ST_OK) {
        add_problem(load->config, load->file, line, err.what);
        return;
    }
    value->file = load->file;
    value->line = line;
}

/* The part of a path below `group` ("ui" of "ui.theme": "theme"); NULL when it is not below it. */
static const char *below(const char *path, const char *group)
{
    size_t len = strlen(group);
    if (len == 0)
        return path;
    return strncmp(path, group, len) == 0 && path[len] == '.' ? path + len + 1 : NULL;
}

/* The name that stands in the file at this level: the first part of what is below. */
static const char *level_name(struct str *buf, const char *path, const char *group)
{
    const char *rest = below(path, group);
    if (!rest)
        return NULL;
    str_clear(buf);
    str_append(buf, rest, strcspn(rest, "."));
    return str_text(buf);
}

static void unknown_option(struct load *load, enum option_scope scope, const char *group,
                           struct config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    struct near near = {span_of(name), NULL, 0};
    struct str allowed = STR_INIT, text = STR_INIT, part = STR_INIT;
    struct arena *mem = &load->config->mem;
    const char *last = "";
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        const char *here = info->scope == scope ? level_name(&part, info->path, group) : NULL;
        if (!here || strcmp(here, last) == 0)
            continue;
        last = arena_dup(mem, span_of(here)).p;
        near_offer(&near, last);
        str_printf(&allowed, "%s%s", allowed.len ? ", " : "", last);
    }
    for (int i = SCOPE_TOP + 1; scope == SCOPE_TOP && !*group && i < SCOPE_COUNT; i++) {
        near_offer(&near, config_scope((enum option_scope)i)->group);
        str_printf(&allowed, ", %s", config_scope((enum option_scope)i)->group);
    }
    str_printf(&text, "unknown option \"%s%s%.80s\"", group, *group ? "." : "", name);
    if (near.best)
        str_printf(&text, ": did you mean \"%s\"?", near.best);
    str_printf(&text, "%s allowed here: %s", near.best ? "" : ";", str_text(&allowed));
    add_problem(load->config, load->file, (int)config_setting_source_line(setting),
                str_text(&text));
    str_finish(&allowed);
    str_finish(&text);
    str_finish(&part);
}

static void read_group(struct load *load, enum option_scope scope, const char *group,
                       struct config_setting_t *setting, struct option_value *values)
{
    struct str path = STR_INIT;
    for (int i = 0; i < config_setting_length(setting); i++) {
        struct config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
        str_clear(&path);
        str_printf(&path, "%s%s%s", group, *group ? "." : "", config_setting_name(member));
        const struct option_info *info = option_find(scope, span_from(&path));
        if (info)
            read_option(load, info, member, values);
        else
            unknown_option(load, scope, group, member);
    }
    str_finish(&path);
}

/* token_command and token_file at once would leave it to chance which one counts. */
static void check_profile(struct load *load, const struct entry *p, int line)
{
    struct str text = STR_INIT;
    const char *wrong = NULL;
    const struct option_value *v = p->v;
    if (v[OPTION_TOKEN_COMMAND].count && *v[OPTION_TOKEN_FILE].text)
        wrong = "has both token_command and token_file: keep one";
    else if (*v[OPTION_CLIENT_KEY].text && !*v[OPTION_CLIENT_CERT].text)
        wrong = "has a client_key without a client_cert";
    else if (v[OPTION_URL].set && *v[OPTION_URL].text) {
        struct str origin = STR_INIT;
        struct error err = {0};
        if (url_origin(v[OPTION_URL].text, &origin, &err) != ST_OK) {
            str_printf(&text, "profile %s: %s", p->name, err.what);
            add_problem(load->config, load->file, v[OPTION_URL].line, str_text(&text));
            str_clear(&text);
        }
        str_finish(&origin);
    }
    if (wrong) {
        str_printf(&text, "profile %s %s", p->name, wrong);
        add_problem(load->config, load->file, line, str_text(&text));
    }
    str_finish(&text);
}

static void check_alert(struct load *load, const struct entry *a, int line)
{
    struct str text = STR_INIT;
    if (!*a->v[OPTION_ALERT_WHEN].text) {
        str_printf(&text, "alert %s has no condition: when = \"eom>100\";", a->name);
        add_problem(load->config, load->file, line, str_text(&text));
    }
    str_finish(&text);
}

/* One of the same name is taken as a whole. */
static struct entry *entry_place(struct config *config, enum option_scope scope, const char *name)
{
    struct entries *e = &config->entries[scope];
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->list[i].name, name) == 0)
            return &e->list[i];
    VEC_ROOM(e->list, e->count, e->room);
    struct entry *p = &e->list[e->count++];
    p->name = arena_dup(&config->mem, span_of(name)).p;
    return p;
}

static void not_a_group(struct load *load, int line, const char *what, const char *sample)
{
    struct str text = STR_INIT;
    str_printf(&text, "%s to be a group: %s", what, sample);
    add_problem(load->config, load->file, line, str_text(&text));
    str_finish(&text);
}

static void read_entries(struct load *load, enum option_scope scope,
                         struct config_setting_t *setting)
{
    static void (*const checks[SCOPE_COUNT])(struct load *, const struct entry *, int) = {
        [SCOPE_PROFILE] = check_profile, [SCOPE_ALERT] = check_alert};
    const struct scope_info *info = config_scope(scope);
    struct str what = STR_INIT, sample = STR_INIT;
    int line = (int)config_setting_source_line(setting);
    str_printf(&what, "%s is", info->group);
    str_printf(&sample, "%s: { %s };", info->group, info->sample);
    if (config_setting_type(setting) != CONFIG_TYPE_GROUP)
        not_a_group(load, line, str_text(&what), str_text(&sample));
    str_clear(&what);
    str_printf(&what, "%s is", info->one);
    for (int i = 0;
         config_setting_type(setting) == CONFIG_TYPE_GROUP && i < config_setting_length(setting);
         i++) {
        struct config_setting_t *one = config_setting_get_elem(setting, (unsigned)i);
        line = (int)config_setting_source_line(one);
        if (config_setting_type(one) != CONFIG_TYPE_GROUP) {
            not_a_group(load, line, str_text(&what), info->sample);
            continue;
        }
        struct entry *p = entry_place(load->config, scope, config_setting_name(one));
        memcpy(p->v, load->config->defaults, sizeof p->v);
        read_group(load, scope, "", one, p->v);
        checks[scope](load, p, line);
    }
    str_finish(&what);
    str_finish(&sample);
}

/* The scope whose entries stand in that group; SCOPE_TOP: none. */
static enum option_scope scope_of(const char *group)
{
    for (int i = SCOPE_TOP + 1; i < SCOPE_COUNT; i++) {
        if (strcmp(config_scope((enum option_scope)i)->group, group) == 0)
            return (enum option_scope)i;
    }
    return SCOPE_TOP;
}

static bool is_group_of_table(const char *name)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        if (info->scope == SCOPE_TOP && below(info->path, name))
            return true;
    }
    return false;
}

static void read_root(struct load *load, struct config_setting_t *root)
{
    for (int i = 0; i < config_setting_length(root); i++) {
        struct config_setting_t *member = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(member);
        const struct option_info *info = option_find(SCOPE_TOP, span_of(name));
        if (info) {
            read_option(load, info, member, load->config->top);
        } else if (scope_of(name) != SCOPE_TOP) {
            read_entries(load, scope_of(name), member);
        } else if (!is_group_of_table(name)) {
            unknown_option(load, SCOPE_TOP, "", member);
        } else if (config_setting_type(member) != CONFIG_TYPE_GROUP) {
            struct str text = STR_INIT;
            str_printf(&text, "%s is a group of options: %s: { ... };", name, name);
            add_problem(load->config, load->file, (int)config_setting_source_line(member),
                        str_text(&text));
            str_finish(&text);
        } else {
            read_group(load, SCOPE_TOP, name, member, load->config->top);
        }
    }
}

/* err->what begins with "file:line: "; split again, so that all problems look alike. */
static void parse_problem(struct config *config, const char *file, const struct error *err)
{
    size_t len = strlen(file);
    const char *what = err->what;
    int line = 0;
    if (strncmp(what, file, len) == 0 && what[len] == ':') {
        char *end;
        long n = strtol(what + len + 1, &end, 10);
        if (end > what + len + 1 && *end == ':') {
            line = (int)n;
            what = end + 1;
        }
    }
    add_problem(config, file, line, what + strspn(what, " "));
}

static void load_text(struct config *config, const char *name, const char *text, size_t len)
{
    struct config_t tree;
    struct error err = {0};
    struct load load = {config, arena_dup(&config->mem, span_of(name)).p};
    config_init(&tree);
    if (file_parse(&tree, load.file, text, len, &err) == ST_OK)
        read_root(&load, config_root_setting(&tree));
    else
        parse_problem(config, load.file, &err);
    config_destroy(&tree);
    config->found = true;
}

static void load_file(struct config *config, const char *path, bool required)
{
    struct str text = STR_INIT;
    struct error err = {0};
    enum status st = file_read_checked(path, CONFIG_FILE_MAX, &text, &err);
    if (st == ST_OK) {
        load_text(config, path, str_text(&text), text.len);
    } else if (st != ST_NOT_FOUND || required) {
        struct str what = STR_INIT;
        str_printf(&what, "%s%s%s", err.what, *err.next ? "; " : "", err.next);
        add_problem(config, arena_dup(&config->mem, span_of(path)).p, 0, str_text(&what));
        str_finish(&what);
    }
    str_finish(&text);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static struct config *config_create(void)
{
    struct config *config = mem_calloc(1, sizeof *config);
    arena_init(&config->mem);
    option_defaults(config->defaults, &config->mem);
    memcpy(config->top, config->defaults, sizeof config->top);
    config->user_file = mem_strdup("");
    return config;
}

/* The default profile is checked here, once all files have been read. */
static void check_whole(struct config *config)
{
    const struct option_value *v = &config->top[OPTION_PROFILE];
    struct near near = {span_of(v->text), NULL, 0};
    if (!*v->text)
        return;
    for (size_t i = 0; i < config_profile_count(config); i++) {
        if (strcmp(config_profile_name(config, i), v->text) == 0)
            return;
        near_offer(&near, config_profile_name(config, i));
    }
    struct str text = STR_INIT;
    str_printf(&text, "profile \"%s\" is not among the profiles", v->text);
    if (near.best)
        str_printf(&text, ": did you mean \"%s\"?", near.best);
    add_problem(config, v->file ? v->file : "", v->line, str_text(&text));
    str_finish(&text);
}

static enum status first_problem(const struct config *config, struct error *err)
{
    if (config->problem_count == 0)
        return ST_OK;
    const struct config_problem *p = &config->problems[0];
    if (p->line)
        error_set(err, ST_CONFIG, "%s:%d: %s", p->file, p->line, p->text);
    else
        error_set(err, ST_CONFIG, "%s", p->text);
    error_next(err, "paddock config check shows all that is wrong");
    return ST_CONFIG;
}

enum status config_load(const struct config_sources *sources, struct config **out,
                        struct error *err)
{
    struct config *config = config_create();
    *out = config;
    const char *system = sources->system_file ? sources->system_file : PATHS_SYSTEM_CONFIG;
    config->home = sources->paths ? sources->paths->home : NULL;
    if (*system)
        load_file(config, system, false);
    if (sources->file || sources->paths) {
        mem_free(config->user_file);
        config->user_file = sources->file ? mem_strdup(sources->file)
                                          : paths_join(sources->paths->config_dir, "paddock.cfg");
        load_file(config, config->user_file, sources->file != NULL);
    }
    config->home = NULL;
    check_whole(config);
    return first_problem(config, err);
}

enum status config_load_text(const char *name, const char *text, size_t len, struct config **out,
                             struct error *err)
{
    struct config *config = config_create();
    *out = config;
    load_text(config, name, text, len);
    check_whole(config);
    return first_problem(config, err);
}

void config_unload(struct config *config)
{
    if (!config)
        return;
    for (int i = 0; i < SCOPE_COUNT; i++)
        mem_free(config->entries[i].list);
    mem_free(config->problems);
    mem_free(config->user_file);
    arena_finish(&config->mem);
    mem_free(config);
}

size_t config_problem_count(const struct config *config)
{
    return config->problem_count;
}

struct config_problem config_problem(const struct config *config, size_t i)
{
    return config->problems[i];
}

bool config_found(const struct config *config)
{
    return config->found;
}

const char *config_user_file(const struct config *config)
{
    return config->user_file;
}

const struct option_value *config_option(const struct config *config, enum option id)
{
    return &config->top[id];
}

const char *config_text(const struct config *config, enum option id)
{
    return config->top[id].text ? config->top[id].text : "";
}

int64_t config_int(const struct config *config, enum option id)
{
    return config->top[id].i;
}

bool config_bool(const struct config *config, enum option id)
{
    return config->top[id].i != 0;
}

const char *const *config_list(const struct config *config, enum option id)
{
    static const char *const none[] = {NULL};
    return config->top[id].list ? config->top[id].list : none;
}

const struct scope_info *config_scope(enum option_scope scope)
{
    static const struct scope_info scopes[SCOPE_COUNT] = {
        [SCOPE_TOP] = {"", "", "", "", "", ""},
        [SCOPE_PROFILE] = {"profiles", "a profile", "prod: { url = \"https://...\"; };", "prod",
                           "One profile for each server and organisation. Take the # away from "
                           "what you need.",
                           "PROFILE"},
        [SCOPE_ALERT] = {"alerts", "an alert", "quota: { when = \"eom>100\"; };", "quota",
                         "One alert for each condition. It is told in the console and by `paddock "
                         "watch`.",
                         "ALERT"},
    };
    return &scopes[scope];
}

size_t config_entry_count(const struct config *config, enum option_scope scope)
{
    return config->entries[scope].count;
}

const char *config_entry_name(const struct config *config, enum option_scope scope, size_t i)
{
    return config->entries[scope].list[i].name;
}

const struct option_value *config_entry_option(const struct config *config, enum option_scope scope,
                                               size_t i, enum option id)
{
    return &config->entries[scope].list[i].v[id];
}

size_t config_profile_count(const struct config *config)
{
    return config_entry_count(config, SCOPE_PROFILE);
}

const char *config_profile_name(const struct config *config, size_t i)
{
    return config_entry_name(config, SCOPE_PROFILE, i);
}

const struct option_value *config_profile_option(const struct config *config, size_t i,
                                                 enum option id)
{
    return config_entry_option(config, SCOPE_PROFILE, i, id);
}
