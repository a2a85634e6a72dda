/* envelope.c: the body of a refusal, a 422's or any other's. */
#include "fuzz.h"

#include "api/envelope.h"
#include "model/patch.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct envelope e;
    envelope_init(&e);
    envelope_read(&e, fuzz_span(bytes, len));
    HOLDS(e.count <= ENVELOPE_DETAILS_MAX);
    HOLDS(e.kind != ENVELOPE_DETAIL || e.count > 0);
    for (size_t i = 0; i < e.count; i++) {
        const struct api_detail *d = &e.details[i];
        HOLDS(d->loc_count <= sizeof d->loc / sizeof *d->loc);
        HOLDS(d->field == FIELD_NONE || (unsigned)d->field < FIELD_COUNT);
        HOLDS(field_from_loc(d->loc, d->loc_count) == d->field);
    }
    HOLDS(!memchr(str_text(&e.words), '\n', e.words.len));
    envelope_finish(&e);
    return 0;
}
