/* file.c: checks on the open descriptor, then libconfig on the bytes. */
#include "config/file.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/paths.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status check_stat(const char *path, const struct stat *st, size_t max,
                              struct error *err)
{
    if (!S_ISREG(st->st_mode))
        return error_set(err, ST_CONFIG, "%s is not a regular file", path);
    if (st->st_uid != geteuid() && st->st_uid != 0) {
        error_set(err, ST_CONFIG, "%s belongs to another user (uid %u): it must be yours or root's",
                  path, (unsigned)st->st_uid);
        error_next(err, "chown $(id -un) %s, after looking into it", path);
        return ST_CONFIG;
    }
    if (st->st_mode & 022) {
        error_set(err, ST_CONFIG, "%s can be written to by others (mode %04o)", path,
                  (unsigned)(st->st_mode & 07777));
        error_next(err, "chmod go-w %s, after looking into it", path);
        return ST_CONFIG;
    }
    if (st->st_size < 0 || (uintmax_t)st->st_size > max)
        return error_set(err, ST_CONFIG, "%s is larger than %zu KiB", path, max / 1024);
    return ST_OK;
}

static enum status read_all(int fd, const char *path, size_t max, struct str *out,
                            struct error *err)
{
    size_t start = out->len;
    if (!fd_read_all(fd, max, out)) {
        if (errno == EFBIG)
            return error_set(err, ST_CONFIG, "%s is larger than %zu KiB", path, max / 1024);
        return error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    }
    if (out->len > start && memchr(out->data + start, '\0', out->len - start))
        return error_set(err, ST_CONFIG, "%s holds NUL bytes: it is not a text file", path);
    return ST_OK;
}

enum status file_read_checked(const char *path, size_t max, struct str *out, struct error *err)
{
    /* O_NONBLOCK: a FIFO in the file's place must not stop the program before fstat sees it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        enum status st = errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO;
        return error_set(err, st, "%s: %s", path, strerror(errno));
    }
    struct stat info;
    enum status st;
    if (fstat(fd, &info) < 0)
        st = error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    else
        st = check_stat(path, &info, max, err);
    if (st == ST_OK)
        st = read_all(fd, path, max, out, err);
    close(fd);
    return st;
}

static const char *string_end(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\' && p + 1 < end)
            p++;
    return p < end ? p + 1 : end;
}

/* Steps over a string or a comment that begins at p; otherwise returns p. */
static const char *skip_quoted(const char *p, const char *end)
{
    char next = '\0';
    if (*p == '/' && p + 1 < end)
        next = p[1];
    if (*p == '"')
        return string_end(p, end);
    if (*p == '#' || next == '/') {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        return nl ? nl : end;
    }
    if (next == '*') {
        const char *close = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
        return close ? close + 2 : end;
    }
    return p;
}

static const char *number_end(const char *p, const char *end)
{
    while (p < end && (isalnum((unsigned char)*p) || *p == '.' || *p == '+' || *p == '-'))
        p++;
    return p;
}

/* The value of a digit, 16 for anything else. */
static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : 16;
}

/* libconfig wraps an integer beyond 32 bits without a word; a plain run of digits that does not fit
 * is refused. What has a point or an exponent is no integer. */
static bool number_fits(const char *p, const char *end)
{
    bool hex = end - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
    int base = hex ? 16 : 10;
    int64_t n = 0;
    for (p += hex ? 2 : 0; p < end && digit_of(*p) < base; p++)
        if (n <= INT32_MAX)
            n = n * base + digit_of(*p);
    bool real = p < end && strchr(".eE", *p);
    return real || n <= INT32_MAX;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (const char *p = text; p < at; p++)
        line += *p == '\n';
    return line;
}

/* What libconfig would take and should not: @include, and numbers that it would change. */
static enum status check_text(const char *name, const char *text, size_t len, struct error *err)
{
    const char *end = text + len;
    for (const char *p = text; p < end;) {
        const char *next = skip_quoted(p, end);
        if (next != p) {
            p = next;
            continue;
        }
        if (*p == '@')
            return error_set(err, ST_CONFIG,
                             "%s:%d: @include is not allowed: the file that it names would escape "
                             "the checks on owner and mode",
                             name, line_of(text, p));
        if (isalpha((unsigned char)*p) || *p == '_' || *p == '*') {
            while (p < end && (isalnum((unsigned char)*p) || strchr("_-*", *p)))
                p++;
            continue;
        }
        if (isdigit((unsigned char)*p)) {
            const char *number = p;
            p = number_end(p, end);
            if (!number_fits(number, p))
                return error_set(err, ST_CONFIG,
                                 "%s:%d: the number %.*s is beyond 2147483647: write it as a "
                                 "string, such as \"500G\"",
                                 name, line_of(text, number), (int)(p - number), number);
            continue;
        }
        p++;
    }
    return ST_OK;
}

enum status file_parse(struct config_t *tree, const char *name, const char *text, size_t len,
                       struct error *err)
{
    if (!text_is_utf8(text, len))
        return error_set(err, ST_CONFIG, "%s is not UTF-8", name);
    if (memchr(text, '\0', len))
        return error_set(err, ST_CONFIG, "%s holds NUL bytes: it is not a text file", name);
    enum status st = check_text(name, text, len, err);
    if (st != ST_OK)
        return st;
    char *copy = mem_strndup(text, len);
    if (!config_read_string(tree, copy))
        st = error_set(err, ST_CONFIG,
                       "%s:%d: %s: what is meant is name = value; with texts in \"quotes\"", name,
                       config_error_line(tree),
                       config_error_text(tree) ? config_error_text(tree) : "cannot be read");
    mem_free(copy);
    return st;
}

enum status file_write_new(const char *path, const char *text, size_t len, struct error *err)
{
    const char *slash = strrchr(path, '/');
    if (slash && slash > path) {
        char *dir = mem_strndup(path, (size_t)(slash - path));
        enum status st = paths_make_dir(dir, err);
        mem_free(dir);
        if (st != ST_OK)
            return st;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return error_set(err, ST_CONFLICT, "%s is already there and was left as it is", path);
    if (fd < 0)
        return error_set(err, ST_IO, "cannot write %s: %s", path, strerror(errno));
    enum status st = fd_write_all(fd, (struct span){text, len}) ? ST_OK : ST_IO;
    int failed = errno;
    if (st == ST_OK && fsync(fd) < 0) {
        st = ST_IO;
        failed = errno;
    }
    if (close(fd) < 0 && st == ST_OK) {
        st = ST_IO;
        failed = errno;
    }
    if (st != ST_OK) {
        (void)unlink(path);
        return error_set(err, ST_IO, "cannot write %s: %s", path, strerror(failed));
    }
    return ST_OK;
}
