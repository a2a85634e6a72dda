/* sync.c: one cursor chain at a time, its failures, and the refresh.
 *
 * A chain asks for the next page as soon as its cursor has streamed in, so at most two requests are
 * open. What came stays, whatever happens later; only the word about completeness is careful
 * (sync/proof). A failed page is asked for again from its own cursor, so that a hundred thousand
 * accounts need not begin anew because one reply was lost. */
#include "sync/sync.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "sync/proof.h"
#include "sync/reads.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX         10000 /* F18 */
#define ROWS_MAX          1000000
#define EMPTY_PAGES_MAX   3
#define WAIT_FIRST_MS     2000
#define WAIT_MAX_MS       60000
#define SMALL_CHAIN_PAGES 4 /* up to here a whole chain is cheaper than single reads */

struct page {
    struct sync *sync; /* (borrowed) */
    struct api_call *call;
    struct str cursor; /* that it was asked with */
    bool asked_next;   /* its next page is under way already */
    bool repeated;     /* its next page was asked for before: a loop */
    struct str next;
    uint32_t number; /* from 1 */
};

struct sync {
    struct loop *loop;   /* (borrowed) */
    struct api *api;     /* (borrowed) */
    struct fleet *fleet; /* (borrowed) */
    struct sync_options options;
    void (*changed)(void *ctx);
    void *ctx;
    struct sync_state state;

    struct page pages[2];
    struct proof proof;
    int64_t *early; /* created_at of records that came before page 1 had ended */
    size_t early_count, early_room;
    bool first_done, last_seen, restarted, verify;
    int64_t sweep_mono_ms; /* start of the sweep: what is older and was not seen is gone */
    uint32_t sweep;
    uint32_t *seen; /* by row: the sweep that brought it */
    size_t seen_room;
    struct map cursors; /* asked for in this sweep, and as which page; keys in mem */
    struct arena mem;
    uint32_t empty_pages, chain_pages;
    uint32_t ended_max; /* the last page, by number, that has ended */
    struct str resume;  /* the cursor of a page that failed, or empty */
    uint32_t resume_number;
    int failures;

    char *narrow_type, *narrow_status; /* owned */
    bool narrow_enabled;

    loop_timer timer;
    struct reads *reads;
};

static void chain_begin(struct sync *s);
static void page_ask(struct sync *s, struct span cursor, uint32_t number);

static void tell(struct sync *s)
{
    if (s->changed)
        s->changed(s->ctx);
}

static void note(struct sync *s, const char *text)
{
    snprintf(s->state.note, sizeof s->state.note, "%s", text);
}

/* ---- the chain ---- */

static void chain_stop(struct sync *s)
{
    for (size_t i = 0; i < 2; i++) {
        api_cancel(s->pages[i].call);
        s->pages[i].call = NULL;
    }
}

static bool chain_running(const struct sync *s)
{
    return s->pages[0].call || s->pages[1].call;
}

static bool narrowed(const struct sync *s)
{
    return s->narrow_type || s->narrow_status || s->narrow_enabled;
}

static void on_timer(void *ctx);

static void wait_for(struct sync *s, enum sync_phase phase, int64_t delay_ms)
{
    loop_timer_stop(s->loop, s->timer);
    s->timer = loop_timer_start(s->loop, delay_ms, on_timer, s);
    s->state.phase = phase;
    s->state.next_try_mono_ms = clock_mono(loop_clock(s->loop)) + delay_ms;
}

static void stop_waiting(struct sync *s, enum sync_phase phase)
{
    loop_timer_stop(s->loop, s->timer);
    s->timer = 0;
    s->state.phase = phase;
    s->state.next_try_mono_ms = -1;
}

static void plan_refresh(struct sync *s)
{
    if (s->options.refresh_ms <= 0 || s->state.paused) {
        stop_waiting(s, s->state.paused ? SYNC_STOPPED : SYNC_IDLE);
        return;
    }
    int64_t ms = s->options.refresh_ms;
    double requests = (double)s->chain_pages + (double)reads_visible_count(s->reads);
    int64_t budget =
        s->options.budget_rps > 0 ? (int64_t)(requests / s->options.budget_rps * 1000.0) : 0;
    wait_for(s, SYNC_IDLE, ms > budget ? ms : budget);
}

