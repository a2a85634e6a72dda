/* config_test.c: reading paddock.cfg: values, defaults, and every kind of mistake with its line. It
 * covers config.c and defaults.c. */
#include "config/config.h"

#include "base/vec.h"
#include "config/file.h"
#include "config/options.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct config *load(const char *text, enum status expected)
{
    struct config *config;
    struct error err = {0};
    enum status st = config_load_text("t.cfg", text, strlen(text), &config, &err);
    if (st != expected)
        fail_msg("%s -> %s: %s", text, status_name(st), err.what);
    return config;
}

static void test_defaults(void **state)
{
    (void)state;
    struct config *c = load("", ST_OK);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        const struct option_value *v = config_option(c, (enum option)i);
        assert_int_equal(info->id, i);
        assert_false(v->set);
        /* A default that its own row refuses would leave nothing here. */
        if (info->type == OT_TEXT || info->type == OT_PATH || info->type == OT_CHOICE)
            assert_non_null(v->text);
        if (info->type == OT_LIST)
            assert_non_null(v->list);
        if (info->type == OT_INT)
            assert_true(v->i >= info->min && v->i <= info->max);
        if (info->type == OT_DURATION)
            assert_true(v->i >= info->min * 1000 && v->i <= info->max * 1000);
    }
    assert_int_equal(config_int(c, OPTION_SYNC_REFRESH), 30000);
    assert_string_equal(config_text(c, OPTION_UI_COLOR), "auto");
    assert_true(config_bool(c, OPTION_UI_OSC52));
    assert_string_equal(config_list(c, OPTION_HEALTH_OK)[0], "active");
    config_unload(c);
}

static void test_values(void **state)
{
    (void)state;
    struct config *c = load("profile = \"prod\";\n"
                            "ui: { theme = \"light\"; osc52 = false; escape_delay = 100; };\n"
                            "sync: { refresh = \"5m\"; budget = 7; };\n"
                            "health: { ok = [ \"up\", \"fine\" ]; stale = 90; };\n"
                            "profiles: {\n"
                            "  prod: { url = \"https://gw.example.net\"; org = \"o1\";\n"
                            "    token_command = [ \"pass\", \"show\", \"gw\" ];\n"
                            "    access = \"guarded\"; timeout = \"2m\"; };\n"
                            "  lab: { url = \"http://127.0.0.1:8080\"; org = \"o2\"; };\n"
                            "};\n",
                            ST_OK);
    assert_string_equal(config_text(c, OPTION_UI_THEME), "light");
    assert_false(config_bool(c, OPTION_UI_OSC52));
    assert_int_equal(config_int(c, OPTION_UI_ESCAPE_DELAY), 100);
    assert_int_equal(config_int(c, OPTION_SYNC_REFRESH), 300000);
    assert_int_equal(config_int(c, OPTION_HEALTH_STALE), 90000);
    assert_string_equal(config_list(c, OPTION_HEALTH_OK)[1], "fine");
    assert_null(config_list(c, OPTION_HEALTH_OK)[2]);
    assert_int_equal(config_profile_count(c), 2);
    assert_string_equal(config_profile_name(c, 1), "lab");
    const struct option_value *v = config_profile_option(c, 0, OPTION_TOKEN_COMMAND);
    assert_int_equal(v->count, 3);
    assert_string_equal(v->list[2], "gw");
    assert_int_equal(v->line, 7);
    assert_int_equal(config_profile_option(c, 0, OPTION_ACCESS)->i, ACCESS_GUARDED);
    assert_int_equal(config_profile_option(c, 0, OPTION_TIMEOUT)->i, 120000);
    assert_int_equal(config_profile_option(c, 1, OPTION_TIMEOUT)->i, 60000);
    config_unload(c);
}

