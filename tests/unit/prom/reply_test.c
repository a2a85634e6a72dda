/* reply_test.c: what a server says of a query is read strictly, or not at all. */
#include "prom/reply.h"

#include "base/mem.h"
#include "model/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MATRIX(result)                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" result "]}}"
#define SERIES(values) "{\"metric\":{\"job\":\"a\"},\"values\":[" values "]}"

static enum status read_text(const char *text, struct prom_series *out, struct error *err)
{
    error_clear(err);
    return prom_reply_read(span_of(text), out, err);
}

static void test_good(void **state)
{
    struct prom_series s;
    struct error err;
    (void)state;
    assert_int_equal(read_text(MATRIX(SERIES("[1700000000,\"12\"],[1700000060.5,\"1.5e3\"],"
                                             "[1700000120,\"1500.6\"]")),
                               &s, &err),
                     ST_OK);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.offered, 1);
    assert_true(s.points[0].t_ms == 1700000000000 && s.points[0].value == 12);
    assert_true(s.points[1].t_ms == 1700000060500 && s.points[1].value == 1500);
    assert_true(s.points[2].value == 1501);
    prom_series_finish(&s);
    assert_null(s.points);
}

static void test_empty(void **state)
{
    static const char *const texts[] = {MATRIX(""), MATRIX(SERIES("")),
                                        MATRIX(SERIES("[1,\"NaN\"],[2,\"+Inf\"],[3,\"-Inf\"]"))};
    struct prom_series s;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(read_text(texts[i], &s, &err), ST_OK);
        assert_int_equal(s.count, 0);
        assert_int_equal(s.offered, 0);
        prom_series_finish(&s);
    }
}

static void test_no_value_is_left_out(void **state)
{
    struct prom_series s;
    struct error err;
    (void)state;
    assert_int_equal(
        read_text(MATRIX(SERIES("[1,\"5\"],[2,\"NaN\"],[3,\"+Inf\"],[4,\"6\"]")), &s, &err), ST_OK);
    assert_int_equal(s.count, 2);
    assert_true(s.points[1].t_ms == 4000 && s.points[1].value == 6);
    prom_series_finish(&s);
}

/* Never joined: the one whose last value is the newest, whole; a NaN is no value. */
static void test_several_series(void **state)
{
    struct prom_series s;
    struct error err;
    (void)state;
    assert_int_equal(read_text(MATRIX(SERIES("[1,\"1\"],[2,\"2\"],[9,\"NaN\"]") "," SERIES(
                                   "[3,\"70\"],[4,\"80\"]") "," SERIES("[1,\"3\"]") "," SERIES("")),
                               &s, &err),
                     ST_OK);
    assert_int_equal(s.offered, 3);
    assert_int_equal(s.count, 2);
    assert_true(s.points[0].value == 70 && s.points[1].value == 80);
    prom_series_finish(&s);
}

static void test_other_forms(void **state)
{
    static const char *const texts[] = {
        "",
        "<html>",
        "[]",
        "\"success\"",
        "{}",
        "{\"status\":\"success\"}",
        "{\"status\":true,\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
        "{\"status\":\"partial\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":{}}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\"}}",
        "{\"status\":\"success\",\"data\":[]}",
        MATRIX("1"),
        MATRIX("{\"values\":[]}"),
        MATRIX("{\"metric\":{},\"values\":{}}"),
        MATRIX("{\"metric\":{}}"),
        MATRIX(SERIES("1")),
        MATRIX(SERIES("{}")),
        MATRIX(SERIES("[1]")),
        MATRIX(SERIES("[1,\"2\",3]")),
        MATRIX(SERIES("[1,2]")),
        MATRIX(SERIES("[\"1\",\"2\"]")),
        MATRIX(SERIES("[-1,\"2\"]")),
        MATRIX(SERIES("[1e300,\"2\"]")),
        MATRIX(SERIES("[1,\"\"]")),
        MATRIX(SERIES("[1,\" 2\"]")),
        MATRIX(SERIES("[1,\"2 \"]")),
        MATRIX(SERIES("[1,\"0x10\"]")),
        MATRIX(SERIES("[1,\"nan\"]")),
        MATRIX(SERIES("[1,\"inf\"]")),
        MATRIX(SERIES("[1,\"1e\"]")),
        MATRIX(SERIES("[1,\"-1\"]")),
        MATRIX(SERIES("[1,\"1e19\"]")),
        MATRIX(SERIES("[1,\"1e999\"]")),
        MATRIX(SERIES("[2,\"1\"],[2,\"1\"]")),
        MATRIX(SERIES("[2,\"1\"],[1,\"1\"]")),
        MATRIX(SERIES("[1,\"1\"]") "," SERIES("[1,\"x\"]")),
        MATRIX(SERIES("[1,\"1\"]")) "x",
    };
    struct prom_series s;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (read_text(texts[i], &s, &err) != ST_UNREADABLE || err.status != ST_UNREADABLE ||
            s.count || s.points || !*err.what)
            fail_msg("%s: %s", texts[i], err.what);
    }
}

