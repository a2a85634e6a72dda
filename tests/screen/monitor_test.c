/* monitor_test.c: the monitor, the chart of an account and the alerts as somebody at the keyboard
 * has them, in the smallest usual terminal and in a wide one. */
#include "base/vec.h"
#include "store/alerts_db.h"
#include "tests/support/console_steps.h"
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const still[] = {"--time-scale", "0", NULL};
static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 120, .sandbox = still};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 120, .sandbox = still};

static void each(void (*story)(const struct console_options *o))
{
    story(&small);
    story(&wide);
}

static void open_monitor(struct console *c, const struct console_options *o)
{
    console_open_ready(c, o);
    console_keys(c, "2");
    console_see(c, "FLEET");
    console_see(c, " disabled");
}

/* The groups of all 120 accounts and who runs out: until then another page moves both lists. */
static void wait_for_all(struct console *c)
{
    console_see(c, "anthropic ");
    console_see(c, " 21  "); /* accounts of it */
    console_see(c, "RUNS OUT (");
}

/* ---- the fleet and its groups ---- */

static void fleet_and_groups(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    console_row(&c, 0, "120 accounts");
    console_row(&c, 3, "ok");
    console_row(&c, 3, "degraded");
    console_row(&c, 3, "down");
    console_row(&c, 4, "TOKENS");
    console_row(&c, 4, " of ");
    console_row(&c, 4, "EOM");
    console_row(&c, 5, "REQUESTS");
    console_row(&c, 6, "at 100%+");
    console_row(&c, 8, "PROVIDER");
    console_row(&c, 8, "EOM");
    console_see(&c, "RUNS OUT (");
    console_see(&c, "HEALTH CHANGES (0)");
    console_keys(&c, "b");
    console_row(&c, 8, "REGION");
    console_keys(&c, "b b b");
    console_row(&c, 8, "STATUS");
    console_row(&c, 9, "active");
    console_close(&c);
}

static void test_fleet_and_groups(void **state)
{
    (void)state;
    each(fleet_and_groups);
}

/* Any column, and any tag that an account has, chosen by name; what is masked is not among them. */
static void groups_by_any(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    console_keys(&c, "B");
    console_see(&c, "Sum up by");
    console_type(&c, "credentials");
    console_gone(&c, "Provider");
    assert_false(term_find(c.term, "credentials_ref", NULL, NULL));
    console_keys(&c, "Esc");
    console_gone(&c, "Sum up by");
    console_keys(&c, "B");
    console_type(&c, "tag:env");
    console_see(&c, " values");
    console_keys(&c, "Enter");
    console_row(&c, 8, "TAG:ENV");
    console_see(&c, "  prod ");
    console_keys(&c, "o o o"); /* by name */
    console_see(&c, "sorted by name");
    console_keys(&c, "j f"); /* those without the tag come first */
    console_see(&c, "/ tag:env=");
    console_close(&c);
}

/* Which accounts of a provider run out first: two keys from the list. */
static void first_to_run_out(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    wait_for_all(&c);
    console_row(&c, o->rows - 2, "Enter first to run out");
    console_keys(&c, "Tab");
    console_row(&c, o->rows - 2, "Enter open");
    console_keys(&c, "S-Tab Enter");
    console_see(&c, "/ provider=\"");
    console_see(&c, "what runs out first is on top");
    console_see(&c, "LEFT\u25b2");
    console_row(&c, 5, ">"); /* the cursor is on the first */
    console_row(&c, 5, "over");
    console_keys(&c, "2 f"); /* as the list is sorted now */
    console_gone(&c, "FLEET");
    console_see(&c, "LEFT\u25b2");
    console_close(&c);
}

static void test_first_to_run_out(void **state)
{
    (void)state;
    each(first_to_run_out);
}

static void test_groups_by_any(void **state)
{
    (void)state;
    each(groups_by_any);
}

