/* help.c: help, version and the manual's tables, all from the tables of verbs, flags and actions.
 */
#include "cli/context.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/roff.h"
#include "cli/demo.h"
#include "cli/help_fields.h"
#include "cli/pager.h"

#include <string.h>

#define WIDE    26
#define COLUMNS 80 /* of the terminal that all of it is to fit */

static const struct {
    enum exit_code code;
    const char *means;
} exit_words[] = {
    {EXIT_DONE, "done; nothing differs"},
    {EXIT_FAILED, "failed"},
    {EXIT_CHANGES, "there are changes (of a dry run or a difference)"},
    {EXIT_PARTIAL, "partial: some of it was done, or the list is not complete"},
    {EXIT_AUTH, "no valid token, or not allowed"},
    {EXIT_NOT_FOUND, "not found"},
    {EXIT_CONFLICT, "conflict"},
    {EXIT_THRESHOLD, "a threshold was passed"},
    {EXIT_NETWORK, "the server was not reached, or could not answer now"},
    {EXIT_UNKNOWN, "a write left and its outcome is not known"},
    {EXIT_USAGE, "the command line or the configuration is wrong"},
    {EXIT_INTERRUPTED, "interrupted"},
};

/* ---- lines --------------------------------------------------------------------------------- */

/* Appends words of text, from column `at` on, in lines of COLUMNS; what does not fit begins at
 * `left`. A line break is a blank. Returns the column where it ended. */
static size_t fill(struct str *out, const char *text, size_t len, size_t at, size_t left)
{
    for (size_t i = 0; i < len;) {
        size_t word = 0;
        while (i + word < len && text[i + word] != ' ' && text[i + word] != '\n')
            word++;
        bool begins = at == left;
        if (word && !begins && at + 1 + word > COLUMNS) {
            str_printf(out, "\n%*s", (int)left, "");
            at = left;
            begins = true;
        }
        if (word && !begins)
            str_add_char(out, ' ');
        str_append(out, text + i, word);
        at += word + (word && !begins);
        i += word;
        i += i < len;
    }
    return at;
}

static void filled(struct str *out, const char *text, size_t left)
{
    fill(out, text, strlen(text), left, left);
    str_add_char(out, '\n');
}

/* A part of a verb's help: an example, a line that begins with four blanks; or sentences up to the
 * next one. Without its last line break. */
static struct span part_of(const char *text, bool *example)
{
    const char *end = text;
    *example = strncmp(text, "    ", 4) == 0;
    if (*example)
        return (struct span){text, strcspn(text, "\n")};
    while (*end && strncmp(end, "\n    ", 5) != 0)
        end++;
    return (struct span){text, (size_t)(end - text)};
}

static void flag_head(const struct flag_info *f, struct str *out)
{
    if (f->letter)
        str_printf(out, "-%c, ", f->letter);
    str_printf(out, "--%s", f->name);
    if (*f->arg)
        str_printf(out, "%s%s", *f->arg == '[' ? "" : " ", f->arg);
}

static void flag_row(const struct flag_info *f, struct str *out)
{
    struct str head = STR_INIT, text = STR_INIT;
    flag_head(f, &head);
    str_printf(out, "  %-*s%s", WIDE, str_text(&head), head.len < WIDE ? "" : " ");
    str_printf(&text, "%s%s%s", f->help, *f->words ? ": " : "", f->words);
    filled(out, str_text(&text), WIDE + 2);
    str_finish(&head);
    str_finish(&text);
}

static void flag_rows(unsigned verbs, struct str *out)
{
    for (int i = 0; i < FLAG_COUNT; i++)
        if (flag_info((enum flag)i)->verbs & verbs)
            flag_row(flag_info((enum flag)i), out);
}

static void help_all(struct str *out)
{
    str_add(out, "paddock: a console for provider accounts.\n\n"
                 "Usage: paddock [FLAG...]              the console, in a terminal\n"
                 "       paddock COMMAND [FLAG...]\n"
                 "       paddock --demo                 the console on a sandbox: nothing is real\n"
                 "\nCommands:\n");
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        struct str head = STR_INIT;
        str_printf(&head, "%s %s", verb_name(v->id), v->args);
        str_printf(out, "  %-*s%s", WIDE + 6, str_text(&head), head.len < WIDE + 6 ? "" : " ");
        filled(out, action_info(v->action)->help, WIDE + 8);
        str_finish(&head);
    }
    str_add(out, "\nFlags of the console:\n");
    flag_rows(V_CONSOLE, out);
    str_add(out, "\npaddock help COMMAND explains one, paddock help " HELP_FIELDS
                 " what filters and set\n"
                 "name. Data goes to standard output, messages to standard error.\n"
                 "\nExit codes:\n");
    for (size_t i = 0; i < sizeof exit_words / sizeof *exit_words; i++)
        str_printf(out, "  %3d  %s\n", (int)exit_words[i].code, exit_words[i].means);
}

static void help_verb(const struct verb_info *v, struct str *out)
{
    str_printf(out, "Usage: paddock %s %s\n\n%s.\n", verb_name(v->id), v->args,
               action_info(v->action)->help);
    for (const char *p = v->more; *p;) {
        bool example;
        struct span part = part_of(p, &example);
        if (example)
            str_append(out, part.p, part.len);
        else
            fill(out, part.p, part.len, 0, 0);
        str_add_char(out, '\n');
        p = part.p + part.len + (part.p[part.len] == '\n');
    }
    str_add(out, "\nFlags:\n");
    flag_rows(1u << v->id, out);
}

/* ---- the manual's tables ------------------------------------------------------------------- */

