/* metrics_test.c: what an account becomes: samples, labels, escapes, both formats, in pieces of
 * any size, and as a file. It covers metrics.c and write.c. */
#include "metrics/metrics.h"

#include "base/when.h"
#include "tests/support/files.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const ok_words[] = {"active", NULL}, *const down_words[] = {"down", NULL},
                         *const no_words[] = {NULL};
static const struct health_classes health = {{ok_words, no_words, down_words}};

static struct metrics_page *begin(struct fleet *f, enum metrics_format format)
{
    static row_id rows[16];
    static const double bounds[] = {0.5, 1};
    static const int64_t took[] = {3, 2, 1};
    for (row_id row = 0; row < fleet_rows(f); row++)
        rows[row] = row;
    struct metrics_spec spec = {
        .format = format,
        .fleet = f,
        .rows = rows,
        .row_count = fleet_rows(f),
        .health = &health,
        .process = {.up = true,
                    .complete = true,
                    .complete_wall_ms = 1795773082007,
                    .reply_wall_ms = WHEN_NONE,
                    .accounts = fleet_count(f),
                    .bounds = bounds,
                    .bound_count = 2,
                    .operations = {{.name = "list",
                                    .replies = {[0] = 1, [2] = 5},
                                    .errors = 1,
                                    .took = took,
                                    .seconds = 4.25}},
                    .operation_count = 1},
    };
    return metrics_page_create(&spec);
}

/* The page read in pieces of `piece` bytes. */
static void read_all(struct metrics_page *page, size_t piece, struct str *out)
{
    char bytes[512];
    size_t n;
    while ((n = metrics_page_read(page, bytes, piece)) > 0)
        str_append(out, bytes, n);
    assert_int_equal(metrics_page_read(page, bytes, piece), 0);
    metrics_page_destroy(page);
}

static void has(const struct str *page, const char *line)
{
    char whole[400];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (!strstr(str_text(page), whole))
        fail_msg("no line \"%s\" in:\n%s", line, str_text(page));
}

static void lacks(const struct str *page, const char *text)
{
    if (strstr(str_text(page), text))
        fail_msg("\"%s\" is in:\n%s", text, str_text(page));
}

static void put(struct fleet *f, const char *json)
{
    fleet_put(f, span_of(json), 1, NULL);
}

#define LABELS "{provider_account_id=\"a1\",provider_type=\"openai\""

static void test_values_and_what_is_none(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\",\"name\":\"one\","
           "\"quota_policy\":{\"max_tokens_per_month\":0,\"max_requests_per_month\":null,"
           "\"current_month_tokens\":9007199254740993},\"rate_limit_policy\":{"
           "\"requests_per_second\":5,\"queue_timeout_seconds\":30},\"status\":\"down\","
           "\"enabled\":false,\"last_health_check\":\"2026-01-02T03:04:05Z\","
           "\"credentials_ref\":\"kv/secret\"}");
    read_all(begin(f, METRICS_OPENMETRICS), 512, &page);
    has(&page, "# TYPE paddock_account_used_tokens gauge");
    has(&page, "# UNIT paddock_account_used_tokens tokens");
    has(&page, "paddock_account_used_tokens" LABELS "} 9007199254740993");
    has(&page, "paddock_account_limit_tokens" LABELS "} 0");
    lacks(&page, "paddock_account_limit_requests{");
    lacks(&page, "paddock_account_used_requests{");
    has(&page, "paddock_account_limit_requests_per_second" LABELS "} 5");
    has(&page, "paddock_account_queue_timeout_seconds" LABELS "} 30");
    has(&page, "paddock_account_enabled" LABELS "} 0");
    has(&page, "paddock_account_health_check_timestamp_seconds" LABELS "} 1767323045.000");
    lacks(&page, "paddock_account_updated_timestamp_seconds{");
    has(&page, "paddock_account_health" LABELS ",paddock_account_health=\"down\"} 1");
    has(&page, "paddock_account_health" LABELS ",paddock_account_health=\"ok\"} 0");
    has(&page, "paddock_account_info" LABELS ",name=\"one\",status=\"down\"} 1");
    lacks(&page, "secret");
    str_finish(&page);
    fleet_destroy(f);
}

