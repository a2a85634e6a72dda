/* url.h: the addresses of the API: the base URL of a profile, and paths and queries below it.
 *
 * The base is read by libcurl's own parser, so that what is checked and what is connected to cannot
 * differ. Ids come from outside: each is one path segment, percent-encoded to the last byte that is
 * not unreserved (RFC 3986, 2.3), and an id that a server could read as "this folder" is refused.
 */
#ifndef API_URL_H
#define API_URL_H

#include "api/api.h"

struct url_base {
    char *text;     /* owned; "https://gw.example.net/prefix", no slash at its end */
    char *host;     /* owned; "gw.example.net" or "gw.example.net:8443" */
    size_t path_at; /* where the path begins in text */
    bool https;
    bool loopback; /* localhost, 127.0.0.0/8 or ::1 */
};

/* Fills *out (finish it also after an error). Errors: ST_CONFIG, as api_url_check. */
enum status url_base_parse(const char *url, bool allow_http, struct url_base *out,
                           struct error *err);
void url_base_finish(struct url_base *base);

/* Whether `id` can stand as one path segment: not empty, not "." or "..", at most 512 bytes, no CR,
 * LF or NUL. Errors: ST_USAGE; `what` names it ("account id"). */
enum status url_segment_check(struct span id, const char *what, struct error *err);
/* Appends `id` percent-encoded: A-Z a-z 0-9 - . _ ~ stay. */
void url_segment(struct str *out, struct span id);

/* Appends "/v1/orgs/{org}/provider-accounts[/{id}]"; an empty id leaves the last part away. */
void url_path(struct str *out, struct span org, struct span id);
/* Appends "?limit=100&..." for the list. Limits outside 1..100 are brought into the range (API
 * reference). short_cursor: only the first 8 bytes of the cursor and "...", for the request log. */
void url_query(struct str *out, const struct api_list_query *query, bool short_cursor);

#endif
