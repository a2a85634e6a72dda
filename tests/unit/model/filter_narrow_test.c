/* filter_narrow_test.c: when a filter is said to be narrower than another, it is, for every
 * account; and it is said of what is typed letter by letter. */
#include "model/filter.h"

#include "base/vec.h"
#include "model/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct filter *parse(const struct column_set *columns, const char *text, int64_t now)
{
    struct filter *f = NULL;
    struct error err;
    if (*text && filter_parse(columns, span_of(text), now, &f, NULL, &err))
        fail_msg("%s: %s", text, err.what);
    return f;
}

static bool narrows(const struct column_set *columns, const char *text, const char *wider)
{
    struct filter *a = parse(columns, text, 1000), *b = parse(columns, wider, 1000);
    bool said = filter_narrows(a, b);
    filter_destroy(a);
    filter_destroy(b);
    return said;
}

static void test_what_narrows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wider;
        bool narrows;
    } cases[] = {
        {"p", "", true},
        {"pr", "p", true},
        {"prod", "rod", true},
        {"prod eu", "prod", true},
        {"eu prod", "prod", true},
        {"PROD", "pro", true},
        {"p", "pr", false},
        {"", "p", false},
        {"prod", "eu", false},
        {"!pro", "!prod", true},
        {"!prod", "!pro", false},
        {"!prod", "prod", false},
        {"~gpe", "~ge", true},
        {"~ge", "~gpe", false},
        {"gpe", "~ge", false}, /* true, but of different signs: not proven */
        {"name:prod", "name:pro", true},
        {"name:prod", "prod", false}, /* the same */
        {"name:prod", "desc:pro", false},
        {"name=prod", "name:pro", false},
        {"region=eu", "region=eu,us", true},
        {"region=eu,us", "region=eu", false},
        {"region=eu,none", "region=eu", false},
        {"region=eu", "region=eu,none", true},
        {"tokens>400", "tokens>40", true},
        {"tokens>40", "tokens>400", false},
        {"tokens>=400", "tokens>400", false},
        {"tokens<4", "tokens<40", true},
        {"tokens=40", "tokens=4", false},
        {"tokens=4,40", "tokens=4", false},
        {"tag:env=prod", "tag:env", true},
        {"tag:env", "tag:env=prod", false},
        {"tag:env=prod", "tag:env=prod", true},
        {"tag:envy", "tag:env", false},
        {"/abc/", "/ab/", false},
        {"checked>10m", "checked>5m", true},
        {"checked>5m", "checked>10m", false},
        {"created>2026-01-31", "created>2025-01-31", true},
        {"created>2026-01-31", "created>3d", false},
    };
    struct column_set *columns = column_set_create();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (narrows(columns, cases[i].text, cases[i].wider) != cases[i].narrows)
            fail_msg("\"%s\" after \"%s\": wanted %s", cases[i].text, cases[i].wider,
                     cases[i].narrows ? "narrower" : "not told");
    }
    column_set_destroy(columns);
}

/* Ages are measured from a moment. */
static void test_time_passes(void **state)
{
    (void)state;
    struct column_set *columns = column_set_create();
    struct filter *a = parse(columns, "checked>10m", 2000), *b = parse(columns, "checked>5m", 1000);
    assert_false(filter_narrows(a, b));
    filter_set_now(b, 2000);
    assert_true(filter_narrows(a, b));
    filter_destroy(a);
    filter_destroy(b);
    column_set_destroy(columns);
}

