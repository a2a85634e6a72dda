/* filter.c: an expression typed into the filter, and values typed into the form. */
#include "fuzz.h"

#include "base/text.h"
#include "model/account.h"
#include "model/filter.h"

#define NOW 1760968927000

static const char account_json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"az-gpt\",\"provider_type\":\"openai\","
    "\"enabled\":true,\"tags\":{\"team\":\"x\"},\"quota_policy\":{\"max_tokens_per_month\":100},"
    "\"created_at\":\"2025-01-01T00:00:00Z\"}";

static void get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)row;
    *out = ((const struct account *)owner)->v[field];
}

static void filter(struct span text)
{
    struct column_set *columns = column_set_create();
    struct account a;
    struct filter *f = NULL;
    struct error err;
    size_t at = 0;
    account_init(&a);
    HOLDS(account_decode(&a, span_of(account_json), NULL) == ST_OK);
    if (filter_parse(columns, text, NOW, &f, &at, &err) == ST_OK) {
        struct filter_query query;
        const struct row_source row = {get, &a, 0};
        filter_match(f, &row);
        filter_exact(f);
        filter_query_terms(f, &query);
        filter_set_now(f, NOW + 86400000);
        filter_match(f, &row);
    } else {
        HOLDS(err.what[0] && at <= text.len);
    }
    filter_destroy(f);
    account_finish(&a);
    column_set_destroy(columns);
}

/* What is shown in a form reads as what it was made of. */
static void typed(enum field field, struct span text)
{
    struct value v, again;
    struct arena mem;
    struct error err;
    struct str shown = STR_INIT;
    arena_init(&mem);
    if (value_parse(field, text, &mem, &v, &err) == ST_OK) {
        value_edit(field, &v, &shown);
        HOLDS(text_is_utf8(str_text(&shown), shown.len));
        if (v.presence == PRESENCE_VALUE && value_check(field, &v, NULL) == ST_OK) {
            HOLDS(value_parse(field, span_from(&shown), &mem, &again, &err) == ST_OK);
            HOLDS(value_eq(field, &v, &again));
        }
    } else {
        HOLDS(err.what[0]);
    }
    arena_finish(&mem);
    str_finish(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 1 || len > 2000)
        return 0;
    filter(fuzz_span(bytes + 1, len - 1));
    enum field field = (enum field)(bytes[0] % FIELD_COUNT);
    if (field_settable(field))
        typed(field, fuzz_span(bytes + 1, len - 1));
    return 0;
}
