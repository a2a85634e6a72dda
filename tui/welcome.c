/* welcome.c: see welcome.h. */
#include "tui/welcome.h"

#include "cli/exit.h"

#include <stdio.h>
#include <unistd.h>

int welcome(const struct cli_console *console, char **argv)
{
    char answer[16];
    const struct error *err = &console->profile_error;
    printf("paddock is a console for LLM provider accounts.\n\n");
    if (config_found(console->config))
        printf("%s\n%s\n\n", err->what, err->next);
    else
        printf("It does not know a server yet. To connect to yours:\n\n"
               "  paddock config init    writes %s/paddock.cfg to fill in\n"
               "  paddock doctor         tries it, step by step\n\n"
               "or, without a file: PADDOCK_TOKEN=... paddock --url URL --org ORG\n\n",
               console->paths.config_dir);
    printf("Look around on a sandbox with sample accounts first? Nothing there is real. [y/N] ");
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y')) {
        char demo[] = "--demo";
        char *const args[] = {argv[0], demo, NULL};
        execv("/proc/self/exe", args);
        perror("paddock");
    }
    return EXIT_USAGE;
}
