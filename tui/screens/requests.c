/* requests.c: see requests.h. The newest stands at the top. `/` narrows to the lines that have all
 * words typed in what is shown of them; a line is looked at again whenever it is drawn, since what
 * runs gets its status later. The log is short (REQLOG_ENTRIES). */
#include "tui/screens/requests.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/screens/request.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/table.h"

#include <stdio.h>
#include <string.h>

struct requests {
    struct app *app;
    struct table table;
    uint64_t cursor; /* the number of the request under it; 0: the newest, whichever that is */
    struct line_editor editor;
    struct str filter, before; /* words; before: as they were when typing began */
    bool typing;
    size_t shown[REQLOG_ENTRIES]; /* places in the log of those that match, the newest first */
    size_t count;
};

enum {
    COL_TIME,
    COL_METHOD,
    COL_PATH,
    COL_STATUS,
    COL_TOOK,
    COL_SIZE,
    COL_TRY,
    COL_HTTP,
    COL_NOTE
};

static const struct table_column columns[] = {
    {"TIME", 9, 12, 0, TEXT_LEFT, COL_TIME},    {"METHOD", 6, 0, 0, TEXT_LEFT, COL_METHOD},
    {"STATUS", 7, 0, 0, TEXT_LEFT, COL_STATUS}, {"TOOK", 8, 0, 1, TEXT_RIGHT, COL_TOOK},
    {"BYTES", 8, 0, 3, TEXT_RIGHT, COL_SIZE},   {"TRY", 3, 0, 4, TEXT_RIGHT, COL_TRY},
    {"HTTP", 4, 0, 5, TEXT_LEFT, COL_HTTP},     {"PATH", 24, 70, 0, TEXT_LEFT, COL_PATH},
    {"NOTE", 16, 60, 2, TEXT_LEFT, COL_NOTE},
};

/* Without /v1/orgs/ORG/provider-accounts, which is the same in every line; Enter shows the whole.
 */
static const char *short_path(const char *path)
{
    static const char collection[] = "/provider-accounts";
    const char *p = strncmp(path, "/v1/orgs/", 9) == 0 ? strchr(path + 9, '/') : NULL;
    if (!p || strncmp(p, collection, sizeof collection - 1) != 0)
        return path;
    p += sizeof collection - 1;
    return *p ? p : "/";
}

static const struct reqlog_entry *entry_at(const struct requests *r, size_t row)
{
    return row < r->count ? reqlog_at(api_reqlog(app_session(r->app)->api), r->shown[row]) : NULL;
}

static void add_status(const struct reqlog_entry *e, struct str *out)
{
    if (e->http)
        str_printf(out, "%d", e->http);
    else
        str_add(out, e->duration_ms < 0 ? "..." : "none");
}

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct requests *r = ctx;
    const struct reqlog_entry *e = entry_at(r, row);
    if (!e)
        return;
    if (e->curl || e->http >= 400)
        out->role = ROLE_ERROR;
    else if (e->duration_ms < 0)
        out->role = ROLE_BUSY;
    switch (columns[column].id) {
    case COL_TIME:
        when_clock(out->text, e->wall_ms, app_now_wall(r->app));
        break;
    case COL_METHOD:
        str_add(out->text, e->method);
        break;
    case COL_PATH:
        str_add(out->text, short_path(e->path));
        break;
    case COL_STATUS:
        add_status(e, out->text);
        break;
    case COL_TOOK:
        if (e->duration_ms >= 0)
            str_printf(out->text, "%lld ms", (long long)e->duration_ms);
        break;
    case COL_SIZE:
        str_printf(out->text, "%lld", (long long)e->bytes_in);
        break;
    case COL_TRY:
        str_printf(out->text, "%d", e->attempt);
        break;
    case COL_HTTP:
        str_add(out->text, e->http_version);
        break;
    default:
        str_add(out->text, e->note);
    }
}

/* ---- the filter ---- */

/* All words of the filter, in any case, in what the line says; "!word": not. */
static bool matches(const struct requests *r, const struct reqlog_entry *e)
{
    struct str line = STR_INIT;
    bool match = true;
    when_clock(&line, e->wall_ms, app_now_wall(r->app));
    str_printf(&line, " %s ", e->method);
    add_status(e, &line);
    str_printf(&line, " %s %s", short_path(e->path), e->note);
    for (const char *p = str_text(&r->filter); *p && match;) {
        char word[128];
        size_t len = strcspn(p, " ");
        bool not = *p == '!' && len > 1;
        snprintf(word, sizeof word, "%.*s", (int)(len - not ), p + not );
        match = !len || !*word || (strcasestr(str_text(&line), word) != NULL) != not ;
        p += len + (p[len] == ' ');
    }
    str_finish(&line);
    return match;
}

static void update(struct requests *r)
{
    const struct reqlog *log = api_reqlog(app_session(r->app)->api);
    size_t cursor = 0;
    r->count = 0;
    for (size_t i = 0; i < reqlog_count(log); i++) {
        const struct reqlog_entry *e = reqlog_at(log, i);
        if (r->filter.len && !matches(r, e))
            continue;
        /* The cursor stays with its request, or where it was. */
        if (r->cursor && e->number >= r->cursor)
            cursor = r->count;
        r->shown[r->count++] = i;
    }
    table_set_rows(&r->table, r->count, cursor);
}

