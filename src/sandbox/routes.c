/* routes.c: see routes.h. A route is a row: method, shape of the path, handler. What every route
 * shares (token, organisation, latency, faults) is done here; the endpoints are in accounts.c and
 * control.c. */
#include "sandbox/routes.h"

#include "sandbox/endpoints.h"
#include "sandbox/problem.h"
#include "sandbox/theirs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct route {
    const char *method;
    enum shape { SHAPE_NONE, SHAPE_LIST, SHAPE_ONE, SHAPE_FAULTS, SHAPE_HEALTH, SHAPE_STATS } shape;
    enum traffic traffic;
    unsigned scope;
    endpoint *run;
};

static const struct route table[] = {
    {"GET", SHAPE_LIST, TRAFFIC_GET, SCOPE_READ, accounts_list},
    {"POST", SHAPE_LIST, TRAFFIC_POST, SCOPE_WRITE, accounts_create},
    {"GET", SHAPE_ONE, TRAFFIC_GET, SCOPE_READ, accounts_get},
    {"PATCH", SHAPE_ONE, TRAFFIC_PATCH, SCOPE_WRITE | SCOPE_PATCH, accounts_patch},
    {"DELETE", SHAPE_ONE, TRAFFIC_DELETE, SCOPE_WRITE, accounts_delete},
    {"POST", SHAPE_FAULTS, TRAFFIC_KINDS, 0, control_faults},
    {"POST", SHAPE_HEALTH, TRAFFIC_KINDS, 0, control_health},
    {"GET", SHAPE_STATS, TRAFFIC_KINDS, 0, control_stats},
};
#define ROUTES (sizeof table / sizeof *table)

void request_finish(struct request *r)
{
    str_finish(&r->body);
}

void reply_finish(struct reply *r)
{
    str_finish(&r->body);
}

void reply_plain(struct reply *reply, unsigned status, const char *detail)
{
    reply->status = status;
    str_clear(&reply->body);
    str_add(&reply->body, "{\"detail\":");
    json_add_string(&reply->body, span_of(detail));
    str_add(&reply->body, "}");
}

void reply_refuse(struct box *box, struct reply *reply, enum refusal what, const char *message,
                  const char *details)
{
    str_clear(&reply->body);
    reply->status = refusal_render(&reply->body, what, message, details, store_clock(box->store));
}

/* ---- finding the route ---- */

#define PREFIX "/v1/orgs/"
#define MIDDLE "/provider-accounts"

/* The shape of a path; cuts org and id out of it. */
static enum shape shape_of(const char *path, struct call *call)
{
    static const struct {
        const char *path;
        enum shape shape;
    } fixed[] = {{"/_sandbox/faults", SHAPE_FAULTS},
                 {"/_sandbox/health", SHAPE_HEALTH},
                 {"/_sandbox/stats", SHAPE_STATS}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(path, fixed[i].path) == 0)
            return fixed[i].shape;
    if (strncmp(path, PREFIX, strlen(PREFIX)) != 0)
        return SHAPE_NONE;
    path += strlen(PREFIX);
    size_t org = strcspn(path, "/");
    const char *rest = path + org;
    if (org == 0 || org >= sizeof call->org || strncmp(rest, MIDDLE, strlen(MIDDLE)) != 0)
        return SHAPE_NONE;
    memcpy(call->org, path, org);
    call->org[org] = '\0';
    rest += strlen(MIDDLE);
    if (*rest == '\0')
        return SHAPE_LIST;
    if (*rest != '/' || rest[1] == '\0' || strchr(rest + 1, '/'))
        return SHAPE_NONE;
    call->id = rest + 1;
    return SHAPE_ONE;
}

/* NULL with 404 or 405 in the reply. */
static const struct route *find_route(const struct request *request, struct call *call,
                                      struct reply *reply)
{
    enum shape shape = shape_of(request->path, call);
    for (size_t i = 0; i < ROUTES; i++) {
        if (table[i].shape != shape)
            continue;
        if (strcmp(table[i].method, request->method) == 0)
            return &table[i];
        size_t used = strlen(reply->allow);
        snprintf(reply->allow + used, sizeof reply->allow - used, "%s%s", used ? ", " : "",
                 table[i].method);
    }
    if (reply->allow[0])
        reply_plain(reply, 405, "Method Not Allowed");
    else
        reply_plain(reply, 404, "Not Found");
    return NULL;
}

/* ---- what every route shares ---- */

/* Takes the same time whatever the difference is. */
static bool same_secret(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned char difference = n != m;
    for (size_t i = 0; i < n; i++)
        difference |= (unsigned char)(a[i] ^ b[m ? i % m : 0]);
    return difference == 0;
}

static bool authorized(struct box *box, const struct request *request, struct reply *reply)
{
    const char *a = request->authorization;
    if (a && strncasecmp(a, "Bearer ", 7) == 0 && same_secret(a + 7, box->token))
        return true;
    reply_refuse(box, reply, REFUSE_AUTH,
                 a ? "The token is not valid" : "The Authorization header is missing",
                 "{\"reason\":\"bearer token\"}");
    return false;
}

