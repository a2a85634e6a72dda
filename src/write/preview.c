/* preview.c: see preview.h. */
#include "write/preview.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/json.h"
#include "model/key_shape.h"
#include "model/value_quote.h"
#include "write/machine.h"

#include <ctype.h>
#include <string.h>

#define MASK "********"
/* Stands for a masked reference in a command: a shell puts the variable there, and stops with its
 * name when there is none. Between two pieces in single quotes. */
#define SHELL_REF "\"${CREDENTIALS_REF:?}\""

void preview_init(struct preview *preview)
{
    memset(preview, 0, sizeof *preview);
    arena_init(&preview->mem);
}

void preview_finish(struct preview *preview)
{
    mem_free(preview->fields);
    str_finish(&preview->command);
    str_finish(&preview->curl);
    arena_finish(&preview->mem);
    preview_init(preview);
}

const char *write_verb(enum journal_kind kind)
{
    static const char *const verbs[] = {
        [JOURNAL_CREATE] = "create", [JOURNAL_UPDATE] = "update", [JOURNAL_DELETE] = "delete"};
    return verbs[kind];
}

static bool is_safe(struct span word)
{
    struct str safe = STR_INIT;
    text_safe(&safe, word.p, word.len, 0);
    bool same = span_eq(word, span_from(&safe));
    str_finish(&safe);
    return same;
}

/* $'a\nb': bytes that are not ASCII to be seen are octal, whatever the shell's locale is. */
static void add_escaped(struct str *out, struct span word)
{
    str_add(out, "$'");
    for (size_t i = 0; i < word.len; i++) {
        unsigned char c = (unsigned char)word.p[i];
        if (c == '\n')
            str_add(out, "\\n");
        else if (c == '\'' || c == '\\')
            str_printf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            str_printf(out, "\\%03o", c);
        else
            str_add_char(out, (char)c);
    }
    str_add_char(out, '\'');
}

void shell_word(struct str *out, struct span word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-.,:/=@+%";
    bool quote = word.len == 0;
    for (size_t i = 0; i < word.len && !quote; i++)
        quote = !memchr(plain, word.p[i], sizeof plain - 1);
    if (!quote) {
        str_add_span(out, word);
        return;
    }
    if (!is_safe(word)) {
        add_escaped(out, word);
        return;
    }
    str_add_char(out, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.p[i] == '\'')
            str_add(out, "'\\''");
        else
            str_add_char(out, word.p[i]);
    }
    str_add_char(out, '\'');
}

/* Where the word that begins at p ends: at a blank outside of quotes. */
static const char *word_end(const char *p, const char *end)
{
    char quote = 0;
    for (; p < end && (quote || *p != ' '); p++) {
        if (quote != '\'' && *p == '\\' && p + 1 < end)
            p++;
        else if (quote && *p == (quote == '$' ? '\'' : quote))
            quote = 0;
        else if (!quote && *p == '$' && p + 1 < end && p[1] == '\'')
            quote = *p++; /* $'...' has escapes, '...' has none */
        else if (!quote && (*p == '\'' || *p == '"'))
            quote = *p;
    }
    return p;
}

void shell_lines(struct str *out, struct span command, int cols)
{
    const char *p = command.p, *end = p + command.len;
    int used = 0;
    while (p < end) {
        const char *to = word_end(p, end);
        int width = text_width(p, (size_t)(to - p));
        if (used && used + 1 + width + 2 > cols) {
            str_add(out, " \\\n  ");
            used = 2;
        } else if (used) {
            str_add_char(out, ' ');
            used++;
        }
        str_append(out, p, (size_t)(to - p));
        used += width;
        p = to < end ? to + 1 : end;
    }
}

void shell_paddock(struct str *out, const char *profile, const char *flags, const char *verb,
                   struct span id)
{
    str_add(out, "paddock");
    if (profile && profile[0]) {
        str_add(out, " -p ");
        shell_word(out, span_of(profile));
    }
    str_printf(out, "%s %s", flags ? flags : "", verb);
    if (id.len) {
        str_add_char(out, ' ');
        shell_word(out, id);
    }
}

/* ---- fields ------------------------------------------------------------------------------- */

static const char *shown(struct preview *p, enum field f, const struct value *v, bool reveal)
{
    struct str text = STR_INIT;
    if ((field_info(f)->flags & FF_SECRET) && value_known(v) && !reveal)
        str_add(&text, MASK);
    else if ((field_info(f)->flags & FF_SECRET) && value_known(v) && key_shaped(v->text))
        str_add(&text, KEY_SHAPED_MASK);
    else
        value_words(f, v, &text);
    const char *copy = arena_dup(&p->mem, span_from(&text)).p;
    str_finish(&text);
    return copy;
}

