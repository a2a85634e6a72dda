/* sandbox_moves_test.c: what moves in the sandbox by itself (usage, health), what it breaks on
 * request (faults), kept pages, and many connections at once. */
#include "tests/support/sandbox_run.h"

#include <curl/curl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char CREATE[] =
    "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}";

static void rest(void)
{
    usleep(20000);
}

/* ---- what moves ---- */

static void test_usage_moves_and_updated_at_does_not(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "3", "--time-scale", "5000", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE, NULL, 200);
    cJSON *a = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "accounts"), 1), *b = NULL;
    cJSON *before = cJSON_GetObjectItem(a, "quota_policy"), *after;
    do {
        rest();
        cJSON_Delete(b);
        b = box_json(&s, "GET", box_path(a), NULL, 200);
        after = cJSON_GetObjectItem(b, "quota_policy");
    } while (box_number(after, "current_month_tokens") ==
             box_number(before, "current_month_tokens"));
    if (strcmp(box_text(before, "usage_period"), box_text(after, "usage_period")) == 0)
        assert_true(box_number(after, "current_month_tokens") >
                    box_number(before, "current_month_tokens"));
    assert_string_equal(box_text(a, "updated_at"), box_text(b, "updated_at"));
    cJSON_Delete(b);
    cJSON_Delete(page);
    box_stop(&s);
}

static void test_a_month_begins_at_zero(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "3", "--time-scale", "1000000", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE, NULL, 200);
    cJSON *a = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "accounts"), 1), *b = NULL;
    const char *period = box_text(cJSON_GetObjectItem(a, "quota_policy"), "usage_period");
    double most = 0;
    for (;;) {
        const cJSON *quota;
        cJSON_Delete(b);
        b = box_json(&s, "GET", box_path(a), NULL, 200);
        quota = cJSON_GetObjectItem(b, "quota_policy");
        double used = box_number(quota, "current_month_tokens");
        if (strcmp(box_text(quota, "usage_period"), period) > 0 && used < most)
            break;
        most = used > most ? used : most;
        rest();
    }
    cJSON_Delete(b);
    cJSON_Delete(page);
    box_stop(&s);
}

static void wait_for_status(const struct box *s, const cJSON *a, const char *status)
{
    bool there = false;
    while (!there) {
        cJSON *b = box_json(s, "GET", box_path(a), NULL, 200);
        there = strcmp(box_text(b, "status"), status) == 0;
        if (there && strcmp(status, "active") == 0)
            assert_true(*box_text(b, "last_health_check"));
        cJSON_Delete(b);
        rest();
    }
}

/* A new account is looked at by and by; a disabled one rests; an enabled one is looked at again. */
static void test_health_of_one_account(void **state)
{
    (void)state;
    static const char *const args[] = {"--time-scale", "100", NULL};
    struct box s;
    char report[256];
    box_start(&s, args);
    cJSON *a = box_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    assert_string_equal(box_text(a, "status"), "unknown");
    cJSON *off = box_json(&s, "PATCH", box_path(a), "{\"enabled\":false}", 200);
    assert_string_equal(box_text(off, "status"), "disabled");
    cJSON_Delete(off);
    snprintf(report, sizeof report,
             "{\"id\":\"%s\",\"status\":\"on_fire\",\"reason\":\"smoke\",\"seconds\":60}",
             box_text(a, "provider_account_id"));
    cJSON_Delete(box_json(&s, "POST", "/_sandbox/health", report, 204));
    wait_for_status(&s, a, "disabled");
    snprintf(report, sizeof report, "{\"id\":\"%s\",\"status\":\"on_fire\",\"reason\":\"smoke\"}",
             box_text(a, "provider_account_id"));
    cJSON_Delete(box_json(&s, "POST", "/_sandbox/health", report, 204));
    cJSON *fire = box_json(&s, "GET", SANDBOX_BASE "?status=on_fire", NULL, 200);
    assert_true(box_number(fire, "total") == 1);
    cJSON *on = box_json(&s, "PATCH", box_path(a), "{\"enabled\":true}", 200);
    assert_string_equal(box_text(on, "status"), "unknown");
    cJSON_Delete(on);
    cJSON_Delete(fire);
    cJSON_Delete(a);
    cJSON_Delete(box_json(&s, "POST", "/_sandbox/health", "{\"id\":\"x\",\"status\":\"y\"}", 404));
    box_stop(&s);
}

