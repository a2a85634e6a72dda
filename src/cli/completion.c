/* completion.c: completion scripts for bash, zsh and fish, from the tables of verbs and flags.
 *
 * They hold words and ask for file names and for the profiles of the configuration; nothing is
 * asked from a server while somebody types. */
#include "cli/context.h"
#include "cli/config_meaning.h"
#include "cli/help_fields.h"

#include "config/embedded.h"
#include "model/field.h"

#include <string.h>

#define PROFILES "paddock config profiles 2>/dev/null"

/* Text inside single quotes of a shell. */
static void quoted(struct str *out, const char *text)
{
    str_add_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            str_add(out, "'\\''");
        else
            str_add_char(out, *p);
    }
    str_add_char(out, '\'');
}

static void words_of(struct str *out, const char *words)
{
    for (const char *p = words; *p; p++)
        str_add_char(out, *p == '|' ? ' ' : *p);
}

/* Fields that have all of these flags, each with what stands behind it. */
static void fields(struct str *out, unsigned flags, const char *behind)
{
    bool first = true;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        if (f->type == FT_GROUP || (f->flags & flags) != flags)
            continue;
        str_printf(out, "%s%s%s", first ? "" : " ", f->key, behind);
        first = false;
    }
}

/* What may follow --columns and --sort: fields, and what is worked out of them. */
static void columns(struct str *out)
{
    struct named_columns named;
    fields(out, 0, "");
    named_columns_init(&named);
    for (size_t i = 0; i < column_count(named.set); i++)
        if (column_at(named.set, i)->field == FIELD_NONE)
            str_printf(out, " %s", column_at(named.set, i)->name);
    named_columns_finish(&named);
}

static bool takes_columns(enum flag flag)
{
    return flag == FLAG_COLUMNS || flag == FLAG_SORT;
}

/* Those that come with the program. */
static void themes(struct str *out)
{
    for (const struct embedded *e = embedded_files; e->path; e++) {
        struct span name = span_of(e->path);
        if (strncmp(name.p, "themes/", 7) != 0)
            continue;
        str_add(out, out->len ? " " : "");
        str_append(out, name.p + 7, name.len - 7 - strlen(".cfg"));
    }
}

/* The words that a flag's value is one of; false when there is no such list. */
static bool flag_words(const struct flag_info *f, struct str *out)
{
    str_clear(out);
    if (f->id == FLAG_THEME)
        themes(out);
    else
        words_of(out, f->words);
    return out->len > 0;
}

