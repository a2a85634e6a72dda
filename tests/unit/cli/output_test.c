/* output_test.c: accounts as text: digits kept, quoting, formulas, masks, and nothing unsafe. */
#include "cli/output.h"

#include "base/vec.h"
#include "fleet/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const records[] = {
    "{\"provider_account_id\":\"a1\",\"name\":\"first, \\\"one\\\"\",\n"
    " \"credentials_ref\":\"kv/secret\",\"description\":\"=1+2\","
    "\"quota_policy\":{\"max_tokens_per_month\":null,\"current_month_tokens\":412000000},"
    "\"enabled\":true,\"unknown\":9007199254740993,\"tags\":{\"team\":\"x\",\"a\":\"b\"}}",
    "{\"provider_account_id\":\"a2\",\"name\":\"evil \\u001b[2J\\u202e\","
    "\"description\":\"-5\",\"quota_policy\":{\"max_tokens_per_month\":0}}",
};

static void print(enum output_format format, const char *columns, struct str *text)
{
    struct column_set *set = column_set_create();
    struct fleet *fleet = fleet_create();
    struct output *output;
    struct error err = {0};
    assert_int_equal(output_create(&output, format, columns, set, 0, &err), ST_OK);
    output_begin(output, text);
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        row_id row;
        fleet_put(fleet, span_of(records[i]), 1, &row);
        struct row_source source = fleet_row_source(fleet, row);
        output_row(output, &source, fleet_raw(fleet, row), text);
    }
    output_end(output, text);
    output_destroy(output);
    fleet_destroy(fleet);
    column_set_destroy(set);
    assert_null(strchr(str_text(text), '\x1b'));
    assert_null(strstr(str_text(text), "\u202e"));
}

static void test_json(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    print(OUTPUT_JSON, NULL, &text);
    assert_int_equal(strncmp(str_text(&text), "[\n{", 3), 0);
    assert_non_null(strstr(str_text(&text), "9007199254740993"));
    assert_non_null(strstr(str_text(&text), "\"kv/secret\""));
    assert_non_null(strstr(str_text(&text), "},\n{"));
    assert_non_null(strstr(str_text(&text), "evil \\u001b[2J\\u202e"));
    assert_string_equal(str_text(&text) + text.len - 4, "}\n]\n");
    str_finish(&text);
}

static void test_jsonl(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    size_t lines = 0;
    print(OUTPUT_JSONL, NULL, &text);
    for (const char *p = str_text(&text); *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 2); /* the line break inside the first record is none any more */
    str_finish(&text);
}

static void test_csv(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    print(OUTPUT_CSV, "id,name,desc,credentials,quota.tokens,used.tokens,enabled,tags", &text);
    assert_string_equal(str_text(&text),
                        "id,name,desc,credentials,quota.tokens,used.tokens,enabled,tags\r\n"
                        "a1,\"first, \"\"one\"\"\",\"'=1+2\",kv/secret,none,412000000,true,"
                        "\"a=b, team=x\"\r\n"
                        "a2,evil ^[[2J\\u{202e},\"'-5\",,0,,,\r\n");
    str_clear(&text);
    print(OUTPUT_CSV, NULL, &text);
    assert_int_equal(strncmp(str_text(&text), "provider_account_id,org_id,name,", 32), 0);
    assert_non_null(strstr(str_text(&text), "kv/secret")); /* what programs read is whole */
    str_finish(&text);
}

/* A text that is "none" is no null: it has quotes, which the reader of CSV understands. */
static void test_csv_none(void **state)
{
    (void)state;
    static const char record[] = "{\"provider_account_id\":\"a1\",\"name\":\"none\","
                                 "\"description\":null,\"region\":\"none of it\"}";
    struct column_set *set = column_set_create();
    struct fleet *fleet = fleet_create();
    struct output *output;
    struct error err = {0};
    struct str text = STR_INIT;
    row_id row;
    assert_int_equal(output_create(&output, OUTPUT_CSV, "id,name,desc,region", set, 0, &err),
                     ST_OK);
    fleet_put(fleet, span_of(record), 1, &row);
    struct row_source source = fleet_row_source(fleet, row);
    output_row(output, &source, fleet_raw(fleet, row), &text);
    assert_string_equal(str_text(&text), "a1,\"none\",none,none of it\r\n");
    output_destroy(output);
    fleet_destroy(fleet);
    column_set_destroy(set);
    str_finish(&text);
}

