/* profile_test.c: which server, by precedence; and that nothing of one origin goes to another. */
#include "config/config.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const two =
    "profiles: {\n"
    " prod: { url = \"https://gw.example.net/base\"; org = \"o1\"; orgs = [ \"o1\", \"o9\" ];\n"
    "   label = \"PROD\"; token_command = [ \"pass\", \"gw\" ]; client_cert = \"/c.pem\";\n"
    "   patch_policies = \"whole\"; ranges = \"warning\"; max_rps = 5; };\n"
    " lab: { url = \"http://127.0.0.1:8080\"; org = \"o2\"; token_file = \"/t\"; readonly = true; "
    "};\n"
    "};\n";

struct resolved {
    struct config *config;
    struct profile profile;
    struct error err;
    enum status status;
};

static struct resolved resolve(const char *text, const char *const *vars,
                               struct profile_choice choice)
{
    static const char *const none[] = {NULL};
    struct resolved r = {0};
    struct env env = env_from_list(vars ? vars : none);
    (void)config_load_text("t.cfg", text, strlen(text), &r.config, &r.err);
    error_clear(&r.err);
    r.status = profile_resolve(r.config, &env, &choice, &r.profile, &r.err);
    return r;
}

static void finish(struct resolved *r)
{
    profile_finish(&r->profile);
    config_unload(r->config);
}

static void test_from_file(void **state)
{
    (void)state;
    struct resolved r = resolve(two, NULL, (struct profile_choice){.profile = "prod"});
    assert_int_equal(r.status, ST_OK);
    struct profile *p = &r.profile;
    assert_string_equal(p->name, "prod");
    assert_string_equal(p->url, "https://gw.example.net/base");
    assert_string_equal(p->origin, "https://gw.example.net");
    assert_string_equal(p->label, "PROD");
    assert_string_equal(p->orgs[1], "o9");
    assert_int_equal(p->token.kind, TOKEN_COMMAND);
    assert_string_equal(p->token.argv[1], "gw");
    assert_string_equal(p->token.origin, p->origin);
    assert_true(p->patch_whole && p->ranges_warn);
    assert_int_equal(p->max_rps, 5);
    assert_int_equal(p->access, ACCESS_WRITE);
    struct profile copy;
    profile_copy(&copy, p);
    finish(&r);
    assert_string_equal(copy.token.argv[0], "pass");
    assert_string_equal(copy.token.origin, "https://gw.example.net");
    profile_set_org(&copy, "o9");
    assert_string_equal(copy.org, "o9");
    profile_finish(&copy);
    r = resolve(two, NULL, (struct profile_choice){.profile = "lab"});
    assert_int_equal(r.profile.access, ACCESS_READONLY);
    assert_int_equal(r.profile.token.kind, TOKEN_FILE);
    finish(&r);
}

static void test_choosing(void **state)
{
    (void)state;
    static const char *const vars[] = {"PADDOCK_PROFILE=lab", NULL};
    struct resolved r = resolve(two, vars, (struct profile_choice){0});
    assert_string_equal(r.profile.name, "lab");
    finish(&r);
    r = resolve(two, vars, (struct profile_choice){.profile = "prod"});
    assert_string_equal(r.profile.name, "prod");
    finish(&r);
    /* several and none chosen */
    r = resolve(two, NULL, (struct profile_choice){0});
    assert_int_equal(r.status, ST_CONFIG);
    assert_non_null(strstr(r.err.what, "prod, lab"));
    finish(&r);
    /* the only one there is */
    r = resolve("profiles: { x: { url = \"https://x\"; org = \"o\"; }; };", NULL,
                (struct profile_choice){0});
    assert_string_equal(r.profile.name, "x");
    finish(&r);
    /* a slip */
    r = resolve(two, NULL, (struct profile_choice){.profile = "prd"});
    assert_int_equal(r.status, ST_USAGE);
    assert_non_null(strstr(r.err.next, "did you mean prod"));
    finish(&r);
    /* nothing at all */
    r = resolve("", NULL, (struct profile_choice){0});
    assert_int_equal(r.status, ST_CONFIG);
    assert_non_null(strstr(r.err.next, "config init"));
    finish(&r);
}

