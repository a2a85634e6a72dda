/* pty_term.c: the life of the terminal: starting, typing, pumping, waiting. What is looked at is in
 * term_look.c; both share term_private.h. */
#include "pty_term.h"

#include "base/clock.h"
#include "base/mem.h"
#include "stretch.h"
#include "term_keys.h"
#include "term_private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLICE_MS 20

/* libvterm 0.1.4 crashes on a wide character in a terminal of one column, so it never has fewer
 * than two; what is looked at stays within the size asked for. */
#define VTERM_COLS_MIN 2

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_mono(&c);
}

static int64_t deadline_of(int ms)
{
    return now_ms() + stretch_ms(ms, TERM_WAIT_MS);
}

struct term *term_create(const struct pty_options *options)
{
    struct pty_options o = *options;
    o.rows = o.rows > 0 ? o.rows : 24;
    o.cols = o.cols > 0 ? o.cols : 80;
    struct term *t = mem_calloc(1, sizeof *t);
    term_stream_init(&t->stream);
    if (!pty_proc_start(&t->proc, &o)) {
        term_destroy(t);
        return NULL;
    }
    t->rows = o.rows;
    t->cols = o.cols;
    t->vt = vterm_new(o.rows, o.cols < VTERM_COLS_MIN ? VTERM_COLS_MIN : o.cols);
    vterm_set_utf8(t->vt, 1);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    return t;
}

struct term *term_run(const char *const *argv)
{
    struct pty_options o;
    memset(&o, 0, sizeof o);
    o.argv = argv;
    return term_create(&o);
}

void term_destroy(struct term *t)
{
    if (!t)
        return;
    pty_proc_finish(&t->proc);
    if (t->vt)
        vterm_free(t->vt);
    term_stream_finish(&t->stream);
    str_finish(&t->transcript);
    str_finish(&t->row_text);
    str_finish(&t->screen_text);
    mem_free(t);
}

/* ---- receiving ----------------------------------------------------------------------------- */

/* What the terminal answers by itself (device attributes, cursor reports). */
static void answers_send(struct term *t)
{
    char buf[256];
    size_t n = vterm_output_read(t->vt, buf, sizeof buf);
    if (n > 0 && t->proc.master >= 0 && write(t->proc.master, buf, n) < 0 && errno != EAGAIN)
        fprintf(stderr, "pty_term: an answer was lost: %s\n", strerror(errno));
}

/* Without the first bytes of a character whose last have not come. libvterm keeps such a beginning
 * in one place when ASCII stood before it, and looks for it in another. */
static size_t whole_characters(const char *p, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)p[len - back];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t needs = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        return needs > back ? len - back : len;
    }
    return len;
}

static void received(struct term *t, const char *bytes, size_t len)
{
    t->bytes += len;
    t->pieces++;
    str_append(&t->transcript, bytes, len);
    term_stream_feed(&t->stream, bytes, len);
    struct str *out = &t->stream.out;
    size_t whole = whole_characters(out->data, out->len), left = out->len - whole;
    if (whole)
        vterm_input_write(t->vt, out->data, whole);
    if (left)
        memmove(out->data, out->data + whole, left);
    str_truncate(out, left);
    vterm_screen_flush_damage(t->screen);
    answers_send(t);
}

bool term_pump(struct term *t, int ms)
{
    char buf[16384];
    pty_proc_poll(&t->proc);
    if (t->proc.master < 0 || t->read_all) {
        poll(NULL, 0, t->proc.ended ? 0 : ms);
        return false;
    }
    struct pollfd wait = {.fd = t->proc.master, .events = POLLIN};
    if (poll(&wait, 1, ms) <= 0)
        return false;
    ssize_t n = read(t->proc.master, buf, sizeof buf);
    if (n > 0) {
        received(t, buf, (size_t)n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* EIO: nobody holds the other side now. A stopped reader may still come back to it (a
         * program that closes and opens its terminal), so only the program's end is final. */
        t->read_all = t->proc.ended;
        poll(NULL, 0, t->proc.ended ? 0 : 5);
    }
    return false;
}

/* ---- typing -------------------------------------------------------------------------------- */

bool term_send(struct term *t, const char *bytes, size_t len)
{
    int64_t deadline = deadline_of(0);
    while (len > 0) {
        ssize_t n = t->proc.master >= 0 ? write(t->proc.master, bytes, len) : -1;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (t->proc.master < 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
                   now_ms() > deadline) {
            fprintf(stderr, "pty_term: %zu bytes could not be typed\n", len);
            return false;
        } else {
            term_pump(t, SLICE_MS);
        }
    }
    return true;
}

bool term_type(struct term *t, const char *text)
{
    return term_send(t, text, strlen(text));
}

bool term_keys(struct term *t, const char *names)
{
    char name[32], bytes[TERM_KEY_BYTES];
    int used;
    while (sscanf(names, " %31s%n", name, &used) == 1) {
        names += used;
        size_t len = term_key_encode(name, term_mode(t, 1), bytes);
        if (!len) {
            fprintf(stderr, "pty_term: no key is called \"%s\"\n", name);
            return false;
        }
        if (!term_send(t, bytes, len))
            return false;
    }
    return true;
}

bool term_paste(struct term *t, const char *text)
{
    struct str s = STR_INIT;
    bool brackets = term_mode(t, 2004);
    str_add(&s, brackets ? "\033[200~" : "");
    for (; *text; text++)
        str_add_char(&s, *text == '\n' ? '\r' : *text);
    str_add(&s, brackets ? "\033[201~" : "");
    bool ok = term_send(t, str_text(&s), s.len);
    str_finish(&s);
    return ok;
}

void term_resize(struct term *t, int rows, int cols)
{
    struct winsize size;
    memset(&size, 0, sizeof size);
    size.ws_row = (unsigned short)rows;
    size.ws_col = (unsigned short)cols;
    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vt, rows, cols < VTERM_COLS_MIN ? VTERM_COLS_MIN : cols);
    if (t->proc.master >= 0)
        ioctl(t->proc.master, TIOCSWINSZ, &size);
}

