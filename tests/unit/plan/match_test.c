/* match_test.c: wanted accounts against the fleet: matched by id, else by a unique name, else new;
 * and accounts as files, read back without a difference. It covers match.c and export.c. */
#include "plan/export.h"
#include "plan/match.h"

#include "base/mem.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct fixture {
    struct fleet *fleet;
    struct plan_inputs inputs;
    struct plan *plan;
};

static const char *const accounts[] = {
    "{\"provider_account_id\":\"a1\",\"name\":\"one\",\"provider_type\":\"p\",\"enabled\":true,"
    "\"credentials_ref\":\"k\",\"queue_policy\":1,\"quota_policy\":{\"max_tokens_per_month\":5},"
    "\"rate_limit_policy\":{\"queue_policy\":null,\"burst_size\":1.5},\"tags\":null}",
    "{\"provider_account_id\":\"a2\",\"name\":\"twin\",\"provider_type\":\"p\",\"region\":\"r\"}",
    "{\"provider_account_id\":\"a3\",\"name\":\"twin\",\"provider_type\":\"p\",\"region\":\"s\"}",
    "{\"provider_account_id\":\"a4\",\"name\":\"../etc/\\u00e9 x\",\"provider_type\":\"p\"}",
    "{\"provider_account_id\":\"a5\",\"name\":\"ONE\",\"provider_type\":\"p\",\"region\":7}",
    "{\"provider_account_id\":\"a/6\",\"name\":\"\",\"provider_type\":\"p\"}",
};
enum { COUNT = sizeof accounts / sizeof *accounts };

static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    f->fleet = fleet_create();
    for (int i = 0; i < COUNT; i++)
        fleet_put(f->fleet, span_of(accounts[i]), 1, NULL);
    plan_inputs_init(&f->inputs);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plan_destroy(f->plan);
    plan_inputs_finish(&f->inputs);
    fleet_destroy(f->fleet);
    mem_free(f);
    return 0;
}

static enum status match(struct fixture *f, const char *json, bool lacking, bool create_only,
                         struct error *err)
{
    const struct plan_head head = {.title = "x"};
    const struct plan_match_options options = {.lacking = lacking, .create_only = create_only};
    plan_destroy(f->plan);
    f->plan = NULL;
    plan_inputs_finish(&f->inputs);
    if (plan_inputs_text(&f->inputs, "f.json", span_of(json), NULL, err) != ST_OK)
        fail_msg("%s", err->what);
    return plan_match(&head, &f->inputs, f->fleet, &options, &f->plan, err);
}

static const struct plan_item *matched(struct fixture *f, const char *json)
{
    struct error err;
    if (match(f, json, false, false, &err) != ST_OK)
        fail_msg("%s: %s", json, err.what);
    return &f->plan->items[0];
}

static void refused(struct fixture *f, const char *json, const char *says)
{
    struct error err;
    if (match(f, json, false, false, &err) != ST_USAGE || !strstr(err.what, says))
        fail_msg("%s: \"%s\", not \"%s\"", json, err.what, says);
    assert_null(f->plan);
}

static void test_by_id_or_name(void **state)
{
    struct fixture *f = *state;
    const struct plan_item *i = matched(f, "{\"name\":\"one\",\"enabled\":false}");
    assert_true(span_is(i->id, "a1"));
    assert_string_equal(i->target.p, "{\"enabled\":false}");
    /* With an id, a name is what the account is to be called. */
    i = matched(f, "{\"provider_account_id\":\"a2\",\"name\":\"other\"}");
    assert_string_equal(i->target.p, "{\"name\":\"other\"}");
    refused(f, "{\"name\":\"twin\"}", "f.json:1: 2 accounts are named twin");
    refused(f, "{\"provider_account_id\":\"zz\"}", "f.json:1: there is no account zz");
    refused(f, "{\"enabled\":true}", "f.json:1: neither");
    refused(f, "{\"name\":\"one\"}\n{\"provider_account_id\":\"a1\"}",
            "f.json:2: the same account as at f.json:1");
}

