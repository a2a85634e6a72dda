/* sandbox_test.c: the sandbox against the API reference: fields and their order, the list, writes,
 * and every other reading that --behaviour turns on. The lists of fields here are written from the
 * reference, not taken from any table of the program. */
#include "tests/support/sandbox_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const ACCOUNT[] = {"provider_account_id",
                                      "org_id",
                                      "name",
                                      "description",
                                      "provider_type",
                                      "region",
                                      "data_residency",
                                      "credentials_ref",
                                      "quota_policy",
                                      "rate_limit_policy",
                                      "status",
                                      "status_reason",
                                      "enabled",
                                      "routing_mode",
                                      "bridge_id",
                                      "bridge_endpoint_name",
                                      "last_health_check",
                                      "tags",
                                      "created_by",
                                      "created_at",
                                      "updated_at",
                                      NULL};
static const char *const QUOTA[] = {"max_tokens_per_month", "max_requests_per_month",
                                    "current_month_tokens", "current_month_requests",
                                    "usage_period",         NULL};
static const char *const RATE[] = {"requests_per_second",
                                   "requests_per_minute",
                                   "input_tokens_per_minute",
                                   "output_tokens_per_minute",
                                   "max_concurrency",
                                   "burst_size",
                                   "queue_policy",
                                   "queue_timeout_seconds",
                                   NULL};
static const char *const LIST[] = {"total", "has_more", "next_cursor", "accounts", NULL};

static struct box box; /* 237 accounts, for the tests that do not need another */

