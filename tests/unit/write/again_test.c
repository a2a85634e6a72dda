/* again_test.c: what a second try of a write begins with. */
#include "write/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define WAS                                                                                        \
    "{\"provider_account_id\":\"pa_1\",\"name\":\"az-gpt\",\"provider_type\":\"openai\","          \
    "\"status\":\"active\",\"rate_limit_policy\":{\"requests_per_second\":80}}"

static void finish(struct write *w)
{
    account_finish(&w->base);
    account_finish(&w->mine);
    account_finish(&w->target);
    str_finish(&w->reason);
}

static void begin(struct write *w, enum journal_kind kind, enum status why)
{
    struct error err;
    struct value rps = value_int(120);
    *w = (struct write){.kind = kind, .state = WRITE_DONE, .outcome = WRITE_NOT_APPLIED};
    w->error.status = why;
    w->undoes = 7;
    str_add(&w->reason, "INC-42");
    account_init(&w->base);
    account_init(&w->mine);
    account_init(&w->target);
    assert_int_equal(account_decode(&w->base, span_of(WAS), &err), ST_OK);
    account_copy(&w->mine, &w->base);
    account_set(&w->mine, FIELD_RPS, &rps);
}

static void test_the_same_once_more(void **state)
{
    static const enum journal_kind kinds[] = {JOURNAL_CREATE, JOURNAL_UPDATE, JOURNAL_DELETE};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct write w;
        struct write_spec spec;
        struct account room;
        begin(&w, kinds[i], ST_RATE);
        account_init(&room);
        assert_true(write_again_spec(&w, &room, &spec));
        assert_int_equal(spec.kind, kinds[i]);
        assert_ptr_equal(spec.base, kinds[i] == JOURNAL_CREATE ? NULL : &w.base);
        assert_ptr_equal(spec.mine, kinds[i] == JOURNAL_DELETE ? NULL : &w.mine);
        assert_string_equal(spec.reason, "INC-42");
        assert_int_equal(spec.undoes, 7);
        account_finish(&room);
        finish(&w);
    }
}

/* F07: the account is gone: created again, without what the server gives. */
static void test_F07_gone_is_created_again(void **state)
{
    struct write w;
    struct write_spec spec;
    struct account room;
    (void)state;
    begin(&w, JOURNAL_UPDATE, ST_NOT_FOUND);
    account_init(&room);
    assert_true(write_again_spec(&w, &room, &spec));
    assert_int_equal(spec.kind, JOURNAL_CREATE);
    assert_null(spec.base);
    assert_int_equal(spec.undoes, 0);
    assert_true(span_is(account_name(spec.mine), "az-gpt"));
    assert_int_equal(spec.mine->v[FIELD_RPS].i, 120);
    assert_int_equal(account_id(spec.mine).len, 0);
    assert_int_equal(spec.mine->v[FIELD_STATUS].presence, PRESENCE_ABSENT);
    account_finish(&room);
    finish(&w);
}

static void test_nothing_else_is_tried_again(void **state)
{
    struct write w;
    struct write_spec spec;
    struct account room;
    (void)state;
    begin(&w, JOURNAL_UPDATE, ST_RATE);
    account_init(&room);
    for (int s = WRITE_CHECK; s < WRITE_DONE; s++) {
        w.state = (enum write_state)s;
        assert_false(write_again_spec(&w, &room, &spec));
    }
    w.state = WRITE_DONE;
    for (int o = WRITE_NONE; o <= WRITE_RELEASED; o++) {
        w.outcome = (enum write_outcome)o;
        assert_int_equal(write_again_spec(&w, &room, &spec), o == WRITE_NOT_APPLIED);
    }
    account_finish(&room);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_once_more),
        cmocka_unit_test(test_F07_gone_is_created_again),
        cmocka_unit_test(test_nothing_else_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
