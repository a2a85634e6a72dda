/* log_rows.c: see log_rows.h. One row a column. */
#include "store/log_rows.h"

#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "model/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct log_row *row_of(const struct row_source *source)
{
    return source->owner;
}

static void text(struct value *out, const char *s)
{
    *out = s[0] ? value_text(span_of(s)) : value_null();
}

static void get_op(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    *out = value_int(row_of(row)->entry.op);
}

static void get_when(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->when);
    out->i = row_of(row)->entry.intent_wall_ms;
}

static void get_operator(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.operator_name);
}

static void get_kind(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, journal_kind_name(row_of(row)->entry.kind));
}

static void get_account(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.account_name);
}

static void get_id(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.account_id);
}

static void get_outcome(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, journal_outcome_word(row_of(row)->entry.outcome));
}

static void get_reason(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.reason);
}

static void get_plan(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.plan);
}

static void get_note(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.note);
}

static void get_profile(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->entry.profile);
}

static void get_undoes(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    int64_t op = row_of(row)->entry.undoes;
    *out = op ? value_int(op) : value_null();
}

static void get_what(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    text(out, row_of(row)->what);
}

static const char *const kinds[] = {"create", "update", "delete", NULL};
static const char *const outcomes[] = {"open",    "applied",  "different", "not_applied",
                                       "unknown", "released", NULL};

/* `like` lends its type: how it is compared, parsed and shown. */
static const struct column columns[] = {
    {"op", "The number of the write", FIELD_USED_REQUESTS, FIELD_NONE, get_op, NULL, NULL, NULL,
     false, NULL},
    {"when", "When it was to be sent", FIELD_CREATED_AT, FIELD_NONE, get_when, NULL, NULL, NULL,
     false, NULL},
    {"operator", "Who did it", FIELD_NAME, FIELD_NONE, get_operator, NULL, NULL, NULL, false, NULL},
    {"kind", "create, update, delete", FIELD_NAME, FIELD_NONE, get_kind, NULL, NULL, kinds, false,
     NULL},
    {"account", "The account's name", FIELD_NAME, FIELD_NONE, get_account, NULL, NULL, NULL, false,
     NULL},
    {"id", "The account's id", FIELD_NAME, FIELD_NONE, get_id, NULL, NULL, NULL, false, NULL},
    {"outcome", "What became of it", FIELD_NAME, FIELD_NONE, get_outcome, NULL, NULL, outcomes,
     false, NULL},
    {"reason", "Why it was done", FIELD_NAME, FIELD_NONE, get_reason, NULL, NULL, NULL, false,
     NULL},
    {"plan", "The plan that it was a part of", FIELD_NAME, FIELD_NONE, get_plan, NULL, NULL, NULL,
     false, NULL},
    {"note", "More about the outcome", FIELD_NAME, FIELD_NONE, get_note, NULL, NULL, NULL, false,
     NULL},
    {"profile", "The profile it was done with", FIELD_NAME, FIELD_NONE, get_profile, NULL, NULL,
     NULL, false, NULL},
    {"undoes", "The write that it took back", FIELD_USED_REQUESTS, FIELD_NONE, get_undoes, NULL,
     NULL, NULL, false, NULL},
    {"what", "Its kind, or \"undo of 12\"", FIELD_NAME, FIELD_NONE, get_what, NULL, NULL, NULL,
     false, NULL},
};

struct column_set *log_columns_create(void)
{
    struct column_set *set = column_set_create_bare();
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        column_set_add(set, &columns[i]);
    return set;
}

void log_row_set(struct log_row *row, const struct journal_entry *entry)
{
    struct str when = STR_INIT;
    row->entry = *entry;
    row->entry.base = row->entry.body = row->entry.target = row->entry.after = NULL;
    when_rfc3339(&when, entry->intent_wall_ms);
    snprintf(row->when, sizeof row->when, "%s", str_text(&when));
    str_finish(&when);
    if (entry->undoes)
        snprintf(row->what, sizeof row->what, "undo of %" PRId64, entry->undoes);
    else
        snprintf(row->what, sizeof row->what, "%s", journal_kind_name(entry->kind));
}

/* What stands where free text is looked for in an account. */
static void get_free(const void *owner, uint32_t row, enum field field, struct value *out)
{
    const struct log_row *r = owner;
    (void)row;
    switch (field) {
    case FIELD_ID:
        text(out, r->entry.account_id);
        break;
    case FIELD_NAME:
        text(out, r->entry.account_name);
        break;
    case FIELD_DESCRIPTION:
        text(out, r->entry.reason);
        break;
    case FIELD_PROVIDER_TYPE:
        text(out, r->entry.operator_name);
        break;
    case FIELD_REGION:
        text(out, r->entry.plan);
        break;
    case FIELD_STATUS:
        text(out, journal_outcome_word(r->entry.outcome));
        break;
    default:
        *out = value_absent();
    }
}

struct row_source log_row_source(const struct log_row *row)
{
    return (struct row_source){get_free, row, 0};
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void add_text(struct str *out, const char *key, const char *value)
{
    str_printf(out, ",\"%s\":", key);
    json_quote(out, span_of(value));
}

static void add_time(struct str *out, const char *key, int64_t ms)
{
    str_printf(out, ",\"%s\":", key);
    if (ms == WHEN_NONE) {
        str_add(out, "null");
        return;
    }
    str_add_char(out, '"');
    when_rfc3339(out, ms);
    str_add_char(out, '"');
}

/* JSON as it stands in the entry, or null when it is not there or broken. */
static void add_raw(struct str *out, const char *key, const char *raw)
{
    bool good = raw && raw[0] && scan_check(span_of(raw), NULL, NULL) == ST_OK;
    str_printf(out, ",\"%s\":%s", key, good ? raw : "null");
}

void log_json(const struct journal_entry *e, struct str *out)
{
    str_printf(out, "{\"op\":%" PRId64, e->op);
    add_time(out, "when", e->intent_wall_ms);
    bool settled = journal_settled(e->outcome);
    add_time(out, "settled", settled ? e->outcome_wall_ms : WHEN_NONE);
    add_time(out, "unknown_since", settled ? WHEN_NONE : e->outcome_wall_ms);
    add_text(out, "operator", e->operator_name);
    add_text(out, "kind", journal_kind_name(e->kind));
    add_text(out, "outcome", journal_outcome_word(e->outcome));
    if (journal_outcome_seen(e->outcome))
        add_text(out, "seen", journal_outcome_seen(e->outcome));
    else
        str_add(out, ",\"seen\":null");
    add_text(out, "note", e->note);
    add_text(out, "account_id", e->account_id);
    add_text(out, "account_name", e->account_name);
    add_text(out, "reason", e->reason);
    add_text(out, "plan", e->plan);
    if (e->undoes)
        str_printf(out, ",\"undoes\":%" PRId64, e->undoes);
    else
        str_add(out, ",\"undoes\":null");
    add_text(out, "profile", e->profile);
    add_text(out, "origin", e->origin);
    add_text(out, "org", e->org);
    add_raw(out, "base", e->base);
    add_raw(out, "body", e->body);
    add_raw(out, "target", e->target);
    add_raw(out, "after", e->after);
    str_add_char(out, '}');
}
