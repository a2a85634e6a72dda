/* header.c: see header.h. What fits is found by trying, from all of it to the least: a header that
 * dropped whole pieces by rank showed either too much or nothing of what it was about. */
#include "tui/header.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/widgets/bars.h"

#define PIECES 5
#define GAP    2 /* cells before what stands at the right */

/* ---- how many accounts ---- */

static void add_age(struct str *out, int64_t now, int64_t then)
{
    when_age(out, now - then);
}

static void add_accounts(struct str *out, int64_t n, enum header_say say)
{
    quantity_full(out, n);
    if (say < HEADER_SHORT)
        str_add(out, n == 1 ? " account" : " accounts");
}

static void add_of(struct str *out, int64_t n, int64_t of, enum header_say say)
{
    quantity_full(out, n);
    str_add(out, " of ");
    add_accounts(out, of, say);
}

/* When it was so: the time and the age, the age, or nothing. */
static void add_since(struct str *out, enum header_say say, int64_t now, int64_t then)
{
    if (say == HEADER_LEAST)
        return;
    if (say == HEADER_ALL) {
        str_add_char(out, ' ');
        when_clock(out, then, now);
    }
    str_add(out, " (");
    add_age(out, now, then);
    str_add(out, ")");
}

/* Until a sync is proven, the list is the snapshot's, with what came since. Its age is always said.
 */
static bool snapshot_counts(struct app *app, enum header_say say, struct str *out)
{
    struct session *s = app_session(app);
    const struct keep_state *kept = keep_state(s->keep);
    const struct sync_state *st = sync_state(s->sync);
    int64_t now = app_now_server(app);
    if (kept->complete_wall_ms == WHEN_NONE || st->proof != SYNC_NONE)
        return false;
    if (kept->phase == KEEP_LOADING)
        add_of(out, kept->loaded, kept->total, say);
    else
        add_accounts(out, fleet_count(s->fleet), say);
    str_add(out, say < HEADER_SHORT ? " as of" : ",");
    if (say == HEADER_ALL) {
        add_since(out, say, now, kept->complete_wall_ms);
    } else {
        str_add_char(out, ' ');
        add_age(out, now, kept->complete_wall_ms);
        str_add(out, say == HEADER_LESS ? " ago" : " old");
    }
    if (say >= HEADER_SHORT)
        return true;
    if (kept->phase == KEEP_LOADING)
        str_add(out, ", opening");
    else if (st->phase == SYNC_LOADING)
        str_add(out, ", refreshing");
    if (say == HEADER_ALL && st->phase == SYNC_LOADING && st->loaded && st->total > 0) {
        str_add_char(out, ' ');
        add_of(out, st->loaded, st->total, HEADER_SHORT);
    }
    return true;
}

/* What the server is asked for while a list is loading: " 46/s". */
static void add_rate(const struct session *s, struct str *out)
{
    struct api_stats stats;
    api_stats(s->api, &stats);
    if (stats.per_second >= 1)
        str_printf(out, " %.0f/s", stats.per_second);
}

static void proven_counts(struct app *app, enum header_say say, struct str *out)
{
    struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    bool complete = st->proof == SYNC_COMPLETE;
    add_accounts(out, fleet_count(s->fleet), say);
    if (say >= HEADER_SHORT)
        str_add(out, complete ? " complete" : ", may have moved");
    else
        str_add(out, complete ? ", complete" : ", complete unless moved");
    add_since(out, say, app_now_server(app), st->complete_wall_ms);
    if (say == HEADER_ALL && st->phase == SYNC_LOADING) {
        str_add(out, ", asking");
        add_rate(s, out);
    }
}

static void live_counts(struct app *app, enum header_say say, struct str *out)
{
    struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    uint32_t n = fleet_count(s->fleet);
    if (st->proof != SYNC_NONE) {
        proven_counts(app, say, out);
        return;
    }
    str_add(out, "at least ");
    if (st->total > (int64_t)n && say != HEADER_LEAST)
        add_of(out, n, st->total, say);
    else
        add_accounts(out, n, say);
    if (st->phase == SYNC_LOADING && say < HEADER_SHORT)
        str_add(out, ", loading");
    if (st->phase == SYNC_LOADING && say == HEADER_ALL)
        add_rate(s, out);
}

