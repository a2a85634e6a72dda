/* sync_test.c: a sync over real HTTP: from a server that a handler here plays, with every bad habit
 * of cursors, and from the sandbox with its other readings. */
#include "sync/sync.h"

#include "base/mem.h"
#include "tests/support/api_rig.h"
#include "tests/support/sandbox_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* ---- a server of pages ---- */

enum habit {
    HABIT_NONE,
    HABIT_LOOP,        /* F17: page 4 names the cursor of page 2 */
    HABIT_SAME,        /* F17: page 3 names its own cursor */
    HABIT_EMPTY,       /* F18: empty pages with new cursors from page 3 on */
    HABIT_EXPIRE,      /* F19: the first request for page 3 is refused */
    HABIT_FORGET,      /* F19: every request for page 3 is refused */
    HABIT_DUPLICATES,  /* each page begins with the last account of the one before */
    HABIT_TOTAL_MOVES, /* F20: the total is another on each page */
    HABIT_FIRST_ONLY,  /* the filter counts for the first page alone */
    HABIT_BROKEN,      /* page 3 is cut off twice */
    HABIT_BLANK,       /* F17: page 3 names "" */
    HABIT_LOST,        /* page 3 names no next page, though there is more */
    HABIT_NUMBER,      /* the cursor of page 3 is no text */
    HABIT_ODD,         /* a cursor of characters that mean something in an address */
    HABIT_NO_TOTAL,    /* no page says how many there are */
    /* The total is of the page, and page 1 leaves open whether more follows: */
    HABIT_LOST_FIRST,   /* there is more, and no cursor */
    HABIT_NUMBER_FIRST, /* the cursor is no text, and has_more is not said */
    HABIT_END_FIRST,    /* there is no more, and a cursor */
};

struct pager {
    enum habit habit;
    unsigned accounts;
    unsigned refused;
};

static const char *const types[] = {"openai", "anthropic", "google"};

static unsigned type_of(unsigned i)
{
    return i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2;
}

static unsigned query_number(const char *target, const char *name)
{
    const char *at = strstr(target, name);
    return at ? (unsigned)strtoul(at + strlen(name), NULL, 10) : 0;
}

/* Which of the accounts a request is for: -1 for all, else a type; 3 is a type nobody has. */
static int query_type(const char *target)
{
    const char *at = strstr(target, "provider_type=");
    if (!at)
        return -1;
    for (int t = 0; t < 3; t++)
        if (strncmp(at + 14, types[t], strlen(types[t])) == 0)
            return t;
    return 3;
}

static void add_account(struct str *out, unsigned i, bool first)
{
    str_printf(out,
               "%s{\"provider_account_id\":\"acc-%u\",\"name\":\"n%u\",\"provider_type\":\"%s\","
               "\"created_at\":\"2025-03-01T00:00:00Z\"}",
               first ? "" : ",", i, i, types[type_of(i)]);
}

static char date_header[80];

#define ODD      "&limit=1#?+/=%20\\u00e9"
#define ODD_SENT "c300%26limit%3D1%23%3F%2B%2F%3D%2520%C3%A9"

/* The value of next_cursor, as the habit of this page has it. */
static void add_cursor(struct str *out, enum habit habit, bool more, unsigned next)
{
    if (habit == HABIT_NUMBER || habit == HABIT_NUMBER_FIRST)
        str_printf(out, "%u,", next);
    else if (!more || habit == HABIT_LOST || habit == HABIT_LOST_FIRST)
        str_add(out, "null,");
    else if (habit == HABIT_BLANK)
        str_add(out, "\"\",");
    else
        str_printf(out, "\"c%u%s\",", next, habit == HABIT_ODD ? ODD : "");
}

