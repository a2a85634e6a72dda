/* tmpdir.c: see tmpdir.h. */
#include "tmpdir.h"

#include "base/mem.h"
#include "base/vec.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *variable, *below;
} homes[] = {
    {"HOME", "home"},
    {"XDG_CONFIG_HOME", "home/config"},
    {"XDG_DATA_HOME", "home/data"},
    {"XDG_STATE_HOME", "home/state"},
    {"XDG_CACHE_HOME", "home/cache"},
    {"XDG_RUNTIME_DIR", "home/run"},
};

struct tmpdir *tmpdir_create(void)
{
    struct tmpdir *d = mem_calloc(1, sizeof *d);
    struct str s = STR_INIT;
    const char *root = getenv("TMPDIR");
    str_printf(&s, "%s/paddock-test-XXXXXX", root && *root == '/' ? root : "/tmp");
    d->path = str_steal(&s);
    if (!mkdtemp(d->path)) {
        fprintf(stderr, "tmpdir: %s: %s\n", d->path, strerror(errno));
        mem_free(d->path);
        mem_free(d);
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
        str_printf(&s, "%s=%s/%s", homes[i].variable, d->path, homes[i].below);
        d->env[i] = str_steal(&s);
        mkdir(strchr(d->env[i], '=') + 1, 0700);
    }
    str_finish(&s);
    return d;
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

/* A test may have taken its own rights away from a folder. */
static int folder_open_up(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (kind == FTW_DNR || kind == FTW_D)
        chmod(path, 0700);
    return 0;
}

void tmpdir_destroy(struct tmpdir *d)
{
    if (!d)
        return;
    nftw(d->path, folder_open_up, 16, FTW_PHYS);
    if (nftw(d->path, entry_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "tmpdir: %s is left behind: %s\n", d->path, strerror(errno));
    for (size_t i = 0; d->env[i]; i++)
        mem_free((char *)d->env[i]);
    mem_free(d->path);
    mem_free(d);
}

const char *tmpdir_path(const struct tmpdir *d, const char *name, struct str *out)
{
    str_clear(out);
    str_printf(out, "%s/%s", d->path, name);
    return str_text(out);
}

bool tmpdir_write(const struct tmpdir *d, const char *name, const char *text, mode_t mode)
{
    struct str path = STR_INIT;
    tmpdir_path(d, name, &path);
    for (size_t i = strlen(d->path) + 1; i < path.len; i++) {
        if (path.data[i] != '/')
            continue;
        path.data[i] = 0;
        mkdir(path.data, 0700);
        path.data[i] = '/';
    }
    bool ok = file_write(str_text(&path), text, strlen(text), mode);
    str_finish(&path);
    return ok;
}

bool tmpdir_read(const struct tmpdir *d, const char *name, struct str *out)
{
    struct str path = STR_INIT;
    bool ok = file_read(tmpdir_path(d, name, &path), out);
    str_finish(&path);
    return ok;
}

const char **tmpdir_env_with(const struct tmpdir *d, const char *const *more)
{
    const char **all = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; d->env[i]; i++) {
        VEC_ROOM(all, count, room);
        all[count++] = d->env[i];
    }
    for (; more && *more; more++) {
        VEC_ROOM(all, count, room);
        all[count++] = *more;
    }
    VEC_ROOM(all, count, room);
    all[count] = NULL;
    return all;
}

static size_t file_find(const char *path, const char *needle)
{
    struct str s = STR_INIT;
    size_t found = 0, len = strlen(needle);
    if (!file_read(path, &s))
        fprintf(stderr, "tmpdir: %s could not be searched\n", path);
    const char *p = str_text(&s), *end = p + s.len;
    while (len && (p = memmem(p, (size_t)(end - p), needle, len)) != NULL) {
        found++;
        p += len;
    }
    str_finish(&s);
    return found;
}

static size_t folder_find(const char *folder, const char *needle)
{
    size_t found = 0;
    struct dirent *e;
    struct str path = STR_INIT;
    DIR *dir = opendir(folder);
    while (dir && (e = readdir(dir)) != NULL) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        str_clear(&path);
        str_printf(&path, "%s/%s", folder, e->d_name);
        if (lstat(str_text(&path), &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            found += folder_find(str_text(&path), needle);
        else if (S_ISREG(st.st_mode))
            found += file_find(str_text(&path), needle);
    }
    if (dir)
        closedir(dir);
    str_finish(&path);
    return found;
}

size_t tmpdir_find_bytes(const struct tmpdir *d, const char *needle)
{
    return folder_find(d->path, needle);
}
