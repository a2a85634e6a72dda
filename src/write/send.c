/* send.c: SENT: the request, once, and what its answer says. */
#include "write/machine.h"

#include "base/when.h"

/* Whether an answer refuses the request for certain. Whatever is not here leaves it open, unless
 * the request provably never left whole. A 500 can follow a commit (F12), so it is not here. */
static const bool refuses[ST_COUNT] = {
    [ST_USAGE] = true,     [ST_CONFIG] = true,    [ST_AUTH] = true,
    [ST_FORBIDDEN] = true, [ST_NOT_FOUND] = true, [ST_CONFLICT] = true,
    [ST_INVALID] = true,   [ST_RATE] = true,      [ST_REJECTED] = true,
};

/* What to do next, where it says more than the transport can. */
static const char *const next_words[ST_COUNT] = {
    [ST_NOT_FOUND] = "it can be created again from what you typed",
    [ST_INVALID] = "correct the fields named, then save again",
};

static void keep_details(struct write *w, const struct api_result *r)
{
    write_details_clear(w);
    if (r->detail_count == 0)
        return;
    w->details = arena_alloc(&w->details_mem, r->detail_count * sizeof *w->details);
    w->detail_count = r->detail_count;
    for (size_t i = 0; i < r->detail_count; i++) {
        const struct api_detail *from = &r->details[i];
        struct api_detail *to = &w->details[i];
        *to = *from;
        for (size_t k = 0; k < from->loc_count; k++)
            to->loc[k] = arena_dup(&w->details_mem, from->loc[k]);
        to->msg = arena_dup(&w->details_mem, from->msg);
        to->type = arena_dup(&w->details_mem, from->type);
    }
}

static void refused(struct write *w, const struct api_result *r)
{
    struct error err = r->error;
    str_clear(&w->permission);
    str_add_span(&w->permission, r->permission);
    if (r->status == ST_NOT_FOUND && w->kind != JOURNAL_CREATE)
        write_drop(w, r->started_mono_ms);
    if (r->status == ST_NOT_FOUND && w->kind == JOURNAL_DELETE) {
        error_set(&err, ST_NOT_FOUND, "already gone");
        write_finish(w, WRITE_NO_CHANGE, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    if (next_words[r->status])
        error_next(&err, "%s", next_words[r->status]);
    if (r->status == ST_CONFLICT && w->kind != JOURNAL_CREATE) {
        /* Somebody was faster (F09): look at it again, and let the operator choose. */
        record_outcome(w, JOURNAL_NOT_APPLIED, err.what, false);
        write_unlock(w);
        w->op_refused = w->op;
        w->op = 0;
        w->refused = err;
        w->refused_now = true;
        w->error = err;
        check_begin(w);
        write_move(w, WRITE_CHECK);
        return;
    }
    write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
}

/* The id that the server gave the new account; false when the reply has none. */
static bool take_id(struct write *w, struct span body)
{
    struct error err;
    struct journal_entry *room = NULL;
    if (!write_decode(w, &w->after, body, &err))
        return false;
    struct span id = account_id(&w->after);
    if (id.len == 0 || id.len >= sizeof room->account_id)
        return false;
    str_clear(&w->id);
    str_add_span(&w->id, id);
    return true;
}

static void accepted(struct write *w, const struct api_result *r)
{
    w->accepted = true;
    if (w->kind == JOURNAL_CREATE) {
        if (!take_id(w, r->body)) {
            struct error err;
            w->accepted = false;
            error_set(&err, ST_UNREADABLE, "the server's answer to the create has no account id");
            unknown_begin(w, &err);
            return;
        }
        /* From here on a restart can find it without a search. */
        record_outcome(w, JOURNAL_UNKNOWN, "accepted, not read back yet", false);
    }
    row_id row = write_row(w);
    if (row != ROW_NONE)
        fleet_fence(w->all->env.fleet, row, writes_mono(w->all));
    readback_begin(w);
}

static void on_reply(void *ctx, const struct api_result *r)
{
    struct write *w = ctx;
    w->call = NULL;
    writes_note_date(w->all, r);
    keep_details(w, r);
    if (r->status == ST_OK)
        accepted(w, r);
    else if (refuses[r->status] || !r->may_have_left)
        refused(w, r);
    else
        unknown_begin(w, &r->error);
}

void send_begin(struct write *w)
{
    struct api *api = w->all->env.api;
    w->sent_wall_ms = writes_wall(w->all);
    w->unknown_wall_ms = WHEN_NONE;
    w->rows_when_sent = fleet_rows(w->all->env.fleet);
    w->rows_known = true;
    w->accepted = false;
    w->looks = 0;
    w->outcome = WRITE_NONE;
    error_clear(&w->refused);
    write_details_clear(w);
    struct span id = span_from(&w->id), body = span_from(&w->body);
    if (w->kind == JOURNAL_CREATE)
        w->call = api_create_account(api, body, on_reply, w);
    else if (w->kind == JOURNAL_UPDATE)
        w->call = api_update(api, id, body, on_reply, w);
    else
        w->call = api_delete(api, id, on_reply, w);
    write_move(w, WRITE_SENT);
}
