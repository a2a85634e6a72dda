/* file_line.c: see file_line.h. The members of the head are a table, so that writing and reading
 * cannot drift apart. */
#include "plan/file_line.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "model/json_scan.h"
#include "model/scan.h"
#include "plan/file.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *key;
    size_t at, room;
    bool may_lack; /* files of an earlier paddock have none */
} texts[] = {
#define TEXT(member, may_lack)                                                                     \
    {                                                                                              \
#member, offsetof(struct plan_head, member), sizeof((struct plan_head *)0)->member,        \
            may_lack                                                                               \
    }
    TEXT(id, false),      TEXT(origin, false), TEXT(org, false),
    TEXT(profile, false), TEXT(label, true),   TEXT(by, false),
    TEXT(of, false),      TEXT(reason, false), TEXT(title, false),
#undef TEXT
};

/* ---- writing ------------------------------------------------------------------------------- */

static void add_text(struct str *out, const char *key, struct span text)
{
    str_printf(out, ",\"%s\":", key);
    json_quote(out, text);
}

void plan_head_line(const struct plan *plan, struct str *out)
{
    const char *head = (const char *)&plan->head;
    str_printf(out, "{\"paddock_plan\":%d", PLAN_FILE_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        add_text(out, texts[i].key, span_of(head + texts[i].at));
    str_add(out, ",\"made\":\"");
    when_rfc3339(out, plan->head.made_wall_ms);
    str_printf(out, "\",\"linked\":%s,\"count\":%u", plan->head.linked ? "true" : "false",
               (unsigned)plan->count);
}

void plan_warnings_json(const struct plan_item *item, struct str *out)
{
    str_add_char(out, '[');
    for (uint32_t i = 0; i < item->warning_count; i++) {
        enum field f = item->warnings[i].field;
        str_printf(out, "%s{\"field\":\"%s\",\"text\":", i ? "," : "",
                   f == FIELD_NONE ? "" : field_info(f)->path);
        json_quote(out, span_of(item->warnings[i].text));
        str_add_char(out, '}');
    }
    str_add_char(out, ']');
}

void plan_item_line(const struct plan_item *item, struct str *out)
{
    enum plan_item_state state = item->state > PLAN_WAITING ? PLAN_WAITING : item->state;
    str_printf(out, "{\"kind\":\"%s\",\"state\":\"%s\"", journal_kind_name(item->kind),
               plan_state_name(state));
    /* A create that was applied has an id; as a plan it has none. */
    if (item->id.len && item->kind != JOURNAL_CREATE)
        add_text(out, "id", item->id);
    add_text(out, "name", item->name);
    if (item->before.len)
        str_printf(out, ",\"before\":%s", item->before.p);
    if (item->target.len)
        str_printf(out, ",\"target\":%s", item->target.p);
    if (item->warning_count) {
        str_add(out, ",\"warnings\":");
        plan_warnings_json(item, out);
    }
    if (item->needs_name)
        str_add(out, ",\"needs_name\":true");
    if (item->note.len)
        add_text(out, "note", item->note);
}

/* ---- reading ------------------------------------------------------------------------------- */

bool plan_line_member(struct span object, const char *key, struct span *raw)
{
    struct json_scan s = json_begin(object);
    bool found = false;
    struct span name;
    bool escaped;
    int more = 1;
    json_space(&s);
    if (!json_take(&s, '{'))
        return false;
    json_space(&s);
    while (more == 1) {
        if (!json_key(&s, &name, &escaped))
            return false;
        const char *from = s.at;
        if (!json_skip(&s, SCAN_DEPTH_MAX))
            return false;
        if (!escaped && span_is(name, key)) {
            *raw = (struct span){from, (size_t)(s.at - from)};
            found = true;
        }
        more = json_next(&s, '}');
        json_space(&s);
    }
    return found && more == 0;
}

static bool unquote(struct span raw, struct arena *mem, struct span *out)
{
    struct json_scan s = json_begin(raw);
    struct span text;
    bool escaped;
    if (!json_string(&s, &text, &escaped) || s.at < s.end)
        return false;
    *out = text;
    return !escaped || json_unescape(text, mem, out);
}

static bool member_text(struct span object, const char *key, struct arena *mem, struct span *out)
{
    struct span raw;
    return plan_line_member(object, key, &raw) && unquote(raw, mem, out);
}

static bool member_true(struct span object, const char *key)
{
    struct span raw;
    return plan_line_member(object, key, &raw) && span_is(raw, "true");
}

bool plan_head_read(struct span line, struct plan_head *head, uint32_t *count)
{
    struct str object = STR_INIT;
    struct arena mem;
    struct span text, raw;
    int64_t n = 0;
    arena_init(&mem);
    memset(head, 0, sizeof *head);
    str_add_span(&object, line);
    str_add_char(&object, '}');
    struct span all = span_from(&object);
    bool good = true;
    for (size_t i = 0; i < ARRAY_LEN(texts) && good; i++) {
        if (texts[i].may_lack && !plan_line_member(all, texts[i].key, &raw))
            continue;
        good = member_text(all, texts[i].key, &mem, &text) && text.len < texts[i].room;
        if (good)
            memcpy((char *)head + texts[i].at, text.p, text.len);
    }
    good = good && head->id[0] && member_text(all, "made", &mem, &text) &&
           plan_line_member(all, "count", &raw) && json_whole(raw, &n) && n >= 0 && n < UINT32_MAX;
    if (good) {
        head->made_wall_ms = when_parse_rfc3339(text.p, text.len);
        head->linked = member_true(all, "linked");
        *count = (uint32_t)n;
    }
    arena_finish(&mem);
    str_finish(&object);
    return good;
}

uint32_t plan_warnings_read(struct span array, struct arena *mem, struct plan_warning **out)
{
    struct json_scan s = json_begin(array);
    struct plan_warning *items = NULL;
    size_t count = 0, room = 0;
    *out = NULL;
    json_space(&s);
    if (!json_take(&s, '['))
        return 0;
    json_space(&s);
    for (int more = json_take(&s, ']') ? 0 : 1; more == 1;) {
        struct span path, text;
        json_space(&s);
        const char *from = s.at;
        if (!json_skip(&s, SCAN_DEPTH_MAX))
            break;
        struct span object = {from, (size_t)(s.at - from)};
        if (!member_text(object, "text", mem, &text))
            break;
        VEC_ROOM(items, count, room);
        items[count].text = arena_dup(mem, text).p;
        items[count++].field =
            member_text(object, "field", mem, &path) ? field_find(path) : FIELD_NONE;
        more = json_next(&s, ']');
    }
    if (count) {
        *out = arena_alloc(mem, count * sizeof **out);
        memcpy(*out, items, count * sizeof **out);
    }
    mem_free(items);
    return (uint32_t)count;
}

bool plan_state_find(struct span name, enum plan_item_state *out)
{
    for (int i = 0; i < PLAN_STATE_COUNT; i++)
        if (span_is(name, plan_state_name((enum plan_item_state)i))) {
            *out = (enum plan_item_state)i;
            return true;
        }
    return false;
}

bool plan_kind_find(struct span name, enum journal_kind *out)
{
    for (int i = JOURNAL_CREATE; i <= JOURNAL_DELETE; i++)
        if (span_is(name, journal_kind_name((enum journal_kind)i))) {
            *out = (enum journal_kind)i;
            return true;
        }
    return false;
}

/* A member that is an object, or nothing. */
static bool member_object(struct span object, const char *key, struct span *out)
{
    *out = span_of("");
    return !plan_line_member(object, key, out) || (out->len && out->p[0] == '{');
}

static bool read_item(struct span all, struct arena *mem, struct plan_item *item)
{
    struct span text, raw;
    struct plan_warning *warnings;
    if (!member_text(all, "kind", mem, &text) || !plan_kind_find(text, &item->kind) ||
        !member_text(all, "state", mem, &text) || !plan_state_find(text, &item->state) ||
        item->state > PLAN_WAITING || !member_text(all, "name", mem, &item->name) ||
        !member_object(all, "before", &item->before) ||
        !member_object(all, "target", &item->target))
        return false;
    member_text(all, "id", mem, &item->id);
    member_text(all, "note", mem, &item->note);
    item->needs_name = member_true(all, "needs_name");
    if (plan_line_member(all, "warnings", &raw)) {
        item->warning_count = plan_warnings_read(raw, mem, &warnings);
        item->warnings = warnings;
    }
    return true;
}

enum status plan_item_read(struct span line, struct plan *plan, struct error *err)
{
    struct plan_item item = {.kind = JOURNAL_UPDATE};
    struct str object = STR_INIT;
    struct arena mem;
    enum status st;
    arena_init(&mem);
    item.id = item.name = item.before = item.target = item.note = span_of("");
    str_add_span(&object, line);
    str_add_char(&object, '}');
    if (!read_item(span_from(&object), &mem, &item))
        st = error_set(err, ST_PARSE, "not an item of a plan");
    else
        st = plan_add_kept(plan, &item, err);
    arena_finish(&mem);
    str_finish(&object);
    return st;
}