static void serve_page(struct pager *p, const char *target, struct fault_reply *reply)
{
    unsigned from = query_number(target, "cursor=c"), limit = query_number(target, "limit=");
    unsigned page = from / limit + 1, total = 0, sent = 0, at = 0, next = 0;
    int type = query_type(target);
    struct str out = STR_INIT, rows = STR_INIT;
    if (p->habit == HABIT_FIRST_ONLY && from)
        type = -1;
    if (p->habit == HABIT_DUPLICATES && from)
        from--;
    for (unsigned i = 0; i < p->accounts; i++) {
        if (type >= 0 && type_of(i) != (unsigned)type)
            continue;
        total++;
        if (at++ < from || sent == limit)
            continue;
        if (p->habit != HABIT_EMPTY || page < 3)
            add_account(&rows, i, rows.len == 0);
        sent++;
        next = at;
    }
    bool more = next < total && sent == limit;
    if (p->habit == HABIT_TOTAL_MOVES)
        total += page % 5;
    if (p->habit == HABIT_LOOP && page == 4)
        next = limit;
    if (p->habit == HABIT_SAME && page == 3)
        next = from;
    if (p->habit == HABIT_EMPTY && page >= 3) {
        more = true;
        next = from + limit;
    }
    bool first = p->habit >= HABIT_LOST_FIRST;
    if (first)
        total = sent;
    str_add(&out, "{");
    if (p->habit != HABIT_NO_TOTAL)
        str_printf(&out, "\"total\":%u,", total);
    if (p->habit != HABIT_NUMBER_FIRST)
        str_printf(&out, "\"has_more\":%s,",
                   more && p->habit != HABIT_END_FIRST ? "true" : "false");
    str_add(&out, "\"next_cursor\":");
    add_cursor(&out, page == (first ? 1 : 3) ? p->habit : HABIT_NONE, more, next);
    str_printf(&out, "\"accounts\":[%s]}", str_text(&rows));
    str_finish(&rows);
    reply->headers = date_header;
    reply->body_made = str_steal(&out);
}

static void answer(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    struct pager *p = ctx;
    unsigned page = query_number(request->target, "cursor=c") / 100 + 1;
    bool third = page == 3 && query_type(request->target) < 0;
    bool refuse = (p->habit == HABIT_EXPIRE && third && p->refused == 0) ||
                  (p->habit == HABIT_FORGET && third) ||
                  (p->habit == HABIT_ODD && page == 4 && !strstr(request->target, ODD_SENT));
    serve_page(p, request->target, reply);
    if (p->habit == HABIT_BROKEN && third && p->refused < 2) {
        p->refused++;
        reply->end = FAULT_RST;
        reply->cut_after = 700;
    }
    if (!refuse)
        return;
    p->refused++;
    mem_free(reply->body_made);
    *reply = (struct fault_reply){.status = 400, .body = "{\"detail\":\"Cursor has expired\"}"};
}

/* ---- a sync ---- */

struct load {
    struct api_rig rig;
    struct pager pager;
    struct fleet *fleet;
    struct sync *sync;
};

static void make_date(void)
{
    time_t now = time(NULL);
    struct tm tm;
    strftime(date_header, sizeof date_header, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
             gmtime_r(&now, &tm));
}

static void load_open(struct load *l, const struct api_settings *settings, unsigned parallel)
{
    const struct sync_options options = {.page_limit = 100, .parallel = parallel};
    rig_open(&l->rig, settings, NULL);
    if (l->rig.server)
        fault_handler(l->rig.server, answer, &l->pager);
    l->fleet = fleet_create();
    l->sync = sync_create(l->rig.loop, l->rig.api, l->fleet, &options, NULL, NULL);
}

static void load_close(struct load *l)
{
    sync_destroy(l->sync);
    rig_close(&l->rig);
    fleet_destroy(l->fleet);
}

/* Turns the loop until the sync rests; waits for the server's sake are skipped. */
static void load_run(struct load *l)
{
    sync_start(l->sync);
    for (unsigned turns = 0; turns < 20000; turns++) {
        enum sync_phase phase = sync_state(l->sync)->phase;
        if (phase != SYNC_LOADING && phase != SYNC_WAITING)
            return;
        loop_step(l->rig.loop, 20);
        if (phase == SYNC_WAITING || api_wait_ms(l->rig.api) > 0)
            rig_skip(&l->rig, 500);
    }
    fail_msg("the sync does not come to its end");
}

struct outcome {
    const char *what;
    enum habit habit;
    unsigned accounts, parallel;
    enum sync_proof proof;
    enum status error;
    unsigned loaded; /* at least */
    const char *note;
};

