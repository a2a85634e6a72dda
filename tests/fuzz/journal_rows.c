/* journal_rows.c: a sound journal whose rows hold anything: it is listed, and what is open in it is
 * taken up or let go, without a request that it does not stand for. The input is cut into texts at
 * its zero bytes. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "tests/unit/write/fake_api.h"

#include "fuzz.h"

#include "store/journal.h"
#include "tests/support/tmpdir.h"
#include "write/inverse.h"
#include "write/write.h"

#include <sqlite3.h>
#include <unistd.h>

int fsync(int fd)
{
    (void)fd;
    return 0;
}
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static struct world {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct journal *journal;
    sqlite3 *db;
} w;

static void world_end(void)
{
    sqlite3_close(w.db);
    journal_close(w.journal);
    tmpdir_destroy(w.dir);
    str_finish(&w.path);
}

static void world_begin(void)
{
    struct error err;
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    w.dir = tmpdir_create();
    w.manual.wall_ms = 1760968927000;
    tmpdir_path(w.dir, "state/journal.db", &w.path);
    HOLDS(journal_open(&w.journal, w.path.data, clock_from_manual(&w.manual), &err) == ST_OK);
    HOLDS(sqlite3_open(w.path.data, &w.db) == SQLITE_OK);
    atexit(world_end);
}

static void put_row(const uint8_t *bytes, size_t len)
{
    static const char *const kinds[] = {"create", "update", "delete", "what"};
    static const char *const outcomes[] = {"open", "unknown", "not_seen", "conflict"};
    sqlite3_stmt *st = NULL;
    struct span texts[6] = {{0}};
    size_t at = 2;
    for (int i = 0; i < 6; i++) {
        size_t end = at;
        while (end < len && bytes[end])
            end++;
        texts[i] = fuzz_span(bytes + (at < len ? at : 0), at < len ? end - at : 0);
        at = end < len ? end + 1 : len;
    }
    HOLDS(sqlite3_prepare_v2(w.db,
                             "INSERT INTO entry(origin, org, profile, account_id, account_name,"
                             " kind, outcome, intent_wall_ms, operator, reason, plan, note, base,"
                             " body, target, owner) VALUES('http://f','org_1','p',?1,?2,?3,?4,?5,"
                             "'op','','',?6,?7,?8,?9,'gone')",
                             -1, &st, NULL) == SQLITE_OK);
    sqlite3_bind_text(st, 3, kinds[bytes[0] % 4], -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, outcomes[bytes[1] % 4], -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, (int64_t)bytes[0] << 55);
    static const int columns[] = {7, 8, 1, 2, 6, 9};
    for (int i = 0; i < 6; i++)
        sqlite3_bind_text(st, columns[i], texts[i].p, (int)texts[i].len, SQLITE_STATIC);
    HOLDS(sqlite3_step(st) == SQLITE_DONE);
    sqlite3_finalize(st);
}

static void on_entry(void *ctx, const struct journal_entry *e)
{
    *(int64_t *)ctx = e->op;
}

static void take_up(void)
{
    static struct api api;
    struct error err;
    int64_t op = 0;
    struct loop *loop = loop_create(clock_from_manual(&w.manual));
    struct fleet *fleet = fleet_create();
    memset(&api, 0, sizeof api);
    api.clock = loop_clock(loop);
    const struct writes_env env = {.loop = loop,
                                   .api = &api,
                                   .fleet = fleet,
                                   .journal = w.journal,
                                   .profile = "p",
                                   .operator_name = "op",
                                   .origin = "http://f"};
    struct writes *writes = writes_create(&env);
    HOLDS(journal_list(w.journal, "", "", false, 10, on_entry, &op, &err) == ST_OK);
    size_t n = writes_resume(writes);
    HOLDS(n <= 1);
    for (int i = 0; i < 3; i++)
        loop_step(loop, 0);
    /* It is looked at, never sent. */
    HOLDS(fake_count(&api, ENDPOINT_CREATE) + fake_count(&api, ENDPOINT_UPDATE) +
              fake_count(&api, ENDPOINT_DELETE) ==
          0);
    writes_destroy(writes);
    fleet_destroy(fleet);
    loop_destroy(loop);
    fake_finish(&api);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (!w.dir)
        world_begin();
    if (len < 2 || len > 5000)
        return 0;
    HOLDS(sqlite3_exec(w.db, "DELETE FROM entry", NULL, NULL, NULL) == SQLITE_OK);
    put_row(bytes, len);
    take_up();
    return 0;
}
