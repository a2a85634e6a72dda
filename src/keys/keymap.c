/* keymap.c: see keymap.h. A list of bindings in the order they were read, and a hash table of the
 * last one of each key in each context, which is the one that holds: some two hundred bindings are
 * ten kilobytes, which a key that comes after a while would bring into the cache each time. */
#include "keys/keymap.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/vec.h"
#include "config/embedded.h"
#include "config/problems.h"
#include "keys/plain_pairs.h"

#include <string.h>

#define BINDINGS_MAX 60000 /* a slot's number has 16 bits; nobody binds so many */

struct binding {
    int context;
    struct key key;
    enum action_id action; /* ACTION_NONE: unbound */
    unsigned file;         /* which load it came from */
};

struct context {
    uint32_t hash; /* of the name */
    char *name;    /* owned */
};

struct keymap {
    struct context *contexts; /* [0] is "global" */
    size_t context_count, context_room;
    struct binding *bindings;
    size_t count, room;
    uint16_t *slots;   /* numbers of bindings + 1; 0: empty */
    size_t slot_count; /* a power of two, more than twice the bindings */
    unsigned files;    /* loads so far */
};

/* ---- finding ------------------------------------------------------------------------------ */

static uint32_t hash_of(uint32_t seed, struct span text)
{
    uint32_t h = 2166136261u ^ seed;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.p[i]) * 16777619u;
    h *= 0x9E3779B1u;
    return h ^ h >> 16;
}

/* The slot of the binding of this key in this context, or the empty one where it belongs. There are
 * slots. */
static uint16_t *slot_of(const struct keymap *map, int context, const struct key *key)
{
    uint32_t seed = (uint32_t)context << 16 ^ (uint32_t)key->sym << 4 ^ key->mods;
    size_t at = hash_of(seed, span_of(key->sym == KEYSYM_TEXT ? key->text : ""));
    for (;; at++) {
        uint16_t *slot = &map->slots[at & (map->slot_count - 1)];
        const struct binding *b = *slot ? &map->bindings[*slot - 1] : NULL;
        if (!b || (b->context == context && key_same(&b->key, key)))
            return slot;
    }
}

static void add_binding(struct keymap *map, const struct binding *b)
{
    VEC_ROOM(map->bindings, map->count, map->room);
    map->bindings[map->count++] = *b;
    size_t from = map->count - 1;
    if (2 * map->count >= map->slot_count) { /* all of them anew */
        mem_free(map->slots);
        map->slot_count = map->slot_count ? 2 * map->slot_count : 512;
        map->slots = mem_calloc(map->slot_count, sizeof *map->slots);
        from = 0;
    }
    for (size_t i = from; i < map->count; i++)
        *slot_of(map, map->bindings[i].context, &map->bindings[i].key) = (uint16_t)(i + 1);
}

static struct binding *find_binding(const struct keymap *map, int context, const struct key *key)
{
    uint16_t *slot = map->slots ? slot_of(map, context, key) : NULL;
    return slot && *slot ? &map->bindings[*slot - 1] : NULL;
}

static int find_context(const struct keymap *map, struct span name)
{
    uint32_t hash = hash_of(0, name);
    for (size_t i = 0; i < map->context_count; i++)
        if (map->contexts[i].hash == hash && span_is(name, map->contexts[i].name))
            return (int)i;
    return -1;
}

static int add_context(struct keymap *map, struct span name)
{
    VEC_ROOM(map->contexts, map->context_count, map->context_room);
    map->contexts[map->context_count] = (struct context){hash_of(0, name), span_dup(name)};
    return (int)map->context_count++;
}

struct keymap *keymap_create(void)
{
    struct keymap *map = mem_calloc(1, sizeof *map);
    add_context(map, span_of("global"));
    return map;
}

