/* account.h: one account, whole and owned: for forms, writes, plans and scripts. The list holds its
 * accounts packed (fleet/). */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include "model/patch.h"
#include "model/scan.h"
#include "model/value.h"

struct account {
    struct value v[FIELD_COUNT]; /* texts live in mem */
    struct arena mem;
    struct str raw; /* the JSON as received; empty for one that the operator made */
};

void account_init(struct account *a); /* everything absent */
void account_finish(struct account *a);
/* Fills an initialised account from raw JSON (copied). */
enum status account_decode(struct account *a, struct span raw, struct error *err);
/* The same for the answer to a question about one account: ST_UNREADABLE when it is another. */
enum status account_decode_of(struct account *a, struct span raw, struct span id,
                              struct error *err);
/* Makes dst (initialised, any content) a deep copy. */
void account_copy(struct account *dst, const struct account *src);
/* Sets one field; the text is copied. Setting a member of a GROUP makes the GROUP present. */
void account_set(struct account *a, enum field field, const struct value *v);
/* The id and name as spans, empty when absent. */
struct span account_id(const struct account *a);
struct span account_name(const struct account *a);

#endif
