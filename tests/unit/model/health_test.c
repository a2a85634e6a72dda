/* health_test.c: the class of a status comes from the operator's words; what none names is other,
 * never ok. */
#include "model/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const ok[] = {"active", NULL};
static const char *const degraded[] = {"degraded", "warning", NULL};
static const char *const none[] = {NULL};
static const struct health_classes classes = {{ok, degraded, none}};

static struct value status;

static void get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)owner;
    (void)row;
    assert_int_equal(field, FIELD_STATUS);
    *out = status;
}

static void test_classes(void **state)
{
    static const struct {
        const char *status;
        enum health health;
    } cases[] = {{"active", HEALTH_OK},    {"warning", HEALTH_DEGRADED},  {"down", HEALTH_OTHER},
                 {"Active", HEALTH_OTHER}, {"active ", HEALTH_OTHER},     {"", HEALTH_OTHER},
                 {"act", HEALTH_OTHER},    {"activeactive", HEALTH_OTHER}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(health_of(&classes, span_of(cases[i].status)), cases[i].health);
    for (int a = 0; a < HEALTH_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(health_name((enum health)a), health_name((enum health)b));
}

static void test_column(void **state)
{
    struct column column;
    struct value v;
    const struct row_source row = {get, NULL, 0};
    (void)state;
    health_column(&classes, &column);
    status = value_text(span_of("active"));
    column_get(&column, &row, &v);
    assert_true(span_is(v.text, "ok"));
    static const enum presence unknown[] = {PRESENCE_ABSENT, PRESENCE_NULL, PRESENCE_BAD};
    for (size_t i = 0; i < 3; i++) {
        status.presence = unknown[i];
        column_get(&column, &row, &v);
        assert_true(value_known(&v) && span_is(v.text, "other"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_column)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
