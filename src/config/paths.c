/* paths.c: the XDG base directories, read once. */
#include "config/paths.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *home_dir(const struct env *env)
{
    const char *home = env_get(env, "HOME");
    if (home && home[0] == '/')
        return home;
    /* getpwuid's buffer is good until its next call; the caller copies at once. */
    const struct passwd *pw = getpwuid(geteuid());
    return pw && pw->pw_dir && pw->pw_dir[0] == '/' ? pw->pw_dir : NULL;
}

static char *base_dir(const struct env *env, const char *var, const char *home, const char *rest)
{
    struct str s = STR_INIT;
    const char *value = env_get(env, var);
    if (value && value[0] == '/')
        str_printf(&s, "%s/paddock", value);
    else
        str_printf(&s, "%s/%s/paddock", home, rest);
    return str_steal(&s);
}

enum status paths_init(struct paths *paths, const struct env *env, struct error *err)
{
    memset(paths, 0, sizeof *paths);
    const char *found = home_dir(env);
    if (!found) {
        error_set(err, ST_CONFIG, "there is no home directory: HOME is not set");
        error_next(err, "set HOME, or run as a user that has a home");
        return ST_CONFIG;
    }
    char *home = mem_strdup(found);
    paths->config_dir = base_dir(env, "XDG_CONFIG_HOME", home, ".config");
    paths->data_dir = base_dir(env, "XDG_DATA_HOME", home, ".local/share");
    paths->state_dir = base_dir(env, "XDG_STATE_HOME", home, ".local/state");
    paths->cache_dir = base_dir(env, "XDG_CACHE_HOME", home, ".cache");
    paths->home = home;
    return ST_OK;
}

void paths_finish(struct paths *paths)
{
    mem_free(paths->home);
    mem_free(paths->config_dir);
    mem_free(paths->data_dir);
    mem_free(paths->state_dir);
    mem_free(paths->cache_dir);
    memset(paths, 0, sizeof *paths);
}

char *paths_join(const char *dir, const char *name)
{
    struct str s = STR_INIT;
    str_printf(&s, "%s/%s", dir, name);
    return str_steal(&s);
}

static enum status check_dir(const char *dir, struct error *err)
{
    struct stat st;
    if (stat(dir, &st) < 0)
        return error_set(err, ST_IO, "%s: %s", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return error_set(err, ST_IO, "%s is not a directory", dir);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return error_set(err, ST_IO, "%s belongs to another user (uid %u)", dir,
                         (unsigned)st.st_uid);
    if (st.st_mode & 022) {
        error_set(err, ST_IO, "%s can be written to by others (mode %04o)", dir,
                  (unsigned)(st.st_mode & 07777));
        error_next(err, "chmod go-w %s", dir);
        return ST_IO;
    }
    return ST_OK;
}

enum status paths_make_dir(const char *dir, struct error *err)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return check_dir(dir, err);
    char *path = mem_strdup(dir);
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        int failed = mkdir(path, 0700) < 0 && errno != EEXIST ? errno : 0;
        /* What is above may be another user's and closed; only what is missing matters. */
        if (failed && access(path, X_OK) < 0) {
            error_set(err, ST_IO, "cannot make %s: %s", path, strerror(failed));
            mem_free(path);
            return ST_IO;
        }
        *p = '/';
    }
    mem_free(path);
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return error_set(err, ST_IO, "cannot make %s: %s", dir, strerror(errno));
    return check_dir(dir, err);
}
