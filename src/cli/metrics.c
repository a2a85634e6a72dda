/* metrics.c: paddock metrics: the accounts for Prometheus, served until it is ended, or once into a
 * file. The list is kept fresh by the same sync as the console's; a server of the API that is down
 * leaves the last numbers, and paddock_up and the timestamps say so. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/load.h"
#include "cli/survey.h"
#include "fleet/view.h"
#include "loop/signals.h"
#include "metrics/serve.h"
#include "model/filter.h"

#include <signal.h>
#include <string.h>

#define LISTEN_DEFAULT   "127.0.0.1:9477"
#define ACCOUNTS_DEFAULT 10000

struct metrics_cmd {
    struct cli *cli;
    struct column_set *columns;
    struct health_classes health;
    struct problem_column problem;
    struct fleet *fleet;
    struct view *view;
    struct sync *sync;
    struct filter *filter; /* NULL: none; the view takes it over */
    const char *listen;
    uint32_t accounts_max;
    bool ended;
};

/* ---- a page -------------------------------------------------------------------------------- */

static void fill_operations(const struct metrics_cmd *m, struct metrics_process *p)
{
    _Static_assert(ENDPOINT_COUNT <= METRICS_OPERATIONS, "a place for each operation");
    _Static_assert(API_CLASSES == METRICS_CLASSES, "the same classes");
    for (int e = 0; e < ENDPOINT_COUNT; e++) {
        const struct api_tally *t = api_tally(m->cli->api, (enum endpoint)e);
        struct metrics_operation *o = &p->operations[p->operation_count++];
        *o = (struct metrics_operation){.name = api_operation((enum endpoint)e),
                                        .errors = t->errors,
                                        .took = t->took,
                                        .seconds = t->seconds};
        memcpy(o->replies, t->replies, sizeof o->replies);
    }
    p->bounds = api_took_bounds();
    p->bound_count = API_TOOK_BOUNDS;
}

static struct metrics_page *make_page(void *ctx, enum metrics_format format)
{
    struct metrics_cmd *m = ctx;
    const struct sync_state *s = sync_state(m->sync);
    const struct clock clock = cli_clock(m->cli);
    view_set_now(m->view, clock_wall(&clock)); /* a filter by age is of now, not of the start */
    uint32_t count = view_count(m->view), take = count;
    if (take > m->accounts_max)
        take = m->accounts_max;
    row_id *rows = mem_calloc(take ? take : 1, sizeof *rows);
    for (uint32_t i = 0; i < take; i++)
        rows[i] = view_at(m->view, i);
    struct metrics_spec spec = {
        .format = format,
        .fleet = m->fleet,
        .rows = rows,
        .row_count = take,
        .health = &m->health,
        .process = {.up = s->error.status == ST_OK && s->last_reply_wall_ms != WHEN_NONE,
                    .complete = s->proof != SYNC_NONE && s->phase != SYNC_LOADING,
                    .complete_wall_ms = s->complete_wall_ms,
                    .reply_wall_ms = s->last_reply_wall_ms,
                    .accounts = fleet_count(m->fleet),
                    .left_out = count - take},
    };
    for (row_id row = 0; row < fleet_rows(m->fleet); row++)
        spec.process.bad += fleet_alive(m->fleet, row) && *fleet_bad(m->fleet, row);
    fill_operations(m, &spec.process);
    struct metrics_page *page = metrics_page_create(&spec);
    mem_free(rows);
    return page;
}

/* ---- the two ways -------------------------------------------------------------------------- */

static enum status into_file(struct metrics_cmd *m, const char *path, struct error *err)
{
    struct metrics_page *page = make_page(m, METRICS_TEXT);
    enum status st = metrics_page_file(page, path, err);
    metrics_page_destroy(page);
    uint32_t all = view_count(m->view), left = all > m->accounts_max ? all - m->accounts_max : 0;
    if (st == ST_OK && left)
        cli_say(m->cli, "%s: %s accounts, and %s left out: --max-accounts takes more", path,
                QUANTITY(all - left), QUANTITY(left));
    else if (st == ST_OK)
        cli_say(m->cli, "%s: %s account%s", path, QUANTITY(all), PLURAL(all));
    return st;
}

