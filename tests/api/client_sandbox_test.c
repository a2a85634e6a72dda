/* client_sandbox_test.c: the client against a real server of the API: every operation, every page,
 * both error envelopes, a server that goes away and comes back. */
#include "tests/support/api_rig.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "model/account.h"
#include "tests/support/sandbox_proc.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ACCOUNTS = 237 };

struct world {
    struct sandbox_proc *sandbox;
    struct api_rig rig;
};

static void client_open(struct world *w, const char *token)
{
    struct api_settings s = {.url = sandbox_url(w->sandbox), .org = sandbox_org(w->sandbox)};
    if (w->rig.api)
        rig_again(&w->rig, &s);
    else
        rig_open(&w->rig, &s, NULL);
    assert_int_equal(api_set_token(w->rig.api, secret_create(token, strlen(token)), NULL), ST_OK);
}

static int world_setup(void **state)
{
    struct sandbox_options options = {.accounts = ACCOUNTS};
    struct world *w = mem_calloc(1, sizeof *w);
    w->sandbox = sandbox_create(&options);
    assert_non_null(w->sandbox);
    client_open(w, sandbox_token(w->sandbox));
    *state = w;
    return 0;
}

static int world_teardown(void **state)
{
    struct world *w = *state;
    rig_close(&w->rig);
    sandbox_destroy(w->sandbox);
    mem_free(w);
    return 0;
}

/* ---- the list -------------------------------------------------------------------------------- */

struct walk {
    struct map ids;
    struct arena mem;
    struct str cursor;
    unsigned pages, records, done, bad;
    struct page_summary page;
    struct str first_id;
};

static void walk_cursor(void *ctx, struct span cursor)
{
    struct walk *w = ctx;
    str_clear(&w->cursor);
    str_add_span(&w->cursor, cursor);
}

static void walk_record(void *ctx, struct span raw, const struct error *bad, int64_t started)
{
    struct walk *w = ctx;
    struct value v[FIELD_COUNT];
    (void)started;
    assert_null(bad);
    assert_int_equal(scan_record(raw, v, &w->mem, NULL, NULL, NULL), ST_OK);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        w->bad += v[f].presence == PRESENCE_BAD;
    struct span id = arena_dup(&w->mem, v[FIELD_ID].text);
    if (!w->first_id.len)
        str_add_span(&w->first_id, id);
    map_set(&w->ids, id, 1);
    w->records++;
}

static void walk_done(void *ctx, const struct api_result *result)
{
    struct walk *w = ctx;
    assert_int_equal(result->status, ST_OK);
    assert_int_not_equal(result->date_ms, INT64_MIN);
    w->page = result->page;
    w->done++;
}

static void walk_all(struct world *world, struct walk *w, const char *provider_type)
{
    static const struct api_list_events events = {
        .cursor = walk_cursor, .record = walk_record, .done = walk_done};
    memset(w, 0, sizeof *w);
    map_init(&w->ids);
    arena_init(&w->mem);
    do {
        struct api_list_query query = {
            .limit = 100, .provider_type = provider_type, .cursor = span_from(&w->cursor)};
        api_list(world->rig.api, &query, &events, w);
        str_clear(&w->cursor);
        rig_until(&world->rig, &w->done, ++w->pages);
    } while (w->cursor.len && w->pages < 20);
}

static void walk_finish(struct walk *w)
{
    map_finish(&w->ids);
    arena_finish(&w->mem);
    str_finish(&w->cursor);
    str_finish(&w->first_id);
}

static void test_every_page(void **state)
{
    struct walk w;
    walk_all(*state, &w, NULL);
    assert_int_equal(w.pages, 3);
    assert_int_equal(w.records, ACCOUNTS);
    assert_int_equal(w.ids.count, ACCOUNTS);
    assert_int_equal(w.page.total, ACCOUNTS);
    assert_int_equal(w.page.has_more, 0);
    assert_int_equal(w.bad, 0);
    walk_finish(&w);
}

static void test_narrowed(void **state)
{
    struct walk w;
    walk_all(*state, &w, "anthropic");
    assert_in_range(w.records, 1, ACCOUNTS - 1);
    assert_int_equal(w.page.total, w.records);
    walk_finish(&w);
}

/* ---- one account ----------------------------------------------------------------------------- */

