/* status.c: see status.h. */
#include "tui/status.h"

#include "base/when.h"

/* Classes in the order they are looked up; what no list names is other, never ok. */
static const struct {
    enum option option;
    struct status_look look;
} classes[] = {
    {OPTION_HEALTH_OK, {GLYPH_OK, ROLE_OK}},
    {OPTION_HEALTH_DEGRADED, {GLYPH_DEGRADED, ROLE_DEGRADED}},
    {OPTION_HEALTH_DOWN, {GLYPH_DOWN, ROLE_DOWN}},
};

static struct status_look look_of(const struct config *config, struct span status)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        for (const char *const *word = config_list(config, classes[i].option); *word; word++) {
            if (span_is(status, *word))
                return classes[i].look;
        }
    }
    return (struct status_look){GLYPH_OTHER, ROLE_OTHER};
}

struct status_look status_show(const struct config *config, const struct fleet *fleet, row_id row,
                               int64_t now_wall, struct str *word)
{
    struct value status, enabled, checked;
    fleet_get(fleet, row, FIELD_STATUS, &status);
    fleet_get(fleet, row, FIELD_ENABLED, &enabled);
    fleet_get(fleet, row, FIELD_LAST_CHECK, &checked);
    struct status_look look = {GLYPH_OTHER, ROLE_OTHER};
    if (value_known(&status))
        look = look_of(config, status.text);
    value_show(FIELD_STATUS, &status, SHOW_CELL, word);
    if (value_known(&enabled) && !enabled.i) {
        look = (struct status_look){GLYPH_DISABLED, ROLE_DISABLED};
        if (!value_known(&status) || !span_is(status.text, "disabled"))
            str_add(word, ", off");
    }
    if (value_known(&checked) && checked.i != WHEN_NONE &&
        now_wall - checked.i > config_int(config, OPTION_HEALTH_STALE)) {
        str_add(word, " ?");
        when_age(word, now_wall - checked.i);
    }
    return look;
}