/* An id that is not there: no error where it is counted, and never a new account. */
static void test_gone(void **state)
{
    struct fixture *f = *state;
    const struct plan_head head = {.title = "x"};
    uint32_t gone = 0;
    const struct plan_match_options options = {.gone = &gone};
    struct error err;
    static const char json[] = "{\"provider_account_id\":\"zz\",\"name\":\"one\"}\n"
                               "{\"provider_account_id\":\"yy\",\"name\":\"new\",\"x_new\":1}\n"
                               "{\"provider_account_id\":\"a2\",\"region\":\"q\"}";
    assert_int_equal(plan_inputs_text(&f->inputs, "f.json", span_of(json), NULL, &err), ST_OK);
    assert_int_equal(plan_match(&head, &f->inputs, f->fleet, &options, &f->plan, &err), ST_OK);
    assert_int_equal(gone, 2);
    assert_int_equal(f->plan->count, 3);
    assert_int_equal(f->plan->states[PLAN_SKIPPED], 2);
    assert_int_equal(f->plan->kinds[JOURNAL_CREATE], 0);
    assert_int_equal(plan_left(f->plan), 1);
    assert_string_equal(f->plan->items[0].note.p, PLAN_GONE " (f.json:1); a1 has its name now");
    assert_string_equal(f->plan->items[1].note.p, PLAN_GONE " (f.json:2)");
}

/* What a list printed as CSV is no change, also where a terminal would have acted on a value; what
 * somebody wrote into a cell is one, and JSON is as it stands. */
static void test_csv_as_it_was_shown(void **state)
{
    static const char *const accounts_there[] = {
        "{\"provider_account_id\":\"b1\",\"name\":\"b\",\"provider_type\":\"p\","
        "\"description\":\"a\\u200db\\u001b[2J\\n\\u00e9\",\"tags\":{\"k\\u200d\":\"v,\\t\"}}",
    };
    static const struct {
        const char *description;
        bool same;
    } rows[] = {
        {"a\\u{200d}b^[[2J\n\u00e9", true},
        {"a\\u{200d}b^[[2J\n\\u{e9}", false}, /* letters are never shown so in a file */
        {"a\\u{200d}b", false},
    };
    struct fixture *f = *state;
    struct error err;
    fleet_put(f->fleet, span_of(accounts_there[0]), 1, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct plan_head head = {.title = "x"};
        const struct plan_match_options options = {0};
        struct str csv = STR_INIT;
        str_printf(&csv, "id,description,tags\r\nb1,\"%s\",\"\"\"k\\u200d\"\"=\"\"v,\\t\"\"\"\r\n",
                   rows[i].description);
        plan_destroy(f->plan);
        f->plan = NULL;
        plan_inputs_finish(&f->inputs);
        if (plan_inputs_text(&f->inputs, "f.csv", span_from(&csv), NULL, &err) != ST_OK ||
            plan_match(&head, &f->inputs, f->fleet, &options, &f->plan, &err) != ST_OK)
            fail_msg("%s", err.what);
        assert_int_equal(f->plan->items[0].state, rows[i].same ? PLAN_SAME : PLAN_WAITING);
        str_finish(&csv);
    }
    assert_int_equal(matched(f, "{\"provider_account_id\":\"b1\","
                                "\"description\":\"a\\\\u{200d}b^[[2J\\n\\u00e9\"}")
                         ->state,
                     PLAN_WAITING);
}

static void test_nothing_to_do(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < COUNT; i++) {
        if (strstr(accounts[i], "\"queue_policy\":1") || strstr(accounts[i], "\"region\":7"))
            continue; /* these have what no file may have */
        assert_int_equal(matched(f, accounts[i])->state, PLAN_SAME);
    }
    assert_int_equal(matched(f, "{\"name\":\"one\",\"tags\":{}}")->state, PLAN_SAME);
    assert_int_equal(matched(f, "{\"name\":\"one\",\"description\":null}")->state, PLAN_SAME);
    assert_int_equal(
        matched(f, "{\"name\":\"one\",\"rate_limit_policy\":{\"queue_policy\":null}}")->state,
        PLAN_SAME);
    assert_int_equal(matched(f, "{\"provider_account_id\":\"a2\",\"quota_policy\":null}")->state,
                     PLAN_SAME);
    assert_int_equal(matched(f, "{\"provider_account_id\":\"a2\",\"enabled\":null}")->state,
                     PLAN_SAME);
    refused(f, "{\"name\":\"one\",\"quota_policy\":null}", "cannot be null as a whole");
    refused(f, "{\"name\":\"one\",\"enabled\":null}", "enabled: cannot be null");
}

