/* write.c: see write.h. The table of families, and what turns values into samples. */
#include "metrics/write.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"

#include <math.h>
#include <string.h>

#define TAG_LABEL "tag_"

static once_fn once_build, once_up, once_complete, once_sync, once_reply, once_accounts, once_bad,
    once_left_out, once_requests, once_errors, once_duration;
static each_fn each_info, each_health, each_field;

#define PER_ONCE(fn)    .once = (fn)
#define PER_ACCOUNT(fn) .each = (fn)

static const struct family families[] = {
#define FAMILY(name, kind, unit, per, write, value, words)                                         \
    {name, MT_##kind, unit, PER_##per(write), .field = FIELD_##value, .help = words},
#include "metrics/families.def"
#undef FAMILY
};

/* What a label of the info metric is made of: the field's JSON key is its name. */
static const enum field info_fields[] = {
    FIELD_NAME,         FIELD_REGION,    FIELD_DATA_RESIDENCY, FIELD_STATUS,
    FIELD_ROUTING_MODE, FIELD_BRIDGE_ID, FIELD_QUEUE_POLICY,   FIELD_USAGE_PERIOD,
};

const struct family *metric_families(size_t *count)
{
    *count = ARRAY_LEN(families);
    return families;
}

/* ---- the format's own words ---------------------------------------------------------------- */

static const struct {
    const char *open, *text; /* the type's word in either format */
    const char *suffix;      /* of its samples */
} types[MT_COUNT] = {
    [MT_GAUGE] = {"gauge", "gauge", ""},
    [MT_COUNTER] = {"counter", "counter", "_total"},
    [MT_INFO] = {"info", "gauge", "_info"},
    [MT_STATESET] = {"stateset", "gauge", ""},
    [MT_HISTOGRAM] = {"histogram", "histogram", ""},
};

void metric_head(const struct family *f, enum metrics_format format, struct str *out)
{
    bool open = format == METRICS_OPENMETRICS;
    /* OpenMetrics names the family, the older format the sample. */
    const char *suffix = open ? "" : types[f->type].suffix;
    str_printf(out, "# TYPE %s%s %s\n", f->name, suffix,
               open ? types[f->type].open : types[f->type].text);
    if (open && *f->unit)
        str_printf(out, "# UNIT %s %s\n", f->name, f->unit);
    str_printf(out, "# HELP %s%s %s\n", f->name, suffix, f->help);
}

/* A label's value: made safe, then the three escapes of both formats. */
static void add_quoted(struct str *out, struct span text)
{
    struct str safe = STR_INIT;
    text_safe(&safe, text.p, text.len, 0);
    str_add_char(out, '"');
    for (size_t i = 0; i < safe.len; i++) {
        char c = safe.data[i];
        if (c == '\\' || c == '"')
            str_add_char(out, '\\');
        str_add_char(out, c);
    }
    str_add_char(out, '"');
    str_finish(&safe);
}

/* Two ids must never become one label: then the whole page would be refused. An id that is not safe
 * as it is (or holds the escape itself) is percent-encoded as in the API's path. */
void metrics_id_label(struct str *out, struct span id)
{
    struct str safe = STR_INIT;
    text_safe(&safe, id.p, id.len, 0);
    bool as_it_is = span_eq(span_from(&safe), id) && !memchr(id.p, '%', id.len);
    str_finish(&safe);
    if (as_it_is) {
        str_add_span(out, id);
        return;
    }
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.p[i];
        if (c > 0x20 && c < 0x7F && c != '%')
            str_add_char(out, (char)c);
        else
            str_printf(out, "%%%02X", c);
    }
}

static void add_id(struct str *out, struct span id)
{
    struct str label = STR_INIT;
    metrics_id_label(&label, id);
    add_quoted(out, span_from(&label));
    str_finish(&label);
}

/* ---- samples of the program ---------------------------------------------------------------- */

static void add_time(struct str *out, int64_t wall_ms)
{
    str_printf(out, "%lld.%03d", (long long)(wall_ms / 1000), (int)(wall_ms % 1000));
}

static void one(const struct family *f, struct str *out, int64_t value)
{
    str_printf(out, "%s%s %lld\n", f->name, types[f->type].suffix, (long long)value);
}

static void one_time(const struct family *f, struct str *out, int64_t wall_ms)
{
    if (wall_ms == WHEN_NONE || wall_ms < 0)
        return;
    str_printf(out, "%s ", f->name);
    add_time(out, wall_ms);
    str_add_char(out, '\n');
}