static bool refused(const struct error *err)
{
    return err->status == ST_AUTH || err->status == ST_FORBIDDEN;
}

static void failed(struct sync *s, const struct error *err, int64_t retry_after_ms)
{
    s->state.error = *err;
    if (s->state.stale_since_wall_ms == WHEN_NONE)
        s->state.stale_since_wall_ms = clock_wall(loop_clock(s->loop));
    if (refused(err)) {
        stop_waiting(s, SYNC_STOPPED);
        return;
    }
    int64_t ms = WAIT_FIRST_MS;
    for (int i = 0; i < s->failures && ms < WAIT_MAX_MS; i++)
        ms *= 2;
    if (ms > WAIT_MAX_MS)
        ms = WAIT_MAX_MS;
    s->failures++;
    if (s->state.paused)
        stop_waiting(s, SYNC_STOPPED);
    else
        wait_for(s, SYNC_WAITING, retry_after_ms > ms ? retry_after_ms : ms);
}

static void good_reply(struct sync *s)
{
    s->failures = 0;
    s->state.last_reply_wall_ms = clock_wall(loop_clock(s->loop));
    s->state.stale_since_wall_ms = WHEN_NONE;
    error_clear(&s->state.error);
}

static bool was_seen(const struct sync *s, row_id row)
{
    return row < s->seen_room && s->seen[row] == s->sweep;
}

/* What the sweep did not bring: gone when it was proven complete, else asked about one by one. */
static void settle_missing(struct sync *s)
{
    for (row_id row = 0; row < fleet_rows(s->fleet); row++) {
        if (!fleet_alive(s->fleet, row) || was_seen(s, row) || fleet_locked(s->fleet, row) ||
            fleet_as_of(s->fleet, row) >= s->sweep_mono_ms)
            continue;
        if (s->state.proof == SYNC_COMPLETE) {
            s->state.removed += fleet_remove(s->fleet, row, s->sweep_mono_ms);
            continue;
        }
        struct value id;
        fleet_get(s->fleet, row, FIELD_ID, &id);
        if (value_known(&id))
            reads_add(s->reads, id.text);
    }
}

static void chain_finish(struct sync *s)
{
    if (narrowed(s) && s->state.narrowed) {
        /* The wanted accounts are here; the rest follows without the filter. */
        sync_narrow(s, NULL, NULL, false);
        return;
    }
    if (proof_complete(&s->proof)) {
        s->state.proof = SYNC_COMPLETE;
        s->state.complete_wall_ms =
            s->proof.t0_ms != WHEN_NONE ? s->proof.t0_ms : s->state.last_reply_wall_ms;
    } else if (proof_walked(&s->proof)) {
        s->state.proof = SYNC_WALKED;
        s->state.complete_wall_ms = s->state.last_reply_wall_ms;
        note(s, "accounts may have moved while loading");
    } else {
        s->state.proof = SYNC_NONE;
        note(s, "the list changed while loading; not proven complete");
    }
    if (s->state.proof != SYNC_NONE)
        settle_missing(s);
    plan_refresh(s);
}

static void chain_broken(struct sync *s, const char *why)
{
    struct error err;
    chain_stop(s);
    str_clear(&s->resume);
    error_set(&err, ST_UNREADABLE, "%s; what came is kept", why);
    note(s, why);
    s->state.proof = SYNC_NONE;
    s->state.error = err;
    plan_refresh(s);
    tell(s);
}

/* ---- one page ---- */

