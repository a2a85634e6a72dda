/* log.c: see log.h. Lines are written whole with one write, so that two processes can share it. */
#include "base/log.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct log {
    int fd;
    struct clock clock;
    const struct secret *secret; /* (borrowed) */
};

/* O_NOFOLLOW looks at the last name only, and the file may be older than we are: what was opened is
 * judged itself. Not waiting (O_NONBLOCK), because to open a FIFO is to wait for its reader. */
static enum status check_file(int fd, const char *path, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_set(err, ST_IO, "cannot write the log %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, ST_IO, "cannot write the log %s: not a plain file", path);
    if (st.st_mode & 077 && fchmod(fd, 0600) != 0)
        return error_set(err, ST_IO, "cannot write the log %s: others can read it", path);
    return ST_OK;
}

enum status log_open(struct log **out, const char *path, struct clock clock, struct error *err)
{
    *out = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return error_set(err, ST_IO, "cannot write the log %s: %s", path,
                         errno == ENXIO ? "not a plain file" : strerror(errno));
    enum status st = check_file(fd, path, err);
    if (st != ST_OK) {
        close(fd);
        return st;
    }
    *out = mem_calloc(1, sizeof **out);
    **out = (struct log){fd, clock, NULL};
    return ST_OK;
}

void log_close(struct log *log)
{
    if (!log)
        return;
    close(log->fd);
    mem_free(log);
}

void log_set_secret(struct log *log, const struct secret *secret)
{
    if (log)
        log->secret = secret;
}

void log_printf(struct log *log, const char *fmt, ...)
{
    if (!log)
        return;
    struct str text = STR_INIT, line = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    when_rfc3339(&line, clock_wall(&log->clock));
    str_add_char(&line, ' ');
    if (log->secret && secret_in(log->secret, str_text(&text), text.len))
        str_add(&line, "(a line with the token in it was left out)");
    else
        text_safe(&line, str_text(&text), text.len, 0);
    str_add_char(&line, '\n');
    ssize_t n = write(log->fd, line.data, line.len);
    (void)n; /* a log that cannot be written must not stop what it is about */
    if (text.data)
        secret_wipe(text.data, text.len);
    str_finish(&text);
    str_finish(&line);
}