static const struct outcome outcomes[] = {
    {"one chain", HABIT_NONE, 730, 1, SYNC_COMPLETE, ST_OK, 730, ""},
    {"parts", HABIT_NONE, 4130, 4, SYNC_COMPLETE, ST_OK, 4130, ""},
    {"F17 a loop", HABIT_LOOP, 730, 1, SYNC_NONE, ST_UNREADABLE, 400, "loops at page 4"},
    {"F17 a page that names itself", HABIT_SAME, 730, 1, SYNC_NONE, ST_UNREADABLE, 300,
     "loops at page 3"},
    {"F18 empty pages", HABIT_EMPTY, 730, 1, SYNC_NONE, ST_UNREADABLE, 200, "empty pages"},
    {"F19 an expired cursor", HABIT_EXPIRE, 730, 1, SYNC_COMPLETE, ST_OK, 730, "begun again"},
    {"F19 the whole list's, while it rests", HABIT_EXPIRE, 4130, 4, SYNC_COMPLETE, ST_OK, 4130, ""},
    {"F20 duplicates", HABIT_DUPLICATES, 730, 1, SYNC_COMPLETE, ST_OK, 730, ""},
    {"F20 duplicates in parts", HABIT_DUPLICATES, 4130, 4, SYNC_COMPLETE, ST_OK, 4130, ""},
    {"F20 totals that move", HABIT_TOTAL_MOVES, 730, 1, SYNC_NONE, ST_OK, 730, "went from"},
    {"a filter of the first page", HABIT_FIRST_ONLY, 4130, 4, SYNC_COMPLETE, ST_OK, 4130, ""},
    {"a page that is cut off", HABIT_BROKEN, 730, 1, SYNC_COMPLETE, ST_OK, 730, ""},
    {"F17 a loop in parts", HABIT_LOOP, 4130, 4, SYNC_NONE, ST_UNREADABLE, 400, "loops at page"},
    {"F17 an empty cursor", HABIT_BLANK, 730, 1, SYNC_NONE, ST_UNREADABLE, 300, "loops at page 3"},
    {"F18 empty pages in parts", HABIT_EMPTY, 4130, 4, SYNC_NONE, ST_UNREADABLE, 200, "empty"},
    {"more, and no cursor", HABIT_LOST, 730, 1, SYNC_NONE, ST_OK, 300, ""},
    {"a cursor that is a number", HABIT_NUMBER, 730, 1, SYNC_NONE, ST_OK, 300, "not proven"},
    {"a cursor of odd characters", HABIT_ODD, 730, 1, SYNC_COMPLETE, ST_OK, 730, ""},
    {"no total", HABIT_NO_TOTAL, 730, 1, SYNC_NONE, ST_OK, 730, "no total"},
    {"page 1: more, and no cursor", HABIT_LOST_FIRST, 730, 1, SYNC_NONE, ST_OK, 100, "leaves open"},
    {"page 1: a cursor that is a number", HABIT_NUMBER_FIRST, 730, 1, SYNC_NONE, ST_OK, 100,
     "leaves open"},
    {"page 1: no more, and a cursor", HABIT_END_FIRST, 730, 1, SYNC_NONE, ST_OK, 100,
     "leaves open"},
    {"a page that is cut off, in parts", HABIT_BROKEN, 4130, 4, SYNC_COMPLETE, ST_OK, 4130, ""},
};

static void test_habits_of_cursors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct outcome *o = &outcomes[i];
        struct load l = {.pager = {.habit = o->habit, .accounts = o->accounts}};
        make_date();
        load_open(&l, NULL, o->parallel);
        load_run(&l);
        const struct sync_state *st = sync_state(l.sync);
        if (st->proof != o->proof || st->error.status != o->error || st->loaded < o->loaded ||
            !strstr(st->note, o->note))
            fail_msg("%s: proof %d, error %s, %u accounts, \"%s\"", o->what, (int)st->proof,
                     st->error.what, st->loaded, st->note);
        if (o->proof == SYNC_COMPLETE)
            assert_int_equal(fleet_count(l.fleet), o->accounts);
        load_close(&l);
    }
}

/* F19: a cursor that expires again and again is no reason to ask for ever. */
static void test_f19_begun_again_only_once(void **state)
{
    (void)state;
    struct load l = {.pager = {.habit = HABIT_FORGET, .accounts = 730}};
    make_date();
    load_open(&l, NULL, 1);
    sync_start(l.sync);
    while (sync_state(l.sync)->phase == SYNC_LOADING)
        loop_step(l.rig.loop, 20);
    assert_int_equal(sync_state(l.sync)->phase, SYNC_WAITING);
    assert_int_equal(sync_state(l.sync)->proof, SYNC_NONE);
    assert_int_equal(fault_count(l.rig.server, "GET", RIG_LIST "?limit=100&cursor=c200"), 2);
    load_close(&l);
}