static const char *text(const cJSON *o, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

static cJSON *get(const cJSON *o, const char *name)
{
    cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    assert_non_null(v);
    return v;
}

static void members_are(const cJSON *o, const char *const *names)
{
    size_t i = 0;
    assert_true(cJSON_IsObject(o));
    for (const cJSON *m = o->child; m; m = m->next, i++) {
        assert_non_null(names[i]);
        assert_string_equal(m->string, names[i]);
    }
    assert_null(names[i]);
}

static void account_is_whole(const cJSON *a)
{
    members_are(a, ACCOUNT);
    const cJSON *quota = get(a, "quota_policy"), *rate = get(a, "rate_limit_policy");
    if (!cJSON_IsNull(quota))
        members_are(quota, QUOTA);
    if (!cJSON_IsNull(rate))
        members_are(rate, RATE);
}

static cJSON *create(const struct box *s, const char *more)
{
    char body[2048];
    snprintf(body, sizeof body,
             "{\"name\":\"az-gpt-eu-prod-01\",\"provider_type\":\"azure_openai\","
             "\"credentials_ref\":\"kv/x\"%s%s}",
             *more ? "," : "", more);
    return box_json(s, "POST", SANDBOX_BASE, body, 201);
}

static cJSON *patch(const struct box *s, const cJSON *account, const char *body)
{
    return box_json(s, "PATCH", box_path(account), body, 200);
}

/* ---- fields ---- */

static void test_fields_in_order(void **state)
{
    (void)state;
    cJSON *list = box_json(&box, "GET", SANDBOX_BASE "?limit=100", NULL, 200);
    cJSON *a;
    members_are(list, LIST);
    cJSON_ArrayForEach(a, get(list, "accounts")) account_is_whole(a);
    a = cJSON_GetArrayItem(get(list, "accounts"), 0);
    cJSON *one = box_json(&box, "GET", box_path(a), NULL, 200);
    account_is_whole(one);
    assert_string_equal(text(one, "provider_account_id"), text(a, "provider_account_id"));
    cJSON *made = create(&box, "");
    account_is_whole(made);
    cJSON *changed = patch(&box, made, "{\"description\":\"d\"}");
    account_is_whole(changed);
    cJSON_Delete(box_json(&box, "DELETE", box_path(made), NULL, 204));
    cJSON_Delete(changed);
    cJSON_Delete(made);
    cJSON_Delete(one);
    cJSON_Delete(list);
}

static void test_defaults_of_a_create(void **state)
{
    (void)state;
    cJSON *a = create(&box, "");
    cJSON *rate = get(a, "rate_limit_policy"), *quota = get(a, "quota_policy");
    assert_string_equal(text(a, "org_id"), "org_demo");
    assert_true(cJSON_IsTrue(get(a, "enabled")));
    assert_string_equal(text(a, "routing_mode"), "direct");
    assert_true(cJSON_IsNull(get(quota, "max_tokens_per_month")));
    assert_true(cJSON_IsNull(get(rate, "requests_per_second")));
    assert_int_equal(get(rate, "max_concurrency")->valueint, 10);
    assert_int_equal(get(rate, "burst_size")->valueint, 10);
    assert_string_equal(text(rate, "queue_policy"), "wait");
    assert_int_equal(get(rate, "queue_timeout_seconds")->valueint, 300);
    assert_int_equal(strlen(text(quota, "usage_period")), 7);
    const char *created = text(a, "created_at");
    assert_int_equal(created[strlen(created) - 1], 'Z');
    assert_string_equal(created, text(a, "updated_at"));
    cJSON_Delete(box_json(&box, "DELETE", box_path(a), NULL, 204));
    cJSON_Delete(box_json(&box, "GET", box_path(a), NULL, 404));
    cJSON_Delete(box_json(&box, "DELETE", box_path(a), NULL, 404));
    cJSON_Delete(a);
}

static void test_date_header(void **state)
{
    (void)state;
    struct box_answer a = box_call(&box, "GET", SANDBOX_BASE, NULL);
    assert_non_null(strstr(str_text(&a.head), "\r\nDate: "));
    assert_non_null(strstr(str_text(&a.head), "\r\nContent-Type: application/json"));
    box_answer_finish(&a);
}

/* ---- the list ---- */

struct walk {
    int accounts, pages;
    double total;
};

/* Follows the cursors to the end; each account has to pass `good`; no id may come twice. */
static struct walk walk(const struct box *s, const char *query, bool (*good)(const cJSON *a))
{
    struct walk w = {0, 0, -1};
    cJSON *seen = cJSON_CreateObject();
    char path[512], cursor[128] = "";
    do {
        snprintf(path, sizeof path, "%s?%s%s%s", SANDBOX_BASE, query, *cursor ? "&cursor=" : "",
                 cursor);
        cJSON *page = box_json(s, "GET", path, NULL, 200), *a;
        cJSON_ArrayForEach(a, get(page, "accounts"))
        {
            const char *id = text(a, "provider_account_id");
            assert_null(cJSON_GetObjectItemCaseSensitive(seen, id));
            cJSON_AddTrueToObject(seen, id);
            if (good)
                assert_true(good(a));
            w.accounts++;
        }
        if (w.total >= 0)
            assert_true(get(page, "total")->valuedouble == w.total);
        w.total = get(page, "total")->valuedouble;
        const char *next = text(page, "next_cursor");
        assert_int_equal(cJSON_IsTrue(get(page, "has_more")), next != NULL);
        snprintf(cursor, sizeof cursor, "%s", next ? next : "");
        cJSON_Delete(page);
        w.pages++;
    } while (*cursor);
    cJSON_Delete(seen);
    return w;
}

static bool is_google(const cJSON *a)
{
    return strcmp(text(a, "provider_type"), "google") == 0;
}
static bool is_off(const cJSON *a)
{
    return strcmp(text(a, "status"), "disabled") == 0;
}
static bool is_on(const cJSON *a)
{
    return cJSON_IsTrue(get(a, "enabled"));
}
static bool is_on_google(const cJSON *a)
{
    return is_on(a) && is_google(a);
}
static bool never(const cJSON *a)
{
    (void)a;
    return false;
}

static void test_cursors_and_filters(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool (*good)(const cJSON *a);
    } table[] = {
        {"limit=10&provider_type=google", is_google},
        {"limit=3&status=disabled", is_off},
        {"limit=100&enabled_only=true", is_on},
        {"limit=7&enabled_only=1&provider_type=google", is_on_google},
        {"limit=2&status=disabled&enabled_only=yes", never},
    };
    static const char *const quiet[] = {"--accounts", "237", "--time-scale", "0", NULL};
    struct box s;
    box_start(&s, quiet);
    struct walk all = walk(&s, "limit=1", NULL);
    assert_int_equal(all.accounts, 237);
    assert_int_equal(all.pages, 237);
    assert_true(all.total == 237);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int want = 0;
        cJSON *a;
        for (const char *cursor = ""; cursor;) {
            char path[256];
            snprintf(path, sizeof path, SANDBOX_BASE "?limit=100%s", cursor);
            cJSON *page = box_json(&s, "GET", path, NULL, 200);
            cJSON_ArrayForEach(a, get(page, "accounts")) want += table[i].good(a);
            static char next[128];
            snprintf(next, sizeof next, "&cursor=%s",
                     text(page, "next_cursor") ? text(page, "next_cursor") : "");
            cursor = text(page, "next_cursor") ? next : NULL;
            cJSON_Delete(page);
        }
        struct walk w = walk(&s, table[i].query, table[i].good);
        assert_int_equal(w.accounts, want);
        assert_true(w.total == want);
        assert_true(want > 0 || table[i].good == never);
    }
    assert_int_equal(box_stop(&s), 0);
}

