/* page.c: a page of the list as it streams in.
 *
 * Bytes are kept until the element they belong to is whole: a first, cheap pass over new bytes only
 * tracks strings and nesting, and says where a member of the page or an element of `accounts` ends;
 * only then is it read, once. So next_cursor is known before the accounts have come, and an account
 * that is no good costs itself alone. */
#include "model/scan.h"

#include "base/mem.h"
#include "model/json_scan.h"

#include <stdlib.h>
#include <string.h>

enum where { BEFORE, IN_PAGE, IN_ACCOUNTS, AFTER };

struct page_scan {
    struct page_events events;
    void *ctx;
    struct str buf; /* bytes not finished with */
    size_t at;      /* of buf: looked at so far */
    size_t from;    /* of buf: where the current member or element begins */
    int depth;      /* of brackets within the current member or element */
    bool in_string, escape, has_accounts, in_list_value;
    enum where where;
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

static enum status broken(struct page_scan *p, const char *why)
{
    p->status = error_set(&p->err, ST_UNREADABLE, "the list is not as the API says: %s", why);
    return p->status;
}

static bool blank(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!strchr(" \n\r\t", s.p[i]))
            return false;
    }
    return true;
}

/* One element of accounts. */
static void element(struct page_scan *p, struct span raw)
{
    struct error err;
    enum status st = scan_check(raw, NULL, &err);
    p->sum.records++;
    if (st)
        p->sum.bad++;
    if (p->events.record)
        p->events.record(p->ctx, raw, st ? &err : NULL);
}

static void take_cursor(struct page_scan *p, struct span raw)
{
    struct arena mem;
    struct json_scan s = {raw.p, raw.p + raw.len, NULL};
    struct span text;
    bool escaped;
    if (raw.len == 0 || *raw.p != '"' || !json_string(&s, &text, &escaped))
        return;
    arena_init(&mem);
    if (!escaped || json_unescape(text, &mem, &text)) {
        p->sum.has_cursor = true;
        if (p->events.cursor)
            p->events.cursor(p->ctx, text);
    }
    arena_finish(&mem);
}

static int64_t whole_number(struct span raw)
{
    char digits[24];
    if (raw.len == 0 || raw.len >= sizeof digits || strspn(raw.p, "0123456789") < raw.len)
        return -1;
    memcpy(digits, raw.p, raw.len);
    digits[raw.len] = '\0';
    return strtoll(digits, NULL, 10);
}

/* A member of the page: key and value, whole. */
static enum status member(struct page_scan *p, struct span m)
{
    struct json_scan s = {m.p, m.p + m.len, NULL};
    struct span key;
    bool escaped;
    json_space(&s);
    if (s.at >= s.end || *s.at != '"' || !json_string(&s, &key, &escaped))
        return broken(p, "a key is missing");
    json_space(&s);
    if (!json_take(&s, ':'))
        return broken(p, "a colon is missing");
    json_space(&s);
    struct span raw = {s.at, (size_t)(s.end - s.at)};
    while (raw.len && strchr(" \n\r\t", raw.p[raw.len - 1]))
        raw.len--;
    if (span_is(key, "accounts"))
        return p->in_list_value ? ST_OK : broken(p, "accounts is no array");
    if (scan_check(raw, NULL, NULL))
        return broken(p, "it is not JSON");
    if (span_is(key, "total"))
        p->sum.total = whole_number(raw);
    else if (span_is(key, "has_more"))
        p->sum.has_more = span_is(raw, "true") ? 1 : span_is(raw, "false") ? 0 : -1;
    else if (span_is(key, "next_cursor"))
        take_cursor(p, raw);
    return ST_OK;
}

static struct span piece(const struct page_scan *p)
{
    return (struct span){p->buf.data + p->from, p->at - p->from};
}

