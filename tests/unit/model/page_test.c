/* page_test.c: a page of the list, however its bytes are cut. */
#include "model/scan.h"

#include "base/mem.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a page told, as one text. */
struct heard {
    struct str text;
    struct page_summary sum;
    enum status st;
    struct error err;
};

static void on_cursor(void *ctx, struct span cursor)
{
    struct str *s = ctx;
    str_add(s, "cursor ");
    str_add_span(s, cursor);
    str_add(s, "\n");
}

static void on_record(void *ctx, struct span raw, const struct error *bad)
{
    struct str *s = ctx;
    str_add(s, bad ? "bad " : "good ");
    str_add_span(s, raw);
    str_add(s, "\n");
    if (bad)
        assert_true(bad->what[0] != '\0');
}

static const struct page_events events = {on_cursor, on_record};

/* Feeds a copy of each piece, so that nothing may be borrowed from it afterwards. */
static enum status feed(struct page_scan *p, const char *bytes, size_t len, struct error *err)
{
    char *copy = mem_dup(bytes, len);
    enum status st = page_scan_feed(p, copy, len, err);
    mem_free(copy);
    return st;
}

static void hear(struct heard *h, const char *text, size_t len, size_t first, size_t each)
{
    str_init(&h->text);
    struct page_scan *p = page_scan_create(&events, &h->text);
    for (size_t at = 0, n = first; at < len; at += n, n = each) {
        n = n > len - at ? len - at : n;
        if (n)
            feed(p, text + at, n, NULL);
        else
            n = 0;
    }
    h->st = page_scan_finish(p, &h->sum, &h->err);
    page_scan_destroy(p);
}

static const char page[] =
    " {\"total\": 12 ,\"has_more\":true,\"extra\":{\"accounts\":[{}],\"next_cursor\":\"no\"},"
    "\"next_cursor\":\"c\\u00e9/=\\\"\",\"s\":\"}],{\",\n\"accounts\" : [ "
    "{\"provider_account_id\":\"a]}\\\"\",\"tags\":{\"x\":\"\xF0\x9F\x98\x80\"}} ,"
    "{\"n\":01},{\"n\":[1,{}]}, 5 ,\"str\\\\\",null,-1.5,[{}],{\"d\":\"\xFF\"},{},{\"a\" 1}, nul ,"
    "{\"e\":\"\\q\"} ] ,\"next\":[],\"f\":false,\"n\":1e5} \n";

static const char page_heard[] =
    "cursor c\xC3\xA9/=\"\n"
    "good {\"provider_account_id\":\"a]}\\\"\",\"tags\":{\"x\":\"\xF0\x9F\x98\x80\"}}\n"
    "bad {\"n\":01}\n"
    "good {\"n\":[1,{}]}\n"
    "bad 5\n"
    "bad \"str\\\\\"\n"
    "bad null\n"
    "bad -1.5\n"
    "bad [{}]\n"
    "bad {\"d\":\"\xFF\"}\n"
    "good {}\n"
    "bad {\"a\" 1}\n"
    "bad nul\n"
    "bad {\"e\":\"\\q\"}\n";

static void assert_page(const struct heard *h)
{
    assert_int_equal(h->st, ST_OK);
    assert_string_equal(str_text(&h->text), page_heard);
    assert_int_equal(h->sum.total, 12);
    assert_int_equal(h->sum.has_more, 1);
    assert_true(h->sum.has_cursor);
    assert_int_equal(h->sum.records, 13);
    assert_int_equal(h->sum.bad, 10);
}

static void test_whole(void **state)
{
    (void)state;
    struct heard h;
    hear(&h, page, sizeof page - 1, sizeof page, 1);
    assert_page(&h);
    str_finish(&h.text);
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof page; at++) {
        struct heard h;
        hear(&h, page, sizeof page - 1, at ? at : 1, sizeof page);
        assert_page(&h);
        str_finish(&h.text);
    }
}

static void test_pieces_of_every_size(void **state)
{
    (void)state;
    for (size_t n = 1; n < 60; n++) {
        struct heard h;
        hear(&h, page, sizeof page - 1, n, n);
        assert_page(&h);
        str_finish(&h.text);
    }
}

