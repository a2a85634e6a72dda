/* inverse.c: see inverse.h. One row a kind of write. */
#include "write/inverse.h"

#include "base/text.h"
#include "base/vec.h"
#include "write/machine.h"

#include <stdio.h>
#include <string.h>

void inverse_init(struct inverse *inverse)
{
    memset(inverse, 0, sizeof *inverse);
    account_init(&inverse->base);
    account_init(&inverse->mine);
}

void inverse_finish(struct inverse *inverse)
{
    account_finish(&inverse->base);
    account_finish(&inverse->mine);
    inverse_init(inverse);
}

/* ---- one field back ----------------------------------------------------------------------- */

/* What stands for "nothing" in a request: absent cannot be sent, null clears. */
static bool put_back(struct account *mine, enum field f, const struct value *was)
{
    struct value v = *was;
    if (v.presence == PRESENCE_ABSENT)
        v = field_info(f)->type == FT_MAP ? value_text(span_of("")) : value_null();
    if (v.presence == PRESENCE_BAD ||
        (v.presence == PRESENCE_NULL && !(field_info(f)->flags & FF_NULLABLE)))
        return false;
    account_set(mine, f, &v);
    return true;
}

void put_back_all(struct account *mine, const struct account *was, unsigned flag, struct str *left)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        bool mine_to_send = field_settable(f) && (field_info(f)->flags & flag);
        if (!mine_to_send || field_kept(f, &was->v[f], &mine->v[f]))
            continue;
        if (!put_back(mine, f, &was->v[f]) && left)
            str_printf(left, "%s%s", left->len ? ", " : "", field_info(f)->label);
    }
}

/* ---- one row a kind ------------------------------------------------------------------------- */

static enum status decode(struct account *a, const char *json, const char *what, struct error *err)
{
    if (!json || !json[0])
        return error_set(err, ST_PARSE, "the journal does not say %s", what);
    enum status st = account_decode(a, span_of(json), err);
    if (st != ST_OK)
        error_prefix(err, "the journal's entry");
    return st;
}

static void note_left(struct inverse *inverse, const char *words, struct str *left)
{
    if (left->len)
        snprintf(inverse->note, sizeof inverse->note, "%s%scannot be put back: %.*s", words,
                 *words ? "; " : "", (int)text_cut(left->data, left->len, 160), left->data);
    else
        snprintf(inverse->note, sizeof inverse->note, "%s", words);
    str_finish(left);
}

static enum status of_update(struct inverse *inverse, const struct journal_entry *e,
                             struct error *err)
{
    struct account was;
    struct str left = STR_INIT;
    account_init(&was);
    enum status st = decode(&was, e->base, "what was there before", err);
    /* Without a copy as read back: as it was asked for. */
    if (st == ST_OK)
        st = decode(&inverse->base, e->after && e->after[0] ? e->after : e->target,
                    "what it left there", err);
    if (st == ST_OK) {
        account_copy(&inverse->mine, &inverse->base);
        put_back_all(&inverse->mine, &was, FF_EDIT, &left);
        note_left(inverse, "", &left);
    }
    account_finish(&was);
    return st;
}

static enum status of_delete(struct inverse *inverse, const struct journal_entry *e,
                             struct error *err)
{
    struct account was;
    struct str left = STR_INIT;
    char words[240];
    if (e->outcome != JOURNAL_APPLIED)
        return error_set(err, ST_USAGE, "nothing to undo: the account was still there afterwards");
    account_init(&was);
    enum status st = decode(&was, e->base, "what the account was", err);
    if (st == ST_OK) {
        put_back_all(&inverse->mine, &was, FF_CREATE, &left);
        snprintf(words, sizeof words,
                 "the account is created again and gets a new id; %s does not come back",
                 e->account_id);
        note_left(inverse, words, &left);
    }
    account_finish(&was);
    return st;
}

static enum status of_create(struct inverse *inverse, const struct journal_entry *e,
                             struct error *err)
{
    return decode(&inverse->base, e->after, "which account it made", err);
}

static const struct {
    enum journal_kind inverse;
    enum status (*make)(struct inverse *inverse, const struct journal_entry *e, struct error *err);
} kinds[] = {
    [JOURNAL_CREATE] = {JOURNAL_DELETE, of_create},
    [JOURNAL_UPDATE] = {JOURNAL_UPDATE, of_update},
    [JOURNAL_DELETE] = {JOURNAL_CREATE, of_delete},
};

enum status inverse_make(struct inverse *inverse, const struct journal_entry *entry,
                         struct error *err)
{
    inverse_finish(inverse);
    inverse->kind = kinds[entry->kind].inverse;
    inverse->undoes = entry->op;
    if (entry->outcome == JOURNAL_NOT_APPLIED)
        return error_set(err, ST_USAGE, "nothing to undo: write %lld was not applied",
                         (long long)entry->op);
    if (entry->outcome == JOURNAL_RELEASED)
        return error_set(err, ST_USAGE,
                         "write %lld was released: whether it was applied is not known",
                         (long long)entry->op);
    if (!journal_settled(entry->outcome)) {
        error_set(err, ST_UNKNOWN, "write %lld is not settled yet: its outcome is %s",
                  (long long)entry->op, journal_outcome_name(entry->outcome));
        error_next(err, "it is being looked at; undo it when it is settled");
        return ST_UNKNOWN;
    }
    return kinds[entry->kind].make(inverse, entry, err);
}

struct write_spec inverse_spec(const struct inverse *inverse)
{
    return (struct write_spec){.kind = inverse->kind,
                               .base = inverse->kind == JOURNAL_CREATE ? NULL : &inverse->base,
                               .mine = inverse->kind == JOURNAL_DELETE ? NULL : &inverse->mine,
                               .reason = "",
                               .undoes = inverse->undoes};
}
