/* fuzzy_test.c: what fits better comes first, and what does not fit is not there. */
#include "model/fuzzy.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int score(const char *text, const char *needle)
{
    return fuzzy_score(span_of(text), span_of(needle));
}

static void test_letters_in_order(void **state)
{
    (void)state;
    assert_int_equal(score("az-gpt-eu", "zag"), 0);
    assert_int_equal(score("az-gpt-eu", "azx"), 0);
    assert_int_equal(score("", "a"), 0);
    assert_true(score("az-gpt-eu", "aeu") > 0);
    assert_true(score("az-gpt-eu", "az-gpt-eu") > 0);
    assert_true(score("a" /* far */ "------------------------------------------------b", "ab") > 0);
}

/* Of each pair the first fits better. */
static void test_ranking(void **state)
{
    (void)state;
    static const struct {
        const char *needle, *better, *worse, *why;
    } pairs[] = {
        {"prod", "az-prod-eu", "az-p-r-o-d-eu", "in one piece"},
        {"ge", "az-gpt-eu", "az-agpteu", "beginnings of words"},
        {"gpe", "az-gpt-prod-eu", "azgxpxe", "beginnings of words, though far apart"},
        {"eu", "eu-claude", "az-claude-eu", "at the very beginning"},
        {"eu", "az-eu", "azeu", "a word rather than its middle"},
        {"az1", "az-claude-1", "az-claude-x1", "a number of its own"},
        {"prod", "prod", "prod-and-a-long-tail-behind-it", "the shorter of two equal fits"},
        {"ab", "a-x-ab", "a-xxxxxxxxb", "the best place counts, not the first"},
        {"abc", "zab-c", "za-b-xxxxxxxx-c", "a short gap before a long one"},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        int better = score(pairs[i].better, pairs[i].needle);
        int worse = score(pairs[i].worse, pairs[i].needle);
        if (better <= worse || worse <= 0)
            fail_msg("%s: \"%s\" has %d, \"%s\" has %d", pairs[i].why, pairs[i].better, better,
                     pairs[i].worse, worse);
    }
}

/* What fzf gives (its second algorithm), and the shorter text of two that are alike.
 */
static void test_points_of_fzf(void **state)
{
    (void)state;
    static const struct {
        const char *needle, *text;
        int points;
    } rows[] = {
        {"gpe", "az-gpt-eu", 76},
        {"prod", "an-batch-eu-prod-22", 104},
        {"azeu", "az-gpt-eu-dev-15", 103},
        {"azeu", "az-gpt-eu-canary-22", 103},
        {"ep1", "co-gpt-eu-prod-12", 70},
        {"ep1", "az-batch-eu-prod-11", 70},
        {"eu01", "co-chat-eu-prod-01", 96},
        {"kv/p", "kv/prod", 114},
        {"o s", "acme o s", 88},
        {"a", "ba", 16},
        {"v2", "apiv2", 39},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int want = rows[i].points * FUZZY_POINT - (int)strlen(rows[i].text);
        if (score(rows[i].text, rows[i].needle) != want)
            fail_msg("~%s in \"%s\": %d", rows[i].needle, rows[i].text,
                     score(rows[i].text, rows[i].needle));
    }
    assert_true(score("az-gpt-eu", "gpt") > score("az-gpt-eu1", "gpt"));
}

/* Long texts and needles are cut, not overrun. */
static void test_long(void **state)
{
    (void)state;
    char text[1000], needle[100];
    memset(text, 'a', sizeof text - 1);
    memset(needle, 'a', sizeof needle - 1);
    text[sizeof text - 1] = needle[sizeof needle - 1] = '\0';
    assert_true(score(text, needle) > 0);
    text[sizeof text - 2] = 'z';
    assert_true(score(text, "z") > 0); /* beyond what is looked at, but there */
    assert_true(score(text, "aaz") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_in_order),
        cmocka_unit_test(test_ranking),
        cmocka_unit_test(test_points_of_fzf),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
