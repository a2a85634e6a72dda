/* rows_rig.h: a fleet of varied accounts for the tests of filters, orders and views: texts that
 * many share, capitals, accents, long beginnings in common, numbers near and far, nulls, absent
 * members and wrong types. */
#ifndef TESTS_ROWS_RIG_H
#define TESTS_ROWS_RIG_H

#include "fleet/fleet.h"
#include "fleet/view.h"
#include "model/filter.h"
#include "model/sort.h"

#include "base/mem.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct rows_rig {
    struct fleet *fleet;
    struct column_set *columns;
    uint32_t seed;
    int64_t as_of;
};

static inline uint32_t next_random(struct rows_rig *r)
{
    r->seed = r->seed * 1664525u + 1013904223u;
    return r->seed >> 10;
}

static inline const char *pick(struct rows_rig *r, const char *const *texts)
{
    uint32_t n = 0;
    while (texts[n])
        n++;
    return texts[next_random(r) % n];
}

/* Account `id`, other than it was. */
static inline row_id put_varied(struct rows_rig *r, uint32_t id)
{
    static const char *const names[] = {"\"prod-%u\"",
                                        "\"PROD-%u\"",
                                        "\"\\u00dcber-%u\"",
                                        "\"a-name-with-a-long-beginning-%u\"",
                                        "\"\"",
                                        "null",
                                        "%u",
                                        NULL};
    static const char *const regions[] = {"\"us-east\"", "\"eu-west\"", "\"EU-West\"", "null",
                                          "[1]",         "\"\"",        NULL};
    static const char *const numbers[] = {
        "0",    "1", "80", "-5", "null", "9223372036854775807", "1e30", "99999999999999999999",
        "true", NULL};
    static const char *const tags[] = {"{}", "{\"env\":\"prod\"}", "{\"env\":\"\",\"b\":\"x\"}",
                                       "null", NULL};
    static const char *const statuses[] = {"\"status\":\"active\",", "\"status\":null,", "", NULL};
    char name[80], text[600];
    row_id row;
    /* One of the fixed formats above. */
    snprintf(name, sizeof name, pick(r, names), id);
    snprintf(
        text, sizeof text,
        "{\"provider_account_id\":\"pa_%u\",\"name\":%s,\"region\":%s,\"provider_type\":\"%s\","
        "\"enabled\":%s,%s\"quota_policy\":{\"max_tokens_per_month\":%s},\"tags\":%s}",
        id, name, pick(r, regions), id % 3 ? "openai" : "cohere",
        next_random(r) % 2 ? "true" : "false", pick(r, statuses), pick(r, numbers), pick(r, tags));
    fleet_put(r->fleet, span_of(text), ++r->as_of, &row);
    return row;
}

static inline int rows_set_up(void **state)
{
    static struct rows_rig r;
    r = (struct rows_rig){.fleet = fleet_create(), .columns = column_set_create(), .seed = 7};
    *state = &r;
    return 0;
}

static inline int rows_tear_down(void **state)
{
    struct rows_rig *r = *state;
    column_set_destroy(r->columns);
    fleet_destroy(r->fleet);
    return 0;
}

static inline struct filter *filter_of(const struct rows_rig *r, const char *text)
{
    struct filter *filter;
    struct error err;
    if (filter_parse(r->columns, span_of(text), 0, &filter, NULL, &err) != ST_OK)
        fail_msg("%s: %s", text, err.what);
    return filter;
}

static inline struct sort sort_of(const struct rows_rig *r, const char *name, bool descending)
{
    struct sort sort = {.count = 1};
    sort.keys[0].column = column_find(r->columns, span_of(name));
    sort.keys[0].descending = descending;
    assert_non_null(sort.keys[0].column);
    return sort;
}

static inline bool holds(const struct rows_rig *r, const struct filter *filter, row_id row)
{
    struct row_source source = fleet_row_source(r->fleet, row);
    return fleet_alive(r->fleet, row) && (!filter || filter_match(filter, &source));
}

#endif
