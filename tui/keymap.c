/* keymap.c: see keymap.h. A list of bindings, looked through from its end, so that what was read
 * later wins; some two hundred of them, and keys come from fingers. */
#include "tui/keymap.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/embedded.h"
#include "config/file.h"

#include <string.h>

struct binding {
    int context;
    struct key key;
    enum action_id action; /* ACTION_NONE: unbound */
    unsigned file;         /* which load it came from */
};

struct keymap {
    char **contexts; /* owned; [0] is "global" */
    size_t context_count, context_room;
    struct binding *bindings;
    size_t count, room;
    unsigned files; /* loads so far */
};

struct keymap *keymap_create(void)
{
    struct keymap *map = mem_calloc(1, sizeof *map);
    VEC_ROOM(map->contexts, map->context_count, map->context_room);
    map->contexts[map->context_count++] = mem_strdup("global");
    return map;
}

void keymap_destroy(struct keymap *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->context_count; i++)
        mem_free(map->contexts[i]);
    mem_free(map->contexts);
    mem_free(map->bindings);
    mem_free(map);
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
    struct keymap *map;
    const char *file;
    struct str *problems; /* or NULL */
    struct error *err;
    bool ours; /* the compiled-in file: defines the contexts */
    size_t bad;
};

static void complain(struct reader *r, const config_setting_t *at, const char *what,
                     const char *value, const char *allowed)
{
    struct str line = STR_INIT, safe = STR_INIT;
    text_safe_z(&safe, value, 0);
    str_printf(&line, "%s:%u: %s \"%s\"", r->file, config_setting_source_line(at), what,
               str_text(&safe));
    if (!r->bad++) {
        error_set(r->err, ST_CONFIG, "%s; this binding is left out", str_text(&line));
        error_next(r->err, "%s", allowed);
    }
    if (r->problems)
        str_printf(r->problems, "%s: %s\n", str_text(&line), allowed);
    str_finish(&line);
    str_finish(&safe);
}

static int find_context(const struct keymap *map, const char *name)
{
    for (size_t i = 0; i < map->context_count; i++)
        if (strcmp(map->contexts[i], name) == 0)
            return (int)i;
    return -1;
}

static int add_context(struct keymap *map, const char *name)
{
    VEC_ROOM(map->contexts, map->context_count, map->context_room);
    map->contexts[map->context_count] = mem_strdup(name);
    return (int)map->context_count++;
}

static bool is_nothing(const char *action)
{
    return strcmp(action, "none") == 0 || strcmp(action, "<disabled>") == 0;
}

static struct binding *find_binding(const struct keymap *map, int context, const struct key *key)
{
    for (size_t i = map->count; i-- > 0;)
        if (map->bindings[i].context == context && key_same(&map->bindings[i].key, key))
            return &map->bindings[i];
    return NULL;
}

/* One pair. A key that stands twice in one file with two meanings is a slip: the first holds. */
static void read_pair(struct reader *r, int context, const config_setting_t *pair)
{
    bool list = config_setting_is_list(pair) && config_setting_length(pair) == 2;
    const char *name = list ? config_setting_get_string_elem(pair, 0) : NULL;
    const char *action_name = list ? config_setting_get_string_elem(pair, 1) : NULL;
    if (!name || !action_name) {
        complain(r, pair, "not a binding in", r->map->contexts[context],
                 "write ( \"key\", \"action\" )");
        return;
    }
    struct binding b = {.context = context, .action = ACTION_NONE, .file = r->map->files};
    if (!key_parse(span_of(name), &b.key)) {
        complain(r, pair, "no such key", name,
                 "a character, a name such as PageDown, F2, S-Tab, C-Left, or ^D");
        return;
    }
    if (!is_nothing(action_name)) {
        b.action = action_find(span_of(action_name));
        if (b.action == ACTION_NONE) {
            enum action_id near = action_nearest(span_of(action_name), 0);
            struct str hint = STR_INIT;
            str_add(&hint, "the actions stand in config/keys.cfg and in the help");
            if (near != ACTION_NONE) {
                str_clear(&hint);
                str_printf(&hint, "did you mean \"%s\"?", action_info(near)->name);
            }
            complain(r, pair, "no such action", action_name, str_text(&hint));
            str_finish(&hint);
            return;
        }
    }
    struct binding *old = find_binding(r->map, context, &b.key);
    if (old && old->file == b.file) {
        if (old->action != b.action)
            complain(r, pair, "bound twice in this context, to different actions:", name,
                     "the first holds; remove one of the two");
        return;
    }
    VEC_ROOM(r->map->bindings, r->map->count, r->map->room);
    r->map->bindings[r->map->count++] = b;
}

