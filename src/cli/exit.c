/* exit.c: one row a status. */
#include "cli/exit.h"

static const unsigned char codes[ST_COUNT] = {
    [ST_OK] = EXIT_DONE,
    [ST_FAIL] = EXIT_FAILED,
    [ST_USAGE] = EXIT_USAGE,
    [ST_CONFIG] = EXIT_USAGE,
    [ST_PARSE] = EXIT_FAILED,
    [ST_IO] = EXIT_FAILED,
    [ST_AUTH] = EXIT_AUTH,
    [ST_FORBIDDEN] = EXIT_AUTH,
    [ST_NOT_FOUND] = EXIT_NOT_FOUND,
    [ST_CONFLICT] = EXIT_CONFLICT,
    [ST_INVALID] = EXIT_FAILED,
    /* Busy, or not able to answer now: a script may try again, as after a lost connection. */
    [ST_RATE] = EXIT_NETWORK,
    [ST_SERVER] = EXIT_NETWORK,
    [ST_REJECTED] = EXIT_FAILED,
    [ST_UNREADABLE] = EXIT_FAILED,
    [ST_NETWORK] = EXIT_NETWORK,
    [ST_UNKNOWN] = EXIT_UNKNOWN,
    [ST_PARTIAL] = EXIT_PARTIAL,
    [ST_CANCELLED] = EXIT_INTERRUPTED,
};

enum exit_code exit_of(enum status status)
{
    return (enum exit_code)codes[status < ST_COUNT ? status : ST_FAIL];
}
