/* filter_words.c: see filter_words.h. It cuts the text where the filter's own reader ends a term
 * (at blanks outside quotes and patterns), and looks at no more of a term than it has to. */
#include "tui/screens/filter_words.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next term or word from *at on; empty at the end. */
static struct span next_word(struct span text, size_t *at)
{
    while (*at < text.len && is_blank(text.p[*at]))
        ++*at;
    size_t from = *at;
    char inside = '\0'; /* the mark that ends what blanks do not */
    for (; *at < text.len && (inside || !is_blank(text.p[*at])); ++*at) {
        char c = text.p[*at], before = *at > from ? text.p[*at - 1] : ':';
        if (inside && c == '\\')
            ++*at;
        else if (inside)
            inside = c == inside ? '\0' : inside;
        else if (c == '"' || (c == '/' && before == ':'))
            inside = c;
    }
    if (*at > text.len)
        *at = text.len;
    return (struct span){text.p + from, *at - from};
}

static bool is_word(struct span s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

/* Appends a word from *at on up to `stop`, or one in quotes without them. */
static void take_word(struct span text, size_t *at, char stop, struct str *out)
{
    bool quoted = *at < text.len && text.p[*at] == '"';
    *at += quoted;
    while (*at < text.len && text.p[*at] != (quoted ? '"' : stop)) {
        if (quoted && text.p[*at] == '\\' && *at + 1 < text.len)
            ++*at;
        str_add_char(out, text.p[(*at)++]);
    }
    *at += quoted && *at < text.len;
}

/* The key of tag:key=a,b, into `key`, and the values; false when it is another term of a tag. */
static bool read_tag(struct span rest, struct str *key, struct span *values)
{
    size_t at = 0;
    str_clear(key);
    take_word(rest, &at, '=', key);
    if (!key->len || key->data[key->len - 1] == '!' || at >= rest.len || rest.p[at] != '=')
        return false;
    *values = (struct span){rest.p + at + 1, rest.len - at - 1};
    return true;
}

/* Whether it is a term of ours: what it is about, and its values. A tag's key is put into `key`. */
static bool read_term(const struct column_set *columns, struct span term, struct str *key,
                      struct filter_about *about, struct span *values)
{
    size_t end = 0;
    while (end < term.len && !strchr(":=<>!\"/~", term.p[end]))
        end++;
    const struct column *column = column_find(columns, (struct span){term.p, end});
    if (end == term.len || !column || column->field == FIELD_NONE)
        return false;
    *about = (struct filter_about){.field = column->field};
    struct span rest = {term.p + end + 1, term.len - end - 1};
    *values = rest;
    if (term.p[end] == ':' && column->field == FIELD_TAGS) {
        bool ours = read_tag(rest, key, values);
        about->tag = span_from(key);
        return ours;
    }
    return term.p[end] == '=' || (term.p[end] == ':' && is_word(rest, "none"));
}

bool filter_about_same(struct filter_about a, struct filter_about b)
{
    return a.field == b.field && span_eq(a.tag, b.tag);
}

void filter_words_each(const struct column_set *columns, struct span filter,
                       void (*fn)(void *ctx, struct filter_about about, struct span value),
                       void *ctx)
{
    struct filter_about about;
    struct span values;
    struct str key = STR_INIT, value = STR_INIT;
    bool negated = false;
    for (size_t at = 0; at < filter.len;) {
        struct span term = next_word(filter, &at);
        bool ours = !negated && read_term(columns, term, &key, &about, &values);
        negated = is_word(term, "not");
        for (size_t v = 0; ours && v < values.len;) {
            str_clear(&value);
            take_word(values, &v, ',', &value);
            v += v < values.len; /* the comma */
            fn(ctx, about, span_from(&value));
        }
    }
    str_finish(&key);
    str_finish(&value);
}

/* An "and" that joins nothing any more is left out. */
static void join(struct str *out, const struct span *words, size_t count)
{
    size_t before = out->len;
    for (size_t i = 0; i < count; i++) {
        bool and = is_word(words[i], "and");
        if (and&&(out->len == before || i + 1 == count || is_word(words[i + 1], "and")))
            continue;
        if (out->len > before)
            str_add_char(out, ' ');
        str_add_span(out, words[i]);
    }
}

void filter_words_without(const struct column_set *columns, struct span filter,
                          struct filter_about about, struct str *out)
{
    struct span *words = NULL, values;
    size_t count = 0, room = 0;
    struct filter_about is;
    struct str key = STR_INIT;
    for (size_t at = 0; at < filter.len;) {
        struct span term = next_word(filter, &at);
        bool negated = count && is_word(words[count - 1], "not");
        if (!term.len || (!negated && read_term(columns, term, &key, &is, &values) &&
                          filter_about_same(is, about)))
            continue;
        VEC_ROOM(words, count, room);
        words[count++] = term;
    }
    join(out, words, count);
    mem_free(words);
    str_finish(&key);
}

void filter_value_add(struct str *out, struct span value)
{
    bool plain = value.len > 0;
    for (size_t i = 0; i < value.len; i++)
        plain = plain && !strchr(" ,\"\\\t", value.p[i]);
    if (plain) {
        str_add_span(out, value);
        return;
    }
    str_add_char(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] == '"' || value.p[i] == '\\')
            str_add_char(out, '\\');
        str_add_char(out, value.p[i]);
    }
    str_add_char(out, '"');
}

void filter_words_add(struct str *out, struct filter_about about, const struct span *values,
                      size_t count, bool none)
{
    if (out->len)
        str_add_char(out, ' ');
    if (about.field == FIELD_TAGS) {
        str_add(out, "tag:");
        filter_value_add(out, about.tag);
        str_add_char(out, '=');
    } else {
        str_add(out, field_info(about.field)->key);
        str_add_char(out, count ? '=' : ':');
    }
    for (size_t i = 0; i < count; i++) {
        if (i)
            str_add_char(out, ',');
        filter_value_add(out, values[i]);
    }
    if (none)
        str_add(out, count ? ",none" : "none");
}
