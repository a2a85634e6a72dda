/* form_test.c: what a form says before anything is sent: which fields are needed, which value
 * nobody knows, which keys work while one types. */
#include "tests/support/console_rig.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST "an-claude-eu-batch-19" /* of the sample accounts, by name */

static const struct console_options tiny = {.rows = 12, .cols = 40, .accounts = 30};
static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 30};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 30};

/* Marked from the first look on, and no longer once something is there. */
static void test_needed_fields_are_marked(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "a");
    console_see(&c, "] needed");
    console_row(&c, 0, "3 need");
    assert_null(strstr(term_row_text(c.term, 1), "1 Accounts")); /* digits are text here */
    console_row(&c, 1, "Accounts     Monitor");
    console_row(&c, 4, "Name");
    console_row(&c, 4, "] needed");
    console_row(&c, 6, "Provider");
    console_row(&c, 6, "] needed");
    console_type(&c, "brand-new");
    console_row(&c, 0, "2 need");
    console_row(&c, 4, "brand-new");
    assert_null(strstr(term_row_text(c.term, 4), "needed"));
    console_close(&c);
}

/* The set of providers is open: a word that nobody knows is said, and sent when it is meant. */
static void test_an_unknown_provider_is_said_and_sent(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "a");
    console_see(&c, ">  Name");
    console_type(&c, "brand-new");
    console_keys(&c, "Tab Tab");
    console_type(&c, "antropic");
    console_see(&c, "did you mean anthropic?");
    console_row(&c, 0, "1 warning");
    console_keys(&c, "Tab");
    console_type(&c, "vault:kv/x");
    console_keys(&c, "C-s");
    console_see(&c, "NEW ACCOUNT");
    console_see(&c, "! Provider: not a known value: did you mean anthropic?");
    console_keys(&c, "A");
    console_see(&c, ">* Provider");
    console_see(&c, "the server: "); /* it was sent, and the server judged */
    console_keys(&c, "C-u");
    console_type(&c, "anthropic");
    console_gone(&c, "did you mean");
    console_keys(&c, "C-s");
    console_see(&c, "NEW ACCOUNT");
    console_gone(&c, "! Provider");
    console_close(&c);
}

/* What the server refuses of no field stands above the form, whole, and is counted; the key of the
 * next error goes to the field that its words name. */
static void test_a_refusal_of_no_field(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "PageDown PageDown PageDown PageDown PageDown");
    for (int i = 0; i < 30 && !term_find(c.term, ">  Routing", NULL, NULL); i++) {
        console_keys(&c, "Up");
        term_wait_quiet(c.term, 30, 500);
    }
    console_see(&c, ">  Routing");
    console_type(&c, "bridge"); /* takes the place of what stands there */
    console_see(&c, "[bridge ");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_row(&c, 0, "1 error");
    console_see(&c, "bridge_id is required");
    console_see(&c, "stands above the form");
    console_see(&c, ">  Bridge");
    console_keys(&c, "Tab Tab C-n");
    console_see(&c, ">  Bridge");
    console_close(&c);
}

#define ACCOUNT                                                                                    \
    "{\"provider_account_id\":\"pa_1\",\"org_id\":\"" RIG_ORG "\",\"name\":\"one\","               \
    "\"provider_type\":\"openai\",\"credentials_ref\":\"kv/1\",\"enabled\":true,"                  \
    "\"quota_policy\":{\"max_tokens_per_month\":100,\"max_requests_per_month\":100,"               \
    "\"current_month_tokens\":1,\"current_month_requests\":1,\"usage_period\":\"2026-11\"},"       \
    "\"rate_limit_policy\":{\"requests_per_second\":5,\"burst_size\":10},"                         \
    "\"created_at\":\"2026-01-01T00:00:00Z\"}"

/* Every shape of a refusal at once: under its field, in the list above in a line each (nothing of
 * it begins one), the cursor on what was typed. And it is no lock: another field may be what mends
 * it, so the next review asks the server again. */
