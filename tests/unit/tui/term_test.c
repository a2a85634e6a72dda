/* term_test.c: the terminal is taken over and given back, whatever happens (F24 to F28, F31, F32),
 * on a pseudo-terminal whose other end the test holds. */
#include "tui/term.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tests/unit/tui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    int master, slave;
    struct termios before;
    struct clock_manual manual;
    struct loop *loop;
    struct term *term;
    struct str in; /* what the terminal sent us */
    int gone, ready;
};

static void on_bytes(void *ctx, const char *bytes, size_t len)
{
    struct rig *rig = ctx;
    str_append(&rig->in, bytes, len);
}

static void on_gone(void *ctx)
{
    ((struct rig *)ctx)->gone++;
}

static void on_ready(void *ctx)
{
    ((struct rig *)ctx)->ready++;
}

static void rig_open(struct rig *rig)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    *rig = (struct rig){0};
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TERM", "xterm-256color", 1);
    unsetenv("COLORTERM");
    assert_int_equal(openpty(&rig->master, &rig->slave, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(rig->slave, &rig->before), 0);
    rig->loop = loop_create(clock_from_manual(&rig->manual));
}

static void rig_start(struct rig *rig)
{
    struct error err;
    struct term_opts opts = {.fd = rig->slave};
    struct term_events events = {on_bytes, on_gone, on_ready, rig};
    rig->term = term_create(rig->loop, &opts, &events, &err);
    assert_non_null(rig->term);
}

static void rig_close(struct rig *rig)
{
    term_destroy(rig->term);
    loop_destroy(rig->loop);
    str_finish(&rig->in);
    if (rig->master >= 0)
        close(rig->master);
    close(rig->slave);
}

static void write_at(struct term *term, int y, int x, const char *text)
{
    grid_ascii(term_grid(term), y, x, text, strlen(text), LOOK_PLAIN);
}

/* All that has arrived at the other end. */
static void drain(int master, struct str *out)
{
    struct pollfd p = {.fd = master, .events = POLLIN};
    char bytes[4096];
    while (poll(&p, 1, 50) > 0 && p.revents & POLLIN) {
        ssize_t n = read(master, bytes, sizeof bytes);
        if (n <= 0)
            break;
        str_append(out, bytes, (size_t)n);
    }
}

static bool same_settings(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

static void assert_given_back(const struct rig *rig, const struct str *bytes)
{
    struct termios now;
    assert_int_equal(tcgetattr(rig->slave, &now), 0);
    assert_true(same_settings(&now, &rig->before));
    assert_non_null(strstr(str_text(bytes), "\033[?1049l")); /* the other screen left */
    assert_non_null(strstr(str_text(bytes), "\033[?2004l")); /* no bracketed paste */
    assert_non_null(strstr(str_text(bytes), "\033[?1l"));    /* plain arrow keys */
    assert_non_null(strstr(str_text(bytes), "\033[?25h"));   /* a cursor to be seen */
}

static void test_over_and_back(void **state)
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    rig_start(&rig);
    struct termios now;
    tcgetattr(rig.slave, &now);
    assert_false(now.c_lflag & (ECHO | ICANON));
    assert_true(now.c_lflag & ISIG);
    assert_false(now.c_iflag & (IXON | ICRNL));
    assert_int_equal(now.c_cc[VINTR], _POSIX_VDISABLE); /* ^C and ^Z are keys */
    assert_int_equal(now.c_cc[VSUSP], _POSIX_VDISABLE);
    assert_int_equal(now.c_cc[VQUIT], rig.before.c_cc[VQUIT]); /* ^\ is not */
    assert_false(fcntl(rig.slave, F_GETFL) & O_NONBLOCK);      /* others' descriptors untouched */
    assert_true(term_can_draw(rig.term));
    write_at(rig.term, 3, 5, "drawn");
    assert_true(term_refresh(rig.term) > 0);
    assert_int_equal(term_refresh(rig.term), 0); /* nothing changed: nothing is sent */
    drain(rig.master, &out);
    assert_true(strncmp(str_text(&out), "\033[?1049h", 8) == 0);
    assert_non_null(strstr(str_text(&out), "\033[?2004h"));
    assert_non_null(strstr(str_text(&out), "drawn"));
    assert_ptr_equal(strstr(str_text(&out) + 8, "\033[?1049h"), NULL); /* once */
    str_clear(&out);
    term_destroy(rig.term);
    rig.term = NULL;
    drain(rig.master, &out);
    assert_given_back(&rig, &out);
    str_finish(&out);
    rig_close(&rig);
}