/* An event is told with the byte that completes it, not later. */
static void test_as_soon_as_bytes_allow(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *heard;
    } rows[] = {
        {"{\"next_cursor\":\"abc", ""},
        {"d\"", "cursor abcd\n"},
        {",\"accounts\":[{\"a\":{}", "cursor abcd\n"},
        {"}", "cursor abcd\ngood {\"a\":{}}\n"},
        {",{}", "cursor abcd\ngood {\"a\":{}}\ngood {}\n"},
    };
    struct str text = STR_INIT;
    struct page_scan *p = page_scan_create(&events, &text);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(feed(p, rows[i].bytes, strlen(rows[i].bytes), NULL), ST_OK);
        assert_string_equal(str_text(&text), rows[i].heard);
    }
    page_scan_destroy(p);
    str_finish(&text);
}

/* Every proper prefix is a page that was cut short; what came before is told all the same. */
static void test_cut_short(void **state)
{
    (void)state;
    size_t end = strlen(page) - 2; /* the closing brace is before two blanks */
    for (size_t len = 0; len < end; len++) {
        struct heard h;
        hear(&h, page, len, len ? len : 1, 1);
        assert_int_equal(h.st, ST_UNREADABLE);
        assert_memory_equal(str_text(&h.text), page_heard, h.text.len);
        assert_non_null(strstr(h.err.what, "cut short"));
        str_finish(&h.text);
    }
}

static void test_broken(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "[]",
        "null",
        "<html>",
        "\xEF\xBB\xBF{\"accounts\":[]}",
        "{}",
        "{\"total\":1}",
        "{\"accounts\":null}",
        "{\"accounts\":{}}",
        "{\"accounts\":5}",
        "{\"accounts\":[]",
        "{\"accounts\":[]}x",
        "{\"accounts\":[]}}",
        "{\"accounts\":[]}{\"accounts\":[]}",
        "{\"accounts\":[],}",
        "{,\"accounts\":[]}",
        "{\"accounts\":[,]}",
        "{\"accounts\":[{},]}",
        "{\"accounts\":[{}{}]}",
        "{\"accounts\":[{} x]}",
        "{\"accounts\":[{}}]}",
        "{\"accounts\":[{}",
        "{\"accounts\":[{}]",
        "{\"accounts\":[{}]]}",
        "{\"accounts\":[],\"accounts\":[]}",
        "{\"accounts\" []}",
        "{accounts:[]}",
        "{\"accounts\":[] \"total\":1}",
        "{\"total\":01,\"accounts\":[]}",
        "{\"total\":,\"accounts\":[]}",
        "{\"total\":tru,\"accounts\":[]}",
        "{\"x\":[1,],\"accounts\":[]}",
        "{\"x\":\"\xFF\",\"accounts\":[]}",
        "{\"\xFF\":1,\"accounts\":[]}",
        "{\"next_cursor\":\"\\u0000\",\"accounts\":[]}",
        "{\"next_cursor\":\"\\ud800\",\"accounts\":[]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t each = 1; each < 5; each++) {
            struct heard h;
            hear(&h, rows[i], strlen(rows[i]), each, each);
            if (h.st != ST_UNREADABLE)
                fail_msg("taken: %s", rows[i]);
            assert_true(h.err.what[0] != '\0');
            str_finish(&h.text);
        }
    }
}

static void test_summary(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t total;
        int has_more;
        bool cursor;
    } rows[] = {
        {"{\"accounts\":[]}", -1, -1, false},
        {"{\"accounts\" : [\n]}", -1, -1, false},
        {"{\"\\u0061ccounts\":[],\"tot\\u0061l\":4}", 4, -1, false},
        {"{\"total\":0,\"has_more\":false,\"next_cursor\":null,\"accounts\":[]}", 0, 0, false},
        {"{\"accounts\":[],\"total\":5.0,\"has_more\":1,\"next_cursor\":7}", 5, -1, false},
        {"{\"accounts\":[],\"total\":\"5\",\"has_more\":\"true\",\"next_cursor\":\"\"}", -1, -1,
         true},
        {"{\"accounts\":[],\"total\":-5,\"next_cursor\":[\"x\"]}", -1, -1, false},
        {"{\"accounts\":[],\"total\":1.5}", -1, -1, false},
        {"{\"next_cursor\":\"a\",\"next_cursor\":null,\"accounts\":[]}", -1, -1, false},
        {"{\"accounts\":[],\"total\":99999999999999999999}", -1, -1, false},
        {"{\"accounts\":[],\"total\":1,\"total\":2}", 2, -1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct heard h;
        hear(&h, rows[i].text, strlen(rows[i].text), 3, 3);
        assert_int_equal(h.st, ST_OK);
        assert_true(h.sum.total == rows[i].total);
        assert_int_equal(h.sum.has_more, rows[i].has_more);
        assert_int_equal(h.sum.has_cursor, rows[i].cursor);
        str_finish(&h.text);
    }
}

