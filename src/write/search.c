/* search.c: an unknown CREATE: nothing filters by name, so the whole list is walked, narrowed by
 * provider_type, for an account that was not known before the sending, was not made before it, and
 * has every field as sent. One such account is the new one; several are asked about; none is "not
 * seen", and a POST is never sent again. */
#include "write/machine.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/when.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX        10000
#define PAGE_LIMIT       100
#define EMPTY_PAGES_MAX  3           /* in a row, with a cursor (F18) */
#define DATE_SLACK_MS    2000        /* a Date header has whole seconds, and travels */
#define NO_DATE_SLACK_MS (5 * 60000) /* without one: clocks that are off */

struct search {
    struct str cursor, next; /* of the page that runs, and after it */
    struct map seen;         /* hashes of cursors as keys in cursor_mem */
    struct arena cursor_mem;
    size_t at_page_start; /* candidates before this page */
    unsigned pages, empty_pages;
    char *provider_type;
};

void candidates_clear(struct write *w)
{
    for (size_t i = 0; i < w->candidate_count; i++) {
        str_finish(&w->candidates[i].id);
        str_finish(&w->candidates[i].raw);
    }
    w->candidate_count = 0;
}

void search_end(struct write *w)
{
    struct search *s = w->search;
    if (!s)
        return;
    str_finish(&s->cursor);
    str_finish(&s->next);
    map_finish(&s->seen);
    arena_finish(&s->cursor_mem);
    mem_free(s->provider_type);
    mem_free(s);
    w->search = NULL;
}

/* ---- which record is it ------------------------------------------------------------------- */

static bool known_before(const struct write *w, struct span id)
{
    row_id row = fleet_find(w->all->env.fleet, id);
    return w->rows_known && row != ROW_NONE && row < w->rows_when_sent;
}

/* Another create of ours that is settled on this account, or is about it. */
static bool is_taken(const struct write *w, struct span id)
{
    for (size_t i = 0; i < w->all->count; i++) {
        const struct write *o = w->all->items[i];
        if (o != w && o->kind == JOURNAL_CREATE && span_eq(span_from(&o->id), id))
            return true;
    }
    return false;
}

/* False when the record was made before the sending; *certain: its time could be read. */
static bool made_since(const struct write *w, const struct value *created, bool *certain)
{
    *certain = value_known(created) && created->i != WHEN_NONE;
    if (!*certain)
        return true;
    int64_t sent = w->sent_wall_ms - NO_DATE_SLACK_MS;
    if (w->all->skew_known)
        sent = w->sent_wall_ms + w->all->skew_ms - DATE_SLACK_MS;
    return created->i >= sent;
}

static void add_candidate(struct write *w, struct span id, struct span raw, int64_t as_of,
                          bool certain)
{
    for (size_t i = 0; i < w->candidate_count; i++)
        if (span_eq(span_from(&w->candidates[i].id), id))
            return;
    if (w->candidate_count == CANDIDATES_MAX)
        return;
    struct candidate *c = &w->candidates[w->candidate_count++];
    memset(c, 0, sizeof *c);
    str_add_span(&c->id, id);
    str_add_span(&c->raw, raw);
    c->as_of = as_of;
    c->certain = certain;
}

static void on_record(void *ctx, struct span raw, const struct error *bad, int64_t as_of)
{
    struct write *w = ctx;
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct error err;
    bool certain;
    arena_init(&mem);
    struct journal_entry *room = NULL;
    if (!bad && scan_record(raw, v, &mem, NULL, NULL, &err) == ST_OK && value_known(&v[FIELD_ID]) &&
        v[FIELD_ID].text.len > 0 && v[FIELD_ID].text.len < sizeof room->account_id &&
        intent_kept(w, v) && !known_before(w, v[FIELD_ID].text) && !is_taken(w, v[FIELD_ID].text) &&
        made_since(w, &v[FIELD_CREATED_AT], &certain))
        add_candidate(w, v[FIELD_ID].text, raw, as_of, certain);
    arena_finish(&mem);
}

/* ---- the walk ----------------------------------------------------------------------------- */

static void drop_candidates_from(struct write *w, size_t from)
{
    while (w->candidate_count > from) {
        struct candidate *c = &w->candidates[--w->candidate_count];
        str_finish(&c->id);
        str_finish(&c->raw);
    }
}

static void on_restart(void *ctx)
{
    struct write *w = ctx;
    drop_candidates_from(w, w->search->at_page_start);
    str_clear(&w->search->next);
}

