/* chrome.c: see chrome.h. Every word here must be true at this moment: counts say how far they are
 * known, ages count on, and the host is always in sight. */
#include "tui/chrome.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/header.h"
#include "tui/session_plan.h"
#include "tui/widgets/bars.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_MS 60000 /* what was said a minute ago is not news, once it was seen */
#define GOOD_MS    10000 /* what was saved is said for so long, whatever comes */
#define BANNER_MIN 20    /* cells of the banner below which it is one word */
#define LINES_PART 5     /* of the screen's lines a message may have one in five */
#define TABS_KEPT  4     /* tabs that no banner takes the place of */
#define TABS_LEAST 2     /* and that no host does */
#define HOST_MIN   11    /* cells of the host below which a tab goes before more of it is cut */

static void add_kept(const struct session *s, struct str *out)
{
    uint32_t n = fleet_count(s->fleet);
    if (n)
        str_printf(out, "; %s account%s kept", QUANTITY(n), PLURAL(n));
}

/* The key that tries now where the next key goes to (where text is typed: one that is not text);
 * false where there is none: an overlay takes it, or some screen has another use for it. */
static bool try_key(struct app *app, struct str *out)
{
    static const enum action_id tries[] = {ACTION_REFRESH, ACTION_RESYNC};
    const void *self;
    const struct screen_ops *ops = app_top(app, &self);
    const struct keymap *map = app_keymap(app);
    int context = keymap_context(map, ops->context(self));
    bool typing = ops->typing && ops->typing(self), found = false;
    for (size_t i = 0; i < ARRAY_LEN(tries) && !found && !ops->overlay; i++)
        found = keymap_first(map, context, tries[i], typing, out);
    return found;
}

/* When it goes on, and the key, before what a narrow line may cut. */
static void add_next_try(struct app *app, int64_t at_mono_ms, struct str *out)
{
    struct str key = STR_INIT;
    str_add(out, "next try in ");
    when_age(out, at_mono_ms - app_now_mono(app) + 999);
    if (try_key(app, &key))
        str_printf(out, ", %s now", str_text(&key));
    str_add(out, ": ");
    str_finish(&key);
}

/* What the server does since when, which is short; false while it is well. */
static bool add_illness(struct app *app, struct str *out)
{
    struct api_illness illness;
    api_illness(app_session(app)->api, &illness);
    if (illness.since_wall_ms == WHEN_NONE)
        return false;
    if (illness.http)
        str_printf(out, "the server fails (%d) since ", illness.http);
    else
        str_add(out, "not answering since ");
    when_clock(out, illness.since_wall_ms, app_now_wall(app));
    return true;
}

/* While the client still tries: nothing failed for good yet, and the screen says so at once. */
static void still_trying(struct app *app, bool kept, struct str *out)
{
    struct session *s = app_session(app);
    if (!add_illness(app, out)) {
        int64_t pause = api_wait_ms(s->api);
        if (pause > 0) {
            add_next_try(app, app_now_mono(app) + pause, out);
            str_add(out, "the server asks for a pause");
        }
        return;
    }
    str_add(out, ", trying again");
    if (kept)
        add_kept(s, out);
}

/* Why the header says "at least": no trouble, and yet the list is not proven. */
static void add_not_proven(const struct sync_state *st, struct str *out)
{
    if (!out->len && st->proof == SYNC_NONE && st->phase != SYNC_LOADING)
        str_add(out, st->note);
}

/* What comes next by somebody's hand: what the error says, else the key. */
static void add_next_step(struct app *app, const struct error *err, struct str *out)
{
    struct str key = STR_INIT;
    if (err->next[0])
        str_printf(out, "; %s", err->next);
    else if (try_key(app, &key))
        str_printf(out, "; %s tries again", str_text(&key));
    str_finish(&key);
}

/* "could not list the accounts: nothing answers there (127.0.0.1:80)", without what was being done
 * and without the host, which stands above. */
