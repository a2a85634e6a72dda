/* outcome.c: what a reply, or its absence, means for the caller, in a status and in words.
 *
 * A message says what happened and, of a write, whether it was applied, and never "failed" when its
 * outcome is not known. Nothing that holds the token gets into words, whoever repeats it. */
#include "api/client.h"

#include "api/trust.h"
#include "base/vec.h"
#include "base/when.h"

#include <curl/curl.h>
#include <string.h>

/* What counts as an answer, per operation (API reference; create 200 or 201, delete 200 or 204 with
 * an empty or any body; a 204 to a change is read back like any other). */
enum body_kind { BODY_PAGE, BODY_ACCOUNT, BODY_EMPTY, BODY_ANY };

static const struct {
    enum endpoint endpoint;
    int http;
    enum body_kind body;
} answers[] = {
    {ENDPOINT_LIST, 200, BODY_PAGE},      {ENDPOINT_READ, 200, BODY_ACCOUNT},
    {ENDPOINT_CREATE, 200, BODY_ACCOUNT}, {ENDPOINT_CREATE, 201, BODY_ACCOUNT},
    {ENDPOINT_UPDATE, 200, BODY_ACCOUNT}, {ENDPOINT_UPDATE, 201, BODY_ACCOUNT},
    {ENDPOINT_UPDATE, 204, BODY_EMPTY},   {ENDPOINT_DELETE, 200, BODY_ANY},
    {ENDPOINT_DELETE, 204, BODY_ANY},
};

static const struct retry_rule unreadable_rule = {
    0,          0,     RETRY_STOP,         ST_UNREADABLE,
    ST_UNKNOWN, false, "unreadable reply", "check the url of the profile: paddock doctor"};
static const struct retry_rule oversize_rule = {
    0, 0, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false, "unreadable reply: it is too large", ""};
static const struct retry_rule proxy_rule = {0,
                                             0,
                                             RETRY_STOP,
                                             ST_NETWORK,
                                             ST_NETWORK,
                                             false,
                                             "the proxy refuses the way to the server",
                                             "check proxy in the profile: paddock doctor"};

/* The proxy itself is the one that is not reached, or not trusted. */
static const struct retry_rule proxy_down_rule = {CURLE_COULDNT_CONNECT,
                                                  CURLE_COULDNT_CONNECT,
                                                  RETRY_WAIT,
                                                  ST_NETWORK,
                                                  ST_UNKNOWN,
                                                  true,
                                                  "the proxy does not answer",
                                                  "check proxy in the profile: paddock doctor"};
static const struct retry_rule proxy_trust_rule = {
    CURLE_PEER_FAILED_VERIFICATION,
    CURLE_PEER_FAILED_VERIFICATION,
    RETRY_STOP,
    ST_NETWORK,
    ST_UNKNOWN,
    true,
    "the proxy's certificate is not trusted",
    "set proxy_ca_file in the profile to the CA that signed it"};

/* A 404 that the service did not write says nothing of an account: a proxy without a route, or a
 * deployment without this path, has it for every account that there is. */
static const struct retry_rule no_path_rule = {404,
                                               404,
                                               RETRY_STOP,
                                               ST_REJECTED,
                                               ST_REJECTED,
                                               false,
                                               "what answers does not know the path",
                                               "check the url of the profile: paddock doctor"};

static const char leaked[] = "its words repeat the token and are left out";

