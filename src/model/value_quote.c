/* value_quote.c: see value_quote.h. */
#include "model/value_quote.h"

#include "base/text.h"
#include "model/json.h"

#include <strings.h>

bool value_is_none(struct span s)
{
    return s.len == 4 && strncasecmp(s.p, "none", 4) == 0;
}

bool value_needs_quotes(struct span s)
{
    struct str safe = STR_INIT;
    if (s.len == 0 || s.p[0] == ' ' || s.p[s.len - 1] == ' ' || s.p[0] == '"' || value_is_none(s))
        return true;
    text_safe(&safe, s.p, s.len, 0);
    bool same = span_eq(s, span_from(&safe));
    str_finish(&safe);
    return !same;
}

void value_add_quoted(struct str *out, struct span s)
{
    struct str quoted = STR_INIT;
    json_quote(&quoted, s);
    json_safe(out, span_from(&quoted));
    str_finish(&quoted);
}
