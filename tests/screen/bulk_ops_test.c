/* bulk_ops_test.c: each thing that `b` can do to many accounts, from the mark to the read-back, at
 * both sizes. One console does them all, one after the other. After each, every account is asked of
 * the server: those that were marked are as a sum made here says, all others as they were. */
#include "model/field.h"
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SOURCE "an-claude-us-prod-48" /* of the sample accounts; policies are copied from it */
enum { ACCOUNTS = 60, MOVED = 3000000 };

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = ACCOUNTS};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = ACCOUNTS};

/* ---- what the server has --------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(box_text(*(cJSON *const *)a, "name"), box_text(*(cJSON *const *)b, "name"));
}

/* Every account in the order of the names, without what moves by itself (cJSON_Delete). */
static cJSON *server_has(struct console *c)
{
    static const char *const moving[] = {"status", "status_reason", "last_health_check",
                                         "updated_at"};
    static const char *const used[] = {"current_month_tokens", "current_month_requests",
                                       "usage_period"};
    cJSON *page = box_json(&c->box, "GET", RIG_ACCOUNTS "?limit=100", NULL, 200);
    cJSON *accounts = cJSON_GetObjectItem(page, "accounts"), *all[ACCOUNTS + 1];
    cJSON *sorted = cJSON_CreateArray();
    size_t n = 0;
    while (cJSON_GetArraySize(accounts) > 0) {
        assert_true(n < ACCOUNTS);
        all[n++] = cJSON_DetachItemFromArray(accounts, 0);
    }
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        cJSON *quota = cJSON_GetObjectItem(all[i], "quota_policy");
        for (size_t k = 0; k < sizeof moving / sizeof *moving; k++)
            cJSON_DeleteItemFromObject(all[i], moving[k]);
        for (size_t k = 0; k < sizeof used / sizeof *used; k++)
            cJSON_DeleteItemFromObject(quota, used[k]);
        cJSON_AddItemToArray(sorted, all[i]);
    }
    cJSON_Delete(page);
    return sorted;
}

static void same_accounts(const cJSON *is, const cJSON *should)
{
    assert_int_equal(cJSON_GetArraySize(is), cJSON_GetArraySize(should));
    for (int i = 0; i < cJSON_GetArraySize(is); i++) {
        cJSON *a = cJSON_GetArrayItem(is, i), *b = cJSON_GetArrayItem(should, i);
        if (!cJSON_Compare(a, b, true)) {
            char *have = cJSON_Print(a), *want = cJSON_Print(b);
            print_error("the server has %s\nand should have %s\n", have, want);
            free(have);
            free(want);
        }
        assert_true(cJSON_Compare(a, b, true));
    }
}

/* ---- which accounts -------------------------------------------------------------------------- */

static bool is_first_three(const cJSON *account, int place)
{
    (void)account;
    return place < 3;
}

static bool is_third_to_sixth(const cJSON *account, int place)
{
    (void)account;
    return place >= 2 && place < 6;
}

static bool is_azure_us(const cJSON *account, int place)
{
    (void)place;
    return strstr(box_text(account, "name"), "az-gpt-us");
}

static bool is_old_secret(const cJSON *account, int place)
{
    (void)place;
    return strstr(box_text(account, "credentials_ref"), "kv/old/");
}

/* ---- what becomes of them -------------------------------------------------------------------- */

static void put(cJSON *object, const char *name, cJSON *item)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, item);
}

static cJSON *quota(cJSON *account)
{
    return cJSON_GetObjectItem(account, "quota_policy");
}

static double tokens(cJSON *account)
{
    return box_number(quota(account), "max_tokens_per_month");
}

static void put_tokens(cJSON *account, double n)
{
    put(quota(account), "max_tokens_per_month", cJSON_CreateNumber(n));
}

static void gets_seconds(cJSON *account, const cJSON *all)
{
    (void)all;
    put(cJSON_GetObjectItem(account, "rate_limit_policy"), "queue_timeout_seconds",
        cJSON_CreateNumber(45));
}

/* Times 1.2, at most 55M; what is above that already stays. All of them are whole millions. */
static void gets_a_fifth_more(cJSON *account, const cJSON *all)
{
    double was = tokens(account), now = was / 10 * 12;
    (void)all;
    put_tokens(account, now <= 55e6 ? now : was > 55e6 ? was : 55e6);
}