/* Each mistake: the text, the line, and words that the message must hold. */
static const struct mistake {
    const char *text;
    int line;
    const char *says, *says_too;
} mistakes[] = {
    {"ui: {\n them = \"light\";\n};", 2, "unknown option \"ui.them\"", "did you mean \"theme\""},
    {"ui: {\n zzz = 1;\n};", 2, "unknown option \"ui.zzz\"", "osc52"},
    {"profils: { };", 1, "unknown option \"profils\"", "did you mean \"profile\""},
    {"\n\nsync = 3;", 3, "group", "sync: {"},
    {"ui: { osc52 = \"yes\"; };", 1, "true or false", "\"yes\""},
    {"ui: { osc52 = 1; };", 1, "true or false", "not 1"},
    {"ui: { color = \"sometimes\"; };", 1, "\"auto\", \"always\", \"never\"", "sometimes"},
    {"ui: { escape_delay = 5000; };", 1, "from 0 to 1000", "not 5000"},
    {"ui: { escape_delay = \"25\"; };", 1, "a whole number", "\"25\""},
    {"ui: { escape_delay = 2.5; };", 1, "a whole number", "2.5"},
    {"sync: { refresh = \"fast\"; };", 1, "a duration", "\"fast\""},
    {"sync: { refresh = \"8d\"; };", 1, "a duration", "\"8d\""},
    {"sync: { refresh = -1; };", 1, "a duration", "-1"},
    {"sync: { budget = 99999999999; };", 1, "99999999999", "as a string"},
    {"sync: { budget = 0xFFFFFFFFF; };", 1, "0xFFFFFFFFF", "as a string"},
    {"sync: { page_limit = 101; };", 1, "from 1 to 100", "101"},
    {"health: { ok = \"active\"; };", 1, "in brackets", "\"active\""},
    {"health: { ok = [ 1, 2 ]; };", 1, "in brackets", "list of 2"},
    {"ui: { theme = \"a\\x1b[2J\"; };", 1, "ui.theme", "text in quotes"},
    {"ui: { theme = \"\"; };", 1, "ui.theme", "\"\""},
    {"profile = \"prod\";", 1, "not among the profiles", "prod"},
    {"profiles = 3;", 1, "profiles is to be a group", "url"},
    {"profiles: { prod = 3; };", 1, "a profile is to be a group", "url"},
    {"profiles: {\n prod: {\n  tokn_file = \"/x\"; }; };", 3, "unknown option \"tokn_file\"",
     "did you mean \"token_file\""},
    {"profiles: { p: { ca_file = \"relative\"; }; };", 1, "begins with / or ~/", "relative"},
    {"profiles: { p: { url = \"gopher://x\"; }; };", 1, "not a URL", "https://"},
    {"profiles: { p: { url = \"https://u:p@x\"; }; };", 1, "user or a password", "profile p"},
    {"profiles: { p: { token_file = \"/t\";\n token_command = [ \"x\" ]; }; };", 1,
     "both token_command and token_file", "profile p"},
    {"profiles: { p: { client_key = \"/k\"; }; };", 1, "client_key without", "profile p"},
    {"# a comment\n@include \"other.cfg\"\n", 2, "@include is not allowed", "checks"},
    {"ui: { theme = \"x\"; theme = \"y\"; };", 1, "duplicate", "name = value"},
    {"ui: {\n theme = ;\n};", 2, "syntax", "quotes"},
    {"ui: { theme = \"\xff\"; };", 0, "not UTF-8", "t.cfg"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
        const struct mistake *m = &mistakes[i];
        struct config *c = load(m->text, ST_CONFIG);
        assert_int_equal(config_problem_count(c), 1);
        struct config_problem p = config_problem(c, 0);
        if (!strstr(p.text, m->says) || !strstr(p.text, m->says_too) || p.line != m->line)
            fail_msg("%s\n-> line %d: %s", m->text, p.line, p.text);
        assert_string_equal(p.file, "t.cfg");
        config_unload(c);
    }
}

/* What is no mistake though it looks like one. */
static void test_lookalikes(void **state)
{
    (void)state;
    struct config *c = load("/* @include \"x\" 99999999999 */\n"
                            "// 99999999999\n"
                            "ui: { theme = \"v99999999999@home\"; };\n"
                            "profiles: { p99999999999: { org = \"o\"; }; };\n",
                            ST_OK);
    assert_string_equal(config_text(c, OPTION_UI_THEME), "v99999999999@home");
    config_unload(c);
}

