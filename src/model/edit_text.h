/* edit_text.h: the editable part of an account as a text for an editor: JSON with comment lines,
 * and what came back of it, every mistake with its line, as kubectl edit does.
 *
 * A key that is taken out stays as the server has it; null clears. Lines that begin with // or #
 * are comments. */
#ifndef MODEL_EDIT_TEXT_H
#define MODEL_EDIT_TEXT_H

#include "model/account.h"

#define EDIT_PROBLEMS_MAX 32

struct edit_problem {
    size_t line; /* from 1 */
    char text[200];
};

struct edit_problems {
    struct edit_problem items[EDIT_PROBLEMS_MAX]; /* by line */
    size_t count;
};

/* Appends the fields of `a` that have `flag` (FF_EDIT or FF_CREATE), in the order of the table,
 * under comment lines: the title (raw text, one line) and how the file is read. */
void edit_text_write(const struct account *a, unsigned flag, const char *title, struct str *out);
/* Reads it: *mine (initialised, any content) becomes `base` with what stands in the text. False
 * when something is wrong: then *problems says where. ranges_warn: ranges are left to the server.
 */
bool edit_text_read(struct span text, const struct account *base, unsigned flag, bool ranges_warn,
                    struct account *mine, struct edit_problems *problems);
/* The line on which a field stands in a text that could be read; 1 when it does not. */
size_t edit_text_line(struct span text, enum field field);
void edit_problem_add(struct edit_problems *problems, size_t line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends the text with each problem as a comment above its line, and without those that stood
 * there before. */
void edit_text_annotate(struct span text, const struct edit_problems *problems, struct str *out);
/* Whether both say the same but for comments and white space at the ends of lines. */
bool edit_text_same(struct span a, struct span b);

#endif
