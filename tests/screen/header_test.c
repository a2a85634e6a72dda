/* header_test.c: the first line at every width: whose accounts these are and what may be done stay
 * in sight; what gives way is the program's name and words of the counts; organisation and host
 * move to the second line, and nothing is cut without an ellipsis. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct width {
    int rows, cols;
    const char *list[5]; /* in the header of the list, in this order */
    const char *form[5]; /* and of a form */
};
static const struct width widths[] = {
    {12, 40, {"DEMO", "1,200 complete", "read-write"}, {"DEMO", "Edit an-c", "…", "read-write"}},
    {20,
     60,
     {"DEMO", "org_demo", "1,200 complete (", "read-write"},
     {"DEMO", "org_demo", "Edit an-claude-eu-batch-01", "read-write"}},
    {24,
     80,
     {"DEMO", "org_demo", "127.0.0.1", "1,200 accounts, complete (", "read-write"},
     {"DEMO", "org_demo", "127.0.0.1", "Edit an-claude", "read-write"}},
    {30,
     100,
     {"paddock  DEMO", "org_demo", "127.0.0.1", "1,200 accounts, complete ", "read-write"},
     {"paddock  DEMO", "org_demo", "127.0.0.1", "Edit an-claude", "read-write"}},
};

static void see_in_order(struct console *c, const char *const *words, size_t count)
{
    console_row(c, 0, words[0]);
    const char *at = term_row_text(c->term, 0);
    for (size_t i = 0; i < count && words[i]; i++) {
        at = strstr(at, words[i]);
        if (!at)
            fail_msg("no \"%s\" in \"%s\"", words[i], term_row_text(c->term, 0));
        at += strlen(words[i]);
    }
}

/* In the first line, or at the right of the tabs where that has no room; there cut in its middle.
 */
static void see_host(struct console *c)
{
    if (!strstr(term_row_text(c->term, 0), "127.0.0.1:"))
        console_row(c, 1, "127.0");
    if (!strstr(term_row_text(c->term, 0), "org_demo"))
        console_row(c, 1, "org_demo  127.0");
}

static void test_narrow(void **state)
{
    const struct width *w = *state;
    const struct console_options o = {
        .rows = w->rows, .cols = w->cols, .accounts = 1, .flag = "--demo"};
    struct console c;
    console_open(&c, &o);
    console_row(&c, 0, "complete");
    see_in_order(&c, w->list, 5);
    see_host(&c);
    console_keys(&c, "*");
    console_see(&c, "1,200 marked"); /* counts have their thousands apart */
    console_keys(&c, "e");
    console_row(&c, 0, "Edit");
    see_in_order(&c, w->form, 5);
    see_host(&c);
    console_keys(&c, "Esc");
    console_row(&c, 0, "complete");
    console_close(&c);
}

/* Without a label the organisation says whose it is, and is the last to go. */
static void test_without_a_label(void **state)
{
    static const struct console_options o = {
        .rows = 12, .cols = 40, .accounts = 30, .flag = "--readonly"};
    struct console c;
    (void)state;
    console_open_ready(&c, &o);
    console_row(&c, 0, RIG_ORG);
    console_row(&c, 0, "30 complete");
    console_row(&c, 0, "read-only");
    console_row(&c, 1, "1 Accounts   2 Monitor  127.0.");
    console_row(&c, 1, strrchr(sandbox_url(c.sandbox), ':')); /* two hosts differ there */
    console_close(&c);
}

/* "At least" has its reason in the last line, until it is proven. */
static void test_why_it_is_not_proven(void **state)
{
    static const char *const args[] = {"--behaviour", "total=page", NULL};
    static const struct console_options o = {.accounts = 150, .sandbox = args};
    struct console c;
    (void)state;
    console_open(&c, &o);
    console_row(&c, 0, "at least 150 accounts");
    console_row(&c, 23, "not proven complete: the server's total went from 100 to 50");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"40x12", test_narrow, NULL, NULL, (void *)(uintptr_t)&widths[0]},
        {"60x20", test_narrow, NULL, NULL, (void *)(uintptr_t)&widths[1]},
        {"80x24", test_narrow, NULL, NULL, (void *)(uintptr_t)&widths[2]},
        {"100x30", test_narrow, NULL, NULL, (void *)(uintptr_t)&widths[3]},
        cmocka_unit_test(test_without_a_label),
        cmocka_unit_test(test_why_it_is_not_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
