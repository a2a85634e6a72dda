/* field.c: the field table and its look-ups. */
#include "model/field.h"

#include <inttypes.h>
#include <string.h>

#define PARENT_NONE  FIELD_NONE
#define PARENT_QUOTA FIELD_QUOTA
#define PARENT_RATE  FIELD_RATE

static const struct field_info table[FIELD_COUNT] = {
#define FIELD(id_, parent_, leaf_, key_, type_, unit_, section_, min_, max_, flags_, label_,       \
              blank_, help_)                                                                       \
    [FIELD_##id_] = {.id = FIELD_##id_,                                                            \
                     .path = FIELD_PATH_##parent_(leaf_),                                          \
                     .leaf = leaf_,                                                                \
                     .leaf_len = sizeof(leaf_) - 1,                                                \
                     .key = key_,                                                                  \
                     .type = FT_##type_,                                                           \
                     .section = SECTION_##section_,                                                \
                     .parent = PARENT_##parent_,                                                   \
                     .min = min_,                                                                  \
                     .max = max_,                                                                  \
                     .flags = flags_,                                                              \
                     .unit = unit_,                                                                \
                     .label = label_,                                                              \
                     .blank = blank_,                                                              \
                     .help = help_},
#include "model/fields.def"
#undef FIELD
};

const struct field_info *field_info(enum field field)
{
    return &table[field];
}

const char *section_title(enum field_section section)
{
    static const char *const titles[SECTION_COUNT] = {
        [SECTION_QUOTA] = "QUOTA POLICY", [SECTION_RATE] = "RATE LIMIT POLICY",
        [SECTION_IDENTITY] = "IDENTITY",  [SECTION_ROUTING] = "ROUTING",
        [SECTION_TAGS] = "TAGS",          [SECTION_HEALTH] = "HEALTH",
        [SECTION_RECORD] = "RECORD",
    };
    return titles[section];
}

void field_range(const struct field_info *f, struct str *out)
{
    if (!f->min && !f->max)
        return;
    str_printf(out, f->max == INT64_MAX ? "%" PRId64 " or more" : "%" PRId64 " to %" PRId64, f->min,
               f->max);
}

enum field field_find(struct span name)
{
    enum field by_leaf = FIELD_NONE;
    int leaves = 0;
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (span_is(name, table[f].path) || span_is(name, table[f].key))
            return (enum field)f;
        if (span_is(name, table[f].leaf)) {
            by_leaf = (enum field)f;
            leaves++;
        }
    }
    return leaves == 1 ? by_leaf : FIELD_NONE;
}

enum field field_find_member(enum field parent, struct span key)
{
    /* The lengths alone tell most keys apart. */
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (table[f].leaf_len == key.len && table[f].parent == parent &&
            memcmp(table[f].leaf, key.p, key.len) == 0)
            return (enum field)f;
    }
    return FIELD_NONE;
}

bool field_settable(enum field field)
{
    return table[field].type != FT_GROUP && (table[field].flags & FF_SETTABLE);
}

const char *const *field_known_values(enum field field)
{
    static const char *const none[] = {NULL};
    static const char *const providers[] = {"openai",   "anthropic", "azure_openai", "google",
                                            "cohere",   "mistral",   "aws_bedrock",  "groq",
                                            "deepseek", NULL};
    static const char *const statuses[] = {"active", "degraded", "down", "disabled", NULL};
    static const char *const queues[] = {"wait", "reject", NULL};
    static const char *const modes[] = {"direct", "bridge", NULL};
    switch (field) {
    case FIELD_PROVIDER_TYPE:
        return providers;
    case FIELD_STATUS:
        return statuses;
    case FIELD_QUEUE_POLICY:
        return queues;
    case FIELD_ROUTING_MODE:
        return modes;
    default:
        return none;
    }
}