static void test_the_programs_own_numbers(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    read_all(begin(f, METRICS_OPENMETRICS), 512, &page);
    has(&page, "paddock_up 1");
    has(&page, "paddock_sync_timestamp_seconds 1795773082.007");
    lacks(&page, "\npaddock_sync_reply_timestamp_seconds ");
    has(&page, "# TYPE paddock_api_requests counter");
    has(&page, "paddock_api_requests_total{operation=\"list\",code=\"none\"} 1");
    has(&page, "paddock_api_requests_total{operation=\"list\",code=\"2xx\"} 5");
    has(&page, "paddock_api_request_duration_seconds_bucket{operation=\"list\",le=\"0.5\"} 3");
    has(&page, "paddock_api_request_duration_seconds_bucket{operation=\"list\",le=\"1.0\"} 5");
    has(&page, "paddock_api_request_duration_seconds_bucket{operation=\"list\",le=\"+Inf\"} 6");
    has(&page, "paddock_api_request_duration_seconds_sum{operation=\"list\"} 4.250");
    assert_true(page.len > 6 && strcmp(str_text(&page) + page.len - 6, "# EOF\n") == 0);
    str_finish(&page);
    fleet_destroy(f);
}

static void test_the_older_format(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    read_all(begin(f, METRICS_TEXT), 512, &page);
    has(&page, "# TYPE paddock_api_requests_total counter");
    has(&page, "# TYPE paddock_account_info gauge");
    lacks(&page, "# EOF");
    lacks(&page, "# UNIT");
    str_finish(&page);
    fleet_destroy(f);
}

static void test_hostile_texts_stay_in_their_label(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\","
           "\"name\":\"x\\\"} 1\\nevil 2\\\\ \\u001b[2J \\u202e\"}");
    read_all(begin(f, METRICS_OPENMETRICS), 512, &page);
    has(&page, "paddock_account_info" LABELS ",name=\"x\\\"} 1^Jevil 2\\\\ ^[[2J \\\\u{202e}\"} 1");
    str_finish(&page);
    fleet_destroy(f);
}

/* Two accounts that became one label would cost the whole scrape. */
static void test_ids_stay_distinct(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"provider_account_id\":\"a\\u001b\",\"provider_type\":\"p\",\"enabled\":true}");
    put(f, "{\"provider_account_id\":\"a^[\",\"provider_type\":\"p\",\"enabled\":true}");
    put(f, "{\"provider_account_id\":\"a%1B\",\"provider_type\":\"p\",\"enabled\":true}");
    read_all(begin(f, METRICS_TEXT), 512, &page);
    has(&page, "paddock_account_enabled{provider_account_id=\"a%1B\",provider_type=\"p\"} 1");
    has(&page, "paddock_account_enabled{provider_account_id=\"a^[\",provider_type=\"p\"} 1");
    has(&page, "paddock_account_enabled{provider_account_id=\"a%251B\",provider_type=\"p\"} 1");
    str_finish(&page);
    fleet_destroy(f);
}

/* Tags whose labels would be one: none is lost, the one that is that name keeps it, and the others
 * have a number after it, which no other tag has. */
static void test_tags_are_labels_once(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\","
           "\"tags\":{\"cost.center\":\"7\",\"cost-center\":\"8\",\"team\":\"x\"}}");
    read_all(begin(f, METRICS_TEXT), 512, &page);
    has(&page, "paddock_account_info" LABELS ",tag_cost_center_conflict1=\"8\","
               "tag_cost_center_conflict2=\"7\",tag_team=\"x\"} 1");
    str_clear(&page);
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\","
           "\"tags\":{\"a.b\":\"1\",\"a_b\":\"2\",\"a b\":\"3\",\"a_b_conflict1\":\"4\","
           "\"a.b.conflict2\":\"5\"}}");
    read_all(begin(f, METRICS_TEXT), 512, &page);
    has(&page, "paddock_account_info" LABELS ",tag_a_b_conflict3=\"3\",tag_a_b_conflict4=\"1\","
               "tag_a_b_conflict2=\"5\",tag_a_b=\"2\",tag_a_b_conflict1=\"4\"} 1");
    str_finish(&page);
    fleet_destroy(f);
}