static void test_new_account_gets_well(void **state)
{
    (void)state;
    static const char *const args[] = {"--time-scale", "10", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *a = box_json(&s, "POST", SANDBOX_BASE, CREATE, 201);
    wait_for_status(&s, a, "active");
    cJSON_Delete(a);
    box_stop(&s);
}

/* Totals that the triggers keep agree with what is there while health moves under a filter. */
static void test_health_moves_and_totals_follow(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "60", "--time-scale", "2000", NULL};
    static const char *const path = SANDBOX_BASE "?limit=100&status=active";
    struct box s;
    double first = -1;
    bool moved = false;
    box_start(&s, args);
    while (!moved) {
        cJSON *page = box_json(&s, "GET", path, NULL, 200);
        double n = box_number(page, "total");
        assert_true(n == cJSON_GetArraySize(cJSON_GetObjectItem(page, "accounts")));
        moved = first >= 0 && n != first;
        first = first < 0 ? n : first;
        cJSON_Delete(page);
        rest();
    }
    box_stop(&s);
}

/* ---- faults ---- */

static double committed(const struct box *s)
{
    cJSON *stats = box_json(s, "GET", "/_sandbox/stats", NULL, 200);
    double n = box_number(stats, "committed_writes");
    cJSON_Delete(stats);
    return n;
}

static void test_cut_before_and_after_the_commit(void **state)
{
    (void)state;
    struct box s;
    box_start(&s, NULL);
    box_fault(&s, "{\"fault\":\"cut\",\"when\":\"before\"}");
    assert_true(box_total(&s) == 0); /* reads are not met */
    struct box_answer a = box_call(&s, "POST", SANDBOX_BASE, CREATE);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    box_answer_finish(&a);
    assert_true(box_total(&s) == 0 && committed(&s) == 0);
    box_fault(&s, "{\"fault\":\"cut\",\"when\":\"after\"}");
    a = box_call(&s, "POST", SANDBOX_BASE, CREATE);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    box_answer_finish(&a);
    assert_true(box_total(&s) == 1 && committed(&s) == 1);
    box_fault(&s, "{\"fault\":\"error\",\"when\":\"after\"}");
    cJSON_Delete(box_json(&s, "POST", SANDBOX_BASE, CREATE, 500));
    cJSON_Delete(box_json(&s, "POST", SANDBOX_BASE, CREATE, 201));
    assert_true(box_total(&s) == 3);
    box_stop(&s);
}

static void test_outage_and_429(void **state)
{
    (void)state;
    struct box s;
    box_start(&s, NULL);
    box_fault(&s, "{\"fault\":\"outage\",\"count\":2}");
    struct box_answer a = box_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.status, 503);
    assert_non_null(strstr(str_text(&a.head), "Content-Type: text/html"));
    box_answer_finish(&a);
    cJSON_Delete(box_json(&s, "POST", SANDBOX_BASE, CREATE, 503));
    assert_true(box_total(&s) == 0);
    box_fault(&s, "{\"fault\":429,\"count\":1,\"retry_after\":7}");
    a = box_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.status, 429);
    assert_non_null(strstr(str_text(&a.head), "\r\nRetry-After: 7\r\n"));
    box_answer_finish(&a);
    box_fault(&s, "{\"fault\":\"outage\",\"seconds\":600}");
    cJSON_Delete(box_json(&s, "GET", SANDBOX_BASE, NULL, 503));
    box_fault(&s, "{\"fault\":\"none\"}");
    assert_true(box_total(&s) == 0);
    box_fault(&s, "{\"fault\":\"unauthorized\"}");
    cJSON_Delete(box_json(&s, "GET", SANDBOX_BASE, NULL, 401));
    box_fault(&s, "{\"fault\":\"drop\",\"count\":1,\"on\":\"reads\"}");
    a = box_call(&s, "GET", SANDBOX_BASE, NULL);
    assert_int_equal(a.error, CURLE_GOT_NOTHING);
    box_answer_finish(&a);
    box_fault(&s, "{\"fault\":\"slow\",\"count\":1,\"ms\":1}");
    assert_true(box_total(&s) == 0);
    box_stop(&s);
}

static void test_cursor_expires(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "4", NULL};
    struct box s;
    char path[256];
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?limit=2", NULL, 200);
    snprintf(path, sizeof path, SANDBOX_BASE "?limit=2&cursor=%s", box_text(page, "next_cursor"));
    box_fault(&s, "{\"fault\":\"cursor\"}");
    assert_true(box_total(&s) == 4); /* without a cursor */
    cJSON_Delete(box_json(&s, "GET", path, NULL, 400));
    cJSON_Delete(box_json(&s, "GET", path, NULL, 200));
    cJSON_Delete(page);
    box_stop(&s);
}

