/* accounts.c: the five endpoints of the reference. */
#include "sandbox/cursor.h"
#include "sandbox/edit.h"
#include "sandbox/endpoints.h"
#include "sandbox/random.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

/* What the store's callbacks of one request share. */
struct work {
    struct box *box;
    struct str *out;
    struct edit edit;
    struct call *call;
    char id[24];
};

void reply_failed(struct box *box, struct call *call, const char *id, const struct error *err)
{
    if (err->status != ST_NOT_FOUND) {
        fprintf(stderr, "paddock-sandbox: %s\n", err->what);
        reply_refuse(box, call->reply, REFUSE_BROKEN, "An unexpected error occurred", "{}");
        return;
    }
    struct str details = STR_INIT;
    str_add(&details, "{\"resource_type\":\"provider_account\",\"resource_id\":");
    json_add_string(&details, span_of(id));
    str_add(&details, "}");
    reply_refuse(box, call->reply, REFUSE_NOT_FOUND, "Provider account not found",
                 str_text(&details));
    str_finish(&details);
}

static void reply_problems(struct reply *reply, const struct problems *p)
{
    str_clear(&reply->body);
    problems_render(&reply->body, p);
    reply->status = 422;
}

static void render(void *ctx, const struct account *a)
{
    struct work *w = ctx;
    unsigned behaviours = w->box->behaviours;
    unsigned flags = (behaviours & NO_CREATED_AT ? ACCOUNT_NO_CREATED : 0) |
                     (behaviours & EXTRA_FIELD ? ACCOUNT_EXTRA : 0);
    const struct cell *checked = &a->cells[BOX_CHECKED];
    if ((behaviours & USAGE_MOVES_UPDATED) && checked->type == CELL_INT &&
        checked->n > a->cells[BOX_UPDATED_AT].n) {
        struct account moved = *a;
        moved.cells[BOX_UPDATED_AT] = *checked;
        account_render(w->out, &moved, flags);
        return;
    }
    account_render(w->out, a, flags);
}

/* ---- list ---- */

static void render_next(void *ctx, const struct account *a)
{
    struct work *w = ctx;
    if (w->out->len)
        str_add_char(w->out, ',');
    render(ctx, a);
}

static void add_cursor(struct str *out, const struct store_page *page)
{
    char cursor[CURSOR_BYTES];
    if (!page->has_more) {
        str_add(out, "\"next_cursor\":null");
        return;
    }
    cursor_write(cursor, page->last);
    str_printf(out, "\"next_cursor\":\"%s\"", cursor);
}

static void wrap_page(struct box *box, struct str *out, const struct store_page *page,
                      const struct str *accounts)
{
    bool last = box->behaviours & CURSOR_LAST;
    int64_t total = box->behaviours & TOTAL_PAGE ? page->count : page->total;
    str_reserve(out, accounts->len + 160);
    str_printf(out, "{\"total\":%lld,\"has_more\":%s,", (long long)total,
               page->has_more ? "true" : "false");
    if (!last) {
        add_cursor(out, page);
        str_add_char(out, ',');
    }
    str_add(out, "\"accounts\":[");
    str_add_span(out, span_from(accounts));
    str_add_char(out, ']');
    if (last) {
        str_add_char(out, ',');
        add_cursor(out, page);
    }
    str_add_char(out, '}');
}

static void list_page(struct box *box, struct call *call, const struct store_query *q)
{
    struct str accounts = STR_INIT;
    struct work w = {.box = box, .out = &accounts};
    struct store_page page;
    struct error err;
    str_reserve(&accounts, (size_t)q->limit * 1100);
    if (store_list(box->store, q, &page, render_next, &w, &err) == ST_OK) {
        call->reply->status = 200;
        wrap_page(box, &call->reply->body, &page, &accounts);
    } else {
        reply_failed(box, call, "", &err);
    }
    str_finish(&accounts);
}

/* The same by way of the kept pages. */
static void list_kept(struct box *box, struct call *call, const struct store_query *q)
{
    struct str key = STR_INIT;
    uint64_t generation = store_generation(box->store);
    str_printf(&key, "%s\n%s\n%s\n%d %lld %lld", q->org, q->provider ? q->provider : "",
               q->status ? q->status : "\n", q->enabled_only, (long long)q->after,
               (long long)q->limit);
    call->reply->page = pages_find(box->pages, span_from(&key), generation);
    if (!call->reply->page) {
        list_page(box, call, q);
        if (call->reply->status == 200)
            call->reply->page =
                pages_keep(box->pages, span_from(&key), generation, &call->reply->body);
    }
    if (call->reply->page)
        call->reply->status = 200;
    str_finish(&key);
}

void accounts_list(struct box *box, struct call *call)
{
    struct problems problems;
    struct list_query asked;
    problems_init(&problems);
    validate_query(call->request->query, &asked, &problems);
    struct store_query q = {call->org, asked.provider, asked.status, asked.enabled_only,
                            0,         asked.limit};
    if (box->behaviours & IGNORE_FILTERS) {
        q.provider = q.status = NULL;
        q.enabled_only = false;
    }
    if (problems.count)
        reply_problems(call->reply, &problems);
    else if (asked.cursor && !cursor_read(asked.cursor, &q.after))
        reply_plain(call->reply, 400, "Invalid cursor");
    else if (box->pages)
        list_kept(box, call, &q);
    else
        list_page(box, call, &q);
    problems_finish(&problems);
}

