/* merge_test.c: an account that others change while it is edited: what does not touch mine is
 * merged quietly, what does is chosen field by field, and a 409 leads to the same question. */
#include "base/mem.h"
#include "tests/support/child_proc.h"
#include "tests/support/console_steps.h"
#include "tests/support/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};
static const struct console_options *size; /* of the test that runs */

static void account_has(struct console *c, double quota, const char *description)
{
    cJSON *account = console_account(c, RIG_FIRST);
    assert_non_null(account);
    cJSON *policy = cJSON_GetObjectItem(account, "quota_policy");
    assert_true(box_number(policy, "max_tokens_per_month") == quota);
    if (description)
        assert_string_equal(box_text(account, "description"), description);
    cJSON_Delete(account);
}

static void edit_quota(struct console *c)
{
    console_open_ready(c, size);
    console_type_quota(c, "123M");
    console_see(c, "[123M");
}

/* F16: another field: merged, said in one line, and not sent. */
static void test_f16_a_quiet_merge(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_patch_behind(&c, "{\"description\":\"theirs\"}");
    console_keys(&c, "C-s");
    console_see(&c, "changed by others meanwhile, kept as it is: desc");
    console_see(&c, "nothing was sent yet");
    assert_null(strstr(term_screen_text(c.term), "\"description\""));
    console_save(&c);
    account_has(&c, 123e6, "theirs");
    console_close(&c);
}

/* F16: the same field: mine is chosen, shown again, and only then sent. */
static void test_f16_an_overlap_is_chosen(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}");
    console_keys(&c, "C-s");
    console_see(&c, "The same fields were changed on the server");
    console_see(&c, "was    50,000,000");
    console_see(&c, "* mine   123,000,000");
    console_keys(&c, "s");
    console_see(&c, "* server 77,000,000");
    console_keys(&c, "m");
    console_see(&c, "* mine   123,000,000");
    account_has(&c, 77e6, NULL);
    console_keys(&c, "Enter");
    console_see(&c, "77,000,000 tokens/month \xe2\x86\x92 123,000,000");
    account_has(&c, 77e6, NULL);
    console_save(&c);
    account_has(&c, 123e6, NULL);
    console_close(&c);
}

static void set_by_command(struct console *c, const char *id)
{
    struct str program = STR_INIT;
    struct child_proc p;
    build_dir(&program);
    str_add(&program, "/paddock");
    const char *const argv[] = {str_text(&program), "set", id, "quota.tokens=77M", "--yes", NULL};
    const char **env = tmpdir_env_with(c->home, sandbox_env(c->sandbox));
    assert_true(child_proc_start(&p, argv, env));
    assert_true(child_wait(&p, 0));
    assert_int_equal(child_exit_code(&p), 0);
    child_finish(&p);
    mem_free(env);
    str_finish(&program);
}

/* A change by a command of the same machine is in its journal, and said to be it. */
static void test_f16_an_overlap_with_my_own_command(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    cJSON *account = console_account(&c, RIG_FIRST);
    assert_non_null(account);
    set_by_command(&c, box_text(account, "provider_account_id"));
    cJSON_Delete(account);
    console_keys(&c, "C-s");
    console_see(&c, "The same fields were changed on the server");
    console_see(&c, "It was this machine's write 1 by ");
    console_keys(&c, "s Enter");
    console_gone(&c, "123,000,000");
    console_close(&c);
}

/* F09: 409, and nothing that was read again speaks against it: the preview stands there again by
 * itself, with what the server said; `A` sends it once more, `e` has the text still. */
static void test_f09_a_409_without_a_change(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    box_fault(&c.box, "{\"fault\":\"conflict\"}");
    console_keys(&c, "A");
    console_see(&c, " REFUSED ");
    console_see(&c, "(409)");
    console_see(&c, "none of its settings was changed meanwhile");
    console_see(&c, "A sends this once more");
    account_has(&c, 50e6, NULL);
    console_keys(&c, "e");
    console_see(&c, "[123M");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    box_fault(&c.box, "{\"fault\":\"conflict\",\"status\":412}");
    console_keys(&c, "A");
    console_see(&c, "(412)");
    console_keys(&c, "A");
    console_see(&c, RIG_FIRST " saved and read back");
    account_has(&c, 123e6, NULL);
    console_close(&c);
}

/* F09: 409, and only other fields were changed: merged, said, shown again. */
static void test_f09_a_409_without_an_overlap(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_patch_behind(&c, "{\"description\":\"theirs\"}");
    box_fault(&c.box, "{\"fault\":\"conflict\"}");
    console_keys(&c, "A");
    console_see(&c, "changed by others meanwhile, kept as it is: desc");
    account_has(&c, 50e6, "theirs");
    console_save(&c);
    account_has(&c, 123e6, "theirs");
    console_close(&c);
}

