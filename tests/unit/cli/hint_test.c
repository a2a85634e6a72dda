/* hint_test.c: commands that are named in a text carry the flags that lead to the same server; a
 * program that is only spoken of stays as it is. */
#include "cli/hint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void becomes(const char *text, const char *flags, const char *wanted)
{
    struct str out = STR_INIT;
    hint_add(&out, text, flags);
    assert_string_equal(str_text(&out), wanted);
    str_finish(&out);
}

static void test_where_flags_go(void **state)
{
    static const char p[] = " -p prod";
    (void)state;
    becomes("paddock apply A1 goes on, paddock undo A1 takes it back", p,
            "paddock -p prod apply A1 goes on, paddock -p prod undo A1 takes it back");
    becomes("check the url: paddock doctor", p, "check the url: paddock -p prod doctor");
    becomes("`paddock plan --out`, (paddock log)", p,
            "`paddock -p prod plan --out`, (paddock -p prod log)");
    becomes("paddock apply A1", "", "paddock apply A1");
    becomes("", p, "");
}

static void test_what_is_no_command(void **state)
{
    static const char p[] = " -p prod";
    static const char *const texts[] = {
        "another paddock looks after it",
        "an earlier paddock is not settled",
        "the next paddock; paddock",
        "paddock -p two apply A1",
        "paddock help set",
        "paddock completion bash",
        "paddock config init",
        "paddock applying it",
        "mypaddock list",
        "/x/paddock list",
        "paddock  list",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        becomes(texts[i], p, texts[i]);
}

static void flags_are(const char *text, const char *name, bool demo, const char *wanted)
{
    struct cli_console console = {.wanted = false};
    struct profile profile = {.name = name, .org = "o", .demo = demo};
    struct error err;
    struct str out = STR_INIT;
    assert_int_equal(config_load_text("t.cfg", text, strlen(text), &console.config, &err), ST_OK);
    console.profile.name = name;
    hint_flags(&console, &profile, &out);
    assert_string_equal(str_text(&out), wanted);
    str_finish(&out);
    config_unload(console.config);
}

/* The profile that a bare paddock takes needs none. */
static void test_flags(void **state)
{
    static const char two[] =
        "profile = \"a\"; profiles: { a: { url = \"https://x\"; org = \"o\"; };"
        " b: { url = \"https://y\"; org = \"o\"; }; c: { url = \"https://y\";"
        " org = \"other\"; }; };";
    static const char one[] = "profiles: { a: { url = \"https://x\"; org = \"o\"; }; };";
    (void)state;
    flags_are(two, "a", false, "");
    flags_are(two, "b", false, " -p b");
    flags_are(two, "c", false, " -p c --org o");
    flags_are(two, "b", true, "");
    flags_are(two, "", false, "");
    flags_are(two, NULL, false, "");
    flags_are(one, "a", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_flags_go),
        cmocka_unit_test(test_what_is_no_command),
        cmocka_unit_test(test_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
