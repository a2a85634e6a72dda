/* pager.c: a page of the list comes to the same whatever pieces it streams in by. The first byte
 * says how it is cut. */
#include "fuzz.h"

#include "model/scan.h"

#include <string.h>

struct seen {
    struct str all; /* every event, as text */
};

static void on_cursor(void *ctx, struct span cursor)
{
    struct seen *s = ctx;
    str_printf(&s->all, "C%zu:", cursor.len);
    str_add_span(&s->all, cursor);
}

static void on_record(void *ctx, struct span raw, const struct error *bad)
{
    struct seen *s = ctx;
    HOLDS(bad || scan_check(raw, NULL, NULL) == ST_OK);
    str_printf(&s->all, "%c%zu:", bad ? 'B' : 'R', raw.len);
    str_add_span(&s->all, raw);
}

static enum status read_page(struct span text, size_t piece, struct seen *seen,
                             struct page_summary *sum)
{
    static const struct page_events events = {on_cursor, on_record};
    struct error err;
    struct page_scan *p = page_scan_create(&events, seen);
    enum status st = ST_OK;
    memset(sum, 0, sizeof *sum);
    for (size_t at = 0; at < text.len && st == ST_OK; at += piece) {
        /* A copy of its own, so that nothing may look beyond its piece. */
        size_t n = text.len - at < piece ? text.len - at : piece;
        char *bytes = malloc(n);
        memcpy(bytes, text.p + at, n);
        st = page_scan_feed(p, bytes, n, &err);
        free(bytes);
    }
    if (st == ST_OK)
        st = page_scan_finish(p, sum, &err);
    page_scan_destroy(p);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct seen whole = {STR_INIT}, cut = {STR_INIT};
    struct page_summary a, b;
    if (len < 2)
        return 0;
    struct span text = fuzz_span(bytes + 1, len - 1);
    enum status one = read_page(text, text.len, &whole, &a);
    enum status two = read_page(text, 1 + bytes[0] % 17, &cut, &b);
    HOLDS(one == two);
    if (one == ST_OK) {
        HOLDS(span_eq(span_from(&whole.all), span_from(&cut.all)));
        HOLDS(a.total == b.total && a.has_more == b.has_more && a.records == b.records &&
              a.bad == b.bad && a.has_cursor == b.has_cursor);
        HOLDS(scan_check(text, NULL, NULL) == ST_OK || a.bad);
    }
    str_finish(&whole.all);
    str_finish(&cut.all);
    return 0;
}