static void test_default_limit_and_last_page(void **state)
{
    (void)state;
    cJSON *page = box_json(&box, "GET", SANDBOX_BASE, NULL, 200);
    assert_int_equal(cJSON_GetArraySize(get(page, "accounts")), 50);
    cJSON_Delete(page);
    page = box_json(&box, "GET", SANDBOX_BASE "?provider_type=groq&status=nobody", NULL, 200);
    assert_true(get(page, "total")->valuedouble == 0);
    assert_true(cJSON_IsFalse(get(page, "has_more")));
    assert_true(cJSON_IsNull(get(page, "next_cursor")));
    assert_int_equal(cJSON_GetArraySize(get(page, "accounts")), 0);
    cJSON_Delete(page);
}

/* A cursor outlives the account that it stands on, and new accounts come at the end. */
static void test_walk_survives_changes(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "6", NULL};
    struct box s;
    char path[256];
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?limit=3", NULL, 200);
    cJSON *third = cJSON_GetArrayItem(get(page, "accounts"), 2);
    snprintf(path, sizeof path, SANDBOX_BASE "?limit=3&cursor=%s", text(page, "next_cursor"));
    cJSON_Delete(box_json(&s, "DELETE", box_path(third), NULL, 204));
    cJSON *made = create(&s, ""), *rest = box_json(&s, "GET", path, NULL, 200);
    assert_true(get(rest, "total")->valuedouble == 6);
    assert_true(cJSON_IsTrue(get(rest, "has_more")));
    snprintf(path, sizeof path, SANDBOX_BASE "?limit=3&cursor=%s", text(rest, "next_cursor"));
    cJSON *end = box_json(&s, "GET", path, NULL, 200);
    assert_int_equal(cJSON_GetArraySize(get(end, "accounts")), 1);
    assert_string_equal(text(cJSON_GetArrayItem(get(end, "accounts"), 0), "provider_account_id"),
                        text(made, "provider_account_id"));
    cJSON_Delete(end);
    cJSON_Delete(rest);
    cJSON_Delete(made);
    cJSON_Delete(page);
    box_stop(&s);
}

/* ---- writes ---- */

static void test_digits_are_kept(void **state)
{
    (void)state;
    cJSON *a = create(&box, "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
                            "\"max_requests_per_month\":9223372036854775807}");
    struct box_answer one = box_call(&box, "GET", box_path(a), NULL);
    assert_non_null(strstr(str_text(&one.body), "\"max_tokens_per_month\":9007199254740993,"));
    assert_non_null(strstr(str_text(&one.body), "\"max_requests_per_month\":9223372036854775807,"));
    box_answer_finish(&one);
    one = box_call(&box, "PATCH", box_path(a),
                   "{\"quota_policy\":{\"max_tokens_per_month\":\"9007199254740995\"}}");
    assert_non_null(strstr(str_text(&one.body), "\"max_tokens_per_month\":9007199254740995,"));
    box_answer_finish(&one);
    cJSON_Delete(box_json(&box, "DELETE", box_path(a), NULL, 204));
    cJSON_Delete(a);
}