static void add_cause(const char *what, struct str *out)
{
    const char *cause = strncmp(what, "could not ", 10) == 0 ? strstr(what, ": ") : NULL;
    cause = cause ? cause + 2 : what;
    size_t len = strlen(cause);
    const char *host = len && cause[len - 1] == ')' ? strstr(cause, " (") : NULL;
    str_append(out, cause, host ? (size_t)(host - cause) : len);
}

/* The cause without what follows from it, which the next try has said already. */
static void add_shortest(const char *what, struct str *out)
{
    struct str cause = STR_INIT;
    add_cause(what, &cause);
    const char *end = strstr(str_text(&cause), "; ");
    str_append(out, str_text(&cause), end ? (size_t)(end - cause.data) : cause.len);
    str_finish(&cause);
}

/* The token or the right is refused: what to do about it goes before what was loaded and the rest,
 * for the server says nothing else until somebody does it. Where there is little room the cause
 * goes first, as far as its status; without room for both it stands alone. */
static void add_refusal(const struct error *err, bool next, bool brief, struct str *out)
{
    struct str cause = STR_INIT;
    add_cause(err->what, &cause);
    const char *end = strstr(str_text(&cause), "): ");
    if (!brief)
        str_printf(out, "%s; %s", err->next, err->what);
    else
        str_append(out, str_text(&cause), end ? (size_t)(end + 1 - cause.data) : cause.len);
    if (brief && next)
        str_printf(out, "; %s", err->next);
    str_finish(&cause);
}

/* Of what nobody asks again by itself the key comes first: it is the one way on (F05). */
static void add_stopped(struct app *app, bool terse, struct str *out)
{
    struct str key = STR_INIT;
    bool has_key = try_key(app, &key);
    if (terse && has_key)
        str_printf(out, "only %s asks", str_text(&key));
    else
        str_printf(out, "not asked again by itself%s%s%s", has_key ? ", " : "", str_text(&key),
                   has_key ? " asks" : "");
    str_add(out, ": ");
    str_finish(&key);
}

/* What failed, what is kept and when the next try is; nothing when all is well. */
static void add_trouble(struct app *app, bool kept, bool brief, bool terse, struct str *out)
{
    struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    if (s->token_error.status != ST_OK) {
        if (s->token_try_mono_ms)
            add_next_try(app, s->token_try_mono_ms, out);
        str_add(out, s->token_error.what);
        add_next_step(app, &s->token_error, out);
        return;
    }
    if (st->error.status == ST_OK) {
        still_trying(app, kept, out);
        add_not_proven(st, out);
        return;
    }
    bool refused =
        st->error.next[0] && (st->error.status == ST_AUTH || st->error.status == ST_FORBIDDEN);
    if (st->next_try_mono_ms >= 0)
        add_next_try(app, st->next_try_mono_ms, out);
    else if (st->phase == SYNC_STOPPED && refused)
        add_stopped(app, terse, out);
    else if (st->phase == SYNC_LOADING)
        str_add(out, "trying again: ");
    if (refused)
        add_refusal(&st->error, kept, brief, out);
    else if (brief)
        add_shortest(st->error.what, out);
    else
        str_add(out, st->error.what);
    if (kept && !(refused && brief))
        add_kept(s, out);
    if (st->next_try_mono_ms < 0 && st->phase != SYNC_LOADING && !refused)
        add_next_step(app, &st->error, out);
}

static int cells(const struct str *text)
{
    return text_width(str_text(text), text->len);
}

/* On one line, which stands there as long as the trouble does: in the first of the forms that fits,
 * so that nothing is cut in its middle. */
static void trouble_words(struct app *app, int room, struct str *out)
{
    static const struct {
        bool kept, brief, terse;
    } forms[] = {
        {true, false, false}, {true, true, false}, {true, true, true}, {false, true, false}};
    for (size_t i = 0; i < ARRAY_LEN(forms) && (i == 0 || cells(out) > room); i++) {
        struct str raw = STR_INIT;
        add_trouble(app, forms[i].kept, forms[i].brief, forms[i].terse, &raw);
        str_clear(out);
        app_hint(app, str_text(&raw), out);
        str_finish(&raw);
    }
}

