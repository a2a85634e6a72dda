/* sync_cmd.c: paddock sync: reads the whole list into what is kept of it, and says what it found.
 *
 * --verify reads it once more the plain way, page after page, and compares. Both readings take
 * time, so a difference is looked into before it is called one: an account that was made since the
 * first reading, or that is gone by now, is none. */
#include "cli/context.h"

#include "base/quantity.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/kept.h"
#include "cli/load.h"

#include <string.h>

#define SHOWN_MAX  20  /* ids that are named */
#define ASKED_MAX  100 /* accounts that are asked for one by one */
#define LABEL_WIDE 14

/* One reading of the list. */
struct reading {
    struct cli *cli;
    struct fleet *fleet;
    struct sync *sync;
    struct sync_state state; /* at its end */
    int64_t took_ms;
    bool done;
};

static void on_change(void *ctx)
{
    struct reading *r = ctx;
    if (r->sync)
        r->done = sync_state(r->sync)->phase != SYNC_LOADING && !sync_reading(r->sync);
}

/* Reads everything; keep (may be NULL) follows. */
static enum status read_list(struct reading *r, unsigned parallel, struct keep *keep,
                             struct error *err)
{
    struct cli *cli = r->cli;
    struct sync_options options = load_options(cli->start->config);
    const struct clock *clock = loop_clock(cli->loop);
    int64_t from = clock_mono(clock);
    options.refresh_ms = 0; /* once */
    if (parallel)
        options.parallel = parallel;
    r->sync = sync_create(cli->loop, cli->api, r->fleet, &options, on_change, r);
    if (keep)
        keep_follow(keep, r->sync);
    sync_start(r->sync);
    cli_wait(cli, &r->done);
    r->state = *sync_state(r->sync);
    r->took_ms = clock_mono(clock) - from;
    if (keep) {
        keep_flush(keep);
        keep_unfollow(keep);
    }
    sync_destroy(r->sync);
    r->sync = NULL;
    return load_verdict(&r->state, r->fleet, err);
}

/* ---- what is printed ----------------------------------------------------------------------- */