static void test_refused(void **state)
{
    struct prom_series s;
    struct error err;
    (void)state;
    assert_int_equal(
        read_text("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no such step\"}",
                  &s, &err),
        ST_REJECTED);
    assert_string_equal(err.what, "bad_data: no such step");
    assert_int_equal(read_text("{\"status\":\"error\",\"error\":7}", &s, &err), ST_REJECTED);
    assert_string_equal(err.what, "error: no reason is given");
}

static void test_huge(void **state)
{
    struct prom_series s;
    struct error err;
    struct str text = STR_INIT;
    (void)state;
    str_add(&text, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{"
                   "\"metric\":{},\"values\":[");
    for (int i = 0; i <= PROM_POINTS_MAX; i++)
        str_printf(&text, "%s[%d,\"1\"]", i ? "," : "", i);
    str_add(&text, "]}]}}");
    assert_int_equal(read_text(str_text(&text), &s, &err), ST_UNREADABLE);
    assert_string_equal(err.what, "a series has too many values");
    str_clear(&text);
    str_add(&text, MATRIX(""));
    str_fill(&text, ' ', PROM_BODY_MAX);
    assert_int_equal(read_text(str_text(&text), &s, &err), ST_UNREADABLE);
    assert_string_equal(err.what, "it is too large");
    str_finish(&text);
}

static void test_matrix(void **state)
{
    struct prom_matrix m;
    struct error err;
    (void)state;
#define NAMED(name, values) "{\"metric\":{\"by\":\"" name "\"},\"values\":[" values "]}"
    const char *good =
        MATRIX(NAMED("eu", "[1,\"5\"],[2,\"NaN\"],[3,\"7\"]") "," SERIES("[1,\"9\"]"));
    assert_int_equal(prom_matrix_read(span_of(good), "by", &m, &err), ST_OK);
    assert_int_equal(m.count, 2);
    assert_string_equal(m.list[0].name, "eu");
    assert_int_equal(m.list[0].series.count, 2);
    assert_true(m.list[0].series.points[1].t_ms == 3000 && m.list[0].series.points[1].value == 7);
    assert_string_equal(m.list[1].name, "");
    prom_matrix_finish(&m);
    assert_int_equal(prom_matrix_read(span_of(MATRIX("")), "by", &m, &err), ST_OK);
    assert_int_equal(m.count, 0);
    prom_matrix_finish(&m);
    static const char *const bad[] = {
        MATRIX(NAMED("eu", "[1,\"5\"]") "," NAMED("eu", "[1,\"6\"]")),
        MATRIX(NAMED("eu", "[1,\"5\"],[1,\"6\"]")),
        MATRIX("7"),
        "[]",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(prom_matrix_read(span_of(bad[i]), "by", &m, &err), ST_UNREADABLE);
        assert_int_equal(m.count, 0);
    }
    assert_int_equal(
        prom_matrix_read(span_of("{\"status\":\"error\",\"error\":\"no\"}"), "by", &m, &err),
        ST_REJECTED);
}

static void test_quote(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    prom_quote(&out, span_of("pa_1"));
    assert_string_equal(str_text(&out), "\"pa_1\"");
    str_clear(&out);
    prom_quote(&out, (struct span){"a\"} or {b=\\\n\0\x7f\xc3\xa4", 16});
    assert_string_equal(str_text(&out), "\"a\\\"} or {b=\\\\\\x0a\\x00\\x7f\xc3\xa4\"");
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_no_value_is_left_out),
        cmocka_unit_test(test_several_series),
        cmocka_unit_test(test_other_forms),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_huge),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_matrix),
    };
    json_global_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
