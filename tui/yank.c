/* yank.c: see yank.h. */
#include "tui/yank.h"

#include "base/base64.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OSC_BYTES_MAX 74000

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
        base64_add(osc, text);
        str_add(osc, "\a");
    }
    return st;
}
