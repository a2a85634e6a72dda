/* plan_store.c: see plan_store.h. */
#include "plan_store.h"

#include "plan/stored.h"
#include "store/owner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void account_json(char out[300], uint32_t i, int rps)
{
    snprintf(out, 300,
             "{\"provider_account_id\":\"a%u\",\"name\":\"n%u\",\"provider_type\":\"p\","
             "\"credentials_ref\":\"k\",\"rate_limit_policy\":{\"requests_per_second\":%d}}",
             (unsigned)i, (unsigned)i, rps);
}

static void add(struct plan *plan, uint32_t i)
{
    struct account before, after;
    struct error err;
    char was[300], is[300];
    account_json(was, i, 5);
    account_json(is, i, 7);
    account_init(&before);
    account_init(&after);
    assert_int_equal(account_decode(&before, span_of(was), &err), ST_OK);
    assert_int_equal(account_decode(&after, span_of(is), &err), ST_OK);
    plan_add(plan, &before, &after, NULL);
    account_finish(&before);
    account_finish(&after);
}

static void enter(struct journal *journal, const struct plan *plan, uint32_t i)
{
    char was[300], is[300];
    struct error err;
    int64_t op;
    account_json(was, i, 5);
    account_json(is, i, 7);
    struct journal_entry e = {.kind = JOURNAL_UPDATE,
                              .item = i,
                              .base = was,
                              .target = is,
                              .body = "{\"rate_limit_policy\":{\"requests_per_second\":7}}"};
    snprintf(e.origin, sizeof e.origin, "%s", plan->head.origin);
    snprintf(e.org, sizeof e.org, "%s", plan->head.org);
    snprintf(e.account_id, sizeof e.account_id, "a%u", (unsigned)i);
    snprintf(e.account_name, sizeof e.account_name, "n%u", (unsigned)i);
    snprintf(e.plan, sizeof e.plan, "%s", plan->head.id);
    owner_operator(e.operator_name, sizeof e.operator_name);
    assert_int_equal(journal_intent(journal, &e, &op, &err), ST_OK);
    assert_int_equal(journal_outcome(journal, op, JOURNAL_APPLIED, NULL, is, "", &err), ST_OK);
}

void plan_store_fill(struct plans *plans, struct journal *journal, const char *origin,
                     const char *org, uint32_t count, uint32_t applied)
{
    struct plan_head head = {.id = PLAN_STORE_ID, .title = "faster", .made_wall_ms = 1000};
    struct plan_save *save;
    struct error err;
    bool more = true;
    snprintf(head.origin, sizeof head.origin, "%s", origin);
    snprintf(head.org, sizeof head.org, "%s", org);
    struct plan *plan = plan_create(&head);
    for (uint32_t i = 0; i < count; i++)
        add(plan, i);
    assert_int_equal(plan_save_begin(&save, plan, plans, &err), ST_OK);
    while (more)
        assert_int_equal(plan_save_step(save, UINT32_MAX, &more, &err), ST_OK);
    plan_save_destroy(save);
    for (uint32_t i = 0; i < applied; i++)
        enter(journal, plan, i);
    assert_int_equal(journal_flush(journal, &err), ST_OK);
    plan_destroy(plan);
}
