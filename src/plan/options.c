/* options.c: see options.h. */
#include "plan/options.h"

#include "base/quantity.h"

#include <string.h>

enum { COUNT, DURATION };

static const struct plan_option_info rows[PLAN_OPT_COUNT] = {
#define PLAN_OPTION(id, flag, arg, kind, min, max, initial, none, label, help)                     \
    {PLAN_OPT_##id, flag, arg, (kind) == DURATION, min, max, initial, none, label, help},
#define PLAN_OPTION_OF_ALL PLAN_OPTION
#include "plan/options.def"
#undef PLAN_OPTION_OF_ALL
#undef PLAN_OPTION
};

const struct plan_option_info *plan_option_info(enum plan_option id)
{
    return &rows[id];
}

void plan_options_init(struct plan_options *options)
{
    for (int i = 0; i < PLAN_OPT_COUNT; i++)
        options->v[i] = rows[i].initial;
}

/* ---- one value ------------------------------------------------------------------------------ */

static void add_number(const struct plan_option_info *row, int64_t n, struct str *out)
{
    if (row->seconds)
        quantity_seconds(out, n);
    else
        quantity_full(out, n);
}

static enum status refuse(const struct plan_option_info *row, const char *name, struct error *err)
{
    struct str range = STR_INIT;
    add_number(row, row->min, &range);
    str_add(&range, " to ");
    add_number(row, row->max, &range);
    error_set(err, ST_USAGE, "%s takes %s from %s%s%s", name, row->seconds ? "a time" : "a number",
              str_text(&range), *row->none ? ", or none: " : "", row->none);
    str_finish(&range);
    return ST_USAGE;
}

static bool fits(const struct plan_option_info *row, int64_t n)
{
    return n == 0 ? *row->none != '\0' : n >= row->min && n <= row->max;
}

enum status plan_option_put(struct plan_options *options, enum plan_option id, int64_t n,
                            struct error *err)
{
    char name[40] = "--";
    if (!fits(&rows[id], n))
        return refuse(&rows[id], strncat(name, rows[id].flag, sizeof name - 3), err);
    options->v[id] = n;
    return ST_OK;
}

enum status plan_options_check(const struct plan_options *options, struct error *err)
{
    if (options->v[PLAN_OPT_WAIT_HEALTH] && !options->v[PLAN_OPT_FIRST])
        return error_set(err, ST_USAGE, "there is no canary to wait for: say how many are first");
    return ST_OK;
}

enum status plan_option_read(struct plan_options *options, enum plan_option id, struct span text,
                             struct error *err)
{
    const struct plan_option_info *row = &rows[id];
    struct error inner;
    int64_t n = 0;
    if (text.len && !span_is(text, "none") && !span_is(text, row->none)) {
        enum status st = row->seconds ? quantity_parse_seconds(text.p, text.len, &n, &inner)
                                      : quantity_parse_count(text.p, text.len, &n, &inner);
        if (st != ST_OK)
            n = -1;
    }
    if (!fits(row, n))
        return refuse(row, "it", err);
    options->v[id] = n;
    return ST_OK;
}

void plan_option_show(const struct plan_options *options, enum plan_option id, struct str *out)
{
    if (options->v[id] == 0)
        str_add(out, rows[id].none);
    else
        add_number(&rows[id], options->v[id], out);
}

/* ---- all of them ---------------------------------------------------------------------------- */

void plan_options_words(const struct plan_options *options, struct str *out)
{
    const int64_t *v = options->v;
    if (v[PLAN_OPT_FIRST]) {
        str_add(out, "first ");
        quantity_full(out, v[PLAN_OPT_FIRST]);
        if (v[PLAN_OPT_WAIT_HEALTH]) {
            str_add(out, ", good health within ");
            quantity_seconds(out, v[PLAN_OPT_WAIT_HEALTH]);
        } else {
            str_add(out, ", your word");
        }
    } else {
        str_add(out, "one by one until one is applied");
    }
    str_add(out, ", then ");
    quantity_full(out, v[PLAN_OPT_PARALLEL]);
    str_add(out, " at a time");
    if (v[PLAN_OPT_MAX_RPS]) {
        str_add(out, ", at most ");
        quantity_full(out, v[PLAN_OPT_MAX_RPS]);
        str_add(out, v[PLAN_OPT_MAX_RPS] == 1 ? " request/s" : " requests/s");
    }
}

void plan_options_run(const struct plan_options *options, struct plan_run_options *out)
{
    const int64_t *v = options->v;
    out->parallel = (int)v[PLAN_OPT_PARALLEL];
    out->max_rps = (double)v[PLAN_OPT_MAX_RPS];
    out->max_errors = (int)v[PLAN_OPT_MAX_ERRORS];
    out->first = (uint32_t)v[PLAN_OPT_FIRST];
    out->wait_health_ms = v[PLAN_OPT_WAIT_HEALTH] * 1000;
}

/* ---- kept for going on ---------------------------------------------------------------------- */

void plan_options_text(const struct plan_options *options, struct str *out)
{
    const char *before = "";
    for (int i = 0; i < PLAN_OPT_COUNT; i++) {
        if (options->v[i] == rows[i].initial)
            continue;
        str_printf(out, "%s%s=%lld", before, rows[i].flag, (long long)options->v[i]);
        before = " ";
    }
}

static void take_word(struct plan_options *options, struct span word)
{
    struct error err;
    for (int i = 0; i < PLAN_OPT_COUNT; i++) {
        size_t len = strlen(rows[i].flag);
        int64_t n = 0;
        if (word.len <= len || memcmp(word.p, rows[i].flag, len) != 0 || word.p[len] != '=')
            continue;
        if (quantity_parse_count(word.p + len + 1, word.len - len - 1, &n, &err) == ST_OK)
            plan_option_put(options, (enum plan_option)i, n, &err);
    }
}

void plan_options_parse(struct plan_options *options, struct span text)
{
    plan_options_init(options);
    for (size_t i = 0, end; i < text.len; i = end + 1) {
        for (end = i; end < text.len && text.p[end] != ' ';)
            end++;
        take_word(options, (struct span){text.p + i, end - i});
    }
}
