/* yank.h: text to the clipboard: a terminal's by OSC 52, and always a file. */
#ifndef TUI_YANK_H
#define TUI_YANK_H

#include "cli/cli.h"

/* Keeps the text in the state folder's "yank" file, and appends the OSC 52 sequence to `osc` when
 * the config allows it and it is at most 74,000 bytes (what xterm takes). */
enum status yank_text(const struct cli_console *console, struct span text, struct str *osc,
                      struct error *err);

#endif
