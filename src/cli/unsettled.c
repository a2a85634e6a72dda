/* unsettled.c: see unsettled.h. */
#include "cli/unsettled.h"

/* As long as the looks at 0, 2 and 10 s may take when the server is slow. */
#define WAIT_MS 30000

static struct write *find(const struct apply *apply, struct span id, struct span name)
{
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(apply->writes, &at)) != NULL;)
        if (!write_attended(w) && write_concerns(w, id, name))
            return w;
    return NULL;
}

/* A change that somebody else's lies over is not made out by more looks. */
static bool looked_enough(const struct write *w)
{
    return write_looks_unseen(w) >= WRITE_LOOKS_AGAIN || write_outcome(w) == WRITE_CONFLICTING;
}

static void on_time(void *ctx)
{
    *(bool *)ctx = true;
}

struct write *unsettled_wait(struct apply *apply, struct span id, struct span name)
{
    bool over = false;
    writes_resume(apply->writes);
    struct write *w = find(apply, id, name);
    if (!w)
        return NULL;
    apply->settling = write_op(w);
    cli_say(apply->cli, "%s: write %lld of an earlier paddock is not settled; looking at it",
            *write_account_name(w) ? write_account_name(w) : write_account_id(w),
            (long long)write_op(w));
    loop_timer timer = loop_timer_start(apply->cli->loop, WAIT_MS, on_time, &over);
    while (w && !looked_enough(w) && !over) {
        loop_step(apply->cli->loop, -1);
        w = find(apply, id, name);
        if (w)
            apply->settling = write_op(w);
    }
    if (!over)
        loop_timer_stop(apply->cli->loop, timer);
    apply_wait_recorded(apply);
    return w;
}

enum exit_code unsettled_refuse(struct apply *apply, const struct write *open)
{
    struct error err = {0};
    error_set(&err, ST_UNKNOWN, "not sent: write %lld on this account is not settled (%s)",
              (long long)write_op(open), write_error(open)->what);
    if (write_kind(open) == JOURNAL_CREATE)
        error_next(&err, "look again later; the console's history releases it");
    else
        error_next(&err, "look again later; --release gives that write up and sends this one");
    return cli_fail(apply->cli, &err);
}

void unsettled_release(struct apply *apply, int64_t op)
{
    struct write *w;
    for (size_t at = 0; op && (w = writes_open_next(apply->writes, &at)) != NULL;) {
        if (write_op(w) != op)
            continue;
        write_release(w);
        return;
    }
}
