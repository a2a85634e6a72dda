/* edit.c: see edit.h. */
#include "sandbox/edit.h"

#include "sandbox/health.h"

#include <math.h>

#define FIRST_CHECK_MS 10000 /* a new account is looked at soon, so that one can wait for it */
#define DEFAULT_RATE   40.0  /* tokens a second, where no quota says more */
#define MONTH_S        (30 * 86400.0)

/* Members of the policies that were sent are overwritten by the loop in edit_patch; this decides
 * about the others. */
static void prepare_policy(struct edit *e, struct account *a, int group)
{
    bool fresh = a->cells[group].n == 0;
    if (!e->change->set[group] || e->change->cells[group].n == 0)
        return;
    if (!fresh && !(e->behaviours & POLICIES_REPLACE))
        return;
    struct account blank;
    account_init(&blank);
    for (int i = group + 1; i < BOX_COUNT && box_fields[i].group == group; i++)
        if (box_fields[i].flags & FIELD_UPDATE)
            a->cells[i] = blank.cells[i];
}

/* What was there and is not sent again, then what is sent. */
static struct cell merged_tags(struct edit *e, struct cell old, struct cell sent)
{
    struct json_fault fault;
    struct json *was = old.type == CELL_TEXT ? json_read(old.text, &fault) : NULL;
    struct json *now = json_read(sent.text, &fault);
    struct str *out = &e->tags;
    str_add_char(out, '{');
    for (const struct json *m = was ? was->child : NULL; m; m = m->next) {
        if (json_member_named(now, span_from(&m->key)))
            continue;
        str_add(out, out->len > 1 ? "," : "");
        json_add_string(out, span_from(&m->key));
        str_add_char(out, ':');
        str_add_span(out, m->raw);
    }
    struct span inside = {sent.text.p + 1, sent.text.len - 2};
    str_add(out, out->len > 1 && inside.len ? "," : "");
    str_add_span(out, inside);
    str_add_char(out, '}');
    json_destroy(was);
    json_destroy(now);
    return cell_text(span_from(out));
}

/* A paused account keeps its rate and its period below zero. */
static void switch_on_off(struct account *a, const struct drift *d, bool on)
{
    a->use_rate = on ? fabs(a->use_rate) : -fabs(a->use_rate);
    a->recover_at = 0;
    if (!on) {
        a->check_period = -a->check_period;
        a->cells[BOX_STATUS] = a->home_status = cell_word(STATUS_DISABLED);
        a->cells[BOX_REASON] = a->home_reason = cell_word("Disabled by an operator");
        return;
    }
    a->check_period = FIRST_CHECK_MS;
    a->check_phase = drift_clock(d);
    a->cells[BOX_STATUS] = cell_word(STATUS_UNKNOWN);
    a->cells[BOX_REASON] = cell_word("Waiting for the first health check");
    a->home_status = cell_word(STATUS_ACTIVE);
    a->home_reason = cell_null();
    a->recover_at = drift_next_check(d, a);
}

enum status edit_patch(struct edit *e, struct account *a, const struct drift *d)
{
    const struct change *c = e->change;
    bool was_on = a->cells[BOX_ENABLED].n != 0;
    prepare_policy(e, a, BOX_QUOTA);
    prepare_policy(e, a, BOX_RATE);
    for (int i = 0; i < BOX_COUNT; i++) {
        if (!c->set[i])
            continue;
        bool merge = i == BOX_TAGS && (e->behaviours & TAGS_MERGE);
        a->cells[i] = merge && c->cells[i].type == CELL_TEXT
                          ? merged_tags(e, a->cells[i], c->cells[i])
                          : c->cells[i];
    }
    if ((c->set[BOX_ROUTING] || c->set[BOX_BRIDGE]) && a->cells[BOX_BRIDGE].type == CELL_NULL &&
        span_is(a->cells[BOX_ROUTING].text, ROUTING_BY_BRIDGE)) {
        e->broken_rule = "bridge_id is required when routing_mode is bridge";
        return ST_INVALID;
    }
    a->cells[BOX_UPDATED_AT] = cell_int(e->now);
    bool on = a->cells[BOX_ENABLED].n != 0;
    if (on != was_on)
        switch_on_off(a, d, on);
    return ST_OK;
}

enum status edit_create(struct edit *e, struct account *a, const struct drift *d, const char *id,
                        const char *org)
{
    a->cells[BOX_ENABLED] = cell_int(1);
    enum status st = edit_patch(e, a, d);
    if (st != ST_OK)
        return st;
    bool on = a->cells[BOX_ENABLED].n != 0;
    const struct cell *quota = &a->cells[BOX_MAX_TOKENS];
    double rate = quota->type == CELL_INT ? (double)quota->n * 0.5 / MONTH_S : DEFAULT_RATE;
    drift_anchor(d, a, rate);
    a->check_period = FIRST_CHECK_MS;
    switch_on_off(a, d, on);
    a->cells[BOX_ID] = cell_word(id);
    a->cells[BOX_ORG] = cell_word(org);
    a->cells[BOX_CREATED_BY] = cell_word("operator@example.com");
    a->cells[BOX_CREATED_AT] = cell_int(e->now);
    return ST_OK;
}

void edit_health(struct account *a, const struct drift *d, struct cell status, struct cell reason,
                 int64_t seconds)
{
    a->cells[BOX_STATUS] = status;
    a->cells[BOX_REASON] = reason;
    a->cells[BOX_CHECKED] = cell_int(drift_clock(d));
    a->recover_at = seconds > 0 ? drift_now(d) + seconds * 1000 : 0;
    if (seconds > 0)
        return;
    a->home_status = status;
    a->home_reason = reason;
}
