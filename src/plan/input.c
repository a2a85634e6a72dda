/* input.c: see input.h. Files and folders, and the JSON of them; CSV is input_csv.c. */
#include "plan/input.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/json_scan.h"
#include "model/key_shape.h"
#include "model/scan.h"
#include "plan/input_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define KEYS_MAX        1000

void plan_inputs_init(struct plan_inputs *inputs)
{
    memset(inputs, 0, sizeof *inputs);
    arena_init(&inputs->mem);
}

void plan_inputs_finish(struct plan_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) {
        account_finish(&inputs->items[i].account);
        mem_free(inputs->items[i].unknown);
    }
    mem_free(inputs->items);
    arena_finish(&inputs->mem);
    plan_inputs_init(inputs);
}

struct plan_input *input_add(struct input_text *t, unsigned line)
{
    struct plan_inputs *all = t->inputs;
    VEC_ROOM(all->items, all->count, all->room);
    struct plan_input *in = &all->items[all->count++];
    account_init(&in->account);
    in->file = t->name;
    in->line = line;
    in->unknown = NULL;
    in->unknown_count = 0;
    in->csv = false;
    return in;
}

unsigned input_line(struct input_text *t, const char *at)
{
    if (at < t->counted_to) { /* a member that stands before the last one that was asked for */
        t->counted_to = t->text.p;
        t->line = 1;
    }
    for (; t->counted_to < at; t->counted_to++)
        t->line += *t->counted_to == '\n';
    return t->line;
}

enum status input_error(struct input_text *t, const char *at, const char *field,
                        const struct error *why, struct error *err)
{
    struct error copy = *why;
    error_set(err, ST_USAGE, "%s:%u: %.160s%s%s", t->name, input_line(t, at), field,
              *field ? ": " : "", copy.what);
    error_next(err, "%s", copy.next);
    return ST_USAGE;
}

enum status input_wrong(struct input_text *t, const char *at, const char *field, const char *what,
                        struct error *err)
{
    struct error why;
    error_set(&why, ST_USAGE, "%s", what);
    return input_error(t, at, field, &why, err);
}

/* ---- what holds for a record of any kind ---------------------------------------------------- */

/* Whether the value may stand there. A null where none may be is looked at when it is known what
 * the server has. */
static enum status may_stand(struct input_text *t, const struct value *v, enum field f,
                             const char *at, struct error *err)
{
    const struct field_info *info = field_info(f);
    struct error why;
    if (v->presence == PRESENCE_BAD || (f == FIELD_ID && !value_known(v))) {
        value_bad(f, v, &why);
        return input_error(t, at, info->path, &why, err);
    }
    if (!value_known(v))
        return ST_OK;
    if (value_check(f, v, &why)) {
        bool named = strncmp(why.what, info->path, strlen(info->path)) == 0;
        return input_error(t, at, named ? "" : info->path, &why, err);
    }
    if ((info->flags & FF_SECRET) && mask_shaped(v->text))
        return input_wrong(t, at, info->path, "masked: leave it out, or give the reference", err);
    return ST_OK;
}