static bool is_ill(struct app *app)
{
    struct api_illness illness;
    api_illness(app_session(app)->api, &illness);
    return illness.since_wall_ms != WHEN_NONE;
}

/* Appends how many accounts there are and how far that can be trusted. */
static void header_counts(struct app *app, enum header_say say, struct str *out)
{
    struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    if (s->env.offline)
        str_add(out, "OFFLINE  ");
    bool blank = session_blank(s) && (s->token_error.status || st->error.status);
    if (s->env.offline && keep_state(s->keep)->complete_wall_ms == WHEN_NONE)
        str_add(out, "nothing kept");
    else if (blank)
        str_add(out, "nothing loaded");
    else if (!snapshot_counts(app, say, out))
        live_counts(app, say, out);
    if (st->paused)
        str_add(out, ", paused");
    if (st->stale_since_wall_ms != WHEN_NONE && !blank) {
        str_add(out, ", STALE ");
        add_age(out, app_now_wall(app), st->stale_since_wall_ms);
    } else if (is_ill(app)) {
        str_add(out, ", no answer");
    }
}

/* ---- whose they are ---- */

/* How much is said of where it all comes from. The terminal's title has all of it always. */
enum where { WHERE_ALL, WHERE_ORG, WHERE_PROFILE, WHERE_LEAST };

/* Without a name of its own the organisation is what tells it. */
static bool says_org(const struct session *s, enum where where)
{
    bool named = s->profile.name && s->profile.name[0];
    bool labelled = s->profile.label && s->profile.label[0];
    return where <= WHERE_ORG || (!named && (where == WHERE_PROFILE || !labelled));
}

static void add_where(const struct session *s, enum where where, struct str *out)
{
    const char *profile = s->profile.name, *label = s->profile.label;
    bool named = profile && profile[0], labelled = label && label[0];
    if (named && !(where == WHERE_LEAST && labelled))
        str_add(out, profile);
    if (says_org(s, where))
        str_printf(out, "%s%s", out->len ? "  " : "", api_org(s->api));
    if (where == WHERE_ALL)
        str_printf(out, "  %s", api_host(s->api));
}

static void add_access(struct app *app, struct str *out)
{
    const struct session *s = app_session(app);
    if (session_no_journal(s)) {
        str_add(out, "no journal"); /* so no write (F21) */
    } else if (s->unlocked_until_mono_ms) {
        str_add(out, "unlocked ");
        when_age(out, s->unlocked_until_mono_ms - app_now_mono(app));
    } else if (api_readonly(s->api)) {
        str_add(out, s->profile.access == ACCESS_GUARDED ? "locked" : "read-only");
    } else {
        str_add(out, "read-write");
    }
}

/* ---- what fits ---- */

/* From all of it to the least. A heading is not worded anew: it may be cut, to these cells. */
static const struct shape {
    bool program;
    enum where where;
    enum header_say say;
} shapes[] = {
    {true, WHERE_ALL, HEADER_ALL},        {false, WHERE_ALL, HEADER_ALL},
    {false, WHERE_ALL, HEADER_LESS},      {false, WHERE_ALL, HEADER_SHORT},
    {false, WHERE_ORG, HEADER_SHORT},     {false, WHERE_PROFILE, HEADER_SHORT},
    {false, WHERE_PROFILE, HEADER_LEAST}, {false, WHERE_LEAST, HEADER_LEAST},
};
static const int heading_cells[HEADER_SAYS] = {
    [HEADER_ALL] = 200, [HEADER_LESS] = 60, [HEADER_SHORT] = 44, [HEADER_LEAST] = 12};

struct words {
    struct str label, where, right, access;
};

static int width_of(const struct str *text)
{
    return text->len ? text_width(str_text(text), text->len) : 0;
}

static int with_gap(const struct str *text, int gap)
{
    return text->len ? width_of(text) + gap : 0;
}

