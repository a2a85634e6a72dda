/* change_text_test.c: old > new in little room: what differs is what is seen. */
#include "base/change_text.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void texts(const char *old, const char *now, int cells, const char *want)
{
    struct str out = STR_INIT;
    change_text(&out, span_of(old), span_of(now), cells, "~");
    assert_string_equal(str_text(&out), want);
    assert_true(text_width(out.data, out.len) <= cells);
    str_finish(&out);
}

static void counts(int64_t old, int64_t now, int cells, const char *want)
{
    struct str out = STR_INIT;
    change_counts(&out, old, now, cells);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_texts(void **state)
{
    (void)state;
    texts("", "b", 18, " → b");
    texts("eu-batch-1", "eu-b", 18, "eu-batch-1 → eu-b");
    texts("eu-batch-1", "eu-bulk-1", 17, "~atch-1 → ~ulk-1");
    texts("gq-llama-me-batch-17", "gq-llama-me-bulk-17", 19, "~atch-17 → ~ulk-17");
    texts("gq-llama-me-batch-17", "gq-llama-me-bulk-17", 21, "~batch-17 → ~bulk-17");
    /* The common end goes next. */
    texts("an-old-and-very-long-end", "an-new-and-very-long-end", 15, "~old-~ → ~new-~");
    texts("env=batch, team=support", "env=batch, team=search", 24, "~am=support → ~am=search");
    /* Nothing in common, and no room. */
    texts("abcdefghijkl", "mnopqrstuvwx", 13, "abcd~ → mnop~");
    texts("abcdefghijkl", "mn", 13, "abcdefg~ → mn");
    texts("ab", "mnopqrstuvwx", 13, "ab → mnopqrs~");
    /* Grown by an end: the old side keeps something. */
    texts("a-long-name-of-one", "a-long-name-of-one-x", 15, "~-one → ~-one-x");
    /* Whole characters alone, also where two share their first byte. */
    texts("\u00e9\u00e9\u00e9\u00e9\u00e8", "\u00e9\u00e9\u00e9\u00e9\u00ea", 9,
          "~\u00e9\u00e8 → ~\u00e9\u00ea");
}

static void test_counts(void **state)
{
    (void)state;
    counts(500000000, 600000000, 18, "500M → 600M");
    counts(1000000000, 990000000, 18, "1G → 990M");
    counts(500000000, 500000017, 25, "500,000,000 → 500,000,017");
    counts(500000000, 500000017, 18, "500M → 500M (+17)");
    counts(1000000000, 995000000, 14, "1G → 995M");
    counts(100000000, 100500000, 18, "100M → 100.5M"); /* no "101M" that is none */
    counts(1000000000, 995000017, 14, "995M (-5.00M)");
    counts(12000, 12050, 18, "12,000 → 12,050");
    counts(0, 1, 18, "0 → 1");
    counts(7, 7, 18, "7 → 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