static enum role message_role(enum message_kind kind)
{
    static const enum role roles[] = {[MESSAGE_NOTE] = ROLE_NOTE,
                                      [MESSAGE_GOOD] = ROLE_OK,
                                      [MESSAGE_WARNING] = ROLE_WARNING,
                                      [MESSAGE_ERROR] = ROLE_ERROR};
    return roles[kind];
}

/* When the connection's trouble began; WHEN_NONE, which is before everything: it has none. */
static int64_t trouble_since(struct app *app)
{
    struct session *s = app_session(app);
    struct api_illness illness;
    api_illness(s->api, &illness);
    int64_t stale = sync_state(s->sync)->stale_since_wall_ms;
    return illness.since_wall_ms != WHEN_NONE ? illness.since_wall_ms : stale;
}

/* The lines of a long message, from the first that is its; `left` more may be drawn. */
struct message_lines {
    const struct canvas *c;
    int y, left, more; /* more: lines that come after those */
    enum role role;
};

static void draw_message_line(void *ctx, struct span line)
{
    struct message_lines *m = ctx;
    if (m->left == 0)
        return;
    const struct canvas *c = m->c;
    bool cut = --m->left == 0 && m->more > 0;
    draw_fill(c, m->y, 0, 1, c->cols, ROLE_TEXT);
    int cells = draw_own_span(c, m->y, 2, m->role, line, c->cols - 3 - (cut ? 2 : 0), TEXT_LEFT);
    if (cut)
        draw_glyph(c, m->y, cells + 3, m->role, GLYPH_ELLIPSIS);
    m->y++;
}

/* One that is longer than its line takes more, which it takes from the screen above; how many it
 * has. text begins with a space. */
static int message_lines(const struct canvas *c, enum role role, struct span text)
{
    struct str safe = STR_INIT;
    int most = c->rows / LINES_PART;
    text_safe(&safe, text.p + 1, text.len - 1, c->draw->ascii ? TEXT_ASCII : 0);
    int all = draw_wrap(span_from(&safe), c->cols - 3, NULL, NULL);
    int lines = all < most ? all : most;
    struct message_lines m = {c, c->rows - lines, lines, all - lines, role};
    draw_wrap(span_from(&safe), c->cols - 3, draw_message_line, &m);
    str_finish(&safe);
    return lines;
}

/* Nothing failed: then what is said where trouble stands is not an error. */
static enum role trouble_role(struct app *app)
{
    const struct session *s = app_session(app);
    bool failed = s->token_error.status != ST_OK || sync_state(s->sync)->error.status != ST_OK ||
                  trouble_since(app) != WHEN_NONE;
    return failed ? ROLE_ERROR : ROLE_WARNING;
}

/* An error is news until somebody is there to see it. */
static bool is_news(struct app *app, const struct chrome_message *m)
{
    return m->wall_ms != WHEN_NONE && ((m->kind >= MESSAGE_WARNING && !m->read) ||
                                       app_now_wall(app) - m->wall_ms < MESSAGE_MS);
}

bool chrome_trouble_covers(struct app *app, const struct chrome_message *m)
{
    bool new = m->kind == MESSAGE_GOOD && !m->read &&app_now_mono(app) - m->mono_ms < GOOD_MS;
    return trouble_since(app) > m->wall_ms && !new;
}

/* The newest message, unless the connection is in trouble and nothing newer was said. Returns the
 * lines taken. */
