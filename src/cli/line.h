/* line.h: argv, read by the tables of flags and verbs. */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include "action/action.h"
#include "base/error.h"
#include "base/str.h"
#include "cli/exit.h"

#include <stdbool.h>
#include <stdint.h>

struct cli;
typedef enum exit_code verb_fn(struct cli *cli);

enum verb {
    VERB_CONSOLE, /* paddock without a verb */
#define VERB(id, ...) VERB_##id,
#include "cli/verbs.def"
#undef VERB
    VERB_COUNT
};

enum verb_mask {
    V_CONSOLE = 1 << VERB_CONSOLE,
#define VERB(id, ...) V_##id = 1 << VERB_##id,
#include "cli/verbs.def"
#undef VERB
    V_ALL = (1 << VERB_COUNT) - 1,
    V_BULK = V_SET | V_ENABLE | V_DISABLE | V_CREATE | V_DELETE | V_APPLY | V_UNDO,
    V_COMMON = V_ALL, /* flags that an alias begins with: whatever follows takes them */
    V_WRITES = V_BULK | V_EDIT,
    V_SERVER = V_CONSOLE | V_LIST | V_GET | V_SYNC | V_WRITES | V_PLAN | V_DIFF | V_EXPORT |
               V_METRICS | V_FORECAST | V_LINT | V_WATCH |
               V_DOCTOR, /* those that talk to a server */
};

enum flag {
#define FLAG(id, ...) FLAG_##id,
#include "cli/flags.def"
#undef FLAG
    FLAG_COUNT
};

enum flag_kind { FK_SWITCH, FK_TEXT, FK_FILE, FK_CHOICE, FK_DURATION, FK_COUNT, FK_MAYBE_DURATION };

struct flag_info {
    enum flag id;
    char letter;
    const char *name, *arg;
    enum flag_kind kind;
    const char *words;
    unsigned verbs;
    const char *help;
};
struct verb_info {
    enum verb id;
    enum action_id action; /* ACTION_NONE for VERB_CONSOLE */
    verb_fn *fn;
    const char *args;
    int min, max;
    const char *words, *more;
};
const struct flag_info *flag_info(enum flag id);
/* Whether the word after it is its value. */
bool flag_takes_word(const struct flag_info *f);
const struct verb_info *verb_info(enum verb id);
/* "list"; "" for VERB_CONSOLE. */
const char *verb_name(enum verb id);
/* VERB_COUNT when there is none. */
enum verb verb_find(struct span name);

struct cli_line {
    enum verb verb;
    const char *flag[FLAG_COUNT]; /* the value, "" for a switch; NULL: not given; (borrowed) */
    int64_t number[FLAG_COUNT];   /* FK_DURATION: seconds; FK_COUNT; FK_CHOICE: index of the word */
    const char **args;            /* owned array of borrowed texts: what follows the verb */
    int arg_count;
};

/* Errors: ST_USAGE, with the likely word. line is filled as far as it was read; finish it. */
enum status line_parse(int argc, char *const *argv, struct cli_line *line, struct error *err);
void line_finish(struct cli_line *line);

#endif
