/* kill_test.c: a process that writes is killed with SIGKILL at any moment, a thousand times (F29):
 * no file is corrupt, no entry that was acknowledged is lost, nothing is sent twice by the next
 * start, and what was open is taken up as unknown and settled by looking.
 *
 * The server is a process of its own that no kill touches; its book lies in shared memory. So does
 * the notebook of the writer, which notes what the journal has acknowledged to it: an intent before
 * it is sent, an outcome after its commit. The writer is forked, not executed, and dies at a moment
 * chosen by chance; the parent then looks at a copy of the journal's files, so that the next writer
 * meets them as the kill left them. Then the same is done to the real `paddock set`.
 *
 * PADDOCK_KILLS=N and PADDOCK_KILLS_SET=N: how many of each. */
#include "tests/support/book_server.h"
#include "tests/support/child_env.h"
#include "tests/support/files.h"
#include "tests/support/open_writes.h"
#include "tests/support/stretch.h"
#include "tests/support/tmpdir.h"
#include "tests/support/write_rig.h"

#include "base/mem.h"
#include "base/vec.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    KILLS = 1000,
    KILLS_SET = 60,
    PER_JOURNAL = 50, /* kills before a new file is begun: the copies stay small */
    NOTES = 4096,     /* entries of one journal */
    ACCOUNTS = 8,
    WIDE = 4,
    WAIT_SECONDS = 30,
};

/* What the journal has acknowledged, by the entry's number. */
struct note {
    bool intent;
    int outcome; /* enum journal_outcome + 1; 0: none */
};

struct notebook {
    struct note of[NOTES];
    atomic_int ready;    /* the writer has taken up what was open, and goes on writing */
    atomic_uint resumed; /* how many it took up */
    int64_t number;      /* makes each write another one */
    char url[64];        /* of the server */
};

struct tally {
    unsigned long kills, early, entries, open, settled_applied, settled_not_seen, settled_else;
    unsigned long corrupt, lost, untrue, not_taken_up;
    unsigned long no_file; /* kills before there was a journal */
};

struct fixture {
    struct tmpdir *dir;
    struct str path, copy;
    struct book *book;
    struct notebook *notes;
    const char *origin; /* the journal's key (borrowed) */
    pid_t server;
    unsigned journals;
    uint64_t random;
    struct tally tally;
};

static uint64_t chance(struct fixture *fx, uint64_t below)
{
    fx->random = fx->random * 6364136223846793005u + 1442695040888963407u;
    return (fx->random >> 33) % below;
}

static void sleep_us(uint64_t us)
{
    struct timespec ts = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    nanosleep(&ts, NULL);
}

/* ---- the server --------------------------------------------------------------------------- */

static void serve(struct fixture *fx)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct loop *loop = loop_create(clock_system());
    struct book_server *s = book_server_create(loop, fx->book);
    if (!s)
        _exit(1);
    book_server_latency(s, 1);
    snprintf(fx->notes->url, sizeof fx->notes->url, "%s", book_server_url(s));
    atomic_store(&fx->notes->ready, 1);
    loop_run(loop);
    _exit(0);
}

static int64_t wall_ms(void)
{
    struct clock clock = clock_system();
    return clock_wall(&clock);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.random = 20261020;
    fx.origin = "http://kills";
    fx.dir = tmpdir_create();
    fx.book = book_shared();
    fx.notes =
        mmap(NULL, sizeof *fx.notes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!fx.dir || !fx.book || fx.notes == MAP_FAILED)
        return -1;
    book_begin(fx.book, ACCOUNTS, wall_ms() - 86400000);
    fflush(NULL);
    fx.server = fork();
    if (fx.server == 0)
        serve(&fx);
    for (int i = 0; i < WAIT_SECONDS * 1000 && !atomic_load(&fx.notes->ready); i++)
        sleep_us(1000);
    *state = &fx;
    return fx.notes->url[0] ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    kill(fx->server, SIGKILL);
    waitpid(fx->server, NULL, 0);
    munmap(fx->notes, sizeof *fx->notes);
    book_shared_free(fx->book);
    str_finish(&fx->path);
    str_finish(&fx->copy);
    tmpdir_destroy(fx->dir);
    return 0;
}