/* Keeps what may be set and what finds the account; the server's own fields say nothing here. */
enum status input_take(struct input_text *t, const struct value *v, enum field f, const char *at,
                       struct plan_input *in, struct error *err)
{
    const struct field_info *info = field_info(f);
    if (f == FIELD_ORG_ID && value_known(v) && t->org && !span_is(v->text, t->org))
        return input_wrong(t, at, info->path, "another organisation's account", err);
    bool policy = info->type == FT_GROUP;
    if (!field_settable(f) && f != FIELD_ID && !policy)
        return ST_OK;
    if (may_stand(t, v, f, at, err) != ST_OK)
        return err->status;
    if (policy)
        in->account.v[f] = *v; /* present, or null */
    else
        account_set(&in->account, f, v);
    return ST_OK;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* Where a member of the object stands, or NULL. */
static const char *member_at(struct span object, const char *key, struct span *value)
{
    struct json_scan s = json_begin(object);
    const char *found = NULL;
    struct span name;
    bool escaped;
    json_space(&s);
    if (!json_take(&s, '{'))
        return NULL;
    json_space(&s);
    for (int more = 1; more == 1; json_space(&s)) {
        const char *at = s.at;
        if (!json_key(&s, &name, &escaped))
            break;
        const char *from = s.at;
        if (!json_skip(&s, SCAN_DEPTH_MAX))
            break;
        if (span_is(name, key)) {
            *value = (struct span){from, (size_t)(s.at - from)};
            found = at;
        }
        more = json_next(&s, '}');
    }
    return found;
}

static const char *field_at(struct span record, enum field f)
{
    enum field parent = field_info(f)->parent;
    struct span object = record, value;
    const char *at = record.p;
    if (parent != FIELD_NONE && (at = member_at(record, field_info(parent)->leaf, &value)) != NULL)
        object = value;
    const char *leaf = at ? member_at(object, field_info(f)->leaf, &value) : NULL;
    return leaf ? leaf : at ? at : record.p;
}

/* A key that stands twice says two things; the objects inside are looked at, too. */
static enum status check_keys(struct input_text *t, struct span object, int depth,
                              struct error *err)
{
    struct json_scan s = json_begin(object);
    struct span *keys = NULL, name;
    size_t count = 0, room = 0;
    enum status st = ST_OK;
    bool escaped;
    json_space(&s);
    if (!json_take(&s, '{'))
        return ST_OK;
    json_space(&s);
    for (int more = 1; more == 1 && st == ST_OK; json_space(&s)) {
        const char *at = s.at;
        if (!json_key(&s, &name, &escaped))
            break;
        const char *from = s.at;
        if (!json_skip(&s, SCAN_DEPTH_MAX))
            break;
        struct span plain = name;
        if (escaped)
            json_unescape(name, &t->inputs->mem, &plain);
        for (size_t i = 0; i < count && st == ST_OK; i++)
            if (span_eq(keys[i], plain))
                st = input_wrong(t, at, arena_dup(&t->inputs->mem, plain).p, "stands twice", err);
        if (st == ST_OK && count >= KEYS_MAX)
            st = input_wrong(t, at, "", "too many fields", err);
        VEC_ROOM(keys, count, room);
        keys[count++] = plain;
        if (st == ST_OK && depth > 0)
            st = check_keys(t, (struct span){from, (size_t)(s.at - from)}, depth - 1, err);
        more = json_next(&s, '}');
    }
    mem_free(keys);
    return st;
}

struct unknown {
    struct input_text *t;
    struct plan_unknown *items; /* owned */
    size_t count, room;
    struct span by_short[FIELD_COUNT]; /* what stands under a field's short name; p NULL: nothing */
};

/* As columns of CSV are: the short name does as well (id, desc, quota.tokens). */
static enum field by_short_name(struct span path)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (span_is(path, field_info((enum field)f)->key) &&
            field_info((enum field)f)->type != FT_GROUP)
            return (enum field)f;
    return FIELD_NONE;
}

static void add_unknown(struct unknown *u, struct span path, struct span raw)
{
    VEC_ROOM(u->items, u->count, u->room);
    u->items[u->count++] =
        (struct plan_unknown){arena_dup(&u->t->inputs->mem, path).p, input_line(u->t, raw.p)};
}

static void on_unknown(void *ctx, struct span path, struct span raw)
{
    struct unknown *u = ctx;
    enum field f = by_short_name(path);
    if (f != FIELD_NONE && !u->by_short[f].p)
        u->by_short[f] = raw;
    else
        add_unknown(u, path, raw);
}

/* Reads what stands under short names, as if it stood under the whole ones; where that is there,
 * too, the other is a field that nobody knows. */