/* The beginnings of a verb's arguments: terms of a filter, or what is set. */
static void terms(struct str *out, int verb)
{
    static const struct {
        enum verb verb;
        unsigned flags; /* of the fields */
    } rows[] = {{VERB_LIST, 0},
                {VERB_FORECAST, 0},
                {VERB_LINT, 0},
                {VERB_SET, FF_EDIT},
                {VERB_PLAN, FF_EDIT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((int)rows[i].verb == verb)
            fields(out, rows[i].flags, "=");
}

/* What follows these on the command line are files; the others take ids, names and terms. */
static bool takes_files(int verb)
{
    return verb == VERB_APPLY || verb == VERB_EXPORT;
}

static void flags_of(struct str *out, unsigned verb)
{
    for (int i = 0; i < FLAG_COUNT; i++) {
        const struct flag_info *f = flag_info((enum flag)i);
        if (!(f->verbs & verb))
            continue;
        str_printf(out, "%s--%s", out->len ? " " : "", f->name);
        if (f->letter)
            str_printf(out, " -%c", f->letter);
    }
}

/* As a pattern of a case. */
static void flag_names(struct str *out, const struct flag_info *f)
{
    str_printf(out, "--%s", f->name);
    if (f->letter)
        str_printf(out, "|-%c", f->letter);
}

/* All flags after which a word is their value. */
static void value_flags(struct str *out)
{
    bool first = true;
    for (int i = 0; i < FLAG_COUNT; i++) {
        if (!flag_takes_word(flag_info((enum flag)i)))
            continue;
        str_add(out, first ? "" : "|");
        flag_names(out, flag_info((enum flag)i));
        first = false;
    }
}

/* ---- bash ---------------------------------------------------------------------------------- */

/* Ways to complete, and the word at the cursor: bash makes three of --flag=value. A list is
 * completed at its last part, and -COLUMN is one, too. */
static const char bash_begin[] =
    "# bash completion for paddock\n"
    "_paddock_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
    "}\n"
    "_paddock_list() {\n"
    "    local head= last=$cur\n"
    "    case $last in *,*) head=${last%,*}, last=${last##*,} ;; esac\n"
    "    case $last in -*) head=$head- last=${last#-} ;; esac\n"
    "    compopt -o nospace 2>/dev/null\n"
    "    COMPREPLY=($(compgen -P \"$head\" -W \"$1\" -- \"$last\"))\n"
    "}\n"
    "_paddock() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= i\n"
    "    COMPREPLY=()\n"
    "    if [[ $cur = '=' ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev = '=' ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    else\n"
    "        i=0\n"
    "    fi\n"
    "    [[ $i = 0 || $prev = -* ]] || return\n"; /* the value of a term is anybody's */

static void bash_values(struct str *out)
{
    struct str words = STR_INIT;
    str_add(out, "    case $prev in\n");
    for (int i = 0; i < FLAG_COUNT; i++) {
        const struct flag_info *f = flag_info((enum flag)i);
        if (!flag_takes_word(f))
            continue;
        str_add(out, "    ");
        flag_names(out, f);
        str_add(out, ") ");
        if (f->kind == FK_FILE) {
            str_add(out, "_paddock_files; ");
        } else if (f->id == FLAG_PROFILE) {
            str_add(out, "COMPREPLY=($(compgen -W \"$(" PROFILES ")\" -- \"$cur\")); ");
        } else if (flag_words(f, &words)) {
            str_printf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\")); ", str_text(&words));
        } else if (takes_columns(f->id)) {
            str_add(out, "_paddock_list '");
            columns(out);
            str_add(out, "'; ");
        }
        str_add(out, "return ;;\n");
    }
    str_add(out, "    esac\n");
    str_finish(&words);
}

/* The first word that is no flag and no flag's value. */
static void bash_verb(struct str *out)
{
    str_add(out, "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n"
                 "        ");
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++)
        str_printf(out, "%s%s", i > 1 ? "|" : "", verb_name((enum verb)i));
    str_add(out, ") verb=${COMP_WORDS[i]}; break ;;\n        ");
    value_flags(out);
    str_add(out, ") [[ ${COMP_WORDS[i+1]} = '=' ]] && ((i++)); ((i++)) ;;\n"
                 "        esac\n    done\n");
}

static void bash(struct str *out)
{
    str_add(out, bash_begin);
    bash_values(out);
    bash_verb(out);
    str_add(out, "    case $verb in\n");
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        struct str words = STR_INIT;
        flags_of(&words, 1u << i);
        if (i == VERB_CONSOLE || i == VERB_HELP)
            for (int j = VERB_CONSOLE + 1; j < VERB_COUNT; j++)
                str_printf(&words, " %s", verb_name((enum verb)j));
        str_add(&words, i == VERB_HELP ? " " HELP_FIELDS : "");
        str_add_char(&words, ' ');
        words_of(&words, v->words);
        str_add_char(&words, ' ');
        terms(&words, i);
        str_printf(out, "    %s) ", i ? verb_name((enum verb)i) : "''");
        if (takes_files(i))
            str_add(out, "[[ $cur != -* ]] && { _paddock_files; return; }; ");
        if (i == VERB_CONFIG)
            str_add(out, "[[ $prev = check ]] && { _paddock_files; return; }; ");
        str_printf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n", str_text(&words));
        str_finish(&words);
    }
    str_add(out, "    esac\n    [[ ${#COMPREPLY[@]} = 1 && ${COMPREPLY[0]} = *= ]] && "
                 "compopt -o nospace 2>/dev/null\n}\ncomplete -F _paddock paddock\n");
}

