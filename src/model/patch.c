/* patch.c: see patch.h. Bodies are built with cJSON, numbers as raw digits, because cJSON's own are
 * doubles. */
#include "model/patch.h"

#include "base/mem.h"
#include "model/account.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

bool field_set_moves(const struct field_set *set)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = field_info((enum field)f);
        if (set->has[f] && !(info->flags & FF_MOVES) && info->type != FT_GROUP)
            return false;
    }
    return true;
}

size_t diff_settable(const struct account *a, const struct account *b, struct field_set *out)
{
    size_t n = 0;
    for (int f = 0; f < FIELD_COUNT; f++) {
        out->has[f] = field_settable((enum field)f) && !value_eq((enum field)f, &a->v[f], &b->v[f]);
        n += out->has[f];
    }
    return n;
}

static enum merge_state merge_field(enum field f, const struct value *base,
                                    const struct value *mine, const struct value *server)
{
    /* Absent says "as the server has it": that cannot be sent, so it changes nothing. */
    bool i_did = mine->presence != PRESENCE_ABSENT && !value_eq(f, base, mine);
    bool they_did = !value_eq(f, base, server);
    if (!i_did)
        return they_did ? MERGE_THEIRS : MERGE_SAME;
    if (!they_did)
        return MERGE_MINE;
    return value_eq(f, mine, server) ? MERGE_AGREE : MERGE_CONFLICT;
}

void merge_accounts(const struct account *base, const struct account *mine,
                    const struct account *server, struct account *out, struct merge *m)
{
    memset(m, 0, sizeof *m);
    account_copy(out, server);
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!field_settable((enum field)f))
            continue;
        enum merge_state state =
            merge_field((enum field)f, &base->v[f], &mine->v[f], &server->v[f]);
        m->state[f] = state;
        m->mine += state == MERGE_MINE;
        m->theirs += state == MERGE_THEIRS;
        m->conflicts += state == MERGE_CONFLICT;
        if (state == MERGE_MINE || state == MERGE_CONFLICT)
            account_set(out, (enum field)f, &mine->v[f]);
    }
    str_clear(&out->raw); /* it is no longer what was received */
}

/* Whether a body can say it: what is absent or bad has no JSON of its own. */
static bool can_send(const struct value *v)
{
    return v->presence == PRESENCE_VALUE || v->presence == PRESENCE_NULL;
}

static void add_value(cJSON *object, enum field field, const struct value *v)
{
    struct str text = STR_INIT;
    value_json(field, v, &text);
    cJSON_AddItemToObject(object, field_info(field)->leaf, cJSON_CreateRaw(str_text(&text)));
    str_finish(&text);
}

/* The object that a field's value stands in: the body, or its policy, made when first needed. */
static cJSON *object_of(cJSON *body, enum field field)
{
    enum field parent = field_info(field)->parent;
    if (parent == FIELD_NONE)
        return body;
    const char *key = field_info(parent)->leaf;
    cJSON *policy = cJSON_GetObjectItemCaseSensitive(body, key);
    return policy ? policy : cJSON_AddObjectToObject(body, key);
}

static void print_body(cJSON *body, struct str *out)
{
    char *text = cJSON_PrintUnformatted(body);
    if (text == NULL)
        abort(); /* out of memory, as everywhere: a body that is cut must never leave */
    str_add(out, text);
    cJSON_free(text);
    cJSON_Delete(body);
}

/* Whether the set has a member of the policy. */
static bool touches(const struct field_set *which, enum field policy)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (which->has[f] && field_info((enum field)f)->parent == policy)
            return true;
    }
    return false;
}

/* Whole policies: a member that is not changed goes along when its policy has a change, with the
 * digits as received; left out, the server would forget it. A null that may not be sent stays. */
static bool goes_along(const struct account *to, const struct field_set *which, enum field f)
{
    const struct field_info *i = field_info(f);
    if (i->parent == FIELD_NONE || !touches(which, i->parent))
        return false;
    return to->v[f].presence == PRESENCE_VALUE || (i->flags & FF_NULLABLE);
}

void patch_body(const struct account *from, const struct account *to, const struct field_set *which,
                enum patch_policies policies, struct str *out)
{
    cJSON *body = cJSON_CreateObject();
    (void)from;
    for (int f = 0; f < FIELD_COUNT; f++) {
        enum field field = (enum field)f;
        bool along = policies == PATCH_WHOLE && goes_along(to, which, field);
        if (field_settable(field) && can_send(&to->v[f]) && (which->has[f] || along))
            add_value(object_of(body, field), field, &to->v[f]);
    }
    print_body(body, out);
}

void create_body(const struct account *a, struct str *out)
{
    cJSON *body = cJSON_CreateObject();
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *i = field_info((enum field)f);
        bool has = a->v[f].presence == PRESENCE_VALUE ||
                   (a->v[f].presence == PRESENCE_NULL && (i->flags & FF_NULLABLE));
        if (field_settable(i->id) && (i->flags & FF_CREATE) && has)
            add_value(object_of(body, i->id), i->id, &a->v[f]);
    }
    print_body(body, out);
}

/* The field that a run of known keys from parts[0] on ends at, and how long the run is. What is
 * not known in between is passed over: a validator may put its own name there ("QuotaPolicy"). */
static enum field run_of(const struct span *parts, size_t count, size_t *len)
{
    enum field at = FIELD_NONE;
    *len = 0;
    for (size_t i = 0; i < count; i++) {
        enum field next = field_find_member(at, parts[i]);
        if (next == FIELD_NONE && i == 0)
            break;
        if (next == FIELD_NONE)
            continue;
        at = next;
        ++*len;
        if (field_info(at)->type != FT_GROUP)
            break;
    }
    return at;
}

enum field field_from_loc(const struct span *parts, size_t count)
{
    enum field best = FIELD_NONE;
    size_t best_len = 0, len;
    for (size_t i = 0; i < count; i++) {
        enum field at = run_of(parts + i, count - i, &len);
        if (len > best_len) {
            best = at;
            best_len = len;
        }
    }
    /* A policy's member by itself: its path was not told. */
    for (size_t i = count; i-- > 0 && best == FIELD_NONE;) {
        enum field f = field_find(parts[i]);
        if (f != FIELD_NONE && span_is(parts[i], field_info(f)->leaf))
            best = f;
    }
    return best;
}