static void add_line(struct str *out, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add_line(struct str *out, const char *label, const char *fmt, ...)
{
    va_list ap;
    str_add(out, label);
    str_fill(out, ' ', LABEL_WIDE - strlen(label));
    va_start(ap, fmt);
    str_vprintf(out, fmt, ap);
    va_end(ap);
    str_add_char(out, '\n');
}

static void add_count(struct str *out, const char *label, int64_t n)
{
    struct str text = STR_INIT;
    quantity_full(&text, n);
    add_line(out, label, "%s", str_text(&text));
    str_finish(&text);
}

static void add_complete(struct str *out, const struct sync_state *st)
{
    struct str when = STR_INIT;
    when_rfc3339(&when, st->complete_wall_ms);
    if (st->proof == SYNC_COMPLETE)
        add_line(out, "complete", "yes, as of %s", str_text(&when));
    else if (st->proof == SYNC_WALKED)
        add_line(out, "complete",
                 "not proven: read to its end at %s, as many accounts as the server counts; some "
                 "may have moved meanwhile",
                 str_text(&when));
    else
        add_line(out, "complete", "no");
    str_finish(&when);
}

static void add_reading(struct str *out, const struct reading *r)
{
    const struct sync_state *st = &r->state;
    double seconds = (double)r->took_ms / 1000;
    add_count(out, "accounts", fleet_count(r->fleet));
    add_complete(out, st);
    add_count(out, "new, changed", st->changed);
    add_count(out, "gone", st->removed);
    if (st->bad)
        add_count(out, "unreadable", st->bad);
    add_line(out, "requests", "%s in %.1f s, %.0f a second", QUANTITY(st->requests), seconds,
             seconds > 0 ? st->requests / seconds : 0);
}

/* ---- comparing ----------------------------------------------------------------------------- */

struct compare {
    struct cli *cli;
    const struct reading *first, *plain;
    uint32_t since, gone, missed, extra, unsettled;
    struct str missed_ids, extra_ids; /* the first of them, a line each */
    struct str question;              /* the id that is asked for */
    enum status answer;
    bool answered;
};

static void name_it(struct compare *c, struct str *ids, uint32_t n, struct span id)
{
    if (n > SHOWN_MAX)
        return;
    str_add(ids, "  ");
    text_safe(ids, id.p, id.len, c->cli->safe);
    str_add_char(ids, '\n');
}

static void on_answer(void *ctx, const struct api_result *r)
{
    struct compare *c = ctx;
    c->answer = r->status;
    c->answered = true;
}

/* Whether the server has the account now. */
static enum status ask(struct compare *c, struct span id)
{
    c->answered = false;
    api_read(c->cli->api, id, on_answer, c);
    cli_wait(c->cli, &c->answered);
    return c->answer;
}

static int64_t created(const struct fleet *fleet, row_id row)
{
    struct value v;
    fleet_get(fleet, row, FIELD_CREATED_AT, &v);
    return value_known(&v) ? v.i : WHEN_NONE;
}

static bool id_of(const struct fleet *fleet, row_id row, struct span *id)
{
    struct value v;
    if (!fleet_alive(fleet, row))
        return false;
    fleet_get(fleet, row, FIELD_ID, &v);
    *id = v.text;
    return value_known(&v);
}

/* What the plain reading has and the first has not: made since, or missed. */
static void compare_plain(struct compare *c)
{
    const struct fleet *fleet = c->plain->fleet;
    int64_t t0 = c->first->state.complete_wall_ms;
    struct span id;
    for (row_id row = 0; row < fleet_rows(fleet); row++) {
        if (!id_of(fleet, row, &id) || fleet_find(c->first->fleet, id) != ROW_NONE)
            continue;
        int64_t made = created(fleet, row);
        if (made != WHEN_NONE && t0 != WHEN_NONE && made >= t0)
            c->since++;
        else
            name_it(c, &c->missed_ids, ++c->missed, id);
    }
}

/* What the first reading has and the plain one has not: gone since, or missed by that one. */
static void compare_first(struct compare *c)
{
    const struct fleet *fleet = c->first->fleet;
    struct span id;
    uint32_t asked = 0;
    for (row_id row = 0; row < fleet_rows(fleet); row++) {
        if (!id_of(fleet, row, &id) || fleet_find(c->plain->fleet, id) != ROW_NONE)
            continue;
        enum status answer = asked++ < ASKED_MAX ? ask(c, id) : ST_PARTIAL;
        if (answer == ST_NOT_FOUND)
            c->gone++;
        else if (answer == ST_OK)
            name_it(c, &c->extra_ids, ++c->extra, id);
        else
            c->unsettled++;
    }
}

static void add_compare(struct str *out, const struct compare *c)
{
    uint32_t n = fleet_count(c->plain->fleet);
    int64_t requests = (int64_t)c->plain->state.requests;
    add_line(out, "plain walk", "%s account%s, %s request%s in %.1f s", QUANTITY(n), PLURAL(n),
             QUANTITY(requests), PLURAL(requests), (double)c->plain->took_ms / 1000);
    if (c->since)
        add_count(out, "made since", c->since);
    if (c->gone)
        add_count(out, "gone since", c->gone);
    if (c->unsettled)
        add_line(out, "not settled", "%s that only the first reading has", QUANTITY(c->unsettled));
    add_line(out, "missed", "%s by the first reading, %s by the plain walk", QUANTITY(c->missed),
             QUANTITY(c->extra));
    str_add_span(out, span_from(&c->missed_ids));
    str_add_span(out, span_from(&c->extra_ids));
    if (!c->missed && !c->extra && !c->unsettled)
        str_add(out, "Both readings have the same accounts.\n");
}

static enum exit_code verify(struct cli *cli, const struct reading *first, struct str *out)
{
    struct error err = {0};
    struct reading plain = {.cli = cli, .fleet = fleet_create_plain()};
    enum status st = read_list(&plain, 1, NULL, &err);
    enum exit_code code;
    if (st == ST_OK) {
        struct compare c = {.cli = cli, .first = first, .plain = &plain};
        compare_plain(&c);
        compare_first(&c);
        add_compare(out, &c);
        code = c.unsettled ? EXIT_PARTIAL : c.missed || c.extra ? EXIT_CHANGES : EXIT_DONE;
        str_finish(&c.missed_ids);
        str_finish(&c.extra_ids);
    } else {
        error_prefix(&err, "the plain walk: ");
        code = cli_fail(cli, &err);
    }
    fleet_destroy(plain.fleet);
    return code;
}

enum exit_code sync_run(struct cli *cli)
{
    struct error err = {0};
    struct str out = STR_INIT;
    struct fleet *fleet = fleet_create();
    struct keep *keep = NULL;
    struct reading first = {.cli = cli, .fleet = fleet};
    enum exit_code code = EXIT_DONE;
    enum status st = cli_connect(cli, &err);
    if (st == ST_OK) {
        keep = kept_open(cli, fleet, true);
        keep_load_now(keep);
        st = read_list(&first, 0, keep, &err);
        if (st == ST_OK || st == ST_PARTIAL)
            add_reading(&out, &first);
        if (keep_state(keep)->error.status)
            cli_say(cli, "not kept: %s", keep_state(keep)->error.what);
    }
    if (st == ST_OK && cli_has(cli, FLAG_VERIFY))
        code = verify(cli, &first, &out);
    cli_put(cli, &out);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    code = cli_flush(cli, code);
    str_finish(&out);
    kept_close(cli, keep);
    cli_disconnect(cli);
    fleet_destroy(fleet);
    return code;
}
