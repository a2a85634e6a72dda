/* pager.h: long text of ours (help, the defaults) a screen at a time, as git and man show theirs.
 *
 * Only on a terminal, only when the text is longer than it, and never for data. $PAGER is words
 * separated by blanks that no shell reads; without one, less. "cat", an empty one and a terminal
 * that is dumb mean none. The pager reads a pipe and inherits no token; LESS is FRX where it is not
 * set: it leaves by itself when all fits, keeps the screen at its end. */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include "cli/context.h"

/* Writes the text, which is safe already, to cli->out, or shows it through the pager; one that
 * cannot be run shows nothing, so the text is written then. Gives what cli_flush gives: `code`, or
 * EXIT_FAILED. */
enum exit_code cli_page(struct cli *cli, const struct str *text, enum exit_code code);

#endif