static int message_line(struct app *app, const struct canvas *c, const struct chrome_message *m)
{
    struct str text = STR_INIT;
    enum role role = trouble_role(app);
    int lines = 1;
    bool said = is_news(app, m), shown;
    if (!said || chrome_trouble_covers(app, m))
        trouble_words(app, c->cols - 1, &text);
    shown = text.len == 0 && said;
    if (shown) {
        str_add_char(&text, ' ');
        when_clock(&text, m->wall_ms, app_now_wall(app));
        str_add(&text, "  ");
        str_add_span(&text, span_from(&m->text));
        role = message_role(m->kind);
    }
    if (shown && !m->read && cells(&text) > c->cols - 1)
        lines = message_lines(c, role, span_from(&text));
    else
        bar_message(c, c->rows - 1, role, span_from(&text), NULL);
    str_finish(&text);
    return lines;
}

/* The keys of what the next one goes to: an overlay has its own, and a line that is being typed,
 * wherever it stands, has the same everywhere. Help is told of full screens. */
static void key_bar(struct app *app, const struct canvas *c, int y)
{
    static const int line_bar[] = {ACTION_ACCEPT, ACTION_BACK, ACTION_TEXT_ERASE_WORD,
                                   ACTION_TEXT_ERASE_LINE, ACTION_HELP};
    const void *self;
    const struct screen_ops *ops = app_top(app, &self);
    struct str lead = STR_INIT;
    size_t count = 0;
    struct keymap *map = app_keymap(app);
    int context = keymap_context(map, ops->context(self));
    bool typing = ops->typing && ops->typing(self);
    const int *actions = line_bar;
    if (typing && context == keymap_context(map, "line"))
        count = ARRAY_LEN(line_bar) - (ops->overlay ? 1 : 0);
    else
        actions = ops->bar ? ops->bar(self, &count) : NULL;
    if (ops->lead)
        ops->lead(self, &lead);
    const struct bar_words words = {str_text(&lead), ops->label, self};
    int offered[ACTION_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < count && n < ARRAY_LEN(offered); i++)
        if (app_offers(app, (enum action_id)actions[i]))
            offered[n++] = actions[i];
    bar_keys(c, y, map, context, typing, offered, n, &words);
    str_finish(&lead);
}

/* At the right of the tabs, when it fits into `room` cells. */
static void note(const struct canvas *c, const struct screen_ops *ops, const void *self, int room)
{
    struct str text = STR_INIT;
    if (ops->note)
        ops->note(self, &text);
    if (text.len && (int)text.len <= room)
        draw_text(c, 1, c->cols - (int)text.len - 1, ROLE_DIM, span_from(&text), (int)text.len,
                  TEXT_RIGHT);
    str_finish(&text);
}

/* When the next try is; -1: none is set. */
static int64_t next_try_mono_ms(struct app *app)
{
    struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    if (s->token_error.status != ST_OK)
        return s->token_try_mono_ms ? s->token_try_mono_ms : -1;
    if (st->error.status != ST_OK)
        return st->next_try_mono_ms;
    int64_t pause = api_wait_ms(s->api);
    return pause > 0 ? app_now_mono(app) + pause : -1;
}

/* The next try, while a newer message stands where it is else told of. */
static void add_covered_try(struct app *app, const struct chrome_message *m, struct str *words,
                            struct str *fewer)
{
    bool covered = is_news(app, m) && !chrome_trouble_covers(app, m);
    int64_t at = covered ? next_try_mono_ms(app) : -1;
    if (at < 0)
        return;
    str_add(fewer, fewer->len ? "  try " : "! try ");
    when_age(fewer, at - app_now_mono(app) + 999);
    str_add(words, words->len ? "  next try in " : "! next try in ");
    when_age(words, at - app_now_mono(app) + 999);
}

/* What is under way and not settled, in sight on every screen until it is: made safe, in words and,
 * for where they have no room, in fewer; empty when there is nothing. True: an outcome is unknown,
 * which is said before anything else. */
