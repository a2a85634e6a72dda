/* envelope.c: see envelope.h. Nothing here fails: what is not understood is shown as it begins. */
#include "api/envelope.h"

#include "base/vec.h"
#include "model/json.h"
#include "model/patch.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORDS_BYTES_MAX 240 /* of an error line; the rest is cut */
#define ROWS_IN_WORDS   3

void envelope_init(struct envelope *e)
{
    memset(e, 0, sizeof *e);
    arena_init(&e->mem);
    str_init(&e->words);
}

void envelope_finish(struct envelope *e)
{
    str_finish(&e->words);
    mem_free(e->details);
    arena_finish(&e->mem);
    memset(e, 0, sizeof *e);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

/* Appends text with runs of white space as one blank, no more than WORDS_BYTES_MAX in all. */
static void words_add(struct str *out, struct span text)
{
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        if (is_space(text.p[i])) {
            gap = out->len > 0;
            continue;
        }
        if (out->len + 4 > WORDS_BYTES_MAX) {
            while (out->len && ((unsigned char)out->data[out->len - 1] & 0xC0) == 0x80)
                str_truncate(out, out->len - 1);
            if (out->len && ((unsigned char)out->data[out->len - 1] & 0x80))
                str_truncate(out, out->len - 1);
            str_add(out, "...");
            return;
        }
        if (gap)
            str_add_char(out, ' ');
        gap = false;
        str_add_char(out, text.p[i]);
    }
}

static struct span keep(struct envelope *e, const char *text)
{
    return text ? arena_dup(&e->mem, span_of(text)) : (struct span){NULL, 0};
}

/* One part of a loc: a text, or an array index. False for anything else. */
static bool loc_part(struct envelope *e, const cJSON *item, struct span *out)
{
    if (cJSON_IsString(item)) {
        *out = keep(e, item->valuestring);
        return true;
    }
    if (cJSON_IsNumber(item)) {
        char digits[32];
        snprintf(digits, sizeof digits, "%.0f", item->valuedouble);
        *out = keep(e, digits);
        return true;
    }
    return false;
}

/* One element of `detail`. A part of the loc that is neither text nor number is left out; an
 * element that says nothing at all is no row. */
static bool row_read(struct envelope *e, const cJSON *item, struct api_detail *row)
{
    memset(row, 0, sizeof *row);
    row->field = FIELD_NONE;
    if (!cJSON_IsObject(item))
        return false;
    row->msg = keep(e, json_get_string(item, "msg"));
    row->type = keep(e, json_get_string(item, "type"));
    const cJSON *loc = json_get(item, "loc"), *part;
    if (cJSON_IsArray(loc))
        cJSON_ArrayForEach(part, loc)
        {
            if (row->loc_count < ARRAY_LEN(row->loc) &&
                loc_part(e, part, &row->loc[row->loc_count]))
                row->loc_count++;
        }
    if (row->loc_count)
        row->field = field_from_loc(row->loc, row->loc_count);
    return row->msg.len > 0 || row->loc_count > 0;
}

void api_detail_path(const struct api_detail *detail, struct str *out)
{
    size_t first = detail->loc_count > 1 && span_is(detail->loc[0], "body") ? 1 : 0;
    for (size_t i = first; i < detail->loc_count; i++) {
        if (i > first)
            str_add_char(out, '.');
        str_add_span(out, detail->loc[i]);
    }
}

/* "quota_policy.max_tokens_per_month: Input should be ..." for the line of words. */
static void row_words(struct str *line, const struct api_detail *row)
{
    if (line->len)
        str_add(line, "; ");
    api_detail_path(row, line);
    if (row->loc_count && row->msg.len)
        str_add(line, ": ");
    str_add_span(line, row->msg);
}

static void detail_read(struct envelope *e, const cJSON *detail)
{
    struct str line = STR_INIT;
    size_t total = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, detail)
    {
        struct api_detail row;
        if (!row_read(e, item, &row))
            continue;
        if (total++ >= ENVELOPE_DETAILS_MAX)
            continue;
        VEC_ROOM(e->details, e->count, e->room);
        e->details[e->count++] = row;
        if (total <= ROWS_IN_WORDS)
            row_words(&line, &row);
    }
    e->kind = e->count ? ENVELOPE_DETAIL : ENVELOPE_JSON;
    words_add(&e->words, span_from(&line));
    if (total > ROWS_IN_WORDS)
        str_printf(&e->words, " and %zu more", total - ROWS_IN_WORDS);
    str_finish(&line);
}