static void mark_seen(struct sync *s, row_id row)
{
    if (row >= s->seen_room) {
        size_t room = row + row / 2u + 256;
        s->seen = mem_realloc(s->seen, room, sizeof *s->seen);
        memset(s->seen + s->seen_room, 0, (room - s->seen_room) * sizeof *s->seen);
        s->seen_room = room;
    }
    if (s->seen[row] == s->sweep)
        return;
    s->seen[row] = s->sweep;
    struct value created;
    fleet_get(s->fleet, row, FIELD_CREATED_AT, &created);
    int64_t ms = value_known(&created) ? created.i : WHEN_NONE;
    if (s->first_done) {
        proof_record(&s->proof, ms);
    } else {
        VEC_ROOM(s->early, s->early_count, s->early_room);
        s->early[s->early_count++] = ms;
    }
    s->state.loaded++;
}

static void on_record(void *ctx, struct span raw, const struct error *bad, int64_t started)
{
    struct page *p = ctx;
    struct sync *s = p->sync;
    row_id row = ROW_NONE;
    (void)bad; /* the fleet reads it itself and says what is wrong */
    enum fleet_put put = fleet_put(s->fleet, raw, started, &row);
    if (put == FLEET_BAD)
        s->state.bad++;
    if (put == FLEET_CHANGED || put == FLEET_NEW)
        s->state.changed++;
    if (row != ROW_NONE && fleet_alive(s->fleet, row))
        mark_seen(s, row);
}

static void on_cursor(void *ctx, struct span cursor)
{
    struct page *p = ctx;
    struct sync *s = p->sync;
    uint32_t number;
    if (p->asked_next)
        return;
    str_clear(&p->next);
    /* Asked for as the page after this one is no loop: this page was asked for again. */
    p->repeated = map_get(&s->cursors, cursor, &number) && number != p->number + 1;
    if (p->repeated)
        return; /* on_page says so when the page has ended */
    str_add_span(&p->next, cursor);
    if (!cursor.len || p->number >= PAGES_MAX || (s->pages[0].call && s->pages[1].call))
        return;
    p->asked_next = true;
    page_ask(s, cursor, p->number + 1);
}

/* A cursor that the server no longer knows: one new beginning (F19). */
static bool cursor_expired(const struct page *p, const struct api_result *r)
{
    return p->cursor.len &&
           (r->status == ST_INVALID || r->status == ST_REJECTED || r->status == ST_NOT_FOUND);
}

static void page_failed(struct sync *s, struct page *p, const struct api_result *r)
{
    bool expired = cursor_expired(p, r);
    if (expired && !s->restarted) {
        chain_stop(s);
        chain_begin(s);
        s->restarted = true;
        note(s, "the server forgot its cursor; begun again");
        return;
    }
    /* The other page is cut off, too. Of both the earlier is asked for again, so that nothing of it
       is skipped; an expired cursor is not. */
    const struct page *other = p == &s->pages[0] ? &s->pages[1] : &s->pages[0];
    const struct page *from = other->call && other->number < p->number ? other : p;
    str_clear(&s->resume);
    if (!expired)
        str_add_span(&s->resume, span_from(&from->cursor));
    s->resume_number = from->number;
    s->last_seen = false;
    chain_stop(s);
    failed(s, &r->error, r->retry_after_ms);
}

static void first_page_done(struct sync *s)
{
    s->first_done = true;
    for (size_t i = 0; i < s->early_count; i++)
        proof_record(&s->proof, s->early[i]);
    s->early_count = 0;
}

/* Why the chain must not go on, or NULL (F17, F18). */
static const char *chain_trouble(struct sync *s, const struct page *p, bool more, char buf[80])
{
    if (more && !p->asked_next && p->next.len == 0) { /* repeated, or "": the first page again */
        snprintf(buf, 80, "the server loops at page %u", p->number);
        return buf;
    }
    if (more && s->empty_pages >= EMPTY_PAGES_MAX)
        return "the server sends empty pages without end";
    if (more && (p->number >= PAGES_MAX || s->state.loaded >= ROWS_MAX))
        return "the server sends pages without end";
    return NULL;
}

