/* filter_words_test.c: what the menu of values finds in a filter, takes out of it and writes. */
#include "tui/screens/filter_words.h"

#include "base/vec.h"
#include "model/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct column_set *columns;

static int begin(void **state)
{
    (void)state;
    columns = column_set_create();
    return 0;
}

static int end(void **state)
{
    (void)state;
    column_set_destroy(columns);
    return 0;
}

static void add_found(void *ctx, struct filter_about about, struct span value)
{
    struct str *out = ctx;
    str_printf(out, "%s%s", out->len ? " " : "", field_info(about.field)->key);
    if (about.tag.len)
        str_printf(out, ".%.*s", (int)about.tag.len, about.tag.p);
    str_printf(out, "[%.*s]", (int)value.len, value.p);
}

static void finds(const char *filter, const char *want)
{
    struct str out = STR_INIT;
    filter_words_each(columns, span_of(filter), add_found, &out);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_found(void **state)
{
    (void)state;
    finds("", "");
    finds("provider=openai,azure", "provider[openai] provider[azure]");
    finds("provider_type=openai status=down", "provider[openai] status[down]");
    finds("region:none x provider=\"a, \\\"b\\\"\",none",
          "region[none] provider[a, \"b\"] provider[none]");
    finds("tag:env=prod,dev tag:team=\"a b\"", "tags.env[prod] tags.env[dev] tags.team[a b]");
    /* Not what the menu writes. */
    finds("!provider=a not status=b provider!=c tokens>4 region:eu tag:env tag:env!=x tag:\"a "
          "b\"!=x word",
          "");
    finds("\"provider=a b\" name:/x provider=a/ /y region=b/", "");
}

static void without(const char *filter, struct filter_about about, const char *want)
{
    struct str out = STR_INIT;
    filter_words_without(columns, span_of(filter), about, &out);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_without(void **state)
{
    (void)state;
    const struct filter_about provider = {.field = FIELD_PROVIDER_TYPE};
    const struct filter_about env = {.field = FIELD_TAGS, .tag = span_of("env")};
    without("provider=a,b", provider, "");
    without("x  provider=\"a b\" tokens>4", provider, "x tokens>4");
    without("provider=a and x and provider:none", provider, "x");
    without("x and provider=a and y", provider, "x and y");
    without("not provider=a !provider=b provider:c", provider,
            "not provider=a !provider=b provider:c");
    without("tag:env=a tag:team=b", env, "tag:team=b");
    without("and \"provider=a\"", provider, "\"provider=a\"");
}

/* What is written is read by the filter's own reader, and found again. */
static void written(struct filter_about about, const struct span *values, size_t count, bool none,
                    const char *want, const char *found)
{
    struct str out = STR_INIT;
    struct filter *filter;
    str_add(&out, "x");
    filter_words_add(&out, about, values, count, none);
    assert_string_equal(str_text(&out), want);
    assert_int_equal(filter_parse(columns, span_from(&out), 0, &filter, NULL, NULL), ST_OK);
    filter_destroy(filter);
    finds(str_text(&out), found);
    str_finish(&out);
}

static void test_written(void **state)
{
    (void)state;
    const struct span values[] = {span_of("a"), span_of("b, \"c\"")};
    const struct filter_about provider = {.field = FIELD_PROVIDER_TYPE};
    const struct filter_about env = {.field = FIELD_TAGS, .tag = span_of("env")};
    const struct filter_about two = {.field = FIELD_TAGS, .tag = span_of("cost \"centre\"")};
    written(provider, values, 2, true, "x provider=a,\"b, \\\"c\\\"\",none",
            "provider[a] provider[b, \"c\"] provider[none]");
    written(provider, values, 0, true, "x provider:none", "provider[none]");
    written(env, values, 2, false, "x tag:env=a,\"b, \\\"c\\\"\"",
            "tags.env[a] tags.env[b, \"c\"]");
    written(two, values, 1, false, "x tag:\"cost \\\"centre\\\"\"=a", "tags.cost \"centre\"[a]");
    without("x tag:\"cost \\\"centre\\\"\"=a", two, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_without),
        cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
