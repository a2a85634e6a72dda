/* who.c: see who.h. Ids that are made one after another differ at their ends. */
#include "tui/who.h"

#include "base/text.h"

#define ID_WHOLE 8 /* an id of up to so many cells is not cut */
#define ID_END   6 /* of a longer one that much is shown */

static struct span text_of(const struct fleet *fleet, row_id row, enum field field)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    return value_known(&v) ? v.text : span_of("");
}

void who_add(const struct fleet *fleet, row_id row, struct str *out)
{
    struct span name = text_of(fleet, row, FIELD_NAME), id = text_of(fleet, row, FIELD_ID);
    if (!name.len) {
        str_add_span(out, id);
        return;
    }
    str_add_span(out, name);
    if (id.len && fleet_name_shared(fleet, row)) {
        str_add(out, " (");
        str_add_span(out, id);
        str_add(out, ")");
    }
}

/* The end of an id, with a sign before it that is not the one of a text that had no room. */
static void add_end(const struct str *id, struct str *out)
{
    size_t at = id->len;
    if (text_width(id->data, id->len) <= ID_WHOLE) {
        str_append(out, id->data, id->len);
        return;
    }
    for (int i = 0; i < ID_END && at; i++)
        at = text_prev(id->data, id->len, at);
    str_add_char(out, '#');
    str_append(out, id->data + at, id->len - at);
}

void who_cell(const struct fleet *fleet, row_id row, int cells, bool ascii, struct str *out)
{
    struct span name = text_of(fleet, row, FIELD_NAME), id = text_of(fleet, row, FIELD_ID);
    unsigned flags = ascii ? TEXT_ASCII : 0;
    if (!name.len || !id.len || !fleet_name_shared(fleet, row)) {
        who_add(fleet, row, out);
        return;
    }
    struct str safe = STR_INIT, whole = STR_INIT, end = STR_INIT;
    text_safe(&safe, name.p, name.len, flags);
    text_safe(&whole, id.p, id.len, flags);
    add_end(&whole, &end);
    int width = text_width(safe.data, safe.len), room = cells - width - 1;
    if (room >= text_width(end.data, end.len)) {
        str_append(out, safe.data, safe.len);
        str_add_char(out, ' ');
        str_append(out, end.data, end.len);
    } else if (room >= 0) { /* no room for it: that there is another one is said all the same */
        str_append(out, safe.data, safe.len);
        str_add_char(out, '#');
    } else {
        text_fit(out, safe.data, safe.len, cells - 1, TEXT_LEFT, ascii ? "~" : "\u2026");
        str_add_char(out, '#');
    }
    str_finish(&safe);
    str_finish(&whole);
    str_finish(&end);
}

void who_title(const struct fleet *fleet, struct span id, struct span name, struct str *out)
{
    row_id row = id.len ? fleet_find(fleet, id) : ROW_NONE;
    struct str whole = STR_INIT;
    str_add_span(out, name);
    if (row == ROW_NONE || !fleet_name_shared(fleet, row))
        return;
    text_safe(&whole, id.p, id.len, 0);
    str_add_char(out, ' ');
    add_end(&whole, out);
    str_finish(&whole);
}

void who_write(const struct fleet *fleet, const struct write *write, struct str *out)
{
    struct span id = span_of(write_account_id(write));
    row_id row = id.len ? fleet_find(fleet, id) : ROW_NONE;
    str_add(out, write_account_name(write));
    if (row == ROW_NONE || !fleet_name_shared(fleet, row))
        return;
    str_add(out, " (");
    str_add_span(out, id);
    str_add(out, ")");
}