static void result_account(struct world *w, struct account *a)
{
    struct error err;
    if (w->rig.result.status != ST_OK)
        fail_msg("%s", w->rig.result.error.what);
    account_init(a);
    assert_int_equal(account_decode(a, span_from(&w->rig.result.body), &err), ST_OK);
}

static void test_create_change_delete(void **state)
{
    struct world *w = *state;
    struct account a;
    rig_create(&w->rig, "{\"name\":\"caf\xc3\xa9\",\"provider_type\":\"openai\","
                        "\"credentials_ref\":\"kv/x\"}");
    result_account(w, &a);
    char *id = span_dup(account_id(&a));
    assert_true(span_is(account_name(&a), "caf\xc3\xa9"));
    account_finish(&a);

    rig_update(&w->rig, id, "{\"quota_policy\":{\"max_tokens_per_month\":9007199254740993}}");
    result_account(w, &a);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 9007199254740993);
    account_finish(&a);
    rig_read(&w->rig, id);
    result_account(w, &a);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 9007199254740993);
    account_finish(&a);

    rig_delete(&w->rig, id);
    assert_int_equal(w->rig.result.status, ST_OK);
    rig_read(&w->rig, id); /* F07 */
    assert_int_equal(w->rig.result.status, ST_NOT_FOUND);
    assert_int_equal(w->rig.result.http, 404);
    rig_delete(&w->rig, id);
    assert_int_equal(w->rig.result.status, ST_NOT_FOUND);
    mem_free(id);
}

static void test_f10_refused_values(void **state)
{
    struct world *w = *state;
    struct walk all;
    walk_all(w, &all, NULL);
    rig_update(&w->rig, str_text(&all.first_id),
               "{\"quota_policy\":{\"max_tokens_per_month\":-1}}");
    assert_int_equal(w->rig.result.status, ST_INVALID);
    assert_int_equal(w->rig.result.detail_count, 1);
    assert_int_equal(w->rig.result.first_field, FIELD_QUOTA_TOKENS);
    assert_true(w->rig.result.first_msg.len > 0);
    rig_create(&w->rig, "{\"nonsense\":1}");
    assert_int_equal(w->rig.result.status, ST_INVALID);
    assert_in_range(w->rig.result.detail_count, 4, 4); /* three are missing, one is unknown */
    walk_finish(&all);
}

static void test_f05_wrong_token(void **state)
{
    struct world *w = *state;
    client_open(w, "not-the-token");
    rig_read(&w->rig, "whatever");
    assert_int_equal(w->rig.result.status, ST_AUTH);
    assert_int_equal(w->rig.result.http, 401);
    client_open(w, sandbox_token(w->sandbox));
}

static void test_hostile_ids_are_one_segment(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *id;
        enum status status;
    } cases[] = {{"../x", ST_REJECTED}, /* decoded before it is routed: a path of nobody */
                 {"a?b", ST_NOT_FOUND},
                 {"%2f", ST_NOT_FOUND},
                 {"a#b", ST_NOT_FOUND},
                 {"\xf0\x9f\x98\x80", ST_NOT_FOUND}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        rig_read(&w->rig, cases[i].id);
        assert_int_equal(w->rig.result.status, cases[i].status);
        assert_int_equal(w->rig.result.http, 404);
    }
}

/* F13, F14: it goes away with a connection of ours open, and comes back. */
static void test_f13_server_lost_and_back(void **state)
{
    struct world *w = *state;
    struct walk all;
    walk_all(w, &all, NULL);
    sandbox_stop(w->sandbox);
    rig_read(&w->rig, "x");
    assert_int_equal(w->rig.result.status, ST_NETWORK);
    rig_update(&w->rig, "x", "{}");
    assert_int_equal(w->rig.result.status, ST_NETWORK);
    assert_false(w->rig.result.may_have_left);
    assert_true(sandbox_restart(w->sandbox));
    api_try_now(w->rig.api);
    rig_read(&w->rig, "x");
    assert_int_equal(w->rig.result.status, ST_NOT_FOUND);
    walk_finish(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page),
        cmocka_unit_test(test_narrowed),
        cmocka_unit_test(test_create_change_delete),
        cmocka_unit_test(test_f10_refused_values),
        cmocka_unit_test(test_f05_wrong_token),
        cmocka_unit_test(test_hostile_ids_are_one_segment),
        cmocka_unit_test(test_f13_server_lost_and_back),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