/* As data a text is whole; on a terminal only its lines are. */
static void test_csv_lines(void **state)
{
    (void)state;
    static const char record[] = "{\"provider_account_id\":\"a1\",\"name\":\" n\","
                                 "\"description\":\"a\\nb\\t\\u001b[2J\",\"credentials_ref\":"
                                 "\"k\\u0000\",\"region\":\"'=x\"}";
    static const char *const wants[] = {"a1,\" n\",\"a\nb^I^[[2J\",\"''=x\",\r\n",
                                        "a1,\" n\",\"a\nb\t^[[2J\",\"''=x\",\r\n"};
    struct column_set *set = column_set_create();
    struct fleet *fleet = fleet_create();
    struct error err = {0};
    row_id row;
    fleet_put(fleet, span_of(record), 1, &row);
    struct row_source source = fleet_row_source(fleet, row);
    for (int data = 0; data < 2; data++) {
        struct output *output;
        struct str text = STR_INIT;
        assert_int_equal(
            output_create(&output, OUTPUT_CSV, "id,name,desc,region,credentials", set, 0, &err),
            ST_OK);
        if (data)
            output_as_data(output);
        output_row(output, &source, fleet_raw(fleet, row), &text);
        assert_string_equal(str_text(&text), wants[data]);
        output_destroy(output);
        str_finish(&text);
    }
    fleet_destroy(fleet);
    column_set_destroy(set);
}

static void test_table(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    print(OUTPUT_TABLE, "id,used.tokens,credentials", &text);
    assert_string_equal(str_text(&text), "ID  USED.TOKENS  CREDENTIALS\n"
                                         "a1         412M  ********\n"
                                         "a2            -  -\n");
    str_clear(&text);
    print(OUTPUT_TABLE, "id,quota.tokens", &text); /* a limit of zero is no small number */
    assert_string_equal(str_text(&text), "ID    QUOTA.TOKENS\n"
                                         "a1            none\n"
                                         "a2  ! 0, may block\n");
    str_finish(&text);
}

/* The numbers of writes are names: rounded they would be another's. */
static void test_all_digits(void **state)
{
    (void)state;
    static const enum output_format formats[] = {OUTPUT_TABLE, OUTPUT_PLAIN, OUTPUT_WIDE};
    struct column_set *set = column_set_create();
    struct fleet *fleet = fleet_create();
    struct error err = {0};
    row_id row;
    fleet_put(fleet, span_of(records[0]), 1, &row);
    struct row_source source = fleet_row_source(fleet, row);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct output *output;
        struct str text = STR_INIT;
        assert_int_equal(output_create(&output, formats[i], "used.tokens", set, 0, &err), ST_OK);
        output_all_digits(output);
        output_row(output, &source, fleet_raw(fleet, row), &text);
        output_end(output, &text);
        assert_non_null(strstr(str_text(&text), "412000000"));
        output_destroy(output);
        str_finish(&text);
    }
    fleet_destroy(fleet);
    column_set_destroy(set);
}

static void test_plain(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    print(OUTPUT_PLAIN, "id,used.tokens,credentials", &text);
    assert_string_equal(str_text(&text), "a1\t412M\t********\na2\t-\t-\n");
    str_finish(&text);
}

