/* list_watch.h: paddock list --watch: the list, and at each refresh again the rows that changed. */
#ifndef CLI_LIST_WATCH_H
#define CLI_LIST_WATCH_H

#include "cli/context.h"
#include "cli/output.h"
#include "fleet/view.h"

struct list_watch_env {
    struct cli *cli; /* connected; (borrowed), as all below */
    struct fleet *fleet;
    struct view *view;     /* of the fleet: what is printed, in its order */
    struct output *output; /* not begun */
    bool json;             /* rows are printed as received */
    size_t *unreadable;    /* counts rows of broken JSON, which are left out */
};

/* Prints until SIGINT, SIGTERM or SIGHUP, or until nobody reads (ST_OK). While the server is away
 * it goes on trying, and says so. Errors: that of the first load, in which nothing came; ST_AUTH.
 */
enum status list_watch(const struct list_watch_env *env, struct error *err);

#endif
