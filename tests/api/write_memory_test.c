/* write_memory_test.c: memory runs out at every allocation of a write, from the journal's opening
 * to its close (F28): the process ends by the one documented abort or goes on with a word, and what
 * is on disk and what was sent are as they would be had it been killed there: the journal whole,
 * nothing sent twice, nothing said that is not so.
 *
 * Ours, cJSON's and libcurl's allocations come through base/mem, whose malloc this program wraps
 * (--wrap); SQLite's through its own hook. Each failure has a process of its own.
 *
 * PADDOCK_MEMORY_STRIDE=N fails every Nth allocation; 1 is each. */
#include "tests/support/open_writes.h"
#include "tests/support/book_rig.h"

#include "base/vec.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { STRIDE = 53 }; /* what fits into `make test`; `make memory` fails each one */

/* ---- allocations -------------------------------------------------------------------------- */

static struct {
    bool armed, stays;
    unsigned long count, at;
} memory;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t bytes);

static bool fails(void)
{
    if (!memory.armed)
        return false;
    memory.count++;
    return memory.at && (memory.stays ? memory.count >= memory.at : memory.count == memory.at);
}

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : __real_malloc(bytes);
}
void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t bytes)
{
    return fails() ? NULL : __real_realloc(p, bytes);
}

static sqlite3_mem_methods sqlite_real;

static void *sqlite_malloc(int bytes)
{
    return fails() ? NULL : sqlite_real.xMalloc(bytes);
}
static void *sqlite_realloc(void *p, int bytes)
{
    return fails() ? NULL : sqlite_real.xRealloc(p, bytes);
}

/* ---- scenarios ---------------------------------------------------------------------------- */

static void one_write(struct book_rig *r, struct write *w)
{
    book_rig_run(r, &w, 1);
    write_close(w);
    loop_step(r->loop, 0);
}

static void update(struct book_rig *r)
{
    book_rig_writer(r, NULL);
    if (r->w.journal)
        one_write(r, book_rig_rps(r, 0, 81));
}
static void create(struct book_rig *r)
{
    book_rig_writer(r, NULL);
    if (r->w.journal)
        one_write(r, write_rig_create(&r->w, "made"));
}
static void delete (struct book_rig *r)
{
    book_rig_writer(r, NULL);
    if (r->w.journal)
        one_write(r, book_rig_delete(r, 1));
}
static void refused(struct book_rig *r)
{
    static const struct book_override o = {
        .status = 422,
        .exchange = 1,
        .body = "{\"detail\":[{\"loc\":[\"body\",\"rate_limit_policy\",\"requests_per_second\"],"
                "\"msg\":\"no\",\"type\":\"t\"}]}"};
    book_server_cut(r->server, NULL);
    book_server_override(r->server, &o);
    update(r);
}
static void unknown(struct book_rig *r)
{
    static const struct book_cut cut = {
        .where = CUT_REPLY, .after = 0, .commit = true, .exchange = 1};
    book_server_cut(r->server, &cut);
    update(r);
}
static void unknown_create(struct book_rig *r)
{
    static const struct book_cut cut = {
        .where = CUT_REPLY, .after = 0, .commit = true, .exchange = 0};
    book_server_cut(r->server, &cut);
    create(r);
}
static void four_at_once(struct book_rig *r)
{
    struct write *w[4];
    book_rig_writer(r, NULL);
    if (!r->w.journal)
        return;
    for (size_t i = 0; i < ARRAY_LEN(w); i++)
        w[i] = book_rig_rps(r, i, 90 + (int64_t)i);
    book_rig_run(r, w, ARRAY_LEN(w));
    for (size_t i = 0; i < ARRAY_LEN(w); i++)
        write_close(w[i]);
    loop_step(r->loop, 0);
}
/* What an earlier process left. */
static void taken_up(struct book_rig *r)
{
    book_rig_writer(r, NULL);
    if (r->w.journal && writes_resume(r->w.writes)) {
        struct write *w = open_write_at(r->w.writes, 0);
        write_listen(w, NULL, NULL);
        one_write(r, w);
    }
}

static const struct scenario {
    const char *name;
    void (*run)(struct book_rig *r);
    bool leave_one; /* an open write is there before */
} scenarios[] = {
    {"update", update, false},
    {"create", create, false},
    {"delete", delete, false},
    {"update refused", refused, false},
    {"update unknown", unknown, false},
    {"create unknown, searched for", unknown_create, false},
    {"four at once", four_at_once, false},
    {"an open write taken up", taken_up, true},
};

/* ---- one failure -------------------------------------------------------------------------- */

struct shared {
    struct book_rig rig;
    unsigned long count; /* allocations of a run that none failed */
};

static int set_up(void **state)
{
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *state = s;
    return s != MAP_FAILED && book_rig_begin(&s->rig, 6) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct shared *s = *state;
    book_rig_end(&s->rig);
    munmap(s, sizeof *s);
    return 0;
}

