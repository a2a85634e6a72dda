/* config_files_test.c: `config check` of the files beside paddock.cfg: every problem of each, with
 * file, line, what is allowed and the near word; what holds is said to hold. */
#include "tests/support/cli_inside.h"

#include "base/vec.h"
#include "cli/config_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CONFIG "home/config/paddock/"
#define STATE  "home/state/paddock/"

static const char keys_bad[] = "list = (\n"
                               "  ( \"j\", \"edti\" ),\n"
                               "  ( \"PgeDown\", \"edit\" ),\n"
                               "  ( \"m\", \"edit\" ), ( \"m\", \"delete\" )\n"
                               ");\n"
                               "detial = ( );\n";
static const char *const keys_says[] = {
    "keys.cfg:2: no such action \"edti\": did you mean \"edit\"?\n",
    "keys.cfg:3: no such key \"PgeDown\": did you mean \"PageDown\"?\n",
    "keys.cfg:4: bound twice in this context, to different actions: \"m\"",
    "keys.cfg:6: no such context \"detial\": did you mean \"detail\"?\n", NULL};

static const char theme_bad[] = "roles = (\n( \"text\", \"rde\" ),\n( \"nosuchrole\", \"red\" ) );";
static const char *const theme_says[] = {
    "themes/mine.cfg:2: not a colour \"rde\": did you mean \"red\"?\n",
    "themes/mine.cfg:3: no such role \"nosuchrole\": the roles stand in themes/default.cfg\n",
    NULL};

static const char views_bad[] =
    "views = (\n"
    "{ name = \"a\"; columns = [ \"nmae\" ]; sort = [ \"-statsu\" ]; filter = \"regoin:x\"; },\n"
    "{ name = \"b\"; columns = [ \"name\" ]; }\n"
    ");\n";
static const char *const views_says[] = {
    "views.cfg:2: there is no column \"nmae\": did you mean \"name\"?\n",
    "views.cfg:2: there is no column to sort by \"statsu\": did you mean \"status\"?\n",
    "views.cfg:2: the filter: there is no field \"regoin\"", NULL};

static const char views_form[] = "views = (\n{ nam = \"a\"; columns = [ \"name\" ]; },\n"
                                 "{ name = \"b\"; columns = \"name\"; } );\n";
static const char *const form_says[] = {
    "views.cfg:2: nothing that a view has: \"nam\": did you mean \"name\"?\n",
    "views.cfg:3: a list of texts belongs here: [ \"name\", \"status\" ]\n", NULL};

static const char *const syntax_says[] = {"themes/mine.cfg:1: ", NULL};

static const struct {
    const char *file, *text;
    const char *const *says;
} bad[] = {
    {CONFIG "keys.cfg", keys_bad, keys_says},
    {CONFIG "themes/mine.cfg", theme_bad, theme_says},
    {STATE "views.cfg", views_bad, views_says},
    {STATE "views.cfg", views_form, form_says},
    {CONFIG "themes/mine.cfg", "roles = ( (", syntax_says},
};

static void said(struct cli_inside *c, const char *const *says)
{
    for (; *says; says++)
        if (!strstr(str_text(&c->err), *says))
            fail_msg("%s\nis not in:\n%s", *says, str_text(&c->err));
}

static void test_found(void **state)
{
    struct cli_inside *c = *state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        cli_inside_file(c, bad[i].file, bad[i].text);
        cli_inside_expect(c, "config\tcheck", 64, NULL, "");
        said(c, bad[i].says);
        /* Each alone by its name as well, and nothing else is looked into. */
        struct str words = STR_INIT;
        str_printf(&words, "config\tcheck\t%s", tmpdir_path(c->dir, bad[i].file, &c->path));
        cli_inside_expect(c, str_text(&words), 64, "", "");
        assert_int_equal(c->out.len, 0);
        said(c, bad[i].says);
        str_finish(&words);
        unlink(tmpdir_path(c->dir, bad[i].file, &c->path));
    }
}

/* All files in one run; what is right among them is said to be. */
static void test_all_at_once(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_file(c, CONFIG "paddock.cfg", "ui: { color = 3; };");
    for (size_t i = 0; i < 3; i++)
        cli_inside_file(c, bad[i].file, bad[i].text);
    cli_inside_file(c, CONFIG "themes/fine.cfg", "roles = ( ( \"ok\", 200 ) );");
    cli_inside_expect(c, "config\tcheck", 64, "themes/fine.cfg: no problems\n",
                      "paddock.cfg:1: ui.color is to be");
    for (size_t i = 0; i < 3; i++)
        said(c, bad[i].says);
    assert_null(strstr(str_text(&c->out), "mine.cfg"));
    assert_null(strstr(str_text(&c->out), "keys.cfg"));
}

static void test_fine(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_file(c, CONFIG "paddock.cfg", "");
    cli_inside_file(c, CONFIG "keys.cfg", "list = ( ( \"x\", \"<disabled>\" ) );");
    cli_inside_file(c, CONFIG "themes/mine.cfg", "");
    cli_inside_file(c, CONFIG "themes/.swp.cfg", "(((");  /* no theme: hidden */
    cli_inside_file(c, CONFIG "themes/notes.txt", "((("); /* nor this */
    cli_inside_file(c, STATE "views.cfg",
                    "views = ( { name = \"a\"; columns = [ \"name\", \"eom\", \"health\" ];\n"
                    "sort = [ \"-tokens.pct\" ]; filter = \"problem:over left<3d\"; } );");
    cli_inside_expect(c, "config\tcheck", 0, "keys.cfg: no problems\n", "");
    assert_int_equal(c->err.len, 0);
    static const char *const all[] = {"paddock.cfg: no problems; profiles: 0\n",
                                      "themes/mine.cfg: no problems\n", "views.cfg: no problems\n"};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        assert_non_null(strstr(str_text(&c->out), all[i]));
    assert_null(strstr(str_text(&c->out), "swp"));
    assert_null(strstr(str_text(&c->out), "notes"));
}

/* A file that others could have written is not trusted, whatever is in it. */
static void test_of_others(void **state)
{
    struct cli_inside *c = *state;
    for (size_t i = 0; i < 3; i++) {
        cli_inside_file(c, bad[i].file, "");
        assert_int_equal(chmod(tmpdir_path(c->dir, bad[i].file, &c->path), 0622), 0);
        cli_inside_expect(c, "config\tcheck", 64, NULL, "can be written to by others (mode 0622)");
        unlink(tmpdir_path(c->dir, bad[i].file, &c->path));
    }
}

static void test_where_nothing_is_read(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_file(c, CONFIG "views.cfg", "views = ( );");
    cli_inside_expect(c, "config\tcheck", 0, NULL, "views.cfg is not read: your views are in ");
    cli_inside_expect(c, "config\tcheck\t/nowhere/keys.cfg", 64, "",
                      "/nowhere/keys.cfg: No such file or directory\n");
    cli_inside_expect(c, "config\tcheck\t/nowhere/paddock.cfg", 64, "", "/nowhere/paddock.cfg: ");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {T(test_found), T(test_all_at_once), T(test_fine),
                                       T(test_of_others), T(test_where_nothing_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
