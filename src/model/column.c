/* column.c: see column.h. */
#include "model/column.h"

#include "base/mem.h"
#include "base/vec.h"

struct column_set {
    struct column *
        *columns; /* owned, each by itself: a column stays where it is when others come */
    size_t count, room;
    bool bare; /* no account's fields in it */
};

/* Short words of the filter grammar for fields with longer names; they come first (a policy as a
 * whole, "quota", is nothing to compare). */
static const struct {
    const char *alias;
    enum field field;
} aliases[] = {
    {"tokens", FIELD_USED_TOKENS},
    {"requests", FIELD_USED_REQUESTS},
    {"quota", FIELD_QUOTA_TOKENS},
    {"rps", FIELD_RPS},
    {"rpm", FIELD_RPM},
    {"input", FIELD_INPUT_TPM},
    {"output", FIELD_OUTPUT_TPM},
    {"concurrency", FIELD_CONCURRENCY},
    {"burst", FIELD_BURST},
    {"timeout", FIELD_QUEUE_TIMEOUT},
    {"queue", FIELD_QUEUE_POLICY},
    {"type", FIELD_PROVIDER_TYPE},
    {"tag", FIELD_TAGS},
};

int64_t column_percent(int64_t used, int64_t limit)
{
    int64_t whole, part;
    if (limit <= 0)
        return 100;
    if (used <= 0)
        return 0;
    if (__builtin_mul_overflow(used / limit, 100, &whole))
        return INT64_MAX;
    if (__builtin_mul_overflow(used % limit, 100, &part)) {
        part = used % limit / (limit / 100); /* less than 100 in truth, whatever rounding says */
        part = part > 99 ? 99 : part;
    } else {
        part /= limit;
    }
    return __builtin_add_overflow(whole, part, &whole) ? INT64_MAX : whole;
}

static void percent(const struct row_source *row, enum field limit_field, enum field used_field,
                    struct value *out)
{
    struct value limit, used;
    row->get(row->owner, row->row, limit_field, &limit);
    row->get(row->owner, row->row, used_field, &used);
    if (limit.presence != PRESENCE_VALUE || used.presence != PRESENCE_VALUE) {
        *out = value_null();
        return;
    }
    *out = value_int(column_percent(used.i, limit.i));
}

static void tokens_percent(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    percent(row, FIELD_QUOTA_TOKENS, FIELD_USED_TOKENS, out);
}

static void requests_percent(void *ctx, const struct row_source *row, struct value *out)
{
    (void)ctx;
    percent(row, FIELD_QUOTA_REQUESTS, FIELD_USED_REQUESTS, out);
}

/* The fuller of the two: what is counted where quotas are counted. */
static void quota_percent(void *ctx, const struct row_source *row, struct value *out)
{
    struct value requests;
    (void)ctx;
    percent(row, FIELD_QUOTA_TOKENS, FIELD_USED_TOKENS, out);
    percent(row, FIELD_QUOTA_REQUESTS, FIELD_USED_REQUESTS, &requests);
    if (!value_known(out) || (value_known(&requests) && requests.i > out->i))
        *out = requests;
}

struct column_set *column_set_create(void)
{
    static const struct column computed[] = {
        {"tokens.pct", "Tokens used, in percent of the quota", FIELD_QUOTA_TOKENS, FIELD_NONE,
         tokens_percent, NULL, "%", NULL, false, NULL},
        {"requests.pct", "Requests used, in percent of the quota", FIELD_QUOTA_REQUESTS, FIELD_NONE,
         requests_percent, NULL, "%", NULL, false, NULL},
        {"quota.pct", "The fuller of the two quotas, in percent", FIELD_QUOTA_TOKENS, FIELD_NONE,
         quota_percent, NULL, "%", NULL, false, NULL},
    };
    struct column_set *set = mem_calloc(1, sizeof *set);
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *i = field_info((enum field)f);
        const struct column column = {
            .name = i->key, .help = i->help, .like = i->id, .field = i->id};
        column_set_add(set, &column);
    }
    for (size_t i = 0; i < ARRAY_LEN(computed); i++)
        column_set_add(set, &computed[i]);
    return set;
}

struct column_set *column_set_create_bare(void)
{
    struct column_set *set = mem_calloc(1, sizeof *set);
    set->bare = true;
    return set;
}

void column_set_destroy(struct column_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        mem_free(set->columns[i]);
    mem_free(set->columns);
    mem_free(set);
}

void column_set_add(struct column_set *set, const struct column *computed)
{
    VEC_ROOM(set->columns, set->count, set->room);
    set->columns[set->count++] = mem_dup(computed, sizeof *computed);
}

const struct column *column_find(const struct column_set *set, struct span name)
{
    for (size_t i = 0; i < ARRAY_LEN(aliases) && !set->bare; i++) {
        if (span_is(name, aliases[i].alias))
            return set->columns[aliases[i].field];
    }
    for (size_t i = 0; i < set->count; i++) {
        if (span_is(name, set->columns[i]->name))
            return set->columns[i];
    }
    enum field field = set->bare ? FIELD_NONE : field_find(name);
    return field == FIELD_NONE ? NULL : set->columns[field];
}

const char *column_alias(const struct column_set *set, size_t index)
{
    return index < ARRAY_LEN(aliases) && !set->bare ? aliases[index].alias : NULL;
}

size_t column_count(const struct column_set *set)
{
    return set->count;
}

const struct column *column_at(const struct column_set *set, size_t index)
{
    return set->columns[index];
}

void column_get(const struct column *column, const struct row_source *row, struct value *out)
{
    if (column->get)
        column->get(column->ctx, row, out);
    else
        row->get(row->owner, row->row, column->field, out);
}

void column_show(const struct column *column, const struct value *v, enum show how, struct str *out)
{
    if (column->zero && value_known(v) && v->i == 0)
        str_add(out, column->zero);
    else
        value_show(column->like, v, how, out);
}