/* Pages may end out of order: T0 is page 1's, the last total that of the highest page. */
static void page_count(struct sync *s, const struct page *p, const struct api_result *r, bool more)
{
    int64_t total_last = s->proof.total_last;
    s->chain_pages++;
    s->state.pages = s->chain_pages;
    s->empty_pages = r->page.records ? 0 : s->empty_pages + 1;
    proof_page(&s->proof, p->number == 1, r->page.total, r->date_ms, !more);
    if (p->number < s->ended_max)
        s->proof.total_last = total_last;
    else
        s->ended_max = p->number;
    if (p->number == 1)
        first_page_done(s);
    if (r->page.total >= 0 && !s->state.narrowed)
        s->state.total = r->page.total;
}

static bool page_has_next(const struct page *p, const struct api_result *r)
{
    if (!r->page.has_cursor || r->page.has_more == 0)
        return false;
    return p->next.len || p->repeated || r->page.has_more == 1;
}

static void on_page(void *ctx, const struct api_result *r)
{
    struct page *p = ctx;
    struct sync *s = p->sync;
    p->call = NULL;
    if (r->status != ST_OK) {
        page_failed(s, p, r);
        tell(s);
        return;
    }
    good_reply(s);
    bool more = page_has_next(p, r);
    page_count(s, p, r, more);
    char buf[80];
    const char *trouble = chain_trouble(s, p, more, buf);
    if (trouble) {
        chain_broken(s, trouble);
        return;
    }
    if (!more) {
        s->last_seen = true;
        if (p->asked_next)
            chain_stop(s); /* a cursor came, but the server says that there is nothing after it */
    } else if (!p->asked_next) {
        page_ask(s, span_from(&p->next), p->number + 1);
    }
    if (s->last_seen && !chain_running(s))
        chain_finish(s);
    tell(s);
}

static void page_ask(struct sync *s, struct span cursor, uint32_t number)
{
    static const struct api_list_events events = {
        .cursor = on_cursor, .record = on_record, .done = on_page};
    struct page *p = s->pages[0].call ? &s->pages[1] : &s->pages[0];
    str_clear(&p->cursor);
    str_add_span(&p->cursor, cursor);
    str_clear(&p->next);
    p->asked_next = p->repeated = false;
    p->number = number;
    /* From here on the page's own copy: `cursor` may have been its `next`. */
    cursor = span_from(&p->cursor);
    if (cursor.len)
        map_set(&s->cursors, arena_dup(&s->mem, cursor), number);
    struct api_list_query query = {.provider_type = s->narrow_type,
                                   .status = s->narrow_status,
                                   .enabled_only = s->narrow_enabled,
                                   .limit = s->options.page_limit,
                                   .cursor = cursor};
    p->call = api_list(s->api, &query, &events, p);
}

static void chain_begin(struct sync *s)
{
    stop_waiting(s, SYNC_LOADING);
    map_clear(&s->cursors);
    arena_finish(&s->mem);
    arena_init(&s->mem);
    proof_begin(&s->proof);
    s->early_count = 0;
    s->first_done = s->last_seen = s->restarted = false;
    s->sweep++;
    s->sweep_mono_ms = clock_mono(loop_clock(s->loop));
    s->empty_pages = s->chain_pages = s->ended_max = 0;
    s->state.loaded = s->state.changed = s->state.removed = s->state.bad = s->state.pages = 0;
    s->state.narrowed = narrowed(s);
    s->state.note[0] = '\0';
    str_clear(&s->resume);
    page_ask(s, span_of(""), 1);
    tell(s);
}

/* ---- single reads ---- */

static void on_read(void *ctx, const struct api_result *r, bool removed)
{
    struct sync *s = ctx;
    /* That one account can be read does not say that the list can: the back-off stays. */
    if (r->status == ST_OK)
        s->state.last_reply_wall_ms = clock_wall(loop_clock(s->loop));
    s->state.removed += removed;
    tell(s);
}

/* ---- when ---- */

static void resume_or_begin(struct sync *s)
{
    if (!s->resume.len) {
        chain_begin(s);
        return;
    }
    struct str cursor = s->resume;
    str_init(&s->resume);
    stop_waiting(s, SYNC_LOADING);
    page_ask(s, span_from(&cursor), s->resume_number);
    str_finish(&cursor);
    tell(s);
}

static void on_timer(void *ctx)
{
    struct sync *s = ctx;
    s->timer = 0;
    sync_now(s);
}