/* Whether a page of at most two accounts that seems to be the last leaves that open. */
static void test_an_end_that_is_left_open(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool open;
    } rows[] = {
        {"{\"total\":1,\"has_more\":false,\"next_cursor\":null,\"accounts\":[{}]}", false},
        {"{\"total\":2,\"has_more\":false,\"next_cursor\":null,\"accounts\":[{},{}]}", false},
        {"{\"next_cursor\":null,\"accounts\":[{},{}]}", false},
        {"{\"accounts\":[{}]}", false},
        {"{\"total\":2,\"accounts\":[{},{}]}", false},
        {"{\"accounts\":[{},{}]}", true},
        {"{\"total\":1,\"has_more\":true,\"next_cursor\":null,\"accounts\":[{}]}", true},
        {"{\"total\":1,\"has_more\":true,\"accounts\":[{}]}", true},
        {"{\"total\":1,\"has_more\":true,\"next_cursor\":7,\"accounts\":[{}]}", true},
        {"{\"total\":1,\"next_cursor\":7,\"accounts\":[{}]}", true},
        {"{\"total\":1,\"has_more\":false,\"next_cursor\":0,\"accounts\":[{}]}", false},
        {"{\"total\":1,\"has_more\":false,\"next_cursor\":\"c\",\"accounts\":[{}]}", false},
        {"{\"total\":2,\"has_more\":false,\"next_cursor\":\"c\",\"accounts\":[{},{}]}", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct heard h;
        hear(&h, rows[i].text, strlen(rows[i].text), 3, 3);
        assert_int_equal(h.st, ST_OK);
        if (page_end_open(&h.sum, 2) != rows[i].open)
            fail_msg("%s", rows[i].text);
        str_finish(&h.text);
    }
}

/* An account that is nested too deep costs itself, not its page. */
static void test_deep_account(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    struct heard h;
    str_add(&s, "{\"accounts\":[{\"a\":");
    str_fill(&s, '[', 5000);
    str_fill(&s, ']', 5000);
    str_add(&s, "},{\"b\":1}]}");
    for (size_t each = 1; each < 20000; each *= 10) {
        hear(&h, s.data, s.len, each, each);
        assert_int_equal(h.st, ST_OK);
        assert_int_equal(h.sum.records, 2);
        assert_int_equal(h.sum.bad, 1);
        str_finish(&h.text);
    }
    str_finish(&s);
}

/* After an error nothing more is told. */
static void test_silent_after_an_error(void **state)
{
    (void)state;
    struct str text = STR_INIT;
    struct error err;
    struct page_scan *p = page_scan_create(&events, &text);
    assert_int_equal(feed(p, "{\"accounts\":[{},]", 17, &err), ST_UNREADABLE);
    assert_int_equal(feed(p, "{\"accounts\":[{}]}", 17, &err), ST_UNREADABLE);
    assert_string_equal(str_text(&text), "good {}\n");
    page_scan_destroy(p);
    str_finish(&text);
}

/* A huge account in tiny pieces: every byte is looked at a fixed number of times. */
static void test_huge_account_in_small_pieces(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    struct heard h;
    str_add(&s, "{\"accounts\":[{\"a\":\"");
    str_fill(&s, 'x', 2000000);
    str_add(&s, "\"}]}");
    hear(&h, s.data, s.len, 16, 16);
    assert_int_equal(h.st, ST_OK);
    assert_int_equal(h.sum.records, 1);
    assert_int_equal(h.sum.bad, 0);
    str_finish(&h.text);
    str_finish(&s);
}

/* Damage at every byte: told the same whether the page comes whole or in pieces. */
static void test_damage(void **state)
{
    (void)state;
    static const char with[] = "{}[],:\"\\ 0n\xFF";
    for (size_t at = 0; at + 1 < sizeof page; at++) {
        for (size_t w = 0; w + 1 < sizeof with; w++) {
            struct heard a, b;
            char *text = mem_dup(page, sizeof page);
            text[at] = with[w];
            hear(&a, text, sizeof page - 1, sizeof page, 1);
            hear(&b, text, sizeof page - 1, 7, 7);
            assert_int_equal(a.st, b.st);
            assert_string_equal(str_text(&a.text), str_text(&b.text));
            str_finish(&a.text);
            str_finish(&b.text);
            mem_free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_pieces_of_every_size),
        cmocka_unit_test(test_as_soon_as_bytes_allow),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_an_end_that_is_left_open),
        cmocka_unit_test(test_deep_account),
        cmocka_unit_test(test_silent_after_an_error),
        cmocka_unit_test(test_huge_account_in_small_pieces),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
