/* url_test.c: base URLs that are accepted and refused, ids as one segment, queries, proxies. */
#include "api/proxy.h"
#include "api/url.h"

#include "base/vec.h"

#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void accepted(const char *url, bool allow_http, const char *host, const char *text)
{
    struct url_base base;
    struct error err;
    if (url_base_parse(url, allow_http, &base, &err) != ST_OK)
        fail_msg("%s: %s", url, err.what);
    assert_string_equal(base.host, host);
    assert_string_equal(base.text, text);
    url_base_finish(&base);
}

static void test_accepted(void **state)
{
    (void)state;
    accepted("https://gw.example.net", false, "gw.example.net", "https://gw.example.net");
    accepted("https://gw.example.net/", false, "gw.example.net", "https://gw.example.net");
    accepted("HTTPS://gw.example.net:443/x//", false, "gw.example.net", "https://gw.example.net/x");
    accepted("https://gw.example.net:8443", false, "gw.example.net:8443",
             "https://gw.example.net:8443");
    accepted("http://127.0.0.1:8080", false, "127.0.0.1:8080", "http://127.0.0.1:8080");
    accepted("http://127.9.9.9", false, "127.9.9.9", "http://127.9.9.9");
    accepted("http://[::1]:8080", false, "[::1]:8080", "http://[::1]:8080");
    accepted("http://localhost", false, "localhost", "http://localhost");
    accepted("http://gw.example.net", true, "gw.example.net", "http://gw.example.net");
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "gw.example.net",
        "http://gw.example.net",
        "http://127.0.0.1.example.net",
        "http://localhost.example.net",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "ftp://gw.example.net",
        "file:///etc/passwd",
        "https://",
        "https://user@gw.example.net",
        "https://user:hunter2@gw.example.net",
        "https://gw.example.net/?x=1",
        "https://gw.example.net?",
        "https://gw.example.net/#x",
        "https://gw.example.net\r\nX-Evil: 1",
        "https://gw example.net",
        "https://gw.example.net:99999",
    };
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct error err;
        struct str host = STR_INIT;
        if (api_url_check(urls[i], false, &host, &err) != ST_CONFIG)
            fail_msg("%s was accepted", urls[i]);
        assert_int_equal(err.status, ST_CONFIG);
        assert_null(strstr(err.what, "hunter2")); /* user info may be a secret */
        assert_int_equal(host.len, 0);
        str_finish(&host);
    }
    assert_int_equal(api_url_check(NULL, false, NULL, NULL), ST_CONFIG);
}