static enum status take_short(struct unknown *u, struct value v[FIELD_COUNT], struct arena *mem,
                              struct error *err)
{
    enum status st = ST_OK;
    for (int i = 0; i < FIELD_COUNT && st == ST_OK; i++) {
        enum field f = (enum field)i, parent = field_info(f)->parent;
        struct value again[FIELD_COUNT];
        struct str text = STR_INIT;
        if (!u->by_short[f].p)
            continue;
        if (v[f].presence != PRESENCE_ABSENT) {
            add_unknown(u, span_of(field_info(f)->key), u->by_short[f]);
            u->by_short[f].p = NULL;
            continue;
        }
        if (parent != FIELD_NONE)
            str_printf(&text, "{\"%s\":", field_info(parent)->leaf);
        str_printf(&text, "{\"%s\":", field_info(f)->leaf);
        str_add_span(&text, u->by_short[f]);
        str_add(&text, parent != FIELD_NONE ? "}}" : "}");
        /* Values point into what they were read from. */
        st = scan_record(arena_dup(mem, span_from(&text)), again, mem, NULL, NULL, err);
        v[f] = again[f];
        str_finish(&text);
    }
    return st;
}

enum status plan_input_unknown(const char *file, const struct plan_unknown *unknown, size_t count,
                               struct error *err)
{
    struct str names = STR_INIT;
    struct near near = {span_of(unknown[0].path), NULL, 0};
    for (size_t i = 0; i < count; i++)
        str_printf(&names, "%s%s", i ? ", " : "", unknown[i].path);
    for (int f = 0; f < FIELD_COUNT; f++)
        near_offer(&near, field_info((enum field)f)->path);
    error_set(err, ST_USAGE, "%s:%u: unknown fields: %.300s", file, unknown[0].line,
              str_text(&names));
    if (near.best)
        error_next(err, "did you mean %s?", near.best);
    str_finish(&names);
    return ST_USAGE;
}

static enum status take_fields(struct input_text *t, struct span record,
                               const struct value v[FIELD_COUNT], struct unknown *u,
                               struct error *err)
{
    enum status st = ST_OK;
    struct plan_input *in = input_add(t, input_line(t, record.p));
    in->unknown = u->items;
    in->unknown_count = u->count;
    u->items = NULL;
    for (int i = 0; st == ST_OK && i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        const char *at = u->by_short[f].p ? u->by_short[f].p : field_at(record, f);
        if (v[f].presence != PRESENCE_ABSENT)
            st = input_take(t, &v[f], f, at, in, err);
    }
    return st;
}

static enum status take_record(struct input_text *t, struct span record, struct error *err)
{
    struct value v[FIELD_COUNT];
    struct unknown u = {.t = t};
    struct error why;
    struct arena mem;
    arena_init(&mem);
    enum status st = scan_record(record, v, &mem, on_unknown, &u, &why);
    if (st == ST_OK)
        st = take_short(&u, v, &mem, &why);
    if (st != ST_OK)
        st = input_error(t, record.p, "", &why, err);
    else if (u.count && !value_known(&v[FIELD_ID]))
        st = plan_input_unknown(t->name, u.items, u.count, err);
    else
        st = check_keys(t, record, 1, err);
    if (st == ST_OK)
        st = take_fields(t, record, v, &u, err);
    mem_free(u.items);
    arena_finish(&mem);
    return st;
}

static enum status take_list(struct input_text *t, struct json_scan *s, struct error *err)
{
    enum status st = ST_OK;
    json_take(s, '[');
    json_space(s);
    if (json_take(s, ']'))
        return ST_OK;
    for (int more = 1; more == 1 && st == ST_OK;) {
        json_space(s);
        const char *from = s->at;
        if (!json_skip(s, SCAN_DEPTH_MAX))
            return input_wrong(t, s->at, "", s->wrong, err);
        st = take_record(t, (struct span){from, (size_t)(s->at - from)}, err);
        more = json_next(s, ']');
        if (more < 0 && st == ST_OK)
            st = input_wrong(t, s->at, "", s->wrong, err);
    }
    return st;
}

/* A reply of the list has its accounts inside. */
static bool is_page(struct span value, struct span *accounts)
{
    return member_at(value, "accounts", accounts) && accounts->len && *accounts->p == '[' &&
           !member_at(value, field_info(FIELD_NAME)->leaf, &(struct span){NULL, 0});
}

