/* faults_test.c: which requests an asked-for fault meets, how often and how long, on a clock that
 * stands until it is moved. */
#include "sandbox/faults.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct clock_manual time_now;

static int set_up(void **state)
{
    static struct faults f;
    time_now = (struct clock_manual){1000, 0};
    faults_init(&f, clock_from_manual(&time_now));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    faults_finish(*state);
    return 0;
}

static const char *start(struct faults *f, const char *body)
{
    struct json_fault why;
    struct json *j = json_read(span_of(body), &why);
    assert_non_null(j);
    const char *wrong = faults_start(f, j);
    json_destroy(j);
    return wrong;
}

static enum fault_effect take(struct faults *f, unsigned scope)
{
    return faults_take(f, scope).effect;
}

/* A request of a kind, as the routes name it. */
#define READ  SCOPE_READ
#define PATCH (SCOPE_WRITE | SCOPE_PATCH)
#define POST  SCOPE_WRITE

static void test_counted(void **state)
{
    struct faults *f = *state;
    assert_null(start(f, "{\"fault\":\"forbidden\",\"count\":2}"));
    assert_int_equal(take(f, READ), EFFECT_NONE); /* a read neither meets it nor uses it up */
    struct fault hit = faults_take(f, POST);
    assert_int_equal(hit.effect, EFFECT_ENVELOPE);
    assert_int_equal(hit.status, 403);
    assert_int_equal(take(f, PATCH), EFFECT_ENVELOPE);
    assert_int_equal(take(f, PATCH), EFFECT_NONE);
    assert_null(start(f, "{\"fault\":\"conflict\"}"));
    assert_int_equal(take(f, POST), EFFECT_NONE); /* for a PATCH alone */
    assert_int_equal(take(f, PATCH), EFFECT_ENVELOPE);
}

static void test_timed(void **state)
{
    struct faults *f = *state;
    assert_null(start(f, "{\"fault\":429,\"seconds\":3}")); /* its name as a number, too */
    assert_int_equal(faults_take(f, READ).retry_after, 3);
    time_now.mono_ms += 1500;
    assert_int_equal(faults_take(f, POST).retry_after, 2); /* what is left, rounded up */
    time_now.mono_ms += 1499;
    assert_int_equal(faults_take(f, READ).status, 429);
    time_now.mono_ms += 1;
    assert_int_equal(take(f, READ), EFFECT_NONE);
    assert_null(start(f, "{\"fault\":\"429\",\"retry_after\":77}"));
    assert_int_equal(faults_take(f, READ).retry_after, 77);
    time_now.mono_ms += 10000; /* its own time */
    assert_int_equal(take(f, READ), EFFECT_NONE);
}

/* Naming a count puts a fault's own time out of force, and the other way round. */
static void test_either(void **state)
{
    struct faults *f = *state;
    assert_null(start(f, "{\"fault\":\"outage\",\"count\":1}"));
    time_now.mono_ms += 1000000;
    assert_int_equal(take(f, READ), EFFECT_PAGE);
    assert_int_equal(take(f, READ), EFFECT_NONE);
    assert_null(start(f, "{\"fault\":\"unauthorized\",\"seconds\":5}"));
    for (int i = 0; i < 10; i++)
        assert_int_equal(faults_take(f, READ).status, 401);
    time_now.mono_ms += 5000;
    assert_int_equal(take(f, READ), EFFECT_NONE);
}

static void test_what_the_body_says(void **state)
{
    struct faults *f = *state;
    assert_null(start(f, "{\"fault\":\"cut\"}"));
    struct fault hit = faults_take(f, POST);
    assert_int_equal(hit.effect, EFFECT_DROP);
    assert_true(hit.after);
    assert_null(start(f, "{\"fault\":\"cut\",\"when\":\"before\"}"));
    assert_false(faults_take(f, POST).after);
    assert_null(start(f, "{\"fault\":\"error\",\"when\":\"after\",\"status\":502}"));
    hit = faults_take(f, POST);
    assert_true(hit.after);
    assert_int_equal(hit.status, 502);
    assert_null(start(f, "{\"fault\":\"slow\",\"ms\":250,\"on\":\"writes\",\"count\":1}"));
    assert_int_equal(take(f, READ), EFFECT_NONE);
    hit = faults_take(f, POST);
    assert_int_equal(hit.effect, EFFECT_DELAY);
    assert_int_equal(hit.ms, 250);
}

static void test_the_oldest_first(void **state)
{
    struct faults *f = *state;
    assert_null(start(f, "{\"fault\":\"error\"}"));
    assert_null(start(f, "{\"fault\":\"forbidden\"}"));
    assert_int_equal(faults_take(f, POST).status, 500);
    assert_int_equal(faults_take(f, POST).status, 403);
    assert_null(start(f, "{\"fault\":\"outage\"}"));
    assert_null(start(f, "{\"fault\":\"none\"}"));
    assert_int_equal(take(f, READ), EFFECT_NONE);
    for (int i = 0; i < FAULT_ACTIVE; i++)
        assert_null(start(f, "{\"fault\":\"html\"}"));
    assert_string_equal(start(f, "{\"fault\":\"html\"}"), "too many faults at once");
}

static void test_refused(void **state)
{
    static const char numbers[] = "seconds, count, ms, retry_after and status are whole numbers";
    static const char words[] = "when is before or after; on is reads or writes";
    static const struct {
        const char *body, *wrong;
    } rows[] = {
        {"{}", "fault is missing"},
        {"[]", "fault is missing"},
        {"{\"fault\":\"odd\"}", "no such fault"},
        {"{\"fault\":null}", "no such fault"},
        {"{\"fault\":\"cut\\u0000\"}", "no such fault"},
        {"{\"fault\":\"cut\",\"count\":-1}", numbers},
        {"{\"fault\":\"cut\",\"count\":1.5}", numbers},
        {"{\"fault\":\"cut\",\"count\":\"1\"}", numbers},
        {"{\"fault\":\"slow\",\"ms\":1e3}", numbers},
        {"{\"fault\":\"slow\",\"ms\":9999999999}", numbers},
        {"{\"fault\":\"error\",\"status\":600}", numbers},
        {"{\"fault\":\"cut\",\"when\":\"later\"}", words},
        {"{\"fault\":\"cut\",\"on\":\"all\"}", words},
        {"{\"fault\":\"cut\",\"on\":1}", words},
    };
    struct faults *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *wrong = start(f, rows[i].body);
        if (!wrong || strcmp(wrong, rows[i].wrong) != 0)
            fail_msg("%s: %s", rows[i].body, wrong ? wrong : "is taken");
    }
    assert_int_equal(take(f, READ), EFFECT_NONE);
    assert_int_equal(take(f, PATCH), EFFECT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_timed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_either, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_body_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_oldest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