static void test_input_and_hangup(void **state) /* F24 */
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    rig_start(&rig);
    assert_int_equal(write(rig.master, "j\003\032", 3), 3);
    loop_step(rig.loop, 1000);
    assert_string_equal(str_text(&rig.in), "j\003\032");
    close(rig.master);
    rig.master = -1;
    for (int i = 0; i < 5; i++)
        loop_step(rig.loop, 0);
    assert_int_equal(rig.gone, 1);
    assert_false(term_can_draw(rig.term));
    assert_int_equal(term_refresh(rig.term), 0);
    rig_close(&rig);
}

/* A terminal that takes nothing: no write blocks, no frame is made, and when it takes again the one
 * that is due is asked for. */
static void test_stalled(void **state)
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    rig_start(&rig);
    int frames = 0;
    while (term_can_draw(rig.term) && frames < 1000) {
        for (int y = 0; y < 24; y++)
            for (int x = 0; x < 80; x++)
                grid_fill(term_grid(rig.term), y, x, (uint32_t)('a' + (x + y + frames) % 26), 1,
                          LOOK_PLAIN);
        term_refresh(rig.term);
        frames++;
    }
    assert_true(frames < 1000);
    assert_int_equal(rig.ready, 0);
    for (int i = 0; i < 50 && !rig.ready; i++) {
        drain(rig.master, &out);
        loop_step(rig.loop, 10);
    }
    assert_int_equal(rig.ready, 1);
    assert_true(term_can_draw(rig.term));
    str_finish(&out);
    rig_close(&rig);
}

static void test_refusals(void **state) /* F32 */
{
    (void)state;
    struct rig rig;
    struct error err;
    int ends[2];
    rig_open(&rig);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(term_check(ends[0], &err), ST_USAGE);
    assert_non_null(strstr(err.what, "terminal"));
    static const char *const bad[] = {"dumb", "", "no-such-terminal", "lpr"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        setenv("TERM", bad[i], 1);
        assert_int_equal(term_check(rig.slave, &err), ST_USAGE);
        assert_true(err.next[0] != '\0');
        struct term_opts opts = {.fd = rig.slave};
        struct term_events events = {on_bytes, on_gone, on_ready, &rig};
        assert_null(term_create(rig.loop, &opts, &events, &err));
    }
    unsetenv("TERM");
    assert_int_equal(term_check(rig.slave, &err), ST_USAGE);
    setenv("TERM", "vt100", 1);
    assert_int_equal(term_check(rig.slave, &err), ST_OK);
    struct str out = STR_INIT;
    drain(rig.master, &out);
    assert_int_equal(out.len, 0); /* the screen was not touched */
    struct termios now;
    tcgetattr(rig.slave, &now);
    assert_true(same_settings(&now, &rig.before));
    str_finish(&out);
    close(ends[0]);
    close(ends[1]);
    rig_close(&rig);
}

static void test_resize(void **state) /* F31 */
{
    (void)state;
    static const struct winsize sizes[] = {{.ws_row = 40, .ws_col = 120},
                                           {.ws_row = 1, .ws_col = 1},
                                           {.ws_row = 3, .ws_col = 200},
                                           {.ws_row = 60, .ws_col = 2},
                                           {.ws_row = 24, .ws_col = 80}};
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    rig_start(&rig);
    term_refresh(rig.term);
    drain(rig.master, &out);
    str_clear(&out);
    assert_false(term_resize(rig.term));
    /* It may have been another in between, and have lost what did not fit. */
    term_refresh(rig.term);
    drain(rig.master, &out);
    assert_non_null(strstr(str_text(&out), "\033[2J"));
    for (size_t i = 0; i < ARRAY_LEN(sizes) * 20; i++) {
        const struct winsize *size = &sizes[i % ARRAY_LEN(sizes)];
        int rows, cols;
        ioctl(rig.master, TIOCSWINSZ, size);
        assert_true(term_resize(rig.term));
        term_size(rig.term, &rows, &cols);
        assert_int_equal(rows, size->ws_row);
        assert_int_equal(cols, size->ws_col);
        grid_clear(term_grid(rig.term));
        write_at(rig.term, 0, 0, "text that may be longer than the line");
        write_at(rig.term, rows - 1, 0, "x");
        term_refresh(rig.term);
        drain(rig.master, &out);
    }
    str_finish(&out);
    rig_close(&rig);
}

