/* validate.h: request bodies and query parameters, judged as FastAPI with Pydantic 2 judges them.
 *
 * All errors of a request are found, in the order of the model's fields, unknown members last.
 * Pydantic's lax conversions hold: "12", 12.0 and true are whole numbers, "yes" is a boolean; a
 * number is no string. */
#ifndef SANDBOX_VALIDATE_H
#define SANDBOX_VALIDATE_H

#include "sandbox/account.h"
#include "sandbox/json.h"
#include "sandbox/problem.h"

/* What a body asks for. Texts are borrowed from the parsed body, the tags' JSON is in `tags`. */
struct change {
    bool set[BOX_COUNT];
    struct cell cells[BOX_COUNT];
    struct str tags;
};

void change_init(struct change *c);
void change_finish(struct change *c);

/* Judges a create's or (create = false) a PATCH's body and fills *out. `null_ignored`: a null in
 * the body counts as not sent. What is wrong goes to *problems. */
void validate_body(const struct json *body, bool create, bool null_ignored, struct change *out,
                   struct problems *problems);

enum query_id {
    QUERY_PROVIDER,
    QUERY_STATUS,
    QUERY_ENABLED,
    QUERY_LIMIT,
    QUERY_CURSOR,
    QUERY_COUNT
};
extern const char *const query_names[QUERY_COUNT];

struct list_query {
    const char *provider, *status; /* (borrowed) NULL: no filter */
    bool enabled_only;
    int64_t limit;
    const char *cursor; /* (borrowed) NULL: from the start */
};
/* Judges the list's parameters; values[i] (borrowed) is NULL when it was not sent. */
void validate_query(const char *const values[QUERY_COUNT], struct list_query *out,
                    struct problems *problems);

#endif