static void once_build(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    (void)spec;
    str_printf(out, "%s_info{version=\"%s\"} 1\n", f->name, PADDOCK_VERSION);
}

static void once_up(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one(f, out, spec->process.up);
}

static void once_complete(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one(f, out, spec->process.complete);
}

static void once_sync(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one_time(f, out, spec->process.complete_wall_ms);
}

static void once_reply(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one_time(f, out, spec->process.reply_wall_ms);
}

static void once_accounts(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one(f, out, spec->process.accounts);
}

static void once_bad(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one(f, out, spec->process.bad);
}

static void once_left_out(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    one(f, out, spec->process.left_out);
}

static void once_requests(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    static const char *const classes[METRICS_CLASSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    for (size_t i = 0; i < spec->process.operation_count; i++) {
        const struct metrics_operation *o = &spec->process.operations[i];
        for (int c = 0; c < METRICS_CLASSES; c++)
            if (o->replies[c])
                str_printf(out, "%s_total{operation=\"%s\",code=\"%s\"} %lld\n", f->name, o->name,
                           classes[c], (long long)o->replies[c]);
    }
}

static void once_errors(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    for (size_t i = 0; i < spec->process.operation_count; i++)
        str_printf(out, "%s_total{operation=\"%s\"} %lld\n", f->name,
                   spec->process.operations[i].name, (long long)spec->process.operations[i].errors);
}

static void once_duration(const struct family *f, const struct metrics_spec *spec, struct str *out)
{
    const struct metrics_process *p = &spec->process;
    for (size_t i = 0; i < p->operation_count; i++) {
        const struct metrics_operation *o = &p->operations[i];
        int64_t sum = 0;
        for (size_t b = 0; b < p->bound_count; b++) {
            double bound = p->bounds[b];
            sum += o->took[b];
            /* Whole numbers are written as floats: OpenMetrics' canonical form of a bound. */
            str_printf(out, "%s_bucket{operation=\"%s\",le=\"%g%s\"} %lld\n", f->name, o->name,
                       bound, bound == floor(bound) ? ".0" : "", (long long)sum);
        }
        sum += o->took[p->bound_count];
        str_printf(out, "%s_bucket{operation=\"%s\",le=\"+Inf\"} %lld\n", f->name, o->name,
                   (long long)sum);
        str_printf(out, "%s_sum{operation=\"%s\"} %.3f\n", f->name, o->name, o->seconds);
        str_printf(out, "%s_count{operation=\"%s\"} %lld\n", f->name, o->name, (long long)sum);
    }
}

/* ---- samples of an account ----------------------------------------------------------------- */

/* NAME{provider_account_id="...",provider_type="..." without the closing brace. False: the account
 * has no id, so it is none. */
static bool begin(const struct family *f, const struct metrics_spec *spec, row_id row,
                  struct str *out)
{
    struct value id, type;
    fleet_get(spec->fleet, row, FIELD_ID, &id);
    fleet_get(spec->fleet, row, FIELD_PROVIDER_TYPE, &type);
    if (!value_known(&id))
        return false;
    str_printf(out, "%s%s{provider_account_id=", f->name, types[f->type].suffix);
    add_id(out, id.text);
    str_add(out, "," METRICS_PROVIDER "=");
    add_quoted(out, value_known(&type) ? type.text : span_of(""));
    return true;
}

static void each_field(const struct family *f, const struct metrics_spec *spec, row_id row,
                       struct str *out)
{
    struct value v;
    fleet_get(spec->fleet, row, f->field, &v);
    bool time = field_info(f->field)->type == FT_TIME;
    if (!value_known(&v) || (time && (v.i == WHEN_NONE || v.i < 0)) || !begin(f, spec, row, out))
        return;
    str_add(out, "} ");
    if (time)
        add_time(out, v.i);
    else
        str_printf(out, "%lld", (long long)v.i);
    str_add_char(out, '\n');
}

static void each_health(const struct family *f, const struct metrics_spec *spec, row_id row,
                        struct str *out)
{
    struct value status;
    fleet_get(spec->fleet, row, FIELD_STATUS, &status);
    enum health is = health_of(spec->health, value_known(&status) ? status.text : span_of(""));
    for (int h = 0; h < HEALTH_COUNT; h++)
        if (begin(f, spec, row, out))
            str_printf(out, ",%s=\"%s\"} %d\n", f->name, health_name((enum health)h), (int)is == h);
}

/* Tags become labels of their own: tag_KEY, what a label's name may not hold as "_". A label may be
 * there once: of keys that become one name, the one that is that name keeps it, and the others have
 * _conflict1, _conflict2 ... after it, in their order, as kube-state-metrics does. None is lost,
 * and none stands for the others by chance. */
struct tag {
    struct span key, val;
    size_t name, name_len; /* in tags.names */
};

struct tags {
    struct tag *list; /* owned; in the order of their keys */
    size_t count, room;
    struct str names, suffixed; /* of all of them; those that were made up, NUL after each */
};

void metrics_tag_label(struct str *out, struct span key)
{
    str_add(out, TAG_LABEL);
    for (size_t i = 0; i < key.len; i++) {
        char c = key.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        str_add_char(out, good ? c : '_');
    }
}

const char *metrics_label(enum field field)
{
    if (field == FIELD_PROVIDER_TYPE)
        return METRICS_PROVIDER;
    for (size_t i = 0; i < ARRAY_LEN(info_fields); i++) {
        if (info_fields[i] == field)
            return field_info(field)->leaf;
    }
    return NULL;
}

static void add_tag(void *ctx, struct span key, struct span val)
{
    struct tags *t = ctx;
    struct tag tag = {key, val, t->names.len, 0};
    metrics_tag_label(&t->names, key);
    tag.name_len = t->names.len - tag.name;
    VEC_ROOM(t->list, t->count, t->room);
    t->list[t->count++] = tag;
}

static struct span tag_name(const struct tags *t, size_t at)
{
    return (struct span){t->names.data + t->list[at].name, t->list[at].name_len};
}

/* Whether this tag has its name to itself, or is the one that has the right to it. */
static bool keeps_name(const struct tags *t, size_t at)
{
    struct span name = tag_name(t, at),
                key = {name.p + strlen(TAG_LABEL), name.len - strlen(TAG_LABEL)};
    bool alone = true;
    for (size_t i = 0; i < t->count && alone; i++)
        alone = i == at || !span_eq(tag_name(t, i), name);
    return alone || span_eq(key, t->list[at].key);
}

static bool is_taken(const struct tags *t, struct span name)
{
    for (size_t i = 0; i < t->count; i++) {
        if (span_eq(tag_name(t, i), name))
            return true;
    }
    for (size_t at = 0; at < t->suffixed.len; at += strlen(t->suffixed.data + at) + 1) {
        if (span_is(name, t->suffixed.data + at))
            return true;
    }
    return false;
}

/* Appends ",NAME=" with a name that no other tag of the account has. */
static void put_tag_name(struct tags *t, size_t at, struct str *out)
{
    struct span name = tag_name(t, at);
    struct str made = STR_INIT;
    if (keeps_name(t, at)) {
        str_printf(out, ",%.*s=", (int)name.len, name.p);
        return;
    }
    for (int n = 1; n == 1 || is_taken(t, span_from(&made)); n++) {
        str_clear(&made);
        str_printf(&made, "%.*s_conflict%d", (int)name.len, name.p, n);
    }
    str_append(&t->suffixed, str_text(&made), made.len + 1);
    str_printf(out, ",%s=", str_text(&made));
    str_finish(&made);
}

static void each_info(const struct family *f, const struct metrics_spec *spec, row_id row,
                      struct str *out)
{
    struct value v;
    if (!begin(f, spec, row, out))
        return;
    for (size_t i = 0; i < ARRAY_LEN(info_fields); i++) {
        fleet_get(spec->fleet, row, info_fields[i], &v);
        if (!value_known(&v))
            continue;
        str_printf(out, ",%s=", field_info(info_fields[i])->leaf);
        add_quoted(out, v.text);
    }
    fleet_get(spec->fleet, row, FIELD_TAGS, &v);
    if (value_known(&v)) {
        struct tags tags = {.names = STR_INIT, .suffixed = STR_INIT};
        value_pairs(&v, add_tag, &tags);
        for (size_t i = 0; i < tags.count; i++) {
            put_tag_name(&tags, i, out);
            add_quoted(out, tags.list[i].val);
        }
        mem_free(tags.list);
        str_finish(&tags.names);
        str_finish(&tags.suffixed);
    }
    str_add(out, "} 1\n");
}
