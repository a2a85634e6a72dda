/* monitor_test.c: forecast, lint and lists by computed columns, as commands against the sandbox:
 * what stands on stdout, what is kept between runs, and the exit code. */
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "tests/support/child_proc.h"
#include "tests/support/files.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGS_MAX 24

struct place {
    struct tmpdir *dir;
    struct sandbox_proc *sandbox;
    struct str program, out, err;
};

static int setup(void **state)
{
    static const struct sandbox_options options = {.accounts = 150};
    struct place *p = mem_calloc(1, sizeof *p);
    p->dir = tmpdir_create();
    p->sandbox = sandbox_create(&options);
    build_dir(&p->program);
    str_add(&p->program, "/paddock");
    *state = p;
    return p->dir && p->sandbox ? 0 : -1;
}

static int teardown(void **state)
{
    struct place *p = *state;
    sandbox_destroy(p->sandbox);
    tmpdir_destroy(p->dir);
    str_finish(&p->program);
    str_finish(&p->out);
    str_finish(&p->err);
    mem_free(p);
    return 0;
}

/* Runs paddock with these words, separated by TAB. */
static int run(struct place *p, const char *words)
{
    char *copy = mem_strdup(words);
    struct str errors = STR_INIT;
    const char *argv[ARGS_MAX] = {"/bin/sh",
                                  "-c",
                                  "f=$1; shift; exec \"$@\" 2>\"$f\"",
                                  "sh",
                                  tmpdir_path(p->dir, "stderr", &errors),
                                  str_text(&p->program)};
    size_t n = 6;
    for (char *word = strtok(copy, "\t"); word; word = strtok(NULL, "\t"))
        argv[n++] = word;
    argv[n] = NULL;
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    struct child_proc c;
    str_clear(&p->out);
    str_clear(&p->err);
    assert_true(child_proc_start(&c, argv, env));
    while (child_line(&c, &p->out, 0))
        str_add_char(&p->out, '\n');
    assert_true(child_wait(&c, 60000));
    int code = child_exit_code(&c);
    child_finish(&c);
    tmpdir_read(p->dir, "stderr", &p->err);
    mem_free(env);
    mem_free(copy);
    str_finish(&errors);
    return code;
}

static cJSON *parsed(struct place *p)
{
    cJSON *array = NULL;
    struct error err = {0};
    if (json_parse(span_from(&p->out), &array, &err) != ST_OK)
        fail_msg("no JSON: %s\n%.400s\n%.400s", err.what, str_text(&p->out), str_text(&p->err));
    assert_true(cJSON_IsArray(array));
    return array;
}

static double number(const cJSON *object, const char *key)
{
    const cJSON *n = json_get(object, key);
    return cJSON_IsNumber(n) ? n->valuedouble : -1;
}

/* Every quota, the worst first, inside its range and its period. */
static void test_forecast_json(void **state)
{
    struct place *p = *state;
    assert_int_equal(run(p, "forecast\t-o\tjson"), 0);
    cJSON *array = parsed(p);
    assert_true(cJSON_GetArraySize(array) > 150);
    double last = 1e18;
    int overs = 0;
    const cJSON *one;
    cJSON_ArrayForEach(one, array)
    {
        assert_true(number(one, "percent") <= last);
        last = number(one, "percent");
        if (last < 0)
            continue;
        assert_true(number(one, "low") <= number(one, "forecast"));
        assert_true(number(one, "forecast") <= number(one, "high"));
        assert_true(number(one, "forecast") >= number(one, "used"));
        assert_int_equal(strlen(json_get_string(one, "period")), 7);
        /* No time is made up for what is used up already. */
        bool over = number(one, "used") > 0 && number(one, "used") >= number(one, "limit");
        const char *out = json_get_string(one, "runs_out");
        assert_int_equal(out && strcmp(out, "over") == 0, over);
        overs += over;
    }
    assert_true(overs > 0);
    cJSON_Delete(array);
}

