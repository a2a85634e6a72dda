/* account.c: see account.h. */
#include "sandbox/account.h"

#include "base/mem.h"
#include "sandbox/json.h"

#include <stdlib.h>
#include <string.h>

static struct cell blank_cell(const struct field *f)
{
    if (!f->blank)
        return cell_null();
    if (f->blank[0] == '"') {
        struct span inner = {f->blank + 1, strlen(f->blank) - 2};
        return cell_text(inner);
    }
    if (f->kind == KIND_TAGS)
        return cell_word(f->blank);
    return cell_int(strtoll(f->blank, NULL, 10));
}

void account_init(struct account *a)
{
    memset(a, 0, sizeof *a);
    for (int i = 0; i < BOX_COUNT; i++)
        a->cells[i] = blank_cell(&box_fields[i]);
    a->home_status = a->home_reason = cell_null();
    a->use_ratio = 1000;
}

static char *keep(struct cell *c, char *p)
{
    if (c->type != CELL_TEXT)
        return p;
    if (c->text.len)
        memcpy(p, c->text.p, c->text.len);
    c->text.p = p;
    return p + c->text.len;
}

static size_t cell_bytes(const struct cell *c)
{
    return c->type == CELL_TEXT ? c->text.len : 0;
}

void account_own(struct account *a)
{
    size_t bytes = cell_bytes(&a->home_status) + cell_bytes(&a->home_reason);
    for (int i = 0; i < BOX_COUNT; i++)
        bytes += cell_bytes(&a->cells[i]);
    a->owned = mem_alloc(bytes + 1);
    char *p = keep(&a->home_reason, keep(&a->home_status, a->owned));
    for (int i = 0; i < BOX_COUNT; i++)
        p = keep(&a->cells[i], p);
}

void account_finish(struct account *a)
{
    mem_free(a->owned);
    a->owned = NULL;
}

/* ---- writing: one function a kind ---- */

static void add_text(struct str *out, const struct cell *c)
{
    json_add_string(out, c->text);
}
static void add_int(struct str *out, const struct cell *c)
{
    json_add_int(out, c->n);
}
static void add_bool(struct str *out, const struct cell *c)
{
    str_add(out, c->n ? "true" : "false");
}
static void add_time(struct str *out, const struct cell *c)
{
    str_add_char(out, '"');
    stamp_add(out, c->n);
    str_add_char(out, '"');
}
static void add_raw(struct str *out, const struct cell *c)
{
    str_add_span(out, c->text);
}

static void (*const writers[KIND_COUNT])(struct str *out, const struct cell *c) = {
    [KIND_STRING] = add_text, [KIND_ENUM] = add_text, [KIND_LITERAL] = add_text,
    [KIND_INT] = add_int,     [KIND_BOOL] = add_bool, [KIND_TIME] = add_time,
    [KIND_TAGS] = add_raw,
};

static void add_key(struct str *out, const char *name)
{
    if (out->data[out->len - 1] != '{')
        str_add_char(out, ',');
    str_add_char(out, '"');
    str_add(out, name);
    str_append(out, "\":", 2);
}

static void add_field(struct str *out, const struct account *a, int id)
{
    const struct field *f = &box_fields[id];
    const struct cell *c = &a->cells[id];
    add_key(out, f->name);
    if (c->type == CELL_NULL || (f->kind == KIND_GROUP && c->n == 0)) {
        str_append(out, "null", 4);
    } else if (f->kind == KIND_GROUP) {
        str_add_char(out, '{');
        for (int i = id + 1; i < BOX_COUNT && box_fields[i].group == id; i++)
            add_field(out, a, i);
        str_add_char(out, '}');
    } else {
        writers[f->kind](out, c);
    }
}

void account_render(struct str *out, const struct account *a, unsigned flags)
{
    str_reserve(out, 1400);
    str_add_char(out, '{');
    for (int i = 0; i < BOX_COUNT; i++) {
        if (box_fields[i].group >= 0 || (i == BOX_CREATED_AT && (flags & ACCOUNT_NO_CREATED)))
            continue;
        add_field(out, a, i);
    }
    if (flags & ACCOUNT_EXTRA)
        str_add(out, ",\"x_cost_center\":{\"code\":\"cc-4711\",\"share\":0.5}");
    str_add_char(out, '}');
}