static const char *const exprs[] = {
    "a",
    "az",
    "az-",
    "!a",
    "!az",
    "~az",
    "~aze",
    "~zu",
    "name:az",
    "name:a,b",
    "name:a",
    "name=az-eu",
    "name!=az-eu",
    "region:none",
    "region=eu",
    "region=eu,us",
    "region=eu,none",
    "!region=eu",
    "tokens>5",
    "tokens>50",
    "tokens>=50",
    "tokens<50",
    "tokens<=5",
    "!tokens>5",
    "!tokens>50",
    "tokens=5",
    "tokens=5,50",
    "tokens:none",
    "tag:env",
    "tag:env=prod",
    "!tag:env",
    "tags:prod",
    "tags:env=p",
    "/a/",
    "enabled=yes",
    "tokens.pct>10",
    "tokens.pct>5",
    "eu prod",
    "prod",
    "\"env=prod\"",
};

static void make_account(struct account *a, unsigned i)
{
    static const char *const names[] = {"az-eu", "az", "EU-z", "b", "u-a-z-u"};
    static const char *const regions[] = {"null", "\"eu\"", "\"us\"", "\"\""};
    static const char *const used[] = {"null", "5", "50", "7"};
    static const char *const tags[] = {"null", "{}", "{\"env\":\"prod\"}", "{\"env\":\"az\"}"};
    struct str s = STR_INIT;
    struct error err;
    str_printf(&s,
               "{\"provider_account_id\":\"i\",\"name\":\"%s\",\"region\":%s,\"enabled\":%s,"
               "\"tags\":%s,\"quota_policy\":{\"current_month_tokens\":%s,"
               "\"max_tokens_per_month\":100}}",
               names[i % 5], regions[i / 5 % 4], i % 2 ? "true" : "false", tags[i / 20 % 4],
               used[i / 80 % 4]);
    account_init(a);
    assert_int_equal(account_decode(a, span_from(&s), &err), ST_OK);
    str_finish(&s);
}

static void get_value(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)row;
    *out = ((const struct account *)owner)->v[field];
}

static void test_narrower_is_narrower(void **state)
{
    (void)state;
    struct column_set *columns = column_set_create();
    struct filter *filters[ARRAY_LEN(exprs)];
    unsigned said = 0;
    for (size_t i = 0; i < ARRAY_LEN(exprs); i++)
        filters[i] = parse(columns, exprs[i], 1000);
    for (unsigned n = 0; n < 320; n++) {
        struct account a;
        make_account(&a, n);
        const struct row_source source = {get_value, &a, 0};
        for (size_t i = 0; i < ARRAY_LEN(exprs); i++) {
            bool hit = filter_match(filters[i], &source);
            for (size_t k = 0; hit && k < ARRAY_LEN(exprs); k++) {
                if (!filter_narrows(filters[i], filters[k]))
                    continue;
                said++;
                if (!filter_match(filters[k], &source))
                    fail_msg("account %u: \"%s\" is no narrower than \"%s\"", n, exprs[i],
                             exprs[k]);
            }
        }
        account_finish(&a);
    }
    assert_true(said > 5000);
    for (size_t i = 0; i < ARRAY_LEN(exprs); i++)
        filter_destroy(filters[i]);
    column_set_destroy(columns);
}

/* What is compared with a number that may be meant as a percent. */
static void test_hint(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {{"tokens>50", "50 is 50 tokens; 50% is percent of the quota"},
                {"region:eu requests<=1", "1 is 1 request; 1% is percent of the quota"},
                {"tokens>50%", ""},
                {"tokens>400M", ""},
                {"quota.tokens>50", ""},
                {"tokens:none", ""},
                {"eom>50", ""}};
    struct column_set *columns = column_set_create();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct filter *filter = NULL;
        struct str out = STR_INIT;
        if (filter_parse(columns, span_of(rows[i].text), 0, &filter, NULL, NULL) == ST_OK)
            assert_true(filter_hint(filter, &out) == (rows[i].want[0] != 0));
        assert_string_equal(str_text(&out), rows[i].want);
        filter_destroy(filter);
        str_finish(&out);
    }
    column_set_destroy(columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_narrows),
        cmocka_unit_test(test_time_passes),
        cmocka_unit_test(test_narrower_is_narrower),
        cmocka_unit_test(test_hint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
