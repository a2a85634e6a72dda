/* select_test.c: --where, judged before anything is asked of a server: what chooses accounts for a
 * write is exact, and never all of them by an oversight. */
#include "cli/select.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_taken(void **state)
{
    static const char *const texts[] = {
        "provider=openai",
        "provider=openai enabled=yes",
        "quota.tokens>400M",
        "region=eu,us",
        "tag:team=search",
        "not region=none",
        "provider=openai and !enabled=no",
    };
    struct cli_console console = {.wanted = false};
    struct cli cli = {.start = &console};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct error err;
        if (select_check(&cli, texts[i], &err))
            fail_msg("%s: %s", texts[i], err.what);
    }
}

static void test_refused(void **state)
{
    static const char exact[] = "--where: what chooses accounts for a write is exact: no free "
                                "text, no contains, no pattern";
    static const char empty[] = "--where: an empty expression would be about every account";
    static const struct {
        const char *text, *what; /* NULL: the grammar's words, after --where */
    } rows[] = {
        {"", empty},
        {" \t ", empty},
        {"openai", exact},
        {"name:prod", exact},
        {"name:/prod/", exact},
        {"~prd", exact},
        {"provider=openai prod", exact},
        {"oddity=1", NULL},
        {"quota.tokens>lots", NULL},
    };
    struct cli_console console = {.wanted = false};
    struct cli cli = {.start = &console};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err;
        assert_int_equal(select_check(&cli, rows[i].text, &err), ST_USAGE);
        if (rows[i].what)
            assert_string_equal(err.what, rows[i].what);
        else if (strncmp(err.what, "--where: ", 9) != 0 || err.what == strstr(err.what, exact))
            fail_msg("%s: %s", rows[i].text, err.what);
        assert_true(*err.next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
