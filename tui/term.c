/* term.c: see term.h.
 *
 * curses believes in a terminal of the size we tell it, and reaches none. All that it would send by
 * itself to enter and leave (alternate screen, keypad) is sent from here, so that one list of
 * bytes, prepared once, serves leaving, suspending and the fault handler alike. */
#include "tui/term.h"

#include "base/mem.h"
#include "base/text.h"
#include "tui/curses_memory.h"
#include "tui/term_fault.h"
#include "tui/terminfo.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define LEAVE_WAIT_MS  300 /* a terminal that takes nothing for so long is left as it is */
#define SIZE_MAX_CELLS 2000

struct term {
    struct loop *loop;
    struct term_events events;
    int fd; /* opened by us: its flags are ours */
    struct termios saved, raw;
    struct curses_memory *screen;
    struct str pending; /* bytes that the terminal has not taken yet */
    size_t sent;        /* of pending */
    struct str enter, leave;
    int rows, cols;
    bool ascii;
    const char *title; /* before a title (terminfo's), "" where there is none; BEL ends it */
    bool active, gone, waiting; /* waiting: somebody was told that no frame can be made */
};

/* ---- what kind of terminal it is ---------------------------------------------------------- */

enum status term_check(int fd, struct error *err)
{
    const char *name = getenv("TERM");
    if (!isatty(fd)) {
        error_set(err, ST_USAGE, "the console needs a terminal, and this is none");
        error_next(err, "for scripts: paddock list, paddock get, paddock help");
        return ST_USAGE;
    }
    if (!name || !*name || strcmp(name, "dumb") == 0) {
        error_set(err, ST_USAGE,
                  "the console needs a terminal that can move its cursor, and TERM "
                  "is %s",
                  name && *name ? "dumb" : "not set");
        error_next(err, "set TERM (xterm-256color fits most), or use paddock list");
        return ST_USAGE;
    }
    if (!terminfo_described(name)) {
        error_set(err, ST_USAGE,
                  "the console cannot draw on a terminal of type TERM=%s: it is not described on "
                  "this machine, or cannot move its cursor",
                  name);
        error_next(err, "try TERM=xterm-256color, or install ncurses-term");
        return ST_USAGE;
    }
    return ST_OK;
}

const char *term_string(const struct term *term, const char *capability)
{
    (void)term;
    return terminfo_string(capability);
}

static void add_string(struct str *out, const char *capability)
{
    terminfo_fill(terminfo_string(capability), 0, 0, out);
}

/* Where the title goes: into the status line of the description where that is xterm's sequence for
 * it (tmux, foot's and rxvt's relatives), else as xterm takes it where its titles are said to be
 * known (XT). A real status line, of 25 rows ago, is left alone. */
static void find_title(struct term *term)
{
    const char *to = terminfo_string("tsl"), *end = terminfo_string("fsl");
    term->title = "";
    if (to && end && strncmp(to, "\033]", 2) == 0 && strcmp(end, "\007") == 0)
        term->title = to;
    else if (terminfo_flag("XT"))
        term->title = "\033]2;";
}

/* Entering and leaving, prepared once. The title is pushed and popped by terminals that know how
 * (those with titles); bracketed paste is ignored by those that do not know it. */
static void prepare_bytes(struct term *term)
{
    find_title(term);
    add_string(&term->enter, "smcup");
    if (term->title[0])
        str_add(&term->enter, "\033[22;2t");
    add_string(&term->enter, "smkx");
    str_add(&term->enter, "\033[?2004h");

    str_add(&term->leave, "\033[?2004l");
    const char *region = terminfo_string("csr");
    if (region && strcmp(region, TERMINFO_VT100_REGION) == 0)
        str_add(&term->leave, "\033[r"); /* a frame may be cut where rows move */
    add_string(&term->leave, "rmkx");
    add_string(&term->leave, "sgr0");
    add_string(&term->leave, "op");
    add_string(&term->leave, "cnorm");
    if (term->title[0])
        str_add(&term->leave, "\033[23;2t");
    if (terminfo_string("rmcup")) {
        add_string(&term->leave, "rmcup");
    } else { /* no second screen: at least a clean line */
        add_string(&term->leave, "clear");
    }
}

/* ---- bytes out ---------------------------------------------------------------------------- */

static void on_ready(void *ctx, int fd, unsigned events);

static void lose(struct term *term)
{
    if (term->gone)
        return;
    term->gone = true;
    term->active = false;
    str_clear(&term->pending);
    loop_unwatch(term->loop, term->fd);
    term_fault_disarm();
    term->events.gone(term->events.ctx);
}

