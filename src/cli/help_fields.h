/* help_fields.h: `paddock help fields` and the manual's list of them: what can be listed, filtered
 * and sorted by, and what set, plan and files may change. */
#ifndef CLI_HELP_FIELDS_H
#define CLI_HELP_FIELDS_H

#include "base/str.h"

/* The word behind "help" that asks for it. */
#define HELP_FIELDS "fields"

/* How the list is written: a part of it, and one name with what is said of it; text is ours. */
struct help_lines {
    void (*part)(const char *title, struct str *out);
    void (*row)(const char *name, const char *words, struct str *out);
};

void help_fields(const struct help_lines *lines, struct str *out);

#endif