static bool has_token(const struct api *api, struct span text)
{
    return api->token && text.len && secret_in(api->token, text.p, text.len);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* What became of it on the server. What is kept here whoever asked says: a console has a list and a
 * form, a command has nothing. */
static const char *applied_words(const struct endpoint_info *info, enum status status)
{
    if (!info->is_write)
        return "";
    return status == ST_UNKNOWN ? "; it may have been applied" : "; not applied";
}

static void words_put(struct api_call *call, enum status status, const char *what, const char *next)
{
    const struct endpoint_info *info = endpoint_info(call->endpoint);
    struct error *err = &call->result.error;
    if (status == ST_UNKNOWN && info->is_write)
        error_set(err, status, "sent, but not known whether the server did it (%s): %s%s",
                  info->words, what, applied_words(info, status));
    else
        error_set(err, status, "could not %s: %s%s", info->words, what,
                  applied_words(info, status));
    error_next(err, "%s", next);
    call->result.status = status;
}

void outcome_add_until(const struct api_call *call, const char *words, int64_t wait_ms,
                       struct str *out)
{
    int64_t now = clock_wall(loop_clock(call->api->loop));
    str_add(out, words);
    when_clock(out, now + wait_ms + 999, now);
}

void outcome_refuse(struct api_call *call, enum status status, const char *what, const char *next)
{
    call->result.may_have_left = false;
    words_put(call, status, what, next);
}

/* What words are made of: a call, what came back, and the row that it fell under. */
struct telling {
    const struct api_call *call;
    const struct transfer_reply *reply;
    const struct retry_rule *rule;
};

static void add_our_words(const struct telling *t, struct str *out)
{
    const struct transfer_reply *r = t->reply;
    bool proxys = r->proxy && *r->proxy;
    bool connecting = !proxys && !r->began && r->curl == CURLE_OPERATION_TIMEDOUT;
    str_add(out, connecting ? "no connection could be made in time" : t->rule->words);
    if (r->http)
        str_printf(out, " (%d)", r->http);
    else if (t->rule == &proxy_rule)
        str_printf(out, " (%d)", r->proxy_http);
    if (!r->http && !r->began)
        str_printf(out, " (%s)", proxys ? r->proxy : t->call->api->base.host);
}

static bool redirected(const struct telling *t)
{
    const struct transfer_reply *r = t->reply;
    return r->http >= 300 && r->http < 400 && r->location.len &&
           !has_token(t->call->api, r->location);
}

static void add_target(const struct telling *t, struct str *out)
{
    struct span to = t->reply->location;
    str_printf(out, ": to \"%.*s\"", (int)(to.len < 200 ? to.len : 200), to.p);
}

static bool explained(const struct telling *t)
{
    return t->call->envelope.words.len > 0;
}

static void add_explanation(const struct telling *t, struct str *out)
{
    str_add(out, ": ");
    str_add_span(out, span_from(&t->call->envelope.words));
}

static bool scanner_stopped(const struct telling *t)
{
    return t->rule == &unreadable_rule && t->call->scan_error.status != ST_OK;
}

static void add_scan_error(const struct telling *t, struct str *out)
{
    str_printf(out, ": %s", t->call->scan_error.what);
}

/* TLS and proxy failures say why. */
static bool curl_says(const struct telling *t)
{
    const struct transfer_reply *r = t->reply;
    return r->curl && !r->http && r->words[0] && t->rule->action == RETRY_STOP &&
           !has_token(t->call->api, span_of(r->words));
}

static void add_curl_words(const struct telling *t, struct str *out)
{
    str_printf(out, ": %s", t->reply->words);
}

/* The server's, proxy's or libcurl's own words after ours: the first that there are. */
static const struct {
    bool (*there)(const struct telling *t);
    void (*add)(const struct telling *t, struct str *out);
} reasons[] = {
    {redirected, add_target},
    {explained, add_explanation},
    {scanner_stopped, add_scan_error},
    {curl_says, add_curl_words},
};

static void words_of(const struct telling *t, struct str *out)
{
    add_our_words(t, out);
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (reasons[i].there(t)) {
            reasons[i].add(t, out);
            break;
        }
    }
    if (t->reply->http && t->reply->curl && t->rule->first >= 100)
        str_add(out, ", and its explanation did not come whole");
}

static void next_of(const struct telling *t, enum status status, struct str *out)
{
    const struct api_call *call = t->call;
    const struct retry_rule *rule = t->rule;
    if (status == ST_UNKNOWN)
        str_add(out, "it is looked at again");
    else if (status == ST_RATE && call->result.retry_after_ms > 0)
        outcome_add_until(call, "try again after ", call->result.retry_after_ms, out);
    else if (rule->first == CURLE_PEER_FAILED_VERIFICATION && rule != &proxy_trust_rule)
        str_add(out, trust_cure(t->reply->verdict, t->reply->words));
    else
        str_add(out, rule->next);
}

/* ---- the body -------------------------------------------------------------------------------- */

/* Reads an error's body. Words that repeat the token are not taken over, in whole or in part. */
static void envelope_take(struct api_call *call)
{
    struct envelope *e = &call->envelope;
    struct span body = span_from(&call->reply);
    if (has_token(call->api, body)) {
        str_add(&e->words, leaked);
        return;
    }
    envelope_read(e, body);
    bool leak = has_token(call->api, span_from(&e->words)) || has_token(call->api, e->permission);
    for (size_t i = 0; i < e->count && !leak; i++) {
        leak = has_token(call->api, e->details[i].msg) || has_token(call->api, e->details[i].type);
        for (size_t k = 0; k < e->details[i].loc_count && !leak; k++)
            leak = has_token(call->api, e->details[i].loc[k]);
    }
    if (!leak)
        return;
    envelope_finish(e);
    envelope_init(e);
    str_add(&e->words, leaked);
}

static struct span trimmed(struct span s)
{
    while (s.len && strchr(" \t\r\n", s.p[0]) && s.p[0])
        s.p++, s.len--;
    while (s.len && strchr(" \t\r\n", s.p[s.len - 1]) && s.p[s.len - 1])
        s.len--;
    return s;
}

/* Whether the object names an account; its other fields are judged one by one by the model. */
static bool has_id(struct span raw)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    bool good = scan_record(raw, v, &mem, NULL, NULL, NULL) == ST_OK && value_known(&v[FIELD_ID]);
    arena_finish(&mem);
    return good;
}