/* The cursor follows the group it was put onto; other groups begin at their first. */
static void cursor_of_groups(const struct console_options *o)
{
    struct console c;
    char name[16] = "";
    open_monitor(&c, o);
    wait_for_all(&c);
    console_keys(&c, "j j");
    console_row(&c, 11, ">");
    snprintf(name, sizeof name, "%.14s", term_row_text(c.term, 11) + 3);
    console_keys(&c, "o o o"); /* by name */
    console_see(&c, "sorted by name");
    char want[24];
    snprintf(want, sizeof want, ">  %s", name);
    console_see(&c, want);
    console_keys(&c, "B");
    console_see(&c, "Sum up by");
    console_see(&c, ">* PROVIDER"); /* what they are by now */
    console_type(&c, "status");
    console_keys(&c, "Enter");
    console_row(&c, 8, "STATUS");
    console_row(&c, 9, ">  active");
    console_close(&c);
}

static void test_the_cursor_of_groups(void **state)
{
    (void)state;
    each(cursor_of_groups);
}

/* f and Enter on a group show the accounts behind it in the list. */
static void into_the_list(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    console_keys(&c, "o o o"); /* by name */
    console_row(&c, 9, "anthropic");
    console_keys(&c, "j f");
    console_see(&c, "/ provider=\"aws_bedrock\"");
    console_see(&c, " of 120");
    console_keys(&c, "2");
    console_see(&c, "FLEET");
    console_keys(&c, "Tab f");
    console_see(&c, "/ id=\"pa_");
    console_see(&c, "1 of 120");
    console_close(&c);
}

static void test_into_the_list(void **state)
{
    (void)state;
    each(into_the_list);
}

/* Each number at the top opens the accounts that it counts: as many as it says, and the filter says
 * how they are counted. */
static bool on_item(struct term *t, void *word)
{
    int row;
    if (!term_find(t, "\u2502>", &row, NULL))
        return false;
    /* Beside the box the same row is the monitor's, where such words stand too. */
    const char *item = strstr(term_row_text(t, row), "\u2502>") + strlen("\u2502>");
    item += strspn(item, " ");
    return strncmp(item, word, strlen(word)) == 0;
}

static void numbers_in_the_list(const struct console_options *o)
{
    static const char *const words[] = {"ok",
                                        "degraded",
                                        "down",
                                        "other",
                                        "disabled",
                                        "stale",
                                        "at 75%",
                                        "at 90%",
                                        "at 100% or more",
                                        "with quota 0",
                                        "run out",
                                        "no token quota",
                                        "no request quota"};
    struct console c;
    struct console_options quiet = *o; /* the numbers are read, and then the list: they agree */
    quiet.sandbox = still;
    open_monitor(&c, &quiet);
    wait_for_all(&c);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        int row = 0, number = -1;
        char want[40];
        console_keys(&c, "n");
        console_see(&c, "Numbers of accounts");
        for (size_t j = 0; j < i; j++)
            console_keys(&c, "Down");
        console_see(&c, words[i]);
        assert_true(term_wait(c.term, on_item, (void *)(uintptr_t)words[i], words[i], 0));
        assert_true(term_find(c.term, "\u2502>", &row, NULL));
        /* The number stands at the right edge of the box. */
        const char *text = strstr(term_row_text(c.term, row), "\u2502>");
        const char *end = strstr(text + 1, " \u2502");
        while (end && end > text && end[-1] != ' ')
            end--;
        if (!end || sscanf(end, "%d", &number) != 1)
            fail_msg("no number in %s", text);
        console_keys(&c, "Enter");
        console_gone(&c, "Numbers of accounts");
        snprintf(want, sizeof want, "%s%d of 120", number ? "/" : " ", number);
        printf("%s: %d\n", words[i], number);
        console_row(&c, 3, want);
        console_keys(&c, "2");
        console_see(&c, "FLEET");
    }
    console_close(&c);
}

static void test_numbers_in_the_list(void **state)
{
    (void)state;
    each(numbers_in_the_list);
}

/* The account that runs out first, over its period: quota, forecast, what it rests on. */
static void chart(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    wait_for_all(&c);
    console_keys(&c, "Tab Enter");
    console_see(&c, "use over the period");
    console_see(&c, "Runs out");
    console_see(&c, "from the average of the period so far");
    console_see(&c, "-01 "); /* the scale begins with the month */
    console_see(&c, "\u2588");
    console_see(&c, "\u2500\u2500\u2500\u2500\u2500"); /* the quota */
    bool tokens = strstr(term_screen_text(c.term), "TOKENS") != NULL;
    console_keys(&c, "Tab");
    console_see(&c, tokens ? "REQUESTS" : "TOKENS");
    console_keys(&c, "Esc");
    console_see(&c, "FLEET");
    console_close(&c);
}

