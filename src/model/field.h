/* field.h: the field table, expanded from fields.def. Source of names, order and defaults: the
 * Provider Accounts API reference; of ranges: readings of its samples (a profile may turn them into
 * warnings). */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum field {
#define FIELD(id, ...) FIELD_##id,
#include "model/fields.def"
#undef FIELD
    FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT
};

/* Paths are put together by the compiler, so that the table has each key once. */
#define FIELD_PATH_NONE(leaf)  leaf
#define FIELD_PATH_QUOTA(leaf) "quota_policy." leaf
#define FIELD_PATH_RATE(leaf)  "rate_limit_policy." leaf

enum field_type {
    FT_TEXT,
    FT_OPEN,
    FT_INT,
    FT_SECONDS,
    FT_BOOL,
    FT_TIME,
    FT_MAP,
    FT_GROUP,
    FT_COUNT
};

/* Parts of form and detail, in the form's order: policies first. */
enum field_section {
    SECTION_QUOTA,
    SECTION_RATE,
    SECTION_IDENTITY,
    SECTION_ROUTING,
    SECTION_TAGS,
    SECTION_HEALTH,
    SECTION_RECORD,
    SECTION_COUNT
};

enum field_flags {
    FF_CREATE = 1 << 0,
    FF_EDIT = 1 << 1,
    FF_REQUIRED = 1 << 2,
    FF_NULLABLE = 1 << 3,
    FF_SECRET = 1 << 4,
    FF_UNCLONED = 1 << 5,
    FF_SEARCH = 1 << 6,
    FF_FACET = 1 << 7,
    FF_QUERY = 1 << 8,
    FF_MOVES = 1 << 9,
    FF_LIMIT = 1 << 10,
    FF_SETTABLE = FF_CREATE | FF_EDIT
};

struct field_info {
    enum field id;
    const char *path; /* "quota_policy.max_tokens_per_month" */
    const char *leaf; /* the last part of path */
    size_t leaf_len;  /* bytes of it */
    const char *key;  /* short name */
    enum field_type type;
    enum field_section section;
    enum field parent; /* the GROUP it is a member of, or FIELD_NONE */
    int64_t min, max;  /* both 0: no range */
    unsigned flags;
    const char *unit, *label, *blank, *help;
};

/* The row of a field; static. */
const struct field_info *field_info(enum field field);
const char *section_title(enum field_section section);

/* By path, short name, or a path's last part where that is unique; FIELD_NONE when unknown.
 * Case-sensitive. */
enum field field_find(struct span name);
/* By JSON key among the members of `parent` (FIELD_NONE: top level). */
enum field field_find_member(enum field parent, struct span key);

/* Whether a client may send it (FF_CREATE or FF_EDIT) and it is not itself a GROUP. */
bool field_settable(enum field field);

/* Appends the range of a number in words: "0 or more", "0 to 100"; nothing without one. */
void field_range(const struct field_info *f, struct str *out);

/* Known values of an open set (FT_OPEN), as suggestions; NULL-terminated, static; never NULL. */
const char *const *field_known_values(enum field field);

#endif
