/* edit_form.c: see edit_form.h. */
#include "tui/screens/edit_form.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/warn.h"

#include <string.h>

#define WARNINGS_MAX 16

static bool in_form(const struct edit_form *f, enum field field)
{
    unsigned need = f->mode == EDIT_CHANGE ? FF_EDIT : FF_CREATE;
    return field_settable(field) && (field_info(field)->flags & need);
}

static enum form_kind kind_of(enum field_type type)
{
    return type == FT_BOOL ? FORM_BOOL : type == FT_OPEN ? FORM_OPEN : FORM_TEXT;
}

/* "Space: a, b, c": what there is to choose from, since typing takes its place. */
static void add_choices(const char *const *choices, struct str *out)
{
    str_add(out, choices && choices[0] ? "Space: " : "Space chooses; ");
    for (size_t i = 0; choices && choices[i]; i++)
        str_printf(out, "%s%s", i ? ", " : "", choices[i]);
}

/* What a new account gets when nothing is typed: nothing is sent, which is the server's default,
 * and that is not null. */
static void add_blank(const struct field_info *i, struct str *out)
{
    if (i->flags & FF_REQUIRED)
        return;
    str_add(out, i->blank[0] ? "empty: the server's default" : "empty: not sent");
    if (i->blank[0])
        str_printf(out, " (%s)", i->blank);
    str_add(out, i->flags & FF_NULLABLE ? "; none sends null; " : "; ");
}

static void add_hint(const struct field_info *i, enum edit_mode mode, const char *const *choices,
                     struct str *out)
{
    if (i->flags & FF_REQUIRED && mode != EDIT_CHANGE)
        str_add(out, "needed; ");
    if (i->unit[0])
        str_printf(out, "%s; ", i->unit);
    if (i->min || i->max) {
        field_range(i, out);
        str_add(out, "; ");
    }
    if (mode != EDIT_CHANGE)
        add_blank(i, out);
    else if (i->flags & FF_NULLABLE && i->type == FT_TEXT)
        str_add(out, "empty or none sends null; ");
    if (i->flags & FF_SECRET)
        str_add(out, "seen only while the cursor is here; ");
    /* The key bar has no room for a key of few fields. What is long goes last. */
    if (kind_of(i->type) != FORM_TEXT && choices) {
        str_printf(out, "%s ", i->help);
        add_choices(choices, out);
        return;
    }
    if (kind_of(i->type) != FORM_TEXT)
        add_choices(choices, out);
    str_add(out, i->help);
}

/* The text that a field begins with: the account's own, or what a clone and a create start from. */
static void began_text(const struct edit_form *f, const struct field_info *i,
                       const struct account *from, struct str *out)
{
    const struct value *v = &from->v[i->id];
    bool clone = f->mode == EDIT_CLONE;
    if (i->id == FIELD_ENABLED && f->mode != EDIT_CHANGE)
        str_add(out, clone ? "no" : "yes");
    else if (clone && i->flags & FF_UNCLONED)
        return;
    else if (v->presence == PRESENCE_BAD)
        str_add_span(out, v->text);
    else
        value_edit(i->id, v, out);
}

static void add_row(struct edit_form *f, const struct field_info *i, const struct account *from)
{
    struct str text = STR_INIT, hint = STR_INIT;
    began_text(f, i, from, &text);
    const char *const *choices = i->type == FT_OPEN ? field_known_values(i->id) : NULL;
    add_hint(i, f->mode, choices, &hint);
    size_t row = form_add(&f->form, kind_of(i->type), (int)i->id, i->label, str_text(&hint),
                          choices, span_from(&text));
    f->form.rows[row].masked = i->flags & FF_SECRET;
    f->form.rows[row].needed = f->mode != EDIT_CHANGE && i->flags & FF_REQUIRED;
    f->began[i->id] = str_steal(&text);
    f->fields++;
    str_finish(&hint);
}

static void add_fixed(struct edit_form *f, enum field field, const struct account *from)
{
    struct str text = STR_INIT;
    value_show(field, &from->v[field], SHOW_FULL, &text);
    form_add(&f->form, FORM_FIXED, -1, field_info(field)->label, "", NULL, span_from(&text));
    str_finish(&text);
}

static void add_section(struct edit_form *f, enum field_section section, const struct account *from)
{
    bool titled = false;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *info = field_info((enum field)i);
        if (info->section != section || !in_form(f, info->id))
            continue;
        if (!titled)
            form_add(&f->form, FORM_SECTION, -1, section_title(section), "", NULL, span_of(""));
        titled = true;
        add_row(f, info, from);
    }
    if (section == SECTION_QUOTA && f->mode == EDIT_CHANGE) {
        add_fixed(f, FIELD_USED_TOKENS, from);
        add_fixed(f, FIELD_USED_REQUESTS, from);
    }
}