static void test_chart(void **state)
{
    (void)state;
    each(chart);
}

/* A change of status is seen with what it was, and how long ago. */
static void health_changes(const struct console_options *o)
{
    struct console c;
    char body[] = "{\"enabled\":false}";
    open_monitor(&c, o);
    console_keys(&c, "Tab Tab");
    console_see(&c, "no change of status was seen");
    cJSON *account = console_account(&c, "an-claude-eu-prod-25");
    assert_non_null(account);
    cJSON_Delete(box_json(&c.box, "PATCH", box_path(account), body, 200));
    console_keys(&c, "r");
    console_see(&c, "HEALTH CHANGES (1)");
    console_see(&c, "an-claude-eu-");
    console_see(&c, "disabled");
    cJSON_Delete(account);
    console_close(&c);
}

static void test_health_changes(void **state)
{
    (void)state;
    each(health_changes);
}

static void findings(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    console_keys(&c, "Tab Tab Tab");
    console_see(&c, "FINDING");
    console_see(&c, "Input tokens/min 9.01P");
    console_see(&c, "the last enabled account of");
    console_close(&c);
}

static void test_findings(void **state)
{
    (void)state;
    each(findings);
}

/* Accounts are told apart by the ends of their names: a screen too narrow for two lists shows one.
 */
static void test_names_are_whole(void **state)
{
    static const struct console_options o = {.rows = 30, .cols = 100, .accounts = 120};
    struct console c;
    int row, col;
    (void)state;
    open_monitor(&c, &o);
    console_see(&c, "RUNS OUT (");
    console_see(&c, "Tab: HEALTH CHANGES");
    assert_true(term_find(c.term, "RUNS OUT", &row, &col));
    for (; row < o.rows - 3; row++)
        if (strstr(term_row_text(c.term, row), "\u2026"))
            fail_msg("cut: %s", term_row_text(c.term, row));
    console_close(&c);
}

/* Where one list has room, it is the one with the focus: Tab shows each, and what Enter opens was
 * on the screen. */
static void on_little_room(const struct console_options *o)
{
    struct console c;
    char name[64] = "";
    int row, col;
    console_open_ready(&c, o);
    console_keys(&c, "2");
    console_see(&c, "FLEET");
    console_see(&c, "PROVIDER");
    console_keys(&c, "Tab");
    console_gone(&c, "ACCTS");
    console_see(&c, "LEFT");
    console_see(&c, "  over");
    assert_true(term_find(c.term, "RUNS OUT (", &row, &col));
    assert_int_equal(sscanf(term_row_text(c.term, row + 1), " > %60s", name), 1);
    console_keys(&c, "Enter");
    console_gone(&c, "FLEET");
    console_see(&c, name);
    console_keys(&c, "Esc");
    console_see(&c, "FLEET");
    console_keys(&c, "Tab");
    console_see(&c, "STATUS");
    console_keys(&c, "Tab");
    console_see(&c, "FINDING");
    console_keys(&c, "Tab");
    console_see(&c, "PROVIDER");
    console_close(&c);
}

static void test_on_little_room(void **state)
{
    static const struct console_options low = {
        .rows = 15, .cols = 60, .accounts = 120, .sandbox = still};
    (void)state;
    on_little_room(&low);
}

/* Whose chart it is stays where there is room for hardly a figure. */
static void test_chart_on_little_room(void **state)
{
    static const struct console_options least = {
        .rows = 10, .cols = 40, .accounts = 120, .sandbox = still};
    struct console c;
    char name[16] = "";
    int row, col;
    (void)state;
    console_open_ready(&c, &least);
    console_keys(&c, "2");
    console_see(&c, "FLEET");
    console_keys(&c, "Tab");
    console_gone(&c, "ACCTS");
    assert_true(term_find(c.term, "RUNS OUT (", &row, &col));
    assert_int_equal(sscanf(term_row_text(c.term, row + 1), "> %12s", name), 1);
    console_keys(&c, "Enter");
    console_gone(&c, "FLEET");
    console_see(&c, "Used ");
    console_see(&c, name);
    console_close(&c);
}