void term_hang_up(struct term *t)
{
    pty_proc_hang_up(&t->proc);
}

void term_signal(struct term *t, int signal)
{
    pty_proc_signal(&t->proc, signal);
}

void term_continue(struct term *t)
{
    pty_proc_continue(&t->proc);
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Nothing more can come: the program ended and its last bytes are read. A child of it may hold the
 * terminal open, hence the silence instead of the end of file. */
static bool over(struct term *t, bool came)
{
    return t->proc.ended && !came && (t->read_all || t->proc.master < 0 || !term_pump(t, 50));
}

bool term_wait(struct term *t, bool (*holds)(struct term *t, void *ctx), void *ctx,
               const char *what, int ms)
{
    int64_t deadline = deadline_of(ms);
    for (;;) {
        if (holds(t, ctx))
            return true;
        bool came = term_pump(t, SLICE_MS);
        bool last = over(t, came) || now_ms() > deadline;
        if (holds(t, ctx))
            return true;
        if (last)
            break;
    }
    struct str why = STR_INIT;
    str_printf(&why, "%s while waiting for %s", t->proc.ended ? "the program ended" : "time is up",
               what);
    term_print(t, str_text(&why));
    str_finish(&why);
    return false;
}

static bool text_there(struct term *t, void *ctx)
{
    return term_find(t, ctx, NULL, NULL);
}

static bool text_gone(struct term *t, void *ctx)
{
    return !term_find(t, ctx, NULL, NULL);
}

static bool wait_about(struct term *t, bool (*holds)(struct term *, void *), const char *text,
                       const char *what, int ms)
{
    struct str s = STR_INIT;
    char *copy = mem_strdup(text);
    str_printf(&s, "\"%s\"%s", text, what);
    bool ok = term_wait(t, holds, copy, str_text(&s), ms);
    str_finish(&s);
    mem_free(copy);
    return ok;
}

bool term_wait_text(struct term *t, const char *text, int ms)
{
    return wait_about(t, text_there, text, "", ms);
}

bool term_wait_gone(struct term *t, const char *text, int ms)
{
    return wait_about(t, text_gone, text, " to go", ms);
}

bool term_wait_quiet(struct term *t, int quiet_ms, int max_ms)
{
    int64_t deadline = deadline_of(max_ms), last = now_ms();
    while (now_ms() - last < quiet_ms) {
        if (term_pump(t, quiet_ms < SLICE_MS ? quiet_ms : SLICE_MS))
            last = now_ms();
        else if (over(t, false))
            return true;
        if (now_ms() > deadline)
            return false;
    }
    return true;
}

static bool all_over(struct term *t, void *ctx)
{
    (void)ctx;
    return t->proc.ended && over(t, false);
}

bool term_wait_exit(struct term *t, int ms)
{
    return term_wait(t, all_over, NULL, "its end", ms);
}

static bool has_stopped(struct term *t, void *ctx)
{
    (void)ctx;
    return t->proc.stopped;
}

bool term_wait_stopped(struct term *t, int ms)
{
    return term_wait(t, has_stopped, NULL, "it to stop", ms);
}

/* ---- the program --------------------------------------------------------------------------- */

pid_t term_pid(const struct term *t)
{
    return t->proc.program;
}

bool term_ended(struct term *t)
{
    pty_proc_poll(&t->proc);
    return t->proc.ended;
}

int term_exit_code(struct term *t)
{
    if (!term_ended(t))
        return -1000;
    return WIFSIGNALED(t->proc.status) ? -WTERMSIG(t->proc.status) : WEXITSTATUS(t->proc.status);
}

bool term_settings_kept(const struct term *t)
{
    struct termios now;
    const struct termios *was = &t->proc.before;
    return pty_proc_termios(&t->proc, &now) && now.c_iflag == was->c_iflag &&
           now.c_oflag == was->c_oflag && now.c_cflag == was->c_cflag &&
           now.c_lflag == was->c_lflag && memcmp(now.c_cc, was->c_cc, sizeof now.c_cc) == 0;
}

bool term_left_as_found(struct term *t)
{
    bool ok = true;
    if (!term_settings_kept(t)) {
        fprintf(stderr, "pty_term: the terminal's settings differ from before\n");
        ok = false;
    }
    for (size_t i = 0; i < t->stream.mode_count; i++) {
        if (t->stream.modes[i] == 7 || t->stream.modes[i] == 25)
            continue;
        fprintf(stderr, "pty_term: mode %d is left on\n", t->stream.modes[i]);
        ok = false;
    }
    if (!term_cursor_visible(t)) {
        fprintf(stderr, "pty_term: the cursor is left invisible\n");
        ok = false;
    }
    return ok;
}
