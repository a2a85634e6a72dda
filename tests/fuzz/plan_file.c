/* plan_file.c: a plan's file: what was not made by paddock is refused with a place. */
#include "fuzz.h"

#include "plan/file.h"

#include <string.h>

static void plan(struct span text)
{
    struct plan *p = NULL;
    struct error err;
    if (plan_file_parse("f.plan", text, &p, &err) == ST_OK) {
        struct str out = STR_INIT;
        HOLDS(p);
        plan_file_text(p, &out);
        HOLDS(out.len > 0);
        str_finish(&out);
        plan_destroy(p);
    } else {
        HOLDS(err.status == ST_CONFIG && strncmp(err.what, "f.plan", 6) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len <= 20000)
        plan(fuzz_span(bytes, len));
    return 0;
}
