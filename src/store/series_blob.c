/* series_blob.c: see series_blob.h. */
#include "store/series_blob.h"

#include "base/mem.h"

static void put(struct str *out, uint64_t n)
{
    while (n >= 128) {
        str_add_char(out, (char)(n % 128 + 128));
        n /= 128;
    }
    str_add_char(out, (char)n);
}

static bool get(struct span *in, uint64_t *n)
{
    *n = 0;
    for (unsigned shift = 0; in->len && shift < 63; shift += 7) {
        unsigned char c = (unsigned char)*in->p;
        in->p++;
        in->len--;
        *n |= (uint64_t)(c & 127) << shift;
        if (c < 128)
            return true;
    }
    return false;
}

static uint64_t positive(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

void series_blob_write(struct str *out, const struct series_entry *entries, size_t count)
{
    uint32_t next = count ? entries[0].account / SERIES_BLOCK * SERIES_BLOCK : 0;
    for (size_t i = 0; i < count; i++) {
        const struct series_entry *e = &entries[i];
        put(out, (uint64_t)(e->account - next) * 2 + e->absolute);
        for (int c = 0; c < SERIES_COUNTERS; c++)
            put(out, positive(e->gain[c]));
        for (int c = 0; e->absolute && c < SERIES_COUNTERS; c++)
            put(out, positive(e->level[c]));
        next = e->account + 1;
    }
}

bool series_blob_read(struct span blob, uint32_t block, int64_t t_ms, series_fn *fn, void *ctx)
{
    uint64_t next = (uint64_t)block * SERIES_BLOCK, n;
    while (blob.len) {
        struct series_entry e = {.account = 0};
        if (!get(&blob, &n))
            return false;
        e.absolute = n % 2;
        next += n / 2;
        if (next / SERIES_BLOCK != block)
            return false;
        e.account = (uint32_t)next++;
        for (int c = 0; c < SERIES_COUNTERS; c++) {
            if (!get(&blob, &n))
                return false;
            e.gain[c] = (int64_t)n;
        }
        for (int c = 0; e.absolute && c < SERIES_COUNTERS; c++) {
            if (!get(&blob, &n))
                return false;
            e.level[c] = (int64_t)n;
        }
        fn(ctx, t_ms, &e);
    }
    return true;
}

static int64_t sum(int64_t a, int64_t b)
{
    int64_t s;
    return __builtin_add_overflow(a, b, &s) ? INT64_MAX : s;
}

void series_sum_add(void *ctx, int64_t t_ms, const struct series_entry *entry)
{
    struct series_sum *all = ctx;
    uint32_t at = entry->account % SERIES_BLOCK;
    struct series_entry *e = &all->entries[at];
    (void)t_ms;
    if (!all->present[at]) {
        all->present[at] = true;
        *e = *entry;
        return;
    }
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        e->gain[c] = sum(e->gain[c], entry->gain[c]);
        e->level[c] = entry->absolute ? entry->level[c] : sum(e->level[c], entry->gain[c]);
    }
    e->absolute = e->absolute || entry->absolute;
}

bool series_sum_write(const struct series_sum *all, struct str *out)
{
    struct series_entry *list = mem_alloc(sizeof all->entries);
    size_t n = 0;
    for (size_t i = 0; i < SERIES_BLOCK; i++) {
        if (all->present[i])
            list[n++] = all->entries[i];
    }
    series_blob_write(out, list, n);
    mem_free(list);
    return n > 0;
}
