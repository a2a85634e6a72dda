/* term_stream.c: a parser of just the shape of control sequences. Everything passes on unchanged
 * but REP; a sequence is held back until its last byte, since only then is it known to be one. */
#include "term_stream.h"

#include <stdlib.h>
#include <string.h>

enum { GROUND, ESCAPE, CHARSET, CSI, STRING, STRING_ESC };

#define REP_MAX     4096
#define PAYLOAD_MAX ((size_t)1 << 20)

static void modes_reset(struct term_stream *s)
{
    s->modes[0] = 7;
    s->modes[1] = 25;
    s->mode_count = 2;
}

void term_stream_init(struct term_stream *s)
{
    memset(s, 0, sizeof *s);
    s->state = GROUND;
    modes_reset(s);
}

void term_stream_finish(struct term_stream *s)
{
    str_finish(&s->out);
    str_finish(&s->held);
    str_finish(&s->payload);
    str_finish(&s->title);
    str_finish(&s->clipboard);
}

bool term_stream_mode(const struct term_stream *s, int mode)
{
    for (size_t i = 0; i < s->mode_count; i++)
        if (s->modes[i] == mode)
            return true;
    return false;
}

static void mode_set(struct term_stream *s, int mode, bool on)
{
    for (size_t i = 0; i < s->mode_count; i++) {
        if (s->modes[i] != mode)
            continue;
        if (!on)
            s->modes[i] = s->modes[--s->mode_count];
        return;
    }
    if (on && s->mode_count < TERM_MODES_MAX)
        s->modes[s->mode_count++] = mode;
}

/* held is "ESC [ ? n ; n" without its last byte. */
static void modes_change(struct term_stream *s, bool on)
{
    const char *p = str_text(&s->held) + 3;
    while (*p) {
        char *end;
        long mode = strtol(p, &end, 10);
        if (end > p)
            mode_set(s, (int)mode, on);
        p = *end ? end + 1 : end;
    }
}

static void repeat_last(struct term_stream *s)
{
    long n = strtol(str_text(&s->held) + 2, NULL, 10);
    if (n < 1)
        n = 1;
    for (long i = 0; i < n && i < REP_MAX; i++)
        str_append(&s->out, s->last, s->last_len);
}

static void held_pass(struct term_stream *s)
{
    str_append(&s->out, str_text(&s->held), s->held.len);
    str_clear(&s->held);
    s->state = GROUND;
}

static void csi_end(struct term_stream *s, char final)
{
    const char *args = str_text(&s->held) + 2;
    if (final == 'b' && strspn(args, "0123456789") == strlen(args)) {
        repeat_last(s);
        str_clear(&s->held);
        s->state = GROUND;
        return;
    }
    if (args[0] == '?' && (final == 'h' || final == 'l'))
        modes_change(s, final == 'h');
    else if (final == 'p' && strcmp(args, "!") == 0)
        modes_reset(s);
    str_add_char(&s->held, final);
    held_pass(s);
}

static void csi_byte(struct term_stream *s, char c)
{
    if (c >= 0x40 && c <= 0x7e) {
        csi_end(s, c);
    } else if (c == 0x1b) {
        held_pass(s);
        str_add_char(&s->held, c);
        s->state = ESCAPE;
    } else {
        str_add_char(&s->held, c);
        if (c == 0x18 || c == 0x1a || s->held.len > 256)
            held_pass(s);
    }
}

static void escape_byte(struct term_stream *s, char c)
{
    str_add_char(&s->held, c);
    if (c == '[') {
        s->state = CSI;
        return;
    }
    if (c == 'c')
        modes_reset(s);
    if (c >= 0x20 && c <= 0x2f) {
        s->state = CHARSET;
        return;
    }
    bool string = strchr("]PX^_", c) != NULL && c != 0;
    held_pass(s);
    if (string) {
        str_clear(&s->payload);
        str_add_char(&s->payload, c);
        s->state = STRING;
    }
}

static void string_end(struct term_stream *s)
{
    const char *p = str_text(&s->payload);
    s->state = GROUND;
    if (strncmp(p, "]0;", 3) == 0 || strncmp(p, "]2;", 3) == 0) {
        str_clear(&s->title);
        str_add(&s->title, p + 3);
    } else if (strncmp(p, "]52;", 4) == 0) {
        const char *text = strchr(p + 4, ';');
        str_clear(&s->clipboard);
        str_add(&s->clipboard, text ? text + 1 : "");
        s->clipboard_count++;
    }
}

static void string_byte(struct term_stream *s, char c)
{
    str_add_char(&s->out, c);
    if (c == 0x07 || c == 0x18 || c == 0x1a)
        string_end(s);
    else if (s->state == STRING_ESC && c == '\\')
        string_end(s);
    else if (c == 0x1b)
        s->state = STRING_ESC;
    else if (s->payload.len < PAYLOAD_MAX) {
        s->state = STRING;
        str_add_char(&s->payload, c);
    }
}

static void ground_byte(struct term_stream *s, char c)
{
    unsigned char u = (unsigned char)c;
    if (u == 0x1b) {
        str_add_char(&s->held, c);
        s->state = ESCAPE;
        return;
    }
    if ((u & 0xc0) == 0x80 && s->last_len > 0 && s->last_len < 4)
        s->last[s->last_len++] = c;
    else if (u >= 0x20 && u != 0x7f) {
        s->last[0] = c;
        s->last_len = 1;
    }
    str_add_char(&s->out, c);
}

void term_stream_feed(struct term_stream *s, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        switch (s->state) {
        case ESCAPE:
            escape_byte(s, c);
            break;
        case CHARSET:
            str_add_char(&s->held, c);
            held_pass(s);
            break;
        case CSI:
            csi_byte(s, c);
            break;
        case STRING:
        case STRING_ESC:
            string_byte(s, c);
            break;
        default:
            ground_byte(s, c);
        }
    }
}
