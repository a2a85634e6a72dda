/* detail.c: see detail.h.
 *
 * The overview is text with roles, made from the field table: a new field appears without a line
 * here. Only the two quotas are drawn in a way of their own, as gauges with numbers. The text is
 * made when the account, the width or the second changes, not at every key; and as far as it is
 * seen, while the pane only follows a cursor and nothing is searched in it. */
#include "tui/screens/detail.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "model/warn.h"
#include "tui/mask.h"
#include "tui/status.h"
#include "tui/who.h"
#include "tui/widgets/bars.h"
#include "tui/widgets/gauge.h"

#include <string.h>

#define NARROW_CELLS 42
#define WARNINGS_MAX 16
#define ROWS_ALL     (-1)

void detail_init(struct detail *d, struct app *app)
{
    *d = (struct detail){.app = app, .row = ROW_NONE};
    textview_init(&d->view, true);
}

void detail_finish(struct detail *d)
{
    textview_finish(&d->view);
}

void detail_stale(struct detail *d)
{
    d->valid = false;
}

/* In a narrow pane the longest label has one blank behind it: an age and its time just fit there.
 */
static int label_cells(const struct detail *d)
{
    return d->cells < NARROW_CELLS ? 19 : 20;
}

/* " text" and blanks up to where values stand. */
static void label(struct detail *d, const char *text)
{
    static const char many[] = "                        ";
    size_t len = strlen(text);
    int blanks = label_cells(d) - text_width(text, len);
    textview_add(&d->view, ROLE_FORM_LABEL, span_of(" "));
    textview_add(&d->view, ROLE_FORM_LABEL, (struct span){text, len});
    if (blanks > 0)
        textview_add(&d->view, ROLE_FORM_LABEL, (struct span){many, (size_t)blanks});
}

/* Whether so much stands beside a label on one line. */
static bool fits(const struct detail *d, size_t cells)
{
    return label_cells(d) + 2 + (int)cells < d->cells;
}

/* ---- the overview ---- */

/* A quota as a bar, percent and absolute numbers. */
static void add_gauge(struct detail *d, const struct account *a, const char *name,
                      enum field limit_field, enum field used_field)
{
    const struct value *limit = &a->v[limit_field], *used = &a->v[used_field];
    struct str line = STR_INIT;
    str_add_char(&line, ' ');
    str_add(&line, name);
    str_add_char(&line, ' ');
    if (value_known(&a->v[FIELD_USAGE_PERIOD]))
        str_add_span(&line, a->v[FIELD_USAGE_PERIOD].text);
    size_t head = (size_t)label_cells(d) + 1;
    str_fill(&line, ' ', line.len < head ? head - line.len : 0);
    textview_add(&d->view, ROLE_TITLE, span_from(&line));
    str_clear(&line);
    value_show(used_field, used, SHOW_CELL, &line);
    str_add(&line, " of ");
    value_show(limit_field, limit, SHOW_CELL, &line);
    textview_add(&d->view, ROLE_STRONG, span_from(&line));
    textview_lines(&d->view, ROLE_STRONG, span_of("\n"));
    str_finish(&line);
    if (!value_known(limit) || !value_known(used)) {
        /* What follows stands where it stands with a bar: calm, and fewer bytes a move. */
        textview_lines(&d->view, ROLE_TEXT, span_of("\n"));
        return;
    }
    if (limit->i == 0) {
        textview_printf(&d->view, ROLE_GAUGE_FULL, " %s quota 0: may block everything\n",
                        draw_glyph_text(app_draw(d->app), GLYPH_WARN));
        return;
    }
    struct gauge g = {.ratio = gauge_ratio(used->i, limit->i)};
    char percent[8];
    gauge_percent(&g, percent);
    int room = d->cells - 8 > 60 ? 60 : d->cells - 8;
    int full = g.ratio >= 1 ? room : (int)(g.ratio * room);
    struct span parts[] = {
        span_of(draw_glyph_text(app_draw(d->app), GLYPH_GAUGE_FULL)),
        span_of(draw_glyph_text(app_draw(d->app), GLYPH_GAUGE_EMPTY)),
    };
    struct str bar = STR_INIT;
    str_reserve(&bar, (size_t)(room > 0 ? room : 0) * parts[0].len + 16);
    str_add_char(&bar, ' ');
    for (int i = 0; i < room; i++)
        str_add_span(&bar, parts[i >= full]);
    str_add_char(&bar, ' ');
    str_add(&bar, percent);
    str_add_char(&bar, '\n');
    textview_lines(&d->view, gauge_role(&g), span_from(&bar));
    str_finish(&bar);
}