/* What is over already stands first, in one word, and is counted. */
static void over_first(const struct console_options *o)
{
    struct console c;
    unsigned all = 0, over = 0;
    int row, col;
    open_monitor(&c, o);
    wait_for_all(&c);
    console_see(&c, " over)");
    assert_true(term_find(c.term, "RUNS OUT (", &row, &col));
    assert_int_equal(
        sscanf(strstr(term_row_text(c.term, row), "RUNS OUT ("), "RUNS OUT (%u, %u", &all, &over),
        2);
    assert_true(over > 0 && over < all);
    console_row(&c, row + 1, "quota is used up   over");
    console_keys(&c, "Tab G");
    console_see(&c, " paused"); /* nothing is used meanwhile: last, with why */
    assert_true(strstr(term_screen_text(c.term), "down ") ||
                strstr(term_screen_text(c.term), "disabled "));
    console_close(&c);
}

static void test_over_first(void **state)
{
    (void)state;
    each(over_first);
}

/* What is seen here can be edited from here; marks, which are not seen, are not acted on. */
static void acts_on_accounts(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    wait_for_all(&c);
    console_keys(&c, "e"); /* of a group */
    console_see(&c, "this line is no account");
    console_keys(&c, "c");
    console_see(&c, "clone does nothing here; 1 shows the accounts");
    console_keys(&c, "Tab e");
    console_see(&c, "review");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "Esc");
    console_see(&c, "FLEET");
    console_keys(&c, "Enter");
    console_see(&c, "use over the period");
    console_keys(&c, "y");
    console_see(&c, "Markdown");
    console_keys(&c, "Esc");
    console_gone(&c, "Markdown");
    console_keys(&c, "1 * 2 Tab x");
    console_see(&c, "120 accounts are marked; 1 shows the list, where delete acts on");
    console_close(&c);
}

static void test_acts_on_accounts(void **state)
{
    (void)state;
    each(acts_on_accounts);
}

/* Pause, interval and the countdown; between refreshes the terminal gets next to nothing. */
static void live(const struct console_options *o)
{
    struct console c;
    open_monitor(&c, o);
    console_row(&c, 0, "next ");
    console_keys(&c, "Z");
    console_row(&c, 0, "paused");
    console_keys(&c, "Z");
    console_row(&c, 0, "next ");
    console_keys(&c, "- -");
    console_see(&c, "every 10 s");
    console_keys(&c, "+ + + +"); /* so long that no refresh falls into what is measured */
    console_see(&c, "every 120 s");
    term_mark(c.term);
    for (int i = 0; i < 30; i++)
        term_pump(c.term, 100);
    size_t seconds = 3, bytes = term_bytes(c.term);
    if (bytes > 400 * seconds)
        fail_msg("%zu bytes in three seconds without news", bytes);
    console_close(&c);
}

static void test_live(void **state)
{
    (void)state;
    each(live);
}

/* Everything is readable in ASCII and without colour. */
static void test_ascii(void **state)
{
    struct console c;
    struct console_options o = small;
    (void)state;
    o.flag = "--ascii";
    open_monitor(&c, &o);
    console_see(&c, "####");
    console_see(&c, "....");
    for (const char *p = term_screen_text(c.term); *p; p++)
        assert_true((unsigned char)*p < 128);
    console_close(&c);
}

/* ---- alerts ---- */

static void configure(struct console *c, const char *text)
{
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg", text, 0600));
}

/* The chart of what runs out first, as soon as something does: at a month's begin nothing may. */
static void open_first_chart(struct console *c)
{
    console_keys(c, "2");
    console_see(c, "the server's clock: ");
    console_keys(c, "Tab");
    for (int i = 0; i < 100 && !term_find(c->term, "use over the period", NULL, NULL); i++) {
        console_keys(c, "Enter");
        term_wait_quiet(c->term, 300, 1000);
    }
    console_see(c, "use over the period");
}

/* A sandbox whose clock runs two days a second: the console's times are the server's. Its days are
 * seen, a forecast with a range comes of them, the month ends and another begins; and a console
 * that starts again takes the days that were seen, though its own clock says that they are to come.
 */
