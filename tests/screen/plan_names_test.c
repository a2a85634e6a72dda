/* plan_names_test.c: accounts of one name in a plan: told apart, warned of before they are deleted,
 * and brought back under other names. The sandbox is asked behind the console's back. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

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

/* The first two get the name of the third; all three are marked. */
static void open_with_three(struct console *c, struct five *f)
{
    char body[120];
    console_open_ready(c, size);
    first_five(c, f);
    snprintf(body, sizeof body, "{\"name\":\"%s\"}", f->name[2]);
    for (int i = 0; i < 2; i++)
        cJSON_Delete(box_json(&c->box, "PATCH", f->path[i], body, 200));
    console_keys(c, "r");
    console_gone(c, f->name[0]);
    console_gone(c, f->name[1]);
    console_keys(c, "g Space Space");
    console_see(c, "2 marked");
}

static cJSON *named(struct console *c, const char *name, const char *more)
{
    char whole[120];
    snprintf(whole, sizeof whole, "%s%s", name, more);
    return console_account(c, whole);
}

static void has(struct console *c, const char *name, const char *more)
{
    cJSON *account = named(c, name, more);
    if (!account)
        fail_msg("there is no %s%s", name, more);
    cJSON_Delete(account);
}

/* Two of three of a name go; the third stays, so that both come back under another: one that is
 * proposed, and one that is typed. */
static void test_deleted_and_back_under_other_names(void **state)
{
    struct console c;
    struct five f;
    char words[120];
    size = *state;
    open_with_three(&c, &f);
    console_keys(&c, "x");
    console_see(&c, "2 deletions, 0 unchanged, 0 skipped, 2 with a warning");
    if (size == &wide)
        console_see(&c, "has this name too");
    console_keys(&c, "Enter"); /* one of them whole */
    console_see(&c, "An account of the plan");
    console_see(&c, "has this name too: an undo takes another one");
    console_keys(&c, "Esc");
    console_gone(&c, "An account of the plan");
    plan_apply_deletes(&c, 2);
    console_see(&c, "2 of 2  ended");
    console_keys(&c, "u");
    console_see(&c, "2 creations, 0 unchanged, 0 skipped, 2 with a warning");
    snprintf(words, sizeof words, "%s-2", f.name[2]);
    console_see(&c, words);
    snprintf(words, sizeof words, "%s-3", f.name[2]);
    console_see(&c, words);
    console_see(&c, "e name");
    console_keys(&c, "e");
    console_see(&c, "Create it under the name");
    console_keys(&c, "C-u Enter");
    console_see(&c, "an account needs a name");
    console_type(&c, words); /* what the other one gets */
    console_keys(&c, "Enter");
    console_see(&c, "another account of the plan gets that name");
    console_keys(&c, "C-u");
    console_type(&c, f.name[2]);
    console_keys(&c, "Enter");
    console_see(&c, "there is an account of that name");
    console_keys(&c, "C-u");
    console_type(&c, "brought-back");
    console_keys(&c, "Enter");
    console_gone(&c, "Create it under the name");
    console_see(&c, "brought-back");
    plan_apply(&c, 2);
    console_see(&c, "2 of 2  ended");
    console_see(&c, "2 applied");
    has(&c, "brought-back", "");
    has(&c, f.name[2], "-3");
    has(&c, f.name[2], "");
    console_close(&c);
}

/* F29: killed in the middle of a plan that deletes: what is left is shown first, and its word is
 * typed again; a key alone deletes nothing. */
static void test_f29_what_deletes_is_shown_again(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    console_open_ready(&c, size);
    first_five(&c, &f);
    /* More than the first and the four beside one another: some were not sent yet. */
    console_keys(&c, "Space Space Space Space Space Space Space x");
    console_see(&c, "7 deletions");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":0,\"count\":1}");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":3600000,\"seconds\":3600}");
    plan_apply_word(&c, "delete 7 last 1"); /* a bridge loses its last enabled one */
    console_see(&c, "1 of 7  applying");
    console_kill_restart(&c, size);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_see(&c, "Resume the plan?");
    console_see(&c, "What is left deletes");
    console_keys(&c, "Tab Enter");
    console_see(&c, "A and the typed words delete ");
    console_keys(&c, "A");
    console_see(&c, "Type delete ");
    console_keys(&c, "Esc");
    console_close(&c);
}

/* Somebody takes the name while the plan is looked at: that one is stale, and planned again. */
static void test_a_name_that_is_taken_meanwhile(void **state)
{
    struct console c;
    struct five f;
    char body[120];
    size = *state;
    console_open_ready(&c, size);
    first_five(&c, &f);
    console_keys(&c, "Space Space x");
    console_see(&c, "2 deletions");
    plan_apply_deletes(&c, 2);
    console_see(&c, "2 of 2  ended");
    console_keys(&c, "u");
    console_see(&c, "2 creations, 0 unchanged, 0 skipped");
    snprintf(body, sizeof body, "{\"name\":\"%s\"}", f.name[0]);
    cJSON_Delete(box_json(&c.box, "PATCH", f.path[4], body, 200));
    console_keys(&c, "Esc");
    console_see(&c, f.name[4]);
    console_keys(&c, "r");
    console_gone(&c, f.name[4]);
    console_command(&c, "resume", false);
    console_see(&c, "Which plan?");
    console_keys(&c, "Enter");
    console_see(&c, "2 creations");
    plan_apply(&c, 2);
    console_see(&c, "1 applied, 1 stale");
    console_see(&c, "r plans the stale ones again");
    console_keys(&c, "r");
    console_see(&c, "1 creation, 0 unchanged, 0 skipped, 1 with a warning");
    plan_apply(&c, 1);
    console_see(&c, "1 of 1  ended");
    has(&c, f.name[0], "-2");
    has(&c, f.name[1], "");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_deleted_and_back_under_other_names, &small, &wide),
        CONSOLE_TWO_SIZES(test_f29_what_deletes_is_shown_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_name_that_is_taken_meanwhile, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
