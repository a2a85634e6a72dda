/* options_test.c: how a plan is applied: ranges, what is typed, what is told, what is kept. */
#include "plan/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void text_is(const struct plan_options *o,
                    void (*fn)(const struct plan_options *, struct str *), const char *want)
{
    struct str text = STR_INIT;
    fn(o, &text);
    assert_string_equal(str_text(&text), want);
    str_finish(&text);
}

static void shows(const struct plan_options *o, enum plan_option id, const char *want)
{
    struct str text = STR_INIT;
    plan_option_show(o, id, &text);
    assert_string_equal(str_text(&text), want);
    str_finish(&text);
}

static enum status typed(struct plan_options *o, enum plan_option id, const char *text,
                         struct error *err)
{
    return plan_option_read(o, id, span_of(text), err);
}

/* Every row can be asked for from its least to its most, and for nothing else. */
static void test_ranges(void **state)
{
    struct plan_options o;
    struct error err;
    (void)state;
    plan_options_init(&o);
    for (int i = 0; i < PLAN_OPT_COUNT; i++) {
        const struct plan_option_info *row = plan_option_info((enum plan_option)i);
        assert_int_equal(row->id, i);
        assert_int_equal(o.v[i], row->initial);
        assert_true(row->initial ? row->initial >= row->min && row->initial <= row->max
                                 : *row->none != '\0');
        assert_int_equal(plan_option_put(&o, row->id, row->max, &err), ST_OK);
        assert_int_equal(plan_option_put(&o, row->id, row->min, &err), ST_OK);
        assert_int_equal(plan_option_put(&o, row->id, row->max + 1, &err), ST_USAGE);
        assert_non_null(strstr(err.what, row->flag));
        assert_int_equal(plan_option_put(&o, row->id, -1, &err), ST_USAGE);
        assert_int_equal(plan_option_put(&o, row->id, 0, &err), *row->none ? ST_OK : ST_USAGE);
        assert_int_equal(o.v[i], *row->none ? 0 : row->min);
    }
}

static void test_typed_and_shown(void **state)
{
    struct plan_options o;
    struct error err;
    (void)state;
    plan_options_init(&o);
    shows(&o, PLAN_OPT_PARALLEL, "4");
    shows(&o, PLAN_OPT_MAX_RPS, "no limit");
    assert_int_equal(typed(&o, PLAN_OPT_WAIT_HEALTH, "10m", &err), ST_OK);
    shows(&o, PLAN_OPT_WAIT_HEALTH, "10m");
    assert_int_equal(o.v[PLAN_OPT_WAIT_HEALTH], 600);
    assert_int_equal(typed(&o, PLAN_OPT_MAX_RPS, "7", &err), ST_OK);
    for (size_t i = 0; i < 3; i++) {
        static const char *const none[] = {"none", "", "no limit"};
        o.v[PLAN_OPT_MAX_RPS] = 7;
        assert_int_equal(typed(&o, PLAN_OPT_MAX_RPS, none[i], &err), ST_OK);
        assert_int_equal(o.v[PLAN_OPT_MAX_RPS], 0);
    }
    assert_int_equal(typed(&o, PLAN_OPT_PARALLEL, "none", &err), ST_USAGE);
    assert_int_equal(typed(&o, PLAN_OPT_PARALLEL, "four", &err), ST_USAGE);
    assert_string_equal(err.what, "it takes a number from 1 to 64");
    assert_int_equal(typed(&o, PLAN_OPT_WAIT_HEALTH, "2h", &err), ST_USAGE);
    assert_string_equal(err.what, "it takes a time from 1s to 1h, or none: until A");
    shows(&o, PLAN_OPT_PARALLEL, "4");
}

static void test_words(void **state)
{
    struct plan_options o;
    struct error err;
    (void)state;
    plan_options_init(&o);
    text_is(&o, plan_options_words, "one by one until one is applied, then 4 at a time");
    assert_int_equal(plan_options_check(&o, &err), ST_OK);
    o.v[PLAN_OPT_WAIT_HEALTH] = 600;
    assert_int_equal(plan_options_check(&o, &err), ST_USAGE); /* for whose health? */
    o.v[PLAN_OPT_FIRST] = 2;
    assert_int_equal(plan_options_check(&o, &err), ST_OK);
    o.v[PLAN_OPT_MAX_RPS] = 10;
    text_is(&o, plan_options_words,
            "first 2, good health within 10m, then 4 at a time, at most 10 requests/s");
    o.v[PLAN_OPT_WAIT_HEALTH] = 0;
    o.v[PLAN_OPT_MAX_RPS] = 1;
    text_is(&o, plan_options_words, "first 2, your word, then 4 at a time, at most 1 request/s");
}

/* What is kept comes back; what a newer or a broken paddock left there is left out. */
static void test_kept(void **state)
{
    struct plan_options o, back;
    (void)state;
    plan_options_init(&o);
    text_is(&o, plan_options_text, "");
    for (int i = 0; i < PLAN_OPT_COUNT; i++)
        o.v[i] = plan_option_info((enum plan_option)i)->max - i;
    struct str text = STR_INIT;
    plan_options_text(&o, &text);
    plan_options_parse(&back, span_from(&text));
    assert_memory_equal(&back, &o, sizeof o);
    str_finish(&text);
    plan_options_parse(&back, span_of("first=3  colour=7 parallel=99 max-errors=x wait-health="));
    plan_options_init(&o);
    o.v[PLAN_OPT_FIRST] = 3;
    assert_memory_equal(&back, &o, sizeof o);
}

static void test_for_the_engine(void **state)
{
    struct plan_options o;
    struct plan_run_options run = {.send_again = true};
    (void)state;
    plan_options_init(&o);
    o.v[PLAN_OPT_FIRST] = 2;
    o.v[PLAN_OPT_WAIT_HEALTH] = 90;
    o.v[PLAN_OPT_MAX_RPS] = 5;
    plan_options_run(&o, &run);
    assert_int_equal(run.parallel, PLAN_RUN_PARALLEL);
    assert_int_equal(run.max_errors, PLAN_RUN_MAX_ERRORS);
    assert_int_equal(run.first, 2);
    assert_int_equal(run.wait_health_ms, 90000);
    assert_true(run.max_rps > 4.9 && run.max_rps < 5.1);
    assert_true(run.send_again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),         cmocka_unit_test(test_typed_and_shown),
        cmocka_unit_test(test_words),          cmocka_unit_test(test_kept),
        cmocka_unit_test(test_for_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