static void test_without_file(void **state)
{
    (void)state;
    static const char *const vars[] = {"PADDOCK_URL=https://GW.Example.net:443/", "PADDOCK_ORG=o7",
                                       "HTTPS_PROXY=http://proxy:3128", "NO_PROXY=localhost", NULL};
    struct resolved r = resolve("", vars, (struct profile_choice){.token_from = "PADDOCK_TOKEN"});
    assert_int_equal(r.status, ST_OK);
    assert_string_equal(r.profile.origin, "https://gw.example.net");
    assert_string_equal(r.profile.org, "o7");
    assert_string_equal(r.profile.name, "");
    assert_int_equal(r.profile.token.kind, TOKEN_GIVEN);
    assert_string_equal(r.profile.proxy, "http://proxy:3128");
    assert_string_equal(r.profile.no_proxy, "localhost");
    finish(&r);
    r = resolve("", vars, (struct profile_choice){.url = "http://127.0.0.1:9", .org = "o8"});
    assert_string_equal(r.profile.origin, "http://127.0.0.1:9");
    assert_string_equal(r.profile.org, "o8");
    assert_int_equal(r.profile.token.kind, TOKEN_NONE);
    finish(&r);
    r = resolve("", NULL, (struct profile_choice){.url = "https://x"});
    assert_int_equal(r.status, ST_CONFIG);
    assert_non_null(strstr(r.err.what, "no organisation"));
    finish(&r);
}

/* Redirect by flag or environment: the profile's proof of identity stays at home. */
static void test_other_origin(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {
        "https://evil.example.net", "http://gw.example.net/base", "https://gw.example.net:8443"};
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
        struct resolved r =
            resolve(two, NULL, (struct profile_choice){.profile = "prod", .url = elsewhere[i]});
        assert_int_equal(r.status, ST_OK);
        assert_int_equal(r.profile.token.kind, TOKEN_NONE);
        assert_null(r.profile.token.argv);
        assert_string_equal(r.profile.client_cert, "");
        assert_string_equal(r.profile.withheld, "prod"); /* and that can be said */
        assert_string_equal(r.profile.label, "");
        finish(&r);
    }
    struct resolved r = resolve(
        two, NULL,
        (struct profile_choice){.profile = "prod", .url = "https://GW.example.net:443/other"});
    assert_int_equal(r.profile.token.kind, TOKEN_COMMAND);
    assert_string_equal(r.profile.url, "https://GW.example.net:443/other");
    assert_string_equal(r.profile.withheld, "");
    finish(&r);
    /* The only profile there is lends nothing to a URL of its own. */
    r = resolve("profiles: { x: { url = \"https://x\"; org = \"o\"; token_file = \"/t\"; }; };",
                NULL, (struct profile_choice){.url = "https://y", .org = "p"});
    assert_string_equal(r.profile.name, "");
    assert_int_equal(r.profile.token.kind, TOKEN_NONE);
    assert_string_equal(r.profile.withheld, "x");
    finish(&r);
    r = resolve("profiles: { x: { url = \"https://x\"; org = \"o\"; }; };", NULL,
                (struct profile_choice){.url = "https://y", .org = "p"});
    assert_string_equal(r.profile.withheld, ""); /* it has none */
    finish(&r);
}

static void test_token_order(void **state)
{
    (void)state;
    static const char *const vars[] = {"PADDOCK_TOKEN_FILE=/env", NULL};
    struct profile_choice all = {
        .profile = "prod", .token_file = "/flag", .token_from = "PADDOCK_TOKEN"};
    struct resolved r = resolve(two, vars, all);
    assert_string_equal(r.profile.token.file, "/flag");
    finish(&r);
    all.token_file = NULL;
    r = resolve(two, vars, all);
    assert_string_equal(r.profile.token.file, "/env");
    finish(&r);
    r = resolve(two, NULL, all);
    assert_int_equal(r.profile.token.kind, TOKEN_GIVEN);
    finish(&r);
    all.token_file = "-";
    r = resolve(two, vars, all);
    assert_int_equal(r.profile.token.kind, TOKEN_STDIN);
    finish(&r);
}

static void test_by_hand_and_readonly(void **state)
{
    (void)state;
    static const char *const vars[] = {"PADDOCK_URL=https://start", "PADDOCK_ORG=start",
                                       "PADDOCK_TOKEN_FILE=/start", "PADDOCK_READONLY=1", NULL};
    struct resolved r =
        resolve(two, vars, (struct profile_choice){.profile = "prod", .by_hand = true});
    assert_string_equal(r.profile.origin, "https://gw.example.net");
    assert_string_equal(r.profile.org, "o1");
    assert_int_equal(r.profile.token.kind, TOKEN_COMMAND);
    assert_int_equal(r.profile.access, ACCESS_READONLY);
    finish(&r);
    static const char *const off[] = {"PADDOCK_READONLY=0", NULL};
    r = resolve(two, off, (struct profile_choice){.profile = "prod"});
    assert_int_equal(r.profile.access, ACCESS_WRITE);
    finish(&r);
    r = resolve(two, off, (struct profile_choice){.profile = "prod", .readonly = true});
    assert_int_equal(r.profile.access, ACCESS_READONLY);
    finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_file),    cmocka_unit_test(test_choosing),
        cmocka_unit_test(test_without_file), cmocka_unit_test(test_other_origin),
        cmocka_unit_test(test_token_order),  cmocka_unit_test(test_by_hand_and_readonly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