static enum role value_role(const struct value *v)
{
    static const enum role roles[] = {[PRESENCE_ABSENT] = ROLE_DIM,
                                      [PRESENCE_NULL] = ROLE_DIM,
                                      [PRESENCE_VALUE] = ROLE_TEXT,
                                      [PRESENCE_BAD] = ROLE_ERROR};
    return roles[v->presence];
}

static void show_pair(void *ctx, struct span key, struct span val)
{
    struct detail *d = ctx;
    /* Further in than our labels, which a key with blanks in it could look like. */
    textview_add(&d->view, ROLE_TEXT, span_of("   "));
    textview_add(&d->view, ROLE_FORM_LABEL, key);
    textview_add(&d->view, ROLE_DIM, span_of("="));
    textview_add(&d->view, ROLE_TEXT, val);
    textview_lines(&d->view, ROLE_TEXT, span_of("\n"));
}

static void add_time(struct detail *d, const struct value *v, struct str *text)
{
    int64_t now = app_now_server(d->app);
    if (v->i == WHEN_NONE)
        return;
    str_clear(text);
    when_age(text, now - v->i);
    str_add(text, " ago, ");
    when_clock(text, v->i, now);
}

static void add_field(struct detail *d, const struct account *a, const struct field_info *f)
{
    const struct value *v = &a->v[f->id];
    struct str text = STR_INIT;
    enum role role = value_role(v);
    label(d, f->label);
    const char *mask = mask_value(f->id, v, d->reveal);
    if (mask) {
        str_printf(&text, "%s%s", mask, d->reveal ? "" : " (:reveal shows it)");
        role = ROLE_DIM;
    } else if (f->id == FIELD_STATUS && d->row != ROW_NONE) {
        struct session *s = app_session(d->app);
        struct status_look look = status_show(app_config(d->app), s->fleet, d->row,
                                              app_now_server(d->app), 0, false, &text);
        role = look.role;
        textview_add(&d->view, role, span_of(draw_glyph_text(app_draw(d->app), look.glyph)));
        textview_add(&d->view, role, span_of(" "));
    } else {
        value_words(f->id, v, &text);
        /* In a narrow pane the unit, which the label says too, would only break the line. */
        if (f->type == FT_INT && value_known(v) && !fits(d, text.len)) {
            str_clear(&text);
            quantity_full(&text, v->i);
        }
        if (f->type == FT_TIME && value_known(v))
            add_time(d, v, &text);
    }
    textview_add(&d->view, role, span_from(&text));
    textview_lines(&d->view, ROLE_TEXT, span_of("\n"));
    str_finish(&text);
}

/* "145%  likely 131-158%", in a narrow pane without the word. */
static void add_percents(struct detail *d, const struct forecast *f, int64_t limit)
{
    long long end = forecast_percent(f->end, limit), low = forecast_percent(f->low, limit),
              high = forecast_percent(f->high, limit);
    const struct gauge g = {(double)end / 100, 0.9};
    struct str percent = STR_INIT, range = STR_INIT;
    str_printf(&percent, "%lld%%", end);
    str_printf(&range, "  likely %lld-%lld%%", low, high);
    if (!fits(d, percent.len + range.len)) {
        str_clear(&range);
        str_printf(&range, "  %lld-%lld%%", low, high);
    }
    str_add_char(&range, '\n');
    textview_add(&d->view, gauge_role(&g), span_from(&percent));
    textview_lines(&d->view, ROLE_TEXT, span_from(&range));
    str_finish(&percent);
    str_finish(&range);
}

/* When the quota is used up. */
static void add_end(struct detail *d, const struct forecast *f)
{
    int64_t now = app_now_server(d->app);
    struct str text = STR_INIT;
    if (f->runs_out_ms == WHEN_NONE) {
        str_add(&text,
                fits(d, strlen("not in this period")) ? "not in this period" : "not this period");
    } else if (f->runs_out_ms <= now) {
        str_add(&text, MONITOR_OVER);
    } else {
        when_clock(&text, f->runs_out_ms, now);
        str_add(&text, " (");
        when_age(&text, f->runs_out_ms - now);
        str_add(&text, ")");
    }
    str_add_char(&text, '\n');
    textview_lines(&d->view, f->runs_out_ms == WHEN_NONE ? ROLE_TEXT : ROLE_WARNING,
                   span_from(&text));
    str_finish(&text);
}

