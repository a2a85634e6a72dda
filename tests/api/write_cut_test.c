/* write_cut_test.c: whatever byte an exchange of a write is cut at, nothing is sent twice, and what
 * is said of it is true (F01, F02, F12, F14, F15).
 *
 * One thread plays both ends of real sockets on a clock that it moves itself: the client with its
 * journal, and a server that cuts one exchange of the write after a given byte of its request or of
 * its reply, by FIN or by RST, having done the write or not. After that the server is well. Each
 * cut is a write of its own; when it has come to its end the server's book is asked what is true.
 *
 * PADDOCK_CUT_STRIDE=N makes every Nth cut only, and says so. PADDOCK_CUT_WHOLE=1 gives the
 * accounts every field of the API, which makes all that is cut longer (`make cuts`). */
#include "tests/support/book_server.h"
#include "tests/support/tmpdir.h"
#include "tests/support/write_rig.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TURNS_MAX = 3000, ADVANCE_MS = 50, JOURNAL_OPS = 2000, RPS_BEFORE = 80 };

/* The journal's promises to a disk are proven elsewhere; here they only cost. */
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

/* A write and how the server means to answer it. Exchanges count from 0: an UPDATE or DELETE reads,
 * writes, reads; a CREATE writes and reads. Cut are those from `first` to `last`; of the first only
 * the reply when replies_only: its request is that of another play. */
struct play {
    const char *name;
    enum journal_kind kind;
    struct book_override answer;
    uint64_t first, last;
    bool replies_only, stays;
};

#define JSON_ERROR(code, word)                                                                     \
    "{\"error\":\"" word "\",\"message\":\"no\",\"details\":{},\"status_code\":" #code "}"
#define JSON_422                                                                                   \
    "{\"detail\":[{\"type\":\"greater_than_equal\",\"loc\":[\"body\",\"rate_limit_policy\","       \
    "\"requests_per_second\"],\"msg\":\"Input should be greater\",\"input\":0}]}"
#define HTML "<html><body>bad gateway</body></html>"

/* clang-format off */
#define OWN                                         {0, NULL, NULL, 0, false, BOOK_LENGTH}
#define FRAMED(exchange, framing)                   {0, NULL, NULL, exchange, false, framing}
#define ANSWER(status, headers, body, exchange, commit) {status, headers, body, exchange, commit, BOOK_LENGTH}

