/* control.c: endpoints that the API does not have: tests and the demo break things with them. */
#include "sandbox/edit.h"
#include "sandbox/endpoints.h"

#include <stdlib.h>

void control_faults(struct box *box, struct call *call)
{
    struct json *body = body_read(call);
    if (!body)
        return;
    const char *wrong = faults_start(box->faults, body);
    if (wrong)
        reply_plain(call->reply, 400, wrong);
    else
        call->reply->status = 204;
    json_destroy(body);
}

struct report {
    struct cell status, reason;
    int64_t seconds;
};

static enum status run_report(void *ctx, struct account *a, const struct drift *d)
{
    const struct report *r = ctx;
    edit_health(a, d, r->status, r->reason, r->seconds);
    return ST_OK;
}

static void no_render(void *ctx, const struct account *a)
{
    (void)ctx;
    (void)a;
}

static struct cell text_cell(const struct json *v)
{
    return v && v->type == JSON_STRING ? cell_text(span_from(&v->text)) : cell_null();
}

void control_health(struct box *box, struct call *call)
{
    struct json *body = body_read(call);
    struct error err;
    if (!body)
        return;
    const struct json *id = json_member(body, "id"), *org = json_member(body, "org");
    const struct json *seconds = json_member(body, "seconds");
    struct report r = {text_cell(json_member(body, "status")),
                       text_cell(json_member(body, "reason")), 0};
    if (seconds && seconds->type == JSON_NUMBER)
        r.seconds = strtoll(seconds->raw.p, NULL, 10);
    const char *where = org ? str_text(&org->text) : box->orgs[0];
    if (!id || id->type != JSON_STRING || r.status.type != CELL_TEXT)
        reply_plain(call->reply, 400, "id and status are missing");
    else if (store_change(box->store, where, str_text(&id->text), run_report, no_render, &r,
                          &err) != ST_OK)
        reply_failed(box, call, str_text(&id->text), &err);
    else
        call->reply->status = 204;
    json_destroy(body);
}

void control_stats(struct box *box, struct call *call)
{
    static const char *const names[TRAFFIC_KINDS] = {"get", "post", "patch", "delete",
                                                     "committed_writes"};
    struct str *out = &call->reply->body;
    for (int i = 0; i < TRAFFIC_KINDS; i++)
        str_printf(out, "%s\"%s\":%llu", i ? "," : "{", names[i],
                   (unsigned long long)atomic_load(&box->traffic[i]));
    str_add_char(out, '}');
    call->reply->status = 200;
}
