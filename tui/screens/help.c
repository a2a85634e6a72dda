/* help.c: see help.h. Nothing here names a key: what is shown is what is bound now. */
#include "tui/screens/help.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/reader.h"

#define KEYS_CELLS 18

struct help {
    struct reader reader;
};

/* Where text is typed a key that is text is typed, too: it does nothing else there. Space is the
 * form's own, for fields with values to choose from. */
static bool works(const struct keymap_row *row, bool typing)
{
    return !typing || !key_is_text(row->key) || (!row->global && row->key->sym == KEYSYM_SPACE);
}

/* One line an action: all its keys here. */
static void add_keys(struct app *app, struct textview *v, const struct keymap_row *rows,
                     size_t count, bool global, bool typing)
{
    for (int a = 0; a < ACTION_COUNT; a++) {
        struct str keys = STR_INIT;
        if (!app_offers(app, (enum action_id)a))
            continue;
        for (size_t i = 0; i < count; i++) {
            if (rows[i].action != (enum action_id)a || rows[i].global != global ||
                !works(&rows[i], typing))
                continue;
            str_add(&keys, keys.len ? " " : "");
            key_show(&keys, rows[i].key);
        }
        if (keys.len) {
            textview_printf(v, ROLE_BAR_KEY, "  %-*s ", KEYS_CELLS, str_text(&keys));
            textview_printf(v, ROLE_HELP, "%s\n", action_info((enum action_id)a)->help);
        }
        str_finish(&keys);
    }
}

static void add_context(struct app *app, struct textview *v, const struct keymap *map, int context,
                        bool typing)
{
    struct keymap_row *rows;
    size_t count = keymap_rows(map, context, true, &rows);
    textview_printf(v, ROLE_HELP,
                    typing ? " Keys that work while text is typed here; other characters go into "
                             "the line. Esc closes.\n"
                           : " Keys of this screen as they are bound now; Esc closes.\n");
    textview_printf(v, ROLE_TITLE, "\n %s\n", keymap_context_name(map, context));
    add_keys(app, v, rows, count, false, typing);
    textview_printf(v, ROLE_TITLE, "\n EVERYWHERE\n");
    add_keys(app, v, rows, count, true, typing);
    mem_free(rows);
}

static const char grammar[] =
    "  text                  in name, id, description, region, provider, status, tags\n"
    "  \"exact phrase\"        /regex/        ~fuzzy\n"
    "  region:eu             contains; field:a,b any of them; field:none; field:/re/\n"
    "  status=degraded       is exactly; !=\n"
    "  tokens>400M           < <= > >= with k M G; checked>10m for ages, created<2026-01-31\n"
    "  tokens>90%            of the quota: the same as tokens.pct>90\n"
    "  quota.pct>=90         the fuller of the two quotas; a quota of 0 counts as 100%\n"
    "  problem:over          quota.pct>=100 of what is enabled; near from 80; \"quota 0\", stale\n"
    "  left<7d               what runs out: time until the first quota is used up\n"
    "  health:down           the class of the status: ok, degraded, down, other\n"
    "  tag:env  tag:env=prod,dev\n"
    "  !term  or  not term\n"
    "  Fields: every short name of the form and the detail, and tokens.pct, requests.pct\n";

