/* page.c: a page of the list as it streams in.
 *
 * The strict scanner reads each piece (a member's value, an element of `accounts`) where it lies.
 * A piece that the bytes end in is kept; from then on a cheap tracker of strings and brackets looks
 * at each new byte once, says where the piece ends, and only then is it read again: the work stays
 * linear however the bytes are cut. The tracker also finds the end of a piece that is no JSON, so
 * that one bad account costs itself alone. */
#include "model/scan.h"

#include "base/mem.h"
#include "model/json_scan.h"

#include <string.h>

#define KEY_BYTES_MAX 4096 /* a key of the page that is longer is no page */

enum where {
    BEFORE,
    FIRST_KEY, /* after the opening brace */
    KEY,
    VALUE,
    AFTER_VALUE,
    FIRST_ELEMENT, /* after the opening bracket of accounts */
    ELEMENT,
    AFTER_ELEMENT,
    AFTER
};

enum member { MEMBER_TOTAL, MEMBER_HAS_MORE, MEMBER_CURSOR, MEMBER_ACCOUNTS, MEMBER_OTHER };

struct page_scan {
    struct page_events events;
    void *ctx;
    struct str buf; /* bytes not finished with, from the start of a piece */
    enum where where;
    enum member member;     /* whose value is being read */
    bool tracking;          /* the piece did not end with the bytes there were */
    bool in_string, escape; /* false again at the end of a piece */
    int depth;              /* of brackets within the piece; 0 again at its end */
    size_t seen;            /* bytes of the piece that the tracker has looked at */
    bool has_accounts;
    struct page_summary sum;
    enum status status;
    struct error err;
};

struct page_scan *page_scan_create(const struct page_events *events, void *ctx)
{
    struct page_scan *p = mem_calloc(1, sizeof *p);
    p->events = *events;
    p->ctx = ctx;
    p->sum.total = -1;
    p->sum.has_more = -1;
    return p;
}

void page_scan_destroy(struct page_scan *p)
{
    if (!p)
        return;
    str_finish(&p->buf);
    mem_free(p);
}