void keymap_destroy(struct keymap *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->context_count; i++)
        mem_free(map->contexts[i].name);
    mem_free(map->contexts);
    mem_free(map->bindings);
    mem_free(map->slots);
    mem_free(map);
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
    struct keymap *map;
    struct problems problems;
    bool ours; /* the compiled-in file: defines the contexts */
};

static bool is_nothing(const char *action)
{
    return strcmp(action, "none") == 0 || strcmp(action, "<disabled>") == 0;
}

static void no_such_key(struct reader *r, const config_setting_t *pair, const char *name)
{
    struct str hint = STR_INIT, word = STR_INIT;
    str_add(&hint, "a character, a name such as PageDown, F2, S-Tab, C-Left, or ^D");
    if (key_nearest(span_of(name), &word)) {
        str_clear(&hint);
        str_printf(&hint, "did you mean \"%s\"?", str_text(&word));
    }
    problem_at(&r->problems, config_setting_source_line(pair), "no such key", name,
               str_text(&hint));
    str_finish(&hint);
    str_finish(&word);
}

static void no_such_action(struct reader *r, const config_setting_t *pair, const char *name)
{
    enum action_id id = action_nearest(span_of(name), 0);
    const struct near near = {span_of(name), id == ACTION_NONE ? NULL : action_info(id)->name, 0};
    problem_name(&r->problems, config_setting_source_line(pair), "no such action", &near,
                 "the actions stand in config/keys.cfg and in the help");
}

/* One pair. A key that stands twice in one file with two meanings is a slip: the first holds. */
static void read_pair(struct reader *r, int context, const config_setting_t *pair)
{
    bool list = config_setting_is_list(pair) && config_setting_length(pair) == 2;
    const char *name = list ? config_setting_get_string_elem(pair, 0) : NULL;
    const char *action_name = list ? config_setting_get_string_elem(pair, 1) : NULL;
    if (!name || !action_name) {
        problem_at(&r->problems, config_setting_source_line(pair), "not a binding in",
                   r->map->contexts[context].name, "write ( \"key\", \"action\" )");
        return;
    }
    struct binding b = {.context = context, .action = ACTION_NONE, .file = r->map->files};
    if (!key_parse(span_of(name), &b.key)) {
        no_such_key(r, pair, name);
        return;
    }
    if (!is_nothing(action_name)) {
        b.action = action_find(span_of(action_name));
        if (b.action == ACTION_NONE) {
            no_such_action(r, pair, action_name);
            return;
        }
    }
    struct binding *old = find_binding(r->map, context, &b.key);
    if (old && old->file == b.file) {
        if (old->action != b.action)
            problem_at(&r->problems, config_setting_source_line(pair),
                       "bound twice in this context, to different actions:", name,
                       "the first holds; remove one of the two");
        return;
    }
    if (r->map->count < BINDINGS_MAX)
        add_binding(r->map, &b);
}

static void no_such_context(struct reader *r, const config_setting_t *list, const char *name)
{
    struct near near = {span_of(name), NULL, 0};
    struct str names = STR_INIT;
    str_add(&names, "there are");
    for (size_t i = 0; i < r->map->context_count; i++) {
        str_printf(&names, "%s %s", i ? "," : "", r->map->contexts[i].name);
        near_offer(&near, r->map->contexts[i].name);
    }
    problem_name(&r->problems, config_setting_source_line(list), "no such context", &near,
                 str_text(&names));
    str_finish(&names);
}

static void read_context(struct reader *r, const config_setting_t *list)
{
    const char *name = config_setting_name(list);
    int context = find_context(r->map, span_of(name));
    if (context < 0 && r->ours)
        context = add_context(r->map, span_of(name));
    if (context < 0) {
        no_such_context(r, list, name);
        return;
    }
    if (!config_setting_is_list(list)) {
        problem_at(&r->problems, config_setting_source_line(list), "not a list of bindings:", name,
                   "write ( ( \"key\", \"action\" ) );");
        return;
    }
    for (int i = 0; i < config_setting_length(list); i++)
        read_pair(r, context, config_setting_get_elem(list, (unsigned)i));
}

