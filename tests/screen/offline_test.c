/* offline_test.c: the accounts as last seen: while the server is away, with --offline, and when the
 * file is spoiled. */
#include "tests/support/console_steps.h"

#include <fcntl.h>
#include <glob.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

/* As this one, with --offline. */
static struct console_options offline(const struct console_options *size)
{
    struct console_options o = *size;
    o.flag = "--offline";
    return o;
}

/* One run to its end, with the list in the snapshot; then the server goes away. */
static void run_once(struct console *c, const struct console_options *size)
{
    console_open_ready(c, size);
    console_kept(c);
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
    sandbox_stop(c->sandbox);
}

static void test_a_start_without_a_server(void **state)
{
    struct console c;
    run_once(&c, *state);
    console_again(&c, *state);
    console_see(&c, "60 accounts as of ");
    console_see(&c, RIG_FIRST);
    console_see(&c, "nothing answers there");
    console_keys(&c, "Enter");
    console_see(&c, "Max tokens/month");
    console_see(&c, "as of ");
    console_keys(&c, "]");
    console_see(&c, "\"provider_account_id\"");
    console_keys(&c, "Esc");
    /* It comes back: the list is the server's again. */
    assert_true(sandbox_restart(c.sandbox));
    console_keys(&c, "r");
    console_see(&c, "60 accounts, complete");
    console_gone(&c, "as of");
    console_close(&c);
}

static int listen_at(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

static void test_offline_asks_nothing(void **state)
{
    struct console c;
    const struct console_options away = offline(*state);
    run_once(&c, *state);
    int fd = listen_at(c.box.port);
    console_again(&c, &away);
    console_see(&c, "OFFLINE");
    console_see(&c, "60 accounts as of ");
    console_see(&c, RIG_FIRST);
    console_keys(&c, "r");
    console_see(&c, "offline: the accounts are as last seen");
    console_keys(&c, "e");
    console_see(&c, "offline: nothing is sent");
    console_keys(&c, "Enter");
    console_row(&c, 3, "Overview"); /* alone, without the list beside it */
    console_to_the_list(&c);
    console_keys(&c, "/");
    console_type(&c, "batch-19");
    console_keys(&c, "Enter");
    console_see(&c, "1 of 60");
    assert_null(strstr(term_screen_text(c.term), "partial")); /* it is all that was there then */
    console_keys(&c, "x");
    console_see(&c, "offline: nothing is sent");
    console_keys(&c, "2");
    console_see(&c, "60 accounts as of ");
    assert_int_equal(accept(fd, NULL, NULL), -1); /* nobody called */
    close(fd);
    console_close(&c);
}

static void test_offline_without_a_snapshot(void **state)
{
    struct console c;
    const struct console_options away = offline(*state);
    console_open(&c, &away);
    console_see(&c, "OFFLINE  nothing kept");
    console_see(&c, "nothing was kept of this server yet");
    console_close(&c);
}

/* F22: the file is spoiled: it is set aside, and the start is one without a snapshot. */
static void test_f22_a_spoiled_file(void **state)
{
    struct console c;
    struct str pattern = STR_INIT;
    glob_t found;
    run_once(&c, *state);
    tmpdir_path(c.home, "home/cache/paddock/snapshot-*.db", &pattern);
    assert_int_equal(glob(str_text(&pattern), 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    int fd = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
    char noise[60000];
    memset(noise, 0xa5, sizeof noise);
    assert_int_equal(pwrite(fd, noise, sizeof noise, 0), (ssize_t)sizeof noise);
    close(fd);
    globfree(&found);
    assert_true(sandbox_restart(c.sandbox));
    console_again(&c, *state);
    console_see(&c, ".db was corrupt: kept as");
    console_see(&c, "60 accounts, complete");
    console_kept(&c);
    str_clear(&pattern);
    tmpdir_path(c.home, "home/cache/paddock/snapshot-*.db.corrupt-*", &pattern);
    assert_int_equal(glob(str_text(&pattern), 0, NULL, &found), 0);
    globfree(&found);
    str_finish(&pattern);
    console_close(&c);
}

/* F23: two consoles at once work; a save in one is in the next start of any. */
static void test_f23_two_consoles_and_a_save(void **state)
{
    struct console c;
    const struct console_options away = offline(*state);
    console_open_ready(&c, *state);
    console_kept(&c);
    struct term *first = c.term;
    c.term = NULL;
    console_again(&c, *state);
    console_see(&c, "60 accounts, complete");
    console_review_quota(&c, "123M");
    console_save(&c);
    /* Killed at once, both: what was proven is kept. */
    term_signal(c.term, SIGKILL);
    term_destroy(c.term);
    term_signal(first, SIGKILL);
    c.term = first;
    sandbox_stop(c.sandbox);
    console_again(&c, &away);
    console_see(&c, "60 accounts as of ");
    console_keys(&c, "Enter");
    console_see(&c, "123,000,000");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_a_start_without_a_server, &small, &wide),
        CONSOLE_TWO_SIZES(test_offline_asks_nothing, &small, &wide),
        CONSOLE_TWO_SIZES(test_offline_without_a_snapshot, &small, &wide),
        CONSOLE_TWO_SIZES(test_f22_a_spoiled_file, &small, &wide),
        CONSOLE_TWO_SIZES(test_f23_two_consoles_and_a_save, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
