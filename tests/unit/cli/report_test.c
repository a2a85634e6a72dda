/* report_test.c: rows that are not accounts in each of the formats: what a table makes safe, what
 * JSON keeps, what has no value. */
#include "base/text.h"
#include "cli/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct report_column columns[] = {
    {"account_name", false, false}, {"left", true, false}, {"more", false, true}};

static void make(enum output_format format, bool rows, struct str *out)
{
    struct report *r;
    struct error err;
    assert_int_equal(report_create(&r, format, columns, 3, 0, &err), ST_OK);
    if (rows) {
        report_text(r, span_of("a\033[1m\"b\",c"));
        report_number(r, 1234567, "1.2M");
        report_text(r, span_of("wide"));
        report_text(r, span_of("d"));
        report_number(r, -5, NULL);
        report_none(r);
        assert_int_equal(report_rows(r), 2);
    }
    report_end(r, out);
    report_destroy(r);
}

static void assert_made(enum output_format format, bool rows, const char *want)
{
    struct str out = STR_INIT;
    make(format, rows, &out);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_a_table(void **state)
{
    (void)state;
    /* A number is shown as it is to be read, and stands at the right; what is wide is left out. */
    assert_made(OUTPUT_TABLE, true,
                "ACCOUNT NAME  LEFT\na^[[1m\"b\",c   1.2M\nd               -5\n");
    assert_made(OUTPUT_TABLE, false, "ACCOUNT NAME  LEFT\n");
}

static void test_json(void **state)
{
    (void)state;
    assert_made(OUTPUT_JSON, true,
                "[\n{\"account_name\":\"a\\u001b[1m\\\"b\\\",c\",\"left\":1234567,\"more\":"
                "\"wide\"},\n{\"account_name\":\"d\",\"left\":-5,\"more\":null}\n]\n");
    assert_made(OUTPUT_JSON, false, "[]\n");
    assert_made(OUTPUT_JSONL, true,
                "{\"account_name\":\"a\\u001b[1m\\\"b\\\",c\",\"left\":1234567,\"more\":\"wide\"}\n"
                "{\"account_name\":\"d\",\"left\":-5,\"more\":null}\n");
    assert_made(OUTPUT_JSONL, false, "");
}

static void test_csv(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    make(OUTPUT_CSV, true, &out);
    assert_memory_equal(str_text(&out), "account_name,left,more\r\n", 24);
    assert_non_null(strstr(str_text(&out), ",1234567,wide\r\n")); /* all digits */
    assert_non_null(strstr(str_text(&out), "\"\"b\"\""));         /* quotes are doubled */
    assert_non_null(strstr(str_text(&out), "\r\nd,-5,\r\n"));
    assert_null(strchr(str_text(&out), '\033'));
    str_finish(&out);
}

/* The rule is that of accounts (csv_show): on a terminal a tab is shown, in a file it is one. */
static void test_csv_as_data(void **state)
{
    (void)state;
    for (int data = 0; data < 2; data++) {
        struct report *r;
        struct error err;
        struct str out = STR_INIT;
        assert_int_equal(report_create(&r, OUTPUT_CSV, columns, 3, TEXT_ASCII, &err), ST_OK);
        if (data)
            report_as_data(r);
        report_text(r, span_of("a\t\u00e9\n"));
        report_number(r, 1, NULL);
        report_none(r);
        report_end(r, &out);
        assert_string_equal(strchr(str_text(&out), '\n') + 1,
                            data ? "\"a\t\u00e9\n\",1,\r\n" : "\"a^I\\u{e9}\n\",1,\r\n");
        report_destroy(r);
        str_finish(&out);
    }
}

static void test_formats_of_accounts_alone(void **state)
{
    struct report *r;
    struct error err;
    (void)state;
    assert_int_equal(report_create(&r, OUTPUT_WIDE, columns, 3, 0, &err), ST_USAGE);
    assert_null(r);
    assert_int_equal(report_create(&r, OUTPUT_NAME, columns, 3, 0, &err), ST_USAGE);
    assert_string_equal(err.what, "-o takes table, json, jsonl or csv here");
    report_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_table),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_as_data),
        cmocka_unit_test(test_formats_of_accounts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