static bool banner_words(struct app *app, bool ascii, struct str *words, struct str *fewer)
{
    struct session *s = app_session(app);
    struct str plan = STR_INIT, name = STR_INIT;
    size_t unknown = 0;
    const struct write *one = NULL, *w;
    for (size_t at = 0; (w = writes_open_next(s->writes, &at)) != NULL;) {
        if (write_state(w) == WRITE_UNKNOWN && ++unknown == 1)
            one = w;
    }
    if (session_applying(s)) {
        struct plan_progress p;
        plan_run_progress(s->run, &p);
        str_printf(&plan, "%splan %s: %s of %s", unknown ? "  " : "", session_plan(s)->head.id,
                   QUANTITY(p.done), QUANTITY(p.total));
    }
    if (unknown == 1)
        str_add(&name, write_account_name(one));
    else if (unknown)
        str_printf(&name, "%s writes", QUANTITY(unknown));
    if (unknown) {
        str_add(words, "! outcome unknown: ");
        str_add(fewer, "! unknown: ");
        text_safe(words, str_text(&name), name.len, ascii ? TEXT_ASCII : 0);
        text_safe(fewer, str_text(&name), name.len, ascii ? TEXT_ASCII : 0);
    }
    str_add_span(words, span_from(&plan));
    str_add_span(fewer, span_from(&plan));
    str_finish(&plan);
    str_finish(&name);
    return unknown > 0;
}

struct tabs {
    struct bar_tab *tabs;
    size_t count, active, kept; /* kept: that no banner takes the place of */
};

static int tabs_cells(const struct bar_tab *tabs, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (i ? 3 : 1) + (int)strlen(tabs[i].key) + 1 + (int)strlen(tabs[i].name);
    return sum;
}

/* Takes the last tabs away, but for the active one, until `want` cells are left beside them or the
 * first `kept` ones are all that is left. */
static void make_room(const struct canvas *c, struct bar_tab *tabs, size_t *count, size_t *active,
                      int want, size_t kept)
{
    for (size_t i = *count; i-- > kept && tabs_cells(tabs, *count) + want > c->cols;) {
        if (i == *active)
            continue;
        *active -= *active > i && *active < *count;
        memmove(&tabs[i], &tabs[i + 1], (--*count - i) * sizeof *tabs);
    }
}

/* Its beginning and its end, which tell hosts apart: "gw.eu…net:8443". */
static void cut_middle(struct str *text, int cells, const char *mark)
{
    const char *p = str_text(text);
    int used;
    if (text_width(p, text->len) <= cells)
        return;
    struct str cut = STR_INIT;
    size_t head = text_prefix(p, text->len, (cells - 1) / 2, &used), tail = text->len;
    for (size_t at = tail; at > head; tail = at) {
        at = text_prev(p, text->len, at);
        if (at < head || text_width(p + at, text->len - at) > cells - 1 - used)
            break;
    }
    str_append(&cut, p, head);
    str_add(&cut, mark);
    str_append(&cut, p + tail, text->len - tail);
    str_finish(text);
    *text = cut;
}

/* What the header has no room for, host or organisation and host: at the right of the tabs, of
 * which the last give way. Returns what is left of the lines. */
static struct canvas where_line(struct app *app, const struct canvas *c, const struct bar_tab *tabs,
                                bool with_org)
{
    struct str host = STR_INIT, org = STR_INIT;
    bool ascii = c->draw->ascii;
    const char *mark = ascii ? "~" : "\u2026";
    const struct api *api = app_session(app)->api;
    text_safe_z(&host, api_host(api), ascii ? TEXT_ASCII : 0);
    if (with_org)
        text_safe_z(&org, api_org(api), ascii ? TEXT_ASCII : 0);
    int most = cells(&org) < HOST_MIN ? cells(&org) : HOST_MIN, gap = with_org ? 2 : 0;
    int least = (cells(&host) < HOST_MIN ? cells(&host) : HOST_MIN) + gap + most, room = 0;
    for (size_t kept = TABS_KEPT; kept >= (with_org ? 1 : TABS_LEAST) && room < least; kept--)
        room = c->cols - tabs_cells(tabs, kept) - 3;
    room = room > least ? room : least;
    /* The organisation has what the host leaves. */
    if (room - gap - cells(&host) > most)
        most = room - gap - cells(&host);
    cut_middle(&org, most, mark);
    cut_middle(&host, room - gap - cells(&org), mark);
    str_fill(&org, ' ', (size_t)gap);
    str_add_span(&org, span_from(&host));
    int width = cells(&org);
    draw_text(c, 1, c->cols - width - 1, ROLE_HEADER, span_from(&org), width, TEXT_LEFT);
    str_finish(&host);
    str_finish(&org);
    return canvas_part(c, 0, 0, c->rows, c->cols - width - 3);
}

