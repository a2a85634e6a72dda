/* proxy_test.c: which proxy a connection may use: never one for plain http or this machine
 * (RELIABILITY, finding 2), and only what can make a tunnel. */
#include "api/proxy.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const *set; /* "NAME", "value", ... NULL: what the environment holds */

static char *variable(const char *name)
{
    for (size_t i = 0; set && set[i]; i += 2)
        if (strcmp(set[i], name) == 0)
            return (char *)(uintptr_t)set[i + 1];
    return NULL;
}

static void choose(const char *url, const char *proxy, const char *no_proxy, const char *want,
                   const char *want_no_proxy)
{
    struct url_base base;
    struct proxy_choice choice;
    struct error err;
    assert_int_equal(url_base_parse(url, true, &base, &err), ST_OK);
    if (proxy_choose(&base, proxy, no_proxy, variable, &choice, &err))
        fail_msg("%s: %s", url, err.what);
    assert_string_equal(choice.proxy, want);
    assert_string_equal(choice.no_proxy, want_no_proxy);
    proxy_finish(&choice);
    url_base_finish(&base);
}

static void test_the_profile_goes_first(void **state)
{
    static const char *const vars[] = {"HTTPS_PROXY", "http://env:1", "NO_PROXY", "a.example",
                                       NULL};
    (void)state;
    set = vars;
    choose("https://gw.example.net", "http://mine:2", NULL, "http://mine:2", "");
    choose("https://gw.example.net", "http://mine:2", "b.example", "http://mine:2", "b.example");
    choose("https://gw.example.net", NULL, NULL, "http://env:1", "a.example");
    choose("https://gw.example.net", "", "", "http://env:1", "a.example");
    choose("https://gw.example.net", NULL, "b.example", "http://env:1", "b.example");
    set = NULL;
    choose("https://gw.example.net", NULL, NULL, "", "");
}

/* The token would cross the proxy in clear, or leave the machine for nothing. */
static void test_never_for_plain_http_or_loopback(void **state)
{
    static const char *const vars[] = {"HTTPS_PROXY", "http://env:1", "http_proxy",
                                       "http://p:1",  "all_proxy",    "http://p:1",
                                       "HTTP_PROXY",  "http://p:1",   NULL};
    static const char *const urls[] = {"http://gw.example.net", "http://127.0.0.1:8080",
                                       "https://127.0.0.1:8443", "https://localhost",
                                       "https://[::1]:8443"};
    (void)state;
    set = vars;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        choose(urls[i], "http://mine:2", NULL, "", "*");
    set = NULL;
}

static void test_spellings(void **state)
{
    static const char *const lower[] = {"https_proxy", "http://low:1", "no_proxy", "l.example",
                                        NULL};
    static const char *const both[] = {"HTTPS_PROXY",  "",          "https_proxy",
                                       "http://low:1", "NO_PROXY",  "U.example",
                                       "no_proxy",     "l.example", NULL};
    static const char *const others[] = {"http_proxy", "http://p:1", "ALL_PROXY", "http://p:1",
                                         NULL};
    (void)state;
    set = lower;
    choose("https://gw.example.net", NULL, NULL, "http://low:1", "l.example");
    set = both; /* empty is not set */
    choose("https://gw.example.net", NULL, NULL, "http://low:1", "U.example");
    set = others;
    choose("https://gw.example.net", NULL, NULL, "", "");
    set = NULL;
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"socks5://h:1", "ftp://h", "http://user:secret@[bad",
                                      "file:///etc/passwd"};
    struct url_base base;
    struct proxy_choice choice;
    struct error err;
    (void)state;
    assert_int_equal(url_base_parse("https://gw.example.net", false, &base, &err), ST_OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(proxy_choose(&base, bad[i], NULL, variable, &choice, &err), ST_CONFIG);
        assert_non_null(strstr(err.what, "the profile"));
        assert_null(strstr(err.what, "secret")); /* it may hold a password: never repeated */
        proxy_finish(&choice);
    }
    static const char *const vars[] = {"https_proxy", "socks5://h:1", NULL};
    set = vars;
    assert_int_equal(proxy_choose(&base, NULL, NULL, variable, &choice, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "HTTPS_PROXY"));
    proxy_finish(&choice);
    set = NULL;
    assert_int_equal(proxy_choose(&base, "proxy.example:3128", NULL, variable, &choice, &err),
                     ST_OK); /* without a scheme it is http */
    proxy_finish(&choice);
    proxy_finish(&choice);
    url_base_finish(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_profile_goes_first),
        cmocka_unit_test(test_never_for_plain_http_or_loopback),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
