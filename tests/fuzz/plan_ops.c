/* plan_ops.c: operations of a bulk, as typed: arithmetic that never wraps, and a result that is an
 * account. Settings are cut at line ends; the first byte chooses the account. */
#include "fuzz.h"

#include "base/mem.h"
#include "model/patch.h"
#include "model/scan.h"
#include "plan/ops.h"

#include <string.h>

static const char *const accounts[] = {
    "{\"provider_account_id\":\"pa_1\",\"name\":\"az-gpt\",\"credentials_ref\":\"kv/old/a\","
    "\"tags\":{\"team\":\"x\"},\"quota_policy\":{\"max_tokens_per_month\":9223372036854775807},"
    "\"rate_limit_policy\":{\"requests_per_second\":80}}",
    "{\"provider_account_id\":\"pa_2\",\"name\":\"b\",\"tags\":{},\"quota_policy\":"
    "{\"max_tokens_per_month\":0,\"max_requests_per_month\":null},\"rate_limit_policy\":null}",
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct plan_ops ops;
    struct account a;
    struct error err;
    struct str text = STR_INIT, words = STR_INIT, skipped = STR_INIT, body = STR_INIT;
    if (len < 2 || len > 3000)
        return 0;
    str_append(&text, (const char *)bytes + 1, len - 1);
    plan_ops_init(&ops);
    account_init(&a);
    HOLDS(account_decode(&a, span_of(accounts[bytes[0] & 1]), NULL) == ST_OK);
    char *rest = text.data;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t before = ops.count;
        if (plan_ops_setting(&ops, line, &err) != ST_OK)
            HOLDS(err.what[0] && ops.count == before);
    }
    plan_ops_words(&ops, &words);
    bool copies = false;
    for (size_t i = 0; i < ops.count; i++)
        copies = copies || ops.items[i].id == PLAN_OP_COPY;
    if (!copies && plan_ops_apply(&ops, &a, bytes[0], &skipped, &err) == ST_OK) {
        create_body(&a, &body);
        HOLDS(scan_check(span_from(&body), NULL, NULL) == ST_OK);
    }
    plan_ops_finish(&ops);
    account_finish(&a);
    str_finish(&text);
    str_finish(&words);
    str_finish(&skipped);
    str_finish(&body);
    return 0;
}