static void test_bad_control_bodies(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}", "{\"fault\":\"nope\"}", "{\"fault\":\"outage\",\"seconds\":-1}",
        "{\"fault\":\"cut\",\"when\":\"later\"}", "{\"fault\":\"cut\",\"count\":\"1\"}"};
    struct box s;
    box_start(&s, NULL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        cJSON_Delete(box_json(&s, "POST", "/_sandbox/faults", bodies[i], 400));
    cJSON_Delete(box_json(&s, "POST", "/_sandbox/health", "{\"id\":\"a\"}", 400));
    assert_true(box_total(&s) == 0);
    box_stop(&s);
}

/* ---- kept pages, many connections ---- */

static void test_serial_pages(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "250", "--serial-pages", NULL};
    static const char *const path = SANDBOX_BASE "?limit=100&provider_type=groq";
    struct box s;
    box_start(&s, args);
    struct box_answer a = box_call(&s, "GET", path, NULL), b = box_call(&s, "GET", path, NULL);
    assert_int_equal(a.status, 200);
    assert_true(span_eq(span_from(&a.body), span_from(&b.body)));
    box_answer_finish(&b);
    cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(a.json, "accounts"), 0);
    cJSON_Delete(box_json(&s, "PATCH", box_path(first), "{\"description\":\"new words\"}", 200));
    b = box_call(&s, "GET", path, NULL);
    assert_non_null(strstr(str_text(&b.body), "new words"));
    box_answer_finish(&b);
    box_answer_finish(&a);
    assert_int_equal(box_stop(&s), 0);
}

struct crowd {
    const struct box *s;
    int good;
};

/* cmocka's asserts belong to the main thread: count here, judge there. */
static void *crowd_run(void *ctx)
{
    struct crowd *c = ctx;
    for (int i = 0; i < 40; i++) {
        bool write = i % 4 == 0;
        struct box_answer a = write ? box_call(c->s, "POST", SANDBOX_BASE, CREATE)
                                    : box_call(c->s, "GET", SANDBOX_BASE "?limit=100", NULL);
        c->good += a.error == 0 && a.status == (write ? 201 : 200) && a.json;
        box_answer_finish(&a);
    }
    return NULL;
}

static void test_many_connections(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts",   "300", "--serial-pages",
                                       "--latency-ms", "1",   NULL};
    for (int kept = 0; kept < 2; kept++) {
        struct box s;
        pthread_t threads[6];
        struct crowd crowd[6];
        const char *const plain[] = {"--accounts", "300", NULL};
        box_start(&s, kept ? args : plain);
        for (int i = 0; i < 6; i++) {
            crowd[i] = (struct crowd){&s, 0};
            assert_int_equal(pthread_create(&threads[i], NULL, crowd_run, &crowd[i]), 0);
        }
        for (int i = 0; i < 6; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(crowd[i].good, 40);
        }
        assert_true(box_total(&s) == 360);
        assert_int_equal(box_stop(&s), 0);
    }
}

/* SIGTERM does not wait for a slow answer. */
static void test_ends_during_a_slow_answer(void **state)
{
    (void)state;
    static const char *const args[] = {"--latency-ms", "600000", NULL};
    struct box s;
    struct box_answer a;
    box_start(&s, args);
    pid_t killer = fork();
    if (killer == 0) {
        rest();
        kill(s.pid, SIGTERM);
        _exit(0);
    }
    a = box_call(&s, "GET", SANDBOX_BASE, NULL);
    box_answer_finish(&a);
    waitpid(killer, NULL, 0);
    assert_int_equal(box_stop(&s), 0);
}

static int start_curl(void **state)
{
    (void)state;
    return curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK;
}

static int stop_curl(void **state)
{
    (void)state;
    curl_global_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usage_moves_and_updated_at_does_not),
        cmocka_unit_test(test_a_month_begins_at_zero),
        cmocka_unit_test(test_health_of_one_account),
        cmocka_unit_test(test_new_account_gets_well),
        cmocka_unit_test(test_health_moves_and_totals_follow),
        cmocka_unit_test(test_cut_before_and_after_the_commit),
        cmocka_unit_test(test_outage_and_429),
        cmocka_unit_test(test_cursor_expires),
        cmocka_unit_test(test_bad_control_bodies),
        cmocka_unit_test(test_serial_pages),
        cmocka_unit_test(test_many_connections),
        cmocka_unit_test(test_ends_during_a_slow_answer),
    };
    return cmocka_run_group_tests_name("sandbox moves", tests, start_curl, stop_curl);
}
