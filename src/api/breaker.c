/* breaker.c: see breaker.h. */
#include "api/breaker.h"

#include "api/retry.h"

#include <string.h>

enum breaker_answer breaker_ask(struct breaker *b, const void *who, int64_t now_mono_ms)
{
    if (!breaker_is_open(b))
        return BREAKER_GO;
    if (b->probe)
        return BREAKER_WAIT;
    if (now_mono_ms < b->until_mono_ms)
        return BREAKER_REFUSE;
    b->probe = who;
    return BREAKER_GO;
}

void breaker_success(struct breaker *b)
{
    memset(b, 0, sizeof *b);
}

void breaker_failure(struct breaker *b, const void *who, int64_t now_mono_ms)
{
    bool opens = b->probe ? b->probe == who : b->failures + 1 == BREAKER_AFTER;
    if (b->failures < BREAKER_AFTER)
        b->failures++;
    if (!opens)
        return;
    bool asked = b->probe && b->kept_mono_ms > now_mono_ms;
    if (asked) {
        b->until_mono_ms = b->kept_mono_ms;
    } else {
        int times = ++b->opened - BREAKER_SHORT;
        b->until_mono_ms = now_mono_ms + retry_doubled(BREAKER_FIRST_MS, times > 0 ? times : 0);
    }
    b->probe = NULL;
    b->kept_mono_ms = 0;
}

void breaker_abandon(struct breaker *b, const void *who)
{
    if (b->probe == who)
        b->probe = NULL;
}

void breaker_probe_now(struct breaker *b, int64_t now_mono_ms)
{
    if (!breaker_is_open(b) || b->until_mono_ms <= now_mono_ms)
        return;
    if (b->kept_mono_ms < b->until_mono_ms)
        b->kept_mono_ms = b->until_mono_ms;
    b->until_mono_ms = now_mono_ms;
}

bool breaker_is_open(const struct breaker *b)
{
    return b->failures >= BREAKER_AFTER;
}

bool breaker_probing(const struct breaker *b)
{
    return b->probe != NULL;
}
