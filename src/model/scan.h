/* scan.h: the strict scanner for pages and records (RFC 8259), without a tree.
 *
 * Strict means: UTF-8 checked, depth <= 64, no trailing bytes, no BOM, no leading zeros, no raw
 * controls in strings. Numbers are never turned into doubles on the way: a record keeps the digits
 * it came with. One bad record costs itself, not its page. */
#ifndef MODEL_SCAN_H
#define MODEL_SCAN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "model/value.h"

#define SCAN_DEPTH_MAX 64

/* Checks that `json` is one JSON value and nothing else. *at (may be NULL) is the byte of the first
 * error. */
enum status scan_check(struct span json, size_t *at, struct error *err);

/* A field that the table does not know. Both spans are raw JSON, (borrowed) from the record; path
 * is dotted ("quota_policy.new_limit"). */
typedef void scan_unknown_fn(void *ctx, struct span path, struct span raw);

/* Cuts one account object into values: out[FIELD_COUNT] is filled for every field. Strings without
 * escapes borrow from `raw`, others are decoded into mem. A duplicate key: the last one wins, as in
 * most readers. ST_PARSE when raw is not an object or not strict JSON; a field of a wrong type is
 * PRESENCE_BAD and no error. unknown may be NULL. */
enum status scan_record(struct span raw, struct value out[FIELD_COUNT], struct arena *mem,
                        scan_unknown_fn *unknown, void *ctx, struct error *err);

/* A page of the list, as it streams in. */
struct page_events {
    /* next_cursor at depth 1, as soon as it is complete: null or absent cursors are not reported.
       (borrowed) for the call. */
    void (*cursor)(void *ctx, struct span cursor);
    /* One element of `accounts`, raw and well-formed JSON, or bad: then err says why. raw is
       (borrowed) for the call. */
    void (*record)(void *ctx, struct span raw, const struct error *bad);
};

struct page_scan; /* opaque; keeps what it has not finished */
struct page_scan *page_scan_create(const struct page_events *events, void *ctx);
void page_scan_destroy(struct page_scan *p);
/* Feeds the next bytes of the body; the body's cap is the transport's business. */
enum status page_scan_feed(struct page_scan *p, const char *bytes, size_t len, struct error *err);

struct page_summary {
    int64_t total;    /* -1: absent or not a whole number */
    int has_more;     /* 1, 0, or -1: absent or not a bool */
    bool has_cursor;  /* next_cursor was a string */
    bool null_cursor; /* it was null */
    bool odd_cursor;  /* it was neither */
    uint32_t records; /* elements of accounts, bad ones included */
    uint32_t bad;     /* of them, not an object or not well-formed */
};
/* After the last byte: ST_UNREADABLE when the page is cut short, is not an object with an
 * `accounts` array, or has trailing bytes. */
enum status page_scan_finish(struct page_scan *p, struct page_summary *out, struct error *err);
/* Of a page that seems to be the last: whether what it says of a next one leaves that open. It says
 * that there is more and not where; it is full, and says that there is no more beside a cursor to
 * it, or says nothing at all. limit: the records that were asked for. */
bool page_end_open(const struct page_summary *page, uint32_t limit);

#endif
