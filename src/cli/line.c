/* line.c: one pass over argv. Flags may stand anywhere before "--"; the first other word is the
 * verb. */
#include "cli/line.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "cli/context.h"
#include "store/journal.h"

#include <string.h>

static const struct flag_info flags[FLAG_COUNT] = {
#define FLAG(id, letter, name, arg, kind, words, verbs, help)                                      \
    {FLAG_##id, letter, name, arg, kind, words, verbs, help},
#include "cli/flags.def"
#undef FLAG
};

static const struct verb_info verbs[VERB_COUNT] = {
    {VERB_CONSOLE, ACTION_NONE, NULL, "", 0, 0, "", ""},
#define VERB(id, fn, args, min, max, words, more)                                                  \
    {VERB_##id, ACTION_##id, fn, args, min, max, words, more},
#include "cli/verbs.def"
#undef VERB
};

const struct flag_info *flag_info(enum flag id)
{
    return &flags[id];
}

bool flag_takes_word(const struct flag_info *f)
{
    return f->kind != FK_SWITCH && f->kind != FK_MAYBE_DURATION;
}

const struct verb_info *verb_info(enum verb id)
{
    return &verbs[id];
}

const char *verb_name(enum verb id)
{
    return id == VERB_CONSOLE ? "" : action_info(verbs[id].action)->name;
}

enum verb verb_find(struct span name)
{
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++)
        if (span_is(name, verb_name((enum verb)i)))
            return (enum verb)i;
    return VERB_COUNT;
}

/* ---- flags --------------------------------------------------------------------------------- */

static const struct flag_info *flag_by_name(struct span name)
{
    for (int i = 0; i < FLAG_COUNT; i++)
        if (span_is(name, flags[i].name))
            return &flags[i];
    return NULL;
}

static const struct flag_info *flag_by_letter(char letter)
{
    for (int i = 0; i < FLAG_COUNT; i++)
        if (flags[i].letter && flags[i].letter == letter)
            return &flags[i];
    return NULL;
}

static enum status unknown_flag(struct span name, struct error *err)
{
    struct near near = {name, NULL, 0};
    for (int i = 0; i < FLAG_COUNT; i++)
        near_offer(&near, flags[i].name);
    error_set(err, ST_USAGE, "there is no flag --%.*s", (int)name.len, name.p);
    if (near.best)
        error_next(err, "did you mean --%s?", near.best);
    else
        error_next(err, "paddock help lists them");
    return ST_USAGE;
}

static bool word_index(const char *words, const char *value, int64_t *index)
{
    int64_t i = 0;
    for (const char *p = words; *p; i++) {
        struct span word = {p, strcspn(p, "|")};
        if (span_is(word, value)) {
            *index = i;
            return true;
        }
        p += word.len + (p[word.len] == '|');
    }
    return false;
}

static enum status take_value(struct cli_line *line, const struct flag_info *f, const char *value,
                              struct error *err)
{
    int64_t *n = &line->number[f->id];
    struct error inner = {0};
    line->flag[f->id] = value;
    switch (f->kind) {
    case FK_CHOICE:
        if (!word_index(f->words, value, n))
            return error_set(err, ST_USAGE, "--%s takes one of %s, not \"%.80s\"", f->name,
                             f->words, value);
        break;
    case FK_MAYBE_DURATION:
        if (!*value)
            break;
        /* fall through */
    case FK_DURATION:
        if (quantity_parse_seconds(value, strlen(value), n, &inner) != ST_OK || *n < 1 || *n > 3600)
            return error_set(err, ST_USAGE, "--%s takes a time from 1s to 1h, not \"%.80s\"",
                             f->name, value);
        break;
    case FK_COUNT:
        if (quantity_parse_count(value, strlen(value), n, &inner) != ST_OK || *n < 1 ||
            *n > 1000000)
            return error_set(err, ST_USAGE,
                             "--%s takes a number from 1 to 1,000,000, not \"%.80s\"", f->name,
                             value);
        break;
    default:
        if (f->kind != FK_SWITCH && !*value)
            return error_set(err, ST_USAGE, "--%s has an empty value", f->name);
    }
    return ST_OK;
}

struct cursor {
    int argc, i;
    char *const *argv;
};

static enum status need_value(struct cursor *at, const struct flag_info *f, const char **value,
                              struct error *err)
{
    if (f->kind == FK_SWITCH) {
        if (*value)
            return error_set(err, ST_USAGE, "--%s takes no value", f->name);
        *value = "";
        return ST_OK;
    }
    if (f->kind == FK_MAYBE_DURATION) {
        if (!*value)
            *value = "";
        return ST_OK;
    }
    if (!*value && at->i + 1 < at->argc)
        *value = at->argv[++at->i];
    if (!*value)
        return error_set(err, ST_USAGE, "--%s needs a value: %s", f->name, f->arg);
    return ST_OK;
}

static enum status read_long(struct cursor *at, struct cli_line *line, struct error *err)
{
    const char *arg = at->argv[at->i] + 2;
    struct span name = {arg, strcspn(arg, "=")};
    const char *value = arg[name.len] ? arg + name.len + 1 : NULL;
    const struct flag_info *f = flag_by_name(name);
    if (!f)
        return unknown_flag(name, err);
    enum status st = need_value(at, f, &value, err);
    return st == ST_OK ? take_value(line, f, value, err) : st;
}

/* -p NAME, -pNAME, -qh */
static enum status read_short(struct cursor *at, struct cli_line *line, struct error *err)
{
    for (const char *p = at->argv[at->i] + 1; *p; p++) {
        const struct flag_info *f = flag_by_letter(*p);
        if (!f) {
            error_set(err, ST_USAGE, "there is no flag -%c", *p > ' ' && *p < 0x7f ? *p : '?');
            error_next(err, "paddock help lists them");
            return ST_USAGE;
        }
        const char *value = f->kind != FK_SWITCH && p[1] ? p + 1 : NULL;
        enum status st = need_value(at, f, &value, err);
        if (st == ST_OK)
            st = take_value(line, f, value, err);
        if (st != ST_OK || f->kind != FK_SWITCH)
            return st;
    }
    return ST_OK;
}

/* ---- verb and arguments -------------------------------------------------------------------- */

static enum status unknown_verb(const char *word, struct error *err)
{
    struct near near = {span_of(word), NULL, 0};
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++)
        near_offer(&near, verb_name((enum verb)i));
    error_set(err, ST_USAGE, "there is no command \"%.80s\"", word);
    if (near.best)
        error_next(err, "did you mean paddock %s?", near.best);
    else
        error_next(err, "paddock help lists them");
    return ST_USAGE;
}

