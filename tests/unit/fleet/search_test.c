/* search_test.c: one pass over all texts finds what a look at each finds, also after many have
 * gone. */
#include "fleet/search.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TEXTS = 6000 };

/* Text number i: names with a few parts, some with capitals and accents; its folded form. */
static void make_text(unsigned i, struct str *text, struct str *folded)
{
    static const char *const parts[][2] = {{"prod", "prod"},
                                           {"Batch", "batch"},
                                           {"\xc3\x9c"
                                            "ber",
                                            "uber"},
                                           {"eu", "eu"},
                                           {"", ""}};
    const char *const *part = parts[i % 5];
    str_clear(text);
    str_clear(folded);
    str_printf(text, "%s-%u", part[0], i);
    str_printf(folded, "%s-%u", part[1], i);
}

static void assert_found(const struct search *s, const bool *held, const char *needle)
{
    struct str text = STR_INIT, folded = STR_INIT;
    uint8_t *verdicts = mem_calloc(TEXTS, 1);
    for (size_t from = 0; from < s->count; from += 700)
        search_scan(s, needle, from, 700, verdicts, TEXTS);
    for (unsigned i = 1; i < TEXTS; i++) {
        make_text(i, &text, &folded);
        enum verdict want = strstr(str_text(&folded), needle) ? VERDICT_YES : VERDICT_NO;
        if (!held[i])
            want = VERDICT_OPEN;
        if (verdicts[i] != want)
            fail_msg("%s in %s: %d, wanted %d", needle, str_text(&folded), verdicts[i], want);
    }
    mem_free(verdicts);
    str_finish(&text);
    str_finish(&folded);
}

static void test_finds_what_is_there(void **state)
{
    (void)state;
    static const char *const needles[] = {"p", "prod", "batch-1", "uber", "-5999", "zzz", "u"};
    static bool held[TEXTS];
    struct search s;
    struct str text = STR_INIT, folded = STR_INIT;
    search_init(&s);
    for (int round = 0; round < 4; round++) {
        for (unsigned i = 1; i < TEXTS; i++) {
            make_text(i, &text, &folded);
            if (!held[i] && (i * 2654435761u >> round) % 3)
                search_add(&s, i, FIELD_NAME, span_from(&text));
            held[i] = search_has(&s, i);
        }
        for (size_t n = 0; n < ARRAY_LEN(needles); n++)
            assert_found(&s, held, needles[n]);
        for (unsigned i = 1; i < TEXTS; i++) {
            if ((i * 40503u >> (round + 3)) % 4)
                search_forget(&s, i);
            held[i] = search_has(&s, i);
        }
        for (size_t n = 0; n < ARRAY_LEN(needles); n++)
            assert_found(&s, held, needles[n]);
    }
    assert_true(s.count < 2 * TEXTS); /* what has gone does not stay for ever */
    search_finish(&s);
    str_finish(&text);
    str_finish(&folded);
}

static bool stands(const struct search *s, const char *needle)
{
    uint8_t verdicts[2] = {0};
    search_scan(s, needle, 0, s->count, verdicts, 2);
    return verdicts[1] == VERDICT_YES;
}

/* A map is looked at as its pairs. */
static void test_pairs(void **state)
{
    (void)state;
    static const char map[] = "env\0Prod\0team\0x";
    struct search s;
    search_init(&s);
    search_add(&s, 1, FIELD_TAGS, (struct span){map, sizeof map});
    assert_true(stands(&s, "env=prod"));
    assert_true(stands(&s, "team=x"));
    assert_false(stands(&s, "prodteam"));
    assert_false(stands(&s, "prod="));
    search_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_what_is_there),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