/* ---- the writer, which will be killed ----------------------------------------------------- */

static const int acknowledged[] = {
    [WRITE_APPLIED] = JOURNAL_APPLIED,         [WRITE_DIFFERENT] = JOURNAL_DIFFERENT,
    [WRITE_NOT_APPLIED] = JOURNAL_NOT_APPLIED, [WRITE_RELEASED] = JOURNAL_RELEASED,
    [WRITE_CONFLICTING] = JOURNAL_CONFLICT,    [WRITE_NOT_SEEN] = JOURNAL_NOT_SEEN,
};

static void on_change(void *ctx, struct write *w)
{
    struct fixture *fx = ctx;
    int64_t op = write_op(w);
    /* SENT follows the commit of the intent in the same turn. */
    if (write_state(w) == WRITE_SENT && op > 0 && op < NOTES)
        fx->notes->of[op].intent = true;
}

static void note_outcome(struct fixture *fx, const struct write *w)
{
    int64_t op = write_op(w);
    if (op > 0 && op < NOTES && write_state(w) == WRITE_DONE &&
        write_outcome(w) != WRITE_NO_CHANGE && write_outcome(w) != WRITE_CANCELLED)
        fx->notes->of[op].outcome = acknowledged[write_outcome(w)] + 1;
}

/* What an earlier writer left: looked at, and given up when the server has not seen it. */
static void take_up(struct fixture *fx, struct write_rig *rig)
{
    struct write *open[NOTES / 16];
    size_t n = writes_resume(rig->writes);
    if (n > ARRAY_LEN(open))
        _exit(3);
    for (size_t i = 0; i < n; i++) {
        open[i] = open_write_at(rig->writes, i);
        write_listen(open[i], NULL, NULL);
    }
    atomic_store(&fx->notes->resumed, (unsigned)n + 1);
    for (size_t i = 0; i < n; i++) {
        while (write_state(open[i]) != WRITE_DONE && write_outcome(open[i]) == WRITE_NONE &&
               write_candidates(open[i], NULL, 0) == 0)
            loop_step(rig->loop, 20);
        write_release(open[i]);
    }
    loop_step(rig->loop, 0);
    for (size_t i = 0; i < n; i++) {
        note_outcome(fx, open[i]);
        write_close(open[i]);
    }
}

static struct write *start_one(struct fixture *fx, struct write_rig *rig, size_t i)
{
    int64_t number = ++fx->notes->number;
    char name[40];
    snprintf(name, sizeof name, "made-%lld", (long long)number);
    if (number % 7 == 0)
        return write_rig_create(rig, name);
    struct account base;
    account_init(&base);
    /* Past the first ones there may be an account that was created: it goes. */
    size_t at = number % 7 == 3 && fx->book->count > ACCOUNTS ? fx->book->count - 1 : i;
    struct write *w = NULL;
    if (fx->book->accounts[at].there &&
        account_decode(&base, span_of(fx->book->accounts[at].text), NULL) == ST_OK)
        w = at == i ? write_rig_rps(rig, &base, 100 + number) : write_rig_delete(rig, &base);
    account_finish(&base);
    return w;
}

static bool moves(struct write *w)
{
    return w && write_state(w) != WRITE_DONE && write_state(w) != WRITE_CONFLICT &&
           !(write_state(w) == WRITE_UNKNOWN && write_outcome(w) != WRITE_NONE);
}