static enum status read_word(struct cli_line *line, const char *word, struct error *err)
{
    if (line->verb != VERB_CONSOLE) {
        line->args[line->arg_count++] = word;
        return ST_OK;
    }
    enum verb verb = verb_find(span_of(word));
    if (verb == VERB_COUNT)
        return unknown_verb(word, err);
    line->verb = verb;
    return ST_OK;
}

/* Why these have no demo, and where it is in one. Each demo begins anew. */
static const struct {
    unsigned verbs;
    const char *why, *next;
} demo_less[] = {
    {V_LOG, "a demo keeps its journal only while it runs, so there would be nothing to print",
     "in paddock --demo the history is the key 3"},
    {V_CHANGES, "a demo keeps what changed only while it runs, so there would be nothing to print",
     "in paddock --demo press 3, then Tab: Observed"},
    {V_CONFIG, "a demo uses no configuration", "leave out --demo to see or check yours"},
};

static enum status refuse_demo(enum verb verb, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(demo_less); i++) {
        if (!(demo_less[i].verbs & (1u << verb)))
            continue;
        error_set(err, ST_USAGE, "paddock %s does not take --demo: %s", verb_name(verb),
                  demo_less[i].why);
        error_next(err, "%s", demo_less[i].next);
        return ST_USAGE;
    }
    error_set(err, ST_USAGE, "paddock %s does not take --demo: it asks no server", verb_name(verb));
    error_next(err, "paddock --demo opens the console on a sandbox");
    return ST_USAGE;
}

