/* input_parts.h: what input.c and input_csv.c share: a text that is being read, and how an error
 * names its place. */
#ifndef PLAN_INPUT_PARTS_H
#define PLAN_INPUT_PARTS_H

#include "plan/input.h"

struct input_text {
    struct plan_inputs *inputs; /* (borrowed) */
    const char *name;           /* in the inputs' arena */
    struct span text;           /* (borrowed) */
    const char *org;            /* NULL: any */
    const char *counted_to;     /* lines are counted as they are asked for */
    unsigned line;
};

/* The line of a byte of the text, from 1. */
unsigned input_line(struct input_text *t, const char *at);
struct plan_input *input_add(struct input_text *t, unsigned line);
/* ST_USAGE "NAME:LINE: FIELD: what"; field "" for none. */
enum status input_error(struct input_text *t, const char *at, const char *field,
                        const struct error *why, struct error *err);
enum status input_wrong(struct input_text *t, const char *at, const char *field, const char *what,
                        struct error *err);
/* Puts one value that the record names into the account, if it is one to be set. */
enum status input_take(struct input_text *t, const struct value *v, enum field f, const char *at,
                       struct plan_input *in, struct error *err);

enum status input_csv(struct input_text *t, struct error *err);

#endif
