/* hint.c: see hint.h. */
#include "cli/hint.h"

#include "cli/line.h"
#include "write/preview.h"

#include <ctype.h>
#include <string.h>

#define PROGRAM "paddock"

/* The profile that a paddock without -p takes. */
static const char *first_profile(const struct config *config)
{
    const char *named = config_text(config, OPTION_PROFILE);
    return !*named && config_profile_count(config) == 1 ? config_profile_name(config, 0) : named;
}

void hint_flags(const struct cli_console *console, const struct profile *profile, struct str *out)
{
    const char *name = profile->name ? profile->name : "";
    if (console->options.demo || profile->demo || !console->config)
        return;
    if (*name && strcmp(name, first_profile(console->config)) != 0) {
        str_add(out, " -p ");
        shell_word(out, span_of(name));
    }
    cli_same_flags(console, profile, out);
}

/* Help and completions are of the program, not of a profile. */
static bool begins_command(const char *word)
{
    size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz-");
    enum verb v = n ? verb_find((struct span){word, n}) : VERB_COUNT;
    return v != VERB_COUNT && v != VERB_HELP && v != VERB_COMPLETION && v != VERB_CONFIG;
}

void hint_add(struct str *out, const char *text, const char *flags)
{
    const size_t n = strlen(PROGRAM);
    const char *at = text, *next;
    while (*flags && (next = strstr(at, PROGRAM " ")) != NULL) {
        bool word = next == text || !(isalnum((unsigned char)next[-1]) || strchr("-_/.", next[-1]));
        str_append(out, at, (size_t)(next - at) + n);
        at = next + n;
        if (word && begins_command(at + 1))
            str_add(out, flags);
    }
    str_add(out, at);
}

void hint_text(const struct cli_console *console, const struct profile *profile, const char *text,
               struct str *out)
{
    struct str flags = STR_INIT;
    hint_flags(console, profile, &flags);
    hint_add(out, text, str_text(&flags));
    str_finish(&flags);
}
