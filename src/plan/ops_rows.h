/* ops_rows.h: the functions behind the table of operations, for ops.c, ops_parse.c and ops_apply.c
 * alone. */
#ifndef PLAN_OPS_ROWS_H
#define PLAN_OPS_ROWS_H

#include "plan/ops.h"

/* Reads the value into *op (its id, field and tag are set); texts go into mem. ST_USAGE. */
typedef enum status op_parse_fn(struct plan_op *op, struct span value, struct arena *mem,
                                struct error *err);
/* Changes the account. A word in *why: it has nothing to work on here. ST_USAGE: cannot be
 * computed. */
typedef enum status op_apply_fn(const struct plan_op *op, struct account *a, int64_t shift,
                                struct str *why, struct error *err);
typedef void op_words_fn(const struct plan_op *op, struct str *out);

struct plan_op_row {
    struct plan_op_info info;
    op_parse_fn *parse;
    op_apply_fn *apply;
    op_words_fn *words;
};
const struct plan_op_row *plan_op_row(enum plan_op_id id);

op_parse_fn op_parse_set, op_parse_scale, op_parse_percent, op_parse_add, op_parse_replace,
    op_parse_tag, op_parse_account, op_parse_move, op_parse_nothing;
op_apply_fn op_apply_set, op_apply_scale, op_apply_add, op_apply_replace, op_apply_tag_set,
    op_apply_tag_remove, op_apply_tag_rename, op_apply_copy, op_apply_move, op_apply_enable,
    op_apply_disable, op_apply_nothing;
op_words_fn op_words_set, op_words_scale, op_words_percent, op_words_add, op_words_replace,
    op_words_tag_set, op_words_tag_remove, op_words_tag_rename, op_words_copy, op_words_move,
    op_words_name;

#endif