static void write_some(struct fixture *fx, struct write_rig *rig, size_t wide)
{
    struct write *w[WIDE];
    bool busy = true;
    for (size_t i = 0; i < wide; i++) {
        w[i] = start_one(fx, rig, (i + (size_t)fx->notes->number) % ACCOUNTS);
        if (w[i])
            write_listen(w[i], on_change, fx);
    }
    while (busy) {
        busy = false;
        for (size_t i = 0; i < wide; i++) {
            if (w[i] && write_state(w[i]) == WRITE_PREVIEW)
                write_confirm(w[i]);
            busy = busy || moves(w[i]);
        }
        loop_step(rig->loop, busy ? 20 : 0);
    }
    for (size_t i = 0; i < wide; i++) {
        if (!w[i])
            continue;
        note_outcome(fx, w[i]);
        write_close(w[i]);
    }
}

/* rounds 0: until it is killed. */
static void writer(struct fixture *fx, unsigned rounds)
{
    struct write_rig rig;
    struct error err;
    const struct write_rig_options options = {
        .url = fx->notes->url, .journal = str_text(&fx->path), .origin = fx->origin};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (write_rig_open(&rig, &options, &err)) {
        fprintf(stderr, "the writer cannot begin: %s\n", err.what);
        _exit(4);
    }
    if (journal_note(rig.journal)[0]) {
        fprintf(stderr, "the writer was told: %s\n", journal_note(rig.journal));
        _exit(5);
    }
    take_up(fx, &rig);
    atomic_store(&fx->notes->ready, 1);
    for (unsigned i = 1; i != rounds; i++)
        write_some(fx, &rig, 1 + (size_t)i % WIDE);
    write_rig_close(&rig);
    _exit(0);
}

/* ---- looking at what the kill left -------------------------------------------------------- */

static bool copy_file(const char *from, const char *to)
{
    struct str bytes = STR_INIT;
    bool there = file_read(from, &bytes);
    if (there)
        there = file_write(to, str_text(&bytes), bytes.len, 0600);
    str_finish(&bytes);
    return there;
}

static void copy_suffixed(struct fixture *fx, const char *to_base)
{
    /* The shared-memory index is not the file's, and is made anew by whoever opens it first. A
       rollback journal is there while a new file is turned to WAL. */
    static const char *const suffixes[] = {"", "-journal", "-wal"};
    struct str from = STR_INIT, to = STR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        str_clear(&from);
        str_clear(&to);
        str_printf(&from, "%s%s", fx->path.data, suffixes[i]);
        str_printf(&to, "%s%s", to_base, suffixes[i]);
        if (!file_exists(from.data))
            unlink(to.data);
        else if (!copy_file(from.data, to.data))
            fail_msg("%s cannot be copied", from.data);
    }
    str_finish(&from);
    str_finish(&to);
}

/* All that is the journal's. The copy is of one moment: whoever had the files open has been waited
 * for, and nobody else opens them. */
static void copy_journal(struct fixture *fx)
{
    struct str shm = STR_INIT;
    tmpdir_path(fx->dir, "copy.db", &fx->copy);
    str_printf(&shm, "%s-shm", fx->copy.data);
    unlink(shm.data);
    copy_suffixed(fx, fx->copy.data);
    str_finish(&shm);
}

/* Says what is wrong with a corrupt copy, and keeps the files as the kill left them, in the build
 * folder's evidence/. The original has not been touched since. */
static void keep_evidence(struct fixture *fx, const char *said)
{
    struct str dir = STR_INIT, path = STR_INIT;
    build_dir(&dir);
    str_add(&dir, "/evidence");
    mkdir(dir.data, 0700);
    str_printf(&path, "%s/journal-%ld-%lu.db", dir.data, (long)getpid(), fx->tally.kills);
    copy_suffixed(fx, path.data);
    print_message("kill %lu left a journal that is not whole: %s; kept as %s\n", fx->tally.kills,
                  said, path.data);
    str_finish(&dir);
    str_finish(&path);
}

static const char *column(sqlite3_stmt *st, int i)
{
    const char *text = (const char *)sqlite3_column_text(st, i);
    return text ? text : "";
}

static bool is_open(const char *outcome)
{
    return strcmp(outcome, "open") == 0 || strcmp(outcome, "unknown") == 0 ||
           strcmp(outcome, "not_seen") == 0 || strcmp(outcome, "conflict") == 0;
}

