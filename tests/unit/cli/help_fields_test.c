/* help_fields_test.c: each field and each column is explained once, with what it takes. */
#include "cli/help_fields.h"

#include "model/column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void part(const char *title, struct str *out)
{
    str_printf(out, "# %s\n", title);
}

static void row(const char *name, const char *words, struct str *out)
{
    assert_true(words[0] != '\0');
    str_printf(out, "%s|%s\n", name, words);
}

static void explain(struct str *out)
{
    static const struct help_lines lines = {part, row};
    help_fields(&lines, out);
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

static void test_each_once(void **state)
{
    static const char *const computed[] = {"tokens.pct", "health", "problem", "eom", "left"};
    struct str out = STR_INIT, head = STR_INIT;
    (void)state;
    explain(&out);
    for (int f = 0; f < FIELD_COUNT; f++) {
        str_clear(&head);
        str_printf(&head, "\n%s|", field_info((enum field)f)->key);
        assert_int_equal(count(str_text(&out), str_text(&head)),
                         field_info((enum field)f)->type == FT_GROUP ? head.len == 7 : 1);
    }
    for (size_t i = 0; i < sizeof computed / sizeof *computed; i++) {
        str_clear(&head);
        str_printf(&head, "\n%s|", computed[i]);
        assert_int_equal(count(str_text(&out), str_text(&head)), 1);
    }
    str_finish(&out);
    str_finish(&head);
}

static void test_what_is_taken(void **state)
{
    static const char *const lines[] = {
        "0 blocks all. Takes 0 or more tokens/month or none. (quota_policy.max_tokens_per_month)\n",
        "Takes 1 or more seconds. (rate_limit_policy.queue_timeout_seconds)\n",
        "Takes wait, reject or another.",
        "Takes yes or no.\n",
        "Takes a text or none. (bridge_id)",
        "\ntokens|used.tokens\n"};
    struct str out = STR_INIT;
    (void)state;
    explain(&out);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(str_text(&out), lines[i]))
            fail_msg("no \"%s\" in\n%s", lines[i], str_text(&out));
    const char *own = strstr(str_text(&out), "# Fields of the server's own");
    const char *worked_out = strstr(str_text(&out), "# Columns that");
    assert_true(own && worked_out && strstr(own, "\nstatus|") < worked_out);
    for (const char *p = own; (p = strstr(p, "Takes ")); p++)
        fail_msg("the server's own takes nothing: %s", p);
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_once),
                                       cmocka_unit_test(test_what_is_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
