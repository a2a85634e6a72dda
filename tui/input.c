/* input.c: see input.h. One function looks at the head of what is pending and says: a key of so
 * many bytes, nothing of so many bytes, or more is needed. Whatever way the bytes are cut into
 * reads, the same keys come out, because nothing is decided before it is whole (or the delay is
 * over). */
#include "tui/input.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "tui/input_table.h"

#include <stdlib.h>
#include <string.h>

#define SEQUENCE_MAX 256  /* a control sequence longer than that is garbage */
#define STRING_MAX   4096 /* the same for OSC, DCS and the like: answers nobody asked for */
#define PASTE_END    "\033[201~"

enum mode {
    MODE_KEYS,
    MODE_PASTE,
    MODE_SKIP_SEQUENCE, /* to the final byte of a control sequence */
    MODE_SKIP_STRING,   /* to BEL or ST */
};

struct definition {
    enum key_sym sym;
    unsigned mods;
    char *bytes; /* owned */
};

struct input {
    struct loop *loop; /* (borrowed) or NULL */
    loop_timer timer;
    int delay_ms;
    input_fn *fn;
    void *ctx;
    enum mode mode;
    struct str pending;
    struct str paste;
    size_t skipped;
    struct definition *defs;
    size_t def_count, def_room;
};

/* What the head of the pending bytes is. took 0: more is needed. */
struct found {
    size_t took;
    bool is_key;
    struct key key;
    enum mode mode; /* to go on in */
};

static struct found nothing(size_t took)
{
    return (struct found){.took = took};
}

static struct found named(size_t took, enum key_sym sym, unsigned mods)
{
    struct found f = {
        .took = took, .is_key = sym != KEYSYM_TEXT, .key = {.sym = sym, .mods = mods}};
    if (sym == KEYSYM_SPACE)
        f.key.text[0] = ' ';
    return f;
}

static struct found character(size_t took, uint32_t code, unsigned mods)
{
    struct found f = {.took = took};
    f.is_key = key_of_code(code, mods, &f.key);
    return f;
}

/* ---- plain bytes -------------------------------------------------------------------------- */

static struct found decode_plain(const char *p, size_t len, bool final, unsigned mods)
{
    unsigned char c = (unsigned char)*p;
    if (c < 0x80)
        return character(1, c, mods);
    size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;
    uint32_t code;
    size_t have = 1;
    while (have < len && have < need && ((unsigned char)p[have] & 0xc0) == 0x80)
        have++;
    if (have < need && have == len && !final && c <= 0xf4)
        return nothing(0);
    size_t took = text_decode(p, have, &code);
    if (!took || took != have || code < 0xa0)
        return nothing(have);
    return character(took, code, mods);
}

/* ---- escape sequences --------------------------------------------------------------------- */

/* What the terminal's description says, the longest that fits; partial when more could make one. */
static struct found decode_defined(const struct input *in, const char *p, size_t len, bool *partial)
{
    const struct definition *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < in->def_count; i++) {
        size_t n = strlen(in->defs[i].bytes);
        if (n <= len && n > best_len && memcmp(p, in->defs[i].bytes, n) == 0) {
            best = &in->defs[i];
            best_len = n;
        } else if (n > len && memcmp(p, in->defs[i].bytes, len) == 0) {
            *partial = true;
        }
    }
    return best ? named(best_len, best->sym, best->mods) : nothing(0);
}

/* What a whole control sequence of `took` bytes means. */
static struct found csi_meaning(const struct input_sequence *seq, size_t took)
{
    struct found f = {.took = took};
    if (seq->final == '~' && seq->values[0] == 200 && !seq->private_mark)
        f.mode = MODE_PASTE;
    else
        f.is_key = input_key_of_sequence(seq, &f.key);
    return f;
}

/* rxvt ends ESC [ 7 $ with what is no final byte elsewhere. */
static bool csi_ends(const struct input_sequence *seq, unsigned char c)
{
    return (c >= 0x40 && c <= 0x7e) || (c == '$' && !seq->private_mark && seq->count);
}

/* A control sequence, ESC [ ... final: ECMA-48 5.4. */
static struct found csi_sequence(const char *p, size_t len)
{
    struct input_sequence seq = {.private_mark = p[2] >= '<' && p[2] <= '?' ? p[2] : 0};
    for (size_t i = 2; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (csi_ends(&seq, c)) {
            seq.final = (char)c;
            return csi_meaning(&seq, i + 1);
        }
        if (c < 0x20 || c >= 0x7f) /* not part of any: what follows is its own */
            return nothing(i);
        if (i == SEQUENCE_MAX)
            return (struct found){.took = i, .mode = MODE_SKIP_SEQUENCE};
        input_sequence_add(&seq, (char)c);
    }
    return nothing(0);
}

