/* edit_text_test.c: an account as a text for an editor, and every mistake at its line. */
#include "model/edit_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"description\":null,\"enabled\":true,"
    "\"credentials_ref\":\"kv/1\",\"provider_type\":\"openai\",\"status\":\"active\","
    "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,\"current_month_tokens\":5},"
    "\"rate_limit_policy\":{\"requests_per_second\":20,\"burst_size\":9},"
    "\"tags\":{\"team\":\"a\\u001b[2J\"}}";

struct fixture {
    struct account base, mine;
    struct str text;
    struct edit_problems problems;
};

static int set_up(void **state)
{
    static struct fixture fx;
    struct error err;
    memset(&fx, 0, sizeof fx);
    account_init(&fx.base);
    account_init(&fx.mine);
    if (account_decode(&fx.base, span_of(json), &err))
        return -1;
    edit_text_write(&fx.base, FF_EDIT, "n (pa_1)", &fx.text);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    account_finish(&fx->base);
    account_finish(&fx->mine);
    str_finish(&fx->text);
    return 0;
}

/* Exchanges one piece of the text. */
static void change(struct fixture *fx, const char *from, const char *to)
{
    const char *at = strstr(str_text(&fx->text), from);
    assert_non_null(at);
    str_splice(&fx->text, (size_t)(at - fx->text.data), strlen(from), to, strlen(to));
}

static bool read_text(struct fixture *fx)
{
    return edit_text_read(span_from(&fx->text), &fx->base, FF_EDIT, false, &fx->mine,
                          &fx->problems);
}

/* The one problem: its line is that of the first `where`, its words have `words`. */
static void expect_problem(struct fixture *fx, const char *where, const char *words)
{
    const char *text = str_text(&fx->text), *at = strstr(text, where);
    size_t line = 1;
    assert_false(read_text(fx));
    assert_true(fx->problems.count >= 1);
    assert_non_null(at);
    for (const char *p = text; p < at; p++)
        line += *p == '\n';
    if (fx->problems.items[0].line != line || !strstr(fx->problems.items[0].text, words))
        fail_msg("line %zu, not %zu: %s", fx->problems.items[0].line, line,
                 fx->problems.items[0].text);
}

static void test_untouched_it_is_the_same(void **state)
{
    struct fixture *fx = *state;
    struct field_set which;
    assert_true(read_text(fx));
    assert_int_equal(diff_settable(&fx->base, &fx->mine, &which), 0);
    assert_null(strstr(str_text(&fx->text), "status"));        /* the server's own */
    assert_null(strstr(str_text(&fx->text), "current_month")); /* the same */
    assert_null(strchr(str_text(&fx->text), '\x1b'));
    assert_non_null(strstr(str_text(&fx->text), "9007199254740993"));
}

static void test_changes_come_back(void **state)
{
    struct fixture *fx = *state;
    struct field_set which;
    struct str body = STR_INIT;
    change(fx, "\"requests_per_second\": 20", "\"requests_per_second\": null");
    change(fx, "\"description\": null", "\"description\": \"why not\"");
    change(fx, "\"burst_size\": 9\n", "\"burst_size\": 9, \"requests_per_minute\": 60\n");
    change(fx, "  \"enabled\": true,\n", "# not that\n"); /* taken out: stays */
    if (!read_text(fx))
        fail_msg("line %zu: %s", fx->problems.items[0].line, fx->problems.items[0].text);
    diff_settable(&fx->base, &fx->mine, &which);
    patch_body(&fx->base, &fx->mine, &which, PATCH_PARTIAL, &body);
    assert_string_equal(str_text(&body),
                        "{\"description\":\"why not\",\"rate_limit_policy\":{"
                        "\"requests_per_second\":null,\"requests_per_minute\":60}}");
    str_finish(&body);
}