static void test_title_is_safe(void **state)
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    rig_start(&rig);
    drain(rig.master, &out);
    str_clear(&out);
    term_title(rig.term, span_of("a\033]0;b\007c\xc2\x9c"));
    drain(rig.master, &out);
    assert_string_equal(str_text(&out), "\033]2;a^[]0;b^Gc\\u{9c}\007");
    str_finish(&out);
    rig_close(&rig);
}

/* By the description: xterm's titles (XT), or a status line that is xterm's sequence. */
static void test_where_the_title_goes(void **state)
{
    static const struct {
        const char *term, *title;
    } terms[] = {{"xterm-256color", "\033]2;t\007"},
                 {"tmux-256color", "\033]0;t\007"},
                 {"linux", ""},
                 {"vt220", ""}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
        struct rig rig;
        struct str out = STR_INIT;
        rig_open(&rig);
        setenv("TERM", terms[i].term, 1);
        rig_start(&rig);
        drain(rig.master, &out);
        assert_int_equal(strstr(str_text(&out), "\033[22;2t") != NULL, terms[i].title[0] != '\0');
        str_clear(&out);
        term_title(rig.term, span_of("t"));
        drain(rig.master, &out);
        assert_string_equal(str_text(&out), terms[i].title);
        str_finish(&out);
        rig_close(&rig);
    }
}

static void test_hand_over(void **state)
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    rig_start(&rig);
    drain(rig.master, &out);
    str_clear(&out);
    term_hand_over(rig.term);
    drain(rig.master, &out);
    assert_given_back(&rig, &out);
    assert_false(term_can_draw(rig.term)); /* asked in vain: told when it is back */
    assert_int_equal(term_refresh(rig.term), 0);
    str_clear(&out);
    term_take_back(rig.term);
    assert_int_equal(rig.ready, 1);
    write_at(rig.term, 0, 0, "again");
    term_refresh(rig.term);
    drain(rig.master, &out);
    assert_non_null(strstr(str_text(&out), "\033[?1049h"));
    assert_non_null(strstr(str_text(&out), "\033[2J"));
    assert_non_null(strstr(str_text(&out), "again"));
    str_finish(&out);
    rig_close(&rig);
}

/* What is sent to enter and to leave has no delays in it, and leaves no scroll region. */
static void test_vt100(void **state)
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    setenv("TERM", "vt100", 1);
    rig_start(&rig);
    drain(rig.master, &out);
    assert_null(strchr(str_text(&out), '$'));
    str_clear(&out);
    term_hand_over(rig.term);
    drain(rig.master, &out);
    assert_non_null(strstr(str_text(&out), "\033[H\033[J"));
    assert_null(strchr(str_text(&out), '$'));
    assert_true(strstr(str_text(&out), "\033[r") < strstr(str_text(&out), "\033[H\033[J"));
    assert_non_null(strstr(str_text(&out), "\033[r"));
    str_finish(&out);
    rig_close(&rig);
}

/* ---- ways to end -------------------------------------------------------------------------- */

static void end_by_signal(int signo)
{
    raise(signo);
}

static void end_by_fault(int unused)
{
    (void)unused;
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
}

static void end_by_overflow(int depth)
{
    volatile char room[4096];
    room[0] = (char)depth;
    if (depth < 1000000000)
        end_by_overflow(depth + 1);
    room[1] = room[0];
}

static void end_by_exit(int code)
{
    exit(code);
}

static void end_by_memory(int unused)
{
    (void)unused;
    mem_realloc(NULL, SIZE_MAX / 2, 4);
}