static int in_child(struct shared *s, const struct scenario *sc, unsigned long at, bool stays)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
        for (size_t i = 0; i < ARRAY_LEN(caught); i++) /* cmocka's */
            signal(caught[i], SIG_DFL);
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        memory.at = at;
        memory.stays = stays;
        memory.armed = true;
        sc->run(&s->rig);
        book_rig_writer_end(&s->rig);
        s->count = memory.count;
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    s->rig.open = false; /* what it opened was its own */
    memset(&s->rig.w, 0, sizeof s->rig.w);
    book_server_cut(s->rig.server, NULL);
    book_server_override(s->rig.server, NULL);
    return status;
}

static void on_entry(void *ctx, const struct journal_entry *e)
{
    static const char *const methods[] = {"POST", "PATCH", "DELETE"};
    const struct book_rig *r = ctx;
    bool did = book_did(&r->book, methods[e->kind], e->kind == JOURNAL_CREATE ? "" : e->account_id,
                        e->body ? e->body : "");
    if (e->outcome == JOURNAL_APPLIED)
        assert_true(did);
    if (e->outcome == JOURNAL_NOT_APPLIED)
        assert_false(did);
}

/* The next start, with memory again. */
static void look(struct shared *s)
{
    struct book_rig *r = &s->rig;
    struct error err;
    book_rig_writer(r, &err);
    assert_int_equal(err.status, ST_OK);
    assert_string_equal(journal_note(r->w.journal), "");
    assert_int_equal(r->book.twice, 0);
    assert_int_equal(journal_list(r->w.journal, "", "", false, 100, on_entry, r, &err), ST_OK);
    writes_resume(r->w.writes);
    for (struct write *w; (w = open_write_at(r->w.writes, 0)) != NULL;) {
        write_listen(w, NULL, NULL);
        book_rig_run(r, &w, 1);
        write_release(w);
        write_close(w);
        loop_step(r->loop, 0);
    }
    assert_int_equal(journal_list(r->w.journal, "", "", false, 100, on_entry, r, &err), ST_OK);
    assert_int_equal(r->book.twice, 0);
    book_rig_writer_end(r);
}

/* A fresh book and journal. */
static void again(struct shared *s, const struct scenario *sc)
{
    static unsigned number;
    char name[40];
    snprintf(name, sizeof name, "state%u/journal.db", number++);
    tmpdir_path(s->rig.dir, name, &s->rig.path);
    book_begin(&s->rig.book, 6, s->rig.manual.wall_ms - 86400000);
    if (sc->leave_one) { /* killed before the answer */
        static const struct book_cut never = {
            .where = CUT_REPLY, .after = 0, .commit = true, .exchange = 1, .stays = true};
        book_server_cut(s->rig.server, &never);
        book_rig_writer(&s->rig, NULL);
        struct write *w = book_rig_rps(&s->rig, 0, 81);
        for (int i = 0; i < 1000 && write_state(w) != WRITE_UNKNOWN; i++) {
            if (write_state(w) == WRITE_PREVIEW)
                write_confirm(w);
            book_rig_turn(&s->rig);
        }
        book_rig_writer_end(&s->rig);
        book_server_cut(s->rig.server, NULL);
    }
}

static void fail_everywhere(struct shared *s, const struct scenario *sc, unsigned long stride)
{
    unsigned long aborted = 0, went_on = 0, tried = 0;
    again(s, sc);
    assert_int_equal(in_child(s, sc, 0, false), 0);
    unsigned long count = s->count;
    assert_true(count > 100);
    look(s);
    for (int stays = 0; stays < 2; stays++)
        for (unsigned long at = 1 + (unsigned long)stays; at <= count; at += stride) {
            again(s, sc);
            int status = in_child(s, sc, at, stays);
            bool abort = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
            if (status != 0 && !abort)
                fail_msg("%s: allocation %lu: ended with status %#x", sc->name, at, status);
            aborted += abort;
            went_on += !abort;
            tried++;
            look(s);
        }
    print_message("  %-30s %5lu allocations, %5lu failed: %lu aborts, %lu went on\n", sc->name,
                  count, tried, aborted, went_on);
    assert_true(aborted > 0);
}

static void test_F28_memory_runs_out_anywhere(void **state)
{
    const char *wanted = getenv("PADDOCK_MEMORY_STRIDE");
    unsigned long stride = wanted && atol(wanted) > 0 ? (unsigned long)atol(wanted) : STRIDE;
    for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
        fail_everywhere(*state, &scenarios[i], stride);
    if (stride > 1)
        print_message("  every %luth allocation only\n", stride);
}

int main(void)
{
    struct error err;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_real);
    sqlite3_mem_methods ours = sqlite_real;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
    if (api_global_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_F28_memory_runs_out_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
