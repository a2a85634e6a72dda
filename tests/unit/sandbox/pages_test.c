/* pages_test.c: kept pages: handed out as long as no account changes, and alive as long as somebody
 * sends them (the sanitizers watch the counting). */
#include "sandbox/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct page *keep(struct pages *p, const char *key, uint64_t generation, const char *text)
{
    struct str body = STR_INIT;
    str_add(&body, text);
    struct page *page = pages_keep(p, span_of(key), generation, &body);
    assert_int_equal(body.len, 0); /* taken over */
    str_finish(&body);
    return page;
}

/* Whether the page of this key is kept with this text; NULL: not at all. */
static void expect(struct pages *p, const char *key, uint64_t generation, const char *text)
{
    struct page *page = pages_find(p, span_of(key), generation);
    if (!text) {
        assert_null(page);
        return;
    }
    assert_non_null(page);
    assert_true(span_is(page_bytes(page), text));
    page_release(page);
}

static void test_kept_until_a_change(void **state)
{
    struct pages *p = pages_create();
    (void)state;
    expect(p, "a", 1, NULL);
    page_release(keep(p, "a", 1, "first"));
    page_release(keep(p, "b", 1, "second"));
    expect(p, "a", 1, "first");
    expect(p, "b", 1, "second");
    expect(p, "c", 1, NULL);
    expect(p, "a", 2, NULL); /* an account has changed since */
    page_release(keep(p, "c", 2, "new"));
    expect(p, "a", 2, NULL);
    expect(p, "a", 1, NULL);
    expect(p, "c", 2, "new");
    pages_destroy(p);
    pages_destroy(NULL);
}

/* Two threads may make the same page: both send their own, the first stays. */
static void test_made_twice(void **state)
{
    struct pages *p = pages_create();
    (void)state;
    struct page *one = keep(p, "a", 5, "one"), *two = keep(p, "a", 5, "two");
    assert_true(span_is(page_bytes(two), "two"));
    expect(p, "a", 5, "one");
    page_release(two);
    page_release(one);
    expect(p, "a", 5, "one");
    pages_destroy(p);
}

/* One that was made before a change is sent and not kept. */
static void test_late(void **state)
{
    struct pages *p = pages_create();
    (void)state;
    page_release(keep(p, "a", 9, "new"));
    struct page *late = keep(p, "b", 8, "old");
    assert_true(span_is(page_bytes(late), "old"));
    expect(p, "b", 8, NULL);
    expect(p, "b", 9, NULL);
    expect(p, "a", 9, "new");
    page_release(late);
    pages_destroy(p);
}

static void test_sent_while_forgotten(void **state)
{
    struct pages *p = pages_create();
    (void)state;
    page_release(keep(p, "a", 1, "held"));
    struct page *held = pages_find(p, span_of("a"), 1);
    page_release(keep(p, "b", 2, "next")); /* forgets all of generation 1 */
    assert_true(span_is(page_bytes(held), "held"));
    pages_destroy(p);
    assert_true(span_is(page_bytes(held), "held"));
    page_release(held);
}

/* More pages than buckets. */
static void test_many(void **state)
{
    struct pages *p = pages_create();
    char key[24], text[24];
    (void)state;
    for (int i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(text, sizeof text, "page %d", i);
        page_release(keep(p, key, 1, text));
    }
    for (int i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(text, sizeof text, "page %d", i);
        expect(p, key, 1, text);
    }
    pages_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_until_a_change),
        cmocka_unit_test(test_made_twice),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_sent_while_forgotten),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
