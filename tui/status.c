/* status.c: see status.h. */
#include "tui/status.h"

#include "base/text.h"
#include "base/when.h"

#include <string.h>

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

/* " ?1.3h", and without its fraction " ?1h". */
static void add_stale(struct str *out, int64_t stale_ms, bool whole)
{
    struct str age = STR_INIT;
    when_age(&age, stale_ms);
    str_add(out, " ?");
    size_t end = strcspn(str_text(&age), whole ? "" : ".");
    str_add_span(out, (struct span){str_text(&age), end});
    if (end < age.len)
        str_add_char(out, str_text(&age)[age.len - 1]);
    str_finish(&age);
}

void status_join(struct span word, int64_t stale_ms, int cells, bool ascii, struct str *out)
{
    struct str safe = STR_INIT, age = STR_INIT;
    text_safe(&safe, word.p, word.len, ascii ? TEXT_ASCII : 0);
    int width = text_width(str_text(&safe), safe.len);
    if (stale_ms >= 0)
        add_stale(&age, stale_ms, true);
    if (cells > 0 && age.len && width + (int)age.len > cells) {
        str_clear(&age);
        add_stale(&age, stale_ms, false);
    }
    int room = cells - (int)age.len;
    if (cells <= 0 || width <= room)
        str_add_span(out, span_from(&safe));
    else if (age.len && room > 0)
        text_fit(out, str_text(&safe), safe.len, room, TEXT_LEFT, ascii ? "~" : "…");
    else
        str_add_span(out, word);
    if (cells <= 0 || room > 0)
        str_add_span(out, span_from(&age));
    str_finish(&safe);
    str_finish(&age);
}

struct status_look status_show(const struct config *config, const struct fleet *fleet, row_id row,
                               int64_t now_wall, int cells, bool ascii, struct str *word)
{
    struct value status, enabled, checked;
    struct str said = STR_INIT;
    int64_t stale_ms = -1;
    fleet_get(fleet, row, FIELD_STATUS, &status);
    fleet_get(fleet, row, FIELD_ENABLED, &enabled);
    fleet_get(fleet, row, FIELD_LAST_CHECK, &checked);
    struct status_look look = {GLYPH_OTHER, ROLE_OTHER};
    if (value_known(&status))
        look = look_of(config, status.text);
    value_show(FIELD_STATUS, &status, SHOW_CELL, &said);
    if (value_known(&enabled) && !enabled.i) {
        look = (struct status_look){GLYPH_DISABLED, ROLE_DISABLED};
        if (!value_known(&status) || !span_is(status.text, "disabled"))
            str_add(&said, ", off");
    }
    if (value_known(&checked) && checked.i != WHEN_NONE &&
        now_wall - checked.i > config_int(config, OPTION_HEALTH_STALE))
        stale_ms = now_wall - checked.i;
    status_join(span_from(&said), stale_ms, cells, ascii, word);
    str_finish(&said);
    return look;
}