static const struct play plays[] = {
    {"update",                     JOURNAL_UPDATE, OWN, 0, 2, false, false},
    {"update, 204",                JOURNAL_UPDATE, ANSWER(204, NULL, NULL, 1, true), 1, 2, true, false},
    {"update, 422",                JOURNAL_UPDATE, ANSWER(422, NULL, JSON_422, 1, false), 1, 1, true, false},
    {"update, 400",                JOURNAL_UPDATE, ANSWER(400, NULL, "{\"detail\":\"no\"}", 1, false), 1, 1, true, false},
    {"update, 401",                JOURNAL_UPDATE, ANSWER(401, NULL, JSON_ERROR(401, "AUTHENTICATION_FAILED"), 1, false), 1, 1, true, false},
    {"update, 403",                JOURNAL_UPDATE, ANSWER(403, NULL, JSON_ERROR(403, "FORBIDDEN"), 1, false), 1, 1, true, false},
    {"update, 404",                JOURNAL_UPDATE, ANSWER(404, NULL, JSON_ERROR(404, "RESOURCE_NOT_FOUND"), 1, false), 1, 1, true, false},
    {"update, 409",                JOURNAL_UPDATE, ANSWER(409, NULL, JSON_ERROR(409, "CONFLICT"), 1, false), 1, 2, true, false},
    {"update, 429",                JOURNAL_UPDATE, ANSWER(429, "Retry-After: 1\r\n", "", 1, false), 1, 1, true, false},
    {"update, 302",                JOURNAL_UPDATE, ANSWER(302, "Location: http://127.0.0.1:9/\r\n", "", 1, false), 1, 1, true, false},
    {"update, 408",                JOURNAL_UPDATE, ANSWER(408, NULL, "", 1, false), 1, 2, true, false},
    {"update, 500 after",          JOURNAL_UPDATE, ANSWER(500, NULL, JSON_ERROR(500, "INTERNAL_SERVER_ERROR"), 1, true), 1, 2, true, false},
    {"update, 500 before",         JOURNAL_UPDATE, ANSWER(500, NULL, JSON_ERROR(500, "INTERNAL_SERVER_ERROR"), 1, false), 1, 2, true, false},
    {"update, 502 after",          JOURNAL_UPDATE, ANSWER(502, NULL, HTML, 1, true), 1, 1, true, false},
    {"update, 200 HTML after",     JOURNAL_UPDATE, ANSWER(200, NULL, HTML, 1, true), 1, 2, true, false},
    {"update, 200 in part after",  JOURNAL_UPDATE, ANSWER(200, NULL, "{\"provider_account_id\":\"pa_0\"}", 1, true), 1, 1, true, false},
    {"update, a 100 before",       JOURNAL_UPDATE, FRAMED(1, BOOK_INTERIM), 1, 1, true, false},
    {"update, chunked",            JOURNAL_UPDATE, FRAMED(1, BOOK_CHUNKED), 1, 1, true, false},
    {"update, until the end",      JOURNAL_UPDATE, FRAMED(1, BOOK_UNTIL_END), 1, 1, true, false},
    {"update, read back chunked",  JOURNAL_UPDATE, FRAMED(2, BOOK_CHUNKED), 2, 2, true, false},
    {"update, read back until the end", JOURNAL_UPDATE, FRAMED(2, BOOK_UNTIL_END), 2, 2, true, false},
    {"update, never read back",    JOURNAL_UPDATE, OWN, 2, 2, false, true},
    {"update, ill from then on",   JOURNAL_UPDATE, OWN, 1, 1, true, true},
    {"delete",                     JOURNAL_DELETE, OWN, 0, 2, false, false},
    {"delete, 200",                JOURNAL_DELETE, ANSWER(200, NULL, "{\"deleted\":true}", 1, true), 1, 2, true, false},
    {"delete, 403",                JOURNAL_DELETE, ANSWER(403, NULL, JSON_ERROR(403, "FORBIDDEN"), 1, false), 1, 1, true, false},
    {"delete, 500 after",          JOURNAL_DELETE, ANSWER(500, NULL, "", 1, true), 1, 2, true, false},
    {"delete, 500 before",         JOURNAL_DELETE, ANSWER(500, NULL, "", 1, false), 1, 2, true, false},
    {"delete, ill from then on",   JOURNAL_DELETE, OWN, 1, 1, true, true},
    {"create",                     JOURNAL_CREATE, OWN, 0, 1, false, false},
    {"create, ill from then on",   JOURNAL_CREATE, OWN, 0, 0, true, true},
    {"create, a 100 before",       JOURNAL_CREATE, FRAMED(0, BOOK_INTERIM), 0, 0, true, false},
    {"create, chunked",            JOURNAL_CREATE, FRAMED(0, BOOK_CHUNKED), 0, 0, true, false},
    {"create, until the end",      JOURNAL_CREATE, FRAMED(0, BOOK_UNTIL_END), 0, 0, true, false},
    {"create, 422",                JOURNAL_CREATE, ANSWER(422, NULL, JSON_422, 0, false), 0, 0, true, false},
    {"create, 409",                JOURNAL_CREATE, ANSWER(409, NULL, JSON_ERROR(409, "CONFLICT"), 0, false), 0, 0, true, false},
    {"create, 500 after, a search", JOURNAL_CREATE, ANSWER(500, NULL, "", 0, true), 0, 1, true, false},
    {"create, 500 before, a search", JOURNAL_CREATE, ANSWER(500, NULL, "", 0, false), 0, 1, true, false},
    {"create, 201 without a body", JOURNAL_CREATE, ANSWER(201, NULL, "", 0, true), 0, 1, true, false},
};
/* clang-format on */

struct counts {
    unsigned long cuts, applied, not_applied, not_seen, different, other;
    unsigned long twice, false_applied, false_not_applied, unsettled, journal_differs;
};

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct book book;
    struct book_server *server;
    struct loop *loop;
    struct api *api;
    struct journal *journal;
    struct fleet *fleet;
    struct writes *writes;
    unsigned journals, ops;
    int64_t number; /* makes each write another one */
    unsigned long stride, at;
    struct counts counts;
};

