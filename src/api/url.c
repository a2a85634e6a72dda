/* url.c: see url.h. */
#include "api/url.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#define SEGMENT_BYTES_MAX  512
#define CURSOR_BYTES_SHOWN 8

/* Loopback as an operator means it. libcurl has already brought "127.1" into four parts, and
 * resolves "localhost" itself without asking anybody. */
static bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0 || strcasecmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

/* A part of a parsed URL as our own copy, or NULL when it has none. */
static char *part_dup(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, 0) != CURLUE_OK || !text)
        return NULL;
    char *copy = mem_strdup(text);
    curl_free(text);
    return copy;
}

static enum status parts_check(CURLU *u, const char *url, struct error *err)
{
    static const struct {
        CURLUPart part;
        const char *name;
    } refused[] = {{CURLUPART_USER, "a user name"},
                   {CURLUPART_PASSWORD, "a password"},
                   {CURLUPART_QUERY, "a query"},
                   {CURLUPART_FRAGMENT, "a fragment"}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char *text = part_dup(u, refused[i].part);
        bool there = text != NULL;
        mem_free(text);
        /* The URL is not repeated here: user info in it may be a secret. */
        if (there)
            return error_set(err, ST_CONFIG,
                             "the url holds %s; only scheme, host, port and path "
                             "are accepted",
                             refused[i].name);
    }
    if (strpbrk(url, "?#"))
        return error_set(err, ST_CONFIG,
                         "the url \"%s\" holds a query or a fragment; only scheme, "
                         "host, port and path are accepted",
                         url);
    return ST_OK;
}

static enum status scheme_check(const struct url_base *base, const char *scheme, const char *url,
                                bool allow_http, struct error *err)
{
    if (base->https || (strcasecmp(scheme, "http") == 0 && (base->loopback || allow_http)))
        return ST_OK;
    if (strcasecmp(scheme, "http") == 0) {
        error_set(err, ST_CONFIG,
                  "the url \"%s\" is http, which would send the token in clear; accepted are "
                  "https, or http on this machine",
                  url);
        error_next(err, "use https, or set allow_http = true in the profile");
        return ST_CONFIG;
    }
    return error_set(err, ST_CONFIG, "the url \"%s\" has the scheme %s; https is accepted", url,
                     scheme);
}

/* Scheme, host and port are put together from the parser's own parts. */
static void base_fill(struct url_base *base, CURLU *u, const char *scheme, const char *host)
{
    char *port = part_dup(u, CURLUPART_PORT), *path = part_dup(u, CURLUPART_PATH);
    struct str text = STR_INIT, name = STR_INIT;
    str_add(&name, host);
    if (port && strcmp(port, base->https ? "443" : "80") != 0)
        str_printf(&name, ":%s", port);
    str_printf(&text, "%s://%s", base->https ? "https" : scheme, str_text(&name));
    base->path_at = text.len;
    str_add(&text, path ? path : "");
    while (text.len > base->path_at && text.data[text.len - 1] == '/')
        str_truncate(&text, text.len - 1);
    base->text = str_steal(&text);
    base->host = str_steal(&name);
    mem_free(port);
    mem_free(path);
}

enum status url_base_parse(const char *url, bool allow_http, struct url_base *out,
                           struct error *err)
{
    memset(out, 0, sizeof *out);
    if (!url || !*url) {
        error_set(err, ST_CONFIG, "there is no url; accepted is one like https://gw.example.net");
        return ST_CONFIG;
    }
    CURLU *u = curl_url();
    enum status status = ST_CONFIG;
    CURLUcode code =
        u ? curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) : CURLUE_OUT_OF_MEMORY;
    char *scheme = NULL, *host = NULL;
    if (code == CURLUE_OK) {
        scheme = part_dup(u, CURLUPART_SCHEME);
        host = part_dup(u, CURLUPART_HOST);
    }
    if (code != CURLUE_OK || !scheme || !host || !*host) {
        bool at = strchr(url, '@') != NULL; /* what stands before it may be a secret */
        error_set(err, ST_CONFIG,
                  "the url%s%s%s cannot be read; accepted is one like "
                  "https://gw.example.net",
                  at ? "" : " \"", at ? "" : url, at ? "" : "\"");
    } else {
        out->https = strcasecmp(scheme, "https") == 0;
        out->loopback = host_is_loopback(host);
        status = parts_check(u, url, err);
        if (status == ST_OK)
            status = scheme_check(out, scheme, url, allow_http, err);
        if (status == ST_OK)
            base_fill(out, u, "http", host);
    }
    mem_free(scheme);
    mem_free(host);
    curl_url_cleanup(u);
    return status;
}

void url_base_finish(struct url_base *base)
{
    mem_free(base->text);
    mem_free(base->host);
    memset(base, 0, sizeof *base);
}

enum status api_url_check(const char *url, bool allow_http, struct str *host, struct error *err)
{
    struct url_base base;
    enum status status = url_base_parse(url, allow_http, &base, err);
    if (status == ST_OK && host)
        str_add(host, base.host);
    url_base_finish(&base);
    return status;
}

enum status url_segment_check(struct span id, const char *what, struct error *err)
{
    if (id.len == 0)
        return error_set(err, ST_USAGE, "the %s is empty", what);
    if (id.len > SEGMENT_BYTES_MAX)
        return error_set(err, ST_USAGE, "the %s is longer than %d bytes", what, SEGMENT_BYTES_MAX);
    if (span_is(id, ".") || span_is(id, ".."))
        return error_set(err, ST_USAGE, "the %s \"%.*s\" would be read as a folder", what,
                         (int)id.len, id.p);
    for (size_t i = 0; i < id.len; i++)
        if (id.p[i] == '\r' || id.p[i] == '\n' || id.p[i] == '\0')
            return error_set(err, ST_USAGE, "the %s holds a line end or a NUL", what);
    return ST_OK;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

void url_segment(struct str *out, struct span id)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.p[i];
        if (is_unreserved(c)) {
            str_add_char(out, (char)c);
        } else {
            str_add_char(out, '%');
            str_add_char(out, hex[c >> 4]);
            str_add_char(out, hex[c & 15]);
        }
    }
}

void url_path(struct str *out, struct span org, struct span id)
{
    str_add(out, "/v1/orgs/");
    url_segment(out, org);
    str_add(out, "/provider-accounts");
    if (id.len) {
        str_add_char(out, '/');
        url_segment(out, id);
    }
}

void url_query(struct str *out, const struct api_list_query *query, bool short_cursor)
{
    int limit = query->limit < 1 ? 1 : query->limit > 100 ? 100 : query->limit;
    str_printf(out, "?limit=%d", limit);
    if (query->provider_type) {
        str_add(out, "&provider_type=");
        url_segment(out, span_of(query->provider_type));
    }
    if (query->status) {
        str_add(out, "&status=");
        url_segment(out, span_of(query->status));
    }
    if (query->enabled_only)
        str_add(out, "&enabled_only=true");
    if (query->cursor.len) {
        struct span cursor = query->cursor;
        bool cut = short_cursor && cursor.len > CURSOR_BYTES_SHOWN;
        if (cut)
            cursor.len = CURSOR_BYTES_SHOWN;
        str_add(out, "&cursor=");
        url_segment(out, cursor);
        if (cut)
            str_add(out, "...");
    }
}