/* Draws the tabs (at least `kept`) and, where there is something under way, the banner; else what
 * the screen notes. */
static void tabs_line(struct app *app, const struct canvas *c, const struct screen_ops *ops,
                      const void *self, struct tabs *t, const struct chrome_message *message)
{
    struct str words = STR_INIT, fewer = STR_INIT;
    struct bar_tab *tabs = t->tabs;
    size_t count = t->count, active = t->active;
    bool unknown = banner_words(app, c->draw->ascii, &words, &fewer);
    add_covered_try(app, message, &words, &fewer);
    if (words.len)
        make_room(c, tabs, &count, &active, cells(&words) + 3, t->kept);
    make_room(c, tabs, &count, &active, 0, 0); /* none is cut */
    int taken = bar_tabs(c, 1, 1, tabs, count, active) + 1;
    int room = c->cols - taken - 3;
    struct str *say = cells(&words) > room && fewer.len ? &fewer : &words;
    /* Where even the first tabs leave no room a word goes over the last of them. */
    if (cells(say) > room && room < BANNER_MIN && unknown) {
        str_clear(say);
        str_add(say, "! unknown");
    }
    room = room < BANNER_MIN ? BANNER_MIN : room;
    int width = cells(say) < room ? cells(say) : room;
    if (width > 0)
        draw_own_span(c, 1, c->cols - width - 1, say->data[0] == '!' ? ROLE_WARNING : ROLE_BUSY,
                      span_from(say), width, TEXT_LEFT);
    else
        note(c, ops, self, c->cols - taken - 3);
    str_finish(&words);
    str_finish(&fewer);
}

/* Whether the tabs' keys are text at this moment: in a form, or where a name is typed. A line above
 * a list is left again at once, and is not worth the change. */
static bool digits_are_typed(struct app *app)
{
    const void *self;
    const struct screen_ops *ops = app_top(app, &self);
    return !ops->overlay && ops->typing && ops->typing(self) &&
           strcmp(ops->context(self), "line") != 0;
}

struct canvas chrome_draw(struct app *app, const struct canvas *whole, const struct screen_ops *ops,
                          const void *self, const struct chrome_message *message)
{
    struct bar_tab tabs[] = {{"1", "Accounts"}, {"2", "Monitor"},  {"3", "History"},
                             {"4", "Alerts"},   {"@", "Requests"}, {"?", "Help"}};
    char alerts[32];
    enum header_lack lack = header_draw(app, whole, ops, self);
    size_t active = ARRAY_LEN(tabs), waiting = alerts_waiting(app_session(app)->watching.alerts);
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++) {
        if (span_eq(span_of(tabs[i].name), span_of(ops->tab)))
            active = i;
    }
    snprintf(alerts, sizeof alerts, "Alerts (%zu)", waiting);
    if (waiting)
        tabs[3].name = alerts;
    for (size_t i = 0; i < ARRAY_LEN(tabs) && digits_are_typed(app); i++)
        tabs[i].key = " ";
    struct tabs line = {tabs, ARRAY_LEN(tabs), active, lack ? 1 : TABS_KEPT};
    struct canvas beside = lack ? where_line(app, whole, tabs, lack == LACKS_ORG_AND_HOST) : *whole;
    tabs_line(app, &beside, ops, self, &line, message);
    int lines = message_line(app, whole, message), bottom = CHROME_BOTTOM - 1 + lines;
    key_bar(app, whole, whole->rows - bottom);
    return canvas_part(whole, CHROME_TOP, 0, whole->rows - CHROME_TOP - bottom, whole->cols);
}
