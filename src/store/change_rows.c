/* change_rows.c: see change_rows.h. One row a column. */
#include "store/change_rows.h"

#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "model/scan.h"

#define MASK "********"

static const struct change_row *row_of(const struct row_source *source)
{
    return source->owner;
}

static void get_seen(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    *out = value_text(span_from(&row_of(row)->seen));
    out->i = row_of(row)->change.seen_wall_ms;
}

static void get_since(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    *out = value_text(span_from(&row_of(row)->since));
    out->i = row_of(row)->change.since_wall_ms;
}

static void get_kind(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    *out = value_text(span_of(change_kind_name(row_of(row)->change.kind)));
}

static void get_field(void *ctx, const struct row_source *row, struct value *out)
{
    const struct change *c = &row_of(row)->change;
    (void)ctx;
    *out =
        c->kind == CHANGE_FIELD ? value_text(span_of(field_info(c->field)->key)) : value_absent();
}

static void get_before(void *ctx, const struct row_source *row, struct value *out)
{
    const struct change_row *r = row_of(row);
    (void)ctx;
    *out = r->change.kind == CHANGE_FIELD ? value_text(span_from(&r->before)) : value_absent();
}

static void get_after(void *ctx, const struct row_source *row, struct value *out)
{
    const struct change_row *r = row_of(row);
    (void)ctx;
    *out = r->change.kind == CHANGE_FIELD ? value_text(span_from(&r->after)) : value_absent();
}

static const struct column columns[] = {
    {.name = "seen",
     .help = "When a complete sync showed the change",
     .like = FIELD_UPDATED_AT,
     .get = get_seen},
    {.name = "since",
     .help = "The complete sync before it",
     .like = FIELD_UPDATED_AT,
     .get = get_since},
    {.name = "change", .help = "new, changed, gone", .like = FIELD_STATUS, .get = get_kind},
    {.name = "field", .help = "Which field changed", .like = FIELD_REGION, .get = get_field},
    {.name = "before", .help = "What it was", .like = FIELD_DESCRIPTION, .get = get_before},
    {.name = "after", .help = "What it is since then", .like = FIELD_DESCRIPTION, .get = get_after},
};

struct column_set *change_columns_create(void)
{
    struct column_set *set = column_set_create();
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct column column = columns[i];
        column.field = FIELD_NONE;
        column_set_add(set, &column);
    }
    return set;
}

void change_row_init(struct change_row *row)
{
    *row = (struct change_row){.before = STR_INIT};
}

void change_row_finish(struct change_row *row)
{
    str_finish(&row->before);
    str_finish(&row->after);
    str_finish(&row->seen);
    str_finish(&row->since);
}

void change_row_set(struct change_row *row, const struct change *change,
                    const struct row_source *account)
{
    row->change = *change;
    row->account = account ? *account : (struct row_source){0};
    str_clear(&row->before);
    str_clear(&row->after);
    str_clear(&row->seen);
    str_clear(&row->since);
    when_rfc3339(&row->seen, change->seen_wall_ms);
    when_rfc3339(&row->since, change->since_wall_ms);
    if (change->kind == CHANGE_FIELD) {
        change_show(change, false, false, &row->before);
        change_show(change, true, false, &row->after);
    }
}

static void row_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    const struct change_row *r = owner;
    (void)row;
    *out = value_absent();
    if (field == FIELD_ID)
        *out = value_text(r->change.account);
    else if (field == FIELD_NAME)
        *out = value_text(r->change.name);
    else if (r->account.get)
        r->account.get(r->account.owner, r->account.row, field, out);
}

struct row_source change_row_source(const struct change_row *row)
{
    return (struct row_source){.get = row_get, .owner = row};
}

/* The field's JSON as a record that has nothing else, so that the one scanner reads it. */
static void as_record(enum field field, struct span json, struct str *out)
{
    const struct field_info *info = field_info(field);
    if (info->parent != FIELD_NONE)
        str_printf(out, "{\"%s\":", field_info(info->parent)->path);
    str_printf(out, "{\"%s\":%.*s}%s", info->leaf, (int)json.len, json.p,
               info->parent != FIELD_NONE ? "}" : "");
}

void change_show(const struct change *change, bool after, bool reveal, struct str *out)
{
    struct span json = after ? change->after : change->before;
    struct value v[FIELD_COUNT];
    struct str record = STR_INIT;
    struct arena mem;
    if (change->kind != CHANGE_FIELD || json.len == 0) {
        str_add(out, "-");
        return;
    }
    if ((field_info(change->field)->flags & FF_SECRET) && !reveal && !span_is(json, "null")) {
        str_add(out, MASK);
        return;
    }
    arena_init(&mem);
    as_record(change->field, json, &record);
    if (scan_record(span_from(&record), v, &mem, NULL, NULL, NULL) == ST_OK)
        value_show(change->field, &v[change->field], SHOW_FULL, out);
    else
        str_add_span(out, json);
    arena_finish(&mem);
    str_finish(&record);
}

static void add_text(struct str *out, const char *key, struct span text)
{
    str_printf(out, ",\"%s\":", key);
    json_quote(out, text);
}

static void add_time(struct str *out, const char *key, int64_t wall_ms)
{
    str_printf(out, "\"%s\":\"", key);
    when_rfc3339(out, wall_ms);
    str_add_char(out, '"');
}

void change_json(const struct change *change, struct str *out)
{
    str_add_char(out, '{');
    add_time(out, "seen", change->seen_wall_ms);
    str_add_char(out, ',');
    add_time(out, "since", change->since_wall_ms);
    add_text(out, "change", span_of(change_kind_name(change->kind)));
    add_text(out, "provider_account_id", change->account);
    add_text(out, "name", change->name);
    if (change->kind == CHANGE_FIELD) {
        add_text(out, "field", span_of(field_info(change->field)->path));
        if (change->before.len)
            str_printf(out, ",\"before\":%.*s", (int)change->before.len, change->before.p);
        if (change->after.len)
            str_printf(out, ",\"after\":%.*s", (int)change->after.len, change->after.p);
    }
    str_add_char(out, '}');
}