static void test_mistakes_have_their_line(void **state)
{
    static const struct {
        const char *from, *to, *where, *words;
    } cases[] = {
        {"\"requests_per_second\": 20", "\"requests_per_second\": 0", "\"requests_per_second\"",
         "requests_per_second"},
        {"\"requests_per_second\": 20", "\"requests_per_second\": \"20\"",
         "\"requests_per_second\"", "a whole number, or null"},
        {"\"requests_per_second\": 20", "\"requests_per_second\": 1.5", "\"requests_per_second\"",
         "a whole number"},
        {"\"requests_per_second\": 20", "\"requests_per_secnd\": 20", "\"requests_per_secnd\"",
         "no such field"},
        {"\"burst_size\": 9", "\"burst_size\": null", "\"burst_size\"", "burst_size"},
        {"\"enabled\": true", "\"enabled\": 1", "\"enabled\"", "true or false"},
        {"\"enabled\": true", "\"status\": \"x\"", "\"status\"", "the server's own"},
        {"\"enabled\": true", "\"enabled\": true,\n  \"name\": \"m\"", "\"name\": \"m\"",
         "stands here twice"},
        {"\"team\": ", "\"team\": \"b\",\n    \"team\": ", "\"team\": \"a", "stands here twice"},
        {"\"enabled\": true,", "\"enabled\": true", "\"tags\"", "not JSON"},
        {"\"team\": ", "\"team\": 7, \"t\": ", "\"tags\"", "an object of texts"},
    };
    struct fixture *fx = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str_clear(&fx->text);
        edit_text_write(&fx->base, FF_EDIT, "n (pa_1)", &fx->text);
        change(fx, cases[i].from, cases[i].to);
        expect_problem(fx, cases[i].where, cases[i].words);
    }
    str_clear(&fx->text);
    expect_problem(fx, "", "has to be an object");
}

/* Errors stand above their line, once, however many rounds there are. */
static void test_errors_become_comments(void **state)
{
    struct fixture *fx = *state;
    struct str first = STR_INIT, second = STR_INIT;
    change(fx, "\"requests_per_second\": 20", "\"requests_per_second\": 0");
    assert_false(read_text(fx));
    edit_text_annotate(span_from(&fx->text), &fx->problems, &first);
    const char *at = strstr(str_text(&first), "// ERROR: requests_per_second");
    assert_non_null(at);
    assert_non_null(strstr(strchr(at, '\n'), "    \"requests_per_second\": 0"));
    assert_true(edit_text_same(span_from(&first), span_from(&fx->text)));

    str_finish(&fx->text);
    fx->text = first;
    assert_false(read_text(fx));
    edit_text_annotate(span_from(&fx->text), &fx->problems, &second);
    assert_string_equal(str_text(&second), str_text(&fx->text));
    str_finish(&second);
    change(fx, "\"requests_per_second\": 0", "\"requests_per_second\": 7");
    assert_true(read_text(fx));
}

static void test_what_is_the_same(void **state)
{
    (void)state;
    assert_true(edit_text_same(span_of("// a\n{\n}\n"), span_of("{ \r\n\n}")));
    assert_false(edit_text_same(span_of("{\n}\n"), span_of("{\n  \"a\": 1\n}\n")));
    assert_false(edit_text_same(span_of("{\n}\nx"), span_of("{\n}\n")));
}

/* A server that is to judge ranges gets what was typed. */
static void test_ranges_may_be_the_servers(void **state)
{
    struct fixture *fx = *state;
    change(fx, "\"requests_per_second\": 20", "\"requests_per_second\": 0");
    assert_true(
        edit_text_read(span_from(&fx->text), &fx->base, FF_EDIT, true, &fx->mine, &fx->problems));
    assert_int_equal(fx->mine.v[FIELD_RPS].i, 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_untouched_it_is_the_same), TEST(test_changes_come_back),
        TEST(test_mistakes_have_their_line), TEST(test_errors_become_comments),
        TEST(test_what_is_the_same),         TEST(test_ranges_may_be_the_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