static void gets_ten_percent(cJSON *account, const cJSON *all)
{
    (void)all;
    put_tokens(account, tokens(account) / 10 * 11);
}

static void gets_a_hundred_million(cJSON *account, const cJSON *all)
{
    (void)all;
    put_tokens(account, tokens(account) + 100e6);
}

static void gets_the_new_secret(cJSON *account, const cJSON *all)
{
    char text[200];
    const char *was = box_text(account, "credentials_ref"), *at = strstr(was, "kv/old/");
    (void)all;
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*skv/new/%s", (int)(at - was), was, at + strlen("kv/old/"));
    put(account, "credentials_ref", cJSON_CreateString(text));
}

static void gets_the_policies(cJSON *account, const cJSON *all)
{
    cJSON *source;
    cJSON_ArrayForEach(source, all)
    {
        if (strcmp(box_text(source, "name"), SOURCE) != 0)
            continue;
        put(account, "quota_policy", cJSON_Duplicate(quota(source), true));
        put(account, "rate_limit_policy",
            cJSON_Duplicate(cJSON_GetObjectItem(source, "rate_limit_policy"), true));
    }
}

/* The cursor stands on the third: it gives to the first and the second. */
static void gives_or_takes(cJSON *account, const cJSON *all)
{
    bool gives =
        strcmp(box_text(account, "name"), box_text(cJSON_GetArrayItem(all, 2), "name")) == 0;
    put_tokens(account, tokens(account) + (gives ? -MOVED : MOVED / 2.0));
}

static cJSON *tags(cJSON *account)
{
    if (!cJSON_IsObject(cJSON_GetObjectItem(account, "tags")))
        put(account, "tags", cJSON_CreateObject());
    return cJSON_GetObjectItem(account, "tags");
}

static void gets_a_tag(cJSON *account, const cJSON *all)
{
    (void)all;
    put(tags(account), "desk", cJSON_CreateString("north"));
}

static void gets_its_tag_renamed(cJSON *account, const cJSON *all)
{
    (void)all;
    cJSON_DeleteItemFromObject(tags(account), "desk");
    put(tags(account), "office", cJSON_CreateString("north"));
}

static void loses_a_tag(cJSON *account, const cJSON *all)
{
    (void)all;
    cJSON_DeleteItemFromObject(tags(account), "office");
}

static void is_off(cJSON *account, const cJSON *all)
{
    (void)all;
    put(account, "enabled", cJSON_CreateFalse());
}

static void is_on(cJSON *account, const cJSON *all)
{
    (void)all;
    put(account, "enabled", cJSON_CreateTrue());
}

/* ---- the operations -------------------------------------------------------------------------- */

struct step {
    const char *mark, *filter; /* keys; what is typed into a line that they open, NULL: none */
    bool (*marked)(const cJSON *account, int place);
    const char *op, *key, *value;                      /* as they are typed; NULL: not asked */
    const char *shown;                                 /* on the plan */
    void (*becomes)(cJSON *account, const cJSON *all); /* NULL: it is deleted */
};

#define SPACE "g Space Space Space"
#define RANGE "g j j v j j j v"

/* clang-format off */
static const struct step steps[] = {
    {SPACE, NULL, is_first_three, "set a field", "rate.timeout", "45s", "→ 45s", gets_seconds},
    {RANGE, NULL, is_third_to_sixth, "multiply", "quota.tokens", "1.2<=55M", "quota.tokens x1.2, at most 55M", gets_a_fifth_more},
    {"g / *", "az-gpt-us", is_azure_us, "percent", "quota.tokens", "+10%", "quota.tokens +10%", gets_ten_percent},
    {"g |", "credentials_ref:kv/old/", is_old_secret, "replace", "credentials", "|kv/old/|kv/new/|", "a part replaced", gets_the_new_secret},
    {SPACE, NULL, is_first_three, "add to a number", "quota.tokens", "+100M", "(+300M)", gets_a_hundred_million},
    {SPACE " k", NULL, is_first_three, "move quota", "quota.tokens", "3M", "366M → 366M", gives_or_takes},
    {SPACE, NULL, is_first_three, "copy policies", "policies", SOURCE, "policies from " SOURCE, gets_the_policies},
    {SPACE, NULL, is_first_three, "set a tag", "desk", "north", "tags.desk=north", gets_a_tag},
    {SPACE, NULL, is_first_three, "rename a tag", "desk", "office", "tags.desk renamed to office", gets_its_tag_renamed},
    {SPACE, NULL, is_first_three, "remove a tag", "office", NULL, "tags.office=none", loses_a_tag},
    {SPACE, NULL, is_first_three, "disable", NULL, NULL, "yes → no", is_off},
    {SPACE, NULL, is_first_three, "enable", NULL, NULL, "no → yes", is_on},
    {SPACE, NULL, is_first_three, "delete", NULL, NULL, "3 deletions", NULL},
};
/* clang-format on */

