/* hostile_test.c: names that try to act on the terminal or to deceive its reader, on the real
 * screen: list, detail, JSON, form, and nothing of them in the bytes that reach the terminal. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 120};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 120};

#define PATH "/v1/orgs/" RIG_ORG "/provider-accounts"

/* Creates an account of that name (as JSON text); it sorts first by its "!". */
static void create(struct console *c, const char *json_name)
{
    char body[2000];
    snprintf(body, sizeof body,
             "{\"name\":\"%s\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/x\"}",
             json_name);
    cJSON_Delete(box_json(&c->box, "POST", PATH, body, 201));
}

static bool holds(const struct console *c, const char *bytes, size_t n)
{
    size_t len;
    const char *all = term_transcript(c->term, &len);
    return memmem(all, len, bytes, n) != NULL;
}

/* Goes through every screen that shows the name, waiting for what is to be seen of it. */
static void walk(const struct console_options *size, const char *json_name, const char *shown)
{
    struct console c;
    console_open_ready(&c, size);
    create(&c, json_name);
    console_keys(&c, "r");
    console_see(&c, "121 accounts");
    console_keys(&c, "g");
    console_see(&c, shown);
    console_keys(&c, "Enter");
    console_see(&c, "Overview");
    console_see(&c, shown);
    console_keys(&c, "]");
    console_see(&c, "\"provider_account_id\"");
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month");
    assert_false(holds(&c, "\x1b[5;31m", 7));
    assert_false(holds(&c, "\x1b]0;owned", 9));
    assert_false(holds(&c, "\xe2\x80\xae", 3));
    console_close(&c);
}

static void test_escape_sequences(void **state)
{
    walk(*state, "!a\\u001b[5;31mred\\u001b]0;owned\\u0007", "!a^[[5;31mred");
}

static void test_bidi(void **state)
{
    walk(*state, "!pay\\u202edorp", "!pay\\u{202e}dorp");
}

static void test_cjk_and_emoji(void **state)
{
    walk(*state, "!東京🚀本番", "!東京🚀本番");
}

static void test_a_long_name_shifts_nothing(void **state)
{
    char name[400] = "!";
    memset(name + 1, 'w', 254);
    walk(*state, name, "!wwwwwwwwwwwwwww");
}

/* Wherever a text from outside breaks its line it says so: nothing of it begins a line. */
static void no_line_is_forged(struct console *c)
{
    const char *all = term_screen_text(c->term);
    int seen = 0;
    for (const char *at = all; (at = strstr(at, "FORGED")); at++, seen++)
        assert_true(at - all >= 2 &&
                    (memcmp(at - 2, "^J", 2) == 0 || memcmp(at - 2, "\\n", 2) == 0));
    assert_true(seen > 0);
}

static void test_lines_are_not_forged(void **state)
{
    static const char body[] =
        "{\"name\":\"!\\nFORGED\",\"description\":\"d\\nFORGED\",\"region\":\"eu\\nFORGED\","
        "\"provider_type\":\"openai\",\"credentials_ref\":\"kv/"
        "x\",\"tags\":{\"k\\nFORGED\":\"v\\nFORGED\"}}";
    struct console c;
    console_open_ready(&c, *state);
    cJSON_Delete(box_json(&c.box, "POST", PATH, body, 201));
    console_keys(&c, "r");
    console_see(&c, "121 accounts");
    console_keys(&c, "g");
    console_see(&c, "!^JFORGED");
    no_line_is_forged(&c);
    console_keys(&c, "Enter");
    console_see(&c, "HEALTH");
    console_keys(&c, "G");
    console_see(&c, "k^JFORGED=v^JFORGED");
    no_line_is_forged(&c);
    console_keys(&c, "]");
    console_see(&c, "\\nFORGED");
    no_line_is_forged(&c);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "Tab Tab Tab Tab Tab Tab Tab Tab Tab Tab Tab C-u");
    console_see(&c, ">* Description");
    console_type(&c, "\"two\\nFORGED\"");
    no_line_is_forged(&c);
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    no_line_is_forged(&c);
    console_keys(&c, "A");
    console_see(&c, "saved and read back");
    no_line_is_forged(&c);
    console_keys(&c, "3");
    console_see(&c, "applied");
    no_line_is_forged(&c);
    console_keys(&c, "Enter");
    console_see(&c, "BEFORE AND AFTER");
    no_line_is_forged(&c);
    console_keys(&c, "1");
    console_see(&c, "\"provider_account_id\"");
    console_to_the_list(&c);
    console_keys(&c, "x"); /* a review that names it, and those like it */
    console_see(&c, "DELETE");
    no_line_is_forged(&c);
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "Space b");
    console_see(&c, "1 account");
    console_type(&c, "set a field");
    console_keys(&c, "Enter");
    console_see(&c, "Set a field");
    console_type(&c, "desc");
    console_keys(&c, "Enter");
    console_see(&c, "Set a field: desc");
    console_type(&c, "\"p\\nFORGED\"");
    console_keys(&c, "Enter");
    console_see(&c, "1 change");
    no_line_is_forged(&c);
    console_keys(&c, "Enter");
    console_see(&c, "An account of the plan");
    console_see(&c, "p^JFORGED");
    no_line_is_forged(&c);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_escape_sequences, &small, &wide),
        CONSOLE_TWO_SIZES(test_bidi, &small, &wide),
        CONSOLE_TWO_SIZES(test_cjk_and_emoji, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_long_name_shifts_nothing, &small, &wide),
        CONSOLE_TWO_SIZES(test_lines_are_not_forged, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