/* ---- the rig ------------------------------------------------------------------------------ */

static void journal_renew(struct fixture *fx)
{
    struct error err;
    char name[40];
    journal_close(fx->journal);
    if (fx->path.len)
        unlink(fx->path.data);
    snprintf(name, sizeof name, "state%u/journal.db", fx->journals++);
    tmpdir_path(fx->dir, name, &fx->path);
    assert_int_equal(
        journal_open(&fx->journal, fx->path.data, clock_from_manual(&fx->manual), &err), ST_OK);
    fx->ops = 0;
}

static int set_up(void **state)
{
    static struct fixture fx;
    struct error err;
    const char *stride = getenv("PADDOCK_CUT_STRIDE");
    memset(&fx, 0, sizeof fx);
    fx.book.whole = getenv("PADDOCK_CUT_WHOLE");
    fx.stride = stride && atol(stride) > 0 ? (unsigned long)atol(stride) : 1;
    fx.dir = tmpdir_create();
    fx.manual.mono_ms = 1000000;
    fx.manual.wall_ms = 1760968927000;
    fx.loop = loop_create(clock_from_manual(&fx.manual));
    fx.server = book_server_create(fx.loop, &fx.book);
    const struct api_settings settings = {.url = book_server_url(fx.server), .org = "org_demo"};
    fx.api = api_create(fx.loop, &settings, NULL, &err);
    assert_non_null(fx.api);
    assert_int_equal(api_set_token(fx.api, secret_create("token-1", 7), &err), ST_OK);
    journal_renew(&fx);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    api_destroy(fx->api);
    book_server_destroy(fx->server);
    journal_close(fx->journal);
    loop_destroy(fx->loop);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

static void rig_begin(struct fixture *fx)
{
    if (fx->ops++ == JOURNAL_OPS)
        journal_renew(fx);
    book_accounts(&fx->book, 3, fx->manual.wall_ms - 86400000);
    fx->fleet = fleet_create();
    const struct writes_env env = {.loop = fx->loop,
                                   .api = fx->api,
                                   .fleet = fx->fleet,
                                   .journal = fx->journal,
                                   .profile = "test",
                                   .operator_name = "op@host"};
    fx->writes = writes_create(&env);
    for (int i = 0; i < 3; i++) {
        const char *raw = book_account(&fx->book, fx->book.accounts[i].id);
        fleet_put(fx->fleet, span_of(raw), fx->manual.mono_ms, NULL);
    }
}

static void rig_end(struct fixture *fx)
{
    struct api_stats stats;
    writes_destroy(fx->writes);
    fleet_destroy(fx->fleet);
    do { /* the server sees the ends of what was closed */
        loop_step(fx->loop, 0);
        api_stats(fx->api, &stats);
    } while (stats.in_flight);
}

/* ---- one write ---------------------------------------------------------------------------- */

static struct write *begin(struct fixture *fx, enum journal_kind kind, char name[32])
{
    struct write_rig rig = {.writes = fx->writes};
    struct account base;
    struct write *w;
    fx->number++;
    snprintf(name, 32, "made-%lld", (long long)fx->number);
    account_init(&base);
    assert_int_equal(account_decode(&base, span_of(book_account(&fx->book, "pa_0")), NULL), ST_OK);
    if (kind == JOURNAL_CREATE)
        w = write_rig_create(&rig, name);
    else if (kind == JOURNAL_UPDATE)
        w = write_rig_rps(&rig, &base, RPS_BEFORE + fx->number);
    else
        w = write_rig_delete(&rig, &base);
    account_finish(&base);
    return w;
}

/* Moves the clock whenever nothing is on its way: then only a timer can come. */
static void drive(struct fixture *fx)
{
    struct api_stats stats;
    api_stats(fx->api, &stats);
    loop_step(fx->loop, stats.in_flight ? 20 : 0);
    api_stats(fx->api, &stats);
    if (stats.in_flight == 0) {
        fx->manual.mono_ms += ADVANCE_MS;
        fx->manual.wall_ms += ADVANCE_MS;
    }
}

/* To its end, or, when its outcome is not known, to what was seen when it was looked at. A server
 * that stays ill gets well when the write has waited for it. */
static void run(struct fixture *fx, struct write *w)
{
    bool agreed = false;
    for (int i = 0; i < TURNS_MAX && write_state(w) != WRITE_DONE; i++) {
        if (write_state(w) == WRITE_PREVIEW && !agreed) {
            agreed = true;
            write_confirm(w);
        }
        if (write_state(w) == WRITE_UNKNOWN && write_outcome(w) != WRITE_NONE)
            break;
        if (i == TURNS_MAX / 4)
            book_server_cut(fx->server, NULL);
        drive(fx);
    }
    loop_step(fx->loop, 0); /* the outcome's commit */
}

static bool is_done(struct fixture *fx, enum journal_kind kind, const char *name)
{
    size_t count;
    if (kind == JOURNAL_UPDATE)
        return book_rps(&fx->book, "pa_0") == RPS_BEFORE + fx->number;
    if (kind == JOURNAL_DELETE)
        return !book_account(&fx->book, "pa_0");
    book_named(&fx->book, name, &count);
    assert_in_range(count, 0, 1);
    return count == 1;
}

static const enum journal_outcome in_journal[] = {
    [WRITE_APPLIED] = JOURNAL_APPLIED,         [WRITE_DIFFERENT] = JOURNAL_DIFFERENT,
    [WRITE_NOT_APPLIED] = JOURNAL_NOT_APPLIED, [WRITE_NO_CHANGE] = JOURNAL_NOT_APPLIED,
    [WRITE_CONFLICTING] = JOURNAL_CONFLICT,    [WRITE_NOT_SEEN] = JOURNAL_NOT_SEEN,
};

static bool journal_agrees(struct fixture *fx, const struct write *w)
{
    struct journal_entry e;
    struct error err;
    if (write_op(w) == 0)
        return true;
    if (journal_get(fx->journal, write_op(w), &e, &err))
        return false;
    bool same = e.outcome == in_journal[write_outcome(w)];
    journal_entry_finish(&e);
    return same;
}

static void complain(struct fixture *fx, const struct play *p, const struct book_cut *cut,
                     const struct write *w, const char *what)
{
    if (fx->counts.twice + fx->counts.false_applied + fx->counts.false_not_applied +
            fx->counts.unsettled + fx->counts.journal_differs >
        20)
        return;
    print_message(
        "%s: exchange %d cut after %zu bytes of the %s, %s, %s the commit: %s (%s, %s: %s)\n",
        p->name, (int)cut->exchange, cut->after, cut->where == CUT_REQUEST ? "request" : "reply",
        cut->rst ? "RST" : "FIN", cut->commit ? "after" : "before", what,
        write_state_name(write_state(w)), write_outcome_name(write_outcome(w)),
        write_error(w)->what);
}

static void judge(struct fixture *fx, const struct play *p, const struct book_cut *cut,
                  const struct write *w, bool done, uint64_t sent)
{
    struct counts *n = &fx->counts;
    bool open = write_state(w) == WRITE_UNKNOWN;
    enum write_outcome said = write_outcome(w);
    n->applied += said == WRITE_APPLIED;
    n->not_applied += said == WRITE_NOT_APPLIED;
    n->not_seen += said == WRITE_NOT_SEEN;
    n->different += said == WRITE_DIFFERENT;
    n->other += said == WRITE_NO_CHANGE || said == WRITE_CONFLICTING;
    if (sent > 1) {
        complain(fx, p, cut, w, "SENT TWICE");
        n->twice++;
    }
    if (said == WRITE_APPLIED && !done) {
        complain(fx, p, cut, w, "SAID APPLIED, WAS NOT");
        n->false_applied++;
    }
    if ((said == WRITE_NOT_APPLIED || said == WRITE_NOT_SEEN || said == WRITE_NO_CHANGE) && done) {
        complain(fx, p, cut, w, "SAID NOT APPLIED, WAS");
        n->false_not_applied++;
    }
    if ((write_state(w) != WRITE_DONE && !open) || (open && said != WRITE_NOT_SEEN) ||
        (done && said != WRITE_APPLIED)) {
        complain(fx, p, cut, w, "NOT SETTLED");
        n->unsettled++;
    }
    if (!journal_agrees(fx, w)) {
        complain(fx, p, cut, w, "THE JOURNAL SAYS SOMETHING ELSE");
        n->journal_differs++;
    }
}

static void cut_once(struct fixture *fx, const struct play *p, const struct book_cut *cut)
{
    char name[32];
    if (cut->where != CUT_NONE && fx->at++ % fx->stride != 0)
        return;
    rig_begin(fx);
    uint64_t sent = fx->book.writes;
    book_server_cut(fx->server, cut);
    book_server_override(fx->server, &p->answer);
    struct write *w = begin(fx, p->kind, name);
    run(fx, w);
    sent = fx->book.writes - sent;
    if (cut->where != CUT_NONE) {
        fx->counts.cuts++;
        judge(fx, p, cut, w, is_done(fx, p->kind, name), sent);
    }
    write_close(w);
    rig_end(fx);
}

/* ---- every byte --------------------------------------------------------------------------- */

static void cut_exchange(struct fixture *fx, const struct play *p, uint64_t exchange, bool writes,
                         size_t request, size_t reply)
{
    struct book_cut cut = {.exchange = exchange, .stays = p->stays};
    cut.where = CUT_REQUEST;
    for (cut.after = 0; cut.after < request; cut.after++)
        for (int end = 0; end < 2; end++) {
            cut.rst = end;
            cut_once(fx, p, &cut);
        }
    cut.where = CUT_REPLY;
    for (cut.after = 0; cut.after <= reply; cut.after++)
        for (int way = 0; way < 4; way++) {
            cut.rst = way & 1;
            cut.commit = way & 2;
            /* Only a write that the book answers itself can be cut before and after. */
            if (cut.commit && (p->answer.status || !writes))
                continue;
            cut_once(fx, p, &cut);
        }
}

static void play(struct fixture *fx, const struct play *p)
{
    static const struct book_cut none = {.where = CUT_NONE};
    size_t requests[8], replies[8];
    uint64_t writing = p->kind == JOURNAL_CREATE ? 0 : 1;
    unsigned long before = fx->counts.cuts;
    cut_once(fx, p, &none); /* how long each exchange is */
    for (uint64_t i = 0; i <= p->last; i++) {
        requests[i] = book_server_request_bytes(fx->server, i);
        replies[i] = book_server_reply_bytes(fx->server, i);
        assert_true(requests[i] > 0 && replies[i] > 0);
    }
    for (uint64_t i = p->first; i <= p->last; i++)
        cut_exchange(fx, p, i, i == writing, p->replies_only && i == writing ? 0 : requests[i],
                     replies[i]);
    print_message("  %-32s %6lu cuts\n", p->name, fx->counts.cuts - before);
}

static void test_F14_F15_every_byte(void **state)
{
    struct fixture *fx = *state;
    const struct counts *n = &fx->counts;
    for (size_t i = 0; i < ARRAY_LEN(plays); i++)
        play(fx, &plays[i]);
    if (fx->stride > 1)
        print_message("  every %luth cut only\n", fx->stride);
    print_message(
        "%lu cuts: %lu applied, %lu not applied, %lu not seen, %lu different, %lu other\n", n->cuts,
        n->applied, n->not_applied, n->not_seen, n->different, n->other);
    print_message("sent twice %lu, applied that was not %lu, not applied that was %lu, "
                  "not settled %lu, journal differs %lu\n",
                  n->twice, n->false_applied, n->false_not_applied, n->unsettled,
                  n->journal_differs);
    assert_true(n->cuts * fx->stride > (fx->book.whole ? 90000 : 40000));
    /* The proof would be empty if one of these never came. */
    assert_true(n->applied && n->not_applied && n->not_seen);
    assert_true(n->different || fx->stride > 1);
    assert_int_equal(n->twice, 0);
    assert_int_equal(n->false_applied, 0);
    assert_int_equal(n->false_not_applied, 0);
    assert_int_equal(n->unsettled, 0);
    assert_int_equal(n->journal_differs, 0);
}

int main(void)
{
    struct error err;
    if (api_global_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_F14_F15_every_byte, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
