/* golden_test.c: the main screens as they were judged right, at the smallest usual size and at a
 * wide one. A screen that changes on purpose is written anew with GOLDEN_UPDATE=1 and judged in the
 * difference. The sandbox stands still; ports, times and ages are masked. */
#include "base/vec.h"
#include "tests/support/console_rig.h"
#include "tests/support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    int rows, cols;
} sizes[] = {{24, 80}, {40, 120}};

static const char *const still[] = {"--time-scale", "0", NULL};

/* One step: a key or more (term_keys.h) or, begun with a quote, a text; then what has to be seen;
 * then, when it has a name, the screen is compared. */
struct step {
    const char *keys, *see, *name;
};

#define FIRST "an-claude-eu-batch-19"

static const struct step browsing[] = {
    {"", "complete", "list"},
    {"f", "Narrow to", "values"},
    {"Esc", "/ filter", NULL},
    {"Space j Space", "2 marked", "marks"},
    {"U !", "/ !problem:none", "problems"},
    {"Esc", "/ filter", NULL},
    {"/", "", NULL},
    {"'statuss=down", "no field", "filter-error"},
    {"Esc", "/ filter", NULL},
    {"g Enter", "QUOTA POLICY", "detail"},
    {"]", "\"provider_account_id\"", "json"},
};

static const struct step writing[] = {
    {"", "complete", NULL},
    {"e", "Max tokens/month", "form"},
    {"C-u", "", NULL},
    {"'12x", "not a number", "form-error"},
    {"C-u", "", NULL},
    {"'60M", "was 50M", NULL},
    {"C-s", "nothing was sent yet", "review"},
    {"Esc", "[60M", NULL},
    {"Esc", "Leave the form?", "leave"},
    {"Tab Tab Enter", "/ filter", NULL},
    {"x", "Type " FIRST, "delete"},
    {"Esc", "/ filter", NULL},
    {"a", "A name for people", "create"},
    {"C-s", "needed: it cannot be empty", "create-needs"},
};

static const struct golden_mask more[] = {
    {"[0-9]+ (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20[0-9][0-9]", "DATE"},
    {"20[0-9][0-9]-[01][0-9]-[0-3][0-9]T", "DATET"},
    {"20[0-9][0-9]-[01][0-9]", "PERIOD"},
    {"\\?[0-9]+[smhd]", "?AGE"},
    {"complete( DATE)? HH:MM:SSZ \\(AGE\\).*", "complete"},
    {"PORT  +", "PORT  "}, /* as wide as the age at the right leaves */
    {"^ 1 Accounts .*", " TABS"},
    {"(forecast|runs out)   +[^ ].*", "FORECAST"},  /* the day of the month is in it */
    {"[0-9]+%  likely [0-9]+-[0-9]+%", "FORECAST"}, /* where a menu hides its beginning */
    {"^  HH:MM:SSZ .*", "  MESSAGE"},
    {NULL, NULL},
};

/* The usual masks, then ours. */
static const struct golden_mask *all_masks(void)
{
    static struct golden_mask all[32];
    size_t n = 0;
    for (const struct golden_mask *m = golden_masks_usual; m->regex; m++)
        all[n++] = *m;
    for (const struct golden_mask *m = more; m->regex; m++)
        all[n++] = *m;
    return all;
}

static bool run(const struct console_options *o, const struct step *steps, size_t count)
{
    struct console c;
    char name[64];
    bool same = true;
    console_open_ready(&c, o);
    for (size_t i = 0; i < count; i++) {
        if (steps[i].keys[0] == '\'')
            console_type(&c, steps[i].keys + 1);
        else if (steps[i].keys[0])
            console_keys(&c, steps[i].keys);
        if (steps[i].see[0])
            console_see(&c, steps[i].see);
        /* An Esc is one only when no key follows at once. */
        term_wait_quiet(c.term, 150, 3000);
        if (!steps[i].name)
            continue;
        snprintf(name, sizeof name, "%s-%dx%d", steps[i].name, o->cols, o->rows);
        same &= golden_check(name, term_screen_text(c.term), all_masks());
    }
    console_close(&c);
    return same;
}

static void run_at_all_sizes(const struct step *steps, size_t count)
{
    bool same = true;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        const struct console_options o = {
            .rows = sizes[i].rows, .cols = sizes[i].cols, .accounts = 60, .sandbox = still};
        same &= run(&o, steps, count);
    }
    assert_true(same);
}

static void test_browsing(void **state)
{
    (void)state;
    run_at_all_sizes(browsing, ARRAY_LEN(browsing));
}

static void test_writing(void **state)
{
    (void)state;
    run_at_all_sizes(writing, ARRAY_LEN(writing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_browsing),
        cmocka_unit_test(test_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