static void test_ids_are_one_segment(void **state)
{
    (void)state;
    static const struct {
        const char *id, *path;
    } rows[] = {
        {"acc_1", "/v1/orgs/o/provider-accounts/acc_1"},
        {"../x", "/v1/orgs/o/provider-accounts/..%2Fx"},
        {"a?b", "/v1/orgs/o/provider-accounts/a%3Fb"},
        {"a#b", "/v1/orgs/o/provider-accounts/a%23b"},
        {"%2f", "/v1/orgs/o/provider-accounts/%252f"},
        {"a b+c", "/v1/orgs/o/provider-accounts/a%20b%2Bc"},
        {"\xc3\xa9", "/v1/orgs/o/provider-accounts/%C3%A9"},
        {"...", "/v1/orgs/o/provider-accounts/..."},
        {"", "/v1/orgs/o/provider-accounts"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;
        url_path(&out, span_of("o"), span_of(rows[i].id));
        assert_string_equal(str_text(&out), rows[i].path);
        str_finish(&out);
    }
}

static void test_ids_that_are_refused(void **state)
{
    (void)state;
    static const struct span bad[] = {
        {"", 0}, {".", 1}, {"..", 2}, {"a\r", 2}, {"a\nb", 3}, {"a\0b", 3},
    };
    char longest[513];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(url_segment_check(bad[i], "account id", NULL), ST_USAGE);
    assert_int_equal(url_segment_check((struct span){longest, 513}, "id", NULL), ST_USAGE);
    assert_int_equal(url_segment_check((struct span){longest, 512}, "id", NULL), ST_OK);
}

static void test_query(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    struct api_list_query q = {.limit = 1000};
    url_query(&out, &q, false);
    assert_string_equal(str_text(&out), "?limit=100");
    str_clear(&out);
    q = (struct api_list_query){.limit = 0,
                                .provider_type = "a&b=c",
                                .status = "down",
                                .enabled_only = true,
                                .cursor = span_of("0123456789/+=")};
    url_query(&out, &q, false);
    assert_string_equal(str_text(&out), "?limit=1&provider_type=a%26b%3Dc&status=down"
                                        "&enabled_only=true&cursor=0123456789%2F%2B%3D");
    str_clear(&out);
    url_query(&out, &q, true);
    assert_string_equal(str_text(&out), "?limit=1&provider_type=a%26b%3Dc&status=down"
                                        "&enabled_only=true&cursor=01234567...");
    str_finish(&out);
}

static char *no_env(const char *name)
{
    (void)name;
    return NULL;
}

/* Every variable that libcurl or another tool would obey. */
static char *full_env(const char *name)
{
    static char proxy[] = "http://env.proxy:3128", no_proxy[] = "env.no.proxy";
    return strstr(name, "NO_PROXY") || strstr(name, "no_proxy") ? no_proxy : proxy;
}

static char *socks_env(const char *name)
{
    static char proxy[] = "socks5://env.proxy:1080";
    return strcmp(name, "HTTPS_PROXY") == 0 ? proxy : NULL;
}

static void proxy_row(const char *url, const char *proxy, const char *no_proxy, proxy_env_fn *env,
                      enum status status, const char *want, const char *want_no)
{
    struct url_base base;
    struct proxy_choice choice;
    struct error err = {0};
    assert_int_equal(url_base_parse(url, true, &base, NULL), ST_OK);
    assert_int_equal(proxy_choose(&base, proxy, no_proxy, env, &choice, &err), status);
    if (status == ST_OK) {
        assert_string_equal(choice.proxy, want);
        assert_string_equal(choice.no_proxy, want_no);
    }
    assert_null(strstr(err.what, "hunter2"));
    proxy_finish(&choice);
    url_base_finish(&base);
}

static void test_proxy_rules(void **state)
{
    (void)state;
    const char *gw = "https://gw.example.net", *env = "http://env.proxy:3128";
    /* never for plain http or loopback, whoever names one */
    proxy_row("http://gw.example.net", "http://p:1", NULL, full_env, ST_OK, "", "*");
    proxy_row("http://127.0.0.1:80", "http://p:1", NULL, full_env, ST_OK, "", "*");
    proxy_row("https://127.0.0.1:80", "http://p:1", NULL, full_env, ST_OK, "", "*");
    proxy_row("https://localhost", NULL, NULL, full_env, ST_OK, "", "*");
    proxy_row("https://[::1]", NULL, NULL, full_env, ST_OK, "", "*");
    /* the profile's, then the environment's */
    proxy_row(gw, "http://p:1", NULL, full_env, ST_OK, "http://p:1", "");
    proxy_row(gw, "https://p:1", "a,b", full_env, ST_OK, "https://p:1", "a,b");
    proxy_row(gw, "p.example:3128", NULL, full_env, ST_OK, "p.example:3128", "");
    proxy_row(gw, NULL, NULL, full_env, ST_OK, env, "env.no.proxy");
    proxy_row(gw, "", "mine", full_env, ST_OK, env, "mine");
    proxy_row(gw, NULL, NULL, no_env, ST_OK, "", "");
    /* only what makes a CONNECT tunnel */
    proxy_row(gw, "socks5://u:hunter2@p:1", NULL, no_env, ST_CONFIG, NULL, NULL);
    proxy_row(gw, "http://u:hunter2@p:1:x", NULL, no_env, ST_CONFIG, NULL, NULL);
    proxy_row(gw, NULL, NULL, socks_env, ST_CONFIG, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ids_are_one_segment),
        cmocka_unit_test(test_ids_that_are_refused),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_proxy_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
