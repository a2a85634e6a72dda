/* record.c: an account's JSON to the model and back: what is read is written as what reads the
 * same. */
#include "fuzz.h"

#include "model/account.h"
#include "model/patch.h"
#include "model/scan.h"

#include <string.h>

static void on_unknown(void *ctx, struct span path, struct span raw)
{
    size_t *n = ctx;
    HOLDS(raw.len > 0);
    *n += path.len;
}

/* A body made of it is strict JSON, and reads back as the values it was made of. */
static void round_trip(const struct account *a)
{
    struct value v[FIELD_COUNT];
    struct str body = STR_INIT;
    struct arena mem;
    arena_init(&mem);
    create_body(a, &body);
    HOLDS(scan_record(span_from(&body), v, &mem, NULL, NULL, NULL) == ST_OK);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (field_settable((enum field)f) && v[f].presence == PRESENCE_VALUE)
            HOLDS(value_eq((enum field)f, &v[f], &a->v[f]));
    arena_finish(&mem);
    str_finish(&body);
}

static void show(const struct account *a)
{
    struct str out = STR_INIT;
    for (int f = 0; f < FIELD_COUNT; f++) {
        value_show((enum field)f, &a->v[f], SHOW_CELL, &out);
        value_show((enum field)f, &a->v[f], SHOW_FULL, &out);
        value_edit((enum field)f, &a->v[f], &out);
    }
    str_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span raw = fuzz_span(bytes, len);
    struct value v[FIELD_COUNT];
    struct account a, b;
    struct arena mem;
    struct error err;
    size_t unknown = 0;
    arena_init(&mem);
    account_init(&a);
    account_init(&b);
    enum status scanned = scan_record(raw, v, &mem, on_unknown, &unknown, &err);
    HOLDS(scanned == ST_OK || err.what[0]);
    HOLDS(scanned != ST_OK || scan_check(raw, NULL, NULL) == ST_OK);
    enum status decoded = account_decode(&a, raw, &err);
    HOLDS((decoded == ST_OK) == (scanned == ST_OK));
    if (decoded == ST_OK) {
        struct field_set changed;
        account_copy(&b, &a);
        HOLDS(diff_settable(&a, &b, &changed) == 0);
        round_trip(&a);
        show(&a);
    }
    account_finish(&a);
    account_finish(&b);
    arena_finish(&mem);
    return 0;
}