/* An account with a value in every field. */
static const char full[] =
    "{\"provider_account_id\":\"a1\",\"org_id\":\"o\",\"name\":\"n\",\"description\":\"d\","
    "\"provider_type\":\"openai\",\"region\":\"eu\",\"data_residency\":\"EU\","
    "\"credentials_ref\":\"kv/x\",\"quota_policy\":{\"max_tokens_per_month\":5,"
    "\"max_requests_per_month\":6,\"current_month_tokens\":7,\"current_month_requests\":8,"
    "\"usage_period\":\"2026-10\"},\"rate_limit_policy\":{\"requests_per_second\":1,"
    "\"requests_per_minute\":2,\"input_tokens_per_minute\":3,\"output_tokens_per_minute\":4,"
    "\"max_concurrency\":5,\"burst_size\":6,\"queue_policy\":\"wait\","
    "\"queue_timeout_seconds\":7},\"status\":\"active\",\"status_reason\":\"r\","
    "\"enabled\":true,\"routing_mode\":\"direct\",\"bridge_id\":\"b\","
    "\"bridge_endpoint_name\":\"e\",\"last_health_check\":\"2026-10-20T14:02:07Z\","
    "\"tags\":{\"a\":\"b\"},\"created_by\":\"me\",\"created_at\":\"2026-10-19T14:02:07Z\","
    "\"updated_at\":\"2026-10-20 14:02:07.1234567+02:00\"}";

/* One cell of `full`, between its line's other words. */
static void print_cell(enum output_format format, const struct column_set *set, const char *name,
                       struct str *text)
{
    struct fleet *fleet = fleet_create();
    struct output *output;
    struct error err = {0};
    row_id row;
    assert_int_equal(output_create(&output, format, name, set, 0, &err), ST_OK);
    fleet_put(fleet, span_of(full), 1, &row);
    struct row_source source = fleet_row_source(fleet, row);
    output_begin(output, text);
    str_clear(text); /* of a csv: the titles */
    output_row(output, &source, fleet_raw(fleet, row), text);
    output_end(output, text);
    output_destroy(output);
    fleet_destroy(fleet);
}

/* What the account has is in every column, whatever the type and the format. */
static void test_every_column(void **state)
{
    (void)state;
    static const enum output_format formats[] = {OUTPUT_TABLE, OUTPUT_WIDE, OUTPUT_CSV,
                                                 OUTPUT_PLAIN, OUTPUT_PLAIN_WIDE};
    static const struct {
        const char *column, *cell;
    } times[] = {{"checked", "2026-10-20T14:02:07Z"},
                 {"created_at", "2026-10-19T14:02:07Z"},
                 {"updated", "2026-10-20 14:02:07.1234567+02:00"}};
    struct column_set *set = column_set_create();
    struct str text = STR_INIT;
    for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
        for (size_t c = 0; c < column_count(set); c++) {
            str_clear(&text);
            print_cell(formats[f], set, column_at(set, c)->name, &text);
            const char *title_end = strchr(str_text(&text), '\n');
            const char *cell = title_end && title_end[1] ? title_end + 1 : str_text(&text);
            cell += strspn(cell, " "); /* numbers stand on the right */
            if (strchr("-\r\n", *cell))
                fail_msg("format %d, column %s: \"%s\"", (int)formats[f], column_at(set, c)->name,
                         str_text(&text));
        }
        for (size_t i = 0; i < ARRAY_LEN(times); i++) {
            str_clear(&text);
            print_cell(formats[f], set, times[i].column, &text);
            assert_non_null(strstr(str_text(&text), times[i].cell));
        }
    }
    str_finish(&text);
    column_set_destroy(set);
}

static void test_name(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    print(OUTPUT_NAME, NULL, &text);
    assert_string_equal(str_text(&text), "first, \"one\"\nevil ^[[2J\\u{202e}\n");
    str_finish(&text);
}

static void test_unknown_column(void **state)
{
    (void)state;
    struct column_set *set = column_set_create();
    struct output *output;
    struct error err = {0};
    assert_int_equal(output_create(&output, OUTPUT_TABLE, "name,regoin", set, 0, &err), ST_USAGE);
    assert_null(output);
    assert_non_null(strstr(err.what, "\"regoin\""));
    assert_non_null(strstr(err.next, "region"));
    assert_int_equal(output_create(&output, OUTPUT_TABLE, "", set, 0, &err), ST_USAGE);
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_csv_none),
        cmocka_unit_test(test_csv_lines),
        cmocka_unit_test(test_all_digits),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_every_column),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_unknown_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
