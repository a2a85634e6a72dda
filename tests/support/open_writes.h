/* The open writes by their number, for tests that know how many there are. */
#ifndef TEST_OPEN_WRITES_H
#define TEST_OPEN_WRITES_H

#include "write/write.h"

/* The i-th, oldest first; NULL: there are not so many. */
static inline struct write *open_write_at(const struct writes *writes, size_t i)
{
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(writes, &at)) != NULL && i--;)
        ;
    return w;
}

#endif
