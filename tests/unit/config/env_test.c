/* env_test.c: the environment as a value; the demo sees nothing that could lead it astray. */
#include "config/env.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_list(void **state)
{
    static const char *const list[] = {"PADDOCK_URL=https://a=b", "EMPTY=", "PADDOCK_URLS=no",
                                       NULL};
    struct env env = env_from_list(list);
    (void)state;
    assert_string_equal(env_get(&env, "PADDOCK_URL"), "https://a=b");
    assert_null(env_get(&env, "EMPTY")); /* empty is not set */
    assert_string_equal(env.get(env.ctx, "EMPTY"), "");
    assert_null(env_get(&env, "PADDOCK"));
    assert_null(env_get(&env, "HOME"));
}

static void test_demo(void **state)
{
    static const char *const hidden[] = {"PADDOCK_URL", "PADDOCK_TOKEN", "PADDOCK_ANYTHING",
                                         "HTTPS_PROXY", "https_proxy",   "NO_PROXY",
                                         "no_proxy"};
    struct env demo = env_demo(), all = env_system();
    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        setenv(hidden[i], "x", 1);
        assert_null(env_get(&demo, hidden[i]));
        assert_string_equal(env_get(&all, hidden[i]), "x");
        unsetenv(hidden[i]);
    }
    setenv("PADDOC", "x", 1);
    assert_string_equal(env_get(&demo, "PADDOC"), "x");
    unsetenv("PADDOC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_list), cmocka_unit_test(test_demo)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