/* ---- how it asks ---- */

static void small_page(struct fault_reply *reply, const char *head, const char *tail)
{
    struct str out = STR_INIT;
    str_add(&out, head);
    for (unsigned i = 0; i < 40; i++)
        add_account(&out, i, i == 0);
    str_add(&out, tail);
    reply->body_made = str_steal(&out);
    reply->headers = date_header;
    reply->drip_bytes = 200;
    reply->drip_ms = 20;
}

static void dripping(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    const bool *cursor_last = ctx;
    if (strstr(request->target, "cursor=")) {
        reply->never = true;
        return;
    }
    if (*cursor_last)
        small_page(reply, "{\"total\":90,\"accounts\":[",
                   "],\"has_more\":true,\"next_cursor\":\"c2\"}");
    else
        small_page(reply, "{\"total\":90,\"has_more\":true,\"next_cursor\":\"c2\",\"accounts\":[",
                   "]}");
}

static void first_two_requests(struct load *l, bool *cursor_last)
{
    make_date();
    load_open(l, NULL, 4);
    fault_handler(l->rig.server, dripping, cursor_last);
    sync_start(l->sync);
    for (unsigned turns = 0; fault_count(l->rig.server, "GET", RIG_LIST) < 2; turns++) {
        assert_true(turns < 10000);
        loop_step(l->rig.loop, 20);
    }
}

static void test_the_next_request_starts_before_the_body_has_ended(void **state)
{
    (void)state;
    bool cursor_last = false;
    struct load l = {.fleet = NULL};
    first_two_requests(&l, &cursor_last);
    assert_int_equal(sync_state(l.sync)->pages, 0);
    assert_true(sync_state(l.sync)->loaded < 40);
    load_close(&l);
}

static void test_a_cursor_at_the_end_of_the_body_is_followed_then(void **state)
{
    (void)state;
    bool cursor_last = true;
    struct load l = {.fleet = NULL};
    first_two_requests(&l, &cursor_last);
    assert_int_equal(sync_state(l.sync)->loaded, 40);
    load_close(&l);
}

static void test_few_connections_are_kept(void **state)
{
    (void)state;
    struct load l = {.pager = {.accounts = 6130}};
    make_date();
    load_open(&l, NULL, 4);
    load_run(&l);
    assert_int_equal(sync_state(l.sync)->proof, SYNC_COMPLETE);
    assert_true(fault_count(l.rig.server, "GET", RIG_LIST) > 60);
    assert_true(fault_connections(l.rig.server) <= 8);
    load_close(&l);
}

/* A sync that is thrown away, as when the profile changes, leaves nothing behind: no request, no
 * account in what comes after it. */
static void test_another_profile_in_the_middle_of_a_sync(void **state)
{
    (void)state;
    struct load l = {.pager = {.accounts = 4130}};
    make_date();
    load_open(&l, NULL, 4);
    sync_start(l.sync);
    while (sync_state(l.sync)->pages < 6)
        loop_step(l.rig.loop, 20);
    sync_destroy(l.sync);
    const struct api_settings other = {.org = "org_other"};
    rig_again(&l.rig, &other);
    fleet_clear(l.fleet);
    size_t before = fault_count(l.rig.server, "GET", RIG_LIST);
    const struct sync_options options = {.page_limit = 100, .parallel = 4};
    l.pager.accounts = 730;
    l.sync = sync_create(l.rig.loop, l.rig.api, l.fleet, &options, NULL, NULL);
    load_run(&l);
    assert_int_equal(sync_state(l.sync)->proof, SYNC_COMPLETE);
    assert_int_equal(fleet_count(l.fleet), 730);
    assert_true(fault_count(l.rig.server, "GET", RIG_LIST) <= before + 8); /* those under way */
    assert_int_equal(fault_count(l.rig.server, "GET", "/v1/orgs/org_other/"), 8);
    load_close(&l);
}

/* ---- the sandbox ---- */

