/* sql_steps.c: see sql_steps.h. */
#include "tests/support/sql_steps.h"

#include <sqlite3.h>

static size_t steps;

static int count_step(void *ctx)
{
    (void)ctx;
    steps++;
    return 0;
}

static int watch(sqlite3 *db, const char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    sqlite3_progress_handler(db, 10, count_step, NULL);
    return SQLITE_OK;
}

void sql_steps_watch(void)
{
    sqlite3_auto_extension((void (*)(void))watch);
}

void sql_steps_watch_no_more(void)
{
    sqlite3_reset_auto_extension();
}

size_t sql_steps(void)
{
    size_t since = steps;
    steps = 0;
    return since;
}