void edit_form_init(struct edit_form *f, enum edit_mode mode, const struct account *from,
                    bool ranges_warn)
{
    *f = (struct edit_form){.mode = mode, .ranges_warn = ranges_warn};
    form_init(&f->form);
    account_init(&f->base);
    account_init(&f->mine);
    if (mode == EDIT_CHANGE)
        account_copy(&f->base, from);
    /* A create needs its name first; a change is mostly one of a policy. */
    if (mode != EDIT_CHANGE)
        add_section(f, SECTION_IDENTITY, from);
    for (int s = 0; s < SECTION_COUNT; s++) {
        if (mode == EDIT_CHANGE || s != SECTION_IDENTITY)
            add_section(f, (enum field_section)s, from);
    }
    form_focus(&f->form, mode == EDIT_CHANGE ? FIELD_QUOTA_TOKENS : FIELD_NAME);
}

static void free_offers(const char **offers)
{
    for (size_t i = 0; offers && offers[i]; i++)
        mem_free((void *)(uintptr_t)offers[i]);
    mem_free(offers);
}

void edit_form_finish(struct edit_form *f)
{
    form_finish(&f->form);
    account_finish(&f->base);
    account_finish(&f->mine);
    for (int i = 0; i < FIELD_COUNT; i++) {
        mem_free(f->began[i]);
        free_offers(f->offers[i]);
    }
}

static bool is_offered(const char **offers, size_t count, struct span word)
{
    for (size_t i = 0; i < count; i++)
        if (span_is(word, offers[i]))
            return true;
    return false;
}