/* "applied" was done by the server, and "not applied" was not. */
static bool is_true(const struct fixture *fx, sqlite3_stmt *st)
{
    static const char *const methods[][2] = {
        {"create", "POST"}, {"update", "PATCH"}, {"delete", "DELETE"}};
    const char *outcome = column(st, 2), *method = "";
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (strcmp(methods[i][0], column(st, 1)) == 0)
            method = methods[i][1];
    bool did =
        book_did(fx->book, method, strcmp(method, "POST") == 0 ? "" : column(st, 3), column(st, 4));
    return strcmp(outcome, "applied") == 0 ? did : strcmp(outcome, "not_applied") != 0 || !did;
}

/* integrity_check of the copy; what it says otherwise is told, and the files are kept. */
static bool is_whole(struct fixture *fx, sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    struct str said = STR_INIT;
    int rc = db ? sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL) : SQLITE_NOMEM;
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW)
        str_printf(&said, "%s%s", said.len ? "; " : "", column(st, 0));
    if (rc != SQLITE_DONE)
        str_printf(&said, "%s%s", said.len ? "; " : "", db ? sqlite3_errmsg(db) : "not opened");
    bool whole = strcmp(str_text(&said), "ok") == 0;
    if (!whole)
        keep_evidence(fx, str_text(&said));
    sqlite3_finalize(st);
    str_finish(&said);
    return whole;
}

/* Reads every entry of the copy; how many are open. A writer that was killed before it made the
 * file left nothing that could be corrupt; what it had been told by then is counted as lost. */
static unsigned look(struct fixture *fx, bool *whole)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    unsigned open = 0;
    static bool here[NOTES];
    memset(here, 0, sizeof here);
    copy_journal(fx);
    bool there = file_exists(fx->copy.data);
    fx->tally.no_file += !there;
    if (there)
        sqlite3_open_v2(fx->copy.data, &db, SQLITE_OPEN_READWRITE, NULL);
    *whole = !there || is_whole(fx, db);
    /* Killed before the schema was made: there is nothing yet. */
    if (db)
        sqlite3_prepare_v2(db, "SELECT op, kind, outcome, account_id, body, note FROM entry", -1,
                           &st, NULL);
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        int64_t op = sqlite3_column_int64(st, 0);
        assert_in_range(op, 1, NOTES - 1);
        const struct note *note = &fx->notes->of[op];
        here[op] = true;
        if (!is_true(fx, st)) {
            fx->tally.untrue++;
            print_message("entry %lld, %s of %s, is called %s: %s (%s)\n", (long long)op,
                          column(st, 1), column(st, 3), column(st, 2), column(st, 5),
                          column(st, 4));
        }
        bool still_open = is_open(column(st, 2));
        open += still_open;
        if (note->outcome &&
            strcmp(column(st, 2), journal_outcome_name((enum journal_outcome)(note->outcome - 1))))
            fx->tally.lost++;
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    for (size_t i = 0; i < NOTES; i++)
        fx->tally.lost += (fx->notes->of[i].intent || fx->notes->of[i].outcome) && !here[i];
    return open;
}

static void check(const struct fixture *fx)
{
    const struct tally *t = &fx->tally;
    if (t->corrupt || t->lost || t->untrue || t->not_taken_up || fx->book->twice)
        fail_msg("after %lu kills: %lu corrupt, %lu lost, %lu untrue, %lu not taken up, %lu twice",
                 t->kills, t->corrupt, t->lost, t->untrue, t->not_taken_up,
                 (unsigned long)fx->book->twice);
}

static void begin_journal(struct fixture *fx)
{
    char name[40];
    snprintf(name, sizeof name, "state%u/journal.db", fx->journals++);
    tmpdir_path(fx->dir, name, &fx->path);
    memset(fx->notes->of, 0, sizeof fx->notes->of);
}

