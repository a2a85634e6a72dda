/* main.c: the command line and the wiring; nothing else. */
#include "api/api.h"
#include "cli/cli.h"
#include "cli/exit.h"
#include "config/hardening.h"
#include "tui/app.h"
#include "tui/welcome.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct cli_console console;
    struct error err;
    hardening_apply();
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers look the same everywhere */
    if (api_global_init(&err)) {
        fprintf(stderr, "paddock: %s\n", err.what);
        return EXIT_FAILED;
    }
    int code = cli_main(argc, argv, &console);
    if (console.wanted) {
        if (console.profile_error.status)
            code = welcome(&console, argv);
        else
            code = app_main(&console, STDIN_FILENO);
    }
    cli_console_finish(&console);
    return code;
}
