/* fields.h: the service's own view of an account, one row a field.
 *
 * The order is the order of the response. Validation, storage (one column a field, of the field's
 * name) and writing follow from the table. It is written from the API reference on its own: the
 * console has another table, and a wrong name can therefore not be wrong on both sides. */
#ifndef SANDBOX_FIELDS_H
#define SANDBOX_FIELDS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum field_id {
    BOX_ID,
    BOX_ORG,
    BOX_NAME,
    BOX_DESCRIPTION,
    BOX_PROVIDER,
    BOX_REGION,
    BOX_RESIDENCY,
    BOX_CREDENTIALS,
    BOX_QUOTA,
    BOX_MAX_TOKENS,
    BOX_MAX_REQUESTS,
    BOX_USED_TOKENS,
    BOX_USED_REQUESTS,
    BOX_PERIOD,
    BOX_RATE,
    BOX_PER_SECOND,
    BOX_PER_MINUTE,
    BOX_INPUT_TOKENS,
    BOX_OUTPUT_TOKENS,
    BOX_CONCURRENCY,
    BOX_BURST,
    BOX_QUEUE,
    BOX_QUEUE_TIMEOUT,
    BOX_STATUS,
    BOX_REASON,
    BOX_ENABLED,
    BOX_ROUTING,
    BOX_BRIDGE,
    BOX_ENDPOINT,
    BOX_CHECKED,
    BOX_TAGS,
    BOX_CREATED_BY,
    BOX_CREATED_AT,
    BOX_UPDATED_AT,
    BOX_COUNT
};

enum field_kind {
    KIND_STRING,  /* low..high characters */
    KIND_ENUM,    /* one of `words`; Pydantic says "enum" */
    KIND_LITERAL, /* one of `words`; Pydantic says "literal_error" */
    KIND_INT,     /* low..high */
    KIND_BOOL,
    KIND_TIME,  /* milliseconds, written as RFC 3339 */
    KIND_TAGS,  /* an object of strings, kept as its JSON */
    KIND_GROUP, /* an object; 1 when there is one. Its members follow and name it */
    KIND_COUNT
};

enum field_flags {
    FIELD_CREATE = 1,   /* a create may send it */
    FIELD_UPDATE = 2,   /* a PATCH may send it */
    FIELD_REQUIRED = 4, /* a create has to */
    FIELD_NULL = 8,     /* null is a value of it */
};

struct field {
    const char *name;
    enum field_kind kind;
    unsigned flags;
    int64_t low, high;
    const char *const *words; /* ends in NULL */
    const char *blank;        /* what a create without it stores: JSON text; NULL is null */
    int group;                /* enum field_id of the object it is in, or -1 */
};

extern const struct field box_fields[BOX_COUNT];
extern const char *const box_providers[]; /* the nine provider types, ends in NULL */

#define TAGS_MAX          50
#define TAG_KEY_MAX       64
#define TAG_VALUE_MAX     256
#define ROUTING_BY_BRIDGE "bridge"

#endif
