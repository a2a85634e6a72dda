/* health.c: see health.h. */
#include "model/health.h"

static const char *const names[HEALTH_COUNT + 1] = {
    [HEALTH_OK] = "ok",
    [HEALTH_DEGRADED] = "degraded",
    [HEALTH_DOWN] = "down",
    [HEALTH_OTHER] = "other",
};

enum health health_of(const struct health_classes *classes, struct span status)
{
    for (int h = 0; h < HEALTH_OTHER; h++) {
        for (const char *const *word = classes->words[h]; *word; word++) {
            if (span_is(status, *word))
                return (enum health)h;
        }
    }
    return HEALTH_OTHER;
}

const char *health_name(enum health health)
{
    return names[health];
}

static void get(void *ctx, const struct row_source *row, struct value *out)
{
    struct value status;
    row->get(row->owner, row->row, FIELD_STATUS, &status);
    enum health h = value_known(&status) ? health_of(ctx, status.text) : HEALTH_OTHER;
    *out = value_text(span_of(names[h]));
}

void health_column(const struct health_classes *classes, struct column *out)
{
    *out = (struct column){.name = "health",
                           .help = "The class of the status: ok, degraded, down or other",
                           .like = FIELD_STATUS,
                           .field = FIELD_NONE,
                           .get = get,
                           .ctx = (void *)(uintptr_t)classes,
                           .values = names};
}