static void take_filter(struct requests *r, struct span text)
{
    struct str kept = STR_INIT; /* text may be the filter itself */
    str_add_span(&kept, text);
    str_finish(&r->filter);
    r->filter = kept;
    update(r);
}

static void end_typing(struct requests *r, bool accept)
{
    r->typing = false;
    if (!accept)
        take_filter(r, span_from(&r->before));
    else
        line_editor_remember(&r->editor, line_editor_text(&r->editor));
}

static void *requests_open(struct app *app, const void *arg)
{
    struct requests *r = mem_calloc(1, sizeof *r);
    const struct table_source source = {cell, NULL, NULL, r};
    (void)arg;
    r->app = app;
    table_init(&r->table, &source);
    table_set_columns(&r->table, columns, ARRAY_LEN(columns));
    line_editor_init(&r->editor);
    update(r);
    return r;
}

static void requests_close(void *self)
{
    struct requests *r = self;
    table_finish(&r->table);
    line_editor_finish(&r->editor);
    str_finish(&r->filter);
    str_finish(&r->before);
    mem_free(r);
}

static void draw_filter(struct requests *r, const struct canvas *c)
{
    struct str count = STR_INIT;
    str_printf(&count, "%s of ", QUANTITY(r->count));
    quantity_full(&count, (int64_t)reqlog_count(api_reqlog(app_session(r->app)->api)));
    int right = (int)count.len;
    draw_own(c, 0, 1, ROLE_BAR_KEY, "/", 2, TEXT_LEFT);
    struct canvas line = canvas_part(c, 0, 3, 1, c->cols - right - 5);
    draw_own(c, 0, c->cols - right - 1, ROLE_DIM, str_text(&count), right, TEXT_RIGHT);
    if (r->typing)
        line_editor_draw(&r->editor, &line, 0, 0, line.cols, true,
                         "words in the line: 503, PATCH, /pa_12, !200");
    else
        draw_text(&line, 0, 0, ROLE_MATCH, span_from(&r->filter), line.cols, TEXT_LEFT);
    str_finish(&count);
}

static void requests_draw(void *self, const struct canvas *c)
{
    struct requests *r = self;
    int top = r->typing || r->filter.len ? 2 : 1;
    update(r);
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas body = canvas_part(c, top, 0, c->rows - top, c->cols);
    table_draw(&r->table, &body, !r->typing,
               r->filter.len ? "no request has these words; Esc clears the filter"
                             : "nothing was asked yet");
    struct canvas line = canvas_part(c, 1, 0, 1, c->cols);
    if (top > 1)
        draw_filter(r, &line);
}

static const char *requests_context(const void *self)
{
    return ((const struct requests *)self)->typing ? "line" : "requests";
}

static bool requests_typing(const void *self)
{
    return ((const struct requests *)self)->typing;
}

/* The row's request. The cursor stays with it while newer ones come in above. */
static uint64_t number_at(const struct requests *r, size_t row)
{
    const struct reqlog_entry *e = entry_at(r, row);
    return e ? e->number : 0;
}

static unsigned begin_typing(struct requests *r)
{
    str_clear(&r->before);
    str_add_span(&r->before, span_from(&r->filter));
    r->typing = true;
    line_editor_start(&r->editor, span_from(&r->filter));
    return EFFECT_REDRAW;
}

/* Esc leaves the line, then clears it. */
static unsigned back(struct requests *r)
{
    if (!r->typing && !r->filter.len)
        return EFFECT_NONE;
    if (r->typing)
        end_typing(r, false);
    else
        take_filter(r, span_of(""));
    return EFFECT_REDRAW;
}

static unsigned requests_key(void *self, const struct key *key)
{
    struct requests *r = self;
    if (!r->typing)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        end_typing(r, true);
        return EFFECT_REDRAW;
    }
    enum line_result result = line_editor_key(&r->editor, key);
    if (result == LINE_CHANGED)
        take_filter(r, line_editor_text(&r->editor));
    return result == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}

static unsigned requests_action(void *self, enum action_id action)
{
    struct requests *r = self;
    enum move move;
    size_t row;
    if (action == ACTION_FILTER)
        return begin_typing(r);
    if (action == ACTION_BACK)
        return back(r);
    if (action == ACTION_OPEN) {
        uint64_t number = table_cursor(&r->table, &row) ? number_at(r, row) : 0;
        if (number)
            app_push(r->app, &request_screen, &number);
        return EFFECT_HANDLED;
    }
    if (!keymap_move(action, &move))
        return EFFECT_NONE;
    table_move(&r->table, move);
    r->cursor = table_cursor(&r->table, &row) && row ? number_at(r, row) : 0;
    return EFFECT_REDRAW;
}

static void requests_heading(const void *self, struct str *out)
{
    struct api_stats stats;
    api_stats(app_session(((const struct requests *)self)->app)->api, &stats);
    str_printf(out, "%s request%s, %s failed, %.1f/s", QUANTITY(stats.requests),
               PLURAL(stats.requests), QUANTITY(stats.errors), stats.per_second);
    if (stats.in_flight)
        str_printf(out, ", %u open", stats.in_flight);
}

static const int *requests_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_OPEN, ACTION_FILTER, ACTION_REFRESH, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops requests_screen = {
    .name = "requests",
    .tab = "Requests",
    .open = requests_open,
    .close = requests_close,
    .draw = requests_draw,
    .context = requests_context,
    .action = requests_action,
    .key = requests_key,
    .typing = requests_typing,
    .heading = requests_heading,
    .bar = requests_bar,
};
