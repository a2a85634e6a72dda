/* exit.h: exit codes, one table. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "base/error.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_CHANGES = 2,
    EXIT_PARTIAL = 3,
    EXIT_AUTH = 4,
    EXIT_NOT_FOUND = 5,
    EXIT_CONFLICT = 6,
    EXIT_THRESHOLD = 7,
    EXIT_NETWORK = 8,
    EXIT_UNKNOWN = 9,
    EXIT_USAGE = 64,
    EXIT_INTERRUPTED = 130,
};

/* The code that a status leaves the program with. */
enum exit_code exit_of(enum status status);

#endif
