/* monitor_numbers.c: see monitor_numbers.h. A number is one row here: its word, how it is counted,
 * and the filter that counts the same way. The filters stand in the menu, so that the rule behind a
 * number is read there, and can be typed, kept in a view or put into an alert. */
#include "tui/screens/monitor_numbers.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "tui/screens/monitor.h"
#include "tui/screens/pick.h"

#define ENABLED " !enabled:no"

struct number {
    const char *word, *filter; /* NULL filter: made of a threshold */
    uint32_t (*count)(const struct monitor *m, int which);
    int which;
};

static uint32_t of_health(const struct monitor *m, int which)
{
    return monitor_all(m)->health[which];
}

static uint32_t of_disabled(const struct monitor *m, int which)
{
    (void)which;
    return monitor_all(m)->disabled;
}

static uint32_t of_stale(const struct monitor *m, int which)
{
    (void)which;
    return monitor_all(m)->stale;
}

static uint32_t of_near(const struct monitor *m, int which)
{
    return monitor_all(m)->near[which];
}

static uint32_t of_zero(const struct monitor *m, int which)
{
    (void)which;
    return monitor_all(m)->zero;
}

static uint32_t of_runouts(const struct monitor *m, int which)
{
    const struct monitor_runout *runs;
    (void)which;
    return (uint32_t)monitor_runouts(m, &runs);
}

static uint32_t of_no_quota(const struct monitor *m, int which)
{
    return monitor_all(m)->use[which].no_quota;
}

static const struct number numbers[] = {
    {"ok", "health:ok" ENABLED, of_health, HEALTH_OK},
    {"degraded", "health:degraded" ENABLED, of_health, HEALTH_DEGRADED},
    {"down", "health:down" ENABLED, of_health, HEALTH_DOWN},
    {"other", "health:other" ENABLED, of_health, HEALTH_OTHER},
    {"disabled", "enabled:no", of_disabled, 0},
    {"stale", "problem:stale", of_stale, 0},
    {NULL, NULL, of_near, 0},
    {NULL, NULL, of_near, 1},
    {NULL, NULL, of_near, 2},
    {"with quota 0", "problem:\"quota 0\"", of_zero, 0},
    {"run out", "!left:none", of_runouts, 0},
    {"no token quota", "quota.tokens:none !used.tokens:none", of_no_quota, SERIES_TOKENS},
    {"no request quota", "quota.requests:none !used.requests:none", of_no_quota, SERIES_REQUESTS},
};

struct shown {
    struct app *app;
    struct str filters[ARRAY_LEN(numbers)];
};

/* "at 75%" and "quota.pct>=75 quota.pct<90 !enabled:no"; false when that threshold is not counted.
 */
static bool near_words(const struct monitor_settings *settings, int which, struct str *word,
                       struct str *filter)
{
    bool last = which + 1 == MONITOR_NEAR;
    if (settings->near[which] <= 0)
        return false;
    str_printf(word, "at %d%%%s", settings->near[which], last ? " or more" : "");
    str_printf(filter, "quota.pct>=%d", settings->near[which]);
    if (!last)
        str_printf(filter, " quota.pct<%d", settings->near[which + 1]);
    str_add(filter, ENABLED);
    return true;
}

static void fill(void *ctx, struct menu *menu)
{
    struct shown *x = ctx;
    const struct watching *w = &app_session(x->app)->watching;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const struct number *n = &numbers[i];
        struct str word = STR_INIT;
        bool counted = true;
        if (n->filter) {
            str_add(&word, n->word);
            str_add(&x->filters[i], n->filter);
        } else {
            counted = near_words(&w->settings, n->which, &word, &x->filters[i]);
        }
        if (counted)
            menu_add(menu, str_text(&word), str_text(&x->filters[i]),
                     QUANTITY(n->count(w->monitor, n->which)), (int)i);
        str_finish(&word);
    }
}

static void chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct shown *x = ctx;
    struct str filter = x->filters[item->value]; /* the menu is closed on the way */
    (void)menu;
    x->filters[item->value] = (struct str)STR_INIT;
    monitor_to_list(x->app, span_from(&filter));
    str_finish(&filter);
}

static void closed(void *ctx)
{
    struct shown *x = ctx;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        str_finish(&x->filters[i]);
    mem_free(x);
}

void monitor_numbers_choose(struct app *app)
{
    struct shown *x = mem_calloc(1, sizeof *x);
    x->app = app;
    const struct pick_arg arg = {.title = "Numbers of accounts, and their filters",
                                 .filter = true,
                                 .fill = fill,
                                 .chosen = chosen,
                                 .close = closed,
                                 .ctx = x};
    app_push(app, &pick_screen, &arg);
}
