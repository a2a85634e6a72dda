/* term_keys.h: the bytes an xterm sends for a key, by the key's name. */
#ifndef SUPPORT_TERM_KEYS_H
#define SUPPORT_TERM_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define TERM_KEY_BYTES 16

/* name: one UTF-8 character ("j", "?", "ü") or Enter Tab Esc Space Backspace Insert Delete Home End
 * PageUp PageDown Up Down Left Right F1..F12, each with any of the prefixes "C-" (Control), "M-"
 * (Meta) and "S-" (Shift): "C-s", "S-Tab", "C-Right", "M-x". app_cursor: application cursor keys
 * are on (DECCKM), so that Up is ESC O A. Returns the number of bytes in out, 0 for no such key.
 * Source: "XTerm Control Sequences", PC-style function keys. */
size_t term_key_encode(const char *name, bool app_cursor, char out[TERM_KEY_BYTES]);

#endif
