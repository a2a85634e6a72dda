/* draft_sent.c: see draft_sent.h. Aside is a name of its own in the same file: the account's id, or
 * "new" and the write's number (there can be several creates), and a mark that no id has. */
#include "tui/draft_sent.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/who.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "\x1fsent"

/* The name of a form's draft, and the one it has aside. Both are to be freed. */
static void names_of(const struct write *w, struct str *home, struct str *aside)
{
    if (write_kind(w) == JOURNAL_CREATE) {
        str_add(home, DRAFT_NEW);
        str_printf(aside, DRAFT_NEW MARK "%" PRId64, write_op(w));
    } else {
        str_add(home, write_account_id(w));
        str_printf(aside, "%s" MARK, write_account_id(w));
    }
}

static void move(struct session *s, const char *from, const char *to)
{
    const struct draft_key key = {s->profile.origin, s->profile.org, from};
    struct error err;
    if (drafts_move(s->drafts, &key, to, &err))
        log_printf(s->env.log, "drafts: %s", err.what);
}

void draft_sent_begin(struct session *s, const struct write *w)
{
    struct str home = STR_INIT, aside = STR_INIT;
    if (!s->drafts)
        return;
    names_of(w, &home, &aside);
    move(s, str_text(&home), str_text(&aside));
    str_finish(&home);
    str_finish(&aside);
}

static bool there(struct session *s, const char *account)
{
    const struct draft_key key = {s->profile.origin, s->profile.org, account};
    struct draft draft = {0};
    bool found = drafts_load(s->drafts, &key, &draft, NULL) == ST_OK;
    draft_finish(&draft);
    return found;
}

/* A newer draft, begun meanwhile, is not overwritten: then the older one is dropped. */
static void give_back(struct session *s, const char *aside, const char *home)
{
    const struct draft_key key = {s->profile.origin, s->profile.org, aside};
    const struct draft_key own = {s->profile.origin, s->profile.org, home};
    if (!there(s, aside) || drafts_held(s->drafts, &own))
        return;
    if (there(s, home))
        drafts_drop(s->drafts, &key, NULL);
    else
        move(s, aside, home);
    drafts_claim(s->drafts, &own, false, NULL);
}

void draft_sent_settle(struct session *s, const struct write *w)
{
    static const bool is_there[] = {[WRITE_APPLIED] = true,
                                    [WRITE_DIFFERENT] = true,
                                    [WRITE_NO_CHANGE] = true,
                                    [WRITE_RELEASED] = false};
    struct str home = STR_INIT, aside = STR_INIT;
    enum write_outcome outcome = write_outcome(w);
    if (!s->drafts || write_state(w) != WRITE_DONE || !write_op(w))
        return;
    names_of(w, &home, &aside);
    const struct draft_key key = {s->profile.origin, s->profile.org, str_text(&aside)};
    if (outcome < ARRAY_LEN(is_there) && is_there[outcome])
        drafts_drop(s->drafts, &key, NULL);
    else
        give_back(s, str_text(&aside), str_text(&home));
    str_finish(&home);
    str_finish(&aside);
}

/* ---- what waits ---- */

struct waiting {
    struct session *s;
    size_t count;
    char *newest; /* owned */
};

static void count_draft(void *ctx, const char *account, int64_t saved_wall_ms)
{
    struct waiting *w = ctx;
    (void)saved_wall_ms;
    if (strstr(account, MARK))
        return;
    if (!w->count++)
        w->newest = mem_strdup(account);
}

void draft_waiting(struct session *s, struct str *out)
{
    struct waiting w = {.s = s};
    if (!s->drafts ||
        drafts_list(s->drafts, s->profile.origin, s->profile.org, count_draft, &w, NULL) ||
        !w.count) {
        mem_free(w.newest);
        return;
    }
    bool new = strcmp(w.newest, DRAFT_NEW) == 0;
    row_id row = new ? ROW_NONE : fleet_find(s->fleet, span_of(w.newest));
    str_add(out, "a draft of ");
    if (new)
        str_add(out, "a new account");
    else if (row != ROW_NONE)
        who_add(s->fleet, row, out);
    else
        str_add(out, w.newest);
    str_add(out, " waits; ");
    str_add(out, new ? "a goes on with it" : "e on it goes on");
    if (w.count > 1)
        str_printf(out, "; %zu more %s", w.count - 1, w.count == 2 ? "waits" : "wait");
    mem_free(w.newest);
}

/* ---- after a restart ---- */

struct asides {
    char **names; /* owned */
    size_t count, room;
};

static void collect(void *ctx, const char *account, int64_t saved_wall_ms)
{
    struct asides *a = ctx;
    (void)saved_wall_ms;
    if (!strstr(account, MARK))
        return;
    VEC_ROOM(a->names, a->count, a->room);
    a->names[a->count++] = mem_strdup(account);
}

/* The write is another paddock's, and what becomes of it is its word: it gives the draft back. */
static bool is_elsewhere(struct session *s, const char *aside, const char *home)
{
    struct journal_entry entry;
    if (strcmp(home, DRAFT_NEW) != 0)
        return writes_elsewhere(s->writes, span_of(home), span_of("")) != 0;
    int64_t op = strtoll(strstr(aside, MARK) + strlen(MARK), NULL, 10);
    if (!s->journal || journal_get(s->journal, op, &entry, NULL) != ST_OK)
        return false;
    bool open = !journal_settled(entry.outcome);
    journal_entry_finish(&entry);
    return open;
}

static bool open_write_has(struct session *s, const char *aside)
{
    bool found = false;
    const struct write *w;
    for (size_t at = 0; !found && (w = writes_open_next(s->writes, &at)) != NULL;) {
        struct str home = STR_INIT, its = STR_INIT;
        names_of(w, &home, &its);
        found = strcmp(str_text(&its), aside) == 0;
        str_finish(&home);
        str_finish(&its);
    }
    return found;
}

void draft_sent_recover(struct session *s)
{
    struct asides asides = {NULL, 0, 0};
    if (!s->drafts)
        return;
    drafts_list(s->drafts, s->profile.origin, s->profile.org, collect, &asides, NULL);
    for (size_t i = 0; i < asides.count; i++) {
        char *home = mem_strdup(asides.names[i]);
        *strstr(home, MARK) = '\0';
        if (!open_write_has(s, asides.names[i]) && !is_elsewhere(s, asides.names[i], home))
            give_back(s, asides.names[i], home);
        mem_free(home);
        mem_free(asides.names[i]);
    }
    mem_free(asides.names);
}
