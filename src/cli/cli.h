/* cli.h: the command line: flags, verbs, exit codes; and what it leaves for the console.
 *
 * main() calls cli_main(); a verb does its work there. When the console is wanted, cli_main only
 * fills struct cli_console, and the caller runs the console with it. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/error.h"
#include "config/config.h"
#include "config/env.h"
#include "config/paths.h"
#include "config/token.h"

#include <stdbool.h>

/* auto: by the terminal */
enum cli_when { CLI_AUTO, CLI_ALWAYS, CLI_NEVER };

/* What the flags said. Texts (borrowed) from argv; NULL where a flag was not given. */
struct cli_options {
    struct profile_choice choice;
    const char *config_file;
    const char *view;   /* --view NAME */
    const char *filter; /* --filter EXPR */
    const char *theme;  /* --theme NAME */
    enum cli_when color;
    bool ascii;
    bool demo;
    bool debug;
    bool offline;
};

/* Everything that the console starts with. Owned; cli_console_finish. */
struct cli_console {
    bool wanted;
    struct cli_options options;
    struct env env;        /* without PADDOCK_* for the demo */
    struct paths paths;    /* the demo's are below a directory of its own, removed at the end */
    struct config *config; /* never NULL when wanted; has no problems */
    struct tokens *tokens;
    struct profile profile;     /* resolved; empty when profile_error is not ST_OK */
    struct error profile_error; /* ST_CONFIG: nothing is configured; the console explains itself */
    struct demo *demo;          /* the sandbox, or NULL */
};

/* Does what argv asks for and returns the exit code (cli/exit.h), or sets console->wanted. Call
 * hardening_apply() first. console is filled always. */
int cli_main(int argc, char **argv, struct cli_console *console);
/* Appends the flags by which another paddock comes to the same server as `profile`, one of this
 * console's, beside -p: --config, and --url and --org where the configuration says otherwise, or of
 * a demo. Words for a shell, each after a blank. */
void cli_same_flags(const struct cli_console *console, const struct profile *profile,
                    struct str *out);
void cli_console_finish(struct cli_console *console);

#endif
