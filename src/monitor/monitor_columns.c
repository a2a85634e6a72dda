/* monitor_columns.c: what the monitor knows of an account as columns, for filters, sorting and
 * lists. A getter answers from the last outcome: it never computes. */
#include "base/vec.h"
#include "base/when.h"
#include "monitor/monitor_private.h"

#include <math.h>
#include <string.h>

/* A row of another fleet than the monitor's has no answer. */
static const struct track *track_for(void *ctx, const struct row_source *row)
{
    const struct monitor *m = *(struct monitor **)ctx;
    if (!m || row->owner != m->env.fleet)
        return NULL;
    return track_of(m, row->row);
}

static void eom(const struct track *t, enum series_counter c, struct value *out)
{
    *out = t && t->percent[c] >= 0 ? value_int(t->percent[c]) : value_null();
}

static void get_eom(void *ctx, const struct row_source *row, struct value *out)
{
    eom(track_for(ctx, row), SERIES_TOKENS, out);
}

static void get_eom_requests(void *ctx, const struct row_source *row, struct value *out)
{
    eom(track_for(ctx, row), SERIES_REQUESTS, out);
}

static void get_left(void *ctx, const struct row_source *row, struct value *out)
{
    const struct track *t = track_for(ctx, row);
    *out = t && t->left_s >= 0 ? value_int(t->left_s) : value_null();
}

static void get_spare(void *ctx, const struct row_source *row, struct value *out)
{
    const struct track *t = track_for(ctx, row);
    struct value rpm;
    *out = value_null();
    if (!t || isnan((double)t->rpm))
        return;
    row->get(row->owner, row->row, FIELD_RPM, &rpm);
    if (!value_known(&rpm) || rpm.i <= 0)
        return;
    double spare = 100 - 100 * (double)t->rpm / (double)rpm.i;
    *out = value_int(spare > 0 ? (int64_t)spare : 0);
}

static const struct column columns[] = {
    {"eom", "Tokens forecast at the period's end, in percent of the quota", FIELD_QUOTA_TOKENS,
     FIELD_NONE, get_eom, NULL, "%", NULL, true, NULL},
    {"eom.requests", "Requests forecast at the period's end, in percent of the quota",
     FIELD_QUOTA_REQUESTS, FIELD_NONE, get_eom_requests, NULL, "%", NULL, true, NULL},
    {"left", "Time until the first quota is used up, when that is before the period's end",
     FIELD_QUEUE_TIMEOUT, FIELD_NONE, get_left, NULL, NULL, NULL, true, MONITOR_OVER},
    {"spare", "Requests a minute that are not used, in percent of the limit", FIELD_RPM, FIELD_NONE,
     get_spare, NULL, "%", NULL, false, NULL},
};

void monitor_add_columns(struct column_set *set, struct monitor **holder)
{
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct column c = columns[i];
        c.ctx = holder;
        column_set_add(set, &c);
    }
}

bool monitor_names_column(struct span text)
{
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (text.len && memmem(text.p, text.len, columns[i].name, strlen(columns[i].name)))
            return true;
    }
    return false;
}