static pid_t start_writer(struct fixture *fx, unsigned rounds)
{
    atomic_store(&fx->notes->ready, 0);
    atomic_store(&fx->notes->resumed, 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        writer(fx, rounds);
    return pid;
}

/* One in eight dies while it begins, now and then before it has made its journal. */
static void kill_writer(struct fixture *fx, pid_t pid)
{
    int status = 0;
    bool early = chance(fx, 8) == 0;
    for (int i = 0; !early && i < WAIT_SECONDS * 10000 && !atomic_load(&fx->notes->ready); i++) {
        sleep_us(100);
        if (i % 100 == 0 && waitpid(pid, &status, WNOHANG) == pid)
            fail_msg("the writer ended by itself: %d", status);
    }
    sleep_us(chance(fx, early ? 3000 : 10000) * STRETCH);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFSIGNALED(status))
        fail_msg("the writer ended by itself: %d", status);
    fx->tally.kills++;
    fx->tally.early += early;
}

static void count_settled(struct fixture *fx)
{
    const struct notebook *n = fx->notes;
    for (size_t i = 0; i < NOTES; i++) {
        fx->tally.entries += n->of[i].intent;
        fx->tally.settled_applied += n->of[i].outcome == JOURNAL_APPLIED + 1;
        fx->tally.settled_not_seen += n->of[i].outcome == JOURNAL_RELEASED + 1;
    }
}

/* Kills `kills` writers on one journal; the last one may live, and settles all. */
static void one_journal(struct fixture *fx, unsigned kills)
{
    unsigned open = 0;
    bool whole;
    int status;
    begin_journal(fx);
    for (unsigned i = 0; i < kills; i++) {
        kill_writer(fx, start_writer(fx, 0));
        unsigned resumed = atomic_load(&fx->notes->resumed);
        fx->tally.not_taken_up += resumed > 0 && resumed - 1 != open;
        open = look(fx, &whole);
        fx->tally.open += open;
        fx->tally.corrupt += !whole;
        check(fx);
    }
    pid_t last = start_writer(fx, 1);
    assert_int_equal(waitpid(last, &status, 0), last);
    assert_int_equal(status, 0);
    assert_int_equal(look(fx, &whole), 0);
    fx->tally.corrupt += !whole;
    count_settled(fx);
    check(fx);
}

static void test_F29_a_thousand_kills(void **state)
{
    struct fixture *fx = *state;
    const char *wanted = getenv("PADDOCK_KILLS");
    unsigned kills = wanted && atol(wanted) > 0 ? (unsigned)atol(wanted) : KILLS;
    for (unsigned done = 0; done < kills; done += PER_JOURNAL)
        one_journal(fx, kills - done < PER_JOURNAL ? kills - done : PER_JOURNAL);
    const struct tally *t = &fx->tally;
    print_message(
        "%lu kills, %lu of them at the start, %lu before there was a file; %lu entries, %lu writes "
        "sent, %lu found open; settled: %lu applied, %lu not seen\n",
        t->kills, t->early, t->no_file, t->entries, (unsigned long)fx->book->writes, t->open,
        t->settled_applied, t->settled_not_seen);
    print_message("corrupt %lu, lost %lu, untrue %lu, not taken up %lu, sent twice %lu\n",
                  t->corrupt, t->lost, t->untrue, t->not_taken_up, (unsigned long)fx->book->twice);
    /* The proof would be empty if the kills never met a write under way. */
    assert_true(t->open > t->kills / 10 && t->settled_applied > 0 && t->settled_not_seen > 0);
}

/* ---- paddock set -------------------------------------------------------------------------- */

static int64_t mono_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* paddock set pa_N rate.rps=VALUE --yes, in the test's own home. */
static pid_t start_set(struct fixture *fx, const struct child_env *env, unsigned value)
{
    char id[24], pair[32];
    struct str program = STR_INIT;
    snprintf(id, sizeof id, "pa_%u", value % ACCOUNTS);
    snprintf(pair, sizeof pair, "rate.rps=%u", value);
    build_dir(&program);
    str_add(&program, "/paddock");
    char *argv[] = {program.data, (char[]){"set"}, id, pair, (char[]){"--yes"}, NULL};
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child_signals_default();
        if (!freopen("/dev/null", "w", stderr))
            _exit(126);
        execve(program.data, argv, env->items);
        _exit(127);
    }
    str_finish(&program);
    assert_true(pid > 0);
    (void)fx;
    return pid;
}

