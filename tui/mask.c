/* mask.c: see mask.h. A scan over strings: a string before a colon is a key. Nothing is parsed, so
 * that what else stands in the text stays byte for byte. */
#include "tui/mask.h"

#include "model/field.h"

static size_t string_end(struct span json, size_t at)
{
    for (at++; at < json.len && json.p[at] != '"'; at++)
        at += json.p[at] == '\\';
    return at < json.len ? at + 1 : json.len;
}

static size_t skip_blank(struct span json, size_t at)
{
    while (at < json.len &&
           (json.p[at] == ' ' || json.p[at] == '\t' || json.p[at] == '\n' || json.p[at] == '\r'))
        at++;
    return at;
}

void mask_json(struct str *out, struct span json, bool reveal)
{
    bool secret = false;
    for (size_t i = 0; i < json.len;) {
        size_t end = i + 1;
        if (json.p[i] == '"') {
            end = string_end(json, i);
            size_t next = skip_blank(json, end);
            bool key = next < json.len && json.p[next] == ':';
            if (!key && secret && !reveal) {
                str_add(out, "\"********\"");
                i = end;
                secret = false;
                continue;
            }
            struct span name = {json.p + i + 1, end - i > 2 ? end - i - 2 : 0};
            secret = key && span_is(name, field_info(FIELD_CREDENTIALS_REF)->path);
        } else if (json.p[i] == ',' || json.p[i] == '}') {
            secret = false;
        }
        str_append(out, json.p + i, end - i);
        i = end;
    }
}