/* ---- bodies ---- */

static bool is_json_type(const char *type)
{
    if (!type)
        return true;
    size_t n = strcspn(type, "; \t");
    if (n < 12 || strncasecmp(type, "application/", 12) != 0)
        return false;
    return (n == 16 && strncasecmp(type + 12, "json", 4) == 0) ||
           (n > 17 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

/* One problem with the whole body. */
static void body_problem(struct reply *reply, enum problem_kind kind, struct loc loc,
                         struct span input, const char *words)
{
    struct problems p;
    problems_init(&p);
    problem_add(&p, kind, loc, input, 0, words);
    reply_problems(reply, &p);
    problems_finish(&p);
}

struct json *body_read(struct call *call)
{
    struct span body = span_from(&call->request->body);
    struct loc loc = loc_of("body", NULL, NULL);
    struct json_fault fault;
    if (body.len == 0) {
        body_problem(call->reply, PROBLEM_MISSING, loc, span_of("null"), NULL);
        return NULL;
    }
    if (!json_is_utf8(body)) {
        reply_plain(call->reply, 400, "There was an error parsing the body");
        return NULL;
    }
    if (!is_json_type(call->request->content_type)) {
        struct str text = STR_INIT;
        json_add_string(&text, body);
        body_problem(call->reply, PROBLEM_OBJECT, loc, span_from(&text), NULL);
        str_finish(&text);
        return NULL;
    }
    struct json *j = json_read(body, &fault);
    if (!j) {
        loc.at = (int64_t)fault.at;
        loc.has_at = true;
        body_problem(call->reply, PROBLEM_JSON, loc, span_of("{}"), fault.words);
    }
    return j;
}

/* Reads and judges the body into *change; NULL with the reply when it is refused. The change
 * borrows from the result. */
static struct json *body_judge(struct box *box, struct call *call, bool create,
                               struct change *change)
{
    struct json *body = body_read(call);
    if (!body)
        return NULL;
    struct problems problems;
    problems_init(&problems);
    validate_body(body, create, box->behaviours & NULL_IGNORE, change, &problems);
    if (problems.count) {
        reply_problems(call->reply, &problems);
        json_destroy(body);
        body = NULL;
    }
    problems_finish(&problems);
    return body;
}

/* ---- one account ---- */

static void work_init(struct work *w, struct box *box, struct call *call,
                      const struct change *change)
{
    memset(w, 0, sizeof *w);
    w->box = box;
    w->call = call;
    w->out = &call->reply->body;
    w->edit.change = change;
    w->edit.behaviours = box->behaviours;
    w->edit.now = store_clock(box->store);
}

static enum status run_create(void *ctx, struct account *a, const struct drift *d)
{
    struct work *w = ctx;
    return edit_create(&w->edit, a, d, w->id, w->call->org);
}

static enum status run_patch(void *ctx, struct account *a, const struct drift *d)
{
    struct work *w = ctx;
    return edit_patch(&w->edit, a, d);
}

/* The reply of a write that came back with `st`. */
static void finish_write(struct work *w, enum status st, unsigned good, const struct json *body,
                         const struct error *err)
{
    if (st == ST_OK) {
        w->call->reply->status = good;
        atomic_fetch_add(&w->box->traffic[TRAFFIC_COMMITS], 1);
    } else if (st == ST_INVALID) {
        body_problem(w->call->reply, PROBLEM_VALUE, loc_of("body", NULL, NULL), body->raw,
                     w->edit.broken_rule);
    } else {
        reply_failed(w->box, w->call, w->call->id ? w->call->id : "", err);
    }
    str_finish(&w->edit.tags);
}

void accounts_create(struct box *box, struct call *call)
{
    struct change change;
    struct error err;
    struct work w;
    uint64_t id;
    change_init(&change);
    struct json *body = body_judge(box, call, true, &change);
    if (body) {
        work_init(&w, box, call, &change);
        if (getrandom(&id, sizeof id, 0) != sizeof id)
            id = random_mix((uint64_t)w.edit.now);
        snprintf(w.id, sizeof w.id, "pa_%016llx", (unsigned long long)id);
        enum status st = store_add(box->store, run_create, render, &w, &err);
        finish_write(&w, st, 201, body, &err);
    }
    json_destroy(body);
    change_finish(&change);
}

void accounts_patch(struct box *box, struct call *call)
{
    struct change change;
    struct error err;
    struct work w;
    change_init(&change);
    struct json *body = body_judge(box, call, false, &change);
    if (body) {
        work_init(&w, box, call, &change);
        enum status st = store_change(box->store, call->org, call->id, run_patch, render, &w, &err);
        finish_write(&w, st, 200, body, &err);
    }
    json_destroy(body);
    change_finish(&change);
}

void accounts_get(struct box *box, struct call *call)
{
    struct work w = {.box = box, .out = &call->reply->body};
    struct error err;
    if (store_get(box->store, call->org, call->id, render, &w, &err) == ST_OK)
        call->reply->status = 200;
    else
        reply_failed(box, call, call->id, &err);
}

void accounts_delete(struct box *box, struct call *call)
{
    struct error err;
    struct work w;
    work_init(&w, box, call, NULL);
    enum status st = store_remove(box->store, call->org, call->id, &err);
    finish_write(&w, st, 204, NULL, &err);
}
