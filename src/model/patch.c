/* patch.c: see patch.h. Bodies are built with cJSON, numbers as raw digits, because cJSON's own are
 * doubles. */
#include "model/patch.h"

#include "base/mem.h"
#include "model/account.h"
#include "model/json.h"

#include <string.h>

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
    bool i_did = !value_eq(f, base, mine), they_did = !value_eq(f, base, server);
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
    str_add(out, text);
    cJSON_free(text);
    cJSON_Delete(body);
}

/* Whole policies: a member that is not changed goes along when its policy has a change. */
static bool goes_along(const struct account *to, const struct field_set *which, enum field f)
{
    enum field parent = field_info(f)->parent;
    if (parent == FIELD_NONE || to->v[f].presence < PRESENCE_NULL || to->v[f].inexact ||
        to->v[f].presence == PRESENCE_BAD)
        return false;
    for (int g = 0; g < FIELD_COUNT; g++) {
        if (which->has[g] && field_info((enum field)g)->parent == parent)
            return true;
    }
    return false;
}

void patch_body(const struct account *from, const struct account *to, const struct field_set *which,
                enum patch_policies policies, struct str *out)
{
    cJSON *body = cJSON_CreateObject();
    (void)from;
    for (int f = 0; f < FIELD_COUNT; f++) {
        enum field field = (enum field)f;
        bool along = policies == PATCH_WHOLE && goes_along(to, which, field);
        if (field_settable(field) && (which->has[f] || along))
            add_value(object_of(body, field), field, &to->v[f]);
    }
    print_body(body, out);
}

void create_body(const struct account *a, struct str *out)
{
    cJSON *body = cJSON_CreateObject();
    for (int f = 0; f < FIELD_COUNT; f++) {
        enum presence p = a->v[f].presence;
        if (field_settable((enum field)f) && (field_info((enum field)f)->flags & FF_CREATE) &&
            (p == PRESENCE_VALUE || p == PRESENCE_NULL))
            add_value(object_of(body, (enum field)f), (enum field)f, &a->v[f]);
    }
    print_body(body, out);
}

enum field field_from_loc(const struct span *parts, size_t count)
{
    enum field best = FIELD_NONE;
    size_t best_len = 0;
    for (size_t i = 0; i < count; i++) {
        enum field at = FIELD_NONE;
        for (size_t j = i; j < count; j++) {
            enum field next = field_find_member(at, parts[j]);
            if (next == FIELD_NONE)
                break;
            at = next;
            if (j - i + 1 > best_len) {
                best = at;
                best_len = j - i + 1;
            }
        }
    }
    return best;
}
