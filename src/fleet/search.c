/* search.c: see search.h.
 *
 * A text that is gone stays as a hole until holes are half of it all; then everything moves up.
 * Both are rare: texts that are searched in are names, not counters. */
#include "fleet/search.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define GONE_MIN 1024

void search_init(struct search *s)
{
    memset(s, 0, sizeof *s);
}

void search_finish(struct search *s)
{
    mem_free(s->bytes);
    mem_free(s->entries);
    mem_free(s->of);
    memset(s, 0, sizeof *s);
}

static void of_room(struct search *s, uint32_t id)
{
    if (id < s->of_room)
        return;
    size_t room = (size_t)id + id / 2 + 64;
    s->of = mem_realloc(s->of, room, sizeof *s->of);
    memset(s->of + s->of_room, 0, (room - s->of_room) * sizeof *s->of);
    s->of_room = room;
}

static char *bytes_room(struct search *s, size_t more)
{
    if (s->len + more > s->room) {
        s->room = (s->len + more) + (s->len + more) / 2;
        s->bytes = mem_realloc(s->bytes, s->room, 1);
    }
    return s->bytes + s->len;
}

/* Folds, in place where it is ASCII. A map is key NUL value NUL: every second NUL stays, the others
 * become the sign that a filter expects between the two. */
static size_t fold_into(struct search *s, struct span text, bool map)
{
    char *out = bytes_room(s, text.len + 1);
    bool ascii = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        ascii = ascii && (unsigned char)c < 0x80;
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    size_t len = text.len;
    if (!ascii) {
        struct str folded = STR_INIT;
        text_fold(&folded, text.p, text.len);
        len = folded.len;
        out = bytes_room(s, len + 1);
        memcpy(out, str_text(&folded), len);
        str_finish(&folded);
    }
    bool value = false;
    for (size_t i = 0; map && i < len; i++) {
        if (out[i] == '\0') {
            out[i] = value ? '\0' : '=';
            value = !value;
        }
    }
    out[len] = '\0';
    return len + 1;
}

static void compact(struct search *s)
{
    size_t kept = 0, to = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct search_entry e = s->entries[i];
        size_t end = i + 1 < s->count ? s->entries[i + 1].at : s->len;
        if (!e.id)
            continue;
        memmove(s->bytes + to, s->bytes + e.at, end - e.at);
        s->entries[kept] = (struct search_entry){(uint32_t)to, e.id};
        s->of[e.id] = (uint32_t)++kept;
        to += end - e.at;
    }
    s->count = kept;
    s->len = to;
    s->gone = 0;
}

void search_add(struct search *s, uint32_t id, enum field field, struct span text)
{
    of_room(s, id);
    if (s->of[id] || s->len + text.len > UINT32_MAX / 2)
        return;
    VEC_ROOM(s->entries, s->count, s->entry_room);
    s->entries[s->count] = (struct search_entry){(uint32_t)s->len, id};
    s->of[id] = (uint32_t)++s->count;
    s->len += fold_into(s, text, field_info(field)->type == FT_MAP);
}

void search_forget(struct search *s, uint32_t id)
{
    if (id >= s->of_room || !s->of[id])
        return;
    s->entries[s->of[id] - 1].id = 0;
    s->of[id] = 0;
    if (++s->gone > GONE_MIN && s->gone * 2 > s->count)
        compact(s);
}

void search_scan(const struct search *s, const char *needle, size_t from, size_t count,
                 uint8_t *verdicts, size_t room)
{
    size_t end = from + count < s->count ? from + count : s->count, len = strlen(needle);
    for (size_t i = from; i < end; i++) {
        if (s->entries[i].id < room)
            verdicts[s->entries[i].id] = VERDICT_NO;
    }
    if (from >= end)
        return;
    const char *p = s->bytes + s->entries[from].at;
    const char *stop = s->bytes + (end < s->count ? s->entries[end].at : s->len);
    /* A hit never reaches over the end of a text: no needle holds NUL. */
    for (size_t i = from; (p = memmem(p, (size_t)(stop - p), needle, len));) {
        size_t at = (size_t)(p - s->bytes);
        while (i + 1 < end && s->entries[i + 1].at <= at)
            i++;
        if (s->entries[i].id && s->entries[i].id < room)
            verdicts[s->entries[i].id] = VERDICT_YES;
        if (i + 1 >= end)
            break;
        p = s->bytes + s->entries[++i].at;
    }
}
