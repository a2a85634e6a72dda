/* requests.c: see requests.h. The newest stands at the top. */
#include "tui/screens/requests.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/screens/request.h"
#include "tui/widgets/table.h"

#include <string.h>

struct requests {
    struct app *app;
    struct table table;
    uint64_t cursor; /* the number of the request under it; 0: the newest, whichever that is */
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

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct requests *r = ctx;
    const struct reqlog_entry *e = reqlog_at(api_reqlog(app_session(r->app)->api), row);
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
        if (e->http)
            str_printf(out->text, "%d", e->http);
        else
            str_add(out->text, e->duration_ms < 0 ? "..." : "none");
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

static void update(struct requests *r)
{
    const struct reqlog *log = api_reqlog(app_session(r->app)->api);
    size_t count = reqlog_count(log), cursor = 0;
    const struct reqlog_entry *newest = reqlog_at(log, 0);
    if (r->cursor && newest)
        cursor = (size_t)(newest->number - r->cursor);
    table_set_rows(&r->table, count, cursor < count ? cursor : count ? count - 1 : 0);
}

static void *requests_open(struct app *app, const void *arg)
{
    struct requests *r = mem_calloc(1, sizeof *r);
    const struct table_source source = {cell, NULL, NULL, r};
    (void)arg;
    r->app = app;
    table_init(&r->table, &source);
    table_set_columns(&r->table, columns, ARRAY_LEN(columns));
    update(r);
    return r;
}

static void requests_close(void *self)
{
    struct requests *r = self;
    table_finish(&r->table);
    mem_free(r);
}

static void requests_draw(void *self, const struct canvas *c)
{
    struct requests *r = self;
    update(r);
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    table_draw(&r->table, &body, true, "nothing was asked yet");
}

static const char *requests_context(const void *self)
{
    (void)self;
    return "requests";
}

/* The row's request. The cursor stays with it while newer ones come in above. */
static uint64_t number_at(const struct requests *r, size_t row)
{
    const struct reqlog_entry *e = reqlog_at(api_reqlog(app_session(r->app)->api), row);
    return e ? e->number : 0;
}

static unsigned requests_action(void *self, enum action_id action)
{
    struct requests *r = self;
    enum move move;
    size_t row;
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
    static const int bar[] = {ACTION_NEXT_ROW, ACTION_OPEN, ACTION_REFRESH, ACTION_BACK,
                              ACTION_HELP};
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
    .heading = requests_heading,
    .bar = requests_bar,
};
