/* console_steps.c: see console_steps.h. */
#include "console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

void console_type_quota(struct console *c, const char *quota)
{
    char typed[40];
    console_keys(c, "e");
    console_see(c, "Max tokens/month   [");
    console_keys(c, "C-u");
    console_type(c, quota);
    snprintf(typed, sizeof typed, "[%s", quota);
    console_see(c, typed);
}

void console_review_quota(struct console *c, const char *quota)
{
    console_type_quota(c, quota);
    console_keys(c, "C-s");
    console_see(c, "nothing was sent yet");
}

void console_save(struct console *c)
{
    console_keys(c, "A");
    console_see(c, RIG_FIRST " saved and read back");
}

void console_review_new(struct console *c, const char *name)
{
    console_keys(c, "a");
    console_see(c, ">  Name");
    console_type(c, name);
    console_keys(c, "Tab Tab");
    console_type(c, "openai");
    console_keys(c, "Tab");
    console_type(c, "vault:kv/x");
    console_keys(c, "C-s");
    console_see(c, "NEW ACCOUNT");
}

void console_command(struct console *c, const char *name, bool dangerous)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, name);
    console_keys(c, dangerous ? "Down Enter" : "Enter");
}

void console_to_the_list(struct console *c)
{
    console_keys(c, "Esc");
    console_see(c, "/ filter");
}

static cJSON *first_account(struct console *c)
{
    cJSON *account = console_account(c, RIG_FIRST);
    assert_non_null(account);
    return account;
}

double console_number(struct console *c, const char *policy, const char *name)
{
    cJSON *account = first_account(c);
    double n = box_number(policy ? cJSON_GetObjectItem(account, policy) : account, name);
    cJSON_Delete(account);
    return n;
}

double console_quota(struct console *c)
{
    return console_number(c, "quota_policy", "max_tokens_per_month");
}

void console_patch_behind(struct console *c, const char *body)
{
    cJSON *account = first_account(c);
    cJSON_Delete(box_json(&c->box, "PATCH", box_path(account), body, 200));
    cJSON_Delete(account);
}