static bool org_known(struct box *box, const struct call *call, struct reply *reply)
{
    for (size_t i = 0; i < box->org_count; i++)
        if (strcmp(box->orgs[i], call->org) == 0)
            return true;
    struct str details = STR_INIT;
    str_add(&details, "{\"required_permission\":\"provider_accounts:read\",\"org_id\":");
    json_add_string(&details, span_of(call->org));
    str_add(&details, "}");
    reply_refuse(box, reply, REFUSE_FORBIDDEN, "No access to this organisation",
                 str_text(&details));
    str_finish(&details);
    return false;
}

static void fault_envelope(struct box *box, const struct fault *f, struct reply *reply)
{
    static const struct {
        unsigned status;
        enum refusal what;
        const char *message, *details;
    } rows[] = {
        {401, REFUSE_AUTH, "The token has expired", "{\"reason\":\"expired\"}"},
        {403, REFUSE_FORBIDDEN, "Not allowed to change provider accounts",
         "{\"required_permission\":\"provider_accounts:write\"}"},
        {409, REFUSE_CONFLICT, "The account was changed by somebody else",
         "{\"resource_type\":\"provider_account\"}"},
        {429, REFUSE_RATE, "Too many requests", "{}"},
        {500, REFUSE_BROKEN, "An unexpected error occurred", "{}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == f->status)
            reply_refuse(box, reply, rows[i].what, rows[i].message, rows[i].details);
    if (f->status == 429)
        snprintf(reply->retry_after, sizeof reply->retry_after, "%lld",
                 (long long)(f->retry_after ? f->retry_after : 1));
    if (reply->status != f->status)
        reply_plain(reply, f->status, "Fault");
}

/* Puts the fault's answer in the place of whatever was there. */
static void fault_reply(struct box *box, const struct fault *f, struct reply *reply)
{
    if (reply->page)
        page_release(reply->page);
    reply->page = NULL;
    str_clear(&reply->body);
    reply->status = 0;
    switch (f->effect) {
    case EFFECT_DROP:
        reply->drop = true;
        break;
    case EFFECT_PAGE:
        reply->status = f->status;
        reply->content_type = "text/html";
        str_printf(&reply->body,
                   "<html><head><title>%u</title></head><body><h1>gateway</h1></body></html>\r\n",
                   f->status);
        break;
    case EFFECT_PLAIN:
        reply_plain(reply, f->status, "Cursor has expired");
        break;
    default:
        fault_envelope(box, f, reply);
        break;
    }
}

/* Somebody else's PATCH of the same fields, whose answer nobody waits for. */
static void patch_as_theirs(struct box *box, const struct call *call)
{
    struct reply now = {0}, ignored = {0};
    struct request other = *call->request;
    struct call look = *call, theirs = *call;
    struct json_fault fault;
    struct json *mine = json_read(span_from(&call->request->body), &fault), *is = NULL;
    look.reply = &now;
    accounts_get(box, &look);
    if (now.status == 200)
        is = json_read(span_from(&now.body), &fault);
    other.body = (struct str)STR_INIT;
    if (mine)
        theirs_body(&other.body, mine, is);
    theirs.request = &other;
    theirs.reply = &ignored;
    if (mine)
        accounts_patch(box, &theirs);
    json_destroy(mine);
    json_destroy(is);
    str_finish(&other.body);
    reply_finish(&now);
    reply_finish(&ignored);
}

static void run_route(struct box *box, const struct route *route, struct call *call)
{
    unsigned scope = route->scope;
    if (route->shape == SHAPE_LIST && call->request->query[QUERY_CURSOR])
        scope |= SCOPE_CURSOR;
    box->wait(box->wait_ctx,
              box->latency_ms + (route->run == accounts_list ? box->page_latency_ms : 0));
    struct fault fault = faults_take(box->faults, scope);
    if (fault.effect == EFFECT_DELAY) {
        box->wait(box->wait_ctx, fault.ms);
        fault.effect = EFFECT_NONE;
    }
    bool before = fault.effect != EFFECT_NONE && !fault.after;
    if (fault.theirs && org_known(box, call, call->reply))
        patch_as_theirs(box, call);
    if (!before && org_known(box, call, call->reply))
        route->run(box, call);
    if (fault.effect != EFFECT_NONE)
        fault_reply(box, &fault, call->reply);
}

void routes_answer(struct box *box, const struct request *request, struct reply *reply)
{
    struct call call = {.request = request, .reply = reply};
    reply->content_type = "application/json";
    const struct route *route = find_route(request, &call, reply);
    if (!route || !authorized(box, request, reply))
        return;
    if (route->traffic == TRAFFIC_KINDS) {
        route->run(box, &call);
        return;
    }
    atomic_fetch_add(&box->traffic[route->traffic], 1);
    run_route(box, route, &call);
}
