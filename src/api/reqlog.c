/* reqlog.c: a ring by number: entry n stands in slot (n - 1) % REQLOG_ENTRIES, so that finding one
 * is arithmetic and an entry that was pushed out is recognised by its number. */
#include "api/reqlog.h"

#include "base/mem.h"

struct reqlog {
    uint64_t started; /* number of the newest entry; 0: none yet */
    struct reqlog_entry entries[REQLOG_ENTRIES];
};

struct reqlog *reqlog_create(void)
{
    return mem_calloc(1, sizeof(struct reqlog));
}

void reqlog_destroy(struct reqlog *log)
{
    mem_free(log);
}

static struct reqlog_entry *slot(struct reqlog *log, uint64_t number)
{
    return &log->entries[(number - 1) % REQLOG_ENTRIES];
}

uint64_t reqlog_start(struct reqlog *log, const struct reqlog_entry *entry)
{
    uint64_t number = ++log->started;
    struct reqlog_entry *e = slot(log, number);
    *e = *entry;
    e->number = number;
    return number;
}

struct reqlog_entry *reqlog_find(struct reqlog *log, uint64_t number)
{
    if (number == 0 || number > log->started)
        return NULL;
    struct reqlog_entry *e = slot(log, number);
    if (e->number != number)
        return NULL;
    return e;
}

size_t reqlog_count(const struct reqlog *log)
{
    return log->started < REQLOG_ENTRIES ? (size_t)log->started : REQLOG_ENTRIES;
}

const struct reqlog_entry *reqlog_at(const struct reqlog *log, size_t i)
{
    if (i >= reqlog_count(log))
        return NULL;
    return &log->entries[(log->started - 1 - i) % REQLOG_ENTRIES];
}
