/* journal.c: what the journal costs a write in fsyncs: one at a time, and where intents share a
 * commit. Counted at the system call, so checkpoints would be in it, too; none falls due so soon.
 */
#include "bench.h"

#include "tests/support/fault_server.h"
#include "tests/support/disk.h"
#include "tests/support/tmpdir.h"
#include "tests/support/write_rig.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITES = 192, WIDE = 16, TURNS = 20000 };

struct shelf {
    int rps[WIDE]; /* of account pa_0, pa_1, ... */
};

static void shelf_json(int i, int rps, struct str *out)
{
    str_printf(out,
               "{\"provider_account_id\":\"pa_%d\",\"name\":\"n%d\","
               "\"rate_limit_policy\":{\"requests_per_second\":%d}}",
               i, i, rps);
}

static void answer(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    struct shelf *shelf = ctx;
    struct str body = STR_INIT;
    const char *id = strstr(request->target, "/pa_");
    int i = id ? atoi(id + 4) % WIDE : 0;
    const char *rps = strstr(request->body, "requests_per_second\":");
    if (strcmp(request->method, "PATCH") == 0 && rps)
        shelf->rps[i] = atoi(rps + strlen("requests_per_second\":"));
    shelf_json(i, shelf->rps[i], &body);
    reply->body_made = str_steal(&body);
}

static bool all_in(struct write **writes, int count, enum write_state state)
{
    for (int i = 0; i < count; i++)
        if (write_state(writes[i]) != state)
            return false;
    return true;
}

/* `wide` writes at once, all the way. */
static bool round_of(struct write_rig *rig, int wide, int rps)
{
    struct write *w[WIDE];
    for (int i = 0; i < wide; i++) {
        struct account base;
        struct str raw = STR_INIT;
        account_init(&base);
        shelf_json(i, rps - 1, &raw);
        account_decode(&base, span_from(&raw), NULL);
        w[i] = write_rig_rps(rig, &base, rps);
        account_finish(&base);
        str_finish(&raw);
    }
    for (int n = 0; n < TURNS && !all_in(w, wide, WRITE_PREVIEW); n++)
        loop_step(rig->loop, 20);
    for (int i = 0; i < wide; i++)
        write_confirm(w[i]);
    for (int n = 0; n < TURNS && !all_in(w, wide, WRITE_DONE); n++)
        loop_step(rig->loop, 20);
    loop_step(rig->loop, 0);
    bool good = true;
    for (int i = 0; i < wide; i++) {
        good = good && write_outcome(w[i]) == WRITE_APPLIED;
        write_close(w[i]);
    }
    return good;
}

static void measure(struct bench *b, enum figure figure, struct write_rig *rig, struct shelf *shelf,
                    int wide)
{
    unsigned long before = disk_syncs();
    bool good = true;
    int rps = 1;
    for (int i = 0; i < WIDE; i++)
        shelf->rps[i] = 1;
    for (int n = 0; n < WRITES && good; n += wide)
        good = round_of(rig, wide, ++rps);
    unsigned long count = disk_syncs() - before;
    if (good)
        bench_set(b, figure, (double)count / WRITES, "%lu in %d writes", count, WRITES);
    else
        bench_skip(b, figure, "a write was not applied");
}

void bench_journal(struct bench *b)
{
    struct shelf shelf = {{0}};
    struct str path = STR_INIT;
    struct error err;
    struct write_rig rig;
    struct tmpdir *dir = tmpdir_create();
    struct fault_server *server = fault_server_create();
    fault_handler(server, answer, &shelf);
    const struct write_rig_options options = {
        .url = fault_url(server), .journal = tmpdir_path(dir, "state/journal.db", &path)};
    if (write_rig_open(&rig, &options, &err)) {
        bench_skip(b, FIGURE_journal_fsyncs, err.what);
        bench_skip(b, FIGURE_journal_fsyncs_bulk, err.what);
    } else {
        measure(b, FIGURE_journal_fsyncs, &rig, &shelf, 1);
        measure(b, FIGURE_journal_fsyncs_bulk, &rig, &shelf, WIDE);
        write_rig_close(&rig);
    }
    fault_server_destroy(server);
    str_finish(&path);
    tmpdir_destroy(dir);
}
