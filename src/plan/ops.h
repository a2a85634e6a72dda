/* ops.h: what can be done to many accounts: one row an operation, and a list of them with their
 * arguments.
 *
 * The same words serve the command line (`quota.tokens=x1.2`) and a dialog (field, operation,
 * value). Numbers are exact: a factor is a decimal fraction, products are made in 128 bits and
 * rounded to the nearest whole, halves away from zero; what does not fit an int64 is an error,
 * never another number. Nothing times anything is nothing: such an account is skipped with a word.
 */
#ifndef PLAN_OPS_H
#define PLAN_OPS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/account.h"
#include "model/field.h"
#include "model/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plan_op_id {
    PLAN_OP_SET,        /* quota.tokens=400M */
    PLAN_OP_SCALE,      /* quota.tokens=x1.2, quota.tokens=x1.2<=1.2G */
    PLAN_OP_PERCENT,    /* quota.tokens=+10%, -10% */
    PLAN_OP_ADD,        /* quota.tokens=+100M, -100M */
    PLAN_OP_REPLACE,    /* credentials_ref=s|kv/old/|kv/new/| */
    PLAN_OP_TAG_SET,    /* tags.team=search */
    PLAN_OP_TAG_REMOVE, /* tags.team=none */
    PLAN_OP_TAG_RENAME, /* tags.team=rename:squad */
    PLAN_OP_COPY,       /* policies=from:ID, quota=from:ID, rate=from:ID */
    PLAN_OP_MOVE,       /* quota.tokens=move:100M: the first account gives, the others get it */
    PLAN_OP_ENABLE,
    PLAN_OP_DISABLE,
    PLAN_OP_DELETE,
    PLAN_OP_COUNT
};

/* What an operation has to be told. */
enum plan_op_needs {
    PLAN_NEEDS_FIELD = 1,   /* the key: a field of plan_op_takes() */
    PLAN_NEEDS_TAG = 2,     /* the key: a tag's */
    PLAN_NEEDS_VALUE = 4,   /* a value, as typed behind plan_op_info.lead */
    PLAN_NEEDS_ACCOUNT = 8, /* an account to take from: plan_ops_source */
    PLAN_MAY_CAP = 16,      /* plan_ops_cap */
};

struct plan_op_info {
    enum plan_op_id id;
    const char *name;   /* "scale"; for tests and messages */
    const char *title;  /* "Scale a number": a dialog's line */
    const char *lead;   /* what stands before the value on the command line: "x", "move:" */
    const char *sample; /* "1.2": what a value looks like */
    const char *help;   /* one sentence */
    unsigned needs;     /* enum plan_op_needs */
    unsigned types;     /* bits of enum field_type that it works on; 0: no field */
};
/* The row of an operation; static. */
const struct plan_op_info *plan_op_info(enum plan_op_id id);
/* Whether it works on the field: for the list of fields in a dialog. */
bool plan_op_takes(enum plan_op_id id, enum field field);

/* One operation with its arguments. Texts live in the list's arena. */
struct plan_op {
    enum plan_op_id id;
    enum field field;   /* FIELD_NONE: none, or all policies (COPY) */
    struct span tag;    /* TAG_*: its key */
    struct value value; /* SET: what the field becomes */
    int64_t num, den;   /* SCALE, PERCENT: the factor num/den, den a power of ten */
    int64_t amount;     /* ADD: signed; MOVE: at least 1 */
    bool capped;        /* the result is at most `cap` */
    int64_t cap;
    struct span from, to;   /* REPLACE; TAG_SET, TAG_RENAME: to */
    bool every;             /* REPLACE: each occurrence, not the first alone */
    struct span word;       /* COPY: the account as typed: an id or a name */
    struct account *source; /* COPY: owned; NULL until plan_ops_source */
};

struct plan_ops {
    struct plan_op *items;
    size_t count, room;
    struct arena mem;
};

void plan_ops_init(struct plan_ops *ops);
void plan_ops_finish(struct plan_ops *ops);

/* Adds what "K=V" says; K is a field's path or short name, tags.KEY, or policies. Errors: ST_USAGE,
 * one line with the likely key or what would be accepted; nothing is added then. */
enum status plan_ops_setting(struct plan_ops *ops, const char *text, struct error *err);
/* Adds one operation by its row: key as K above ("" where it needs none), value as typed, without
 * the lead. Errors as above. */
enum status plan_ops_add(struct plan_ops *ops, enum plan_op_id id, struct span key,
                         struct span value, struct error *err);
/* A value typed where one operation is asked for, which some type as the command line has it:
 * without its lead ("s|a|b|" is "|a|b|", "move:100M" 100M). Borrowed from `typed`. */
struct span plan_op_typed(enum plan_op_id id, struct span typed);
/* At most `typed` ("1.2G") for every operation of the list that may be capped and is not. ST_USAGE
 * when there is none, or it is no number. */
enum status plan_ops_cap(struct plan_ops *ops, struct span typed, struct error *err);
/* The account that operation i copies from. Copied. */
void plan_ops_source(struct plan_ops *ops, size_t i, const struct account *source);
/* Whether the list deletes; it then has no other operation (plan_ops_add refuses that). */
bool plan_ops_deletes(const struct plan_ops *ops);
/* Appends them in words: "quota.tokens x1.2, at most 1.2G; tags.team=search". Raw text. */
void plan_ops_words(const struct plan_ops *ops, struct str *out);

/* Does them all to one account. `account` goes in as it is and comes out as it is to be; DELETE
 * leaves it alone. An operation that has nothing to work on is left out and said in *skipped
 * (appended: "quota.tokens: no limit"). shift: what a MOVE adds to this account. Errors: ST_USAGE
 * for a number beyond int64, with the field's name; account is then half done. */
enum status plan_ops_apply(const struct plan_ops *ops, struct account *account, int64_t shift,
                           struct str *skipped, struct error *err);

#endif
