/* find.h: an account by id or by name, as it is on the server now. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "cli/context.h"
#include "fleet/fleet.h"

struct finder {
    struct cli *cli;     /* (borrowed), connected */
    struct fleet *names; /* the whole list, once a name had to be looked up; owned */
    bool done;
    enum status status;
    struct error error;
    struct str raw;
};

void finder_init(struct finder *finder, struct cli *cli);
/* After cli_disconnect or before; the list goes with it. */
void finder_finish(struct finder *finder);

/* Puts the account's JSON into *raw, as it is on the server, or with --offline as it was last seen.
 * The word is tried as an id, then looked up as a name in a list that is complete. Errors:
 * ST_NOT_FOUND; ST_USAGE for a name that is not unique, with the ids; ST_PARTIAL when the list
 * could not be completed; else the request's. */
enum status finder_read(struct finder *finder, const char *word, struct str *raw,
                        struct error *err);

#endif