/* All mistakes are told; what is right beside them counts. */
static void test_many(void **state)
{
    (void)state;
    struct config *c = load("ui: { theme = 3; ascii = \"always\"; colr = \"x\"; };\n"
                            "sync: { budget = 0; };\n",
                            ST_CONFIG);
    assert_int_equal(config_problem_count(c), 3);
    assert_string_equal(config_text(c, OPTION_UI_ASCII), "always");
    assert_string_equal(config_text(c, OPTION_UI_THEME), "default");
    assert_int_equal(config_int(c, OPTION_SYNC_BUDGET), 2);
    config_unload(c);
}

struct place {
    struct tmpdir *dir;
    struct env env;
    struct paths paths;
    struct str system;
};

static void place_open(struct place *p)
{
    memset(p, 0, sizeof *p);
    p->dir = tmpdir_create();
    p->env = env_from_list(p->dir->env);
    assert_int_equal(paths_init(&p->paths, &p->env, NULL), ST_OK);
    tmpdir_path(p->dir, "etc.cfg", &p->system);
}

static void place_close(struct place *p)
{
    paths_finish(&p->paths);
    str_finish(&p->system);
    tmpdir_destroy(p->dir);
}

/* The user's options go before the system's; a profile of the same name is taken as a whole. */
static void test_two_files(void **state)
{
    (void)state;
    struct place p;
    place_open(&p);
    tmpdir_write(p.dir, "etc.cfg",
                 "ui: { theme = \"mono\"; ascii = \"always\"; };\n"
                 "profiles: { a: { url = \"https://a\"; token_file = \"/etc/token\"; };\n"
                 "            b: { url = \"https://b\"; }; };\n",
                 0644);
    tmpdir_write(p.dir, "home/config/paddock/paddock.cfg",
                 "ui: { theme = \"light\"; };\n"
                 "profiles: { a: { url = \"https://evil\"; ca_file = \"~/ca.pem\"; }; };\n",
                 0600);
    struct config_sources s = {&p.paths, NULL, str_text(&p.system)};
    struct config *c;
    struct error err = {0};
    assert_int_equal(config_load(&s, &c, &err), ST_OK);
    assert_string_equal(config_text(c, OPTION_UI_THEME), "light");
    assert_string_equal(config_text(c, OPTION_UI_ASCII), "always");
    assert_int_equal(config_profile_count(c), 2);
    assert_string_equal(config_profile_option(c, 0, OPTION_URL)->text, "https://evil");
    assert_string_equal(config_profile_option(c, 0, OPTION_TOKEN_FILE)->text, "");
    const char *ca = config_profile_option(c, 0, OPTION_CA_FILE)->text;
    assert_int_equal(ca[0], '/');
    assert_non_null(strstr(ca, "/ca.pem"));
    config_unload(c);
    place_close(&p);
}

static void test_file_checks(void **state)
{
    (void)state;
    struct place p;
    place_open(&p);
    struct config_sources s = {&p.paths, NULL, ""};
    struct config *c;
    struct error err = {0};
    /* none: fine */
    assert_int_equal(config_load(&s, &c, &err), ST_OK);
    assert_false(config_found(c));
    config_unload(c);
    /* others can write */
    static const mode_t bad[] = {0620, 0602, 0666};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        tmpdir_write(p.dir, "home/config/paddock/paddock.cfg", "profile = \"\";\n", bad[i]);
        assert_int_equal(config_load(&s, &c, &err), ST_CONFIG);
        assert_non_null(strstr(err.what, "written to by others"));
        assert_non_null(strstr(err.what, "chmod go-w"));
        config_unload(c);
    }
    static const mode_t good[] = {0600, 0640, 0644, 0400};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        tmpdir_write(p.dir, "home/config/paddock/paddock.cfg", "profile = \"\";\n", good[i]);
        assert_int_equal(config_load(&s, &c, &err), ST_OK);
        assert_true(config_found(c));
        config_unload(c);
    }
    /* too large */
    struct str big = STR_INIT;
    str_fill(&big, '#', CONFIG_FILE_MAX + 1);
    tmpdir_write(p.dir, "home/config/paddock/paddock.cfg", str_text(&big), 0600);
    assert_int_equal(config_load(&s, &c, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "larger than 64 KiB"));
    config_unload(c);
    str_finish(&big);
    /* named and not there */
    s.file = "/nonexistent/paddock.cfg";
    assert_int_equal(config_load(&s, &c, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "/nonexistent/paddock.cfg"));
    config_unload(c);
    /* a folder in its place */
    s.file = p.dir->path;
    assert_int_equal(config_load(&s, &c, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "not a regular file"));
    config_unload(c);
    place_close(&p);
}