/* F09 of a delete: the question is there again, its name to be typed again. */
static void test_f09_a_refused_delete(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    console_keys(&c, "x");
    console_see(&c, "DELETE");
    console_see(&c, "and Enter to apply");
    box_fault(&c.box, "{\"fault\":\"error\",\"status\":409}");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, " REFUSED ");
    console_see(&c, "and Enter to apply");
    console_keys(&c, "Enter");
    term_wait_quiet(c.term, 300, 3000);
    account_has(&c, 50e6, NULL);
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, RIG_FIRST " deleted and read back");
    console_close(&c);
}

/* Both kinds at once: what was merged quietly is said beside what was chosen. */
static void test_f16_a_choice_beside_a_merge(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000},"
                             "\"description\":\"theirs\"}");
    console_keys(&c, "C-s");
    console_see(&c, "The same fields were changed on the server");
    console_see(&c, "changed by others meanwhile, kept as it is: desc");
    console_keys(&c, "m Enter");
    console_see(&c, "nothing was sent yet");
    console_see(&c, "changed by others meanwhile, kept as it is: desc");
    console_save(&c);
    account_has(&c, 123e6, "theirs");
    console_close(&c);
}

/* F09: 409, and the field was changed by somebody else since it was read: the same question. */
static void test_f09_a_409_with_an_overlap(void **state)
{
    struct console c;
    size = *state;
    edit_quota(&c);
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}");
    box_fault(&c.box, "{\"fault\":\"conflict\"}");
    console_keys(&c, "A");
    console_see(&c, "The same fields were changed on the server");
    console_see(&c, "* mine   123,000,000");
    console_see(&c, "  server 77,000,000");
    account_has(&c, 77e6, NULL);
    console_keys(&c, "@"); /* it was the server that said so */
    console_see(&c, " 409 ");
    console_keys(&c, "Esc");
    console_see(&c, "The same fields were changed on the server");
    console_keys(&c, "m Enter");
    console_see(&c, "A sends this once more");
    console_save(&c);
    account_has(&c, 123e6, NULL);
    console_close(&c);
}

/* The same change for a shell: the id and no token in it. */
static void test_the_review_shows_it_as_commands(void **state)
{
    struct console c;
    struct str text = STR_INIT;
    char command[200];
    size = *state;
    edit_quota(&c);
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    cJSON *account = console_account(&c, RIG_FIRST);
    snprintf(command, sizeof command, "set %s quota.tokens=123M",
             box_text(account, "provider_account_id"));
    cJSON_Delete(account);
    console_see(&c, command);
    console_see(&c, "curl -X PATCH");
    assert_null(strstr(term_screen_text(c.term), SANDBOX_TOKEN));
    console_keys(&c, "G");
    console_see(&c, "PADDOCK_TOKEN");
    assert_null(strstr(term_screen_text(c.term), SANDBOX_TOKEN));
    /* Copied it is whole, on one line, however narrow the screen is. */
    console_keys(&c, "y");
    console_see(&c, "Copy");
    console_keys(&c, "Enter");
    console_see(&c, "paddock command sent to the terminal's clipboard");
    assert_true(tmpdir_read(c.home, "home/state/paddock/yank", &text));
    assert_non_null(strstr(str_text(&text), command));
    str_clear(&text);
    console_keys(&c, "y");
    console_see(&c, "curl command");
    console_keys(&c, "Down Enter");
    console_see(&c, "Copied: curl command");
    assert_true(tmpdir_read(c.home, "home/state/paddock/yank", &text));
    assert_non_null(strstr(str_text(&text), "-d '{\"quota_policy\":{\"max_tokens_per_month\":"
                                            "123000000}}'"));
    assert_null(strstr(str_text(&text), SANDBOX_TOKEN));
    str_finish(&text);
    console_keys(&c, "Esc");
    console_see(&c, "COMMAND");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f16_a_quiet_merge, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_an_overlap_is_chosen, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_an_overlap_with_my_own_command, &small, &wide),
        CONSOLE_TWO_SIZES(test_f09_a_409_without_a_change, &small, &wide),
        CONSOLE_TWO_SIZES(test_f09_a_409_without_an_overlap, &small, &wide),
        CONSOLE_TWO_SIZES(test_f09_a_refused_delete, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_a_choice_beside_a_merge, &small, &wide),
        CONSOLE_TWO_SIZES(test_f09_a_409_with_an_overlap, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_review_shows_it_as_commands, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
