/* kept.c: see kept.h. */
#include "cli/kept.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"

struct keep *kept_open(struct cli *cli, struct fleet *fleet, bool write)
{
    struct cli_console *start = cli->start;
    if (!cli->loop)
        cli->loop = loop_create(clock_system());
    const struct keep_env env = {.loop = cli->loop,
                                 .fleet = fleet,
                                 .cache_dir = start->paths.cache_dir,
                                 .data_dir = write ? start->paths.data_dir : NULL,
                                 .origin = start->profile.origin,
                                 .org = start->profile.org,
                                 .write = write};
    return keep_create(&env);
}

void kept_close(struct cli *cli, struct keep *keep)
{
    if (!keep)
        return;
    const char *const notes[] = {keep_state(keep)->note, keep_state(keep)->changes_note};
    for (size_t i = 0; i < ARRAY_LEN(notes); i++)
        if (*notes[i])
            cli_warn(cli, "%s", notes[i]);
    keep_destroy(keep);
}

static void say_age(struct cli *cli, const struct keep_state *st)
{
    struct clock clock = clock_system();
    int64_t now = clock_wall(&clock);
    struct str text = STR_INIT;
    quantity_full(&text, st->loaded);
    str_printf(&text, " account%s as of ", PLURAL(st->loaded));
    when_clock(&text, st->complete_wall_ms, now);
    str_add(&text, " (");
    when_age(&text, now - st->complete_wall_ms);
    str_add(&text, ")");
    cli_say(cli, "offline: %s", str_text(&text));
    str_finish(&text);
}

enum status kept_load(struct cli *cli, struct fleet *fleet, struct error *err)
{
    struct keep *keep = kept_open(cli, fleet, false);
    keep_load_now(keep);
    const struct keep_state *st = keep_state(keep);
    enum status status = ST_OK;
    if (st->complete_wall_ms == WHEN_NONE) {
        status = ST_FAIL;
        error_set(err, status, "offline, and nothing is kept of this server yet%s%s",
                  st->error.status ? ": " : "", st->error.status ? st->error.what : "");
        error_next(err, "paddock sync reads the list into it, and so does the console");
    } else {
        say_age(cli, st);
    }
    kept_close(cli, keep);
    return status;
}
