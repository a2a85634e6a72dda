/* value.h: one field's value, and what can be done with it by its type.
 *
 * Null, absent and a wrong type are three different things and stay so. A value borrows its text:
 * from the raw record, from an arena, or from the fleet; whoever keeps it longer copies it
 * (value_copy). */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/field.h"

enum presence {
    PRESENCE_ABSENT, /* the key is not in the object, or its GROUP is absent or null */
    PRESENCE_NULL,   /* null: no limit, no value */
    PRESENCE_VALUE,
    PRESENCE_BAD, /* a type that the reference does not say; text is the raw JSON */
};

struct value {
    enum presence presence;
    bool inexact; /* INT, SECONDS: not a whole number within int64; i is the nearest, text the
                     digits as received; shown with "≈", never sent unless edited */
    int64_t i;    /* INT, SECONDS; BOOL 0/1; TIME: ms or WHEN_NONE when unreadable; MAP: pairs */
    struct span text; /* (borrowed) TEXT, OPEN, TIME: decoded UTF-8 as received; MAP: for each pair,
                         sorted by key (bytes): key NUL value NUL; GROUP: unused; BAD: raw JSON. A
                         TIME out of the fleet has none when it is what when_rfc3339 makes of i */
};

static inline struct value value_absent(void)
{
    return (struct value){.presence = PRESENCE_ABSENT, .text = {"", 0}};
}
static inline struct value value_null(void)
{
    return (struct value){.presence = PRESENCE_NULL, .text = {"", 0}};
}
static inline struct value value_int(int64_t i)
{
    return (struct value){.presence = PRESENCE_VALUE, .i = i, .text = {"", 0}};
}
static inline struct value value_text(struct span text)
{
    return (struct value){.presence = PRESENCE_VALUE, .text = text};
}
static inline bool value_known(const struct value *v)
{
    return v->presence == PRESENCE_VALUE;
}

enum show { SHOW_CELL, SHOW_FULL };

/* Same presence and same content. An inexact number equals only one with the same digits. For
 * settable limits an absent member and null differ. */
bool value_eq(enum field field, const struct value *a, const struct value *b);
/* Order for sorting: values by their type (numbers by size, times by age, text by folded then raw
 * bytes, false before true), then null, then absent, then bad. */
int value_cmp(enum field field, const struct value *a, const struct value *b);
/* TIME: the text as received (in the fleet a plain one is its number alone); scratch may come to
 * hold it. */
struct span value_time_text(const struct value *v, struct str *scratch);
/* Deep copy of v into the arena. */
struct value value_copy(const struct value *v, struct arena *mem);

/* Appends what a reader is shown: SHOW_CELL short ("412M", "9s" is up to columns), SHOW_FULL with
 * all digits and the unit ("412,000,000"). null is "none", absent is "-", bad is "?" and the raw
 * JSON. The result is raw text: text_safe() before a sink. Secrets are NOT masked here. */
void value_show(enum field field, const struct value *v, enum show how, struct str *out);
/* value_show SHOW_FULL where a text or a map of nothing is to be seen, too: "(empty)". */
void value_words(enum field field, const struct value *v, struct str *out);
/* Appends the text a form starts with: value_parse() of it gives an equal value, except for what
 * cannot be typed: absent texts and maps, inexact and negative numbers, times, bad values. null is
 * "none" for numbers and maps and "" for text; absent is "". A text that would read back as
 * something else ("none", blanks at its ends) or is not fit for a line is quoted as in JSON, so
 * that the result is always safe text. */
void value_edit(enum field field, const struct value *v, struct str *out);
/* Reads what an operator typed, without blanks at its ends. "none" (any case) is null where the
 * field is nullable; an empty text is absent for numbers ("leave as the server has it"), a map of
 * no pairs for maps, null for nullable text, an error for the rest. A text in quotes is read as
 * JSON reads it ("none" in quotes is the word). Checks type and range (fields.def). Text lives in
 * mem. Errors are ST_USAGE, one line, and say what would be accepted. */
enum status value_parse(enum field field, struct span typed, struct arena *mem, struct value *out,
                        struct error *err);
/* What a field takes, in JSON: "a whole number". */
const char *value_wanted(enum field field);
/* ST_USAGE, saying that what stands in v is not that. */
enum status value_bad(enum field field, const struct value *v, struct error *err);
/* Type and range of a value that did not come from value_parse (a file). */
enum status value_check(enum field field, const struct value *v, struct error *err);
/* Appends the value as JSON (null for PRESENCE_NULL; digits as received for inexact numbers).
 * Must not be called for absent or bad. */
void value_json(enum field field, const struct value *v, struct str *out);

/* MAP: calls fn for each pair in key order. */
typedef void value_pair_fn(void *ctx, struct span key, struct span val);
void value_pairs(const struct value *map, value_pair_fn *fn, void *ctx);
/* MAP: the value of a key; false when it is not there. */
bool value_pair_get(const struct value *map, struct span key, struct span *val);

#endif
