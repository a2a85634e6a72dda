/* request.c: see request.h. The entry is looked up by its number at each news, since it may still
 * be running; once it was pushed out of the log, what was read last stays. */
#include "tui/screens/request.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/when.h"
#include "tui/screens/reader.h"

struct request {
    struct app *app;
    struct reader reader;
    struct reqlog_entry entry;
};

static void label(struct textview *v, const char *name)
{
    textview_printf(v, ROLE_FORM_LABEL, " %-13s ", name);
}

static void line(struct textview *v, enum role role, const char *name, struct str *text)
{
    label(v, name);
    textview_add(v, role, span_from(text));
    textview_lines(v, ROLE_TEXT, span_of("\n"));
    str_clear(text);
}

static void add_outcome(const struct reqlog_entry *e, struct str *out)
{
    if (e->duration_ms < 0)
        str_add(out, "still running");
    else if (e->http)
        str_printf(out, "%d", e->http);
    else
        str_add(out, "no answer");
    if (e->curl)
        str_printf(out, " (libcurl %d)", e->curl);
}

static void add_times(struct request *r, struct textview *v, struct str *s)
{
    const struct reqlog_entry *e = &r->entry;
    when_clock(s, e->wall_ms, app_now_wall(r->app));
    str_add(s, ", ");
    when_age(s, app_now_wall(r->app) - e->wall_ms);
    str_add(s, " ago");
    line(v, ROLE_TEXT, "Started", s);
    if (e->duration_ms >= 0) {
        quantity_full(s, e->duration_ms);
        str_add(s, " ms");
        line(v, ROLE_TEXT, "Took", s);
    }
    str_printf(s, "%d%s", e->attempt, e->attempt > 1 ? ", the tries before it failed" : "");
    line(v, ROLE_TEXT, "Try", s);
}

static void add_sizes(const struct reqlog_entry *e, struct textview *v, struct str *s)
{
    quantity_full(s, e->bytes_in);
    str_add(s, " bytes");
    line(v, ROLE_TEXT, "Received", s);
    quantity_full(s, e->bytes_out);
    str_add(s, " bytes");
    line(v, ROLE_TEXT, "Sent", s);
    str_add(s, e->http_version[0] ? e->http_version : "-");
    line(v, ROLE_TEXT, "HTTP version", s);
    str_add(s, e->request_id[0] ? e->request_id : "the server named none");
    line(v, e->request_id[0] ? ROLE_STRONG : ROLE_DIM, "Request id", s);
}

static void make_text(struct request *r)
{
    const struct reqlog_entry *e = &r->entry;
    struct textview *v = &r->reader.view;
    struct str s = STR_INIT;
    bool failed = e->curl || e->http >= 400;
    textview_clear(v);
    str_add(&s, e->method);
    line(v, ROLE_STRONG, "Method", &s);
    str_add(&s, e->path);
    line(v, ROLE_STRONG, "Path", &s);
    add_outcome(e, &s);
    line(v, failed ? ROLE_ERROR : e->duration_ms < 0 ? ROLE_BUSY : ROLE_OK, "Status", &s);
    if (e->note[0]) {
        str_add(&s, e->note);
        line(v, failed ? ROLE_ERROR : ROLE_WARNING, "Error", &s);
    }
    add_times(r, v, &s);
    add_sizes(e, v, &s);
    textview_lines(v, ROLE_DIM, span_of("\n Headers and bodies are never kept.\n"));
    str_finish(&s);
}

static void look_up(struct request *r)
{
    const struct reqlog *log = api_reqlog(app_session(r->app)->api);
    for (size_t i = 0; i < reqlog_count(log); i++) {
        const struct reqlog_entry *e = reqlog_at(log, i);
        if (e->number == r->entry.number) {
            r->entry = *e;
            return;
        }
    }
}

static void *request_open(struct app *app, const void *arg)
{
    struct request *r = mem_calloc(1, sizeof *r);
    r->app = app;
    r->entry = (struct reqlog_entry){.number = *(const uint64_t *)arg, .method = ""};
    reader_init(&r->reader, app, true);
    look_up(r);
    make_text(r);
    return r;
}

static void request_close(void *self)
{
    struct request *r = self;
    reader_finish(&r->reader);
    mem_free(r);
}

static void request_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct request *)self)->reader, c);
}

static const char *request_context(const void *self)
{
    return ((const struct request *)self)->reader.searching ? "line" : "text";
}

static bool request_typing(const void *self)
{
    return ((const struct request *)self)->reader.searching;
}

static unsigned request_action(void *self, enum action_id action)
{
    return reader_action(&((struct request *)self)->reader, action);
}

static unsigned request_key(void *self, const struct key *key)
{
    return reader_key(&((struct request *)self)->reader, key);
}

static unsigned request_news(void *self, enum news news)
{
    (void)news;
    look_up(self);
    make_text(self);
    return EFFECT_REDRAW;
}

static void request_heading(const void *self, struct str *out)
{
    str_printf(out, "Request %llu",
               (unsigned long long)((const struct request *)self)->entry.number);
}

static const int *request_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_NEXT_ROW, ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = sizeof bar / sizeof *bar;
    return bar;
}

const struct screen_ops request_screen = {
    .name = "request",
    .tab = "Requests",
    .open = request_open,
    .close = request_close,
    .draw = request_draw,
    .context = request_context,
    .action = request_action,
    .key = request_key,
    .typing = request_typing,
    .news = request_news,
    .heading = request_heading,
    .bar = request_bar,
};
