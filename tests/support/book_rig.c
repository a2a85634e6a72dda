/* book_rig.c: see book_rig.h. */
#include "book_rig.h"

#include <stdio.h>
#include <string.h>

enum { TURNS_MAX = 5000, ADVANCE_MS = 50 };

bool book_rig_begin(struct book_rig *r, size_t accounts)
{
    memset(r, 0, sizeof *r);
    r->dir = tmpdir_create();
    if (!r->dir)
        return false;
    tmpdir_path(r->dir, "state/journal.db", &r->path);
    r->manual.mono_ms = 1000000;
    r->manual.wall_ms = 1760968927000;
    book_begin(&r->book, accounts, r->manual.wall_ms - 86400000);
    r->loop = loop_create(clock_from_manual(&r->manual));
    r->server = book_server_create(r->loop, &r->book);
    return r->server != NULL;
}

void book_rig_end(struct book_rig *r)
{
    book_rig_writer_end(r);
    book_server_destroy(r->server);
    loop_destroy(r->loop);
    str_finish(&r->path);
    tmpdir_destroy(r->dir);
}

void book_rig_writer(struct book_rig *r, struct error *no_journal)
{
    struct error err;
    const struct api_settings settings = {.url = book_server_url(r->server), .org = "org_demo"};
    no_journal = no_journal ? no_journal : &err;
    error_clear(no_journal);
    r->w = (struct write_rig){.loop = r->loop, .fleet = fleet_create()};
    r->w.api = api_create(r->loop, &settings, NULL, &err);
    api_set_token(r->w.api, secret_create("token-1", 7), &err);
    if (journal_open(&r->w.journal, r->path.data, clock_from_manual(&r->manual), no_journal))
        r->w.journal = NULL;
    const struct writes_env env = {.loop = r->loop,
                                   .api = r->w.api,
                                   .fleet = r->w.fleet,
                                   .journal = r->w.journal,
                                   .no_journal = r->w.journal ? NULL : no_journal->what,
                                   .profile = "test",
                                   .operator_name = "op@host",
                                   .origin = "http://book"};
    r->w.writes = writes_create(&env);
    for (size_t i = 0; i < r->book.count; i++)
        if (r->book.accounts[i].there)
            fleet_put(r->w.fleet, span_of(r->book.accounts[i].text), r->manual.mono_ms, NULL);
    r->open = true;
}

void book_rig_writer_end(struct book_rig *r)
{
    if (!r->open)
        return;
    writes_destroy(r->w.writes);
    api_destroy(r->w.api);
    journal_close(r->w.journal);
    fleet_destroy(r->w.fleet);
    r->open = false;
}

void book_rig_turn(struct book_rig *r)
{
    struct api_stats stats;
    api_stats(r->w.api, &stats);
    loop_step(r->loop, stats.in_flight ? 20 : 0);
    api_stats(r->w.api, &stats);
    if (stats.in_flight == 0) {
        r->manual.mono_ms += ADVANCE_MS;
        r->manual.wall_ms += ADVANCE_MS;
    }
}

static bool rests(const struct write *w)
{
    return write_state(w) == WRITE_DONE || write_state(w) == WRITE_CONFLICT ||
           (write_state(w) == WRITE_UNKNOWN && write_outcome(w) != WRITE_NONE);
}

void book_rig_run(struct book_rig *r, struct write *const *writes, size_t count)
{
    bool busy = true, agreed[64] = {false};
    for (int turn = 0; busy && turn < TURNS_MAX; turn++) {
        busy = false;
        for (size_t i = 0; i < count; i++) {
            if (write_state(writes[i]) == WRITE_PREVIEW && !agreed[i % 64]) {
                agreed[i % 64] = true;
                write_confirm(writes[i]);
            }
            busy = busy || !rests(writes[i]);
        }
        if (busy)
            book_rig_turn(r);
    }
    loop_step(r->loop, 0); /* the outcomes' commit */
}

static void base_of(struct book_rig *r, size_t i, struct account *base)
{
    account_init(base);
    account_decode(base, span_of(r->book.accounts[i].text), NULL);
}

struct write *book_rig_rps(struct book_rig *r, size_t i, int64_t rps)
{
    struct account base;
    base_of(r, i, &base);
    struct write *w = write_rig_rps(&r->w, &base, rps);
    account_finish(&base);
    return w;
}

struct write *book_rig_delete(struct book_rig *r, size_t i)
{
    struct account base;
    base_of(r, i, &base);
    struct write *w = write_rig_delete(&r->w, &base);
    account_finish(&base);
    return w;
}