/* A control sequence, and two that break its grammar: the Linux console's ESC [ [ A, the old
 * mouse's ESC [ M and three bytes. */
static struct found decode_csi(const char *p, size_t len, bool final)
{
    if (len == 2)
        return final ? character(2, '[', KEYMOD_ALT) : nothing(0);
    if (p[2] == '[')
        return len < 4 ? nothing(0) : named(4, input_linux_key(p[3]), 0);
    if (p[2] == 'M')
        return len < 6 ? nothing(0) : nothing(6);
    return csi_sequence(p, len);
}

/* ESC O final, with xterm's old modifier before it. */
static struct found decode_ss3(const char *p, size_t len, bool final)
{
    if (len == 2)
        return final ? character(2, 'O', KEYMOD_ALT) : nothing(0);
    size_t i = 2;
    unsigned mods = 0;
    if (p[2] >= '1' && p[2] <= '9') {
        mods = input_mods((int)(p[2] - '0'));
        if (++i == len)
            return nothing(0);
    }
    unsigned char c = (unsigned char)p[i];
    if (c < 0x20 || c >= 0x7f)
        return nothing(i);
    struct found f = {.took = i + 1};
    f.is_key = input_key_of_ss3((char)c, mods, &f.key);
    return f;
}

/* ESC ESC: rxvt's Alt with a named key, or Esc twice. */
static struct found decode_two_escapes(const char *p, size_t len, bool final)
{
    if (len == 2)
        return final ? named(1, KEYSYM_ESC, 0) : nothing(0);
    if (p[2] != '[' && p[2] != 'O')
        return named(1, KEYSYM_ESC, 0);
    struct found f =
        p[2] == '[' ? decode_csi(p + 1, len - 1, final) : decode_ss3(p + 1, len - 1, final);
    f.took += f.took ? 1 : 0;
    f.key.mods |= KEYMOD_ALT;
    return f;
}

/* ESC and what begins a string (ECMA-48 5.6), or Alt with that character. */
static struct found decode_string(const char *p, size_t len, bool final)
{
    if (len == 2)
        return final ? character(2, (unsigned char)p[1], KEYMOD_ALT) : nothing(0);
    return (struct found){.took = 2, .mode = MODE_SKIP_STRING};
}

static struct found decode_escape(const struct input *in, const char *p, size_t len, bool final)
{
    bool partial = false;
    struct found f = decode_defined(in, p, len, &partial);
    if (f.took)
        return f;
    if (len == 1)
        return final ? named(1, KEYSYM_ESC, 0) : nothing(0);
    if (p[1] == '[')
        return decode_csi(p, len, final);
    if (p[1] == 'O')
        return decode_ss3(p, len, final);
    if (p[1] && strchr("]PX^_", p[1]))
        return decode_string(p, len, final);
    if (p[1] == '\033')
        return decode_two_escapes(p, len, final);
    if (partial && !final)
        return nothing(0);
    f = decode_plain(p + 1, len - 1, final, KEYMOD_ALT);
    f.took += f.took ? 1 : 0;
    return f;
}

/* ---- modes -------------------------------------------------------------------------------- */

static struct found skip_sequence(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c < 0x20 || c >= 0x7f)
            return nothing(i);
        if (c >= 0x40)
            return nothing(i + 1);
    }
    return (struct found){.took = len, .mode = MODE_SKIP_SEQUENCE};
}

/* To BEL or ESC \. Any other control ends it and acts, so that no answer that broke off can lock
 * the keys. */
static struct found skip_string(struct input *in, const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '\007')
            return nothing(i + 1);
        if (c == '\033' && i + 1 == len)
            return (struct found){.took = i, .mode = MODE_SKIP_STRING};
        if (c == '\033' && p[i + 1] == '\\')
            return nothing(i + 2);
        if (c < 0x20 || ++in->skipped > STRING_MAX)
            return nothing(i);
    }
    return (struct found){.took = len, .mode = MODE_SKIP_STRING};
}

static void add_paste(struct input *in, const char *p, size_t len)
{
    size_t room = INPUT_PASTE_MAX - in->paste.len;
    str_append(&in->paste, p, len < room ? len : room);
}

