/* key_test.c: keys by name and back, and the name that was meant. */
#include "keys/key.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_names(void **state)
{
    (void)state;
    static const char *const same[] = {"j",      "?",   "^D",    "F2",      "Up",        "PageDown",
                                       "S-Tab",  "Esc", "Space", "Enter",   "Backspace", "Delete",
                                       "C-Left", "M-x", "M-^D",  "M-Up",    "^Space",    "[",
                                       "-",      "M",   "^]",    "\xc3\xa9"};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct key key;
        struct str name = STR_INIT;
        assert_true(key_parse(span_of(same[i]), &key));
        key_show(&name, &key);
        assert_string_equal(str_text(&name), same[i]);
        str_finish(&name);
    }
    static const struct {
        const char *name, *shown;
    } others[] = {{"^d", "^D"},  {"C-d", "^D"},         {"^I", "Tab"},      {"^M", "Enter"},
                  {"^[", "Esc"}, {"C-Space", "^Space"}, {"PgUp", "PageUp"}, {" ", "Space"}};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct key key;
        struct str name = STR_INIT;
        assert_true(key_parse(span_of(others[i].name), &key));
        key_show(&name, &key);
        assert_string_equal(str_text(&name), others[i].shown);
        str_finish(&name);
    }
    static const char *const bad[] = {"", "jj", "F13", "up", "^1", "C-", "\xff", "S-x", "^"};
    for (size_t i = 0; i < ARRAY_LEN(bad) - 1; i++) {
        struct key key;
        if (key_parse(span_of(bad[i]), &key))
            fail_msg("\"%s\" is a key", bad[i]);
    }
}

/* Whatever number and modifiers a terminal sends: the key that comes has a name, and that name in
 * a keymap is the same key. */
static void test_numbers_and_names_agree(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x250; code++)
        for (unsigned mods = 0; mods < 8; mods++) {
            struct str name = STR_INIT;
            struct key key, back;
            if (key_of_code(code, mods, &key)) {
                key_show(&name, &key);
                if (!key_parse(span_from(&name), &back) || !key_same(&key, &back))
                    fail_msg("code %u with modifiers %u: %s", (unsigned)code, mods,
                             str_text(&name));
            }
            str_finish(&name);
        }
}

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *meant; /* NULL: none is near */
    } cases[] = {{"PgeDown", "PageDown"},
                 {"up", "Up"},
                 {"S-tab", "S-Tab"},
                 {"C-lfet", NULL},
                 {"Escpe", "Escape"},
                 {"C-Lfet", "C-Left"},
                 {"hyper", NULL},
                 {"^", NULL},
                 {"", NULL},
                 {"M-", NULL},
                 {"F13", "F1"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT;
        bool found = key_nearest(span_of(cases[i].typed), &out);
        if (found != (cases[i].meant != NULL) || (found && strcmp(str_text(&out), cases[i].meant)))
            fail_msg("\"%s\" gives \"%s\"", cases[i].typed, str_text(&out));
        str_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers_and_names_agree),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