static void fast(const struct console_options *o)
{
    static const char *const two_days[] = {"--time-scale", "172800", NULL};
    struct console c;
    struct console_options quick = *o;
    char period[40];
    int year, month;
    quick.sandbox = two_days;
    console_open_ready(&c, &quick);
    configure(&c, "sync: { refresh = \"1s\"; budget = 100; };\n");
    console_kill_restart(&c, &quick);
    open_first_chart(&c);
    console_see(&c, "%; from daily use");
    assert_int_equal(
        sscanf(strstr(term_screen_text(c.term), " Period "), " Period %d-%d", &year, &month), 2);
    snprintf(period, sizeof period, " Period     %04d-%02d", month == 12 ? year + 1 : year,
             month % 12 + 1);
    assert_true(term_wait_text(c.term, period, 60000));
    console_see(&c, "likely ");
    console_see(&c, "from daily use and days of the week");
    console_kill_restart(&c, &quick);
    open_first_chart(&c);
    console_see(&c, "from daily use and days of the week");
    console_close(&c);
}

static void test_a_fast_server(void **state)
{
    (void)state;
    fast(&wide);
}

/* Told in a line and on the tab; dismissed and muted, also after a start. */
static void alerts(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    configure(&c, "alerts: { full: { when = \"tokens.pct>=100\"; notify = \"osc9\"; }; };\n");
    console_kill_restart(&c, o);
    console_see(&c, "alerts (4 shows them), the last: full");
    console_see(&c, "Alerts (");
    size_t len;
    const char *bytes = term_transcript(c.term, &len);
    assert_non_null(memmem(bytes, len, "\033]9;paddock: full: ", 19));
    console_keys(&c, "4");
    console_see(&c, "CONDITION");
    console_row(&c, 4, "open");
    console_row(&c, 4, "tokens.pct>=100");
    unsigned open = 0;
    assert_int_equal(sscanf(strstr(term_screen_text(c.term), "Alerts ("), "Alerts (%u", &open), 1);
    assert_true(open > 2);
    char left[32];
    console_keys(&c, "x");
    snprintf(left, sizeof left, "Alerts (%u)", open - 1);
    console_see(&c, left);
    console_keys(&c, "m");
    console_see(&c, "is muted for this account");
    snprintf(left, sizeof left, "Alerts (%u)", open - 2);
    console_see(&c, left);
    console_keys(&c, "Enter");
    console_see(&c, "use over the period");
    console_keys(&c, "Esc");
    term_signal(c.term, SIGTERM);
    assert_true(term_wait_exit(c.term, 0));
    console_restart(&c, o);
    console_see(&c, left);
    console_keys(&c, "4 G");
    console_see(&c, "muted");
    console_see(&c, "dismissed");
    console_close(&c);
}

static size_t times(struct console *c, const char *bytes, size_t len)
{
    size_t all, n = 0;
    const char *p = term_transcript(c->term, &all), *end = p + all;
    while ((p = memmem(p, (size_t)(end - p), bytes, len)) != NULL) {
        n++;
        p += len;
    }
    return n;
}

/* The bell and the notification reach the terminal when they are asked for, and what a name holds
 * ends or begins no sequence of its own; unasked, neither comes. */
static void alert_bytes(const struct console_options *o)
{
    struct console c;
    static const char hostile[] = "{\"name\":\"a;b\\u0007\\u001b]52;c;eA==\\u0007c\\u202ed\"}";
    console_open_ready(&c, o);
    cJSON *account = console_account(&c, "an-claude-eu-prod-25");
    assert_non_null(account);
    cJSON_Delete(box_json(&c.box, "PATCH", box_path(account), hostile, 200));
    cJSON_Delete(account);
    configure(&c, "alerts: { one: { when = \"tokens.pct>=0 name:/^a;b/\"; bell = true; "
                  "notify = \"osc777\"; }; };\n");
    console_kill_restart(&c, o);
    console_see(&c, "alert: one: a;b^G^[]52;c;eA==^Gc");
    static const char begin[] = "\033]777;notify;paddock;one: a,b^G^[]52,c,eA==^Gc\\u{202e}d";
    assert_int_equal(times(&c, begin, sizeof begin - 1), 1);
    assert_int_equal(times(&c, "\033]777;", 6), 1);
    assert_int_equal(times(&c, "\033]52;", 5), 0);
    /* One BEL ends the notification, those of titles end theirs, and one rings. */
    size_t sequences = times(&c, "\033]", 2);
    assert_int_equal(times(&c, "\a", 1), sequences + 1);
    console_kept(&c);
    configure(&c, "alerts: { two: { when = \"tokens.pct>=0 name:/^a;b/\"; }; };\n");
    console_kill_restart(&c, o);
    console_see(&c, "alert: two: a;b");
    assert_int_equal(times(&c, "\033]777;", 6), 0);
    assert_int_equal(times(&c, "\033]9;", 4), 0);
    assert_int_equal(times(&c, "\a", 1), times(&c, "\033]", 2));
    /* It ends: the name is another one. */
    account = console_account(&c, "a;b\a\033]52;c;eA==\ac\u202ed");
    assert_non_null(account);
    cJSON_Delete(box_json(&c.box, "PATCH", box_path(account), "{\"name\":\"plain\"}", 200));
    cJSON_Delete(account);
    console_keys(&c, "r");
    console_see(&c, "resolved: two: plain: no longer tokens.pct>=0");
    console_close(&c);
}

