/* account_files.c: files of accounts in each of their forms: a mistake is refused with file and
 * line, and what was read can be sent. */
#include "fuzz.h"

#include "model/patch.h"
#include "model/scan.h"
#include "plan/input.h"

#include <string.h>

static void read_as(const char *name, struct span text)
{
    struct plan_inputs inputs;
    struct error err;
    plan_inputs_init(&inputs);
    if (plan_inputs_text(&inputs, name, text, "org_1", &err) == ST_OK) {
        for (size_t i = 0; i < inputs.count; i++) {
            struct str body = STR_INIT;
            create_body(&inputs.items[i].account, &body);
            HOLDS(scan_check(span_from(&body), NULL, NULL) == ST_OK);
            str_finish(&body);
        }
    } else {
        HOLDS(err.status == ST_USAGE && err.what[0]);
    }
    plan_inputs_finish(&inputs);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const names[] = {"a.json", "a.jsonl", "a.csv", "-"};
    if (len > 20000)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        read_as(names[i], fuzz_span(bytes, len));
    return 0;
}
