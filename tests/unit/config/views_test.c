/* views_test.c: views.cfg is read as it was written, and what is wrong in it is told with file and
 * line. */
#include "config/views.h"

#include "base/vec.h"
#include "config/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/tmpdir.h"

static enum status parse(struct view_defs *defs, const char *text, struct error *err)
{
    return view_defs_parse(defs, "views.cfg", text, strlen(text), NULL, err);
}

static void test_reads_views(void **state)
{
    (void)state;
    struct view_defs defs;
    struct error err;
    view_defs_init(&defs);
    assert_int_equal(parse(&defs,
                           "views = (\n"
                           "  { name = \"One\"; columns = [ \"name\", \"status\" ];\n"
                           "    sort = [ \"-tokens.pct\", \"name\" ]; filter = \"tokens>4\"; },\n"
                           "  { name = \"Two\"; columns = ( \"id\" ); }\n"
                           ");\n",
                           &err),
                     ST_OK);
    assert_int_equal(defs.count, 2);
    const struct view_def *one = view_defs_find(&defs, "One"), *two = view_defs_find(&defs, "Two");
    assert_int_equal(one->column_count, 2);
    assert_string_equal(one->columns[1], "status");
    assert_int_equal(one->sort_count, 2);
    assert_string_equal(one->sort[0], "-tokens.pct");
    assert_string_equal(one->filter, "tokens>4");
    assert_int_equal(one->line, 2);
    assert_int_equal(two->line, 4);
    assert_int_equal(two->sort_count, 0);
    assert_string_equal(two->filter, "");
    assert_null(view_defs_find(&defs, "three"));
    view_defs_finish(&defs);
}

static void test_errors_have_their_line(void **state)
{
    (void)state;
#define VIEW "{ name = \"a\"; columns = [ \"name\" ]; }"
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"views = (\n" VIEW ",\n{ name = \"b\"; colums = [ \"name\" ]; }\n);",
         "views.cfg:3: nothing that a view has: \"colums\""},
        {"views = (\n{ columns = [ \"name\" ]; }\n);", "views.cfg:2: a view without a name"},
        {"views = (\n{ name = \"a\"; }\n);", "views.cfg:2: a view without columns"},
        {"views = (\n{ name = 3; }\n);", "views.cfg:2: a text in quotes"},
        {"views = (\n{ name = \"a\";\n columns = \"name\"; }\n);", "views.cfg:3: a list of texts"},
        {"views = (\n{ name = \"a\";\n columns = [ 1 ]; }\n);", "views.cfg:3: a text in quotes"},
        {"views = (\n" VIEW ",\n" VIEW "\n);", "views.cfg:3: a second view of this name"},
        {"views = (\n\"name\"\n);", "views.cfg:3: a view belongs here"},
        {"\nviews = { };", "views.cfg:2: a list of views"},
        {"\n\nkeys = ( );", "views.cfg:3: nothing of this file: \"keys\""},
        {"views = (\n{ name = \"a\"; columns = [ \"name\" ];\n"
         "sort = [ \"a\", \"b\", \"c\", \"d\" ]; }\n);",
         "views.cfg:3: at most 3 columns sort"},
        {"views = (\n{ name = \"a\xff\"; columns = [ \"name\" ]; }\n);", "views.cfg is not UTF-8"},
        {"views = (\n{ name = \"0123456789012345678901234567890123456789x\";\n"
         "columns = [ \"name\" ]; }\n);",
         "views.cfg:2: the name of a view"},
        {"views = (\n{ name = \"a\"\n columns }", "views.cfg:"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct view_defs defs;
        struct error err;
        view_defs_init(&defs);
        if (parse(&defs, cases[i].text, &err) != ST_CONFIG)
            fail_msg("%s: was taken", cases[i].text);
        if (strncmp(err.what, cases[i].told, strlen(cases[i].told)) != 0)
            fail_msg("%s: told \"%s\", wanted \"%s\"", cases[i].text, err.what, cases[i].told);
        assert_int_equal(defs.count, 0);
        view_defs_finish(&defs);
    }
}