static void test_none_and_zero_differ(void **state)
{
    (void)state;
    cJSON *a = create(&box, "\"quota_policy\":{\"max_tokens_per_month\":0}");
    assert_true(cJSON_IsNumber(get(get(a, "quota_policy"), "max_tokens_per_month")));
    cJSON *b = patch(&box, a, "{\"quota_policy\":{\"max_tokens_per_month\":null}}");
    assert_true(cJSON_IsNull(get(get(b, "quota_policy"), "max_tokens_per_month")));
    cJSON *c = patch(&box, a, "{\"quota_policy\":null,\"description\":null}");
    assert_true(cJSON_IsNull(get(c, "quota_policy")));
    cJSON *d = patch(&box, a, "{\"quota_policy\":{\"max_requests_per_month\":5}}");
    assert_int_equal(get(get(d, "quota_policy"), "max_requests_per_month")->valueint, 5);
    assert_true(cJSON_IsNull(get(get(d, "quota_policy"), "max_tokens_per_month")));
    cJSON_Delete(box_json(&box, "DELETE", box_path(a), NULL, 204));
    cJSON_Delete(d);
    cJSON_Delete(c);
    cJSON_Delete(b);
    cJSON_Delete(a);
}

#define POLICIES                                                                                   \
    "\"quota_policy\":{\"max_tokens_per_month\":7,\"max_requests_per_month\":8},"                  \
    "\"rate_limit_policy\":{\"max_concurrency\":3,\"queue_policy\":\"reject\"},"                   \
    "\"tags\":{\"team\":\"a\",\"env\":\"prod\"},\"description\":\"d\""

/* Creates, patches once and checks some values of the answer and of a GET after it. */
static void patch_gives(const char *behaviour, const char *body, const char *const *want)
{
    const char *const args[] = {behaviour ? "--behaviour" : NULL, behaviour, NULL};
    struct box s;
    box_start(&s, args);
    cJSON *a = create(&s, POLICIES);
    cJSON *answered = patch(&s, a, body);
    struct box_answer read = box_call(&s, "GET", box_path(a), NULL);
    for (; *want; want++)
        if (!strstr(str_text(&read.body), *want))
            fail_msg("%s: no %s in %s", behaviour ? behaviour : "default", *want,
                     str_text(&read.body));
    account_is_whole(answered);
    box_answer_finish(&read);
    cJSON_Delete(answered);
    cJSON_Delete(a);
    box_stop(&s);
}

#define WANT(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_policies_merge_or_replace(void **state)
{
    (void)state;
    const char *body = "{\"quota_policy\":{\"max_tokens_per_month\":9},"
                       "\"rate_limit_policy\":{\"burst_size\":4}}";
    patch_gives(NULL, body,
                WANT("\"max_tokens_per_month\":9,\"max_requests_per_month\":8,",
                     "\"max_concurrency\":3,\"burst_size\":4,\"queue_policy\":\"reject\""));
    patch_gives("policies=replace", body,
                WANT("\"max_tokens_per_month\":9,\"max_requests_per_month\":null,",
                     "\"max_concurrency\":10,\"burst_size\":4,\"queue_policy\":\"wait\""));
}

static void test_tags_whole_or_merged(void **state)
{
    (void)state;
    const char *body = "{\"tags\":{\"env\":\"dev\",\"tier\":\"gold\"}}";
    patch_gives(NULL, body, WANT("\"tags\":{\"env\":\"dev\",\"tier\":\"gold\"}"));
    patch_gives("tags=merge", body,
                WANT("\"tags\":{\"team\":\"a\",\"env\":\"dev\",\"tier\":\"gold\"}"));
    patch_gives("tags=merge", "{\"tags\":{}}", WANT("\"tags\":{\"team\":\"a\",\"env\":\"prod\"}"));
    patch_gives(NULL, "{\"tags\":{}}", WANT("\"tags\":{}"));
}

static void test_null_clears_or_is_ignored(void **state)
{
    (void)state;
    const char *body = "{\"description\":null,\"quota_policy\":{\"max_tokens_per_month\":null}}";
    patch_gives(NULL, body, WANT("\"description\":null", "\"max_tokens_per_month\":null"));
    patch_gives("null=ignore", body, WANT("\"description\":\"d\"", "\"max_tokens_per_month\":7,"));
}

