/* flash_test.c: a change is shown for a moment; what moves by itself is not. */
#include "tui/flash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct fixture {
    struct flash flash;
    int64_t now;
};

static void on_fleet(void *ctx, const struct fleet_event *event)
{
    struct fixture *fx = ctx;
    flash_event(&fx->flash, event, fx->now);
}

static void put(struct fleet *f, int64_t as_of, const char *rest)
{
    struct str raw = STR_INIT;
    str_printf(&raw, "{\"provider_account_id\":\"a\"%s}", rest);
    fleet_put(f, span_from(&raw), as_of, NULL);
    str_finish(&raw);
}

static void test_a_change_is_shown_for_a_moment(void **state)
{
    struct fixture fx = {.now = 1000};
    struct fleet *f = fleet_create();
    (void)state;
    fleet_listen(f, on_fleet, &fx);
    put(f, 1, "");
    assert_false(flash_shows(&fx.flash, 0, fx.now)); /* new */
    put(f, 5, ",\"last_health_check\":\"2026-01-01T00:00:00Z\"");
    put(f, 5, ",\"quota_policy\":{\"current_month_tokens\":9}");
    fx.now += FLASH_SHOWN_MS; /* that there is a policy was news */
    put(f, 5, ",\"quota_policy\":{\"current_month_tokens\":10}");
    assert_false(flash_shows(&fx.flash, 0, fx.now)); /* a counter */
    put(f, 6, ",\"quota_policy\":{\"current_month_tokens\":11},\"status\":\"down\"");
    assert_true(flash_shows(&fx.flash, 0, fx.now));
    assert_true(flash_shows(&fx.flash, 0, fx.now + FLASH_SHOWN_MS - 1));
    assert_false(flash_shows(&fx.flash, 0, fx.now + FLASH_SHOWN_MS));
    assert_false(flash_shows(&fx.flash, 7, fx.now));
    fleet_clear(f);
    assert_false(flash_shows(&fx.flash, 0, fx.now));
    fleet_destroy(f);
    flash_finish(&fx.flash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_change_is_shown_for_a_moment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