/* Where a quota will stand when the period ends, and whether it lasts: always two lines beneath its
 * gauge, so that what follows stands where it stood. Without a limit there is nothing to tell. */
static void add_forecast(struct detail *d, enum series_counter counter)
{
    struct monitor_account m;
    struct monitor *monitor = app_session(d->app)->watching.monitor;
    bool any = d->row != ROW_NONE && monitor_account(monitor, d->row, &m) && m.limited[counter] &&
               m.counted[counter];
    bool known = any && m.forecast[counter].basis != FORECAST_NONE;
    label(d, "forecast");
    if (known)
        add_percents(d, &m.forecast[counter], m.limit[counter]);
    else
        textview_add(&d->view, ROLE_DIM,
                     span_of(any ? forecast_basis_words(m.forecast[counter].basis) : "-"));
    if (!known)
        textview_lines(&d->view, ROLE_DIM, span_of("\n"));
    label(d, "runs out");
    if (known)
        add_end(d, &m.forecast[counter]);
    else
        textview_lines(&d->view, ROLE_DIM, span_of("-\n"));
}

static void add_warnings(struct detail *d, const struct account *a)
{
    struct warning warnings[WARNINGS_MAX];
    size_t n = warn_account(NULL, a, warnings, WARNINGS_MAX);
    for (size_t i = 0; i < n; i++)
        textview_printf(&d->view, ROLE_WARNING, " ! %s: %s\n", field_info(warnings[i].field)->label,
                        warnings[i].text);
}

static void add_section(struct detail *d, const struct account *a, enum field_section section)
{
    textview_lines(&d->view, ROLE_TITLE, span_of("\n "));
    textview_lines(&d->view, ROLE_TITLE, span_of(section_title(section)));
    textview_lines(&d->view, ROLE_TITLE, span_of("\n"));
    if (section == SECTION_QUOTA) {
        add_gauge(d, a, "TOKENS", FIELD_QUOTA_TOKENS, FIELD_USED_TOKENS);
        add_forecast(d, SERIES_TOKENS);
        add_gauge(d, a, "REQUESTS", FIELD_QUOTA_REQUESTS, FIELD_USED_REQUESTS);
        add_forecast(d, SERIES_REQUESTS);
    }
    if (section == SECTION_TAGS && value_known(&a->v[FIELD_TAGS]) && a->v[FIELD_TAGS].text.len) {
        value_pairs(&a->v[FIELD_TAGS], show_pair, d);
        return;
    }
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = field_info((enum field)f);
        bool whole_group = info->type == FT_GROUP && a->v[f].presence != PRESENCE_VALUE;
        if (info->section != section || (info->type == FT_GROUP && !whole_group))
            continue;
        if (info->id != FIELD_USAGE_PERIOD || !value_known(&a->v[f]))
            add_field(d, a, info);
    }
    if (section == SECTION_RATE)
        add_warnings(d, a);
}

struct unknowns {
    struct detail *detail;
    size_t count;
};

/* A name that is too long for a label stands on a line of its own. */
static void add_unknown(void *ctx, struct span path, struct span raw)
{
    struct unknowns *u = ctx;
    struct detail *d = u->detail;
    struct str name = STR_INIT, value = STR_INIT;
    if (!u->count++)
        textview_printf(&d->view, ROLE_TITLE, "\n OTHER FIELDS\n");
    text_safe(&name, path.p, path.len, 0);
    json_safe(&value, raw);
    if (text_width(name.data, name.len) < label_cells(d)) {
        label(d, str_text(&name));
    } else {
        textview_printf(&d->view, ROLE_FORM_LABEL, " %s\n", str_text(&name));
        label(d, "");
    }
    textview_add(&d->view, ROLE_TEXT, span_from(&value));
    textview_lines(&d->view, ROLE_TEXT, span_of("\n"));
    str_finish(&name);
    str_finish(&value);
}

/* Fields that the table does not know are shown too: the API may be newer than paddock. They are
 * all that the record itself has to be read for. */
static void add_unknowns(struct detail *d)
{
    const struct fleet *fleet = app_session(d->app)->fleet;
    struct value v[FIELD_COUNT];
    struct unknowns unknowns = {.detail = d};
    struct arena mem;
    if (!fleet_has_unknown(fleet, d->row))
        return;
    arena_init(&mem);
    scan_record(fleet_raw(fleet, d->row), v, &mem, add_unknown, &unknowns, NULL);
    arena_finish(&mem);
}