static void test_faults(void **state) /* F26, F28 */
{
    (void)state;
    static const struct {
        void (*end)(int arg);
        int arg;
    } ways[] = {{end_by_signal, SIGSEGV}, {end_by_signal, SIGABRT}, {end_by_signal, SIGBUS},
                {end_by_signal, SIGILL},  {end_by_signal, SIGFPE},  {end_by_fault, 0},
                {end_by_overflow, 0},     {end_by_exit, 3},         {end_by_memory, 0}};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct rig rig;
        struct str out = STR_INIT;
        rig_open(&rig);
        pid_t child = fork();
        if (child == 0) {
            int null = open("/dev/null", O_WRONLY);
            dup2(null, STDERR_FILENO); /* a sanitizer's report */
            dup2(null, STDOUT_FILENO);
            rig_start(&rig);
            write_at(rig.term, 0, 0, "drawn");
            term_refresh(rig.term);
            ways[i].end(ways[i].arg);
            _exit(0);
        }
        int status = 0;
        while (waitpid(child, &status, WNOHANG) == 0)
            drain(rig.master, &out);
        drain(rig.master, &out);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0); /* it did end so */
        assert_non_null(strstr(str_text(&out), "drawn"));
        assert_given_back(&rig, &out);
        str_finish(&out);
        rig_close(&rig);
    }
}

static void test_suspend(void **state) /* F27 */
{
    (void)state;
    struct rig rig;
    struct str out = STR_INIT;
    rig_open(&rig);
    pid_t child = fork();
    if (child == 0) {
        rig_start(&rig);
        term_suspend(rig.term, false);
        write_at(rig.term, 0, 0, "back again");
        term_refresh(rig.term);
        term_destroy(rig.term);
        _exit(7);
    }
    int status = 0;
    while (waitpid(child, &status, WUNTRACED | WNOHANG) == 0)
        drain(rig.master, &out);
    assert_true(WIFSTOPPED(status));
    drain(rig.master, &out);
    assert_given_back(&rig, &out);
    str_clear(&out);
    kill(child, SIGCONT);
    while (waitpid(child, &status, WNOHANG) == 0)
        drain(rig.master, &out);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    drain(rig.master, &out);
    assert_non_null(strstr(str_text(&out), "\033[?1049h"));
    assert_non_null(strstr(str_text(&out), "back again"));
    assert_given_back(&rig, &out);
    str_finish(&out);
    rig_close(&rig);
}

static void test_colors(void **state)
{
    (void)state;
    static const struct {
        const char *term, *colorterm, *no_color;
        enum term_color want;
        enum theme_depth depth;
    } cases[] = {{"xterm-256color", NULL, NULL, TERM_COLOR_AUTO, DEPTH_256},
                 {"xterm-256color", "truecolor", NULL, TERM_COLOR_AUTO, DEPTH_TRUE},
                 {"xterm-256color", NULL, "1", TERM_COLOR_AUTO, DEPTH_MONO},
                 {"xterm-256color", NULL, "", TERM_COLOR_AUTO, DEPTH_256},
                 {"xterm-256color", NULL, "1", TERM_COLOR_ALWAYS, DEPTH_256},
                 {"xterm-256color", NULL, NULL, TERM_COLOR_NEVER, DEPTH_MONO},
                 {"xterm", NULL, NULL, TERM_COLOR_AUTO, DEPTH_8},
                 {"vt100", NULL, NULL, TERM_COLOR_ALWAYS, DEPTH_MONO},
                 {"linux", "truecolor", NULL, TERM_COLOR_AUTO, DEPTH_8},
                 {"qnx", NULL, NULL, TERM_COLOR_AUTO, DEPTH_MONO}}; /* colours in words of old */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        setenv("TERM", cases[i].term, 1);
        unsetenv("COLORTERM");
        unsetenv("NO_COLOR");
        if (cases[i].colorterm)
            setenv("COLORTERM", cases[i].colorterm, 1);
        if (cases[i].no_color)
            setenv("NO_COLOR", cases[i].no_color, 1);
        struct error err;
        struct curses_memory *m = curses_memory_create(24, 80, cases[i].want, &err);
        if (!m)
            fail_msg("case %zu: %s", i, err.what);
        assert_int_equal(curses_memory_depth(m), cases[i].depth);
        curses_memory_destroy(m);
    }
    unsetenv("COLORTERM");
    unsetenv("NO_COLOR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_and_back),
        cmocka_unit_test(test_input_and_hangup),
        cmocka_unit_test(test_stalled),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_title_is_safe),
        cmocka_unit_test(test_where_the_title_goes),
        cmocka_unit_test(test_hand_over),
        cmocka_unit_test(test_vt100),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_suspend),
        cmocka_unit_test(test_colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