static void test_only_what_was_sent_changes(void **state)
{
    (void)state;
    cJSON *a = create(&box, POLICIES), *b = patch(&box, a, "{\"region\":\"eu\"}");
    for (const cJSON *m = a->child; m; m = m->next) {
        bool same = cJSON_Compare(m, get(b, m->string), true);
        if (strcmp(m->string, "updated_at") == 0) /* may be the same millisecond */
            assert_true(strcmp(m->valuestring, text(b, "updated_at")) <= 0);
        else
            assert_int_equal(same, strcmp(m->string, "region") != 0);
    }
    cJSON_Delete(box_json(&box, "DELETE", box_path(a), NULL, 204));
    cJSON_Delete(b);
    cJSON_Delete(a);
}

/* ---- other readings of the list ---- */

static void test_total_of_the_page(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "9", "--behaviour", "total=page", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?limit=4", NULL, 200);
    assert_int_equal(get(page, "total")->valueint, 4);
    cJSON_Delete(page);
    box_stop(&s);
}

static void test_filters_ignored(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts=30", "--behaviour=ignore-filters", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?provider_type=groq&status=x", NULL, 200);
    assert_int_equal(get(page, "total")->valueint, 30);
    cJSON_Delete(page);
    box_stop(&s);
}

static void test_shapes_of_a_record(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "3", "--behaviour",
                                       "no-created-at,cursor-last,extra-field", NULL};
    static const char *const last[] = {"total", "has_more", "accounts", "next_cursor", NULL};
    struct box s;
    box_start(&s, args);
    cJSON *page = box_json(&s, "GET", SANDBOX_BASE "?limit=2", NULL, 200);
    cJSON *a = cJSON_GetArrayItem(get(page, "accounts"), 0);
    members_are(page, last);
    assert_true(cJSON_IsString(get(page, "next_cursor")));
    assert_null(cJSON_GetObjectItemCaseSensitive(a, "created_at"));
    assert_non_null(cJSON_GetObjectItemCaseSensitive(a, "updated_at"));
    assert_non_null(cJSON_GetObjectItemCaseSensitive(a, "x_cost_center"));
    cJSON_Delete(page);
    box_stop(&s);
}

static void test_updated_at_moves_only_when_told(void **state)
{
    (void)state;
    for (int moves = 0; moves < 2; moves++) {
        const char *const args[] = {"--accounts", "40", moves ? "--behaviour" : NULL,
                                    "usage-moves-updated-at", NULL};
        struct box s;
        int later = 0;
        cJSON *a;
        box_start(&s, args);
        cJSON *page = box_json(&s, "GET", SANDBOX_BASE, NULL, 200);
        cJSON_ArrayForEach(a, get(page, "accounts"))
        {
            const char *checked = text(a, "last_health_check");
            later += checked && strcmp(text(a, "updated_at"), checked) == 0 && is_on(a);
        }
        assert_int_equal(later > 0, moves);
        cJSON_Delete(page);
        box_stop(&s);
    }
}

static int start_box(void **state)
{
    static const char *const args[] = {"--accounts", "237", NULL};
    (void)state;
    box_start(&box, args);
    return 0;
}

static int stop_box(void **state)
{
    (void)state;
    return box_stop(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_in_order),
        cmocka_unit_test(test_defaults_of_a_create),
        cmocka_unit_test(test_date_header),
        cmocka_unit_test(test_cursors_and_filters),
        cmocka_unit_test(test_default_limit_and_last_page),
        cmocka_unit_test(test_walk_survives_changes),
        cmocka_unit_test(test_digits_are_kept),
        cmocka_unit_test(test_none_and_zero_differ),
        cmocka_unit_test(test_policies_merge_or_replace),
        cmocka_unit_test(test_tags_whole_or_merged),
        cmocka_unit_test(test_null_clears_or_is_ignored),
        cmocka_unit_test(test_only_what_was_sent_changes),
        cmocka_unit_test(test_total_of_the_page),
        cmocka_unit_test(test_filters_ignored),
        cmocka_unit_test(test_shapes_of_a_record),
        cmocka_unit_test(test_updated_at_moves_only_when_told),
    };
    return cmocka_run_group_tests_name("sandbox", tests, start_box, stop_box);
}
