/* echo_floor.c: the least that a key can cost: a program in raw mode without curses.
 *
 * echo_floor row: a bar moves one row down at every key, as a list's cursor does; at the end it
 * begins again. echo_floor full: every key repaints the whole screen, as a page does. Both answer a
 * new size (SIGWINCH) with a full repaint. One write a key, nothing computed that a list would not
 * have to: what is measured beyond it is the program's own. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { COLS_MAX = 500, ROWS_MAX = 200 };

static volatile sig_atomic_t resized;

static void on_resize(int signo)
{
    (void)signo;
    resized = 1;
}

struct screen {
    int rows, cols, row;
    unsigned page;
    char out[ROWS_MAX * (COLS_MAX + 16) + 64];
    size_t len;
};

static void add(struct screen *s, const char *bytes, size_t len)
{
    memcpy(s->out + s->len, bytes, len);
    s->len += len;
}

/* One row of the list: another text for each number, so that no two are the same. */
static void add_row(struct screen *s, int y, unsigned number, bool bar)
{
    char head[32], text[COLS_MAX];
    int n = snprintf(head, sizeof head, "\033[%d;1H%s", y + 1, bar ? "\033[7m" : "");
    add(s, head, (size_t)n);
    int used = snprintf(text, sizeof text, " account-%06u  openai  eu-west-1  active  ", number);
    for (int x = used; x < s->cols; x++)
        text[x] = (char)('a' + (int)((number + (unsigned)x) % 26u));
    add(s, text, (size_t)s->cols);
    if (bar)
        add(s, "\033[m", 3);
}

static void flush(struct screen *s)
{
    size_t sent = 0;
    while (sent < s->len) {
        ssize_t n = write(STDOUT_FILENO, s->out + sent, s->len - sent);
        if (n < 0 && errno != EINTR)
            exit(1);
        sent += n > 0 ? (size_t)n : 0;
    }
    s->len = 0;
}

static void measure(struct screen *s)
{
    struct winsize ws = {.ws_row = 24, .ws_col = 80};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws);
    s->rows = ws.ws_row < ROWS_MAX ? ws.ws_row : ROWS_MAX;
    s->cols = ws.ws_col < COLS_MAX ? ws.ws_col : COLS_MAX;
    s->row = s->row < s->rows ? s->row : 0;
}

static void paint_all(struct screen *s)
{
    for (int y = 0; y < s->rows; y++)
        add_row(s, y, s->page * (unsigned)s->rows + (unsigned)y, y == s->row);
    flush(s);
}

static void step(struct screen *s)
{
    int from = s->row;
    s->row = (s->row + 1) % s->rows;
    add_row(s, from, (unsigned)from, false);
    add_row(s, s->row, (unsigned)s->row, true);
    flush(s);
}

int main(int argc, char **argv)
{
    static struct screen s;
    struct termios raw;
    bool full = argc > 1 && strcmp(argv[1], "full") == 0;
    if (tcgetattr(STDIN_FILENO, &raw) != 0)
        return 1;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    struct sigaction act = {.sa_handler = on_resize};
    sigaction(SIGWINCH, &act, NULL);
    measure(&s);
    paint_all(&s);
    for (;;) {
        char keys[64];
        struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
        int ready = poll(&p, 1, -1);
        if (resized) {
            resized = 0;
            measure(&s);
            paint_all(&s);
        }
        if (ready <= 0)
            continue;
        ssize_t n = read(STDIN_FILENO, keys, sizeof keys);
        if (n <= 0)
            return 0;
        s.page++;
        if (full)
            paint_all(&s);
        else
            step(&s);
    }
}
