/* plain.c: see plain.h. */
#include "cli/plain.h"

#include <stdbool.h>

/* The console names its key; the client leaves that to it. */
static bool may_be_tried_again(const struct error *err)
{
    return err->status == ST_SERVER || err->status == ST_NETWORK || err->status == ST_RATE;
}

void plain_words(struct error *err)
{
    if (!err->next[0] && may_be_tried_again(err))
        error_next(err, "try again; paddock doctor looks at the way there");
}
