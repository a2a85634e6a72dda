/* export.c: see export.h. */
#include "plan/export.h"

#include "base/fd.h"
#include "base/map.h"
#include "base/mem.h"
#include "model/json.h"
#include "plan/settable.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEM_MAX 180 /* bytes of a file's name before .json; ids come on top */

struct export
{
    const struct fleet *fleet;
    const char *dir;
    struct plan_export *done;
    struct map stems; /* lower-case stem → how many accounts have it */
    struct map files; /* names that were written or looked at */
    struct arena mem; /* their bytes */
};

static struct span text_of(const struct fleet *fleet, row_id row, enum field f)
{
    struct value v;
    fleet_get(fleet, row, f, &v);
    return value_known(&v) ? v.text : span_of("");
}

/* Letters, digits and -_. stay, a dot not in front; the rest is %XX. */
static void add_stem(struct str *out, struct span name)
{
    for (size_t i = 0; i < name.len && out->len < STEM_MAX; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = c < 0x80 && (isalnum(c) || c == '-' || c == '_' || (c == '.' && i > 0));
        if (plain)
            str_add_char(out, (char)c);
        else
            str_printf(out, "%%%02X", c);
    }
}

/* Some file systems take a.json and A.json for one. */
static struct span folded(struct export *x, struct span name)
{
    struct str stem = STR_INIT;
    add_stem(&stem, name);
    for (size_t i = 0; i < stem.len; i++)
        stem.data[i] = (char)tolower((unsigned char)stem.data[i]);
    struct span kept = arena_dup(&x->mem, span_from(&stem));
    str_finish(&stem);
    return kept;
}

static void count_stem(struct export *x, row_id row)
{
    struct span stem = folded(x, text_of(x->fleet, row, FIELD_NAME));
    uint32_t n = 0;
    map_get(&x->stems, stem, &n);
    map_set(&x->stems, stem, n + 1);
}

/* Whether a file with only the name in it finds the account again. */
static bool is_unique(struct export *x, row_id row)
{
    struct span name = text_of(x->fleet, row, FIELD_NAME);
    uint32_t n = 0;
    map_get(&x->stems, folded(x, name), &n);
    return name.len > 0 && n == 1;
}

/* What a file cannot say (a wrong type, a number beyond its range) is left out. */
static void content(const struct account *a, bool with_id, struct str *out)
{
    struct field_set which;
    struct str flat = STR_INIT;
    for (int i = 0; i < FIELD_COUNT; i++)
        which.has[i] = a->v[i].presence != PRESENCE_BAD && !a->v[i].inexact;
    settable_json(a, &which, with_id, &flat);
    json_pretty(out, span_from(&flat));
    str_add_char(out, '\n');
    str_finish(&flat);
}

static bool is_same(const char *path, struct span text)
{
    struct stat st;
    bool same = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == text.len) {
        char *now = mem_alloc(text.len + 1);
        same = read(fd, now, text.len) == (ssize_t)text.len && memcmp(now, text.p, text.len) == 0;
        mem_free(now);
    }
    if (fd >= 0)
        close(fd);
    return same;
}

static enum status write_file(const char *path, struct span text, struct error *err)
{
    struct str part = STR_INIT;
    str_printf(&part, "%s.part-%ld", path, (long)getpid());
    int fd = open(part.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool good = fd >= 0 && fd_write_all(fd, text);
    if (fd >= 0 && close(fd) != 0)
        good = false;
    good = good && rename(part.data, path) == 0;
    enum status st = good ? ST_OK : error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    if (!good && fd >= 0)
        unlink(part.data);
    str_finish(&part);
    return st;
}

static enum status export_one(struct export *x, row_id row, struct error *err)
{
    struct str path = STR_INIT, text = STR_INIT;
    struct account a;
    bool unique = is_unique(x, row);
    account_init(&a);
    enum status st = fleet_account(x->fleet, row, &a, err);
    if (st == ST_OK) {
        str_printf(&path, "%s/", x->dir);
        struct str file = STR_INIT;
        add_stem(&file, account_name(&a));
        if (!unique) {
            str_add(&file, file.len ? "--" : "");
            struct str id = STR_INIT;
            add_stem(&id, account_id(&a));
            str_add_span(&file, span_from(&id));
            str_finish(&id);
        }
        str_add(&file, ".json");
        str_add_span(&path, span_from(&file));
        map_set(&x->files, arena_dup(&x->mem, span_from(&file)), 1);
        str_finish(&file);
        content(&a, !unique, &text);
        bool same = is_same(path.data, span_from(&text));
        if (!same)
            st = write_file(path.data, span_from(&text), err);
        x->done->same += same;
        x->done->written += !same && st == ST_OK;
    }
    account_finish(&a);
    str_finish(&path);
    str_finish(&text);
    return st;
}

static void count_others(struct export *x)
{
    DIR *dir = opendir(x->dir);
    if (!dir)
        return;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        size_t n = strlen(e->d_name);
        if (e->d_name[0] != '.' && n > 5 && strcmp(e->d_name + n - 5, ".json") == 0 &&
            !map_get(&x->files, span_of(e->d_name), NULL))
            x->done->others++;
    }
    closedir(dir);
}

enum status plan_export(const struct fleet *fleet, const row_id *rows, uint32_t count,
                        const char *dir, struct plan_export *done, struct error *err)
{
    struct export x = {.fleet = fleet, .dir = dir, .done = done};
    enum status st = ST_OK;
    memset(done, 0, sizeof *done);
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return error_set(err, ST_IO, "%s: %s", dir, strerror(errno));
    map_init(&x.stems);
    map_init(&x.files);
    arena_init(&x.mem);
    for (uint32_t i = 0; i < count; i++)
        count_stem(&x, rows[i]);
    for (uint32_t i = 0; i < count && st == ST_OK; i++)
        st = export_one(&x, rows[i], err);
    if (st == ST_OK)
        count_others(&x);
    map_finish(&x.stems);
    map_finish(&x.files);
    arena_finish(&x.mem);
    return st;
}
