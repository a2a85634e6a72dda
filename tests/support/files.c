/* files.c: see files.h. */
#include "files.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read(const char *path, struct str *out)
{
    char buf[8192];
    size_t n;
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        str_append(out, buf, n);
    bool ok = !ferror(f);
    fclose(f);
    return ok;
}

bool file_write(const char *path, const char *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    for (size_t done = 0; ok && done < len;) {
        ssize_t n = write(fd, bytes + done, len - done);
        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    ok = ok && fchmod(fd, mode) == 0;
    if (!ok)
        fprintf(stderr, "files: %s: %s\n", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

void build_dir(struct str *out)
{
    char self[PATH_MAX], full[PATH_MAX];
    const char *named = getenv("PADDOCK_BUILD");
    str_clear(out);
    if (named && *named) {
        str_add(out, realpath(named, full) ? full : named);
        return;
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    char *tests = strstr(self, "/tests/");
    for (char *next = tests; next; next = strstr(next + 1, "/tests/"))
        tests = next; /* the last one: the checkout may lie below another tests/ */
    if (tests)
        *tests = 0;
    str_add(out, tests ? self : "build");
}
