/* editor_test.c: the rounds of an account in the operator's editor: what was typed is never lost.
 */
#include "cli/editor.h"

#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct tmpdir *dir;
    struct editor *editor;
    struct account base, mine;
    struct error err;
};

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    struct str dir = STR_INIT;
    struct value name = value_text(span_of("one"));
    *state = r;
    r->dir = tmpdir_create();
    account_init(&r->base);
    account_init(&r->mine);
    account_set(&r->base, FIELD_NAME, &name);
    const struct editor_spec spec = {.dir = tmpdir_path(r->dir, "state", &dir),
                                     .title = "one",
                                     .base = &r->base,
                                     .start = &r->base,
                                     .flag = FF_EDIT};
    enum status st = editor_create(&r->editor, &spec, &r->err);
    str_finish(&dir);
    return st == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    editor_destroy(r->editor);
    account_finish(&r->base);
    account_finish(&r->mine);
    tmpdir_destroy(r->dir);
    free(r);
    return 0;
}

/* What the operator's editor leaves. */
static void type(const struct rig *r, const char *text)
{
    FILE *f = fopen(editor_path(r->editor), "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static enum editor_round ended(struct rig *r, int exit_code)
{
    return editor_ended(r->editor, exit_code, &r->mine, &r->err);
}

/* Whether the file outlives the editor. */
static bool is_kept(struct rig *r)
{
    char path[512];
    snprintf(path, sizeof path, "%s", editor_path(r->editor));
    editor_destroy(r->editor);
    r->editor = NULL;
    bool there = access(path, F_OK) == 0;
    if (there)
        unlink(path);
    return there;
}

/* The file of an account with a reference: begun from a text that was typed in a form, so that what
 * a mask stands for is that. */
static void with_reference(struct rig *r, bool reveal)
{
    struct str dir = STR_INIT;
    struct value ref = value_text(span_of("kv/server")), typed = value_text(span_of("kv/typed"));
    struct account start;
    account_init(&start);
    account_set(&r->base, FIELD_CREDENTIALS_REF, &ref);
    account_copy(&start, &r->base);
    account_set(&start, FIELD_CREDENTIALS_REF, &typed);
    const struct editor_spec spec = {.dir = tmpdir_path(r->dir, "state", &dir),
                                     .title = "one",
                                     .base = &r->base,
                                     .start = &start,
                                     .flag = FF_EDIT,
                                     .reveal = reveal};
    editor_destroy(r->editor);
    assert_int_equal(editor_create(&r->editor, &spec, &r->err), ST_OK);
    account_finish(&start);
    str_finish(&dir);
}

static bool file_has(const struct rig *r, const char *text)
{
    char buf[8192];
    FILE *f = fopen(editor_path(r->editor), "r");
    assert_non_null(f);
    buf[fread(buf, 1, sizeof buf - 1, f)] = '\0';
    fclose(f);
    return strstr(buf, text) != NULL;
}

static void test_a_reference_is_masked(void **state)
{
    struct rig *r = *state;
    with_reference(r, true);
    assert_true(file_has(r, "\"kv/typed\""));
    with_reference(r, false);
    assert_false(file_has(r, "kv/typed"));
    assert_true(file_has(r, "\"credentials_ref\": \"********\""));
    assert_true(file_has(r, "// credentials_ref is not shown"));
    type(r, "{\"name\": \"two\", \"credentials_ref\": \"********\"}");
    assert_int_equal(ended(r, 0), EDITOR_TAKEN); /* left: as it was typed */
    assert_true(span_is(r->mine.v[FIELD_CREDENTIALS_REF].text, "kv/typed"));
    with_reference(r, false);
    type(r, "{\"credentials_ref\": \"kv/new\"}");
    assert_int_equal(ended(r, 0), EDITOR_TAKEN);
    assert_true(span_is(r->mine.v[FIELD_CREDENTIALS_REF].text, "kv/new"));
    with_reference(r, false);
    type(r, "{\"credentials_ref\": \"kv/********\"}");
    assert_int_equal(ended(r, 0), EDITOR_AGAIN); /* a part of it: nobody can mean that */
    assert_true(file_has(r, "// ERROR: credentials_ref: type it whole"));
}

static void test_taken(void **state)
{
    struct rig *r = *state;
    type(r, "{\"name\": \"two\"}");
    assert_int_equal(ended(r, 0), EDITOR_TAKEN);
    assert_true(span_is(account_name(&r->mine), "two"));
    assert_false(is_kept(r));
}

static void test_same(void **state)
{
    struct rig *r = *state;
    assert_int_equal(ended(r, 0), EDITOR_SAME);
    assert_false(is_kept(r));
}

/* An editor that cannot be run, or that was left at once with an error. */
static void test_failed_untouched(void **state)
{
    struct rig *r = *state;
    assert_int_equal(ended(r, 127), EDITOR_FAILED);
    assert_null(strstr(r->err.next, "kept in"));
    assert_false(is_kept(r));
}

static void test_failed_typed(void **state)
{
    struct rig *r = *state;
    type(r, "{\"name\": \"two\"}");
    assert_int_equal(ended(r, 1), EDITOR_FAILED);
    assert_non_null(strstr(r->err.next, "kept in"));
    assert_true(is_kept(r));
}

/* Errors are shown in the file; leaving them as they are, well or with an error, keeps the text. */
static void test_given_up(void **state, int exit_code)
{
    struct rig *r = *state;
    type(r, "{\"nam\": \"two\"}");
    assert_int_equal(ended(r, 0), EDITOR_AGAIN);
    assert_int_equal(ended(r, exit_code), EDITOR_FAILED);
    assert_non_null(strstr(r->err.next, "kept in"));
    assert_true(is_kept(r));
}

static void test_given_up_well(void **state)
{
    test_given_up(state, 0);
}

/* An editor that writes the same nonsense each time, over the comments, is not started for ever. */
static void test_same_errors_again(void **state)
{
    struct rig *r = *state;
    type(r, "{\"nam\": \"two\"}");
    assert_int_equal(ended(r, 0), EDITOR_AGAIN);
    type(r, "{\"nam\": \"two\"}");
    assert_int_equal(ended(r, 0), EDITOR_FAILED);
    assert_non_null(strstr(r->err.what, "left as they are (line "));
    assert_non_null(strstr(r->err.what, "nam"));
    assert_non_null(strstr(r->err.next, "kept in"));
    assert_true(is_kept(r));
}

/* An editor that takes the file away: nothing is said to be kept. */
static void test_no_file_left(void **state)
{
    struct rig *r = *state;
    assert_int_equal(unlink(editor_path(r->editor)), 0);
    assert_int_equal(ended(r, 0), EDITOR_FAILED);
    assert_null(strstr(r->err.next, "kept in"));
    assert_non_null(strstr(r->err.next, "left no file"));
    assert_false(is_kept(r));
}

static void test_other_errors_without_end(void **state)
{
    struct rig *r = *state;
    char text[64];
    int rounds = 0;
    do {
        snprintf(text, sizeof text, "{\"nam%d\": \"two\"}", rounds);
        type(r, text);
    } while (ended(r, 0) == EDITOR_AGAIN && ++rounds < 1000);
    assert_in_range(rounds, 5, 50);
    assert_true(is_kept(r));
}

static void test_given_up_with_error(void **state)
{
    test_given_up(state, 1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_taken),
        T(test_a_reference_is_masked),
        T(test_same),
        T(test_failed_untouched),
        T(test_failed_typed),
        T(test_given_up_well),
        T(test_given_up_with_error),
        T(test_same_errors_again),
        T(test_no_file_left),
        T(test_other_errors_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
