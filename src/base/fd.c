/* fd.c: see fd.h. */
#include "base/fd.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

bool fd_read_all(int fd, size_t max, struct str *out)
{
    size_t start = out->len;
    for (;;) {
        str_reserve(out, PIECE);
        ssize_t n = read(fd, out->data + out->len, PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        if (out->len - start > max) {
            errno = EFBIG;
            return false;
        }
    }
}

bool fd_is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

bool fd_write_all(int fd, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.p, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.p += n;
        bytes.len -= (size_t)n;
    }
    return true;
}
