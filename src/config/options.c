/* options.c: the option table as an array, and one reader a type. */
#include "config/options.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/file.h"

#include <string.h>

static const struct option_info options[OPTION_COUNT] = {
#define OPTION(id, scope, path, type, fallback, min, max, allowed, help)                           \
    {OPTION_##id, SCOPE_##scope, path, OT_##type, fallback, min, max, allowed, help},
#include "config/options.def"
#undef OPTION
};

const struct option_info *option_info(enum option id)
{
    return &options[id];
}

const struct option_info *option_find(enum option_scope scope, struct span path)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].scope == scope && span_is(path, options[i].path))
            return &options[i];
    return NULL;
}

/* The i-th word of a CHOICE row; empty when there is none. */
static struct span option_word(const struct option_info *info, int i)
{
    const char *p = info->allowed;
    for (; i > 0; i--) {
        p = strchr(p, '|');
        if (!p)
            return (struct span){NULL, 0};
        p++;
    }
    return (struct span){p, strcspn(p, "|")};
}

/* ---- what is accepted, in words ------------------------------------------------------------ */

static void expect_words(const struct option_info *info, struct str *out)
{
    str_add(out, "one of ");
    for (int i = 0; option_word(info, i).len; i++) {
        struct span word = option_word(info, i);
        str_printf(out, "%s\"%.*s\"", i ? ", " : "", (int)word.len, word.p);
    }
}

static void expect_duration(const struct option_info *info, struct str *out)
{
    str_add(out, "a duration from \"");
    quantity_seconds(out, info->min);
    str_add(out, "\" to \"");
    quantity_seconds(out, info->max);
    str_add(out, "\"");
}

static void expect_int(const struct option_info *info, struct str *out)
{
    str_printf(out, "a whole number from %lld to %lld (%s)", (long long)info->min,
               (long long)info->max, info->allowed);
}