void edit_form_offer(struct edit_form *f, enum field field, const struct span *words, size_t count)
{
    const char *const *known = field_known_values(field);
    struct form_row *row = form_row(&f->form, (int)field);
    struct str hint = STR_INIT;
    size_t n = 0;
    if (!row || row->kind != FORM_OPEN)
        return;
    while (known[n])
        n++;
    const char **all = mem_calloc(n + count + 1, sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = mem_strdup(known[i]);
    for (size_t i = 0; i < count; i++) {
        struct str safe = STR_INIT;
        text_safe(&safe, words[i].p, words[i].len, 0);
        /* What cannot be shown as it is could not be chosen by its look. */
        if (words[i].len && span_eq(span_from(&safe), words[i]) && !is_offered(all, n, words[i]))
            all[n++] = span_dup(words[i]);
        str_finish(&safe);
    }
    free_offers(f->offers[field]);
    f->offers[field] = all;
    row->choices = all;
    add_hint(field_info(field), f->mode, all, &hint);
    mem_free(row->hint);
    row->hint = str_steal(&hint);
}

/* Reads a number whose range only warns; true when it was nothing but the range. */
static bool only_out_of_range(const struct field_info *i, struct span typed, struct value *v)
{
    int64_t n;
    bool ok = (i->type == FT_INT && !quantity_parse_count(typed.p, typed.len, &n, NULL)) ||
              (i->type == FT_SECONDS && !quantity_parse_seconds(typed.p, typed.len, &n, NULL));
    if (ok)
        *v = value_int(n);
    return ok;
}

static void set_was(struct form_row *row, const char *began)
{
    struct str was = STR_INIT;
    if (began)
        str_printf(&was, "was %s", !began[0] ? "empty" : row->masked ? "********" : began);
    form_set_was(row, str_text(&was));
    str_finish(&was);
}

/* What a clone begins with and its original had otherwise is said where it stands. */
static void set_cloned(const struct edit_form *f, struct form_row *row)
{
    if (f->mode == EDIT_CLONE && row->id == FIELD_ENABLED && !row->changed)
        form_set_was(row, "a clone begins disabled");
}

/* What a text says: blanks around it say nothing, and blanks alone are no text. */
static struct span said(struct span text)
{
    while (text.len && (text.p[0] == ' ' || text.p[0] == '\t'))
        text = (struct span){text.p + 1, text.len - 1};
    while (text.len && (text.p[text.len - 1] == ' ' || text.p[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static const char refusal[] = "the server: ";

static bool is_refusal(const struct form_row *row)
{
    return strncmp(str_text(&row->error), refusal, sizeof refusal - 1) == 0;
}

/* The text can be read. What the server refused stands until its field is touched or reviewed. */
static void no_error(struct form_row *row)
{
    if (!is_refusal(row))
        form_set_error(row, NULL);
}

/* Nothing is typed into a new account's field: it is not sent, which is the server's default;
 * unless a create cannot do without it. */
static bool is_left_out(const struct edit_form *f, struct span typed, const struct field_info *i,
                        struct form_row *row)
{
    if (typed.len || f->mode == EDIT_CHANGE)
        return false;
    form_set_error(row, f->asked && i->flags & FF_REQUIRED ? "needed: it cannot be empty" : NULL);
    return true;
}

/* Reads one row into mine. An error leaves the base value there, and the text as it was typed. */
static void read_row(struct edit_form *f, struct form_row *row, struct arena *mem)
{
    enum field field = (enum field)row->id;
    const struct field_info *i = field_info(field);
    struct span typed = said(form_value(row));
    struct error err;
    struct value v;
    row->changed = !span_eq(typed, said(span_of(f->began[field])));
    f->touched += row->changed;
    f->changed += f->mode == EDIT_CHANGE ? row->changed : typed.len > 0;
    set_was(row, row->changed && f->mode == EDIT_CHANGE ? f->began[field] : NULL);
    set_cloned(f, row);
    form_set_warning(row, NULL);
    if (!row->changed && f->mode == EDIT_CHANGE) {
        no_error(row);
        return;
    }
    if (is_left_out(f, typed, i, row))
        return;
    if (value_parse(field, typed, mem, &v, &err)) {
        bool range = f->ranges_warn && only_out_of_range(i, typed, &v);
        if (range)
            no_error(row);
        else
            form_set_error(row, err.what);
        form_set_warning(row, range ? err.what : NULL);
        if (!range)
            return;
    } else if (v.presence == PRESENCE_ABSENT && f->base.v[field].presence != PRESENCE_ABSENT) {
        form_set_error(row,
                       "empty says nothing: type a number, 0 or none; ^R gives the old one back");
        return;
    }
    no_error(row);
    account_set(&f->mine, field, &v);
}

static void add_warnings(struct edit_form *f)
{
    struct warning warnings[WARNINGS_MAX];
    const struct account *before = f->mode == EDIT_CHANGE ? &f->base : NULL;
    size_t n = warn_account(before, &f->mine, warnings, WARNINGS_MAX);
    n += warn_words(before, &f->mine, f->seen, f->seen_ctx, warnings + n, WARNINGS_MAX - n);
    for (size_t i = 0; i < n; i++) {
        struct form_row *row = form_row(&f->form, (int)warnings[i].field);
        if (row && row->warning.len == 0)
            form_set_warning(row, warnings[i].text);
    }
}

void edit_form_read(struct edit_form *f)
{
    struct arena mem;
    arena_init(&mem);
    account_copy(&f->mine, &f->base);
    f->changed = f->touched = 0;
    for (size_t i = 0; i < f->form.count; i++) {
        if (f->form.rows[i].id >= 0)
            read_row(f, &f->form.rows[i], &mem);
    }
    add_warnings(f);
    arena_finish(&mem);
}

void edit_form_touched(struct edit_form *f)
{
    struct form_row *row = form_focused(&f->form);
    if (row)
        form_set_error(row, NULL);
}

void edit_form_revert(struct edit_form *f)
{
    struct form_row *row = form_focused(&f->form);
    if (row && row->id >= 0)
        form_set_value(row, span_of(f->began[row->id]));
}

/* What the server refused is its to judge again: it may have been mended by another field. */
void edit_form_require(struct edit_form *f)
{
    f->asked = true;
    for (size_t i = 0; i < f->form.count; i++)
        if (is_refusal(&f->form.rows[i]))
            form_set_error(&f->form.rows[i], NULL);
    edit_form_read(f);
}

bool edit_form_refuse(struct edit_form *f, enum field field, struct span msg)
{
    struct form_row *row = field < FIELD_COUNT ? form_row(&f->form, (int)field) : NULL;
    if (!row)
        return false;
    struct str text = STR_INIT;
    str_add(&text, refusal);
    str_add_span(&text, msg);
    form_set_error(row, str_text(&text));
    str_finish(&text);
    return true;
}

void edit_form_rebase(struct edit_form *f, const struct account *server)
{
    for (size_t i = 0; i < f->form.count; i++) {
        struct form_row *row = &f->form.rows[i];
        if (row->id < 0)
            continue;
        struct str text = STR_INIT;
        began_text(f, field_info((enum field)row->id), server, &text);
        if (!row->changed)
            form_set_value(row, span_from(&text));
        mem_free(f->began[row->id]);
        f->began[row->id] = str_steal(&text);
    }
    account_copy(&f->base, server);
}

void edit_form_body(const struct edit_form *f, enum patch_policies policies, struct str *out)
{
    struct field_set which;
    if (f->mode != EDIT_CHANGE) {
        create_body(&f->mine, out);
        return;
    }
    diff_settable(&f->base, &f->mine, &which);
    patch_body(&f->base, &f->mine, &which, policies, out);
}
