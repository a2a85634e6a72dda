/* fault_http.c: just enough HTTP/1.1 (RFC 9112) for a server that is wrong on purpose: it must read
 * every request a correct client sends, and may write anything. */
#include "fault_private.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

/* ---- replies -------------------------------------------------------------------------------- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},          {201, "Created"},      {204, "No Content"},
        {301, "Moved"},       {302, "Found"},        {307, "Temporary Redirect"},
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
        {404, "Not Found"},   {409, "Conflict"},     {422, "Unprocessable Content"},
        {429, "Too Many"},    {500, "Error"},        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Whatever";
}

static void zeros_gzip(int mib, struct str *out)
{
    static const unsigned char zeros[1 << 16];
    z_stream z;
    memset(&z, 0, sizeof z);
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    for (int left = mib * 16; left >= 0; left--) {
        z.next_in = (Bytef *)zeros;
        z.avail_in = left ? sizeof zeros : 0;
        do {
            unsigned char buf[4096];
            z.next_out = buf;
            z.avail_out = sizeof buf;
            deflate(&z, left ? Z_NO_FLUSH : Z_FINISH);
            str_append(out, (char *)buf, sizeof buf - z.avail_out);
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
}

static void body_build(const struct fault_reply *r, struct str *out)
{
    const char *body = r->body_made ? r->body_made : r->body;
    if (r->gzip_mb > 0)
        zeros_gzip(r->gzip_mb, out);
    else if (body)
        str_append(out, body, r->body_len ? r->body_len : strlen(body));
    str_fill(out, 'x', r->fill);
}

static void chunks_add(struct str *out, const struct str *body)
{
    for (size_t at = 0; at < body->len;) {
        size_t n = body->len - at < 4000 ? body->len - at : 4000;
        str_printf(out, "%zx\r\n", n);
        str_append(out, body->data + at, n);
        str_add(out, "\r\n");
        at += n;
    }
    str_add(out, "0\r\n\r\n");
}

void fault_reply_build(const struct fault_reply *r, struct str *out)
{
    struct str body = STR_INIT;
    int status = r->status ? r->status : 200;
    body_build(r, &body);
    if (r->raw) {
        str_append(out, str_text(&body), body.len);
        str_finish(&body);
        return;
    }
    str_printf(out, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
    if (!r->headers || !strcasestr(r->headers, "content-type:"))
        str_add(out, "Content-Type: application/json\r\n");
    if (r->gzip_mb > 0)
        str_add(out, "Content-Encoding: gzip\r\n");
    str_add(out, r->headers ? r->headers : "");
    if (r->header_fill) {
        str_add(out, "X-Fill: ");
        str_fill(out, 'y', r->header_fill);
        str_add(out, "\r\n");
    }
    if (r->chunked)
        str_add(out, "Transfer-Encoding: chunked\r\n");
    else if (!r->no_length && status != 204)
        str_printf(out, "Content-Length: %zu\r\n", body.len);
    if (r->end != FAULT_KEEP || r->no_length)
        str_add(out, "Connection: close\r\n");
    str_add(out, "\r\n");
    if (r->chunked)
        chunks_add(out, &body);
    else
        str_append(out, str_text(&body), body.len);
    str_finish(&body);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void header_find(const char *head, const char *name, char *out, size_t room)
{
    size_t len = strlen(name);
    out[0] = 0;
    for (const char *p = strstr(head, "\r\n"); p; p = strstr(p, "\r\n")) {
        p += 2;
        if (strncasecmp(p, name, len) != 0 || p[len] != ':')
            continue;
        p += len + 1;
        p += strspn(p, " \t");
        size_t n = strcspn(p, "\r\n");
        while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
            n--;
        snprintf(out, room, "%.*s", (int)n, p);
        return;
    }
}

void fault_request_header(const struct fault_request *r, const char *name, char *out, size_t room)
{
    header_find(r->head, name, out, room);
}

static char *head_copy(const struct fault_parse *p)
{
    return mem_strndup(str_text(&p->in), p->head_len ? p->head_len : p->in.len);
}

bool fault_head_ready(struct fault_parse *p)
{
    char expect[32];
    const char *end = p->in.len ? memmem(p->in.data, p->in.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return false;
    p->head_len = (size_t)(end - p->in.data) + 4;
    char *head = head_copy(p);
    header_find(head, "Expect", expect, sizeof expect);
    p->expects = strcasecmp(expect, "100-continue") == 0;
    mem_free(head);
    return true;
}

/* A chunked body from `at` on; false while it is not whole. */
static bool chunks_read(const struct fault_parse *p, size_t at, size_t *used, struct str *body)
{
    const char *data = p->in.data;
    for (;;) {
        const char *eol = memmem(data + at, p->in.len - at, "\r\n", 2);
        if (!eol)
            return false;
        size_t size = strtoul(data + at, NULL, 16);
        at = (size_t)(eol - data) + 2;
        if (size > p->in.len || at + size + 2 > p->in.len)
            return false;
        str_append(body, data + at, size);
        at += size + 2;
        if (size == 0) {
            *used = at;
            return true;
        }
    }
}

bool fault_body_ready(const struct fault_parse *p, size_t *used, struct str *body)
{
    char value[64];
    char *head = head_copy(p);
    str_clear(body);
    header_find(head, "Transfer-Encoding", value, sizeof value);
    bool chunked = strcasecmp(value, "chunked") == 0;
    header_find(head, "Content-Length", value, sizeof value);
    mem_free(head);
    if (chunked)
        return chunks_read(p, p->head_len, used, body);
    size_t len = strtoul(value, NULL, 10);
    if (p->in.len - p->head_len < len)
        return false;
    str_append(body, p->in.data + p->head_len, len);
    *used = p->head_len + len;
    return true;
}

struct fault_request *fault_request_make(const struct fault_parse *p, const struct str *body)
{
    struct fault_request *r = mem_calloc(1, sizeof *r);
    r->head = head_copy(p);
    const char *line = r->head;
    char **words[] = {&r->method, &r->target, &r->version};
    for (int i = 0; i < 3; i++) {
        size_t n = strcspn(line, " \r\n");
        *words[i] = mem_strndup(line, n);
        line += n + (line[n] == ' ');
    }
    r->body = mem_strndup(str_text(body), body->len);
    r->body_len = body->len;
    return r;
}

void fault_request_free(struct fault_request *r)
{
    mem_free(r->method);
    mem_free(r->target);
    mem_free(r->version);
    mem_free(r->head);
    mem_free(r->body);
    mem_free(r);
}