/* The sample reads back as the defaults; so does every profile option when its # is taken away. */
/* Alerts are groups with names, as profiles are. */
static void test_alerts(void **state)
{
    (void)state;
    struct config *c =
        load("alerts: { full: { when = \"tokens.pct>=90\"; hold = \"5m\"; }; two: { }; };", ST_OK);
    assert_int_equal(config_entry_count(c, SCOPE_ALERT), 2);
    assert_int_equal(config_profile_count(c), 0);
    assert_string_equal(config_entry_name(c, SCOPE_ALERT, 0), "full");
    assert_string_equal(config_entry_option(c, SCOPE_ALERT, 0, OPTION_ALERT_WHEN)->text,
                        "tokens.pct>=90");
    assert_int_equal(config_entry_option(c, SCOPE_ALERT, 0, OPTION_ALERT_HOLD)->i, 300000);
    assert_string_equal(config_entry_option(c, SCOPE_ALERT, 1, OPTION_ALERT_WHEN)->text, "eom>100");
    config_unload(c);
    static const char *const bad[] = {
        "alerts = 1;", "alerts: { a = 1; };", "alerts: { a: { when = \"\"; }; };",
        "alerts: { a: { url = \"x\"; }; };", "alerts: { a: { hold = \"x\"; }; };"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        c = load(bad[i], ST_CONFIG);
        assert_int_equal(config_problem(c, 0).line, 1);
        config_unload(c);
    }
}

static void test_sample(void **state)
{
    (void)state;
    struct str text = STR_INIT, open = STR_INIT;
    config_write_defaults(&text);
    config_unload(load(str_text(&text), ST_OK));
    for (const char *p = str_text(&text); *p;) {
        size_t len = strcspn(p, "\n");
        const char *line = p;
        if (strncmp(p, "#   ", 4) == 0 && !strstr(p, "# yours"))
            line = p + 1;
        str_append(&open, line, len - (size_t)(line - p));
        str_add_char(&open, '\n');
        p += len + (p[len] == '\n');
    }
    struct config *c = load(str_text(&open), ST_OK);
    assert_int_equal(config_profile_count(c), 1);
    size_t set = 0;
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        set += info->scope == SCOPE_TOP
                   ? config_option(c, (enum option)i)->set
                   : config_entry_option(c, info->scope, 0, (enum option)i)->set;
    }
    assert_int_equal(set, OPTION_COUNT);
    config_unload(c);
    str_finish(&text);
    str_finish(&open);
}

static void test_manual(void **state)
{
    (void)state;
    struct str man = STR_INIT, name = STR_INIT;
    config_write_manual(&man);
    for (int i = 0; i < OPTION_COUNT; i++) {
        str_clear(&name);
        str_printf(&name, ".BR %s \"", option_info((enum option)i)->path);
        assert_non_null(strstr(str_text(&man), str_text(&name)));
    }
    str_finish(&man);
    str_finish(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_mistakes),    cmocka_unit_test(test_lookalikes),
        cmocka_unit_test(test_many),        cmocka_unit_test(test_two_files),
        cmocka_unit_test(test_file_checks), cmocka_unit_test(test_sample),
        cmocka_unit_test(test_alerts),      cmocka_unit_test(test_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
