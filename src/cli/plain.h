/* plain.h: what the client says, in a command's words: there is no key to press, and what may be
 * tried again says so. */
#ifndef CLI_PLAIN_H
#define CLI_PLAIN_H

#include "base/error.h"

/* Sets err's next step where the client left it to the caller. */
void plain_words(struct error *err);

#endif
