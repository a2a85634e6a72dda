/* plain.c: see plain.h. The texts of the left column are api/outcome's and api/retry's; a command
 * prints them last. */
#include "cli/plain.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *console, *command;
} ends[] = {
    {"; nothing typed is lost", ""},
    {"correct it and review again", "correct it, and run the command again"},
    {"look at the server's copy, then choose", "look at it, and run the command again"},
};

static void replace_end(char *text, size_t room)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i].console), new = strlen(ends[i].command);
        if (len < end || strcmp(text + len - end, ends[i].console) != 0 || len - end + new >= room)
            continue;
        memcpy(text + len - end, ends[i].command, new + 1);
        return;
    }
}

/* The console names its key; the client leaves that to it. */
static bool may_be_tried_again(const struct error *err)
{
    return err->status == ST_SERVER || err->status == ST_NETWORK || err->status == ST_RATE;
}

void plain_words(struct error *err)
{
    if (!err->next[0] && may_be_tried_again(err))
        error_next(err, "try again; paddock doctor looks at the way there");
    replace_end(err->what, sizeof err->what);
    replace_end(err->next, sizeof err->next);
}
