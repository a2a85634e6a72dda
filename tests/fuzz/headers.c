/* headers.c: what a reply's headers and a profile hold: Retry-After, dates, addresses, ids. */
#include "fuzz.h"

#include "api/url.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "base/when.h"

#include <string.h>

#define NOW 1760968927000

static void dates(struct span text)
{
    int64_t wait = when_parse_retry_after(text.p, text.len, NOW);
    int64_t http = when_parse_http(text.p, text.len);
    int64_t stamp = when_parse_rfc3339(text.p, text.len);
    struct str out = STR_INIT;
    HOLDS(wait >= -1);
    when_clock(&out, http, NOW);
    when_age(&out, wait);
    str_clear(&out);
    when_rfc3339(&out, stamp);
    /* What is shown of a time reads as the same second. */
    if (stamp != WHEN_NONE && out.len == 20)
        HOLDS(when_parse_rfc3339(out.data, out.len) / 1000 == stamp / 1000 || stamp < 0);
    str_finish(&out);
}

static void addresses(struct span text)
{
    struct url_base base;
    struct error err;
    struct str out = STR_INIT;
    char *url = span_dup(text);
    if (url_base_parse(url, false, &base, &err) == ST_OK) {
        HOLDS(base.https || base.loopback);
        HOLDS(!strchr(base.host, '@') && !strchr(base.text, '?') && !strchr(base.text, '#'));
    } else {
        HOLDS(err.what[0]);
    }
    url_base_finish(&base);
    if (url_segment_check(text, "account id", &err) == ST_OK) {
        url_segment(&out, text);
        HOLDS(!strpbrk(out.data, "/?#\r\n %") || strchr(out.data, '%'));
        HOLDS(!strpbrk(out.data, "/?#\r\n "));
    }
    str_finish(&out);
    mem_free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span text = fuzz_span(bytes, len);
    if (len > 2000)
        return 0;
    dates(text);
    addresses(text);
    return 0;
}