static void add_fields(struct preview *p, const struct write *w, bool reveal)
{
    size_t room = 0;
    const struct field_set *sent = write_fields(w);
    const struct merge *merge = write_merge(w);
    const struct account *server = write_server(w), *target = write_target(w);
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        bool theirs = !sent->has[f] && merge && merge->state[f] == MERGE_THEIRS;
        if (!sent->has[f] && !theirs)
            continue;
        struct preview_field line = {.field = f, .theirs = theirs, .old = ""};
        const struct value *old = theirs ? &write_base(w)->v[f] : server ? &server->v[f] : NULL;
        if (old)
            line.old = shown(p, f, old, reveal);
        line.now = shown(p, f, theirs ? &server->v[f] : &target->v[f], reveal);
        VEC_ROOM(p->fields, p->count, room);
        p->fields[p->count++] = line;
        p->sent += !theirs;
    }
}

bool write_seen(void *writes, enum field field, struct span value)
{
    return fleet_has_text(((struct writes *)writes)->env.fleet, field, value);
}

size_t write_warnings(const struct write *w, struct warning *out, size_t room)
{
    const struct account *now = write_server(w), *before = now ? now : write_base(w);
    if (write_kind(w) == JOURNAL_CREATE)
        before = NULL;
    size_t n = warn_account(before, write_target(w), out, room);
    return n + warn_words(before, write_target(w), write_seen, w->all, out + n, room - n);
}

static void add_warnings(struct preview *p, const struct write *w)
{
    if (write_kind(w) == JOURNAL_DELETE) {
        p->needs_name = true;
        return;
    }
    p->warning_count = write_warnings(w, p->warnings, PREVIEW_WARNINGS_MAX);
    for (size_t i = 0; i < p->warning_count; i++)
        p->needs_name |= p->warnings[i].needs_name;
}

/* ---- commands ----------------------------------------------------------------------------- */

/* The value as `paddock set` reads it. A text that looks like a replacement (s|old|new|) would be
 * one there: in quotes it is the text. */
static void add_setting(enum field f, const struct value *v, struct str *word)
{
    enum field_type type = field_info(f)->type;
    bool text = value_known(v) && (type == FT_TEXT || type == FT_OPEN);
    if (v->presence == PRESENCE_NULL)
        str_add(word, "none");
    else if (text && v->text.len > 1 && v->text.p[0] == 's' && ispunct((unsigned char)v->text.p[1]))
        value_add_quoted(word, v->text);
    else
        value_edit(f, v, word);
}

static void add_settings(const struct write *w, bool reveal, struct str *out)
{
    const struct field_set *sent = write_fields(w);
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        const struct value *v = &write_target(w)->v[f];
        if (!sent->has[f])
            continue;
        struct str word = STR_INIT;
        str_printf(&word, "%s=", field_info(f)->key);
        if ((field_info(f)->flags & FF_SECRET) && value_known(v) && !reveal) {
            str_printf(out, " %s" SHELL_REF, str_text(&word));
            str_finish(&word);
            continue;
        }
        add_setting(f, v, &word);
        str_add_char(out, ' ');
        shell_word(out, span_from(&word));
        str_finish(&word);
    }
}

/* The body with credentials_ref masked, for what is shown; what is not seen is \u escapes in it. */
static void add_body(const struct write *w, bool reveal, struct str *out)
{
    const struct value *secret = &write_target(w)->v[FIELD_CREDENTIALS_REF];
    const char *body = write_body(w);
    struct str shown = STR_INIT, quoted = STR_INIT, mask = STR_INIT;
    if (!reveal && write_fields(w)->has[FIELD_CREDENTIALS_REF] && value_known(secret)) {
        str_printf(&quoted, "\"%s\":", field_info(FIELD_CREDENTIALS_REF)->leaf);
        str_printf(&mask, "%s\"%s\"", quoted.data, MASK);
        value_json(FIELD_CREDENTIALS_REF, secret, &quoted);
        const char *at = strstr(body, quoted.data);
        if (at) {
            str_append(&shown, body, (size_t)(at - body));
            str_add_span(&shown, span_from(&mask));
            body = at + quoted.len;
        }
    }
    str_add(&shown, body);
    json_safe(out, span_from(&shown));
    str_finish(&shown);
    str_finish(&quoted);
    str_finish(&mask);
}