/* Sentences are for man to fill; examples stand as they are. */
static void man_more(const char *more, struct str *out)
{
    bool example, before = false;
    for (const char *p = more; *p;) {
        struct span part = part_of(p, &example);
        char *text = span_dup(part);
        if (example != before)
            str_add(out, example ? ".nf\n" : ".fi\n");
        roff_add(out, text);
        str_add_char(out, '\n');
        mem_free(text);
        before = example;
        p = part.p + part.len + (part.p[part.len] == '\n');
    }
    if (before)
        str_add(out, ".fi\n");
}

static void man_verbs(struct str *out)
{
    str_add(out, ".SH COMMANDS\n");
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        str_printf(out, ".TP\n.BI \"%s \" \"", verb_name(v->id));
        roff_add(out, v->args);
        str_add(out, "\"\n");
        roff_add(out, action_info(v->action)->help);
        str_add(out, ".\n");
        man_more(v->more, out);
    }
}

static void man_flags(struct str *out)
{
    str_add(out, ".SH FLAGS\n");
    for (int i = 0; i < FLAG_COUNT; i++) {
        const struct flag_info *f = flag_info((enum flag)i);
        struct str head = STR_INIT;
        flag_head(f, &head);
        str_add(out, ".TP\n.B ");
        roff_add(out, str_text(&head));
        str_add_char(out, '\n');
        roff_add(out, f->help);
        if (*f->words) {
            str_add(out, ": ");
            roff_add(out, f->words);
        }
        str_add(out, ".\n");
        if (f->verbs != V_ALL) {
            str_add(out, "For");
            for (int v = 0; v < VERB_COUNT; v++)
                if (f->verbs & (1u << v))
                    str_printf(out, " %s%s", v ? verb_name((enum verb)v) : "the console",
                               f->verbs >> (v + 1) ? "," : "");
            str_add(out, ".\n");
        }
        str_finish(&head);
    }
}

static void man_exit(struct str *out)
{
    str_add(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exit_words / sizeof *exit_words; i++) {
        str_printf(out, ".TP\n.B %d\n", (int)exit_words[i].code);
        roff_add(out, exit_words[i].means);
        str_add(out, "\n");
    }
}

static void man_part(const char *title, struct str *out)
{
    str_printf(out, ".SS %s\n", title);
}

static void man_row(const char *name, const char *words, struct str *out)
{
    str_add(out, ".TP\n.B ");
    roff_add(out, name);
    str_add_char(out, '\n');
    roff_add(out, words);
    str_add_char(out, '\n');
}

static const struct help_lines man_lines = {man_part, man_row};

/* ---- the fields ---------------------------------------------------------------------------- */

static void fields_part(const char *title, struct str *out)
{
    str_printf(out, "\n%s:\n", title);
}

static void fields_row(const char *name, const char *words, struct str *out)
{
    str_printf(out, "  %-*s", WIDE, name);
    filled(out, words, WIDE + 2);
}

static void help_on_fields(struct str *out)
{
    static const struct help_lines lines = {fields_part, fields_row};
    filled(out,
           "What filters, --columns, --sort, views and files name, and set gives a value to; "
           "tags.KEY is one tag. The API's name, in brackets, does as well.",
           0);
    help_fields(&lines, out);
}

/* ---- the verbs ----------------------------------------------------------------------------- */

/* What only the console does. Its keys are the keymap's, which may be anybody's own. */
static void help_action(enum action_id id, struct str *out)
{
    const struct action_info *a = action_info(id);
    str_printf(out,
               "%s: %s.\n\nAn action of the console: type :%s there; the key ? lists the keys of "
               "a screen.\n",
               a->name, a->help, a->name);
}

static enum status help_unknown(const char *word, struct error *err)
{
    struct near near = {span_of(word), NULL, 0};
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++)
        near_offer(&near, verb_name((enum verb)i));
    near_offer(&near, HELP_FIELDS);
    error_set(err, ST_USAGE, "there is no command \"%.80s\"", word);
    if (near.best)
        error_next(err, "did you mean paddock help %s?", near.best);
    return ST_USAGE;
}

static enum status help_on(const struct cli *cli, struct str *out, struct error *err)
{
    const char *word =
        cli->line.verb == VERB_HELP && cli->line.arg_count ? cli->line.args[0] : NULL;
    enum verb verb = word ? verb_find(span_of(word)) : cli->line.verb;
    enum action_id action = word ? action_find(span_of(word)) : ACTION_NONE;
    if (word && strcmp(word, HELP_FIELDS) == 0) {
        help_on_fields(out);
        return ST_OK;
    }
    if (verb == VERB_COUNT && action != ACTION_NONE) {
        help_action(action, out);
        return ST_OK;
    }
    if (verb == VERB_COUNT)
        return help_unknown(word, err);
    if (verb == VERB_CONSOLE || (verb == VERB_HELP && !word && !cli_has(cli, FLAG_HELP)))
        help_all(out);
    else
        help_verb(verb_info(verb), out);
    return ST_OK;
}

enum exit_code help_run(struct cli *cli)
{
    struct str out = STR_INIT;
    struct error err = {0};
    enum exit_code code;
    if (cli_has(cli, FLAG_MAN)) {
        man_verbs(&out);
        man_flags(&out);
        str_add(&out, ".SH FIELDS\n");
        help_fields(&man_lines, &out);
        man_exit(&out);
        cli_put(cli, &out);
        code = cli_flush(cli, EXIT_DONE);
    } else {
        enum status st = help_on(cli, &out, &err);
        code = st == ST_OK ? cli_page(cli, &out, EXIT_DONE) : cli_fail(cli, &err);
    }
    str_finish(&out);
    return code;
}

enum exit_code version_run(struct cli *cli)
{
    fputs("paddock " PADDOCK_VERSION "\n", cli->out);
    return cli_flush(cli, EXIT_DONE);
}