/* ---- zsh ----------------------------------------------------------------------------------- */

/* In _arguments a bracket or a colon would end the description. */
static void zsh_text(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (strchr("[]:\\", *p))
            str_add_char(out, '\\');
        str_add_char(out, *p);
    }
}

static void zsh_flag(struct str *out, const struct flag_info *f, const char *name)
{
    struct str spec = STR_INIT, words = STR_INIT;
    bool value = flag_takes_word(f);
    str_printf(&spec, "%s%s[", name, value && name[1] == '-' ? "=" : "");
    zsh_text(&spec, f->help);
    str_add_char(&spec, ']');
    if (value) {
        str_printf(&spec, ":%s:", f->arg);
        if (f->kind == FK_FILE)
            str_add(&spec, "_files");
        else if (f->id == FLAG_PROFILE)
            str_add(&spec, "{compadd -- $(" PROFILES ")}");
        else if (flag_words(f, &words))
            str_printf(&spec, "(%s)", str_text(&words));
        else if (takes_columns(f->id)) {
            str_add(&spec, "_values -s , column ");
            columns(&spec);
        }
    }
    str_finish(&words);
    str_add(out, " \\\n            ");
    quoted(out, str_text(&spec));
    str_finish(&spec);
}

static void zsh_flags(struct str *out, unsigned verb)
{
    for (int i = 0; i < FLAG_COUNT; i++) {
        const struct flag_info *f = flag_info((enum flag)i);
        char name[40];
        if (!(f->verbs & verb))
            continue;
        snprintf(name, sizeof name, "--%s", f->name);
        zsh_flag(out, f, name);
        if (f->letter) {
            snprintf(name, sizeof name, "-%c", f->letter);
            zsh_flag(out, f, name);
        }
    }
}

static void zsh(struct str *out)
{
    str_add(out, "#compdef paddock\n_paddock() {\n    local -a verbs=(\n");
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        struct str row = STR_INIT;
        str_printf(&row, "%s:", verb_name((enum verb)i));
        zsh_text(&row, action_info(verb_info((enum verb)i)->action)->help);
        str_add(out, "        ");
        quoted(out, str_text(&row));
        str_add_char(out, '\n');
        str_finish(&row);
    }
    str_add(out, "    )\n    local verb= i\n"
                 "    for (( i = 2; i < CURRENT; i++ )); do\n"
                 "        case $words[i] in\n        ");
    value_flags(out);
    str_add(out, ") (( i++ )) ;;\n"
                 "        *) (( ${verbs[(I)$words[i]:*]} )) && { verb=$words[i]; break } ;;\n"
                 "        esac\n    done\n    case $verb in\n");
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        str_printf(out, "    %s)\n        _arguments", i ? verb_name((enum verb)i) : "''");
        zsh_flags(out, 1u << i);
        if (i == VERB_CONSOLE)
            str_add(out, " \\\n            '1:command:->verb' && return\n"
                         "        [[ $state = verb ]] && _describe command verbs\n");
        else if (i == VERB_HELP)
            str_add(out,
                    " \\\n            '1:help:' '2:command:->verb' && return\n"
                    "        [[ $state = verb ]] && { _describe command verbs; compadd " HELP_FIELDS
                    " }\n");
        else if (*v->words) {
            str_printf(out, " \\\n            '1:%s:' '2:what:(", verb_name((enum verb)i));
            words_of(out, v->words);
            str_add(out, ")' '*:file:_files'\n");
        } else {
            struct str words = STR_INIT;
            terms(&words, i);
            if (words.len)
                str_printf(out, " '*:term:{compadd -S \"\" -- %s}'\n", str_text(&words));
            else
                str_add(out, takes_files(i) ? " '*:file:_files'\n" : " '*:argument:'\n");
            str_finish(&words);
        }
        str_add(out, "        ;;\n");
    }
    /* As a file in fpath it is the function's own body; sourced, it only defines it. */
    str_add(out, "    esac\n}\n"
                 "if [ \"$funcstack[1]\" = \"_paddock\" ]; then\n    _paddock \"$@\"\n"
                 "else\n    compdef _paddock paddock\nfi\n");
}