static void set_environment(struct fixture *fx, struct child_env *env)
{
    struct str url = STR_INIT;
    str_printf(&url, "PADDOCK_URL=%s", fx->notes->url);
    const char *const more[] = {url.data, "PADDOCK_ORG=org_demo", "PADDOCK_TOKEN=token-1", NULL};
    const char **all = tmpdir_env_with(fx->dir, more);
    child_env_build(env, all);
    mem_free(all);
    str_finish(&url);
}

/* Kills one set somewhere in its life; one that was faster has to have done what it says. */
static bool kill_set(struct fixture *fx, const struct child_env *env, unsigned value, int64_t life)
{
    char id[24];
    int status;
    pid_t pid = start_set(fx, env, value);
    sleep_us(chance(fx, (uint64_t)life));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return true;
    assert_int_equal(WEXITSTATUS(status), 0);
    snprintf(id, sizeof id, "pa_%u", value % ACCOUNTS);
    assert_int_equal(book_rps(fx->book, id), value);
    return false;
}

/* Whether the copy has this value as applied. */
static bool has_applied(struct fixture *fx, unsigned value)
{
    char like[64];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    snprintf(like, sizeof like, "%%\"requests_per_second\":%u}%%", value);
    sqlite3_open_v2(fx->copy.data, &db, SQLITE_OPEN_READWRITE, NULL);
    sqlite3_prepare_v2(db, "SELECT 1 FROM entry WHERE body LIKE ?1 AND outcome='applied'", -1, &st,
                       NULL);
    sqlite3_bind_text(st, 1, like, -1, SQLITE_STATIC);
    bool has = sqlite3_step(st) == SQLITE_ROW;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return has;
}

static void test_F29_paddock_set_is_killed(void **state)
{
    struct fixture *fx = *state;
    const char *wanted = getenv("PADDOCK_KILLS_SET");
    unsigned kills = wanted && atol(wanted) > 0 ? (unsigned)atol(wanted) : KILLS_SET, value = 100;
    struct child_env env;
    bool whole;
    int status;
    set_environment(fx, &env);
    tmpdir_path(fx->dir, "home/state/paddock/journal.db", &fx->path);
    int64_t life = mono_us();
    pid_t pid = start_set(fx, &env, value++); /* lives: how long it takes */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    life = mono_us() - life;
    assert_int_equal(status, 0);
    assert_int_equal(look(fx, &whole), 0);
    assert_true(whole);
    unsigned open = 0, ended = 0, met = 0;
    /* Values stay below ten times what was there, which would be asked about. */
    for (unsigned i = 0; i < kills || (!met && i < 20 * kills);
         i++, value = value == 790 ? 100 : value + 1) {
        bool killed = kill_set(fx, &env, value, life);
        ended += !killed;
        /* The first run was cold or the machine busy: follow what a life takes now, so that about
           as many are killed as are faster, and some of them with a write on its way. */
        life += killed ? life / 8 : -life / 8;
        open = look(fx, &whole);
        met += open > 0;
        fx->tally.lost += !killed && !has_applied(fx, value);
        fx->tally.kills++;
        fx->tally.corrupt += !whole;
        check(fx);
    }
    fx->origin = fx->notes->url;
    pid = start_writer(fx, 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(atomic_load(&fx->notes->resumed), open + 1);
    assert_int_equal(look(fx, &whole), 0);
    check(fx);
    print_message(
        "paddock set: %u killed, %u were faster; %u writes sent, %u left open and settled\n",
        (unsigned)fx->tally.kills - ended, ended, (unsigned)fx->book->writes, open);
    assert_true(met > 0);
    child_env_finish(&env);
}

int main(void)
{
    struct error err;
    if (api_global_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_F29_a_thousand_kills, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_F29_paddock_set_is_killed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
