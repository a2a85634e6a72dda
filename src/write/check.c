/* check.c: CHECK: the account as it is just before (F16), and from it what would be sent. */
#include "write/machine.h"

#include <string.h>

static bool set_empty(const struct field_set *set)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (set->has[f])
            return false;
    return true;
}

/* An emptied number is "leave it as the server has it", and what could not be read is nothing to
 * send: both count as not touched. */
static void leave_alone(struct write *w)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum presence p = w->mine.v[i].presence;
        if (field_settable((enum field)i) && (p == PRESENCE_ABSENT || p == PRESENCE_BAD))
            w->mine.v[i] = value_copy(&w->base.v[i], &w->mine.mem);
    }
}

void check_plan(struct write *w)
{
    leave_alone(w);
    merge_accounts(&w->base, &w->mine, &w->server, &w->target, &w->merge);
    w->has_merge = true;
    diff_settable(&w->server, &w->target, &w->fields);
    str_clear(&w->body);
    if (!set_empty(&w->fields))
        patch_body(&w->server, &w->target, &w->fields, w->all->env.policies, &w->body);
}

/* The operator has agreed: on to the journal when what would be sent is what was shown. */
static void ready(struct write *w, bool same)
{
    if (w->confirmed && same) {
        w->confirmed = false;
        record_intent(w);
        return;
    }
    w->confirmed = false;
    write_move(w, WRITE_PREVIEW);
}

static void plan_update(struct write *w)
{
    struct str shown = STR_INIT;
    str_add_span(&shown, span_from(&w->body));
    check_plan(w);
    bool same = span_eq(span_from(&shown), span_from(&w->body));
    str_finish(&shown);
    if (w->body.len == 0) {
        write_finish(w, WRITE_NO_CHANGE, JOURNAL_NOT_APPLIED, NULL);
    } else if (w->merge.conflicts) {
        w->confirmed = false;
        error_set(&w->error, ST_CONFLICT,
                  "changed by somebody else meanwhile: choose field by field");
        write_move(w, WRITE_CONFLICT);
    } else {
        ready(w, same);
    }
}

/* A delete is agreed to for the account as it was seen. */
static void plan_delete(struct write *w)
{
    struct field_set changed;
    merge_accounts(&w->base, &w->base, &w->server, &w->target, &w->merge);
    w->has_merge = true;
    if (diff_settable(&w->base, &w->server, &changed) == 0) {
        ready(w, true);
        return;
    }
    w->confirmed = false;
    error_set(&w->error, ST_CONFLICT, "changed by somebody else since it was shown");
    write_move(w, WRITE_CONFLICT);
}

/* After a 409: when nothing of ours has changed, the refusal was about something else. */
static bool refusal_stands(struct write *w)
{
    struct field_set changed;
    bool looked = w->refused_now;
    w->refused_now = false;
    return looked && diff_settable(&w->base, &w->server, &changed) == 0;
}

static void check_failed(struct write *w, const struct api_result *r)
{
    struct error err = r->error;
    if (r->status == ST_NOT_FOUND) {
        write_drop(w, r->started_mono_ms);
        if (w->kind == JOURNAL_DELETE) {
            error_set(&err, ST_NOT_FOUND, "already gone");
            write_finish(w, WRITE_NO_CHANGE, JOURNAL_APPLIED, &err);
            return;
        }
        error_set(&err, ST_NOT_FOUND, "%s: the account is gone",
                  w->refused_now ? "refused" : "not sent");
        error_next(&err, "it can be created again from what you typed");
    } else if (w->refused_now) {
        err = w->refused;
    } else {
        error_prefix(&err, "not sent");
    }
    write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
}

static void on_check(void *ctx, const struct api_result *r)
{
    struct write *w = ctx;
    struct error err;
    w->call = NULL;
    writes_note_date(w->all, r);
    if (r->status != ST_OK) {
        check_failed(w, r);
        return;
    }
    /* Checked before: what was shown then is what the operator goes from now. */
    if (w->has_server) {
        account_copy(&w->base, &w->server);
        if (w->kind == JOURNAL_UPDATE)
            account_copy(&w->mine, &w->target);
    }
    if (!write_decode(w, &w->server, r->body, &err)) {
        if (w->refused_now)
            err = w->refused; /* it was sent, and that is what became of it */
        else
            error_prefix(&err, "not sent");
        write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    w->has_server = true;
    w->checked_mono_ms = r->started_mono_ms;
    write_put(w, r->body, r->started_mono_ms);
    if (refusal_stands(w)) {
        err = w->refused;
        if (w->kind == JOURNAL_UPDATE)
            check_plan(w); /* what was wanted and what is there, for whoever tells it */
        error_next(&err, "it was read again: none of its settings was changed meanwhile");
        write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    if (w->kind == JOURNAL_UPDATE)
        plan_update(w);
    else
        plan_delete(w);
}

/* A new account: names may not be unique for the server, for people they should be. */
static void check_create(struct write *w)
{
    row_id row = ROW_NONE;
    struct fleet *fleet = w->all->env.fleet;
    struct span name = account_name(&w->mine);
    if (!w->same_name && name.len && fleet_find_name(fleet, name, &row, 1) > 0) {
        struct value id;
        struct error err;
        fleet_get(fleet, row, FIELD_ID, &id);
        error_set(&err, ST_CONFLICT, "not sent: there is an account named %.*s already (%.*s)",
                  (int)(name.len < 120 ? name.len : 120), name.p,
                  (int)(id.text.len < 160 ? id.text.len : 160), id.text.len ? id.text.p : "");
        error_next(&err, "choose another name");
        write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    account_copy(&w->target, &w->mine);
    memset(&w->fields, 0, sizeof w->fields);
    for (int f = 0; f < FIELD_COUNT; f++) {
        enum presence p = w->mine.v[f].presence;
        w->fields.has[f] = field_settable((enum field)f) &&
                           (field_info((enum field)f)->flags & FF_CREATE) &&
                           (p == PRESENCE_VALUE || p == PRESENCE_NULL);
    }
    str_clear(&w->body);
    create_body(&w->mine, &w->body);
    ready(w, true);
}

void check_begin(struct write *w)
{
    if (w->kind == JOURNAL_CREATE) {
        check_create(w);
        return;
    }
    struct error err;
    struct journal_entry *room = NULL;
    if (w->id.len == 0 || w->id.len >= sizeof room->account_id) {
        error_set(&err, ST_UNREADABLE, "not sent: the account has no id that could be addressed");
        write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    w->call = api_read(w->all->env.api, span_from(&w->id), on_check, w);
}
