/* input.h: accounts from files of the operator: JSON, JSONL, CSV, or a folder of them.
 *
 * Whole accounts or a part of each: what a record does not name stays as the server has it. Every
 * error names file, line and field, and nothing of the files is used then.
 *
 * A field that the table does not know is an error, but in a record that says its account's id: the
 * server may have it (a newer service), and what was written by `list -o json` is read again. It is
 * kept by name, and plan_match looks whether the account has it: then it is left alone, else it is
 * the same error. */
#ifndef PLAN_INPUT_H
#define PLAN_INPUT_H

#include "base/error.h"
#include "base/str.h"
#include "model/account.h"

struct plan_unknown {
    const char *path; /* dotted; (borrowed) from the inputs */
    unsigned line;
};

struct plan_input {
    struct account account;       /* settable fields that are not named are absent */
    const char *file;             /* (borrowed) from the inputs */
    unsigned line;                /* where the record begins, from 1 */
    struct plan_unknown *unknown; /* owned: fields of no row of the field table */
    size_t unknown_count;
    bool csv; /* its texts may be as a CSV shows the account's (csv_show) */
};

/* ST_USAGE "FILE:LINE: unknown fields: a, b" for those of the record, and the likely word. */
enum status plan_input_unknown(const char *file, const struct plan_unknown *unknown, size_t count,
                               struct error *err);

struct plan_inputs {
    struct plan_input *items; /* owned */
    size_t count, room;
    struct arena mem;
};

void plan_inputs_init(struct plan_inputs *inputs);
void plan_inputs_finish(struct plan_inputs *inputs);
/* Adds the accounts of a file or folder; "-" is standard input (JSON, JSONL or CSV, by its first
 * character). In a folder: *.json, *.jsonl and *.csv by name, others are left out. org: records
 * that name another organisation are refused. Errors: ST_USAGE "FILE:LINE: FIELD: ...", ST_IO. */
enum status plan_inputs_read(struct plan_inputs *inputs, const char *path, const char *org,
                             struct error *err);
/* The same from a text. */
enum status plan_inputs_text(struct plan_inputs *inputs, const char *name, struct span text,
                             const char *org, struct error *err);

#endif