static void read_context(struct reader *r, const config_setting_t *list)
{
    const char *name = config_setting_name(list);
    int context = find_context(r->map, name);
    if (context < 0 && r->ours)
        context = add_context(r->map, name);
    if (context < 0) {
        struct str names = STR_INIT;
        str_add(&names, "there are");
        for (size_t i = 0; i < r->map->context_count; i++)
            str_printf(&names, "%s %s", i ? "," : "", r->map->contexts[i]);
        complain(r, list, "no such context", name, str_text(&names));
        str_finish(&names);
        return;
    }
    if (!config_setting_is_list(list)) {
        complain(r, list, "not a list of bindings:", name, "write ( ( \"key\", \"action\" ) );");
        return;
    }
    for (int i = 0; i < config_setting_length(list); i++)
        read_pair(r, context, config_setting_get_elem(list, (unsigned)i));
}

static enum status load(struct keymap *map, const char *text, size_t len, const char *file,
                        bool ours, struct str *problems, struct error *err)
{
    config_t tree;
    config_init(&tree);
    enum status status = file_parse(&tree, file, text, len, err);
    if (status == ST_OK) {
        map->files++;
        struct reader r = {
            .map = map, .file = file, .problems = problems, .err = err, .ours = ours};
        const config_setting_t *root = config_root_setting(&tree);
        for (int i = 0; i < config_setting_length(root); i++)
            read_context(&r, config_setting_get_elem(root, (unsigned)i));
        status = r.bad ? ST_CONFIG : ST_OK;
    } else if (problems && err) {
        str_printf(problems, "%s\n", err->what);
    }
    config_destroy(&tree);
    return status;
}

enum status keymap_load(struct keymap *map, const char *text, size_t len, const char *file,
                        struct str *problems, struct error *err)
{
    return load(map, text, len, file, false, problems, err);
}

enum status keymap_load_default(struct keymap *map, struct error *err)
{
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strcmp(e->path, "config/keys.cfg") == 0)
            return load(map, e->text, e->len, e->path, true, NULL, err);
    return error_set(err, ST_CONFIG, "config/keys.cfg is not compiled in");
}

enum status keymap_load_file(struct keymap *map, const char *path, struct str *problems,
                             struct error *err)
{
    struct str text = STR_INIT;
    enum status status = file_read_checked(path, CONFIG_FILE_MAX, &text, err);
    if (status == ST_OK) {
        status = keymap_load(map, str_text(&text), text.len, path, problems, err);
    } else if (status == ST_NOT_FOUND) {
        error_clear(err);
        status = ST_OK;
    } else if (problems && err) {
        str_printf(problems, "%s\n", err->what);
    }
    str_finish(&text);
    return status;
}

/* ---- looking up --------------------------------------------------------------------------- */

int keymap_context(const struct keymap *map, const char *name)
{
    int context = find_context(map, name);
    return context < 0 ? KEYMAP_GLOBAL : context;
}

size_t keymap_context_count(const struct keymap *map)
{
    return map->context_count;
}

const char *keymap_context_name(const struct keymap *map, int context)
{
    return map->contexts[context];
}

/* The binding that decides on a key in a context, or NULL. */
static const struct binding *decide(const struct keymap *map, int context, const struct key *key)
{
    const struct binding *b = find_binding(map, context, key);
    return b || context == KEYMAP_GLOBAL ? b : find_binding(map, KEYMAP_GLOBAL, key);
}

enum action_id keymap_lookup(const struct keymap *map, int context, const struct key *key)
{
    const struct binding *b = decide(map, context, key);
    return b ? b->action : ACTION_NONE;
}

enum action_id keymap_lookup_typing(const struct keymap *map, int context, const struct key *key)
{
    return key_is_text(key) ? ACTION_NONE : keymap_lookup(map, context, key);
}

/* Actions that widgets know, as the plain keys they know them by. */
static const struct {
    enum action_id action;
    enum key_sym sym;
    unsigned mods;
    const char *ctrl; /* ^U and ^W */
    int move;         /* enum move, or -1 */
} widget_keys[] = {
    {ACTION_NEXT_ROW, KEYSYM_DOWN, 0, NULL, MOVE_DOWN},
    {ACTION_PREVIOUS_ROW, KEYSYM_UP, 0, NULL, MOVE_UP},
    {ACTION_FIRST_ROW, KEYSYM_HOME, 0, NULL, MOVE_TOP},
    {ACTION_LAST_ROW, KEYSYM_END, 0, NULL, MOVE_BOTTOM},
    {ACTION_PAGE_DOWN, KEYSYM_PAGE_DOWN, 0, NULL, MOVE_PAGE_DOWN},
    {ACTION_PAGE_UP, KEYSYM_PAGE_UP, 0, NULL, MOVE_PAGE_UP},
    {ACTION_HALF_DOWN, KEYSYM_PAGE_DOWN, 0, NULL, MOVE_HALF_DOWN},
    {ACTION_HALF_UP, KEYSYM_PAGE_UP, 0, NULL, MOVE_HALF_UP},
    {ACTION_LEFT, KEYSYM_LEFT, 0, NULL, MOVE_LEFT},
    {ACTION_RIGHT, KEYSYM_RIGHT, 0, NULL, MOVE_RIGHT},
    {ACTION_NEXT_FIELD, KEYSYM_TAB, 0, NULL, -1},
    {ACTION_PREVIOUS_FIELD, KEYSYM_TAB, KEYMOD_SHIFT, NULL, -1},
    {ACTION_CHOOSE, KEYSYM_SPACE, 0, NULL, -1},
    {ACTION_ACCEPT, KEYSYM_ENTER, 0, NULL, -1},
    {ACTION_BACK, KEYSYM_ESC, 0, NULL, -1},
    {ACTION_TEXT_LEFT, KEYSYM_LEFT, 0, NULL, -1},
    {ACTION_TEXT_RIGHT, KEYSYM_RIGHT, 0, NULL, -1},
    {ACTION_TEXT_HOME, KEYSYM_HOME, 0, NULL, -1},
    {ACTION_TEXT_END, KEYSYM_END, 0, NULL, -1},
    {ACTION_TEXT_BACKSPACE, KEYSYM_BACKSPACE, 0, NULL, -1},
    {ACTION_TEXT_DELETE, KEYSYM_DELETE, 0, NULL, -1},
    {ACTION_TEXT_ERASE_WORD, KEYSYM_TEXT, KEYMOD_CTRL, "W", -1},
    {ACTION_TEXT_ERASE_LINE, KEYSYM_TEXT, KEYMOD_CTRL, "U", -1},
};

