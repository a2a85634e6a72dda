/* welcome.c: see welcome.h. */
#include "tui/welcome.h"

#include "base/str.h"
#include "base/text.h"
#include "cli/exit.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int welcome(const struct cli_console *console, char **argv)
{
    char answer[16];
    const struct error *err = &console->profile_error;
    const unsigned safe = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? 0 : TEXT_ASCII;
    struct str text = STR_INIT;
    str_add(&text, "paddock is a console for LLM provider accounts.\n\n");
    if (config_found(console->config)) {
        text_safe_z(&text, err->what, safe);
        str_add_char(&text, '\n');
        text_safe_z(&text, err->next, safe);
        str_add(&text, "\n\n");
    } else {
        str_add(&text, "It does not know a server yet. To connect to yours:\n\n"
                       "  paddock config init    writes a first configuration to fill in:\n"
                       "      ");
        text_safe_z(&text, console->paths.config_dir, safe);
        str_add(&text, "/paddock.cfg\n"
                       "  paddock doctor         tries it, step by step\n\n"
                       "or, without a file: PADDOCK_TOKEN=... paddock --url URL --org ORG\n\n");
    }
    str_add(&text, "Look around on a sandbox first? Nothing there is real. [y/N] ");
    fputs(str_text(&text), stdout);
    str_finish(&text);
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y')) {
        char demo[] = "--demo";
        char *const args[] = {argv[0], demo, NULL};
        execv("/proc/self/exe", args);
        perror("paddock");
    }
    return EXIT_USAGE;
}