static void test_refusals_of_every_shape(void **state)
{
    static const char refusal[] =
        "{\"detail\":[{\"loc\":[\"body\",\"quota_policy\",\"max_tokens_per_month\"],\"msg\":\"too "
        "much\\nFORGED\"},{\"loc\":[\"body\",\"rate_limit_policy\",\"burst_size\"],\"msg\":\"below "
        "rps\"},{\"loc\":[\"body\",\"items\",3,\"deep\\nFORGED\"],\"msg\":\"listed\\nFORGED\"},"
        "{\"loc\":[],\"msg\":\"nowhere\"},{\"msg\":\"placeless\"}]}";
    const struct console_options *size = *state;
    struct fault_server *s = fault_server_create();
    assert_non_null(s);
    fault_json(s, "GET", RIG_ACCOUNTS "/", 0, 200, ACCOUNT);
    fault_json(s, "GET", RIG_ACCOUNTS, 0, 200,
               "{\"total\":1,\"has_more\":false,\"next_cursor\":null,\"accounts\":[" ACCOUNT "]}");
    fault_json(s, "PATCH", RIG_ACCOUNTS "/", 2, 422, refusal);
    fault_json(s, "PATCH", RIG_ACCOUNTS "/", 0, 422, "{\"detail\":\"burst_size is\\nodd\"}");
    const char *args[] = {"--url", fault_url(s), "--org", RIG_ORG, NULL};
    const struct console_options o = {
        .rows = size->rows, .cols = size->cols, .accounts = 1, .args = args};
    struct console c;
    console_open(&c, &o);
    console_see(&c, "1 account, complete");
    for (size_t sent = 1; sent <= 2; sent++) {
        if (sent == 1)
            console_keys(&c, "e");
        console_see(&c, "Max tokens/month   [");
        console_keys(&c, "C-u");
        console_type(&c, sent == 1 ? "200" : "300");
        console_keys(&c, "C-s");
        console_see(&c, "nothing was sent yet");
        console_keys(&c, "A");
        console_see(&c, "the server: too much^JFORGED");
        console_see(&c, ">* Max tokens/month");
        console_row(&c, 3, "items.3.deep^JFORGED: listed^JFORGED");
        console_row(&c, 4, "nowhere");
        console_row(&c, 5, "placeless");
        console_row(&c, 0, "5 errors");
        assert_int_equal(fault_count(s, "PATCH", NULL), sent);
    }
    console_keys(&c, "C-s"); /* a sentence, of which the console makes one line, and no field */
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "burst_size is");
    console_row(&c, 0, "1 error");
    console_keys(&c, "Tab C-n"); /* it stays, and names its field */
    console_see(&c, ">  Burst size");
    console_see(&c, "burst_size is");
    console_close(&c);
    fault_server_destroy(s);
}

/* The request beside the form is broken into lines where it is narrow: a number is never cut. */
static void test_the_request_beside_is_whole(void **state)
{
    static const struct console_options narrow = {.rows = 30, .cols = 100, .accounts = 30};
    struct console c;
    (void)state;
    console_open_ready(&c, &narrow);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "C-u");
    console_type(&c, "100G");
    console_see(&c, "100000000000");
    console_keys(&c, "C-u");
    console_type(&c, "9223372036854775807");
    console_see(&c, " 9223372036854775807");
    console_close(&c);
}

/* Space on a field with known values: the list of them, which typing narrows. */
static void test_a_list_of_values(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month");
    for (int i = 0; i < 30 && !strstr(term_screen_text(c.term), ">  Provider"); i++) {
        console_keys(&c, "Down");
        term_wait_quiet(c.term, 60, 1000);
    }
    console_see(&c, ">  Provider");
    console_keys(&c, "Space");
    console_see(&c, "type to narrow");
    console_see(&c, "azure_openai");
    console_keys(&c, "F1");
    console_see(&c, "does nothing here; Esc leaves this");
    console_type(&c, "cohe");
    console_gone(&c, " azure_openai ");
    console_keys(&c, "Enter");
    console_see(&c, "[cohere");
    console_keys(&c, "Space Esc");
    console_see(&c, "[cohere");
    console_keys(&c, "Esc");
    console_see(&c, "Leave the form?");
    console_close(&c);
}

static void test_help_where_text_is_typed(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "F1");
    console_see(&c, "Keys that work while text is typed");
    console_see(&c, "^S F2");
    console_see(&c, "Space");
    console_see(&c, "EVERYWHERE");
    console_see(&c, "F1                 Explain");
    console_see(&c, "Esc                Close");
    assert_null(strstr(term_screen_text(c.term), "? F1"));
    assert_null(strstr(term_screen_text(c.term), "Show how the fleet is"));
    assert_null(strstr(term_screen_text(c.term), "q     "));
    console_keys(&c, "Esc");
    console_gone(&c, "Keys that work"); /* back in the form, with nothing typed */
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "/ F1");
    console_see(&c, "Keys that work while text is typed");
    console_see(&c, "^W");
    console_keys(&c, "G");
    console_see(&c, "FILTER");
    console_keys(&c, "Esc");
    console_gone(&c, "Keys that work");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "?");
    console_see(&c, "Keys of this screen");
    console_keys(&c, "G");
    console_see(&c, "VALUES IN THE FORM");
    console_close(&c);
}

/* A demo keeps a draft only while it runs, and says so. */
static void test_a_draft_in_the_demo(void **state)
{
    struct console_options o = *(const struct console_options *)*state;
    struct console c;
    o.flag = "--demo";
    console_open(&c, &o);
    console_see(&c, "1,200 accounts, complete");
    console_see(&c, "All of it goes when the demo ends");
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "C-u");
    console_type(&c, "123M");
    console_keys(&c, "Esc");
    console_see(&c, "A draft is kept until the demo ends");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"needed at 40x12", test_needed_fields_are_marked, NULL, NULL, (void *)(uintptr_t)&tiny},
        CONSOLE_TWO_SIZES(test_needed_fields_are_marked, &small, &wide),
        CONSOLE_TWO_SIZES(test_an_unknown_provider_is_said_and_sent, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_refusal_of_no_field, &small, &wide),
        CONSOLE_TWO_SIZES(test_refusals_of_every_shape, &small, &wide),
        cmocka_unit_test(test_the_request_beside_is_whole),
        CONSOLE_TWO_SIZES(test_a_list_of_values, &small, &wide),
        CONSOLE_TWO_SIZES(test_help_where_text_is_typed, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_draft_in_the_demo, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
