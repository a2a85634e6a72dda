/* list_watch.c: see list_watch.h.
 *
 * What counts as changed is what would be printed differently: of each row a hash of its text is
 * kept, so that a computed column (problem) that changes with the time is printed as well, and a
 * field that is not shown prints nothing. */
#include "cli/list_watch.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cli/load.h"
#include "loop/signals.h"
#include "model/scan.h"
#include "sync/sync.h"

#include <signal.h>

#define REFRESH_DEFAULT_MS 30000

struct shown {
    uint64_t hash;  /* of the text that was printed last */
    char *name;     /* owned; NULL: not on the list */
    uint32_t batch; /* in which it stood on the list last */
};

struct list_watch {
    const struct list_watch_env *env;
    struct sync *sync;
    struct shown *rows; /* by row_id; owned */
    size_t count, room;
    uint32_t batch;      /* of what is printed now, from 1 */
    int64_t complete_ms; /* of the list that was printed last */
    struct error trouble, ended;
    bool begun; /* titles that stand once stand */
};

static char *name_of(const struct row_source *source)
{
    struct value v;
    source->get(source->owner, source->row, FIELD_NAME, &v);
    if (!value_known(&v))
        source->get(source->owner, source->row, FIELD_ID, &v);
    return span_dup(value_known(&v) ? v.text : span_of("an account"));
}

/* Takes the row into the books; whether it is to be printed. */
static bool is_news(struct list_watch *w, row_id row, const struct row_source *source,
                    struct span raw)
{
    struct str text = STR_INIT;
    while (w->count <= row) {
        VEC_ROOM(w->rows, w->count, w->room);
        w->rows[w->count++] = (struct shown){0};
    }
    struct shown *s = &w->rows[row];
    output_text(w->env->output, source, raw, &text);
    uint64_t hash = hash_bytes(text.data, text.len);
    bool news = !s->name || s->hash != hash;
    mem_free(s->name);
    *s = (struct shown){hash, name_of(source), w->batch};
    str_finish(&text);
    return news;
}

static void say_left(struct list_watch *w)
{
    for (size_t i = 0; i < w->count; i++) {
        struct shown *s = &w->rows[i];
        if (!s->name || s->batch == w->batch)
            continue;
        cli_say(w->env->cli, "%s: %s", s->name,
                fleet_alive(w->env->fleet, (row_id)i) ? "no longer matches" : "is gone");
        mem_free(s->name);
        s->name = NULL;
    }
}

static void print_news(struct list_watch *w)
{
    const struct list_watch_env *env = w->env;
    struct str text = STR_INIT;
    const struct clock clock = cli_clock(env->cli);
    bool any = false;
    w->batch++;
    view_set_now(env->view, clock_wall(&clock));
    for (uint32_t i = 0; i < view_count(env->view); i++) {
        row_id row = view_at(env->view, i);
        struct row_source source = fleet_row_source(env->fleet, row);
        struct span raw = env->json ? fleet_raw(env->fleet, row) : span_of("");
        if (!is_news(w, row, &source, raw))
            continue;
        if (env->json && scan_check(raw, NULL, NULL) != ST_OK) {
            ++*env->unreadable;
            continue;
        }
        /* A table has its widths and so its titles each time; a CSV has one first line. */
        if (!any && (!w->begun || !output_streams(env->output)))
            output_begin(env->output, &text);
        any = w->begun = true;
        output_row(env->output, &source, raw, &text);
    }
    if (any)
        output_end(env->output, &text);
    cli_put(env->cli, &text);
    str_finish(&text);
    say_left(w);
    if (!cli_put_now(env->cli))
        loop_stop(env->cli->loop); /* nobody reads any more */
}

static void on_sync(void *ctx)
{
    struct list_watch *w = ctx;
    if (!w->sync)
        return;
    const struct sync_state *s = sync_state(w->sync);
    if (s->phase == SYNC_LOADING)
        return;
    bool fresh = s->error.status == ST_OK && s->proof != SYNC_NONE;
    if (fresh && s->complete_wall_ms != w->complete_ms) {
        w->complete_ms = s->complete_wall_ms;
        print_news(w);
    }
    if (!fresh && (!w->batch || s->error.status == ST_AUTH)) {
        load_verdict(s, w->env->fleet, &w->ended);
        if (s->error.status == ST_AUTH)
            w->ended = s->error;
        loop_stop(w->env->cli->loop);
        return;
    }
    if (s->error.status != w->trouble.status) {
        w->trouble = s->error;
        cli_say(w->env->cli, "%s",
                s->error.status == ST_OK ? "the server answers again" : s->error.what);
    }
}

static void on_signal(void *ctx, int signo)
{
    struct list_watch *w = ctx;
    (void)signo;
    loop_stop(w->env->cli->loop);
}

enum status list_watch(const struct list_watch_env *env, struct error *err)
{
    static const int signos[] = {SIGTERM, SIGINT, SIGHUP};
    struct cli *cli = env->cli;
    struct list_watch w = {.env = env, .complete_ms = -1};
    struct sync_options options = load_options(cli->start->config);
    if (cli->line.number[FLAG_WATCH])
        options.refresh_ms = cli->line.number[FLAG_WATCH] * 1000;
    if (options.refresh_ms == 0)
        options.refresh_ms = REFRESH_DEFAULT_MS;
    struct signals *signals = signals_create(cli->loop, signos, ARRAY_LEN(signos), on_signal, &w);
    w.sync = sync_create(cli->loop, cli->api, env->fleet, &options, on_sync, &w);
    sync_start(w.sync);
    loop_run(cli->loop);
    sync_destroy(w.sync);
    signals_destroy(signals);
    for (size_t i = 0; i < w.count; i++)
        mem_free(w.rows[i].name);
    mem_free(w.rows);
    if (w.ended.status != ST_OK)
        *err = w.ended;
    return w.ended.status;
}