/* What the server must have afterwards; how many accounts are marked, and how many change. */
static cJSON *expect(const struct step *s, const cJSON *before, int *marked, int *changed)
{
    cJSON *want = cJSON_Duplicate(before, true);
    *marked = *changed = 0;
    for (int i = 0, at = 0; i < cJSON_GetArraySize(before); i++, at++) {
        cJSON *was = cJSON_GetArrayItem(before, i), *account = cJSON_GetArrayItem(want, at);
        if (!s->marked(was, i))
            continue;
        ++*marked;
        if (s->becomes)
            s->becomes(account, before);
        else
            cJSON_DeleteItemFromArray(want, at--);
        *changed += !s->becomes || !cJSON_Compare(was, account, true);
    }
    assert_true(*changed > 0);
    return want;
}

/* A limit ten times as high, a tenth of it, gone, or 0 where there was none. */
static bool is_great(const cJSON *was, const cJSON *now)
{
    double a = cJSON_IsNumber(was) ? was->valuedouble : -1;
    double b = cJSON_IsNumber(now) ? now->valuedouble : -1;
    if (a < 0)
        return b == 0;
    return b < 0 || (a != b && (b >= a * 10 || a >= b * 10));
}

/* How many accounts are changed so that the word has to say it. */
static int great_changes(const cJSON *before, const cJSON *after)
{
    static const char *const limits[][2] = {
        {"quota_policy", "max_tokens_per_month"},
        {"quota_policy", "max_requests_per_month"},
        {"rate_limit_policy", "requests_per_second"},
        {"rate_limit_policy", "requests_per_minute"},
        {"rate_limit_policy", "input_tokens_per_minute"},
        {"rate_limit_policy", "output_tokens_per_minute"},
        {"rate_limit_policy", "max_concurrency"},
        {"rate_limit_policy", "burst_size"},
    };
    int n = 0;
    for (int i = 0; i < cJSON_GetArraySize(before); i++) {
        const cJSON *was = cJSON_GetArrayItem(before, i), *now = cJSON_GetArrayItem(after, i);
        bool great = false;
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++)
            great |=
                is_great(cJSON_GetObjectItem(cJSON_GetObjectItem(was, limits[k][0]), limits[k][1]),
                         cJSON_GetObjectItem(cJSON_GetObjectItem(now, limits[k][0]), limits[k][1]));
        n += great;
    }
    return n;
}

static void mark(struct console *c, const struct step *s, int marked)
{
    char words[40];
    console_keys(c, "U");
    if (!s->filter) {
        console_keys(c, s->mark);
    } else if (strchr(s->mark, '|')) {
        console_keys(c, s->mark);
        console_type(c, s->filter);
        console_keys(c, "Enter");
    } else {
        console_keys(c, "g /");
        console_type(c, s->filter);
        snprintf(words, sizeof words, "%d of %d", marked, ACCOUNTS);
        console_see(c, words);
        console_keys(c, "Enter *");
    }
    snprintf(words, sizeof words, "%d marked", marked);
    console_see(c, words);
}

static void choose(struct console *c, const struct step *s, int marked)
{
    char words[40];
    console_keys(c, "b");
    snprintf(words, sizeof words, "%d accounts ", marked);
    console_see(c, words);
    console_type(c, s->op);
    console_keys(c, s->becomes ? "Enter" : "Down Enter");
    if (s->key) {
        console_type(c, s->key);
        console_keys(c, "Enter");
    }
    if (s->value) {
        snprintf(words, sizeof words, ": %s%s", strstr(s->op, "tag") ? "tags." : "", s->key);
        console_see(c, words);
        console_type(c, s->value);
        console_keys(c, "Enter");
    }
}