static void test_a_broken_account_has_no_samples(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"name\":\"no id\",\"enabled\":true}");
    read_all(begin(f, METRICS_TEXT), 512, &page);
    lacks(&page, "paddock_account_enabled{");
    str_finish(&page);
    fleet_destroy(f);
}

static void test_pieces_of_any_size_are_the_same_page(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str whole = STR_INIT;
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\",\"enabled\":true}");
    put(f, "{\"provider_account_id\":\"a2\",\"provider_type\":\"openai\",\"enabled\":true}");
    read_all(begin(f, METRICS_OPENMETRICS), 512, &whole);
    for (size_t piece = 1; piece < 40; piece += 6) {
        struct str page = STR_INIT;
        read_all(begin(f, METRICS_OPENMETRICS), piece, &page);
        assert_string_equal(str_text(&page), str_text(&whole));
        str_finish(&page);
    }
    str_finish(&whole);
    fleet_destroy(f);
}

/* Rows are frozen at the beginning; one that is gone has no samples from then on. */
static void test_an_account_that_goes_meanwhile(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct str page = STR_INIT;
    put(f, "{\"provider_account_id\":\"a1\",\"provider_type\":\"openai\",\"enabled\":true}");
    struct metrics_page *p = begin(f, METRICS_OPENMETRICS);
    assert_true(fleet_remove(f, 0, 2));
    put(f, "{\"provider_account_id\":\"a2\",\"provider_type\":\"openai\",\"enabled\":true}");
    read_all(p, 512, &page);
    lacks(&page, "\"a1\"");
    lacks(&page, "\"a2\"");
    str_finish(&page);
    fleet_destroy(f);
}

static void test_a_file_is_whole_or_as_it_was(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, whole = STR_INIT, text = STR_INIT;
    struct error err = {0};
    struct stat info;
    tmpdir_path(dir, "paddock.prom", &path);
    read_all(begin(f, METRICS_TEXT), 512, &whole);
    struct metrics_page *p = begin(f, METRICS_TEXT);
    assert_int_equal(metrics_page_file(p, str_text(&path), &err), ST_OK);
    metrics_page_destroy(p);
    assert_int_equal(stat(str_text(&path), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
    assert_true(file_read(str_text(&path), &text));
    assert_string_equal(str_text(&text), str_text(&whole));
    str_clear(&path);
    tmpdir_path(dir, "none/paddock.prom", &path);
    p = begin(f, METRICS_TEXT);
    assert_int_equal(metrics_page_file(p, str_text(&path), &err), ST_IO);
    assert_non_null(strstr(err.what, "as it was"));
    metrics_page_destroy(p);
    str_clear(&path);
    tmpdir_path(dir, "pipe", &path); /* what is no file stays what it is */
    assert_int_equal(mkfifo(str_text(&path), 0600), 0);
    p = begin(f, METRICS_TEXT);
    assert_int_equal(metrics_page_file(p, str_text(&path), &err), ST_IO);
    assert_int_equal(stat(str_text(&path), &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    metrics_page_destroy(p);
    str_finish(&path);
    str_finish(&whole);
    str_finish(&text);
    tmpdir_destroy(dir);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_what_is_none),
        cmocka_unit_test(test_the_programs_own_numbers),
        cmocka_unit_test(test_the_older_format),
        cmocka_unit_test(test_hostile_texts_stay_in_their_label),
        cmocka_unit_test(test_ids_stay_distinct),
        cmocka_unit_test(test_tags_are_labels_once),
        cmocka_unit_test(test_a_broken_account_has_no_samples),
        cmocka_unit_test(test_pieces_of_any_size_are_the_same_page),
        cmocka_unit_test(test_an_account_that_goes_meanwhile),
        cmocka_unit_test(test_a_file_is_whole_or_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
