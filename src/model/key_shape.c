/* key_shape.c: see key_shape.h. */
#include "model/key_shape.h"

#include "base/vec.h"

#include <ctype.h>
#include <string.h>

#define AFTER_START 8  /* characters that have to follow such a beginning */
#define RUN_MIN     24 /* characters in a row before they look like a key */
#define EACH_MIN    4  /* digits, and letters, in them */

static bool known_start(struct span text)
{
    static const char *const starts[] = {"sk-", "AIza", "AKIA", "ghp_", "xoxb-", "gsk_", "eyJ"};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        size_t len = strlen(starts[i]);
        if (text.len > len + AFTER_START && memcmp(text.p, starts[i], len) == 0)
            return true;
    }
    return false;
}

bool key_shaped(struct span text)
{
    size_t run = 0, digits = 0, letters = 0;
    if (known_start(text))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (!isalnum(c)) {
            run = digits = letters = 0;
            continue;
        }
        run++;
        digits += isdigit(c) != 0;
        letters += isalpha(c) != 0;
        if (run >= RUN_MIN && digits >= EACH_MIN && letters >= EACH_MIN)
            return true;
    }
    return false;
}

bool mask_shaped(struct span text)
{
    size_t i = 0;
    while (i < text.len && text.p[i] == '*')
        i++;
    return text.len && i == text.len;
}
