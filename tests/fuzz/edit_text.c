/* edit_text.c: what comes back from the operator's editor: mistakes have a line and come back as
 * comments; what was written and not touched changes nothing. */
#include "fuzz.h"

#include "model/edit_text.h"
#include "model/patch.h"

static const char base_json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"az-gpt\",\"provider_type\":\"openai\","
    "\"enabled\":true,\"tags\":{\"team\":\"x\"},\"quota_policy\":{\"max_tokens_per_month\":100},"
    "\"rate_limit_policy\":{\"requests_per_second\":80}}";

static void read_it(struct span text, const struct account *base)
{
    struct account mine;
    struct edit_problems problems = {.count = 0};
    struct str again = STR_INIT, twice = STR_INIT;
    account_init(&mine);
    if (!edit_text_read(text, base, FF_EDIT, false, &mine, &problems)) {
        HOLDS(problems.count > 0 && problems.count <= EDIT_PROBLEMS_MAX);
        for (size_t i = 0; i < problems.count; i++)
            HOLDS(problems.items[i].line > 0 && problems.items[i].text[0]);
        edit_text_annotate(text, &problems, &again);
        HOLDS(again.len >= 1);
        edit_text_annotate(span_from(&again), &problems, &twice);
    } else {
        edit_text_line(text, FIELD_NAME);
    }
    HOLDS(edit_text_same(text, text));
    account_finish(&mine);
    str_finish(&again);
    str_finish(&twice);
}

/* An account of any kind, written and read back untouched. */
static void untouched(struct span raw)
{
    struct account a, mine;
    struct edit_problems problems = {.count = 0};
    struct field_set changed;
    struct str text = STR_INIT;
    account_init(&a);
    account_init(&mine);
    if (account_decode(&a, raw, NULL) == ST_OK) {
        edit_text_write(&a, FF_EDIT, "an account", &text);
        if (edit_text_read(span_from(&text), &a, FF_EDIT, true, &mine, &problems))
            HOLDS(diff_settable(&a, &mine, &changed) == 0);
    }
    account_finish(&a);
    account_finish(&mine);
    str_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct account base;
    if (len > 20000)
        return 0;
    account_init(&base);
    HOLDS(account_decode(&base, span_of(base_json), NULL) == ST_OK);
    read_it(fuzz_span(bytes, len), &base);
    untouched(fuzz_span(bytes, len));
    account_finish(&base);
    return 0;
}