/* Whether what stands before the opening bracket is the key "accounts". */
static bool opens_accounts(const struct page_scan *p)
{
    struct span m = piece(p);
    struct json_scan s = {m.p, m.p + m.len, NULL};
    struct span key;
    bool escaped;
    json_space(&s);
    if (s.at >= s.end || *s.at != '"' || !json_string(&s, &key, &escaped))
        return false;
    json_space(&s);
    return span_is(key, "accounts") && json_take(&s, ':') &&
           blank((struct span){s.at, (size_t)(s.end - s.at)});
}

/* At a comma or closing bracket of depth 0: the current piece is whole. */
static enum status end_piece(struct page_scan *p, char c)
{
    struct span m = piece(p);
    enum status st = ST_OK;
    if (p->where == IN_ACCOUNTS) {
        if (c == '}')
            return broken(p, "accounts does not end");
        if (!blank(m))
            element(p, m);
        else if (c == ',' || p->sum.records)
            return broken(p, "an account is missing");
        if (c == ']') {
            p->where = IN_PAGE;
            p->in_list_value = true;
        }
    } else {
        if (c == ']')
            return broken(p, "a bracket too many");
        if (p->in_list_value && !blank(m))
            st = broken(p, "there is something after accounts");
        else if (!p->in_list_value && !(blank(m) && c == '}'))
            st = member(p, m);
        p->in_list_value = false;
        if (c == '}')
            p->where = AFTER;
    }
    p->from = p->at + 1;
    return st;
}

static enum status open_bracket(struct page_scan *p, char c)
{
    if (p->where == IN_PAGE && p->depth == 0 && c == '[' && opens_accounts(p)) {
        if (p->has_accounts)
            return broken(p, "accounts stands twice");
        p->has_accounts = true;
        p->where = IN_ACCOUNTS;
        p->from = p->at + 1;
        return ST_OK;
    }
    if (++p->depth > SCAN_DEPTH_MAX)
        return broken(p, "it is nested too deep");
    return ST_OK;
}

static enum status step(struct page_scan *p, char c)
{
    if (p->in_string) {
        if (p->escape)
            p->escape = false;
        else if (c == '\\')
            p->escape = true;
        else if (c == '"')
            p->in_string = false;
        return ST_OK;
    }
    if (p->where == BEFORE || p->where == AFTER) {
        if (strchr(" \n\r\t", c) && c)
            return ST_OK;
        if (p->where == AFTER || c != '{')
            return broken(p, p->where == AFTER ? "there is something after its end" : "no object");
        p->where = IN_PAGE;
        p->from = p->at + 1;
        return ST_OK;
    }
    switch (c) {
    case '"':
        p->in_string = true;
        return ST_OK;
    case '{':
    case '[':
        return open_bracket(p, c);
    case '}':
    case ']':
        if (p->depth == 0)
            return end_piece(p, c);
        p->depth--;
        return ST_OK;
    case ',':
        return p->depth == 0 ? end_piece(p, c) : ST_OK;
    default:
        return ST_OK;
    }
}

enum status page_scan_feed(struct page_scan *p, const char *bytes, size_t len, struct error *err)
{
    str_append(&p->buf, bytes, len);
    for (; p->status == ST_OK && p->at < p->buf.len; p->at++)
        step(p, p->buf.data[p->at]);
    if (p->status) {
        if (err)
            *err = p->err;
        return p->status;
    }
    /* What is finished with goes; what stays is at most one account. */
    if (p->from) {
        str_splice(&p->buf, 0, p->from, NULL, 0);
        p->at -= p->from;
        p->from = 0;
    }
    return ST_OK;
}

enum status page_scan_finish(struct page_scan *p, struct page_summary *out, struct error *err)
{
    *out = p->sum;
    if (p->status == ST_OK && p->where != AFTER)
        broken(p, "it was cut short");
    else if (p->status == ST_OK && !p->has_accounts)
        broken(p, "there is no accounts");
    if (p->status && err)
        *err = p->err;
    return p->status;
}