static void on_signal(void *ctx, int signo)
{
    struct metrics_cmd *m = ctx;
    (void)signo;
    m->ended = true;
}

static enum status serve(struct metrics_cmd *m, struct error *err)
{
    static const int signos[] = {SIGTERM, SIGINT, SIGHUP};
    struct metrics_server *server = NULL;
    struct signals *signals = signals_create(m->cli->loop, signos, ARRAY_LEN(signos), on_signal, m);
    enum status st = metrics_serve(&server, m->cli->loop, m->listen, make_page, m, err);
    if (st == ST_OK) {
        /* Data: the caller may want to know where (port 0). */
        fprintf(m->cli->out, "%s\n", metrics_server_url(server));
        fflush(m->cli->out);
        cli_wait(m->cli, &m->ended);
    }
    metrics_server_stop(server);
    signals_destroy(signals);
    return st;
}

/* ---- the command --------------------------------------------------------------------------- */

static enum status read_flags(struct metrics_cmd *m, struct error *err)
{
    const struct cli_line *line = &m->cli->line;
    const char *where = line->flag[FLAG_WHERE];
    struct clock clock = clock_system();
    size_t at = 0;
    m->listen = line->flag[FLAG_LISTEN] ? line->flag[FLAG_LISTEN] : LISTEN_DEFAULT;
    m->accounts_max = line->flag[FLAG_MAX_ACCOUNTS] ? (uint32_t)line->number[FLAG_MAX_ACCOUNTS]
                                                    : ACCOUNTS_DEFAULT;
    if (line->flag[FLAG_TEXTFILE] && line->flag[FLAG_LISTEN])
        return error_set(err, ST_USAGE, "--textfile writes once, --listen serves: one of the two");
    if (!where)
        return ST_OK;
    enum status st =
        filter_parse(m->columns, span_of(where), clock_wall(&clock), &m->filter, &at, err);
    if (st != ST_OK)
        error_next(err, "at \"%.60s\"", at < strlen(where) ? where + at : "the end");
    return st;
}

static void open_view(struct metrics_cmd *m)
{
    struct sort by_id = {.count = 1, .keys = {{column_find(m->columns, span_of("id")), false}}};
    m->view = view_create(m->fleet, m->columns);
    view_set_filter(m->view, m->filter);
    m->filter = NULL;
    view_set_sort(m->view, &by_id);
}

static enum status run(struct metrics_cmd *m, struct error *err)
{
    struct cli *cli = m->cli;
    const char *path = cli->line.flag[FLAG_TEXTFILE];
    enum status st = read_flags(m, err);
    if (st == ST_OK)
        st = cli_connect(cli, err);
    if (st != ST_OK)
        return st;
    const struct config *config = cli->start->config;
    judges_read(cli, &m->health, &m->problem);
    open_view(m);
    struct sync_options options = load_options(config);
    if (path)
        options.refresh_ms = 0;
    m->sync = sync_create(cli->loop, cli->api, m->fleet, &options, NULL, NULL);
    sync_start(m->sync);
    if (!path)
        return serve(m, err);
    while (sync_state(m->sync)->phase == SYNC_LOADING)
        loop_step(cli->loop, -1);
    /* A file of half the accounts would look as if the others were gone. */
    st = load_verdict(sync_state(m->sync), m->fleet, err);
    return st == ST_OK ? into_file(m, path, err) : st;
}

enum exit_code metrics_run(struct cli *cli)
{
    struct metrics_cmd m = {.cli = cli};
    struct error err = {0};
    m.columns = column_set_create();
    judges_add(m.columns, &m.health, &m.problem);
    m.fleet = fleet_create();
    enum exit_code code = run(&m, &err) == ST_OK ? EXIT_DONE : cli_fail(cli, &err);
    sync_destroy(m.sync);
    view_destroy(m.view);
    filter_destroy(m.filter);
    cli_disconnect(cli);
    fleet_destroy(m.fleet);
    column_set_destroy(m.columns);
    return cli_flush(cli, code);
}