static void on_cursor(void *ctx, struct span cursor)
{
    struct write *w = ctx;
    str_clear(&w->search->next);
    str_add_span(&w->search->next, cursor);
}

void search_adopt(struct write *w, size_t i)
{
    struct candidate *c = &w->candidates[i];
    struct error err;
    str_clear(&w->id);
    str_add_span(&w->id, span_from(&c->id));
    if (!write_decode(w, &w->after, span_from(&c->raw), &err)) {
        str_clear(&w->id);
        unknown_still(w, WRITE_NONE, true, &err);
        return;
    }
    write_put(w, span_from(&c->raw), c->as_of);
    candidates_clear(w);
    readback_settle(w);
}

static void conclude(struct write *w)
{
    struct error err;
    search_end(w);
    if (w->candidate_count == 1 && w->candidates[0].certain) {
        search_adopt(w, 0);
        return;
    }
    if (w->candidate_count == 0) {
        struct str when = STR_INIT;
        int64_t now = writes_wall(w->all);
        when_clock(&when, now, now);
        error_set(&err, ST_UNKNOWN, "not seen in the whole list as of %s", str_text(&when));
        error_next(&err, "it is watched; a create is never sent again");
        str_finish(&when);
        unknown_still(w, WRITE_NOT_SEEN, true, &err);
        return;
    }
    struct str ids = STR_INIT;
    for (size_t i = 0; i < w->candidate_count; i++)
        str_printf(&ids, "%s%s", i ? ", " : "", str_text(&w->candidates[i].id));
    error_set(&err, ST_UNKNOWN, "%zu account%s could be the new one: %s", w->candidate_count,
              w->candidate_count == 1 ? "" : "s", str_text(&ids));
    error_next(&err, "say which one it is, or release it");
    str_finish(&ids);
    unknown_still(w, WRITE_NONE, true, &err);
}

static void search_failed(struct write *w, const char *why)
{
    struct error err;
    search_end(w);
    candidates_clear(w);
    error_set(&err, ST_UNKNOWN, "outcome unknown, and the list could not be searched: %s", why);
    error_next(&err, "it is looked at again");
    unknown_still(w, w->outcome, false, &err);
}

static void next_page(struct write *w);

static void on_page(void *ctx, const struct api_result *r)
{
    struct write *w = ctx;
    struct search *s = w->search;
    w->call = NULL;
    writes_note_date(w->all, r);
    if (r->status != ST_OK) {
        search_failed(w, r->error.what);
        return;
    }
    if (!r->page.has_cursor || r->page.has_more == 0 || s->next.len == 0) {
        /* More, and no cursor or an empty one: that would be the first page again. */
        if (r->page.has_more == 1 || page_end_open(&r->page, PAGE_LIMIT))
            search_failed(w, "whether more follows, the server leaves open");
        else
            conclude(w);
        return;
    }
    struct span cursor = arena_dup(&s->cursor_mem, span_from(&s->next));
    if (!map_set(&s->seen, cursor, s->pages) || s->pages >= PAGES_MAX) {
        char why[80];
        snprintf(why, sizeof why, "the server loops at page %u", s->pages);
        search_failed(w, why);
        return;
    }
    s->empty_pages = r->page.records ? 0 : s->empty_pages + 1;
    if (s->empty_pages >= EMPTY_PAGES_MAX) {
        search_failed(w, "the server sends empty pages without end");
        return;
    }
    next_page(w);
}

static void next_page(struct write *w)
{
    struct search *s = w->search;
    static const struct api_list_events events = {on_restart, on_cursor, on_record, on_page};
    str_clear(&s->cursor);
    str_add_span(&s->cursor, span_from(&s->next));
    str_clear(&s->next);
    s->at_page_start = w->candidate_count;
    s->pages++;
    const struct api_list_query query = {
        .provider_type = s->provider_type, .limit = PAGE_LIMIT, .cursor = span_from(&s->cursor)};
    w->call = api_list(w->all->env.api, &query, &events, w);
}

void search_begin(struct write *w)
{
    const struct value *provider = &w->target.v[FIELD_PROVIDER_TYPE];
    search_end(w);
    candidates_clear(w);
    w->search = mem_calloc(1, sizeof *w->search);
    map_init(&w->search->seen);
    arena_init(&w->search->cursor_mem);
    if (value_known(provider) && provider->text.len)
        w->search->provider_type = span_dup(provider->text);
    next_page(w);
}