/* Any text comes back as it was, quotes and odd characters included. */
static void test_written_is_read(void **state)
{
    (void)state;
    struct view_defs defs, again;
    struct error err;
    struct str text = STR_INIT;
    const struct view_def a = {.name = "say \"hi\" \\ \xc3\xbc",
                               .filter = "/a\\d\"\x01\x7f/ tag:x=\"y z\"",
                               .key = "",
                               .columns = {"name", "tokens.pct"},
                               .column_count = 2,
                               .sort = {"-name"},
                               .sort_count = 1};
    struct view_def b = a;
    b.key = "prod org";
    view_defs_init(&defs);
    view_defs_init(&again);
    view_defs_put(&defs, &a);
    view_defs_put(&defs, &b);
    view_defs_put(&defs, &b); /* in the place of itself */
    assert_int_equal(defs.count, 2);
    view_defs_write(&defs, &text);
    assert_int_equal(parse(&again, str_text(&text), &err), ST_OK);
    const struct view_def *one = view_defs_find(&again, a.name);
    const struct view_def *two = view_defs_of(&again, "prod org");
    assert_non_null(one);
    assert_non_null(two);
    assert_string_equal(one->filter, a.filter);
    assert_string_equal(two->filter, a.filter);
    assert_string_equal(two->sort[0], "-name");
    assert_true(view_defs_drop(&again, a.name, ""));
    assert_false(view_defs_drop(&again, a.name, ""));
    assert_int_equal(again.count, 1);
    str_finish(&text);
    view_defs_finish(&defs);
    view_defs_finish(&again);
}

static void test_files(void **state)
{
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str state_dir = STR_INIT, path = STR_INIT;
    struct view_defs defs, again;
    struct error err;
    struct stat st;
    tmpdir_path(dir, "state", &state_dir);
    tmpdir_path(dir, "state/views.cfg", &path);
    view_defs_init(&defs);
    view_defs_init(&again);
    assert_int_equal(view_defs_read(&defs, str_text(&path), NULL, &err), ST_OK); /* none yet */
    assert_int_equal(defs.count, 0);
    struct view_def a = {
        .name = "a", .filter = "", .key = "", .columns = {"name"}, .column_count = 1};
    for (int i = 0; i < 2; i++) { /* the second time over the first */
        view_defs_put(&defs, &a);
        assert_int_equal(view_defs_save(&defs, str_text(&state_dir), str_text(&path), &err), ST_OK);
        a.name = "b";
    }
    assert_int_equal(stat(str_text(&path), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(view_defs_read(&again, str_text(&path), NULL, &err), ST_OK);
    assert_int_equal(again.count, 2);
    /* One that others can write to is not trusted. */
    assert_int_equal(chmod(str_text(&path), 0622), 0);
    assert_int_equal(view_defs_read(&again, str_text(&path), NULL, &err), ST_CONFIG);
    view_defs_finish(&defs);
    view_defs_finish(&again);
    str_finish(&state_dir);
    str_finish(&path);
    tmpdir_destroy(dir);
}

static void test_what_is_compiled_in(void **state)
{
    (void)state;
    struct view_defs defs;
    struct error err;
    size_t files = 0;
    view_defs_init(&defs);
    for (const struct embedded *e = embedded_files; e->path; e++) {
        if (strcmp(e->path, "config/views.cfg") != 0)
            continue;
        files++;
        if (view_defs_parse(&defs, e->path, e->text, e->len, NULL, &err))
            fail_msg("%s", err.what);
    }
    assert_int_equal(files, 1);
    assert_non_null(view_defs_find(&defs, "All"));
    view_defs_finish(&defs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_views),         cmocka_unit_test(test_errors_have_their_line),
        cmocka_unit_test(test_written_is_read),     cmocka_unit_test(test_files),
        cmocka_unit_test(test_what_is_compiled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