/* Before where it is: the edge, or another piece. */
static int where_gap(const struct shape *shape, const struct words *w)
{
    return shape->program || w->label.len ? GAP : 1;
}

/* Cells of all that stands there but what the screen is about. */
static int cells_beside(const struct shape *shape, const struct words *w)
{
    return (shape->program ? (int)sizeof " paddock" - 1 : 0) + with_gap(&w->label, 1) +
           with_gap(&w->where, where_gap(shape, w)) + with_gap(&w->access, GAP);
}

static void cut(struct str *text, int cells, bool ascii)
{
    struct str safe = STR_INIT, fitted = STR_INIT;
    text_safe(&safe, str_text(text), text->len, ascii ? TEXT_ASCII : 0);
    if (width_of(&safe) > cells && cells > 0)
        text_fit(&fitted, str_text(&safe), safe.len, cells, TEXT_LEFT, ascii ? "~" : "…");
    else if (cells > 0)
        str_add_span(&fitted, span_from(&safe));
    str_clear(text);
    str_add_span(text, span_from(&fitted));
    str_finish(&safe);
    str_finish(&fitted);
}

/* Words for a shape, and whether they fit. */
static bool try_shape(struct app *app, const struct shape *shape, const struct canvas *c,
                      const struct str *heading, struct words *w)
{
    str_clear(&w->where);
    str_clear(&w->right);
    add_where(app_session(app), shape->where, &w->where);
    if (heading)
        str_add_span(&w->right, span_from(heading));
    else
        header_counts(app, shape->say, &w->right);
    int need = width_of(&w->right), least = heading_cells[shape->say];
    if (heading && need > least)
        need = least;
    return cells_beside(shape, w) + (need ? need + GAP : 0) <= c->cols;
}

/* What is about something gives way first, then the words of where it is; never the access. */
static void cut_words(const struct shape *shape, const struct canvas *c, struct words *w)
{
    bool ascii = c->draw->ascii;
    cut(&w->right, c->cols - cells_beside(shape, w) - GAP, ascii);
    int over = cells_beside(shape, w) + with_gap(&w->right, GAP) - c->cols;
    if (over > 0)
        cut(&w->where, width_of(&w->where) - over, ascii);
    over = cells_beside(shape, w) + with_gap(&w->right, GAP) - c->cols;
    if (over > 0)
        cut(&w->label, width_of(&w->label) - over, ascii);
}

enum header_lack header_draw(struct app *app, const struct canvas *c, const struct screen_ops *ops,
                             const void *self)
{
    const struct session *s = app_session(app);
    struct words w = {STR_INIT, STR_INIT, STR_INIT, STR_INIT};
    struct str heading = STR_INIT;
    const struct shape *shape = shapes;
    if (s->profile.label && s->profile.label[0])
        str_printf(&w.label, " %s ", s->profile.label);
    add_access(app, &w.access);
    if (ops->heading)
        ops->heading(self, &heading);
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        shape = &shapes[i];
        if (try_shape(app, shape, c, ops->heading ? &heading : NULL, &w))
            break;
    }
    cut_words(shape, c, &w);
    bool trouble =
        s->env.offline || sync_state(s->sync)->stale_since_wall_ms != WHEN_NONE || is_ill(app);
    const struct bar_piece pieces[PIECES] = {
        {ROLE_HEADER, span_of(shape->program ? " paddock" : ""), 0, false, 0},
        {ROLE_HEADER_DANGER, span_from(&w.label), 0, false, 1},
        {ROLE_HEADER, span_from(&w.where), 0, false, where_gap(shape, &w)},
        {trouble ? ROLE_WARNING : ROLE_HEADER, span_from(&w.right), 0, true, GAP},
        {ROLE_HEADER, span_from(&w.access), 0, true, GAP},
    };
    bar_line(c, 0, ROLE_HEADER, pieces, PIECES);
    str_finish(&w.label);
    str_finish(&w.where);
    str_finish(&w.right);
    str_finish(&w.access);
    str_finish(&heading);
    return shape->where == WHERE_ALL   ? LACKS_NOTHING
           : says_org(s, shape->where) ? LACKS_HOST
                                       : LACKS_ORG_AND_HOST;
}