static enum status load(struct keymap *map, const char *text, size_t len, const char *file,
                        bool ours, struct str *problems, struct error *err)
{
    struct reader r = {.map = map, .problems = {file, problems, err, 0}, .ours = ours};
    config_t tree;
    config_init(&tree);
    if (problems_parse(&r.problems, &tree, text, len) == ST_OK) {
        map->files++;
        const config_setting_t *root = config_root_setting(&tree);
        for (int i = 0; i < config_setting_length(root); i++)
            read_context(&r, config_setting_get_elem(root, (unsigned)i));
    }
    config_destroy(&tree);
    return r.problems.count ? ST_CONFIG : ST_OK;
}

/* A pair of the compiled-in file; false when it is not one that is simply right. */
static bool take_plain(void *ctx, const struct plain_pair *pair)
{
    struct keymap *map = ctx;
    struct binding b = {.context = find_context(map, pair->context), .file = map->files};
    b.action = action_find(pair->action);
    if (b.action == ACTION_NONE || !key_parse(pair->key, &b.key))
        return false;
    if (b.context < 0)
        b.context = add_context(map, pair->context);
    const struct binding *old = find_binding(map, b.context, &b.key);
    if (old && old->file == b.file)
        return old->action == b.action;
    add_binding(map, &b);
    return true;
}

enum status keymap_load(struct keymap *map, const char *text, size_t len, const char *file,
                        struct str *problems, struct error *err)
{
    return load(map, text, len, file, false, problems, err);
}

enum status keymap_load_default(struct keymap *map, struct error *err)
{
    for (const struct embedded *e = embedded_files; e->path; e++)
        if (strcmp(e->path, "config/keys.cfg") == 0) {
            map->files++;
            if (plain_pairs_read((struct span){e->text, e->len}, take_plain, map))
                return ST_OK;
            return load(map, e->text, e->len, e->path, true, NULL, err);
        }
    return error_set(err, ST_CONFIG, "config/keys.cfg is not compiled in");
}

enum status keymap_load_file(struct keymap *map, const char *path, struct str *problems,
                             struct error *err)
{
    struct problems p = {path, problems, err, 0};
    struct str text = STR_INIT;
    enum status status = problems_read(&p, &text);
    if (status == ST_OK)
        status = keymap_load(map, str_text(&text), text.len, path, problems, err);
    else if (status == ST_NOT_FOUND)
        status = ST_OK;
    str_finish(&text);
    return status;
}

/* ---- looking up --------------------------------------------------------------------------- */

int keymap_context(const struct keymap *map, const char *name)
{
    int context = find_context(map, span_of(name));
    return context < 0 ? KEYMAP_GLOBAL : context;
}

size_t keymap_context_count(const struct keymap *map)
{
    return map->context_count;
}

const char *keymap_context_name(const struct keymap *map, int context)
{
    return map->contexts[context].name;
}

/* The binding that decides on a key in a context, or NULL. */
static const struct binding *decide(const struct keymap *map, int context, const struct key *key)
{
    const struct binding *b = find_binding(map, context, key);
    return b || context == KEYMAP_GLOBAL ? b : find_binding(map, KEYMAP_GLOBAL, key);
}

bool keymap_decides(const struct keymap *map, int context, const struct key *key,
                    enum action_id *action)
{
    const struct binding *b = decide(map, context, key);
    *action = b ? b->action : ACTION_NONE;
    return b != NULL;
}

enum action_id keymap_lookup(const struct keymap *map, int context, const struct key *key)
{
    enum action_id action;
    keymap_decides(map, context, key, &action);
    return action;
}

enum action_id keymap_lookup_typing(const struct keymap *map, int context, const struct key *key)
{
    return key_is_text(key) ? ACTION_NONE : keymap_lookup(map, context, key);
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