static void test_forecast_exit_code(void **state)
{
    struct place *p = *state;
    assert_int_equal(run(p, "forecast\t--fail-over\t100"), 7);
    assert_non_null(strstr(str_text(&p->err), "forecast at 100% or more"));
    assert_int_equal(run(p, "forecast\t--fail-over\t9999"), 0);
    assert_int_equal(run(p, "forecast\t-o\twide"), 64);
    assert_int_equal(run(p, "forecast\tnonsense:1"), 64);
    assert_int_equal(run(p, "forecast\tname=nobody\t-o\tcsv"), 0);
    assert_true(strncmp(str_text(&p->out), "account,id,quota,", 17) == 0);
}

/* The history outlives the run: private, and the next one goes on from it. */
static void test_history_is_kept(void **state)
{
    struct place *p = *state;
    struct str text = STR_INIT;
    run(p, "forecast");
    assert_true(tmpdir_read(p->dir, "home/data/paddock/history.db", &text));
    assert_non_null(memmem(str_text(&text), text.len, "SQLite format 3", 15));
    str_finish(&text);
    assert_int_equal(run(p, "forecast"), 0);
    assert_null(strstr(str_text(&p->err), "no history"));
}

static void test_list_by_forecast(void **state)
{
    struct place *p = *state;
    assert_int_equal(run(p, "list\teom>100\t--columns\tname,eom,left,spare\t--sort\t-eom\t-o\tcsv"),
                     0);
    int percent = 0, before = 1 << 30, rows = 0;
    for (const char *line = strchr(str_text(&p->out), '\n'); line && line[1];
         line = strchr(line + 1, '\n')) {
        const char *comma = strchr(line, ',');
        assert_int_equal(sscanf(comma, ",%d,", &percent), 1);
        assert_true(percent > 100 && percent <= before);
        before = percent;
        rows++;
    }
    assert_true(rows > 3);
    assert_int_equal(run(p, "list\tleft=0s\t--columns\tname,left"), 0);
    assert_non_null(strstr(str_text(&p->out), " over"));
    assert_null(strstr(str_text(&p->out), " 0s"));
    assert_int_equal(run(p, "list\teom>100\t--order\tserver\t-o\tname"), 64);
}

static void test_lint(void **state)
{
    struct place *p = *state;
    assert_int_equal(run(p, "lint\t-o\tjson"), 7);
    cJSON *array = parsed(p);
    const cJSON *one;
    bool rates = false;
    cJSON_ArrayForEach(one, array)
    {
        assert_non_null(json_get_string(one, "id"));
        assert_true(strlen(json_get_string(one, "finding")) > 10);
        rates = rates || strcmp(json_get_string(one, "rule"), "rps-above-rpm") == 0;
    }
    assert_true(rates);
    assert_non_null(strstr(str_text(&p->err), " rps-above-rpm: requests/s x 60 is above"));
    assert_true(cJSON_GetArraySize(array) < 40); /* of 300 or so: what is usual is not found */
    cJSON_Delete(array);
    assert_int_equal(run(p, "lint\tname=nobody"), 0);
    assert_non_null(strstr(str_text(&p->err), "0 findings in 0 accounts"));
}

/* ---- watch --------------------------------------------------------------------------------- */

static void start_watch(struct place *p, struct child_proc *c, const char *format)
{
    const char *argv[] = {str_text(&p->program), "watch", "-o", format, NULL};
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    assert_true(child_proc_start(c, argv, env));
    mem_free(env);
}

/* A reader that went away ends it, as it ends other tools, without a word. */
static void test_watch_unread(void **state)
{
    struct place *p = *state;
    struct child_proc c;
    struct str text = STR_INIT;
    const char *argv[] = {"/bin/sh", "-c",
                          "{ \"$0\" watch 2>\"$HOME/said\"; echo $? >\"$HOME/code\"; } | true",
                          str_text(&p->program), NULL};
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    assert_true(tmpdir_write(p->dir, "home/config/paddock/paddock.cfg",
                             "alerts: { unread: { when = \"tokens.pct>=100\"; }; };\n", 0600));
    assert_true(child_proc_start(&c, argv, env));
    assert_true(child_wait(&c, 30000));
    child_finish(&c);
    tmpdir_read(p->dir, "home/code", &text);
    assert_string_equal(str_text(&text), "141\n");
    str_clear(&text);
    tmpdir_read(p->dir, "home/said", &text);
    assert_null(strstr(str_text(&text), "cannot write"));
    assert_null(strstr(str_text(&text), "ended"));
    mem_free(env);
    str_finish(&text);
}

