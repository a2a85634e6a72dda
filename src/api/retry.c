/* retry.c: see retry.h. The first matching row wins, so that single statuses stand before their
 * class. */
#include "api/retry.h"

#include <curl/curl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>

static const char doctor[] = "check the url and the network: paddock doctor";
static const char form[] = "correct it and try again";
static const char choose[] = "look at what it has now, and decide";
static const char again[] = ""; /* it is tried again; by which key or command the caller knows */

static const struct retry_rule http_rules[] = {
    {300, 399, RETRY_STOP, ST_REJECTED, ST_REJECTED, false,
     "the server redirects, which is not followed", "check the url of the profile: paddock doctor"},
    {401, 401, RETRY_TOKEN, ST_AUTH, ST_AUTH, false, "the server does not accept the token",
     "check the token: paddock doctor"},
    {403, 403, RETRY_STOP, ST_FORBIDDEN, ST_FORBIDDEN, false, "the token may not do this",
     "ask for the permission, or use another profile"},
    {404, 404, RETRY_STOP, ST_NOT_FOUND, ST_NOT_FOUND, false, "the server does not have it", ""},
    {407, 407, RETRY_STOP, ST_REJECTED, ST_REJECTED, false, "the proxy asks for a login",
     "check proxy in the profile: paddock doctor"},
    {408, 408, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true, "the server waited too long", again},
    {409, 409, RETRY_STOP, ST_CONFLICT, ST_CONFLICT, false,
     "it conflicts with what the server has now", choose},
    {410, 410, RETRY_STOP, ST_NOT_FOUND, ST_NOT_FOUND, false, "it is gone from the server", ""},
    {412, 412, RETRY_STOP, ST_CONFLICT, ST_CONFLICT, false,
     "it was changed on the server meanwhile", choose},
    {422, 422, RETRY_STOP, ST_INVALID, ST_INVALID, false, "the server refuses a value", form},
    {429, 429, RETRY_WAIT, ST_RATE, ST_RATE, false, "too many requests for the server", again},
    {400, 499, RETRY_STOP, ST_REJECTED, ST_REJECTED, false, "the server refuses the request", ""},
    {500, 599, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true, "the server failed", again},
    {INT_MIN, INT_MAX, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false,
     "the server answered with a status that HTTP does not have here",
     "check the url of the profile: paddock doctor"},
};

/* A `write` column is what a write that may have left ends as; one that provably did not leave ends
 * as `read` (call.c). */
static const struct retry_rule curl_rules[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, CURLE_UNSUPPORTED_PROTOCOL, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN,
     false, "what answers does not speak HTTP", "check the url of the profile: paddock doctor"},
    {CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_PROXY, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN,
     true, "the proxy's name is not known", "check proxy in the profile: paddock doctor"},
    {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_HOST, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN,
     true, "the server's name is not known", doctor},
    {CURLE_COULDNT_CONNECT, CURLE_COULDNT_CONNECT, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true,
     "nothing answers there", doctor},
    {CURLE_WEIRD_SERVER_REPLY, CURLE_WEIRD_SERVER_REPLY, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN,
     false, "what answers does not speak HTTP", "check the url of the profile: paddock doctor"},
    {CURLE_PARTIAL_FILE, CURLE_PARTIAL_FILE, RETRY_WAIT, ST_UNREADABLE, ST_UNKNOWN, true,
     "the reply was cut short", again},
    {CURLE_OUT_OF_MEMORY, CURLE_OUT_OF_MEMORY, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false,
     "the reply has a header that is too large", doctor},
    {CURLE_OPERATION_TIMEDOUT, CURLE_OPERATION_TIMEDOUT, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true,
     "no answer came in time", again},
    {CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CONNECT_ERROR, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, true,
     "no TLS connection could be agreed", doctor},
    {CURLE_PEER_FAILED_VERIFICATION, CURLE_PEER_FAILED_VERIFICATION, RETRY_STOP, ST_NETWORK,
     ST_UNKNOWN, true, "the server's certificate is not trusted",
     "check ca_file in the profile: paddock doctor"},
    {CURLE_SSL_CERTPROBLEM, CURLE_SSL_CERTPROBLEM, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, false,
     "the client certificate cannot be used", "check client_cert in the profile: paddock doctor"},
    {CURLE_SSL_CIPHER, CURLE_SSL_CIPHER, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, true,
     "no TLS connection could be agreed", doctor},
    {CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CACERT_BADFILE, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, false,
     "the CA file cannot be used", "check ca_file in the profile: paddock doctor"},
    {CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ISSUER_ERROR, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, true,
     "the server's certificate is not trusted", "check ca_file in the profile: paddock doctor"},
    {CURLE_GOT_NOTHING, CURLE_GOT_NOTHING, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true,
     "the server closed the connection without an answer", again},
    {CURLE_SEND_ERROR, CURLE_RECV_ERROR, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true,
     "the connection broke", again},
    {CURLE_BAD_CONTENT_ENCODING, CURLE_BAD_CONTENT_ENCODING, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN,
     false, "the reply is compressed in a way that cannot be read", ""},
    {INT_MIN, INT_MAX, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true, "the connection failed", again},
};

static const struct retry_rule *rule_find(const struct retry_rule *rules, int code)
{
    while (code < rules->first || code > rules->last)
        rules++; /* the last row of each table takes everything */
    return rules;
}

const struct retry_rule *retry_rule_http(int http)
{
    return rule_find(http_rules, http);
}

const struct retry_rule *retry_rule_curl(int curl)
{
    return rule_find(curl_rules, curl);
}

static uint64_t splitmix64(void *ctx)
{
    uint64_t *state = ctx;
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

struct retry_random retry_random_system(uint64_t *state)
{
    /* Jitter needs spreading, not secrecy: an address serves when the system has no entropy yet. */
    if (getrandom(state, sizeof *state, GRND_NONBLOCK) != (ssize_t)sizeof *state)
        *state = (uint64_t)(uintptr_t)state;
    return (struct retry_random){splitmix64, state};
}

int64_t retry_doubled(int64_t first_ms, int times)
{
    int64_t ms = first_ms;
    for (int i = 0; i < times && ms < RETRY_CAP_MS; i++)
        ms *= 2;
    return ms < RETRY_CAP_MS ? ms : RETRY_CAP_MS;
}

int64_t retry_jitter(int tries, const struct retry_random *random)
{
    int64_t window = retry_doubled(RETRY_FIRST_MS, tries - 1);
    return (int64_t)(random->next(random->ctx) % (uint64_t)(window + 1));
}

struct retry_answer retry_decide(const struct retry_ask *ask, const struct retry_random *random)
{
    struct retry_answer stop = {RETRY_STOP, 0};
    if (ask->write || ask->rule->action == RETRY_STOP)
        return stop;
    if (ask->rule->action == RETRY_TOKEN)
        return ask->token_used ? stop : (struct retry_answer){RETRY_TOKEN, 0};
    if (ask->tries >= RETRY_TRIES_MAX || ask->retry_after_ms > RETRY_AFTER_WAIT_MS)
        return stop;
    int64_t delay = retry_jitter(ask->tries, random);
    /* The server's wish is the least; the jitter on top keeps many consoles from coming at once. */
    if (ask->retry_after_ms > 0)
        delay += ask->retry_after_ms;
    return (struct retry_answer){RETRY_WAIT, delay};
}