static void error_read(struct envelope *e, const cJSON *root)
{
    const char *code = json_get_string(root, "error"), *message = json_get_string(root, "message");
    const cJSON *details = json_get(root, "details");
    e->kind = ENVELOPE_ERROR;
    e->code = keep(e, code);
    e->permission = keep(e, json_get_string(details, "required_permission"));
    words_add(&e->words, span_of(message && *message ? message : code));
    /* The server's message often names it already. */
    if (e->permission.len &&
        !(message && memmem(message, strlen(message), e->permission.p, e->permission.len))) {
        struct str line = STR_INIT;
        str_add(&line, " (needs ");
        str_add_span(&line, e->permission);
        str_add_char(&line, ')');
        words_add(&e->words, span_from(&line));
        str_finish(&line);
    }
}

static void object_read(struct envelope *e, const cJSON *root)
{
    const cJSON *detail = json_get(root, "detail");
    if (cJSON_IsArray(detail)) {
        detail_read(e, detail);
    } else if (cJSON_IsString(detail)) {
        e->kind = ENVELOPE_TEXT;
        words_add(&e->words, span_of(detail->valuestring));
    } else if (json_get_string(root, "error") || json_get_string(root, "message")) {
        error_read(e, root);
    } else if (cJSON_IsObject(detail)) {
        /* A few services wrap their own envelope in `detail`. */
        error_read(e, detail);
        e->kind = e->words.len ? ENVELOPE_ERROR : ENVELOPE_JSON;
    } else {
        e->kind = ENVELOPE_JSON;
    }
}

/* The first place of `what` in any case, or NULL. */
static const char *find_nocase(struct span text, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; i + len <= text.len; i++)
        if (strncasecmp(text.p + i, what, len) == 0)
            return text.p + i;
    return NULL;
}

/* A title that is a number says the status once more. */
static bool has_letter(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_space(text.p[i]) && (text.p[i] < '0' || text.p[i] > '9'))
            return true;
    return false;
}

/* The text of the first <title> or <h1>; false when the page has none. */
static bool page_title(struct span body, struct span *out)
{
    static const char *const tags[] = {"<title", "<h1"};
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        const char *end = body.p + body.len, *at = find_nocase(body, tags[i]);
        at = at ? memchr(at, '>', (size_t)(end - at)) : NULL;
        const char *stop = at ? memchr(at, '<', (size_t)(end - at)) : NULL;
        if (at && stop && stop > at + 1) {
            for (at++; at < stop && is_space(*at);)
                at++;
            *out = (struct span){at, (size_t)(stop - at)};
            return has_letter(*out);
        }
    }
    return false;
}

static void page_read(struct envelope *e, struct span body)
{
    struct span head = {body.p, body.len < 4096 ? body.len : 4096}, title;
    bool html = find_nocase(head, "<html") || find_nocase(head, "<!doctype html") ||
                find_nocase(head, "<title") || find_nocase(head, "<h1");
    if (!html) {
        e->kind = ENVELOPE_OTHER;
        words_add(&e->words, (struct span){body.p, body.len < 400 ? body.len : 400});
        return;
    }
    e->kind = ENVELOPE_HTML;
    str_add(&e->words, "a web page instead of JSON");
    if (page_title(body, &title)) {
        str_add(&e->words, ", \"");
        words_add(&e->words, title);
        str_add_char(&e->words, '"');
    }
}

void envelope_read(struct envelope *e, struct span body)
{
    while (body.len && is_space(body.p[0]))
        body.p++, body.len--;
    while (body.len && is_space(body.p[body.len - 1]))
        body.len--;
    cJSON *root = NULL;
    if (body.len == 0) {
        e->kind = ENVELOPE_EMPTY;
    } else if (json_parse(body, &root, NULL) != ST_OK) {
        page_read(e, body);
    } else if (cJSON_IsObject(root)) {
        object_read(e, root);
    } else if (cJSON_IsString(root)) {
        e->kind = ENVELOPE_TEXT;
        words_add(&e->words, span_of(root->valuestring));
    } else {
        e->kind = ENVELOPE_JSON;
    }
    cJSON_Delete(root);
}
