/* text.h: text from outside, made fit for a sink, and measured in cells.
 *
 * Every text that we did not write ourselves (API values, 422 messages, headers, error pages, file
 * names, environment) passes text_safe() before any sink: screen, log, stderr, CSV. It is an
 * allow-list: valid UTF-8, printable, width >= 0; what is left out is shown visibly, never dropped,
 * so that nobody can hide a character. Widths and graphemes come from utf8proc. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum text_flags {
    TEXT_LINES = 1, /* keep LF as it is, and TAB as spaces to a stop of 8 (multi-line views);
                       otherwise both are shown visibly like any control */
    TEXT_ASCII = 2, /* what is not ASCII is shown as \u{...} (sinks that are not UTF-8) */
};

/* From an old value to a new one, wherever both stand in a line; one cell. Where all is ASCII,
 * text_safe() and the screen show its twin. */
#define TEXT_ARROW      "\u2192"
#define TEXT_ARROW_TWIN ">"

/* Appends `in` to `out` with everything that could act on a terminal or deceive a reader made
 * visible: C0 as ^X (ESC is ^[), DEL as ^?, C1 and the disallowed classes as \u{hex}, bytes that
 * are not UTF-8 as \x{hex}. Disallowed: U+061C, 200B-200F, 2028-202E, 2060-206F, FEFF, FFF9-FFFB,
 * E0000-E007F, private use, noncharacters, surrogates, unassigned, every other format character,
 * fillers and variation selectors (invisible), the few symbols whose width libraries dispute;
 * combining marks after the 4th of a grapheme; a combining mark with nothing to stand on. The
 * output of text_safe is unchanged by a second text_safe. (RELIABILITY: hostile API text.) */
void text_safe(struct str *out, const char *in, size_t len, unsigned flags);
/* The same for NUL-terminated text. */
void text_safe_z(struct str *out, const char *in, unsigned flags);

/* Strict UTF-8 (RFC 3629): no overlong forms, surrogates, nor beyond U+10FFFF. */
bool text_is_utf8(const char *in, size_t len);

/* The next grapheme cluster of safe text at in[0..len): its bytes and its width in cells (1 or 2; 0
 * for LF and at the end). Returns the bytes taken, 0 at the end. A cluster is UAX 29's, ended early
 * before a second code point that takes cells (flags, skin tones), so that it fits a curses cell
 * and is as wide as wcwidth() terminals draw it: at most one spacing code point and 4 marks. */
size_t text_grapheme(const char *in, size_t len, int *cells);

/* Width of safe text in cells. */
int text_width(const char *in, size_t len);

/* The longest prefix of whole graphemes no wider than `cells`; returns its bytes and, in
 * *used (may be NULL), its width in cells. */
size_t text_prefix(const char *in, size_t len, int cells, int *used);

enum text_align { TEXT_LEFT, TEXT_RIGHT };

/* Appends `in` cut or padded with spaces to exactly `cells` cells. A cut text ends in `mark`
 * ("…" or its ASCII twin "~", one cell). */
void text_fit(struct str *out, const char *in, size_t len, int cells, enum text_align align,
              const char *mark);

/* Byte offset of the grapheme before / after byte offset `at` (for line editors). */
size_t text_prev(const char *in, size_t len, size_t at);
size_t text_next(const char *in, size_t len, size_t at);

/* Appends `in` case-folded and with accents removed (Unicode NFKD, casefold, marks stripped), for
 * search. Bytes that are not UTF-8 are copied. */
void text_fold(struct str *out, const char *in, size_t len);

/* Bytes of the longest part of in[0..len), from its beginning, that has at most `most` bytes and
 * ends between two code points: for any text, also one that is not safe. */
size_t text_cut(const char *in, size_t len, size_t most);

/* Copies a text into an array of `room` bytes, NUL-terminated; what does not fit is cut between two
 * code points, so that UTF-8 stays UTF-8. */
void text_copy(char *out, size_t room, const char *in);

/* Decodes one code point at in[0..len); returns its bytes, or 0 when it is not valid UTF-8. */
size_t text_decode(const char *in, size_t len, uint32_t *code);
/* Appends one code point as UTF-8; nothing for a surrogate or beyond U+10FFFF. */
void text_encode(struct str *out, uint32_t code);

#endif