/* What the signs on the screen mean: those that no word stands beside. */
static const struct {
    enum glyph glyph;
    const char *more; /* after the sign: part of it */
    const char *words;
} signs[] = {
    {GLYPH_CURSOR, "", "the row the keys act on"},
    {GLYPH_MARK, "", "a marked row"},
    {GLYPH_LOCK, "", "a write is on its way, or its outcome is not known"},
    {GLYPH_CHANGED, "", "it changed a moment ago: at the last look at the server"},
    {GLYPH_DRAFT, "", "a draft of it waits: typed into the form and not sent; e goes on with it"},
    {GLYPH_NONE, "#4f2a1c", "the end of the id: another account has the same name"},
    {GLYPH_NONE, "name#", "the same where there is no room for the id; the detail has it"},
    {GLYPH_OK, "", "the status counts as ok"},
    {GLYPH_DEGRADED, "", "degraded"},
    {GLYPH_DOWN, "", "down"},
    {GLYPH_DISABLED, "", "switched off"},
    {GLYPH_OTHER, "", "a status that health.ok, health.degraded and health.down do not name"},
    {GLYPH_OTHER, "2d", "the last health check is that old, older than health.stale"},
    {GLYPH_SORT_UP, "", "sorted by this column, upwards; downwards the other way"},
    {GLYPH_MORE_RIGHT, "", "in the headings: l shows more columns, h goes back"},
    {GLYPH_ELLIPSIS, "", "a text was cut here"},
};

static void add_signs(struct textview *v, const struct draw *draw)
{
    textview_printf(v, ROLE_TITLE, "\n SIGNS\n");
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        struct str sign = STR_INIT;
        str_printf(&sign, "%s%s", draw_glyph_text(draw, signs[i].glyph), signs[i].more);
        int pad = KEYS_CELLS - text_width(str_text(&sign), sign.len);
        textview_printf(v, ROLE_BAR_KEY, "  %s%*s ", str_text(&sign), pad, "");
        textview_printf(v, ROLE_HELP, "%s\n", signs[i].words);
        str_finish(&sign);
    }
}

static const char values[] =
    "  400M 6_000 900k       numbers; 20 20s 2m times\n"
    "  none                  no limit (null); 0 is a limit of zero\n"
    "  team=search, env=prod tags\n"
    "  In lines of text, menus and dialogs the arrows, Home, End, Backspace,\n"
    "  ^W (word), ^U (to the start), Tab, Enter and Esc have their usual meaning.\n";

static void *help_open(struct app *app, const void *arg)
{
    struct help *h = mem_calloc(1, sizeof *h);
    const struct screen_ops *ops;
    void *self;
    (void)arg;
    reader_init(&h->reader, app, true);
    app_current(app, &ops, &self);
    struct keymap *map = app_keymap(app);
    struct textview *v = &h->reader.view;
    bool typing = ops->typing && ops->typing(self);
    int context = keymap_context(map, ops->context(self));
    bool form = context == keymap_context(map, "form");
    add_context(app, v, map, context, typing);
    if (!form) {
        textview_printf(v, ROLE_TITLE, "\n FILTER\n");
        textview_lines(v, ROLE_HELP, span_of(grammar));
    }
    if (!typing) {
        add_signs(v, app_draw(app));
    }
    if (form || !typing) {
        textview_printf(v, ROLE_TITLE, "\n VALUES IN THE FORM\n");
        textview_lines(v, ROLE_HELP, span_of(values));
    }
    return h;
}

static void help_close(void *self)
{
    struct help *h = self;
    reader_finish(&h->reader);
    mem_free(h);
}

static void help_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct help *)self)->reader, c);
}

static const char *help_context(const void *self)
{
    return ((const struct help *)self)->reader.searching ? "line" : "text";
}

static bool help_typing(const void *self)
{
    return ((const struct help *)self)->reader.searching;
}

static unsigned help_action(void *self, enum action_id action)
{
    return reader_action(&((struct help *)self)->reader, action);
}

static unsigned help_key(void *self, const struct key *key)
{
    return reader_key(&((struct help *)self)->reader, key);
}

static const int *help_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_NEXT_ROW, ACTION_PAGE_DOWN, ACTION_SEARCH, ACTION_BACK};
    (void)self;
    *count = sizeof bar / sizeof *bar;
    return bar;
}

const struct screen_ops help_screen = {
    .name = "help",
    .tab = "Help",
    .open = help_open,
    .close = help_close,
    .draw = help_draw,
    .context = help_context,
    .action = help_action,
    .key = help_key,
    .typing = help_typing,
    .bar = help_bar,
};
