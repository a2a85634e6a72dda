/* app_store.c: see app_store.h. A file that was renamed aside is news: it is said after what stands
 * in the message line, and waits for a key. The journal's trouble is said at once, for it is the
 * one without which nothing is written. */
#include "tui/app_store.h"

#include "base/vec.h"
#include "tui/app_private.h"

#include <string.h>

/* What became of one file; both may be told, one after the other. */
struct fate {
    const char *note;          /* renamed aside; "" or NULL: it was not */
    const struct error *error; /* it cannot be used; NULL or ST_OK: it can */
};

static struct fate journal_fate(const struct session *s)
{
    return (struct fate){s->journal ? journal_note(s->journal) : "",
                         s->journal ? NULL : &s->journal_error};
}

static struct fate plans_fate(const struct session *s)
{
    return (struct fate){s->plans ? plans_note(s->plans) : "", s->plans ? NULL : &s->plans_error};
}

static struct fate drafts_fate(const struct session *s)
{
    return (struct fate){s->drafts ? drafts_note(s->drafts) : "",
                         s->drafts ? NULL : &s->drafts_error};
}

static struct fate alerts_fate(const struct session *s)
{
    const struct alerts *a = s->watching.alerts;
    return (struct fate){alerts_note(a), alerts_error(a)};
}

static struct fate history_fate(const struct session *s)
{
    const struct monitor *m = s->watching.monitor;
    return (struct fate){monitor_file_note(m), monitor_error(m)};
}

static struct fate snapshot_fate(const struct session *s)
{
    const struct keep_state *k = keep_state(s->keep);
    return (struct fate){k->note, &k->error};
}

static struct fate changes_fate(const struct session *s)
{
    const struct keep_state *k = keep_state(s->keep);
    return (struct fate){k->changes_note, &k->changes_error};
}

static const struct store {
    struct fate (*fate)(const struct session *s);
    enum message_kind kind; /* of its trouble */
    const char *without;    /* what is not done without it */
    bool for_writes;        /* offline nobody misses it */
} stores[] = {
    {journal_fate, MESSAGE_ERROR, "no write without a journal", true},
    {plans_fate, MESSAGE_WARNING, "no plan can be applied (single writes can)", true},
    {drafts_fate, MESSAGE_WARNING, "drafts are kept in memory only", true},
    {alerts_fate, MESSAGE_WARNING, "what is dismissed or muted is forgotten at the end", false},
    {history_fate, MESSAGE_WARNING, "no history is kept, forecasts will know less", false},
    {snapshot_fate, MESSAGE_WARNING, "the list is not kept for the next start", false},
    {changes_fate, MESSAGE_WARNING, "what changes between lists is not recorded", false},
};

/* The first time since it was told otherwise. */
static bool once(struct session *s, unsigned bit, bool now)
{
    bool told = s->stores_told >> bit & 1;
    s->stores_told = now ? s->stores_told | 1u << bit : s->stores_told & ~(1u << bit);
    return now && !told;
}

/* What follows the last colon: the cause, where the path goes before. */
static const char *cause_of(const struct error *err)
{
    const char *colon = strrchr(err->what, ':');
    return colon ? colon + 1 : err->what;
}

/* One line for all that one cause (a full disk, a directory that may not be written) puts out. */
struct troubles {
    struct str line;
    const struct error *first;
    enum message_kind kind;
};

static void add_trouble(struct troubles *t, const struct store *store, const struct error *err)
{
    bool same = t->first && strcmp(cause_of(t->first), cause_of(err)) == 0;
    str_printf(&t->line, "%s%s", t->line.len ? "; " : "", store->without);
    if (!same)
        str_printf(&t->line, ": %s", err->what);
    if (!t->first || store->kind > t->kind)
        t->kind = store->kind;
    t->first = t->first ? t->first : err;
}

void app_store_news(struct app *app)
{
    struct session *s = app->session;
    struct troubles all = {.line = STR_INIT};
    for (unsigned i = 0; i < ARRAY_LEN(stores); i++) {
        const struct store *store = &stores[i];
        if (store->for_writes && s->env.offline)
            continue;
        struct fate f = store->fate(s);
        bool ill = f.error && f.error->status != ST_OK && !journal_is_busy(f.error);
        bool aside = once(s, 2 * i + 1, f.note && f.note[0]);
        bool news = once(s, 2 * i, ill);
        if (aside) /* an error that comes with it is why it was bad */
            app_tell(app, TELL_FILE, MESSAGE_WARNING, "%s", f.note);
        else if (news)
            add_trouble(&all, store, f.error);
    }
    if (all.line.len && all.kind == MESSAGE_ERROR)
        app_message(app, all.kind, "%s", str_text(&all.line));
    else if (all.line.len)
        app_tell(app, TELL_FILE, all.kind, "%s", str_text(&all.line));
    str_finish(&all.line);
}