/* By the word that has to be typed for it. */
static void apply(struct console *c, const struct step *s, int changed, int great)
{
    char word[40];
    /* Sums of ten times and more are among the steps, of a quota and of all limits. */
    assert_true(great > 0 ||
                (s->becomes != gets_a_hundred_million && s->becomes != gets_the_policies));
    snprintf(word, sizeof word, "10x %d", great);
    if (great)
        plan_apply_word(c, word);
    else if (s->becomes)
        plan_apply(c, changed);
    else
        plan_apply_deletes(c, changed);
}

static void do_step(struct console *c, const struct step *s)
{
    cJSON *before = server_has(c), *now;
    int marked, changed;
    char words[60];
    cJSON *want = expect(s, before, &marked, &changed);
    mark(c, s, marked);
    choose(c, s, marked);
    snprintf(words, sizeof words, "%d %s%s, ", changed, s->becomes ? "change" : "deletion",
             changed == 1 ? "" : "s");
    console_see(c, words);
    console_see(c, s->shown);
    now = server_has(c); /* a plan is a plan */
    same_accounts(now, before);
    cJSON_Delete(now);
    apply(c, s, changed, s->becomes ? great_changes(before, want) : 0);
    snprintf(words, sizeof words, "%d of %d  ended", changed, changed);
    console_see(c, words);
    snprintf(words, sizeof words, "%d applied", changed);
    console_see(c, words);
    now = server_has(c);
    same_accounts(now, want);
    cJSON_Delete(now);
    cJSON_Delete(before);
    cJSON_Delete(want);
    console_keys(c, "Esc");
    if (s->filter && !strchr(s->mark, '|')) {
        console_see(c, " of 60");
        console_keys(c, "Esc");
        console_gone(c, " of 60");
    }
    console_see(c, "/ filter");
}

static void test_each_operation(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        do_step(&c, &steps[i]);
    console_close(&c);
}

/* Long names and near numbers: what differs is seen, at any width. */
static void test_old_and_new_are_told_apart(void **state)
{
    static const struct step rename = {
        SPACE, NULL, is_first_three, "replace", "name", "|-claude-|-opus-|", "opus-", is_off};
    static const struct step move = {SPACE " k",     NULL,  is_first_three, "move quota",
                                     "quota.tokens", "170", "-170",         is_off};
    struct console c;
    console_open_ready(&c, *state);
    mark(&c, &rename, 3);
    choose(&c, &rename, 3);
    console_see(&c, "3 changes, ");
    console_see(&c, "claude-");
    console_see(&c, "opus-");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "b");
    console_type(&c, move.op);
    console_keys(&c, "Enter");
    console_type(&c, move.key);
    console_keys(&c, "Enter");
    console_see(&c, RIG_FIRST " gives it; such as 100M");
    console_type(&c, "900M");
    console_keys(&c, "Enter");
    console_see(&c, RIG_FIRST " gives, and has quota.tokens=50M");
    console_keys(&c, "C-u");
    console_type(&c, move.value);
    console_keys(&c, "Enter");
    console_see(&c, "3 changes, ");
    /* 50M > 50M would hide it. */
    console_see(&c, *state == &wide ? "50,000,000 → 49,999,830" : "50M → 50.0M (-170)");
    console_see(&c, *state == &wide ? "5,000,000 → 5,000,085" : "5M → 5.00M (+85)");
    console_close(&c);
}

/* Whom policies are copied from is chosen from the list, with the list's filter. */
static void test_the_source_is_chosen_from_the_list(void **state)
{
    static const struct step copy = {SPACE,   NULL, is_first_three, "copy policies",
                                     "quota", NULL, NULL,           is_off};
    struct console c;
    char words[120];
    console_open_ready(&c, *state);
    cJSON *all = server_has(&c);
    const char *second = NULL;
    int n = 0;
    for (int i = 0; i < cJSON_GetArraySize(all); i++)
        if (is_azure_us(cJSON_GetArrayItem(all, i), i) && ++n == 2)
            second = box_text(cJSON_GetArrayItem(all, i), "name");
    assert_non_null(second);
    mark(&c, &copy, 3);
    choose(&c, &copy, 3);
    console_see(&c, "Copy policies from an account: quota");
    console_see(&c, "60 of 60");
    console_see(&c, "  tokens"); /* what would be copied stands beside the names */
    console_type(&c, "tokens>");
    console_keys(&c, "Enter"); /* cannot be read: says so, and chooses nothing */
    console_see(&c, "Copy policies from an account: quota");
    console_keys(&c, "C-u");
    console_type(&c, "name:nobody");
    console_see(&c, "no account matches");
    console_keys(&c, "Enter C-u");
    console_type(&c, "az-gpt-us");
    snprintf(words, sizeof words, "%d of 60", n);
    console_see(&c, words);
    console_see(&c, second);
    console_keys(&c, "Down Enter");
    snprintf(words, sizeof words, "quota from %s", second);
    console_see(&c, words);
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    choose(&c, &copy, 3);
    console_see(&c, "60 of 60");
    console_keys(&c, "Esc");
    console_gone(&c, "60 of 60");
    console_see(&c, "3 marked");
    cJSON_Delete(all);
    console_close(&c);
}

