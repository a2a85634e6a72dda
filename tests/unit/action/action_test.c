/* action_test.c: the action table is whole, and the default keys speak of it. */
#include "action/action.h"

#include "base/vec.h"
#include "config/embedded.h"
#include "config/file.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rows(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *a = action_info((enum action_id)i);
        assert_int_equal(a->id, i);
        assert_int_equal(action_find(span_of(a->name)), i);
        assert_true(a->flags & (AF_CONSOLE | AF_CLI));
        assert_true(strlen(a->label) > 0 && strlen(a->label) <= 12);
        assert_true(isupper((unsigned char)a->help[0]));
        assert_true(a->help[strlen(a->help) - 1] != '.');
        for (const char *p = a->name; *p; p++)
            assert_true(islower((unsigned char)*p) || *p == '-');
    }
    assert_int_equal(action_find(span_of("no-such-thing")), ACTION_NONE);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_int_equal(action_nearest(span_of("fliter"), 0), ACTION_FILTER);
    assert_int_equal(action_nearest(span_of("delte"), 0), ACTION_DELETE);
    assert_int_equal(action_nearest(span_of("comp"), AF_CLI), ACTION_COMPLETION);
    assert_int_equal(action_nearest(span_of("zzzzzzzz"), 0), ACTION_NONE);
    assert_int_equal(action_nearest(span_of("fliter"), AF_CLI), ACTION_NONE);
}

static const struct embedded *keys_file(void)
{
    for (const struct embedded *f = embedded_files; f->path; f++)
        if (strcmp(f->path, "config/keys.cfg") == 0)
            return f;
    return NULL;
}

/* Every pair names an action of the console, no key stands twice in a context, and every action of
 * the console can be reached by a key or from the palette. */
static void test_default_keys(void **state)
{
    (void)state;
    const struct embedded *f = keys_file();
    assert_non_null(f);
    struct config_t tree;
    struct error err = {0};
    bool bound[ACTION_COUNT] = {false};
    config_init(&tree);
    assert_int_equal(file_parse(&tree, f->path, f->text, f->len, &err), ST_OK);
    struct config_setting_t *root = config_root_setting(&tree);
    for (int c = 0; c < config_setting_length(root); c++) {
        struct config_setting_t *context = config_setting_get_elem(root, (unsigned)c);
        int pairs = config_setting_length(context);
        assert_true(pairs > 0);
        for (int i = 0; i < pairs; i++) {
            struct config_setting_t *pair = config_setting_get_elem(context, (unsigned)i);
            const char *key = config_setting_get_string_elem(pair, 0);
            const char *name = config_setting_get_string_elem(pair, 1);
            assert_int_equal(config_setting_length(pair), 2);
            enum action_id id = action_find(span_of(name));
            if (id == ACTION_NONE)
                fail_msg("%s: %s: no action \"%s\"", config_setting_name(context), key, name);
            assert_true(action_info(id)->flags & AF_CONSOLE);
            bound[id] = true;
            for (int j = 0; j < i; j++) {
                struct config_setting_t *other = config_setting_get_elem(context, (unsigned)j);
                assert_string_not_equal(config_setting_get_string_elem(other, 0), key);
            }
            static const char *const unbound[] = {"^A", "^B", "^Space", "^K", "^X", "^\\"};
            for (size_t k = 0; k < ARRAY_LEN(unbound); k++)
                assert_string_not_equal(key, unbound[k]);
        }
    }
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_info *a = action_info((enum action_id)i);
        if ((a->flags & AF_CONSOLE) && !(a->flags & AF_PALETTE) && !bound[i])
            fail_msg("action \"%s\" has no key and is not in the palette", a->name);
    }
    config_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_default_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
