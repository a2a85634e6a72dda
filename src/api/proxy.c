/* proxy.c: see proxy.h. */
#include "api/proxy.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

/* The first of two spellings of a variable that is set and not empty, or NULL. */
static const char *env_first(proxy_env_fn *env, const char *upper, const char *lower)
{
    const char *text = env(upper);
    if (!text || !*text)
        text = env(lower);
    return text && *text ? text : NULL;
}

/* A CONNECT tunnel is what http and https proxies do; without a scheme libcurl takes http. The text
 * is never repeated: it may hold a password. */
static enum status scheme_check(const char *proxy, const char *source, struct error *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    bool good = u && curl_url_set(u, CURLUPART_URL, proxy,
                                  CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
    if (good && strstr(proxy, "://"))
        good = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_url_cleanup(u);
    if (good)
        return ST_OK;
    return error_set(err, ST_CONFIG,
                     "the proxy of %s cannot be used; accepted are http://host:port and "
                     "https://host:port",
                     source);
}

enum status proxy_choose(const struct url_base *base, const char *proxy, const char *no_proxy,
                         proxy_env_fn *env, struct proxy_choice *out, struct error *err)
{
    const char *source = "the profile";
    memset(out, 0, sizeof *out);
    if (!base->https || base->loopback) {
        proxy = NULL;
        no_proxy = "*";
    } else if (!proxy || !*proxy) {
        source = "HTTPS_PROXY";
        proxy = env_first(env, "HTTPS_PROXY", "https_proxy");
        if (!no_proxy || !*no_proxy)
            no_proxy = env_first(env, "NO_PROXY", "no_proxy");
    }
    out->proxy = mem_strdup(proxy ? proxy : "");
    out->no_proxy = mem_strdup(no_proxy ? no_proxy : "");
    return proxy ? scheme_check(proxy, source, err) : ST_OK;
}

void proxy_finish(struct proxy_choice *choice)
{
    mem_free(choice->proxy);
    mem_free(choice->no_proxy);
    memset(choice, 0, sizeof *choice);
}

char *proxy_shown(const char *proxy)
{
    const char *p = strstr(proxy, "://");
    p = p ? p + 3 : proxy;
    size_t len = strcspn(p, "/");
    for (size_t i = len; i > 0; i--)
        if (p[i - 1] == '@')
            return span_dup((struct span){p + i, len - i});
    return span_dup((struct span){p, len});
}

bool proxy_is_cause(const char *shown, int curl, long verdict, const char *words)
{
    size_t host = strcspn(shown, ":");
    struct str reached = STR_INIT;
    if (!*shown)
        return false;
    if (curl == CURLE_PEER_FAILED_VERIFICATION)
        return verdict != 0;
    str_printf(&reached, "Failed to connect to %.*s port %s", (int)host, shown,
               shown[host] ? shown + host + 1 : "");
    bool is = strstr(words, str_text(&reached)) != NULL;
    str_finish(&reached);
    return is;
}
