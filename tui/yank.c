/* yank.c: see yank.h. */
#include "tui/yank.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OSC_BYTES_MAX 74000

static void base64(struct str *out, struct span in)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.len; i += 3) {
        size_t n = in.len - i < 3 ? in.len - i : 3;
        unsigned v = (unsigned)(unsigned char)in.p[i] << 16;
        v |= n > 1 ? (unsigned)(unsigned char)in.p[i + 1] << 8 : 0;
        v |= n > 2 ? (unsigned)(unsigned char)in.p[i + 2] : 0;
        for (unsigned k = 0; k < 4; k++)
            str_add_char(out, k <= n ? digits[v >> (18 - 6 * k) & 63] : '=');
    }
}

enum status yank_text(const struct cli_console *console, struct span text, struct str *osc,
                      struct error *err)
{
    enum status st = paths_make_dir(console->paths.state_dir, err);
    if (st)
        return st;
    char *path = paths_join(console->paths.state_dir, "yank");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t n = fd < 0 ? -1 : write(fd, text.p, text.len);
    if (n < 0 || (size_t)n != text.len)
        st = error_set(err, ST_IO, "cannot keep the text in %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    mem_free(path);
    if (!st && config_bool(console->config, OPTION_UI_OSC52) && text.len <= OSC_BYTES_MAX) {
        str_add(osc, "\033]52;c;");
        base64(osc, text);
        str_add(osc, "\a");
    }
    return st;
}
