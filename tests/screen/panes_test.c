/* panes_test.c: what has the keys is what is seen: the detail beside the list, or alone where there
 * is no room for both. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 30};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 30};

/* Tab goes to the detail, which is on the screen then, and back. */
static void test_tab_goes_to_what_is_seen(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    bool beside = term_cols(c.term) > 80;
    console_keys(&c, "Tab ]");
    console_see(&c, "\"provider_account_id\"");
    if (!beside)
        console_gone(&c, "/ filter");
    console_keys(&c, "Tab");
    console_see(&c, "/ filter");
    console_keys(&c, "j Space");
    console_see(&c, "1 marked");
    /* Opened alone by Enter, it is left by the same key. */
    console_keys(&c, "Enter");
    console_gone(&c, "/ filter");
    console_keys(&c, "Tab");
    console_see(&c, "/ filter");
    console_close(&c);
}

static void test_what_cannot_be_shown_is_said(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "p");
    console_see(&c, "no room for the detail");
    console_keys(&c, "j");
    console_keys(&c, "]"); /* nor for its tabs */
    console_see(&c, "no room for the detail");
    console_keys(&c, "Tab");
    console_see(&c, "Overview");
    console_keys(&c, "p");
    console_gone(&c, "Overview");
    /* It was not hidden meanwhile: in a wider terminal it is beside the list. */
    term_resize(c.term, 40, 120);
    console_see(&c, "Overview");
    console_see(&c, "/ filter");
    /* Where it had the keys it keeps them, alone, when the room goes. */
    console_keys(&c, "Tab");
    term_resize(c.term, 24, 80);
    console_gone(&c, "/ filter");
    console_see(&c, "Overview");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_tab_goes_to_what_is_seen, &small, &wide),
        {"what cannot be shown is said", test_what_cannot_be_shown_is_said, NULL, NULL,
         (void *)(uintptr_t)&small},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
