/* problem.c: see problem.h. There are 32 texts in all: four classes, four states of the quotas, two
 * of the check. */
#include "model/problem.h"

#include "base/when.h"

#include <stdio.h>
#include <string.h>

enum quota { QUOTA_FINE, QUOTA_NEAR, QUOTA_OVER, QUOTA_ZERO, QUOTA_STATES };

static const char *const quota_words[QUOTA_STATES] = {"", "near quota", "over quota",
                                                      "over quota, quota 0"};

static void get_field(const struct row_source *row, enum field field, struct value *out)
{
    row->get(row->owner, row->row, field, out);
}

/* 100 is over: nothing is left, as of a quota of zero, whether or not anything was used. */
static enum quota quota_of(const struct row_source *row, enum field limit_field,
                           enum field used_field)
{
    struct value limit, used;
    get_field(row, limit_field, &limit);
    get_field(row, used_field, &used);
    if (!value_known(&limit) || !value_known(&used))
        return QUOTA_FINE;
    int64_t percent = column_percent(used.i, limit.i);
    if (limit.i <= 0)
        return QUOTA_ZERO;
    return percent >= 100 ? QUOTA_OVER : percent >= PROBLEM_NEAR_PERCENT ? QUOTA_NEAR : QUOTA_FINE;
}

static enum quota worse(enum quota a, enum quota b)
{
    return a > b ? a : b;
}

static size_t text_number(enum health health, enum quota quota, bool stale)
{
    return ((size_t)health * QUOTA_STATES + quota) * 2 + stale;
}

static bool is_stale(const struct problem_column *p, const struct row_source *row)
{
    struct value checked;
    get_field(row, FIELD_LAST_CHECK, &checked);
    return p->stale_ms > 0 && value_known(&checked) && checked.i != WHEN_NONE &&
           clock_wall(&p->clock) - checked.i > p->stale_ms;
}

static void get(void *ctx, const struct row_source *row, struct value *out)
{
    const struct problem_column *p = ctx;
    struct value status, enabled;
    get_field(row, FIELD_STATUS, &status);
    get_field(row, FIELD_ENABLED, &enabled);
    *out = value_null();
    if (value_known(&enabled) && !enabled.i)
        return;
    enum health health = value_known(&status) ? health_of(p->classes, status.text) : HEALTH_OTHER;
    enum quota quota = worse(quota_of(row, FIELD_QUOTA_TOKENS, FIELD_USED_TOKENS),
                             quota_of(row, FIELD_QUOTA_REQUESTS, FIELD_USED_REQUESTS));
    size_t number = text_number(health, quota, is_stale(p, row));
    if (number)
        *out = value_text(span_of(p->texts[number]));
}

static void add_word(char *text, size_t size, const char *word)
{
    size_t len = strlen(text);
    if (*word)
        snprintf(text + len, size - len, "%s%s", len ? ", " : "", word);
}

void problem_column_init(struct problem_column *p, const struct health_classes *classes,
                         int64_t stale_ms, struct clock clock, struct column *out)
{
    *p = (struct problem_column){.classes = classes, .stale_ms = stale_ms, .clock = clock};
    for (int h = 0; h < HEALTH_COUNT; h++)
        for (int q = 0; q < QUOTA_STATES; q++)
            for (int stale = 0; stale < 2; stale++) {
                char *text = p->texts[text_number((enum health)h, (enum quota)q, stale)];
                add_word(text, sizeof p->texts[0], h ? health_name((enum health)h) : "");
                add_word(text, sizeof p->texts[0], quota_words[q]);
                add_word(text, sizeof p->texts[0], stale ? "stale" : "");
            }
    *out = (struct column){.name = "problem",
                           .help = "What is not as it should be: status, quota, age of the check",
                           .like = FIELD_STATUS,
                           .field = FIELD_NONE,
                           .get = get,
                           .ctx = p,
                           .ages = true};
}