struct sync *sync_create(struct loop *loop, struct api *api, struct fleet *fleet,
                         const struct sync_options *options, void (*changed)(void *ctx), void *ctx)
{
    struct sync *s = mem_calloc(1, sizeof *s);
    s->loop = loop;
    s->api = api;
    s->fleet = fleet;
    s->options = *options;
    s->changed = changed;
    s->ctx = ctx;
    s->state = (struct sync_state){.phase = SYNC_STOPPED,
                                   .total = -1,
                                   .complete_wall_ms = WHEN_NONE,
                                   .last_reply_wall_ms = WHEN_NONE,
                                   .stale_since_wall_ms = WHEN_NONE,
                                   .next_try_mono_ms = -1};
    s->pages[0].sync = s->pages[1].sync = s;
    s->reads = reads_create(api, fleet, on_read, s);
    map_init(&s->cursors);
    arena_init(&s->mem);
    return s;
}

void sync_destroy(struct sync *sync)
{
    if (!sync)
        return;
    loop_timer_stop(sync->loop, sync->timer);
    chain_stop(sync);
    reads_destroy(sync->reads);
    for (size_t i = 0; i < 2; i++) {
        str_finish(&sync->pages[i].cursor);
        str_finish(&sync->pages[i].next);
    }
    str_finish(&sync->resume);
    map_finish(&sync->cursors);
    arena_finish(&sync->mem);
    mem_free(sync->early);
    mem_free(sync->seen);
    mem_free(sync->narrow_type);
    mem_free(sync->narrow_status);
    mem_free(sync);
}

void sync_start(struct sync *sync)
{
    if (!chain_running(sync))
        chain_begin(sync);
}

void sync_now(struct sync *sync)
{
    if (chain_running(sync))
        return;
    if (sync->chain_pages > SMALL_CHAIN_PAGES)
        reads_add_visible(sync->reads);
    resume_or_begin(sync);
}

void sync_pause(struct sync *sync, bool paused)
{
    if (sync->state.paused == paused)
        return;
    sync->state.paused = paused;
    if (chain_running(sync)) {
        tell(sync); /* what comes after it heeds the pause */
        return;
    }
    if (refused(&sync->state.error))
        stop_waiting(sync, SYNC_STOPPED);
    else if (!paused && sync->failures)
        wait_for(sync, SYNC_WAITING, WAIT_FIRST_MS);
    else
        plan_refresh(sync);
    tell(sync);
}

void sync_cancel(struct sync *sync)
{
    chain_stop(sync);
    str_clear(&sync->resume);
    reads_stop(sync->reads);
    if (sync->state.phase == SYNC_LOADING)
        note(sync, "loading was cancelled");
    stop_waiting(sync, SYNC_STOPPED);
    tell(sync);
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

void sync_narrow(struct sync *sync, const char *provider_type, const char *status,
                 bool enabled_only)
{
    if (same_text(sync->narrow_type, provider_type) && same_text(sync->narrow_status, status) &&
        sync->narrow_enabled == enabled_only)
        return;
    if (sync->state.proof != SYNC_NONE && (provider_type || status || enabled_only))
        return; /* everything is here already */
    bool was = sync->state.narrowed;
    mem_free(sync->narrow_type);
    mem_free(sync->narrow_status);
    sync->narrow_type = provider_type ? mem_strdup(provider_type) : NULL;
    sync->narrow_status = status ? mem_strdup(status) : NULL;
    sync->narrow_enabled = enabled_only;
    str_clear(&sync->resume); /* a cursor belongs to its filter */
    if (sync->state.phase == SYNC_LOADING || (was && sync->state.phase == SYNC_IDLE)) {
        chain_stop(sync);
        chain_begin(sync);
    }
}

void sync_visible(struct sync *sync, const row_id *rows, size_t count)
{
    reads_visible(sync->reads, rows, count);
}

void sync_read(struct sync *sync, struct span id)
{
    reads_add(sync->reads, id);
}

const struct sync_state *sync_state(const struct sync *sync)
{
    return &sync->state;
}
