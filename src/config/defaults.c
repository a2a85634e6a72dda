/* defaults.c: the option table as a sample file and as a page of the manual. */
#include "config/config.h"

#include "base/roff.h"
#include "base/vec.h"
#include "config/options.h"

#include <string.h>

#define WRAP 96

/* Appends text in lines that begin with `lead` and end before the margin. */
static void wrap(struct str *out, const char *lead, const char *text)
{
    size_t column = 0;
    for (const char *p = text; *p;) {
        size_t word = strcspn(p, " ");
        if (column == 0 || column + 1 + word > WRAP) {
            str_printf(out, "%s%s", column ? "\n" : "", lead);
            column = strlen(lead);
        } else {
            str_add_char(out, ' ');
            column++;
        }
        str_append(out, p, word);
        column += word;
        p += word;
        p += strspn(p, " ");
    }
    str_add_char(out, '\n');
}

static void comment_row(const struct option_info *info, const char *lead, struct str *out)
{
    struct str text = STR_INIT;
    wrap(out, lead, info->help);
    str_add(&text, "Takes ");
    option_expects(info, &text);
    str_add_char(&text, '.');
    wrap(out, lead, str_text(&text));
    str_finish(&text);
}

static void write_top(struct str *out)
{
    char group[32] = "";
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        if (info->scope != SCOPE_TOP)
            continue;
        const char *dot = strchr(info->path, '.');
        size_t len = dot ? (size_t)(dot - info->path) : 0;
        if (strlen(group) != len || strncmp(group, info->path, len) != 0) {
            if (*group)
                str_add(out, "};\n\n");
            memcpy(group, info->path, len);
            group[len] = '\0';
            if (len)
                str_printf(out, "%s: {\n", group);
        }
        const char *indent = len ? "    " : "";
        struct str lead = STR_INIT;
        str_printf(&lead, "%s# ", indent);
        comment_row(info, str_text(&lead), out);
        str_finish(&lead);
        str_printf(out, "%s%s = %s;\n", indent, dot ? dot + 1 : info->path, info->fallback);
        if (!len)
            str_add_char(out, '\n');
    }
    if (*group)
        str_add(out, "};\n\n");
}

/* An example of a group in comments. */
static void write_entries(enum option_scope scope, struct str *out)
{
    const struct scope_info *info = config_scope(scope);
    if (scope > SCOPE_TOP + 1)
        str_add_char(out, '\n');
    wrap(out, "# ", info->help);
    str_printf(out, "%s: {\n#   %s: {\n", info->group, info->example);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *option = option_info((enum option)i);
        if (option->scope != scope)
            continue;
        comment_row(option, "#       # ", out);
        str_printf(out, "#       %s = %s;\n", option->path, option->fallback);
    }
    str_add(out, "#   };\n};\n");
}

void config_write_defaults(struct str *out)
{
    str_add(
        out,
        "# paddock.cfg: every option with its default.\n"
        "#\n"
        "# Yours is ~/.config/paddock/paddock.cfg; the system's is /etc/paddock/paddock.cfg. What\n"
        "# yours does not set comes from the system's, then from here. Before both go the\n"
        "# environment and the flags. The file must be yours (or root's), and group and others "
        "must\n"
        "# not be able to write to it. paddock never changes it. `paddock config check` reads "
        "it.\n\n");
    write_top(out);
    for (int scope = SCOPE_TOP + 1; scope < SCOPE_COUNT; scope++)
        write_entries((enum option_scope)scope, out);
}

static void manual_rows(struct str *out, enum option_scope scope)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = option_info((enum option)i);
        struct str text = STR_INIT;
        if (info->scope != scope)
            continue;
        str_add(out, ".TP\n.BR ");
        roff_add(out, info->path);
        str_add(out, " \" = ");
        roff_add_argument(out, info->fallback);
        str_add(out, "\"\n");
        roff_add(out, info->help);
        str_add(out, "\nTakes ");
        option_expects(info, &text);
        roff_add(out, str_text(&text));
        str_add(out, ".\n");
        str_finish(&text);
    }
}

void config_write_manual(struct str *out)
{
    str_add(out, ".SH OPTIONS\nEach with its default.\n");
    manual_rows(out, SCOPE_TOP);
    for (int scope = SCOPE_TOP + 1; scope < SCOPE_COUNT; scope++) {
        const struct scope_info *info = config_scope((enum option_scope)scope);
        const char *article = strchr("AEIOU", *info->title) ? "AN" : "A";
        str_printf(out, ".SH OPTIONS OF %s %s\nEach is a group of its own in the group\n.BR %s .\n",
                   article, info->title, info->group);
        manual_rows(out, (enum option_scope)scope);
    }
}