/* ---- fish ---------------------------------------------------------------------------------- */

static void fish_value(struct str *out, const struct flag_info *f)
{
    struct str words = STR_INIT;
    if (f->kind == FK_FILE) {
        str_add(out, " -r -F");
    } else if (f->id == FLAG_PROFILE) {
        str_add(out, " -x -a '(" PROFILES ")'");
    } else if (flag_words(f, &words)) {
        str_printf(out, " -x -a '%s'", str_text(&words));
    } else if (takes_columns(f->id)) {
        str_add(out, " -x -a '(__fish_append , ");
        columns(out);
        str_add(out, ")'");
    } else if (flag_takes_word(f)) {
        str_add(out, " -x");
    }
    str_finish(&words);
}

/* The verbs that have the flag; none, when it is the console's alone. */
static void fish_condition(struct str *out, const struct flag_info *f)
{
    const char *joined = f->verbs & V_CONSOLE ? "__fish_use_subcommand" : "";
    bool verbs = f->verbs & ~(unsigned)V_CONSOLE;
    if (f->verbs == V_ALL)
        return;
    str_printf(out, " -n '%s%s", joined, *joined && verbs ? "; or " : "");
    if (verbs)
        str_add(out, "__fish_seen_subcommand_from");
    for (int v = VERB_CONSOLE + 1; v < VERB_COUNT; v++)
        if (f->verbs & (1u << v))
            str_printf(out, " %s", verb_name((enum verb)v));
    str_add_char(out, '\'');
}

static void fish_flag(struct str *out, const struct flag_info *f)
{
    str_printf(out, "complete -c paddock -l %s", f->name);
    if (f->letter)
        str_printf(out, " -s %c", f->letter);
    str_add(out, " -d ");
    quoted(out, f->help);
    fish_value(out, f);
    fish_condition(out, f);
    str_add_char(out, '\n');
}

static void fish_verb(struct str *out, const struct verb_info *v)
{
    const char *name = verb_name(v->id), *help = action_info(v->action)->help;
    struct str words = STR_INIT;
    str_printf(out, "complete -c paddock -n __fish_use_subcommand -a %s -d ", name);
    quoted(out, help);
    str_add_char(out, '\n');
    if (takes_files((int)v->id))
        str_printf(out, "complete -c paddock -n '__fish_seen_subcommand_from %s' -F\n", name);
    if (v->id == VERB_CONFIG)
        str_add(out, "complete -c paddock -n '__fish_seen_subcommand_from check' -F\n");
    if (v->id != VERB_HELP) {
        str_printf(out, "complete -c paddock -n '__fish_seen_subcommand_from help' -a %s -d ",
                   name);
        quoted(out, help);
        str_add_char(out, '\n');
    }
    words_of(&words, v->id == VERB_HELP ? HELP_FIELDS : v->words);
    terms(&words, (int)v->id);
    if (words.len)
        str_printf(out, "complete -c paddock -n '__fish_seen_subcommand_from %s' -a '%s'\n", name,
                   str_text(&words));
    str_finish(&words);
}

static void fish(struct str *out)
{
    str_add(out, "# fish completion for paddock\ncomplete -c paddock -f\n");
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++)
        fish_verb(out, verb_info((enum verb)i));
    for (int i = 0; i < FLAG_COUNT; i++)
        fish_flag(out, flag_info((enum flag)i));
}

enum exit_code completion_run(struct cli *cli)
{
    static const struct {
        const char *shell;
        void (*write)(struct str *out);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    struct str out = STR_INIT;
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(cli->line.args[0], shells[i].shell) == 0)
            shells[i].write(&out);
    cli_put(cli, &out);
    str_finish(&out);
    return cli_flush(cli, EXIT_DONE);
}
