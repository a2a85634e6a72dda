/* owner.c: see owner.h. */
#include "store/owner.h"

#include "base/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

struct owner {
    int dir_fd, fd;
    char name[64];
};

void owner_operator(char *out, size_t size)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    const struct passwd *pw = getpwuid(geteuid());
    snprintf(out, size, "%s@%s", pw ? pw->pw_name : "?", host);
}

static void file_name(char out[80], const char *name)
{
    snprintf(out, 80, "owner-%s.lock", name);
}

/* Names come back out of a file: only what owner_create makes is turned into a path. */
static bool name_ok(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > 60)
        return false;
    for (; *name; name++)
        if (!isxdigit((unsigned char)*name) && *name != '-')
            return false;
    return true;
}

/* A locked file of a new name, or -1. A sweep by another process between open and flock takes the
 * file away: then another name is tried. */
static int make_lock(int dir_fd, char name[64])
{
    for (int tries = 0; tries < 5; tries++) {
        uint64_t salt = 0;
        char file[80];
        if (getrandom(&salt, sizeof salt, 0) != (ssize_t)sizeof salt)
            return -1;
        snprintf(name, 64, "%ld-%016llx", (long)getpid(), (unsigned long long)salt);
        file_name(file, name);
        int fd = openat(dir_fd, file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        struct stat st;
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
            return fd;
        int e = errno;
        unlinkat(dir_fd, file, 0);
        close(fd);
        errno = e;
    }
    return -1;
}

enum status owner_create(struct owner **out, const char *dir, struct error *err)
{
    *out = NULL;
    char name[64];
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = dir_fd >= 0 ? make_lock(dir_fd, name) : -1;
    if (fd < 0) {
        error_set(err, ST_IO, "%s: no lock file can be made: %s", dir, strerror(errno));
        if (dir_fd >= 0)
            close(dir_fd);
        return ST_IO;
    }
    struct owner *o = mem_calloc(1, sizeof *o);
    o->dir_fd = dir_fd;
    o->fd = fd;
    memcpy(o->name, name, sizeof name);
    *out = o;
    return ST_OK;
}

void owner_destroy(struct owner *owner)
{
    if (!owner)
        return;
    char file[80];
    file_name(file, owner->name);
    unlinkat(owner->dir_fd, file, 0);
    close(owner->fd);
    close(owner->dir_fd);
    mem_free(owner);
}

const char *owner_name(const struct owner *owner)
{
    return owner->name;
}

bool owner_seize(const struct owner *self, const char *name, int *fd)
{
    char file[80];
    *fd = -1;
    if (!name_ok(name))
        return true;
    file_name(file, name);
    *fd = openat(self->dir_fd, file, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return errno == ENOENT;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

void owner_release(int fd)
{
    if (fd >= 0)
        close(fd);
}

enum owner_state owner_look(const struct owner *self, const char *name)
{
    if (strcmp(self->name, name) == 0)
        return OWNER_SELF;
    int fd;
    if (!owner_seize(self, name, &fd))
        return OWNER_ALIVE;
    owner_release(fd);
    return OWNER_GONE;
}

void owner_sweep(const struct owner *self)
{
    int fd = openat(self->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        size_t n = strlen(e->d_name);
        char name[64];
        if (n < 12 || n > 70 || strncmp(e->d_name, "owner-", 6) != 0 ||
            strcmp(e->d_name + n - 5, ".lock") != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(n - 11), e->d_name + 6);
        int held;
        if (strcmp(name, self->name) == 0 || !name_ok(name) || !owner_seize(self, name, &held))
            continue;
        /* Still ours while it is unlinked, so nobody can be in the middle of taking it over. */
        unlinkat(self->dir_fd, e->d_name, 0);
        owner_release(held);
    }
    closedir(dir);
}