/* ---- every field that changes is seen -------------------------------------------------------- */

/* Counts in `differs` the members of a policy that are not the source's for one of the first three.
 */
static void find_differences(const cJSON *all, const char *policy, enum field parent, bool *differs)
{
    const cJSON *account, *member;
    const cJSON *source = NULL;
    cJSON_ArrayForEach(account, all)
    {
        if (strcmp(box_text(account, "name"), SOURCE) == 0)
            source = cJSON_GetObjectItem(account, policy);
    }
    assert_non_null(source);
    for (int i = 0; i < 3; i++) {
        const cJSON *has = cJSON_GetObjectItem(cJSON_GetArrayItem(all, i), policy);
        for (int side = 0; side < 2; side++) {
            const cJSON *one = side ? has : source, *two = side ? source : has;
            cJSON_ArrayForEach(member, one)
            {
                const cJSON *other = cJSON_GetObjectItem(two, member->string);
                if (!other || !cJSON_Compare(member, other, true))
                    differs[field_find_member(parent, span_of(member->string))] = true;
            }
        }
    }
}

/* The headings as they stand now; whether there are more at the right. */
static bool look_at_headings(struct console *c, bool *seen)
{
    int row;
    term_wait_quiet(c->term, 200, 5000);
    assert_true(term_find(c->term, "ACCOUNT  ", &row, NULL));
    const char *text = term_row_text(c->term, row);
    for (int f = 0; f < FIELD_COUNT; f++)
        seen[f] |= strstr(text, field_info((enum field)f)->label) != NULL;
    assert_non_null(strstr(text, "RESULT"));
    return text[strlen(text) - 1] == '>';
}

/* Copied policies change more fields than fit: each is named, and has a column that `l` comes to;
 * nothing has to be agreed to unseen. */
static void test_every_changed_field_is_seen(void **state)
{
    static const struct step copy = {SPACE,      NULL,   is_first_three, "copy policies",
                                     "policies", SOURCE, NULL,           is_off};
    struct console c;
    char words[80];
    bool differs[FIELD_COUNT] = {false}, seen[FIELD_COUNT] = {false};
    int count = 0;
    console_open_ready(&c, *state);
    cJSON *all = server_has(&c);
    find_differences(all, "quota_policy", FIELD_QUOTA, differs);
    find_differences(all, "rate_limit_policy", FIELD_RATE, differs);
    for (int f = 0; f < FIELD_COUNT; f++)
        count += differs[f];
    assert_true(count > 4);
    mark(&c, &copy, 3);
    choose(&c, &copy, 3);
    snprintf(words, sizeof words, "%d fields change (h, l: more columns", count);
    console_see(&c, words);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (differs[f])
            console_see(&c, field_info((enum field)f)->key);
    for (int i = 0; i < 3; i++)
        if (*state == &wide) /* at 80 columns, a third */
            console_see(&c, box_text(cJSON_GetArrayItem(all, i), "name"));
    assert_true(look_at_headings(&c, seen));
    for (int i = 0; i < FIELD_COUNT && look_at_headings(&c, seen); i++)
        console_keys(&c, "l");
    for (int f = 0; f < FIELD_COUNT; f++)
        if (differs[f] && !seen[f])
            fail_msg("no column for %s", field_info((enum field)f)->label);
    console_see(&c, "<");
    console_keys(&c, "h");
    assert_true(look_at_headings(&c, seen));
    cJSON_Delete(all);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_each_operation, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_source_is_chosen_from_the_list, &small, &wide),
        CONSOLE_TWO_SIZES(test_every_changed_field_is_seen, &small, &wide),
        CONSOLE_TWO_SIZES(test_old_and_new_are_told_apart, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