static void test_alert_bytes(void **state)
{
    (void)state;
    each(alert_bytes);
}

/* Beside another process that runs the commands the screen says so, until that is gone. */
static void test_commands_elsewhere(void **state)
{
    struct console c;
    struct alerts_db *db;
    struct error err;
    struct str path = STR_INIT;
    (void)state;
    console_open_ready(&c, &wide);
    configure(&c,
              "alerts: { full: { when = \"tokens.pct>=100\"; command = [ \"/bin/true\" ]; }; };\n");
    term_signal(c.term, SIGKILL);
    assert_true(term_wait_exit(c.term, 0));
    tmpdir_path(c.home, "home/state/paddock/alerts.db", &path);
    assert_int_equal(alerts_db_open(&db, str_text(&path), c.box.url, RIG_ORG, clock_system(), &err),
                     ST_OK);
    assert_true(alerts_db_owns(db));
    console_restart(&c, &wide);
    console_keys(&c, "4");
    console_see(&c, "another paddock runs their commands");
    alerts_db_close(db);
    console_gone(&c, "another paddock");
    console_see(&c, "open, 1 rules");
    console_close(&c);
    str_finish(&path);
}

/* What became of an operator's save stands until it could be read, though the save itself is what
 * an alert comes of; then the alert has its line. */
static void saved_before_alerts(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    configure(&c, "sync: { refresh = \"1s\"; budget = 100; };\n"
                  "alerts: { full: { when = \"tokens.pct>=100 name=" RIG_FIRST "\"; }; };\n");
    console_kill_restart(&c, o);
    console_review_quota(&c, "20M");
    console_save(&c);
    console_see(&c, "Alerts (1)");
    assert_true(term_find(c.term, "saved and read back", NULL, NULL));
    assert_false(term_find(c.term, "alert: full: ", NULL, NULL));
    console_see(&c, "alert: full: " RIG_FIRST);
    console_close(&c);
}

static void test_saved_before_alerts(void **state)
{
    (void)state;
    each(saved_before_alerts);
}

static void test_alerts(void **state)
{
    (void)state;
    each(alerts);
}

static void test_alerts_not_configured(void **state)
{
    struct console c;
    (void)state;
    console_open_ready(&c, &small);
    console_keys(&c, "4");
    console_see(&c, "no alerts are configured");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fleet_and_groups),
        cmocka_unit_test(test_groups_by_any),
        cmocka_unit_test(test_first_to_run_out),
        cmocka_unit_test(test_the_cursor_of_groups),
        cmocka_unit_test(test_into_the_list),
        cmocka_unit_test(test_numbers_in_the_list),
        cmocka_unit_test(test_chart),
        cmocka_unit_test(test_health_changes),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_names_are_whole),
        cmocka_unit_test(test_on_little_room),
        cmocka_unit_test(test_chart_on_little_room),
        cmocka_unit_test(test_over_first),
        cmocka_unit_test(test_acts_on_accounts),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_a_fast_server),
        cmocka_unit_test(test_alerts),
        cmocka_unit_test(test_saved_before_alerts),
        cmocka_unit_test(test_commands_elsewhere),
        cmocka_unit_test(test_alert_bytes),
        cmocka_unit_test(test_alerts_not_configured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