/* Nothing came about this account since the start: it is as the snapshot says. */
static void add_kept(struct detail *d, const struct session *s)
{
    int64_t age = app_now_mono(d->app) - fleet_as_of(s->fleet, d->row);
    struct str text = STR_INIT;
    when_clock(&text, app_now_wall(d->app) - age, app_now_wall(d->app));
    str_add(&text, ", ");
    when_age(&text, age);
    textview_printf(&d->view, ROLE_DIM, " as of %s ago\n", str_text(&text));
    str_finish(&text);
}

static bool has_draft(const struct detail *d)
{
    const struct session *s = app_session(d->app);
    struct value id;
    fleet_get(s->fleet, d->row, FIELD_ID, &id);
    return value_known(&id) && draft_marks_has(&s->draft_marks, id.text);
}

/* At most `lines` that have ended, and the rest of their section. */
static void make_overview(struct detail *d, size_t lines)
{
    static const enum field_section order[] = {SECTION_HEALTH,  SECTION_QUOTA, SECTION_RATE,
                                               SECTION_ROUTING, SECTION_TAGS,  SECTION_IDENTITY,
                                               SECTION_RECORD};
    const struct fleet *fleet = app_session(d->app)->fleet;
    const char *lock = fleet_locked(fleet, d->row), *bad = fleet_bad(fleet, d->row);
    struct account a; /* its texts are the fleet's */
    if (lock)
        textview_printf(&d->view, ROLE_WARNING, " %s\n", lock);
    if (bad[0])
        textview_printf(&d->view, ROLE_ERROR, " unreadable: %s\n", bad);
    if (has_draft(d))
        textview_printf(&d->view, ROLE_NOTE, " a draft waits, not sent; e goes on with it\n");
    if (keep_is_old(app_session(d->app)->keep, d->row))
        add_kept(d, app_session(d->app));
    account_init(&a);
    bool readable = false;
    for (int f = 0; f < FIELD_COUNT; f++) {
        fleet_get(fleet, d->row, (enum field)f, &a.v[f]);
        readable = readable || a.v[f].presence != PRESENCE_BAD;
    }
    if (!readable)
        textview_printf(&d->view, ROLE_DIM, " the JSON tab shows what came\n");
    size_t done = 0;
    for (; readable && done < ARRAY_LEN(order) && textview_ended(&d->view) < lines; done++)
        add_section(d, &a, order[done]);
    if (done == ARRAY_LEN(order))
        add_unknowns(d);
    account_finish(&a);
}

/* ---- the JSON as received ---- */

static size_t string_end(const char *p, size_t len)
{
    size_t i = 1;
    while (i < len && p[i] != '"')
        i += p[i] == '\\' ? 2 : 1;
    return i < len ? i + 1 : len;
}

static enum role scalar_role(char c)
{
    return c == '-' || (c >= '0' && c <= '9') ? ROLE_JSON_NUMBER : ROLE_JSON_WORD;
}

/* Colours pretty JSON: a string before a colon is a key. The value of a secret is masked. */
static void add_json(struct detail *d, struct span json)
{
    bool secret = false;
    for (size_t i = 0; i < json.len;) {
        const char *p = json.p + i;
        size_t len = 1;
        enum role role = ROLE_DIM;
        if (*p == '"') {
            len = string_end(p, json.len - i);
            bool key = i + len < json.len && p[len] == ':';
            role = key ? ROLE_JSON_KEY : ROLE_JSON_STRING;
            struct span inside = {p + 1, len > 2 ? len - 2 : 0};
            const char *masked = !key && secret ? mask_of(inside, d->reveal) : NULL;
            secret = key && span_is(inside, field_info(FIELD_CREDENTIALS_REF)->path);
            if (masked) {
                textview_printf(&d->view, ROLE_DIM, "\"%s\"", masked);
                i += len;
                continue;
            }
        } else if (*p != ' ' && *p != '\n' && !strchr("{}[],:", *p)) {
            while (i + len < json.len && !strchr(",}] \n", p[len]))
                len++;
            role = scalar_role(*p);
        }
        textview_lines(&d->view, role, (struct span){p, len});
        i += len;
    }
}