/* In a body that was quoted for a shell: the masked reference becomes the shell's to fill in. */
static void shell_ref(struct str *quoted)
{
    struct str mask = STR_INIT, out = STR_INIT;
    str_printf(&mask, "\"%s\":\"" MASK "\"", field_info(FIELD_CREDENTIALS_REF)->leaf);
    const char *at = strstr(str_text(quoted), str_text(&mask));
    if (at) {
        str_append(&out, quoted->data, (size_t)(at - quoted->data));
        str_printf(&out, "\"%s\":\"'" SHELL_REF "'\"", field_info(FIELD_CREDENTIALS_REF)->leaf);
        str_add(&out, at + mask.len);
        str_clear(quoted);
        str_add_span(quoted, span_from(&out));
    }
    str_finish(&mask);
    str_finish(&out);
}

/* A create goes through a pipe, which every shell has. */
static void add_command(struct preview *p, const struct write *w, const struct preview_options *o,
                        bool reveal)
{
    struct str *out = &p->command;
    enum journal_kind kind = write_kind(w);
    if (kind == JOURNAL_CREATE) {
        struct str body = STR_INIT;
        add_body(w, reveal, &body);
        str_add(out, "printf %s ");
        shell_word(out, span_from(&body));
        if (!reveal)
            shell_ref(out);
        str_add(out, " | ");
        str_finish(&body);
    }
    static const char *const verbs[] = {
        [JOURNAL_CREATE] = "create -f -", [JOURNAL_UPDATE] = "set", [JOURNAL_DELETE] = "delete"};
    shell_paddock(out, o->profile, o->flags, verbs[kind],
                  span_of(kind == JOURNAL_CREATE ? "" : write_account_id(w)));
    if (kind == JOURNAL_UPDATE)
        add_settings(w, reveal, out);
}

static void add_curl(struct preview *p, const struct write *w, const struct api *api, bool reveal)
{
    static const enum endpoint endpoints[] = {[JOURNAL_CREATE] = ENDPOINT_CREATE,
                                              [JOURNAL_UPDATE] = ENDPOINT_UPDATE,
                                              [JOURNAL_DELETE] = ENDPOINT_DELETE};
    struct str body = STR_INIT;
    if (write_kind(w) != JOURNAL_DELETE)
        add_body(w, reveal, &body);
    struct span id = write_kind(w) == JOURNAL_CREATE ? span_of("") : span_of(write_account_id(w));
    api_curl_command(api, endpoints[write_kind(w)], id, span_from(&body), &p->curl);
    if (!reveal)
        shell_ref(&p->curl);
    str_finish(&body);
}

void preview_make(struct preview *preview, const struct write *write, const struct api *api,
                  const struct preview_options *options)
{
    preview_finish(preview);
    if (write_kind(write) != JOURNAL_DELETE)
        add_fields(preview, write, options->reveal);
    add_warnings(preview, write);
    const struct value *secret = &write_target(write)->v[FIELD_CREDENTIALS_REF];
    bool key = value_known(secret) && key_shaped(secret->text);
    bool reveal = options->reveal && (!key || options->keys);
    add_command(preview, write, options, reveal);
    add_curl(preview, write, api, reveal);
}

/* ---- as text ------------------------------------------------------------------------------ */

static void add_line(struct str *out, const char *mark, const struct field_info *info,
                     const char *value)
{
    str_printf(out, "%s %s%-26s  ", mark, info->parent == FIELD_NONE ? "" : "  ", info->leaf);
    text_safe_z(out, value, 0);
    str_add_char(out, '\n');
}

void preview_text(const struct preview *preview, const struct write *write, struct str *out)
{
    enum field group = FIELD_NONE;
    str_printf(out, "%s  ", write_verb(write_kind(write)));
    text_safe_z(out, write_account_name(write), 0);
    if (write_account_id(write)[0]) {
        str_add(out, " (");
        text_safe_z(out, write_account_id(write), 0);
        str_add_char(out, ')');
    }
    str_add_char(out, '\n');
    for (size_t i = 0; i < preview->count; i++) {
        const struct preview_field *f = &preview->fields[i];
        const struct field_info *info = field_info(f->field);
        if (info->parent != group && info->parent != FIELD_NONE)
            str_printf(out, "  %s\n", field_info(info->parent)->leaf);
        group = info->parent;
        if (f->theirs) {
            add_line(out, "~", info, f->now);
            continue;
        }
        if (write_kind(write) != JOURNAL_CREATE)
            add_line(out, "-", info, f->old);
        add_line(out, "+", info, f->now);
    }
    for (size_t i = 0; i < preview->warning_count; i++) {
        str_printf(out, "! %s: ", field_info(preview->warnings[i].field)->key);
        text_safe_z(out, preview->warnings[i].text, 0);
        str_add_char(out, '\n');
    }
    const struct str *commands[] = {&preview->command, &preview->curl};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        str_add(out, "$ ");
        text_safe_z(out, str_text(commands[i]), 0);
        str_add_char(out, '\n');
    }
}