static void watch(struct term *term)
{
    bool full = term->sent < term->pending.len;
    loop_watch(term->loop, term->fd, full ? LOOP_READ | LOOP_WRITE : LOOP_READ, on_ready, term);
}

/* One write of what is pending. */
static void push(struct term *term)
{
    if (!term->active || term->sent == term->pending.len)
        return;
    ssize_t n;
    do
        n = write(term->fd, term->pending.data + term->sent, term->pending.len - term->sent);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        lose(term);
        return;
    }
    if (n > 0)
        term->sent += (size_t)n;
    if (term->sent == term->pending.len) {
        str_clear(&term->pending);
        term->sent = 0;
    }
    watch(term);
}

bool term_can_draw(const struct term *term)
{
    bool free_now = term->active && !term->gone && term->sent == term->pending.len;
    if (!free_now)
        ((struct term *)term)->waiting = true; /* a note to ourselves, not to the caller */
    return free_now;
}

size_t term_refresh(struct term *term)
{
    if (!term->active || term->gone)
        return 0;
    size_t made = curses_memory_collect(term->screen, &term->pending);
    push(term);
    return made;
}

void term_repaint(struct term *term)
{
    curses_memory_repaint(term->screen);
}

void term_send(struct term *term, const char *bytes, size_t len)
{
    if (!term->active || term->gone)
        return;
    str_append(&term->pending, bytes, len);
    push(term);
}

void term_title(struct term *term, struct span text)
{
    if (!term->title[0])
        return;
    struct str out = STR_INIT;
    str_add(&out, term->title);
    text_safe(&out, text.p, text.len, term->ascii ? TEXT_ASCII : 0);
    str_add_char(&out, '\007');
    term_send(term, str_text(&out), out.len);
    str_finish(&out);
}

void term_bell(struct term *term)
{
    const char *bel = term_string(term, "bel");
    if (bel)
        term_send(term, bel, strlen(bel));
}

/* ---- bytes in ----------------------------------------------------------------------------- */

/* False when the terminal is gone. */
static bool take_bytes(struct term *term, int fd, bool hangup)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    /* 0 and EIO are the hangup; a hangup event with nothing to read is one too (F24). */
    bool try_later = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (n <= 0 && (!try_later || hangup)) {
        lose(term);
        return false;
    }
    if (n > 0)
        term->events.bytes(term->events.ctx, bytes, (size_t)n);
    return true;
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct term *term = ctx;
    if (events & (LOOP_READ | LOOP_HANGUP) && !take_bytes(term, fd, events & LOOP_HANGUP))
        return;
    if (!(events & LOOP_WRITE) || term->gone || !term->active)
        return;
    push(term);
    if (!term->gone && term->waiting && term->sent == term->pending.len) {
        term->waiting = false;
        term->events.ready(term->events.ctx);
    }
}

/* ---- taking over and giving back ---------------------------------------------------------- */

static void read_size(struct term *term)
{
    struct winsize ws = {0};
    if (ioctl(term->fd, TIOCGWINSZ, &ws) != 0 || !ws.ws_row || !ws.ws_col) {
        ws.ws_row = 24; /* what every terminal without a size has been since the VT100 */
        ws.ws_col = 80;
    }
    term->rows = ws.ws_row < SIZE_MAX_CELLS ? ws.ws_row : SIZE_MAX_CELLS;
    term->cols = ws.ws_col < SIZE_MAX_CELLS ? ws.ws_col : SIZE_MAX_CELLS;
}

static void enter(struct term *term)
{
    tcsetattr(term->fd, TCSANOW, &term->raw);
    term->active = true;
    str_clear(&term->pending);
    term->sent = 0;
    /* A frame or a title may be cut in two where we leave; CAN ends any sequence (ECMA-48). */
    struct str reset = STR_INIT;
    str_add_char(&reset, '\030');
    str_add_span(&reset, span_from(&term->leave));
    term_fault_arm(term->fd, str_text(&reset), reset.len, &term->saved);
    str_finish(&reset);
    str_add_span(&term->pending, span_from(&term->enter));
    curses_memory_repaint(term->screen);
    push(term);
}

/* Writes it all, waiting for a slow terminal, but not for ever. */
static void write_patiently(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            if (poll(&p, 1, LEAVE_WAIT_MS) <= 0)
                return;
        } else if (errno != EINTR) {
            return;
        }
    }
}