static void make_json(struct detail *d)
{
    struct session *s = app_session(d->app);
    struct span raw = fleet_raw(s->fleet, d->row);
    struct str pretty = STR_INIT;
    if (scan_check(raw, NULL, NULL))
        str_add_span(&pretty, raw);
    else
        json_pretty(&pretty, raw);
    add_json(d, span_from(&pretty));
    str_finish(&pretty);
}

/* rows: that are seen of it; ROWS_ALL: all of it has to be there, to be searched or moved in. */
static void make_text(struct detail *d, row_id row, int cells, int rows)
{
    struct fleet *fleet = app_session(d->app)->fleet;
    int64_t second = app_now_server(d->app) / 1000;
    int64_t as_of = fleet_as_of(fleet, row);
    bool other = d->row != row || d->made_tab != d->tab;
    if (other)
        textview_top(&d->view);
    /* One more than is seen: that there is more is seen, too. */
    size_t lines = rows == ROWS_ALL ? SIZE_MAX : d->view.top + (size_t)rows + 1;
    if (d->valid && !other && d->as_of == as_of && d->cells == cells && d->made_lines >= lines &&
        d->made_reveal == d->reveal && (d->tab == DETAIL_JSON || d->second == second))
        return;
    d->row = row;
    d->cells = cells;
    d->as_of = as_of;
    d->second = second;
    d->made_tab = d->tab;
    d->made_reveal = d->reveal;
    d->made_lines = lines;
    d->valid = true;
    textview_clear(&d->view);
    if (d->tab == DETAIL_JSON)
        make_json(d);
    else
        make_overview(d, lines);
}

/* Keys may follow each other without a draw between them: the account is the cursor's, which may
 * not be the one that was drawn last. One that was never drawn is as wide as the terminal. */
void detail_whole(struct detail *d, row_id row)
{
    int cells = d->cells ? d->cells : app_draw(d->app)->cols;
    if (row == ROW_NONE)
        return;
    make_text(d, row, cells, ROWS_ALL);
}

void detail_draw(struct detail *d, const struct canvas *c, row_id row, bool focus)
{
    static const struct bar_tab tabs[DETAIL_TABS] = {{NULL, "Overview"}, {NULL, "JSON"}};
    if (row == ROW_NONE) {
        draw_own(c, 0, 1, ROLE_DIM, "no account", -1, TEXT_LEFT);
        return;
    }
    struct fleet *fleet = app_session(d->app)->fleet;
    struct value provider;
    struct str who = STR_INIT;
    fleet_get(fleet, row, FIELD_PROVIDER_TYPE, &provider);
    int right = provider.text.len && c->cols > 40 ? 16 : 0;
    who_cell(fleet, row, c->cols - right - 2, c->draw->ascii, &who);
    draw_text(c, 0, 1, ROLE_STRONG, span_from(&who), c->cols - right - 2, TEXT_LEFT);
    str_finish(&who);
    if (right)
        draw_text(c, 0, c->cols - right, ROLE_DIM, provider.text, right - 1, TEXT_RIGHT);
    bar_tabs(c, 1, 1, tabs, DETAIL_TABS, (size_t)d->tab);
    /* The overview's lines begin with a blank of their own. */
    int left = d->tab == DETAIL_JSON ? 1 : 0;
    struct canvas body = canvas_part(c, 2, left, c->rows - 2, c->cols - left);
    make_text(d, row, body.cols, focus ? ROWS_ALL : body.rows);
    textview_draw(&d->view, &body, focus);
}

unsigned detail_action(struct detail *d, row_id row, enum action_id action)
{
    enum move move;
    if (keymap_move(action, &move)) {
        detail_whole(d, row);
        textview_move(&d->view, move);
        return EFFECT_REDRAW;
    }
    switch (action) {
    case ACTION_NEXT_TAB:
    case ACTION_PREVIOUS_TAB:
        d->tab = d->tab == DETAIL_OVERVIEW ? DETAIL_JSON : DETAIL_OVERVIEW;
        return EFFECT_REDRAW;
    case ACTION_REVEAL:
        d->reveal = !d->reveal;
        app_tell_reveal(d->app, d->reveal);
        return EFFECT_REDRAW;
    case ACTION_NEXT_MATCH:
    case ACTION_PREVIOUS_MATCH:
        detail_whole(d, row);
        if (!textview_search_next(&d->view, action == ACTION_NEXT_MATCH))
            app_message(d->app, MESSAGE_NOTE, "not found");
        return EFFECT_REDRAW;
    default:
        return EFFECT_NONE;
    }
}
