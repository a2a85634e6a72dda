/* readback.c: READBACK: what the server kept, field by field (F01). */
#include "write/machine.h"

#include <string.h>

/* Nothing, said in one of its ways: absent, null, an empty map. */
static bool is_nothing(enum field f, const struct value *v)
{
    if (v->presence == PRESENCE_ABSENT || v->presence == PRESENCE_NULL)
        return true;
    return value_known(v) && field_info(f)->type == FT_MAP && v->i == 0;
}

/* A server may leave out what is null, or show cleared tags as {}: that is kept. */
bool field_kept(enum field f, const struct value *asked, const struct value *got)
{
    return value_eq(f, asked, got) || (is_nothing(f, asked) && is_nothing(f, got));
}

bool intent_kept(const struct write *w, const struct value *v)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (w->fields.has[f] && !field_kept((enum field)f, &w->target.v[f], &v[f]))
            return false;
    return true;
}

/* Whether the request made a policy that was not there: then the server's defaults of its other
 * members come with it, and are no alarm. */
static bool group_was_made(const struct write *w, enum field f)
{
    enum field parent = field_info(f)->parent;
    if (parent == FIELD_NONE || value_known(&w->server.v[parent]))
        return false;
    for (int i = 0; i < FIELD_COUNT; i++)
        if (w->fields.has[i] && field_info((enum field)i)->parent == parent)
            return true;
    return false;
}

static void compare(struct write *w)
{
    memset(&w->not_kept, 0, sizeof w->not_kept);
    memset(&w->collateral, 0, sizeof w->collateral);
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        if (w->fields.has[f])
            w->not_kept.has[f] = !field_kept(f, &w->target.v[f], &w->after.v[f]);
        else if (w->kind == JOURNAL_UPDATE && field_settable(f) && !group_was_made(w, f))
            w->collateral.has[f] = !field_kept(f, &w->server.v[f], &w->after.v[f]);
    }
}

/* Appends the labels of a set: "Requests/second, Tags"; returns how many. */
static size_t add_labels(const struct field_set *set, struct str *out)
{
    size_t n = 0;
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!set->has[f])
            continue;
        str_add(out, n++ ? ", " : "");
        str_add(out, field_info((enum field)f)->label);
    }
    return n;
}

void readback_settle(struct write *w)
{
    struct str kept = STR_INIT, touched = STR_INIT;
    struct error err;
    w->has_after = true;
    compare(w);
    size_t other = add_labels(&w->not_kept, &kept), more = add_labels(&w->collateral, &touched);
    if (other == 0 && more == 0) {
        write_finish(w, WRITE_APPLIED, JOURNAL_APPLIED, NULL);
    } else {
        error_set(&err, ST_PARTIAL, "%s%s%s%s%s", other ? "the server did not keep as asked: " : "",
                  str_text(&kept), other && more ? "; " : "",
                  more ? "changed though not asked: " : "", str_text(&touched));
        if (more)
            write_collateral_next(w, "u in the console, or paddock undo,", &err);
        write_finish(w, WRITE_DIFFERENT, JOURNAL_DIFFERENT, &err);
    }
    str_finish(&kept);
    str_finish(&touched);
}

bool readback_gone(struct write *w, int64_t as_of)
{
    struct error err;
    if (w->kind == JOURNAL_CREATE)
        return false;
    write_drop(w, as_of);
    if (w->kind == JOURNAL_DELETE) {
        write_finish(w, WRITE_APPLIED, JOURNAL_APPLIED, NULL);
        return true;
    }
    error_set(&err, ST_NOT_FOUND,
              "the account is gone: whether the change was applied before is not known");
    error_next(&err, "it can be created again from what you typed");
    write_finish(w, WRITE_DIFFERENT, JOURNAL_DIFFERENT, &err);
    return true;
}

/* A delete that was accepted, and the account is there: some services only mark it. */
static void still_there(struct write *w)
{
    struct error err;
    w->has_after = true;
    error_set(&err, ST_PARTIAL, "the server accepted the delete, and the account is still there");
    write_finish(w, WRITE_DIFFERENT, JOURNAL_DIFFERENT, &err);
}

static void on_readback(void *ctx, const struct api_result *r)
{
    struct write *w = ctx;
    struct error err = r->error;
    w->call = NULL;
    writes_note_date(w->all, r);
    if (r->status == ST_NOT_FOUND && readback_gone(w, r->started_mono_ms))
        return;
    if (r->status == ST_OK && write_decode(w, &w->after, r->body, &err)) {
        write_put(w, r->body, r->started_mono_ms);
        if (w->kind == JOURNAL_DELETE)
            still_there(w);
        else
            readback_settle(w);
        return;
    }
    error_prefix(&err, "accepted by the server, but it could not be read back");
    unknown_begin(w, &err);
}

void readback_begin(struct write *w)
{
    w->call = api_read(w->all->env.api, span_from(&w->id), on_readback, w);
    write_move(w, WRITE_READBACK);
}