/* Fields of a newer service: left alone where the account has them, a slip where it has not. */
static void test_unknown_fields(void **state)
{
    static const char theirs[] = "{\"provider_account_id\":\"a7\",\"name\":\"seven\","
                                 "\"x_cost\":\"A\",\"rate_limit_policy\":{\"x_new\":[1]}}";
    struct fixture *f = *state;
    fleet_put(f->fleet, span_of(theirs), 1, NULL);
    assert_int_equal(matched(f, theirs)->state, PLAN_SAME);
    assert_int_equal(matched(f, "{\"provider_account_id\":\"a7\",\"x_cost\":\"B\"}")->state,
                     PLAN_SAME);
    refused(f, "{\"provider_account_id\":\"a7\",\n\"regoin\":\"r\"}",
            "f.json:2: unknown fields: regoin");
    refused(f, "{\"provider_account_id\":\"a7\",\"x_new\":1}", "unknown fields: x_new");
    refused(f, "{\"provider_account_id\":\"a2\",\"x_cost\":1}", "unknown fields: x_cost");
    struct plan_left_alone left = {0, NULL};
    const struct plan_head head = {.title = "x"};
    const struct plan_match_options options = {.left_alone = &left};
    struct error err;
    assert_int_equal(matched(f, theirs)->state, PLAN_SAME);
    plan_destroy(f->plan);
    assert_int_equal(plan_match(&head, &f->inputs, f->fleet, &options, &f->plan, &err), ST_OK);
    assert_int_equal(left.accounts, 1);
    assert_string_equal(left.field, "x_cost");
}

static void test_new_ones(void **state)
{
    struct fixture *f = *state;
    static const char new_one[] =
        "{\"name\":\"new\",\"provider_type\":\"p\",\"credentials_ref\":\"k\"}";
    struct error err;
    const struct plan_item *i = matched(f, new_one);
    assert_int_equal(i->kind, JOURNAL_CREATE);
    assert_int_equal(f->plan->kinds[JOURNAL_CREATE], 1);
    assert_int_equal(i->before.len, 0);
    refused(f, "{\"name\":\"new\",\"provider_type\":\"p\"}",
            "f.json:1: credentials_ref is required");
    struct str two = STR_INIT;
    str_printf(&two, "%s\n%s", new_one, new_one);
    refused(f, two.data, "f.json:2: the same account as at f.json:1");
    str_finish(&two);
    assert_int_equal(match(f, new_one, false, true, &err), ST_OK);
    assert_int_equal(match(f, "{\"name\":\"one\"}", false, true, &err), ST_CONFLICT);
    assert_non_null(strstr(err.what, "f.json:1: there is an account named one already"));
    /* What create asks before anything else: an id is the server's to give, whosever it is. */
    assert_int_equal(match(f, new_one, false, true, &err), ST_OK);
    assert_int_equal(plan_match_new(&f->inputs.items[0], &err), ST_OK);
    assert_int_equal(match(f, accounts[1], false, false, &err), ST_OK);
    assert_int_equal(plan_match_new(&f->inputs.items[0], &err), ST_USAGE);
    assert_string_equal(err.what, "f.json:1: an account gets its id from the server: a2 cannot be "
                                  "given to a new one");
    assert_string_equal(err.next, "leave provider_account_id out to create it; paddock plan -f "
                                  "changes the account of that id");
}

static void test_lacking(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_int_equal(match(f, "{\"name\":\"one\"}", true, false, &err), ST_OK);
    assert_int_equal(f->plan->count, COUNT);
    assert_int_equal(f->plan->states[PLAN_SKIPPED], COUNT - 1);
    assert_string_equal(f->plan->items[1].note.p, PLAN_LACKING);
}