/* Values one after the other: one account, a list of them, or one a line. */
static enum status take_json(struct input_text *t, struct error *err)
{
    struct json_scan s = json_begin(t->text);
    enum status st = ST_OK;
    json_space(&s);
    while (st == ST_OK && s.at < s.end) {
        struct json_scan whole = s;
        struct span accounts;
        if (!json_skip(&whole, SCAN_DEPTH_MAX)) {
            struct error why;
            error_set(&why, ST_USAGE, "not JSON: %s", whole.wrong);
            return input_error(t, whole.at, "", &why, err);
        }
        struct span value = {s.at, (size_t)(whole.at - s.at)};
        if (*value.p == '[') {
            st = take_list(t, &s, err);
        } else if (is_page(value, &accounts)) {
            struct json_scan list = json_begin(accounts);
            st = take_list(t, &list, err);
        } else {
            st = take_record(t, value, err);
        }
        s = whole;
        json_space(&s);
    }
    return st;
}

/* ---- a text --------------------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *ext)
{
    size_t n = strlen(name), e = strlen(ext);
    return n > e && strcasecmp(name + n - e, ext) == 0;
}

static bool is_csv(const char *name, struct span text)
{
    if (ends_in(name, ".csv") || ends_in(name, ".json") || ends_in(name, ".jsonl"))
        return ends_in(name, ".csv");
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.p[i]))
            return text.p[i] != '{' && text.p[i] != '[';
    return false;
}

enum status plan_inputs_text(struct plan_inputs *inputs, const char *name, struct span text,
                             const char *org, struct error *err)
{
    struct input_text t = {.inputs = inputs, .text = text, .org = org, .line = 1};
    size_t before = inputs->count;
    t.counted_to = text.p;
    t.name = arena_dup(&inputs->mem, span_of(name)).p;
    enum status st = is_csv(name, text) ? input_csv(&t, err) : take_json(&t, err);
    if (st == ST_OK && inputs->count == before)
        st = error_set(err, ST_USAGE, "%s: no account in it: no JSON object, and no line of CSV",
                       name);
    return st;
}

/* ---- files ---------------------------------------------------------------------------------- */

static enum status read_one(struct plan_inputs *inputs, int fd, const char *path, const char *org,
                            struct error *err)
{
    struct str text = STR_INIT;
    enum status st;
    if (fd_read_all(fd, INPUT_BYTES_MAX, &text))
        st = plan_inputs_text(inputs, path, (struct span){str_text(&text), text.len}, org, err);
    else if (errno == EFBIG)
        st = error_set(err, ST_USAGE, "%s: too large", path);
    else
        st = error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    str_finish(&text);
    return st;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status read_folder(struct plan_inputs *inputs, DIR *dir, const char *path,
                               const char *org, struct error *err)
{
    char **names = NULL;
    size_t count = 0, room = 0;
    enum status st = ST_OK;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        const char *n = e->d_name;
        if (*n == '.' || !(ends_in(n, ".json") || ends_in(n, ".jsonl") || ends_in(n, ".csv")))
            continue;
        VEC_ROOM(names, count, room);
        names[count++] = mem_strdup(n);
    }
    if (count == 0)
        st = error_set(err, ST_USAGE, "%s: no .json, .jsonl or .csv file in it", path);
    else
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        struct str full = STR_INIT;
        str_printf(&full, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", names[i]);
        if (st == ST_OK) {
            int fd = open(full.data, O_RDONLY | O_CLOEXEC);
            st = fd < 0 ? error_set(err, ST_IO, "%s: %s", full.data, strerror(errno))
                        : read_one(inputs, fd, full.data, org, err);
            if (fd >= 0)
                close(fd);
        }
        str_finish(&full);
        mem_free(names[i]);
    }
    mem_free(names);
    return st;
}

enum status plan_inputs_read(struct plan_inputs *inputs, const char *path, const char *org,
                             struct error *err)
{
    if (strcmp(path, "-") == 0)
        return read_one(inputs, STDIN_FILENO, "-", org, err);
    DIR *dir = opendir(path);
    if (dir) {
        enum status st = read_folder(inputs, dir, path, org, err);
        closedir(dir);
        return st;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, ST_USAGE, "%s: %s", path, strerror(errno));
    enum status st = read_one(inputs, fd, path, org, err);
    close(fd);
    return st;
}