static struct found take_paste(struct input *in, const char *p, size_t len)
{
    const char *end = memmem(p, len, PASTE_END, strlen(PASTE_END));
    if (!end) {
        size_t keep = strlen(PASTE_END) - 1; /* may be the begin of the end */
        size_t sure = len > keep ? len - keep : 0;
        add_paste(in, p, sure);
        return (struct found){.took = sure, .mode = MODE_PASTE};
    }
    add_paste(in, p, (size_t)(end - p));
    struct found f = {.took = (size_t)(end - p) + strlen(PASTE_END), .is_key = true};
    f.key.sym = KEYSYM_PASTE;
    f.key.paste = span_from(&in->paste);
    return f;
}

static struct found decode(struct input *in, const char *p, size_t len, bool final)
{
    switch (in->mode) {
    case MODE_PASTE:
        return take_paste(in, p, len);
    case MODE_SKIP_SEQUENCE:
        return skip_sequence(p, len);
    case MODE_SKIP_STRING:
        return skip_string(in, p, len);
    case MODE_KEYS:
        break;
    }
    return *p == '\033' ? decode_escape(in, p, len, final) : decode_plain(p, len, final, 0);
}

static void run(struct input *in, bool final)
{
    size_t at = 0;
    while (at < in->pending.len) {
        enum mode before = in->mode;
        struct found f = decode(in, in->pending.data + at, in->pending.len - at, final);
        in->mode = f.mode;
        at += f.took;
        if (in->mode != before)
            in->skipped = 0;
        if (f.is_key) {
            in->fn(in->ctx, &f.key);
            if (f.key.sym == KEYSYM_PASTE)
                str_finish(&in->paste); /* may be large, and a secret */
        }
        if (!f.took && in->mode == before)
            break;
    }
    str_splice(&in->pending, 0, at < in->pending.len ? at : in->pending.len, NULL, 0);
}

static void on_delay(void *ctx)
{
    struct input *in = ctx;
    in->timer = 0;
    input_flush(in);
}

void input_feed(struct input *in, const char *bytes, size_t len)
{
    str_append(&in->pending, bytes, len);
    run(in, false);
    if (!in->loop)
        return;
    loop_timer_stop(in->loop, in->timer);
    in->timer = 0;
    if (in->pending.len && in->mode == MODE_KEYS)
        in->timer = loop_timer_start(in->loop, in->delay_ms, on_delay, in);
}

void input_flush(struct input *in)
{
    if (in->mode == MODE_KEYS)
        run(in, true);
}

/* ---- making one --------------------------------------------------------------------------- */

static int delay_from_environment(void)
{
    const char *text = getenv("ESCDELAY");
    char *end;
    long ms = text && *text ? strtol(text, &end, 10) : -1;
    return ms >= 0 && ms <= 10000 && !*end ? (int)ms : INPUT_ESCAPE_DELAY;
}

struct input *input_create(struct loop *loop, int escape_delay_ms, input_fn *fn, void *ctx)
{
    struct input *in = mem_calloc(1, sizeof *in);
    in->loop = loop;
    in->delay_ms = escape_delay_ms < 0 ? delay_from_environment() : escape_delay_ms;
    in->fn = fn;
    in->ctx = ctx;
    return in;
}

void input_destroy(struct input *in)
{
    if (!in)
        return;
    if (in->loop)
        loop_timer_stop(in->loop, in->timer);
    for (size_t i = 0; i < in->def_count; i++)
        mem_free(in->defs[i].bytes);
    mem_free(in->defs);
    str_finish(&in->pending);
    str_finish(&in->paste);
    mem_free(in);
}

void input_define(struct input *in, enum key_sym sym, unsigned mods, const char *bytes)
{
    /* Single bytes are keys of their own, whatever a description says of them. */
    if (!bytes || bytes[0] != '\033' || !bytes[1])
        return;
    VEC_ROOM(in->defs, in->def_count, in->def_room);
    in->defs[in->def_count++] =
        (struct definition){.sym = sym, .mods = mods, .bytes = mem_strdup(bytes)};
}

void input_define_all(struct input *in, const char *(*lookup)(void *ctx, const char *cap),
                      void *ctx)
{
    for (int i = 0; i < KEYSYM_COUNT; i++) {
        const char *cap = key_capability((enum key_sym)i);
        if (cap)
            input_define(in, (enum key_sym)i, 0, lookup(ctx, cap));
    }
    input_define(in, KEYSYM_TAB, KEYMOD_SHIFT, lookup(ctx, "kcbt"));
}
