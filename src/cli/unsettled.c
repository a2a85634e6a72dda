/* unsettled.c: see unsettled.h. */
#include "cli/unsettled.h"

#define WAIT_MS 30000 /* as long as the looks at 0, 2 and 10 s may take when the server is slow */
#define POLL_MS 250   /* the journal, for what another paddock looks after */

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

/* What is in the way now; whose paddock has ended is ours from here on. */
static struct unsettled look(struct apply *apply, struct span id, struct span name)
{
    struct unsettled open = {.ours = find(apply, id, name)};
    if (open.ours || !writes_elsewhere(apply->writes, id, name))
        return open;
    writes_resume(apply->writes);
    open.ours = find(apply, id, name);
    open.elsewhere = open.ours ? 0 : writes_elsewhere(apply->writes, id, name);
    return open;
}

static const char *word_of(const struct write *w)
{
    return *write_account_name(w) ? write_account_name(w) : write_account_id(w);
}

/* Each of the two is said once. */
static void say(struct apply *apply, const struct unsettled *open, struct unsettled *said)
{
    if (open->ours && !said->ours)
        cli_say(apply->cli, "%s: write %lld of an earlier paddock is not settled; looking at it",
                word_of(open->ours), (long long)write_op(open->ours));
    if (open->elsewhere && !said->elsewhere)
        cli_say(apply->cli,
                "write %lld on this account is not settled, and another paddock looks after it; "
                "waiting",
                (long long)open->elsewhere);
    if (open->ours)
        said->ours = open->ours;
    if (open->elsewhere)
        said->elsewhere = open->elsewhere;
}

static void wait_some(struct apply *apply, bool elsewhere)
{
    bool over = false;
    loop_timer timer = elsewhere ? loop_timer_start(apply->cli->loop, POLL_MS, on_time, &over) : 0;
    loop_step(apply->cli->loop, -1);
    if (elsewhere && !over)
        loop_timer_stop(apply->cli->loop, timer);
}

struct unsettled unsettled_wait(struct apply *apply, struct span id, struct span name)
{
    bool over = false;
    struct unsettled said = {NULL, 0}, open;
    writes_resume(apply->writes);
    open = look(apply, id, name);
    if (!open.ours && !open.elsewhere)
        return open;
    loop_timer timer = loop_timer_start(apply->cli->loop, WAIT_MS, on_time, &over);
    while (!over && (open.elsewhere || (open.ours && !looked_enough(open.ours)))) {
        say(apply, &open, &said);
        if (open.ours)
            apply->settling = write_op(open.ours);
        wait_some(apply, open.elsewhere != 0);
        open = look(apply, id, name);
    }
    if (!over)
        loop_timer_stop(apply->cli->loop, timer);
    apply_wait_recorded(apply);
    return open;
}

bool unsettled_may_release(const struct write *w)
{
    /* One that still arrives would be a second account. */
    return write_kind(w) != JOURNAL_CREATE || write_looks_unseen(w) >= WRITE_LOOKS_AGAIN;
}

enum exit_code unsettled_refuse(struct apply *apply, const struct unsettled *open)
{
    struct error err = {0};
    if (!open->ours) {
        error_set(
            &err, ST_UNKNOWN,
            "not sent: write %lld on this account is not settled; another paddock looks after "
            "it",
            (long long)open->elsewhere);
        error_next(&err, "settle or release it there (3 History, r), then run the command again");
        return cli_fail(apply->cli, &err);
    }
    error_set(&err, ST_UNKNOWN, "not sent: write %lld on this account is not settled (%s)",
              (long long)write_op(open->ours), write_error(open->ours)->what);
    if (write_kind(open->ours) == JOURNAL_CREATE)
        error_next(&err, unsettled_may_release(open->ours)
                             ? "look again later; --release gives that create up and sends this "
                               "one; should both arrive there are two accounts"
                             : "look again later; --release is not before three looks in a row "
                               "have not seen it");
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
