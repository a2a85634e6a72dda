/* line_test.c: argv by the tables: what is read, what is refused, and with which words. */
#include "cli/line.h"

#include "base/vec.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ARGS_MAX 12

static enum status parse(const char *text, struct cli_line *line, struct error *err)
{
    static char buf[256];
    char *argv[ARGS_MAX + 1] = {(char *)(uintptr_t) "paddock"};
    int argc = 1;
    strncpy(buf, text, sizeof buf - 1);
    for (char *word = strtok(buf, "\t"); word; word = strtok(NULL, "\t"))
        argv[argc++] = word;
    return line_parse(argc, argv, line, err);
}

static void test_tables(void **state)
{
    (void)state;
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        assert_int_equal(v->id, i);
        assert_true(action_info(v->action)->flags & AF_CLI);
        assert_int_equal(verb_find(span_of(verb_name(v->id))), i);
    }
    /* Every action that says it is a verb is one. */
    for (int i = 0; i < ACTION_COUNT; i++)
        if (action_info((enum action_id)i)->flags & AF_CLI)
            assert_true(verb_find(span_of(action_info((enum action_id)i)->name)) < VERB_COUNT);
    for (int i = 0; i < FLAG_COUNT; i++) {
        const struct flag_info *f = flag_info((enum flag)i);
        assert_int_equal(f->id, i);
        assert_true((f->kind == FK_SWITCH) == (*f->arg == '\0'));
        assert_true((f->kind == FK_CHOICE) == (*f->words != '\0'));
        assert_true(f->verbs != 0);
        assert_true(isupper((unsigned char)f->help[0]) || strncmp(f->help, "server", 6) == 0);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(f->name, flag_info((enum flag)j)->name);
            assert_true(!f->letter || f->letter != flag_info((enum flag)j)->letter);
        }
    }
}

/* What says which server, as whom and how it is written may stand in an alias: no command refuses
 * it, and no other flag is taken by all. */
static void test_common_flags(void **state)
{
    static const struct {
        enum flag id;
        const char *word;
    } common[] = {
        {FLAG_PROFILE, "-p\tx"},
        {FLAG_ORG, "--org\tx"},
        {FLAG_URL, "--url\thttps://x"},
        {FLAG_TOKEN_FILE, "--token-file\tx"},
        {FLAG_CONFIG, "--config\tx"},
        {FLAG_TIMEOUT, "--timeout\t9s"},
        {FLAG_MAX_RPS, "--max-rps\t9"},
        {FLAG_ASCII, "--ascii"},
        {FLAG_DEBUG, "--debug"},
        {FLAG_COLOR, "--color\tnever"},
        {FLAG_NO_COLOR, "--no-color"},
        {FLAG_READONLY, "--readonly"},
        {FLAG_QUIET, "-q"},
        {FLAG_NO_INPUT, "--no-input"},
        {FLAG_PLAIN, "--plain"},
        {FLAG_HELP, "-h"},
        {FLAG_VERSION, "--version"},
    };
    (void)state;
    size_t all = 0;
    for (int i = 0; i < FLAG_COUNT; i++)
        all += flag_info((enum flag)i)->verbs == V_ALL;
    assert_int_equal(all, ARRAY_LEN(common));
    for (int v = VERB_CONSOLE; v < VERB_COUNT; v++)
        for (size_t i = 0; i < ARRAY_LEN(common); i++) {
            const struct verb_info *verb = verb_info((enum verb)v);
            struct str words = STR_INIT;
            struct cli_line line;
            struct error err = {0};
            str_add(&words, common[i].word);
            if (v != VERB_CONSOLE)
                str_printf(&words, "\t%s", verb_name((enum verb)v));
            for (int n = 0; v != VERB_CONSOLE && n < verb->min; n++)
                str_printf(&words, "\t%.*s", (int)strcspn(*verb->words ? verb->words : "x", "|"),
                           *verb->words ? verb->words : "x");
            if (parse(str_text(&words), &line, &err) != ST_OK)
                fail_msg("%s: %s", str_text(&words), err.what);
            assert_non_null(line.flag[common[i].id]);
            line_finish(&line);
            str_finish(&words);
        }
}

/* --watch takes a time only behind "=": the next word is the filter. */
static void test_maybe_a_time(void **state)
{
    (void)state;
    struct cli_line line;
    struct error err = {0};
    assert_int_equal(parse("list\t--watch\tstatus=active", &line, &err), ST_OK);
    assert_non_null(line.flag[FLAG_WATCH]);
    assert_int_equal(line.number[FLAG_WATCH], 0);
    assert_int_equal(line.arg_count, 1);
    line_finish(&line);
    assert_int_equal(parse("list\t--watch=2m", &line, &err), ST_OK);
    assert_int_equal(line.number[FLAG_WATCH], 120);
    line_finish(&line);
    assert_int_equal(parse("list\t--watch=soon", &line, &err), ST_USAGE);
    line_finish(&line);
}