void option_expects(const struct option_info *info, struct str *out)
{
    switch (info->type) {
    case OT_BOOL:
        str_add(out, "true or false");
        break;
    case OT_INT:
        expect_int(info, out);
        break;
    case OT_DURATION:
        expect_duration(info, out);
        break;
    case OT_CHOICE:
        expect_words(info, out);
        break;
    case OT_LIST:
        str_printf(out, "texts in brackets, as [ \"a\", \"b\" ] (%s)", info->allowed);
        break;
    case OT_PATH:
        str_add(out, "a path in quotes that begins with / or ~/");
        break;
    case OT_TEXT:
        str_printf(out, "a text in quotes (%s)", info->allowed);
        break;
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reading {
    const struct option_info *info;
    const struct config_setting_t *setting;
    const char *home;
    struct arena *mem;
    struct option_value *out;
};

/* A text must be fit to be shown as it is: whoever hides an escape in a label hides more. */
static bool printable(const char *text)
{
    struct str safe = STR_INIT;
    text_safe_z(&safe, text, 0);
    bool same = strcmp(str_text(&safe), text) == 0;
    str_finish(&safe);
    return same;
}

static bool read_text(const struct reading *r)
{
    const char *text = config_setting_get_string(r->setting);
    if (!text || !printable(text))
        return false;
    size_t len = strlen(text);
    if (len > (size_t)r->info->max || (int64_t)len < r->info->min)
        return false;
    r->out->text = arena_dup(r->mem, span_of(text)).p;
    return true;
}

static bool read_path(const struct reading *r)
{
    const char *text = config_setting_get_string(r->setting);
    if (!text || !printable(text) || strlen(text) > (size_t)r->info->max)
        return false;
    if (strncmp(text, "~/", 2) == 0 && r->home) {
        struct str full = STR_INIT;
        str_printf(&full, "%s%s", r->home, text + 1);
        r->out->text = arena_dup(r->mem, span_from(&full)).p;
        str_finish(&full);
        return true;
    }
    if (*text && *text != '/' && strncmp(text, "~/", 2) != 0)
        return false;
    r->out->text = arena_dup(r->mem, span_of(text)).p;
    return true;
}

static bool read_choice(const struct reading *r)
{
    const char *text = config_setting_get_string(r->setting);
    for (int i = 0; text && option_word(r->info, i).len; i++) {
        if (!span_is(option_word(r->info, i), text))
            continue;
        r->out->i = i;
        r->out->text = arena_dup(r->mem, span_of(text)).p;
        return true;
    }
    return false;
}

static bool read_int(const struct reading *r)
{
    if (config_setting_type(r->setting) != CONFIG_TYPE_INT)
        return false;
    int64_t n = config_setting_get_int(r->setting);
    if (n < r->info->min || n > r->info->max)
        return false;
    r->out->i = n;
    return true;
}

static bool read_duration(const struct reading *r)
{
    int64_t seconds = 0;
    const char *text = config_setting_get_string(r->setting);
    if (config_setting_type(r->setting) == CONFIG_TYPE_INT)
        seconds = config_setting_get_int(r->setting);
    else if (!text || quantity_parse_seconds(text, strlen(text), &seconds, NULL) != ST_OK)
        return false;
    if (seconds < r->info->min || seconds > r->info->max)
        return false;
    r->out->i = seconds * 1000;
    return true;
}

static bool read_bool(const struct reading *r)
{
    if (config_setting_type(r->setting) != CONFIG_TYPE_BOOL)
        return false;
    r->out->i = config_setting_get_bool(r->setting) != 0;
    return true;
}

static bool read_list(const struct reading *r)
{
    int type = config_setting_type(r->setting);
    if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
        return false;
    int n = config_setting_length(r->setting);
    if (n > r->info->max)
        return false;
    const char **list = arena_alloc(r->mem, ((size_t)n + 1) * sizeof *list);
    for (int i = 0; i < n; i++) {
        const char *text = config_setting_get_string_elem(r->setting, i);
        if (!text || !*text || !printable(text))
            return false;
        list[i] = arena_dup(r->mem, span_of(text)).p;
    }
    list[n] = NULL;
    r->out->list = list;
    r->out->count = (size_t)n;
    return true;
}

static bool (*const readers[])(const struct reading *) = {
    [OT_TEXT] = read_text,         [OT_BOOL] = read_bool,     [OT_INT] = read_int,
    [OT_DURATION] = read_duration, [OT_CHOICE] = read_choice, [OT_LIST] = read_list,
    [OT_PATH] = read_path,
};

/* Appends what was found instead, in a few words. */
static void show_found(const struct config_setting_t *setting, struct str *out)
{
    const char *text = config_setting_get_string(setting);
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        str_printf(out, "\"%.60s\"", text ? text : "");
        break;
    case CONFIG_TYPE_INT:
        str_printf(out, "%d", config_setting_get_int(setting));
        break;
    case CONFIG_TYPE_INT64:
        str_printf(out, "%lld", config_setting_get_int64(setting));
        break;
    case CONFIG_TYPE_FLOAT:
        str_printf(out, "%g", config_setting_get_float(setting));
        break;
    case CONFIG_TYPE_BOOL:
        str_add(out, config_setting_get_bool(setting) ? "true" : "false");
        break;
    case CONFIG_TYPE_GROUP:
        str_add(out, "a group { }");
        break;
    default:
        str_printf(out, "a list of %d", config_setting_length(setting));
    }
}

enum status option_read(const struct option_info *info, const struct config_setting_t *setting,
                        const char *home, struct arena *mem, struct option_value *out,
                        struct error *err)
{
    struct option_value value = {.set = true};
    struct reading r = {info, setting, home, mem, &value};
    if (readers[info->type](&r)) {
        *out = value;
        return ST_OK;
    }
    struct str expects = STR_INIT, found = STR_INIT;
    option_expects(info, &expects);
    show_found(setting, &found);
    error_set(err, ST_CONFIG, "%s is to be %s, not %s", info->path, str_text(&expects),
              str_text(&found));
    str_finish(&expects);
    str_finish(&found);
    return ST_CONFIG;
}

void option_defaults(struct option_value *values, struct arena *mem)
{
    struct str text = STR_INIT;
    struct config_t tree;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        str_printf(&text, "v%zu = %s;\n", i, options[i].fallback);
    config_init(&tree);
    /* The table is ours; a default that cannot be read is found by the unit test of every row. */
    if (file_parse(&tree, "options.def", str_text(&text), text.len, NULL) == ST_OK)
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            char name[16];
            str_clear(&text);
            str_printf(&text, "v%zu", i);
            strncpy(name, str_text(&text), sizeof name - 1);
            name[sizeof name - 1] = '\0';
            memset(&values[i], 0, sizeof values[i]);
            (void)option_read(&options[i], config_lookup(&tree, name), NULL, mem, &values[i], NULL);
            values[i].set = false;
        }
    config_destroy(&tree);
    str_finish(&text);
}
