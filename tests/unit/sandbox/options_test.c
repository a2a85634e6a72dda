/* options_test.c: the sandbox's command line: what is read, what is refused and with which words,
 * and a help that names every row. */
#include "sandbox/options.h"

#include "sandbox/behaviour.h"
#include "sandbox/faults.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ARGS_MAX 8

/* Words apart by blanks, after the program's name. */
static enum status parse(const char *words, struct options *out, struct error *err)
{
    static char text[400]; /* the options borrow from it */
    char *argv[ARGS_MAX] = {"paddock-sandbox"}, *rest = text;
    int argc = 1;
    assert_true(strlen(words) < sizeof text);
    strcpy(text, words);
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL && argc < ARGS_MAX;)
        argv[argc++] = word;
    return options_parse(argc, argv, out, err);
}

static void test_read(void **state)
{
    struct options o;
    struct error err;
    (void)state;
    assert_int_equal(parse("", &o, &err), ST_OK);
    assert_int_equal(o.seed, 1);
    assert_true(o.time_scale == 1);
    assert_string_equal(o.org, "org_demo");
    assert_null(o.db);
    assert_false(o.serial_pages || o.help);
    assert_int_equal(
        parse("--port=8080 --accounts 12 --time-scale 0.5 --db=a=b --serial-pages", &o, &err),
        ST_OK);
    assert_int_equal(o.port, 8080);
    assert_int_equal(o.accounts, 12);
    assert_true(o.time_scale == 0.5);
    assert_string_equal(o.db, "a=b");
    assert_true(o.serial_pages);
    assert_int_equal(parse("--port 65535 --seed 9223372036854775807 --parent-pid 1", &o, &err),
                     ST_OK);
    assert_int_equal(o.port, 65535);
    assert_int_equal(o.seed, INT64_MAX);
}

static void test_behaviours(void **state)
{
    struct options o;
    struct error err;
    unsigned all = 0;
    (void)state;
    assert_int_equal(parse("--behaviour tags=merge,total=page --behaviour=extra-field", &o, &err),
                     ST_OK);
    assert_int_equal(o.behaviours, TAGS_MERGE | TOTAL_PAGE | EXTRA_FIELD);
    for (size_t i = 0; i < BEHAVIOURS; i++) { /* one bit each */
        assert_int_equal(all & behaviour_table[i].flag, 0);
        all |= behaviour_table[i].flag;
    }
    assert_int_equal(all, (1u << BEHAVIOURS) - 1);
}

static void test_refused(void **state)
{
    static const struct {
        const char *words, *what;
    } rows[] = {
        {"--port 65536", "--port: 65536 is not a whole number from 0 to 65535"},
        {"--port -1", "--port: -1 is not a whole number from 0 to 65535"},
        {"--port 80x", "--port: 80x is not a whole number from 0 to 65535"},
        {"--port=", "--port:  is not a whole number from 0 to 65535"},
        {"--port", "--port needs N"},
        {"--por 1", "--por: no such option"},
        {"--portx 1", "--portx: no such option"},
        {"word", "word: no such option"},
        {"--help=1", "--help takes no value"},
        {"--db=", "--db: the value is empty"},
        {"--seed 9223372036854775808",
         "--seed: 9223372036854775808 is not a whole number from 0 to 9223372036854775807"},
        {"--parent-pid 0", "--parent-pid: 0 is not a whole number from 1 to 2147483647"},
        {"--time-scale nan", "--time-scale: nan is not a number from 0 to 1000000"},
        {"--time-scale -1", "--time-scale: -1 is not a number from 0 to 1000000"},
        {"--behaviour tags=merge,odd", "--behaviour: no behaviour odd"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct options o;
        struct error err;
        assert_int_equal(parse(rows[i].words, &o, &err), ST_USAGE);
        assert_string_equal(err.what, rows[i].what);
    }
}

static void test_help(void **state)
{
    static const char *const names[] = {"--port N", "--db FILE", "--serial-pages", "--version"};
    struct str help = STR_INIT;
    (void)state;
    options_help(&help);
    assert_non_null(strstr(str_text(&help), "Content-Type: application/json"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_non_null(strstr(str_text(&help), names[i]));
    for (size_t i = 0; i < BEHAVIOURS; i++)
        assert_non_null(strstr(str_text(&help), behaviour_table[i].name));
    for (size_t i = 0; i < FAULT_ROWS; i++)
        assert_non_null(strstr(str_text(&help), fault_table[i].help));
    str_finish(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_behaviours),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
