/* input_table.h: what sequences mean: tables, apart from the decoding. */
#ifndef TUI_INPUT_TABLE_H
#define TUI_INPUT_TABLE_H

#include "tui/input.h"

#include <stdint.h>

/* A control sequence: its numbers and its final byte. */
struct input_sequence {
    char private_mark; /* '<' '=' '>' '?', or 0 */
    char final;
    int values[4];
    int count; /* numbers begun, at most 4 are kept */
};

/* Adds one byte between ESC [ and the final one. */
void input_sequence_add(struct input_sequence *seq, char c);
/* The key it means; false for none of ours (a mouse, a report, a focus event). */
bool input_key_of_sequence(const struct input_sequence *seq, struct key *key);
/* ESC O c. */
bool input_key_of_ss3(char c, unsigned mods, struct key *key);
/* The Linux console's ESC [ [ c; KEYSYM_TEXT for none. */
enum key_sym input_linux_key(char c);
/* xterm's modifier number (2 is Shift, 3 Alt, 5 Control ...) as enum key_mods. */
unsigned input_mods(int number);

#endif