static void test_good(void **state)
{
    (void)state;
    struct cli_line line;
    struct error err = {0};
    assert_int_equal(parse("-pprod\tlist\t-o\tjson\t--sort=-name\ta b\t--\t--odd", &line, &err),
                     ST_OK);
    assert_int_equal(line.verb, VERB_LIST);
    assert_string_equal(line.flag[FLAG_PROFILE], "prod");
    assert_int_equal(line.number[FLAG_OUTPUT], 2);
    assert_string_equal(line.flag[FLAG_SORT], "-name");
    assert_int_equal(line.arg_count, 2);
    assert_string_equal(line.args[0], "a b");
    assert_string_equal(line.args[1], "--odd");
    line_finish(&line);
    assert_int_equal(parse("--timeout\t2m\t--max-rps\t1k\t--demo", &line, &err), ST_OK);
    assert_int_equal(line.verb, VERB_CONSOLE);
    assert_int_equal(line.number[FLAG_TIMEOUT], 120);
    assert_int_equal(line.number[FLAG_MAX_RPS], 1000);
    assert_non_null(line.flag[FLAG_DEMO]);
    assert_null(line.flag[FLAG_READONLY]);
    line_finish(&line);
    /* Help is given even where something is missing. */
    assert_int_equal(parse("get\t-h", &line, &err), ST_OK);
    line_finish(&line);
    /* A single dash is a word (standard input). */
    assert_int_equal(parse("list\t-", &line, &err), ST_OK);
    assert_int_equal(line.arg_count, 1);
    line_finish(&line);
}

static const struct {
    const char *args, *says, *next;
} refused[] = {
    {"lst", "no command \"lst\"", "paddock list"},
    {"frobnicate", "no command \"frobnicate\"", "paddock help"},
    {"--colums", "no flag --colums", "--columns"},
    {"list\t--tokn-file\tx", "no flag --tokn-file", "--token-file"},
    {"-z", "no flag -z", "paddock help"},
    {"-\x1b", "no flag -?", "paddock help"},
    {"apply\t-f\taccounts/", "paddock apply does not take --filename (-f)",
     "paddock plan -f FILE --out PLAN"},
    {"list\t--sort", "--sort needs a value: LIST", ""},
    {"list\t--sort=", "--sort has an empty value", ""},
    {"--demo=1", "--demo takes no value", ""},
    {"list\t-o\txml", "table|wide|json|jsonl|csv|name, not \"xml\"", ""},
    {"--timeout\tsoon", "1s to 1h, not \"soon\"", ""},
    {"--timeout\t2h", "1s to 1h, not \"2h\"", ""},
    {"--max-rps\t0", "1 to 1,000,000, not \"0\"", ""},
    {"list\t--theme\tx", "paddock list does not take --theme", "paddock help list"},
    {"log\t--demo", "paddock log does not take --demo: a demo keeps its journal only while it runs",
     "the key 3"},
    {"changes\t--demo", "a demo keeps what changed only while it runs", "Observed"},
    {"config\tcheck\t--demo", "a demo uses no configuration", "leave out --demo"},
    {"version\t--demo", "it asks no server", "paddock --demo opens"},
    {"--sort\tname", "--sort needs a command before it", ""},
    {"apply", "paddock apply needs PLAN|ID", "paddock help apply"},
    {"config\tinti", "init|path|check|defaults|profiles, not \"inti\"", "paddock help config"},
    {"list\t-o\tjsonl\t--columns\tname", "--columns does nothing with -o jsonl", "csv"},
    {"get\tx\t-o\tname\t--columns\tname", "--columns does nothing with -o name", "csv"},
    {"doctor\tnow", "takes no \"now\"", "paddock help doctor"},
    {"completion\ttcsh", "bash|zsh|fish, not \"tcsh\"", ""},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct cli_line line;
        struct error err = {0};
        assert_int_equal(parse(refused[i].args, &line, &err), ST_USAGE);
        if (!strstr(err.what, refused[i].says) || !strstr(err.next, refused[i].next))
            fail_msg("%s -> %s | %s", refused[i].args, err.what, err.next);
        line_finish(&line);
    }
}

static void test_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(exit_of(ST_OK), 0);
    for (int s = ST_OK + 1; s < ST_COUNT; s++)
        assert_int_not_equal(exit_of((enum status)s), 0);
    assert_int_equal(exit_of(ST_PARTIAL), 3);
    assert_int_equal(exit_of(ST_AUTH), 4);
    assert_int_equal(exit_of(ST_NOT_FOUND), 5);
    assert_int_equal(exit_of(ST_CONFLICT), 6);
    assert_int_equal(exit_of(ST_NETWORK), 8);
    assert_int_equal(exit_of(ST_UNKNOWN), 9);
    assert_int_equal(exit_of(ST_USAGE), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),       cmocka_unit_test(test_good),
        cmocka_unit_test(test_common_flags), cmocka_unit_test(test_maybe_a_time),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