static enum status account_take(struct api_call *call)
{
    struct span body = trimmed(span_from(&call->reply));
    struct error *err = &call->scan_error;
    if (body.len == 0)
        return error_set(err, ST_UNREADABLE, "it is empty");
    if (scan_check(body, NULL, err) != ST_OK)
        return err->status;
    if (body.p[0] != '{' || !has_id(body))
        return error_set(err, ST_UNREADABLE, "it is JSON, but no account");
    call->result.body = body;
    return ST_OK;
}

/* Whether a 2xx is the answer that the operation has. */
static bool answer_take(struct api_call *call, int http)
{
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (answers[i].endpoint != call->endpoint || answers[i].http != http)
            continue;
        switch (answers[i].body) {
        case BODY_PAGE:
            return page_scan_finish(call->scan, &call->result.page, &call->scan_error) == ST_OK;
        case BODY_ACCOUNT:
            return account_take(call) == ST_OK;
        case BODY_EMPTY:
        case BODY_ANY:
            return true;
        }
    }
    error_set(&call->scan_error, ST_UNREADABLE, "the API has no such answer here");
    return false;
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static const struct retry_rule *rule_of(struct api_call *call, const struct transfer_reply *r)
{
    bool good = r->http >= 200 && r->http < 300;
    if (r->http && !good)
        return retry_rule_http(r->http);
    if (r->oversize)
        return &oversize_rule;
    if (r->stopped)
        return &unreadable_rule;
    if (!r->began && r->proxy_http >= 300)
        return &proxy_rule;
    if (r->curl && r->proxy && *r->proxy)
        return r->curl == CURLE_PEER_FAILED_VERIFICATION ? &proxy_trust_rule : &proxy_down_rule;
    if (r->curl)
        return retry_rule_curl(r->curl);
    return answer_take(call, r->http) ? NULL : &unreadable_rule;
}

/* "Not Found" alone is what the framework says of a path that nobody serves. */
static bool is_foreign(const struct envelope *e)
{
    return e->kind == ENVELOPE_EMPTY || e->kind == ENVELOPE_HTML || e->kind == ENVELOPE_OTHER ||
           (e->kind == ENVELOPE_TEXT && span_is(span_from(&e->words), "Not Found"));
}

static void head_take(struct api_call *call, const struct transfer_reply *r)
{
    struct api_result *out = &call->result;
    struct clock theirs = server_time_clock(&call->api->server_time);
    out->http = r->http;
    out->date_ms = r->date.len ? when_parse_http(r->date.p, r->date.len) : WHEN_NONE;
    out->retry_after_ms = -1;
    /* A Retry-After that is a date is by the server's clock (RFC 9110, 10.2.3): this reply's Date
       says what time it is there, else the replies before it. */
    int64_t now = out->date_ms != WHEN_NONE ? out->date_ms : clock_wall(&theirs);
    if (r->retry_after.len && (r->http < 200 || r->http >= 300))
        out->retry_after_ms = when_parse_retry_after(r->retry_after.p, r->retry_after.len, now);
    str_clear(&call->request_id);
    if (!has_token(call->api, r->request_id))
        str_add_span(&call->request_id, r->request_id);
    out->request_id = span_from(&call->request_id);
    out->may_have_left = endpoint_info(call->endpoint)->is_write && r->left;
}

const struct retry_rule *outcome_read(struct api_call *call, const struct transfer_reply *reply)
{
    struct api_result *out = &call->result;
    head_take(call, reply);
    const struct retry_rule *rule = rule_of(call, reply);
    if (!rule) {
        out->status = ST_OK;
        error_clear(&out->error);
        return NULL;
    }
    /* A readable account is no explanation of why it is not an answer. */
    if (reply->http && (rule->first >= 100 || call->scan_error.status == ST_PARSE ||
                        call->scan_error.status == ST_UNREADABLE))
        envelope_take(call);
    if (rule->read == ST_NOT_FOUND && is_foreign(&call->envelope))
        rule = &no_path_rule;
    if (rule == &unreadable_rule && call->envelope.kind == ENVELOPE_OTHER)
        str_clear(&call->envelope.words); /* where it breaks says more than how it begins */
    enum status status = out->may_have_left ? rule->write : rule->read;
    struct str what = STR_INIT, next = STR_INIT;
    const struct telling t = {call, reply, rule};
    words_of(&t, &what);
    next_of(&t, status, &next);
    words_put(call, status, str_text(&what), str_text(&next));
    if (has_token(call->api, span_of(out->error.what)))
        words_put(call, status, leaked, str_text(&next));
    str_finish(&what);
    str_finish(&next);
    out->details = call->envelope.details;
    out->detail_count = call->envelope.count;
    out->permission = call->envelope.permission;
    return rule;
}