static enum status check_flags(const struct cli_line *line, struct error *err)
{
    for (int i = 0; i < FLAG_COUNT; i++) {
        if (!line->flag[i] || (flags[i].verbs & (1u << line->verb)))
            continue;
        if (i == FLAG_DEMO)
            return refuse_demo(line->verb, err);
        if (line->verb == VERB_CONSOLE)
            error_set(err, ST_USAGE, "--%s needs a command before it", flags[i].name);
        else
            error_set(err, ST_USAGE, "paddock %s does not take --%s%s", verb_name(line->verb),
                      flags[i].name, i == FLAG_FILENAME ? " (-f)" : "");
        if (i == FLAG_FILENAME && line->verb == VERB_APPLY)
            error_next(err, "from files: paddock plan -f FILE --out PLAN, then paddock apply PLAN");
        else
            error_next(err, "paddock help %s lists what it takes", verb_name(line->verb));
        return ST_USAGE;
    }
    return ST_OK;
}

/* What the journal would cut is refused before anything is asked of the server. */
static enum status check_reason(const struct cli_line *line, struct error *err)
{
    const char *reason = line->flag[FLAG_REASON];
    if (!reason || journal_reason_check(span_of(reason), err) == ST_OK)
        return ST_OK;
    error_prefix(err, "--reason");
    error_next(err, "shorten it; nothing was sent");
    return ST_USAGE;
}

/* JSON is the account as received, and a name is a name. */
static enum status check_columns(const struct cli_line *line, struct error *err)
{
    const char *output = line->flag[FLAG_OUTPUT];
    if (!line->flag[FLAG_COLUMNS] || !output ||
        !(strncmp(output, "json", 4) == 0 || strcmp(output, "name") == 0))
        return ST_OK;
    error_set(err, ST_USAGE, "--columns does nothing with -o %s", output);
    error_next(err, "-o table, wide or csv have columns");
    return ST_USAGE;
}

static enum status check_args(const struct cli_line *line, struct error *err)
{
    const struct verb_info *v = &verbs[line->verb];
    int64_t index;
    if (line->arg_count < v->min)
        error_set(err, ST_USAGE, "paddock %s needs %s", verb_name(v->id), v->args);
    else if (v->max >= 0 && line->arg_count > v->max)
        error_set(err, ST_USAGE, "paddock %s takes no \"%.80s\"", verb_name(v->id),
                  line->args[v->max]);
    else if (*v->words && !word_index(v->words, line->args[0], &index))
        error_set(err, ST_USAGE, "paddock %s takes one of %s, not \"%.80s\"", verb_name(v->id),
                  v->words, line->args[0]);
    else
        return ST_OK;
    error_next(err, "paddock help %s", verb_name(v->id));
    return ST_USAGE;
}

enum status line_parse(int argc, char *const *argv, struct cli_line *line, struct error *err)
{
    struct cursor at = {argc, 1, argv};
    enum status st = ST_OK;
    bool words_only = false;
    memset(line, 0, sizeof *line);
    line->args = mem_calloc((size_t)(argc > 0 ? argc : 1), sizeof *line->args);
    for (; at.i < argc && st == ST_OK; at.i++) {
        const char *arg = argv[at.i];
        if (words_only || arg[0] != '-' || !arg[1])
            st = read_word(line, arg, err);
        else if (strcmp(arg, "--") == 0)
            words_only = true;
        else if (arg[1] == '-')
            st = read_long(&at, line, err);
        else
            st = read_short(&at, line, err);
    }
    if (st != ST_OK || line->flag[FLAG_HELP] || line->flag[FLAG_VERSION])
        return st;
    st = check_flags(line, err);
    if (st == ST_OK)
        st = check_reason(line, err);
    if (st == ST_OK)
        st = check_columns(line, err);
    return st == ST_OK ? check_args(line, err) : st;
}

void line_finish(struct cli_line *line)
{
    mem_free(line->args);
    memset(line, 0, sizeof *line);
}