/* ---- export --------------------------------------------------------------------------------- */

static void test_export(void **state)
{
    struct fixture *f = *state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, text = STR_INIT;
    struct plan_export done;
    struct error err;
    struct stat before, after;
    row_id rows[COUNT];
    for (row_id i = 0; i < COUNT; i++)
        rows[i] = i;
    tmpdir_path(dir, "out", &path);
    if (plan_export(f->fleet, rows, COUNT, path.data, &done, &err) != ST_OK)
        fail_msg("%s", err.what);
    assert_int_equal(done.written, COUNT);
    /* Names that are one for some file systems, or for this one, carry their ids. */
    static const char *const names[] = {"out/one--a1.json",  "out/twin--a2.json",
                                        "out/twin--a3.json", "out/%2E.%2Fetc%2F%C3%A9%20x.json",
                                        "out/ONE--a5.json",  "out/a%2F6.json"};
    for (int i = 0; i < COUNT; i++) {
        str_clear(&text);
        if (!tmpdir_read(dir, names[i], &text))
            fail_msg("%s is not there", names[i]);
        assert_int_equal(strstr(text.data, "provider_account_id") != NULL, i != 3);
        assert_int_equal(text.data[text.len - 1], '\n');
    }
    str_clear(&text);
    tmpdir_read(dir, names[0], &text);
    assert_string_equal(text.data,
                        "{\n  \"provider_account_id\": \"a1\",\n  \"credentials_ref\": \"k\",\n"
                        "  \"enabled\": true,\n  \"name\": \"one\",\n  \"provider_type\": \"p\",\n"
                        "  \"quota_policy\": {\n    \"max_tokens_per_month\": 5\n  },\n"
                        "  \"rate_limit_policy\": {\n    \"queue_policy\": null\n  },\n"
                        "  \"tags\": null\n}\n");
    tmpdir_path(dir, names[0], &text);
    assert_int_equal(stat(text.data, &before), 0);
    tmpdir_write(dir, "out/left.json", "{}", 0600);
    tmpdir_write(dir, "out/README", "x", 0600);
    assert_int_equal(plan_export(f->fleet, rows, COUNT, path.data, &done, &err), ST_OK);
    assert_int_equal(done.written, 0);
    assert_int_equal(done.same, COUNT);
    assert_int_equal(done.others, 1);
    assert_int_equal(stat(text.data, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* not touched */
    /* One that changed is written again. */
    fleet_put(f->fleet, span_of("{\"provider_account_id\":\"a2\",\"name\":\"twin\"}"), 9, NULL);
    assert_int_equal(plan_export(f->fleet, rows, COUNT, path.data, &done, &err), ST_OK);
    assert_int_equal(done.written, 1);
    str_add(&path, "/README/no");
    assert_int_equal(plan_export(f->fleet, rows, COUNT, path.data, &done, &err), ST_IO);
    tmpdir_destroy(dir);
    str_finish(&path);
    str_finish(&text);
}

static void test_export_reads_back(void **state)
{
    struct fixture *f = *state;
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT;
    struct plan_export done;
    struct error err;
    const struct plan_head head = {.title = "x"};
    const struct plan_match_options options = {.lacking = true};
    row_id rows[COUNT];
    for (row_id i = 0; i < COUNT; i++)
        rows[i] = i;
    tmpdir_path(dir, "out", &path);
    assert_int_equal(plan_export(f->fleet, rows, COUNT, path.data, &done, &err), ST_OK);
    if (plan_inputs_read(&f->inputs, path.data, NULL, &err) != ST_OK ||
        plan_match(&head, &f->inputs, f->fleet, &options, &f->plan, &err) != ST_OK)
        fail_msg("%s", err.what);
    assert_int_equal(f->plan->states[PLAN_SAME], COUNT);
    assert_int_equal(f->plan->count, COUNT);
    tmpdir_destroy(dir);
    str_finish(&path);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_gone),
        T(test_by_id_or_name),
        T(test_unknown_fields),
        T(test_csv_as_it_was_shown),
        T(test_nothing_to_do),
        T(test_new_ones),
        T(test_lacking),
        T(test_export),
        T(test_export_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