/* The next line about this account. */
static void next_about(struct child_proc *c, const char *id, struct str *line)
{
    do {
        str_clear(line);
        if (!child_line(c, line, 60000))
            fail_msg("nothing more about %s", id);
    } while (!strstr(str_text(line), id));
}

/* Alerts come as they are found and as they end, the command gets them, and TERM ends it cleanly
 * (F25). */
static void test_watch(void **state)
{
    struct place *p = *state;
    struct child_proc c;
    struct str line = STR_INIT, config = STR_INIT, hook = STR_INIT, got = STR_INIT;
    tmpdir_write(p->dir, "hook", "#!/bin/sh\ncat >>\"$HOME/got\"\n", 0700);
    str_printf(&config,
               "sync: { refresh = \"1s\"; budget = 100; };\n"
               "alerts: { full: { when = \"tokens.pct>=100\"; command = [ \"%s\" ]; }; };\n",
               tmpdir_path(p->dir, "hook", &hook));
    assert_true(tmpdir_write(p->dir, "home/config/paddock/paddock.cfg", str_text(&config), 0600));
    start_watch(p, &c, "jsonl");
    assert_true(child_line(&c, &line, 30000));
    cJSON *json = NULL;
    assert_int_equal(json_parse(span_from(&line), &json, NULL), ST_OK);
    assert_string_equal(json_get_string(json, "alert"), "full");
    assert_true(number(json, "tokens.pct") >= 100);
    char id[64];
    snprintf(id, sizeof id, "%s", json_get_string(json, "id"));
    cJSON_Delete(json);
    for (int i = 0; i < 600 && !strstr(str_text(&got), "\"alert\":\"full\""); i++) {
        usleep(50000);
        str_clear(&got);
        tmpdir_read(p->dir, "home/got", &got);
    }
    assert_non_null(strstr(str_text(&got), "\"alert\":\"full\""));
    char words[200];
    snprintf(words, sizeof words, "set\t%s\tquota.tokens=none\t--confirm=%s", id, id);
    assert_int_equal(run(p, words), 0);
    next_about(&c, id, &line);
    assert_non_null(strstr(str_text(&line), "\"state\":\"resolved\""));
    child_signal(&c, SIGTERM);
    assert_true(child_wait(&c, 20000));
    assert_int_equal(child_exit_code(&c), 0);
    child_finish(&c);
    /* What was told is not told again by the next one; usage may have moved others since. */
    start_watch(p, &c, "jsonl");
    str_clear(&line);
    while (child_line(&c, &line, 2000)) {
        assert_null(strstr(str_text(&line), id));
        str_clear(&line);
    }
    child_signal(&c, SIGTERM);
    assert_true(child_wait(&c, 20000));
    child_finish(&c);
    str_finish(&line);
    str_finish(&config);
    str_finish(&hook);
    str_finish(&got);
}

static void test_watch_refuses_a_bad_rule(void **state)
{
    struct place *p = *state;
    assert_true(tmpdir_write(p->dir, "home/config/paddock/paddock.cfg",
                             "alerts: { a: { when = \"nonsense:1\"; }; };\n", 0600));
    assert_int_equal(run(p, "watch"), 64);
    assert_non_null(strstr(str_text(&p->err), "alert a"));
    assert_true(tmpdir_write(p->dir, "home/config/paddock/paddock.cfg",
                             "alerts: { a: { when = \"\"; }; };\n", 0600));
    assert_int_equal(run(p, "watch"), 64);
    assert_non_null(strstr(str_text(&p->err), "alert a has no condition"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forecast_json),
        cmocka_unit_test(test_forecast_exit_code),
        cmocka_unit_test(test_history_is_kept),
        cmocka_unit_test(test_list_by_forecast),
        cmocka_unit_test(test_lint),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_watch_unread),
        cmocka_unit_test(test_watch_refuses_a_bad_rule),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