static bool broken(struct page_scan *p, const char *why)
{
    p->status = error_set(&p->err, ST_UNREADABLE, "the list is not as the API says: %s", why);
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* ---- where a piece ends ---- */

/* A byte inside a string of the piece; true when it closes the piece. */
static bool track_string(struct page_scan *p, char c)
{
    if (p->escape)
        p->escape = false;
    else if (c == '\\')
        p->escape = true;
    else if (c == '"')
        p->in_string = false;
    return !p->in_string && p->depth == 0;
}

/* A number, a word, or rubbish: neither object nor list nor string. */
static bool is_scalar(char first)
{
    return first != '{' && first != '[' && first != '"';
}

static bool ends_scalar(char c)
{
    return is_space(c) || c == ',' || c == ']' || c == '}';
}

/* A byte outside of strings; true when it closes the piece. */
static bool track_bracket(struct page_scan *p, char c)
{
    if (c == '"')
        p->in_string = true;
    else if (c == '{' || c == '[')
        p->depth++;
    else if (c == '}' || c == ']')
        p->depth--;
    return !p->in_string && p->depth == 0;
}

/* Looks on from p->seen. True when the piece ends, with its bytes in *len. */
static bool track(struct page_scan *p, struct span rest, size_t *len)
{
    bool scalar = is_scalar(*rest.p);
    for (; p->seen < rest.len; p->seen++) {
        char c = rest.p[p->seen];
        bool closed = false;
        if (scalar && ends_scalar(c)) {
            *len = p->seen;
            return true;
        }
        if (!scalar)
            closed = p->in_string ? track_string(p, c) : track_bracket(p, c);
        if (closed) {
            *len = ++p->seen;
            return true;
        }
    }
    return false;
}

enum piece { PIECE_WAIT, PIECE_GOOD, PIECE_BAD };

static bool is_whole(struct span raw)
{
    struct json_scan s = json_begin(raw);
    return json_skip(&s, SCAN_DEPTH_MAX) && s.at == s.end;
}

/* The piece at the start of rest, which begins with no white space. A scalar is only whole when
 * what follows it is there. */
static enum piece take_piece(struct page_scan *p, struct span rest, struct span *raw)
{
    *raw = (struct span){rest.p, 0};
    if (!p->tracking) {
        struct json_scan s = json_begin(rest);
        if (json_skip(&s, SCAN_DEPTH_MAX) &&
            (!is_scalar(*rest.p) || (s.at < s.end && ends_scalar(*s.at)))) {
            raw->len = (size_t)(s.at - rest.p);
            return PIECE_GOOD;
        }
        p->tracking = true;
        p->seen = 0;
    }
    if (!track(p, rest, &raw->len))
        return PIECE_WAIT;
    p->tracking = false;
    return is_whole(*raw) ? PIECE_GOOD : PIECE_BAD;
}

/* ---- what a piece says ---- */

static void tell_record(struct page_scan *p, struct span raw, bool good)
{
    struct error err;
    const struct error *bad = NULL;
    p->sum.records++;
    if (!good || *raw.p != '{') {
        bad = &err;
        p->sum.bad++;
        if (scan_check(raw, NULL, &err) == ST_OK)
            error_set(&err, ST_PARSE, "not an account: it is no JSON object");
    }
    if (p->events.record)
        p->events.record(p->ctx, raw, bad);
}

static bool take_cursor(struct page_scan *p, struct span raw)
{
    struct json_scan s = json_begin(raw);
    struct span text;
    struct arena mem;
    bool escaped;
    p->sum.has_cursor = false;
    p->sum.null_cursor = *raw.p == 'n';
    p->sum.odd_cursor = *raw.p != 'n' && *raw.p != '"';
    if (*raw.p != '"')
        return true;
    json_string(&s, &text, &escaped);
    arena_init(&mem);
    bool good = !escaped || json_unescape(text, &mem, &text);
    if (good) {
        p->sum.has_cursor = true;
        if (p->events.cursor)
            p->events.cursor(p->ctx, text);
    }
    arena_finish(&mem);
    /* Without it the walk would end here and call itself whole. */
    return good || broken(p, "next_cursor is not a usable text");
}

static int64_t whole_number(struct span raw)
{
    int64_t n;
    bool digit = *raw.p >= '0' && *raw.p <= '9';
    return digit && json_whole(raw, &n) ? n : -1;
}

static bool take_value(struct page_scan *p, struct span raw)
{
    switch (p->member) {
    case MEMBER_TOTAL:
        p->sum.total = whole_number(raw);
        return true;
    case MEMBER_HAS_MORE:
        p->sum.has_more = *raw.p == 't' ? 1 : *raw.p == 'f' ? 0 : -1;
        return true;
    case MEMBER_CURSOR:
        return take_cursor(p, raw);
    case MEMBER_ACCOUNTS:
        return broken(p, "accounts is no list");
    case MEMBER_OTHER:
        break;
    }
    return true;
}

/* ---- one step each: bytes are taken from the front of rest; false to wait for more ---- */

static void take(struct span *rest, size_t n)
{
    rest->p += n;
    rest->len -= n;
}

static bool step_before(struct page_scan *p, struct span *rest)
{
    if (*rest->p != '{')
        return broken(p, "it is no object");
    take(rest, 1);
    p->where = FIRST_KEY;
    return true;
}

static enum member member_of(struct span key, bool escaped)
{
    static const char *const names[] = {"total", "has_more", "next_cursor", "accounts"};
    struct arena mem;
    int m = 0;
    arena_init(&mem);
    if (escaped)
        json_unescape(key, &mem, &key);
    while (m < MEMBER_OTHER && !span_is(key, names[m]))
        m++;
    arena_finish(&mem);
    return (enum member)m;
}

static bool step_key(struct page_scan *p, struct span *rest)
{
    struct json_scan s = json_begin(*rest);
    struct span key;
    bool escaped;
    if (p->where == FIRST_KEY && *rest->p == '}') {
        take(rest, 1);
        p->where = AFTER;
        return true;
    }
    if (!json_key(&s, &key, &escaped)) {
        if (!json_cut(&s))
            return broken(p, s.wrong);
        return rest->len > KEY_BYTES_MAX ? broken(p, "a key is too long") : false;
    }
    if (s.at >= s.end)
        return false;
    p->member = member_of(key, escaped);
    p->where = VALUE;
    if (p->member == MEMBER_ACCOUNTS && *s.at == '[') {
        if (p->has_accounts)
            return broken(p, "accounts stands twice");
        p->has_accounts = true;
        p->where = FIRST_ELEMENT;
        s.at++;
    }
    take(rest, (size_t)(s.at - rest->p));
    return true;
}

static bool step_value(struct page_scan *p, struct span *rest)
{
    struct span raw;
    enum piece piece = take_piece(p, *rest, &raw);
    if (piece == PIECE_WAIT)
        return false;
    if (piece == PIECE_BAD)
        return broken(p, "it is not JSON");
    take(rest, raw.len);
    p->where = AFTER_VALUE;
    return take_value(p, raw);
}

static bool step_after_value(struct page_scan *p, struct span *rest)
{
    if (*rest->p != ',' && *rest->p != '}')
        return broken(p, "a comma is missing");
    p->where = *rest->p == ',' ? KEY : AFTER;
    take(rest, 1);
    return true;
}

static bool step_element(struct page_scan *p, struct span *rest)
{
    struct span raw;
    if (p->where == FIRST_ELEMENT && *rest->p == ']') {
        take(rest, 1);
        p->where = AFTER_VALUE;
        return true;
    }
    enum piece piece = take_piece(p, *rest, &raw);
    if (piece == PIECE_WAIT)
        return false;
    if (raw.len == 0)
        return broken(p, "an account is missing");
    take(rest, raw.len);
    p->where = AFTER_ELEMENT;
    tell_record(p, raw, piece == PIECE_GOOD);
    return true;
}

static bool step_after_element(struct page_scan *p, struct span *rest)
{
    if (*rest->p != ',' && *rest->p != ']')
        return broken(p, "a comma is missing between two accounts");
    p->where = *rest->p == ',' ? ELEMENT : AFTER_VALUE;
    take(rest, 1);
    return true;
}

static bool step_after(struct page_scan *p, struct span *rest)
{
    (void)rest;
    return broken(p, "there is something after its end");
}

static bool (*const steps[])(struct page_scan *p, struct span *rest) = {
    [BEFORE] = step_before,
    [FIRST_KEY] = step_key,
    [KEY] = step_key,
    [VALUE] = step_value,
    [AFTER_VALUE] = step_after_value,
    [FIRST_ELEMENT] = step_element,
    [ELEMENT] = step_element,
    [AFTER_ELEMENT] = step_after_element,
    [AFTER] = step_after,
};

static void run(struct page_scan *p, struct span *rest)
{
    do {
        /* Within a kept piece there is none to skip: it begins the rest. */
        while (!p->tracking && rest->len && is_space(*rest->p))
            take(rest, 1);
    } while (rest->len && steps[p->where](p, rest) && p->status == ST_OK);
}

enum status page_scan_feed(struct page_scan *p, const char *bytes, size_t len, struct error *err)
{
    if (p->status == ST_OK && p->buf.len) {
        str_append(&p->buf, bytes, len);
        struct span rest = span_from(&p->buf);
        run(p, &rest);
        str_splice(&p->buf, 0, p->buf.len - rest.len, NULL, 0);
    } else if (p->status == ST_OK) {
        struct span rest = {bytes, len};
        run(p, &rest);
        str_append(&p->buf, rest.p, rest.len);
    }
    if (p->status && err)
        *err = p->err;
    return p->status;
}

enum status page_scan_finish(struct page_scan *p, struct page_summary *out, struct error *err)
{
    if (p->status == ST_OK && p->where != AFTER)
        broken(p, "it was cut short");
    else if (p->status == ST_OK && !p->has_accounts)
        broken(p, "there is no accounts");
    *out = p->sum;
    if (p->status && err)
        *err = p->err;
    return p->status;
}

bool page_end_open(const struct page_summary *page, uint32_t limit)
{
    if (page->has_more == 1 || (page->odd_cursor && page->has_more != 0))
        return !page->has_cursor;
    if (page->records < limit)
        return false;
    if (page->has_more == 0)
        return page->has_cursor;
    return !page->null_cursor && page->total < 0;
}
