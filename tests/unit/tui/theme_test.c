/* theme_test.c: themes by name, fallbacks of colours, and every theme that ships. */
#include "tui/theme.h"

#include "base/mem.h"
#include "base/vec.h"

#include <fcntl.h>
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

static void test_colors(void **state)
{
    (void)state;
    unsigned attrs = 0;
    assert_int_equal(theme_color_fit(THEME_RGB | 0xff0000, DEPTH_TRUE, &attrs),
                     THEME_RGB | 0xff0000);
    assert_int_equal(theme_color_fit(THEME_RGB | 0xff0000, DEPTH_256, &attrs), 196);
    assert_int_equal(theme_color_fit(THEME_RGB | 0x808080, DEPTH_256, &attrs), 244);
    assert_int_equal(theme_color_fit(THEME_RGB | 0xff0000, DEPTH_16, &attrs), 9);
    assert_int_equal(theme_color_fit(196, DEPTH_16, &attrs), 9);
    assert_int_equal(theme_color_fit(5, DEPTH_16, &attrs), 5);
    assert_int_equal(attrs, 0);
    assert_int_equal(theme_color_fit(9, DEPTH_8, &attrs), 1);
    assert_int_equal(attrs, THEME_BOLD);
    assert_int_equal(theme_color_fit(5, DEPTH_MONO, &attrs), THEME_DEFAULT);
    assert_int_equal(theme_color_fit(THEME_DEFAULT, DEPTH_TRUE, &attrs), THEME_DEFAULT);
    assert_int_equal(theme_palette_rgb(16), 0x000000);
    assert_int_equal(theme_palette_rgb(231), 0xffffff);
    assert_int_equal(theme_palette_rgb(255), 0xeeeeee);
}

/* Every theme that ships: reads, and on every depth the row with the focus can be seen and no role
 * writes in the colour of its own ground. */
static void test_shipped(void **state)
{
    (void)state;
    struct theme theme;
    theme_init(&theme, DEPTH_256, NULL);
    struct theme_name *names;
    size_t count = theme_list(&theme, &names);
    assert_true(count >= 5);
    assert_string_equal(names[0].name, "default");
    for (size_t i = 0; i < count; i++) {
        assert_true(names[i].help[0] && names[i].help[0] != '(');
        for (int depth = DEPTH_MONO; depth <= DEPTH_TRUE; depth++) {
            struct theme t;
            struct error err;
            theme_init(&t, (enum theme_depth)depth, NULL);
            unsigned before = t.generation;
            assert_int_equal(theme_set(&t, names[i].name, &err), ST_OK);
            assert_true(t.generation > before);
            struct style *c = &t.styles[ROLE_CURSOR], *x = &t.styles[ROLE_TEXT];
            assert_true(c->attrs & THEME_REVERSE || c->bg != x->bg);
            for (int r = 0; r < ROLE_COUNT; r++) /* one ground: no patches of the terminal's */
                assert_true(x->bg == THEME_DEFAULT || t.styles[r].bg != THEME_DEFAULT);
            for (int r = 0; r < ROLE_COUNT; r++) {
                struct style *s = &t.styles[r];
                assert_true(s->fg != s->bg || s->fg == THEME_DEFAULT);
                if (depth == DEPTH_MONO)
                    assert_true(s->fg == THEME_DEFAULT && s->bg == THEME_DEFAULT);
                if (depth == DEPTH_16)
                    assert_true(s->fg < 16 && s->bg < 16);
            }
            theme_finish(&t);
        }
    }
    mem_free(names);
    theme_finish(&theme);
}

static void test_default_uses_the_terminals_ground(void **state)
{
    (void)state;
    struct theme t;
    theme_init(&t, DEPTH_TRUE, NULL);
    assert_int_equal(theme_set(&t, "default", NULL), ST_OK);
    for (int r = 0; r < ROLE_COUNT; r++) {
        assert_int_equal(t.styles[r].bg, THEME_DEFAULT);
        assert_true(t.styles[r].fg < 16);
    }
    theme_finish(&t);
}

static void test_over(void **state)
{
    (void)state;
    struct theme t;
    theme_init(&t, DEPTH_256, NULL);
    t.styles[ROLE_OK] = (struct style){2, THEME_DEFAULT, THEME_BOLD};
    t.styles[ROLE_CURSOR] = (struct style){THEME_DEFAULT, 17, 0};
    struct style s = theme_over(&t, ROLE_OK, ROLE_CURSOR);
    assert_int_equal(s.fg, 2);
    assert_int_equal(s.bg, 17);
    assert_int_equal(s.attrs, THEME_BOLD);
    t.styles[ROLE_CURSOR] = (struct style){THEME_DEFAULT, THEME_DEFAULT, THEME_REVERSE};
    s = theme_over(&t, ROLE_OK, ROLE_CURSOR);
    assert_int_equal(s.fg, THEME_DEFAULT); /* no green patch in a reversed row */
    assert_int_equal(s.attrs, THEME_BOLD | THEME_REVERSE);
    theme_finish(&t);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void test_own_themes(void **state)
{
    (void)state;
    char dir[] = "/tmp/paddock-theme-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/mine.cfg", dir);
    write_file(path, "description = \"my own\"; roles = ( ( \"ok\", 200 ) );", 0600);
    struct theme t;
    struct error err;
    theme_init(&t, DEPTH_256, dir);
    struct theme_name *names;
    size_t count = theme_list(&t, &names), mine = count;
    for (size_t i = 0; i < count; i++)
        mine = names[i].mine ? i : mine;
    assert_true(mine < count);
    assert_string_equal(names[mine].help, "my own");
    mem_free(names);
    assert_int_equal(theme_set(&t, "mine", &err), ST_OK);
    assert_int_equal(t.styles[ROLE_OK].fg, 200);
    assert_int_equal(theme_set(&t, "nix", &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.next, "default"));
    assert_non_null(strstr(err.next, "mine"));
    assert_int_equal(theme_set(&t, "../mine", &err), ST_NOT_FOUND);
    assert_string_equal(t.name, "mine"); /* nothing changed */
    write_file(path, "roles = ( ( \"ok\", 201 ) );", 0666);
    assert_int_equal(theme_set(&t, "mine", &err), ST_CONFIG); /* others could have written it */
    assert_int_equal(t.styles[ROLE_OK].fg, 200);
    theme_finish(&t);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colors),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_default_uses_the_terminals_ground),
        cmocka_unit_test(test_over),
        cmocka_unit_test(test_own_themes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
