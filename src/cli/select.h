/* select.h: which accounts a command is about: named ones, or all that a filter matches. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "cli/context.h"
#include "cli/find.h"
#include "fleet/fleet.h"

struct selection {
    row_id *rows; /* owned; in the order of the words, or by name and id */
    uint32_t count;
    uint32_t missing;    /* words that are no account: told already */
    enum exit_code code; /* of the last of them; EXIT_DONE: none */
};

/* Reads each named account as it is on the server into the fleet. What is not found is told and
 * counted; one that is named twice comes once. */
void select_words(struct finder *finder, struct fleet *fleet, const char *const *words,
                  size_t count, struct selection *out);
/* Checks --where before anything is asked: ST_USAGE for an expression that is empty, wrong, or may
 * not choose what is written (contains, free text, patterns). For get any expression will do. */
enum status select_check(const struct cli *cli, const char *expr, struct error *err);
/* ST_USAGE unless accounts are named or --where chooses them, one of both. */
enum status select_asked(const struct cli *cli, struct error *err);
/* Loads the whole list and takes what matches; expr NULL: all. ST_PARTIAL when the list is not
 * complete: then nothing is chosen. */
enum status select_where(struct cli *cli, struct fleet *fleet, const char *expr,
                         struct selection *out, struct error *err);
void selection_finish(struct selection *selection);

#endif
