/* mask.c: see mask.h. A scan over strings: a string before a colon is a key. Nothing is parsed, so
 * that what else stands in the text stays byte for byte. */
#include "tui/mask.h"

#include "model/field.h"
#include "model/key_shape.h"

const char *mask_of(struct span text, bool reveal)
{
    return key_shaped(text) && reveal ? KEY_SHAPED_MASK : reveal ? NULL : "********";
}

const char *mask_value(enum field field, const struct value *v, bool reveal)
{
    bool secret = field_info(field)->flags & FF_SECRET && value_known(v);
    return secret ? mask_of(v->text, reveal) : NULL;
}

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
            struct span inside = {json.p + i + 1, end - i > 2 ? end - i - 2 : 0};
            const char *mask = !key && secret ? mask_of(inside, reveal) : NULL;
            if (mask) {
                str_printf(out, "\"%s\"", mask);
                i = end;
                secret = false;
                continue;
            }
            secret = key && span_is(inside, field_info(FIELD_CREDENTIALS_REF)->path);
        } else if (json.p[i] == ',' || json.p[i] == '}') {
            secret = false;
        }
        str_append(out, json.p + i, end - i);
        i = end;
    }
}
