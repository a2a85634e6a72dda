/* plain.h: what the client says to somebody at the console, in a command's words: nothing was
 * typed that could be lost, and there is no key to press: what may be tried again says so. */
#ifndef CLI_PLAIN_H
#define CLI_PLAIN_H

#include "base/error.h"

/* Changes err's two texts where they speak of the console. */
void plain_words(struct error *err);

#endif
