/* load.c: the console's own sync, without its refresh; a command does not wait for a server that
 * went away beyond the retries of each request. */
#include "cli/load.h"

#include "base/quantity.h"
#include "cli/kept.h"

#include <string.h>

struct load {
    struct cli *cli;
    struct sync *sync;
    bool done;
};

/* The first failure ends it: the client has tried four times by then. */
static void on_change(void *ctx)
{
    struct load *load = ctx;
    if (!load->sync)
        return;
    load->done = sync_state(load->sync)->phase != SYNC_LOADING;
}

enum status load_verdict(const struct sync_state *s, const struct fleet *fleet, struct error *err)
{
    if (s->error.status == ST_OK && s->proof != SYNC_NONE)
        return ST_OK;
    if (s->error.status != ST_OK && fleet_count(fleet) == 0) {
        *err = s->error;
        return err->status;
    }
    error_set(err, ST_PARTIAL, "the list is not complete: at least %s account%s%s%s",
              QUANTITY(fleet_count(fleet)), PLURAL(fleet_count(fleet)),
              s->error.status != ST_OK || *s->note ? "; " : "",
              s->error.status != ST_OK ? s->error.what : s->note);
    error_next(err, "run it again; --debug shows the requests");
    return ST_PARTIAL;
}

struct sync_options load_options(const struct config *config)
{
    return (struct sync_options){
        .refresh_ms = config_int(config, OPTION_SYNC_REFRESH),
        .page_limit = (int)config_int(config, OPTION_SYNC_PAGE_LIMIT),
        .budget_rps = (double)config_int(config, OPTION_SYNC_BUDGET),
        .parallel = (unsigned)config_int(config, OPTION_SYNC_PARALLEL),
        .split_status = config_bool(config, OPTION_SYNC_SPLIT_STATUS),
    };
}

/* One sync from its start to its end; what came of it. */
static void run(struct load *load, struct fleet *fleet, const struct filter_query *narrow)
{
    struct cli *cli = load->cli;
    struct sync_options options = load_options(cli->start->config);
    options.refresh_ms = 0; /* once */
    options.narrow_whole = true;
    load->done = false;
    load->sync = sync_create(cli->loop, cli->api, fleet, &options, on_change, load);
    sync_narrow(load->sync, narrow->provider_type, narrow->status, narrow->enabled_only);
    sync_start(load->sync);
    cli_wait(cli, &load->done);
}

static bool not_proven(const struct sync_state *s)
{
    return s->error.status == ST_OK && s->proof == SYNC_NONE;
}

static enum status load_list(struct cli *cli, struct fleet *fleet, const struct filter *filter,
                             bool say, struct error *err)
{
    static const struct filter_query all;
    struct load load = {.cli = cli};
    struct filter_query narrow = all;
    if (cli->start->options.offline)
        return kept_load(cli, fleet, err);
    if (filter)
        filter_query_terms(filter, &narrow);
    run(&load, fleet, &narrow);
    bool narrowed = narrow.provider_type || narrow.status || narrow.enabled_only;
    if (narrowed && not_proven(sync_state(load.sync))) {
        sync_destroy(load.sync);
        load.sync = NULL;
        run(&load, fleet, &all);
    }
    enum status st = load_verdict(sync_state(load.sync), fleet, err);
    if (st == ST_OK && say && sync_state(load.sync)->proof == SYNC_WALKED)
        cli_say(cli, "read to its end, as many accounts as the server counts; not proven complete: "
                     "some may have moved meanwhile");
    sync_destroy(load.sync);
    return st;
}

enum status load_matching(struct cli *cli, struct fleet *fleet, const struct filter *filter,
                          struct error *err)
{
    return load_list(cli, fleet, filter, true, err);
}

enum status load_names(struct cli *cli, struct fleet *fleet, struct error *err)
{
    return load_list(cli, fleet, NULL, false, err);
}

enum status load_all(struct cli *cli, struct fleet *fleet, struct error *err)
{
    return load_list(cli, fleet, NULL, true, err);
}
