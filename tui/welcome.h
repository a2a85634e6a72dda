/* welcome.h: the first start, when there is no profile: explains itself and offers the sandbox. */
#ifndef TUI_WELCOME_H
#define TUI_WELCOME_H

#include "cli/cli.h"

/* Plain text and one line of input: nothing is known of the terminal yet. Returns the exit code, or
 * becomes `paddock --demo`. */
int welcome(const struct cli_console *console, char **argv);

#endif