static void box_load_open(struct load *l, struct box *box, const char *const *args,
                          unsigned parallel)
{
    struct error err;
    box_start(box, args);
    const struct api_settings settings = {.url = box->url, .org = "org_demo"};
    load_open(l, &settings, parallel);
    api_set_token(l->rig.api, secret_create(SANDBOX_TOKEN, strlen(SANDBOX_TOKEN)), &err);
}

static void test_other_readings_of_the_api(void **state)
{
    (void)state;
    static const struct {
        const char *behaviour;
        enum sync_proof proof;
        bool divided;
    } rows[] = {
        {NULL, SYNC_COMPLETE, true},
        {"cursor-last", SYNC_COMPLETE, true},
        {"ignore-filters", SYNC_COMPLETE, true},
        {"no-created-at", SYNC_WALKED, true},
        {"total=page", SYNC_NONE, false},
        {"extra-field,usage-moves-updated-at", SYNC_COMPLETE, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *args[8] = {"--accounts", "2950"};
        struct load l = {.fleet = NULL};
        struct box box;
        if (rows[i].behaviour) {
            args[2] = "--behaviour";
            args[3] = rows[i].behaviour;
        }
        box_load_open(&l, &box, args, 4);
        load_run(&l);
        const struct sync_state *st = sync_state(l.sync);
        if (st->proof != rows[i].proof || fleet_count(l.fleet) != 2950)
            fail_msg("%s: proof %d, %u accounts, %s", rows[i].behaviour, (int)st->proof,
                     fleet_count(l.fleet), st->note);
        load_close(&l);
        assert_int_equal(box_stop(&box), 0);
    }
}

static void test_f11_f12_a_server_that_is_ill_on_the_way(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "2950", NULL};
    static const char *const faults[] = {
        "{\"fault\":\"429\",\"count\":3,\"retry_after\":1}",
        "{\"fault\":\"outage\",\"count\":4}",
        "{\"fault\":\"drop\",\"count\":3}",
        "{\"fault\":\"cursor\",\"count\":1}",
        "{\"fault\":\"html\",\"count\":1}",
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct load l = {.fleet = NULL};
        struct box box;
        box_load_open(&l, &box, args, 4);
        sync_start(l.sync);
        while (sync_state(l.sync)->pages < 5)
            loop_step(l.rig.loop, 20);
        box_fault(&box, faults[i]);
        load_run(&l);
        if (sync_state(l.sync)->proof != SYNC_COMPLETE || fleet_count(l.fleet) != 2950)
            fail_msg("%s: %u accounts, %s %s", faults[i], fleet_count(l.fleet),
                     sync_state(l.sync)->note, sync_state(l.sync)->error.what);
        load_close(&l);
        assert_int_equal(box_stop(&box), 0);
    }
}

/* The latency of one answer holds up no other: eight are waited for at once. */
static void test_the_sandbox_serves_eight_at_once(void **state)
{
    (void)state;
    static const char *const args[] = {"--accounts", "10", "--latency-ms", "600000", NULL};
    struct load l = {.fleet = NULL};
    struct box box;
    box_load_open(&l, &box, args, 1);
    struct rig_result result = {0};
    struct api_call *calls[8];
    for (int i = 0; i < 8; i++)
        calls[i] = api_read(l.rig.api, span_of("pa_x"), rig_told, &result);
    for (double seen = 0; seen < 8;) {
        loop_step(l.rig.loop, 20);
        cJSON *stats = box_json(&box, "GET", "/_sandbox/stats", NULL, 200);
        seen = box_number(stats, "get");
        cJSON_Delete(stats);
    }
    assert_int_equal(result.told, 0);
    for (int i = 0; i < 8; i++)
        api_cancel(calls[i]);
    load_close(&l);
    box_stop(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_habits_of_cursors),
        cmocka_unit_test(test_f19_begun_again_only_once),
        cmocka_unit_test(test_the_next_request_starts_before_the_body_has_ended),
        cmocka_unit_test(test_a_cursor_at_the_end_of_the_body_is_followed_then),
        cmocka_unit_test(test_few_connections_are_kept),
        cmocka_unit_test(test_another_profile_in_the_middle_of_a_sync),
        cmocka_unit_test(test_other_readings_of_the_api),
        cmocka_unit_test(test_f11_f12_a_server_that_is_ill_on_the_way),
        cmocka_unit_test(test_the_sandbox_serves_eight_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
