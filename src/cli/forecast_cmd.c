/* forecast_cmd.c: paddock forecast: where each quota will stand when its period ends. */
#include "cli/report.h"
#include "cli/survey.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"

#include <math.h>
#include <stdlib.h>

static const struct report_column columns[] = {
    {"account", false, false},    {"id", false, true},           {"quota", false, false},
    {"used", true, false},        {"limit", true, false},        {"forecast", true, true},
    {"low", true, true},          {"high", true, true},          {"percent", true, false},
    {"low_percent", true, false}, {"high_percent", true, false}, {"runs_out", false, false},
    {"period", false, false},     {"period_end", false, true},   {"basis", false, false},
    {"history", false, true},
};

/* One quota of one account. */
struct item {
    row_id row;
    enum series_counter counter;
    int64_t percent; /* -1: no forecast */
};

struct tally {
    size_t no_quota, no_forecast, over;
};

static int worst_first(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->percent != y->percent)
        return x->percent > y->percent ? -1 : 1;
    return 0;
}

static void number(struct report *r, double n)
{
    struct str shown = STR_INIT;
    if (isnan(n)) {
        report_none(r);
        return;
    }
    int64_t i = n < 9e18 ? (int64_t)(n + 0.5) : INT64_MAX;
    quantity_short(&shown, i);
    report_number(r, i, str_text(&shown));
    str_finish(&shown);
}

static void percent(struct report *r, double n, int64_t limit)
{
    struct str shown = STR_INIT;
    if (isnan(n)) {
        report_none(r);
        return;
    }
    str_printf(&shown, "%lld%%", (long long)forecast_percent(n, limit));
    report_number(r, forecast_percent(n, limit), str_text(&shown));
    str_finish(&shown);
}

static void stamp(struct report *r, int64_t ms)
{
    struct str text = STR_INIT;
    when_rfc3339(&text, ms);
    if (ms == WHEN_NONE)
        report_none(r);
    else
        report_text(r, span_from(&text));
    str_finish(&text);
}

static void report_item(struct survey *s, struct report *r, const struct item *item)
{
    static const char *const counters[] = {"tokens", "requests"};
    enum series_counter c = item->counter;
    struct monitor_account a;
    struct value name, id;
    struct str words = STR_INIT;
    if (!monitor_account(s->monitor, item->row, &a))
        return;
    const struct forecast *f = &a.forecast[c];
    fleet_get(s->fleet, item->row, FIELD_NAME, &name);
    fleet_get(s->fleet, item->row, FIELD_ID, &id);
    report_text(r, value_known(&name) ? name.text : id.text);
    report_text(r, id.text);
    report_text(r, span_of(counters[c]));
    number(r, (double)a.used[c]);
    number(r, (double)a.limit[c]);
    number(r, f->end);
    number(r, f->low);
    number(r, f->high);
    percent(r, f->end, a.limit[c]);
    percent(r, f->low, a.limit[c]);
    percent(r, f->high, a.limit[c]);
    if (f->runs_out_ms != WHEN_NONE && f->runs_out_ms <= monitor_now(s->monitor))
        report_text(r, span_of(MONITOR_OVER)); /* since when is not known */
    else
        stamp(r, f->runs_out_ms);
    period_words(&a.period, &words);
    report_text(r, span_from(&words));
    stamp(r, a.period.end_ms);
    report_text(r, span_of(forecast_basis_words(f->basis)));
    report_text(r, span_of(a.lent[c] ? "Prometheus" : "this machine"));
    str_finish(&words);
}

static void collect(struct survey *s, struct report *r, struct tally *tally)
{
    int64_t fail_over = s->cli->line.number[FLAG_FAIL_OVER];
    size_t count, n = 0;
    row_id *rows = survey_rows(s, &count);
    struct item *items = mem_calloc(count * SERIES_COUNTERS + 1, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        struct monitor_account a;
        if (!monitor_account(s->monitor, rows[i], &a))
            continue;
        tally->no_quota += !a.limited[SERIES_TOKENS] && !a.limited[SERIES_REQUESTS];
        for (int c = 0; c < SERIES_COUNTERS; c++) {
            if (!a.limited[c] || !a.counted[c])
                continue;
            double end = a.forecast[c].end;
            int64_t p = isnan(end) ? -1 : forecast_percent(end, a.limit[c]);
            tally->no_forecast += p < 0;
            tally->over += fail_over > 0 && p >= fail_over;
            items[n++] = (struct item){rows[i], (enum series_counter)c, p};
        }
    }
    qsort(items, n, sizeof *items, worst_first);
    for (size_t i = 0; i < n; i++)
        report_item(s, r, &items[i]);
    mem_free(items);
    mem_free(rows);
}

static enum exit_code tell(struct cli *cli, const struct tally *tally)
{
    if (tally->no_quota)
        cli_say(cli, "%s account%s without a quota, not counted", QUANTITY(tally->no_quota),
                PLURAL(tally->no_quota));
    if (tally->no_forecast)
        cli_say(cli,
                "%s quota%s without a forecast: the period has hardly begun, or does not hold "
                "now",
                QUANTITY(tally->no_forecast), PLURAL(tally->no_forecast));
    if (tally->over)
        cli_say(cli, "%s quotas are forecast at %lld%% or more", QUANTITY(tally->over),
                (long long)cli->line.number[FLAG_FAIL_OVER]);
    return tally->over ? EXIT_THRESHOLD : EXIT_DONE;
}

static enum exit_code foretell(struct survey *s, struct report *r)
{
    struct tally tally = {0};
    survey_monitor(s);
    monitor_lent(s->cli, s->fleet, s->monitor);
    collect(s, r, &tally);
    survey_put(s, r);
    return tell(s->cli, &tally);
}

enum exit_code forecast_run(struct cli *cli)
{
    return survey_report(cli, columns, ARRAY_LEN(columns), foretell);
}
