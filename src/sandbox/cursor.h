/* cursor.h: where a list goes on, as 16 characters that say nothing to a client.
 *
 * A cursor is the seq of the last account given and a check, mixed and in base64url. It stays good
 * across restarts and when its account is deleted. */
#ifndef SANDBOX_CURSOR_H
#define SANDBOX_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#define CURSOR_BYTES 17

void cursor_write(char out[CURSOR_BYTES], int64_t seq);
/* False when the text is no cursor of ours. */
bool cursor_read(const char *text, int64_t *seq);

#endif
