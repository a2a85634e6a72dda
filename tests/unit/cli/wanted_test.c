/* wanted_test.c: the words of set, enable, disable, delete and plan, told apart into operations and
 * accounts, and refused before anything is asked of a server. */
#include "cli/wanted.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ARGS_MAX 8

/* Words apart by blanks; where: --where's value, or NULL. */
static enum status read_words(enum verb verb, const char *words, const char *where,
                              struct wanted *w, struct error *err)
{
    static char text[200];
    static const char *args[ARGS_MAX];
    static struct cli cli;
    char *rest = text;
    memset(&cli, 0, sizeof cli);
    memset(args, 0, sizeof args);
    strncpy(text, words, sizeof text - 1);
    cli.line.verb = verb;
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        assert_true(cli.line.arg_count < ARGS_MAX);
        args[cli.line.arg_count++] = word;
    }
    cli.line.args = (void *)args;
    cli.line.flag[FLAG_WHERE] = where;
    return wanted_read(w, &cli, err);
}

static void test_read(void **state)
{
    static const struct {
        enum verb verb;
        const char *words, *where;
        size_t ops, targets;
        bool one;
    } rows[] = {
        {VERB_SET, "pa_1 quota.tokens=400M", NULL, 1, 1, true},
        {VERB_SET, "quota.tokens=400M pa_1 rate.rps=5 pa_2", NULL, 2, 2, false},
        {VERB_SET, "quota.tokens=400M", "provider=openai", 1, 0, false},
        {VERB_ENABLE, "pa_1", NULL, 1, 1, true},
        {VERB_DISABLE, "pa_1 pa_2", NULL, 1, 2, false},
        {VERB_DELETE, "name=odd", NULL, 1, 1, true}, /* a name may have a = in it */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct wanted w;
        struct error err;
        if (read_words(rows[i].verb, rows[i].words, rows[i].where, &w, &err))
            fail_msg("%s: %s", rows[i].words, err.what);
        assert_int_equal(w.ops.count, rows[i].ops);
        assert_int_equal(w.target_count, rows[i].targets);
        assert_int_equal(wanted_one(&w), rows[i].one);
        wanted_finish(&w);
    }
}

static void test_refused(void **state)
{
    static const struct {
        enum verb verb;
        const char *words, *where, *what;
    } rows[] = {
        {VERB_SET, "pa_1", NULL, "nothing to set: name fields as quota.tokens=400M"},
        {VERB_SET, "quota.tokens=400M", NULL, "no account is named: give ids or names"},
        {VERB_DELETE, "", NULL, "no account is named: give ids or names"},
        {VERB_DELETE, "pa_1", "provider=openai",
         "either accounts are named, or --where chooses them"},
        {VERB_SET, "pa_1 oddity=1", NULL, NULL},
        {VERB_SET, "pa_1 quota.tokens=lots", NULL, NULL},
        {VERB_SET, "pa_1 status=active", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct wanted w;
        struct error err;
        if (read_words(rows[i].verb, rows[i].words, rows[i].where, &w, &err) != ST_USAGE)
            fail_msg("%s is taken", rows[i].words);
        if (rows[i].what)
            assert_string_equal(err.what, rows[i].what);
        wanted_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