static void leave(struct term *term)
{
    if (!term->active)
        return;
    loop_unwatch(term->loop, term->fd);
    term->active = false;
    if (term->sent && term->sent < term->pending.len)
        write_patiently(term->fd, "\030", 1);
    str_clear(&term->pending);
    term->sent = 0;
    write_patiently(term->fd, term->leave.data, term->leave.len);
    tcsetattr(term->fd, TCSANOW, &term->saved);
    term_fault_disarm();
}

/* ^C and ^Z are keys, ^S and ^Q too; ^\ stays SIGQUIT, the way out of a console that hangs. */
static void make_raw(struct term *term)
{
    term->raw = term->saved;
    term->raw.c_iflag &=
        ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP | BRKINT | PARMRK | INPCK);
    term->raw.c_oflag &= ~(tcflag_t)OPOST;
    term->raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    term->raw.c_lflag |= ISIG;
    term->raw.c_cflag = (term->raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    term->raw.c_cc[VINTR] = _POSIX_VDISABLE;
    term->raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    term->raw.c_cc[VMIN] = 1;
    term->raw.c_cc[VTIME] = 0;
}

static enum status open_tty(struct term *term, int fd, struct error *err)
{
    char name[256];
    int got = ttyname_r(fd, name, sizeof name);
    int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    term->fd = got == 0 ? open(name, flags) : -1;
    if (term->fd < 0)
        term->fd = open("/dev/tty", flags);
    if (term->fd < 0 || tcgetattr(term->fd, &term->saved) != 0)
        return error_set(err, ST_IO, "the terminal cannot be opened: %s", strerror(errno));
    return ST_OK;
}

struct term *term_create(struct loop *loop, const struct term_opts *opts,
                         const struct term_events *events, struct error *err)
{
    if (term_check(opts->fd, err) != ST_OK)
        return NULL;
    struct term *term = mem_calloc(1, sizeof *term);
    term->loop = loop;
    term->events = *events;
    term->fd = -1;
    term->ascii = opts->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    if (open_tty(term, opts->fd, err) == ST_OK) {
        read_size(term);
        term->screen = curses_memory_create(term->rows, term->cols, opts->color, err);
    }
    if (!term->screen) {
        term_destroy(term);
        return NULL;
    }
    prepare_bytes(term);
    make_raw(term);
    loop_first(loop, term->fd);
    term_fault_install();
    enter(term);
    return term;
}

void term_destroy(struct term *term)
{
    if (!term)
        return;
    leave(term);
    term_fault_disarm();
    term_fault_remove();
    curses_memory_destroy(term->screen);
    if (term->fd >= 0) {
        loop_first(term->loop, -1);
        close(term->fd);
    }
    str_finish(&term->pending);
    str_finish(&term->enter);
    str_finish(&term->leave);
    mem_free(term);
}

bool term_resize(struct term *term)
{
    int rows = term->rows, cols = term->cols;
    if (term->gone)
        return false;
    read_size(term);
    if (rows == term->rows && cols == term->cols) {
        term_repaint(term); /* it was another in between: what did not fit there is lost */
        return false;
    }
    curses_memory_resize(term->screen, term->rows, term->cols);
    return true;
}

void term_suspend(struct term *term, bool group)
{
    if (term->gone || !term->active)
        return;
    leave(term);
    if (group) {
        struct sigaction kept, plain = {.sa_handler = SIG_DFL};
        sigemptyset(&plain.sa_mask);
        sigaction(SIGTSTP, &plain, &kept);
        kill(0, SIGTSTP);
        sigaction(SIGTSTP, &kept, NULL);
    } else {
        raise(SIGSTOP);
    }
    term_take_back(term);
}

void term_continued(struct term *term)
{
    if (term->gone || !term->active)
        return;
    leave(term);
    term_take_back(term);
}

void term_hand_over(struct term *term)
{
    leave(term);
}

void term_forget_typed(struct term *term)
{
    if (!term->gone && !term->active)
        tcflush(term->fd, TCIFLUSH);
}

void term_take_back(struct term *term)
{
    if (term->gone || term->active)
        return;
    struct termios now;
    if (tcgetattr(term->fd, &now) != 0) {
        lose(term);
        return;
    }
    enter(term);
    term_resize(term);
    if (term->waiting) {
        term->waiting = false;
        term->events.ready(term->events.ctx);
    }
}

void term_size(const struct term *term, int *rows, int *cols)
{
    *rows = term->rows;
    *cols = term->cols;
}

struct grid *term_grid(struct term *term)
{
    return curses_memory_grid(term->screen);
}

enum theme_depth term_depth(const struct term *term)
{
    return curses_memory_depth(term->screen);
}

bool term_ascii(const struct term *term)
{
    return term->ascii;
}
