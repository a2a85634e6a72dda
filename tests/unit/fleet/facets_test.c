/* facets_test.c: the values of a field with their counts, for the menu of `f`. */
#include "fleet/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void put(struct fleet *f, int id, const char *members)
{
    char json[300];
    snprintf(json, sizeof json, "{\"provider_account_id\":\"pa_%d\",%s}", id, members);
    fleet_put(f, span_of(json), 1, NULL);
}

/* "text count, ..." */
static const char *facets(const struct fleet *f, enum field field)
{
    static char out[400];
    struct arena mem;
    struct facet *all;
    size_t at = 0;
    arena_init(&mem);
    size_t n = fleet_facets(f, field, NULL, &mem, &all);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s %u", i ? ", " : "",
                               (int)all[i].text.len, all[i].text.p, all[i].count);
    arena_finish(&mem);
    return out;
}

static void test_counts(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    assert_string_equal(facets(f, FIELD_STATUS), "");
    put(f, 1, "\"status\":\"active\",\"tags\":{\"env\":\"prod\",\"team\":\"a\"}");
    put(f, 2, "\"status\":\"down\",\"tags\":{\"env\":\"prod\"}");
    put(f, 3, "\"status\":\"active\",\"tags\":{\"env\":\"dev\"}");
    put(f, 4, "\"status\":null");
    put(f, 5, "\"status\":\"active\",\"tags\":null");
    assert_string_equal(facets(f, FIELD_STATUS), "active 3, down 1, none 1");
    assert_int_equal(strncmp(facets(f, FIELD_TAGS), "env=prod 2", 10), 0);
    assert_non_null(strstr(facets(f, FIELD_TAGS), "team=a 1"));
    assert_non_null(strstr(facets(f, FIELD_TAGS), "env=dev 1"));
    fleet_remove(f, fleet_find(f, span_of("pa_2")), 5); /* the gone are not counted */
    assert_string_equal(facets(f, FIELD_STATUS), "active 3, none 1");
    fleet_destroy(f);
}

/* However its rows are kept: no text at all, a column of more texts than a byte counts. */
static void test_all_kinds(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    put(f, 1, "\"enabled\":true,\"region\":\"\"");
    put(f, 2, "\"enabled\":false,\"region\":7");
    put(f, 3, "\"enabled\":true");
    put(f, 4, "\"enabled\":null,\"region\":\"none\"");
    put(f, 5, "\"enabled\":\"x\",\"region\":null");
    assert_string_equal(facets(f, FIELD_ENABLED), "yes 2, ?\"x\" 1, no 1, none 1");
    assert_string_equal(facets(f, FIELD_REGION), "none 2,  1, - 1, ?7 1");
    for (int i = 0; i < 600; i++) {
        char member[40];
        snprintf(member, sizeof member, "\"region\":\"r%d\"", i % 300);
        put(f, 100 + i, member);
    }
    struct arena mem;
    struct facet *all;
    arena_init(&mem);
    assert_int_equal(fleet_facets(f, FIELD_REGION, NULL, &mem, &all), 304);
    assert_int_equal(all[0].count, 2);
    assert_int_equal(all[303].count, 1);
    arena_finish(&mem);
    fleet_destroy(f);
}

/* Of those shown, beside all; what is shown most comes first. */
static void test_of_those_shown(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct arena mem;
    struct facet *all;
    put(f, 1, "\"status\":\"active\"");
    put(f, 2, "\"status\":\"active\"");
    put(f, 3, "\"status\":\"down\"");
    const bool shown[] = {false, true, true};
    arena_init(&mem);
    assert_int_equal(fleet_facets(f, FIELD_STATUS, shown, &mem, &all), 2);
    assert_true(span_is(all[0].text, "active"));
    assert_int_equal(all[0].shown, 1);
    assert_int_equal(all[0].count, 2);
    assert_int_equal(all[1].shown, 1);
    const bool last[] = {false, false, true};
    fleet_facets(f, FIELD_STATUS, last, &mem, &all);
    assert_true(span_is(all[0].text, "down"));
    assert_int_equal(all[1].shown, 0);
    assert_int_equal(all[1].count, 2);
    arena_finish(&mem);
    fleet_destroy(f);
}

static void test_has_text(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    assert_false(fleet_has_text(f, FIELD_REGION, span_of("eu")));
    put(f, 1, "\"region\":\"eu\",\"name\":\"us\"");
    put(f, 2, "\"region\":null,\"name\":\"eu\"");
    assert_true(fleet_has_text(f, FIELD_REGION, span_of("eu")));
    assert_false(fleet_has_text(f, FIELD_REGION, span_of("us"))); /* in another field */
    assert_false(fleet_has_text(f, FIELD_REGION, span_of("e")));
    fleet_remove(f, fleet_find(f, span_of("pa_1")), 5);
    assert_false(fleet_has_text(f, FIELD_REGION, span_of("eu")));
    fleet_destroy(f);
}

/* The texts of a field that rows have, each once, as far as there is room. */
static void test_words(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct span words[3];
    assert_int_equal(fleet_words(f, FIELD_PROVIDER_TYPE, words, 3), 0);
    put(f, 1, "\"provider_type\":\"acme\"");
    put(f, 2, "\"provider_type\":null,\"region\":\"x\"");
    put(f, 3, "\"provider_type\":\"openai\"");
    put(f, 4, "\"provider_type\":\"acme\"");
    put(f, 5, "\"provider_type\":\"gone\"");
    fleet_remove(f, fleet_find(f, span_of("pa_5")), 9);
    assert_int_equal(fleet_words(f, FIELD_PROVIDER_TYPE, words, 3), 2);
    assert_true(span_is(words[0], "acme"));
    assert_true(span_is(words[1], "openai"));
    assert_int_equal(fleet_words(f, FIELD_PROVIDER_TYPE, words, 1), 1);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts), cmocka_unit_test(test_all_kinds),
        cmocka_unit_test(test_of_those_shown), cmocka_unit_test(test_has_text),
        cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