bool keymap_translate(const struct keymap *map, int context, bool typing, const struct key *key,
                      struct key *out)
{
    *out = *key;
    const struct binding *b = typing && key_is_text(key) ? NULL : decide(map, context, key);
    if (!b || key->sym == KEYSYM_PASTE)
        return false;
    if (b->action == ACTION_NONE) {
        *out = (struct key){.sym = KEYSYM_COUNT};
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(widget_keys); i++) {
        if (widget_keys[i].action != b->action)
            continue;
        *out = (struct key){.sym = widget_keys[i].sym, .mods = widget_keys[i].mods};
        if (widget_keys[i].ctrl)
            strcpy(out->text, widget_keys[i].ctrl);
        if (out->sym == KEYSYM_SPACE)
            strcpy(out->text, " ");
        return true;
    }
    return false;
}

bool keymap_move(enum action_id action, enum move *move)
{
    for (size_t i = 0; i < ARRAY_LEN(widget_keys); i++)
        if (widget_keys[i].action == action && widget_keys[i].move >= 0)
            return *move = (enum move)widget_keys[i].move, true;
    return false;
}

/* ---- the other way round ------------------------------------------------------------------ */

/* Whether binding i still decides on its key in its context, and in `context`. */
static bool lives(const struct keymap *map, size_t i, int context)
{
    const struct binding *b = &map->bindings[i];
    return b->action != ACTION_NONE && decide(map, context, &b->key) == b;
}

size_t keymap_rows(const struct keymap *map, int context, bool with_global,
                   struct keymap_row **rows)
{
    struct keymap_row *list = NULL;
    size_t count = 0, room = 0;
    for (int global = 0; global <= (with_global && context != KEYMAP_GLOBAL); global++) {
        int from = global ? KEYMAP_GLOBAL : context;
        for (size_t i = 0; i < map->count; i++) {
            if (map->bindings[i].context != from || !lives(map, i, context))
                continue;
            VEC_ROOM(list, count, room);
            list[count++] = (struct keymap_row){.action = map->bindings[i].action,
                                                .key = &map->bindings[i].key,
                                                .global = from == KEYMAP_GLOBAL};
        }
    }
    *rows = list;
    return count;
}

/* Where text is typed the key is text, but for Space in a context of its own, which has values to
 * choose from. */
static bool is_typed(const struct binding *b)
{
    bool own_space = b->context != KEYMAP_GLOBAL && b->key.sym == KEYSYM_SPACE;
    return key_is_text(&b->key) && !own_space;
}

static size_t add_keys(const struct keymap *map, int context, enum action_id action, bool typing,
                       size_t max, const char *between, struct str *out)
{
    size_t found = 0;
    for (int global = 0; global <= (context != KEYMAP_GLOBAL); global++) {
        int from = global ? KEYMAP_GLOBAL : context;
        for (size_t i = 0; i < map->count && (!max || found < max); i++) {
            const struct binding *b = &map->bindings[i];
            if (b->action != action || b->context != from || !lives(map, i, context) ||
                (typing && is_typed(b)))
                continue;
            str_add(out, found++ ? between : "");
            key_show(out, &b->key);
        }
    }
    return found;
}

size_t keymap_keys(const struct keymap *map, int context, enum action_id action, size_t max,
                   const char *between, struct str *out)
{
    return add_keys(map, context, action, false, max, between, out);
}

bool keymap_first(const struct keymap *map, int context, enum action_id action, bool typing,
                  struct str *out)
{
    return add_keys(map, context, action, typing, 1, "", out) > 0;
}
