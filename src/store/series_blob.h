/* series_blob.h: one sample of one block as bytes.
 *
 * For each account, in order: varint of the gap to the account before, doubled, plus 1 when
 * absolute; varints of the gains; of the levels when absolute. Little endian base 128, as in
 * protocol buffers. */
#ifndef STORE_SERIES_BLOB_H
#define STORE_SERIES_BLOB_H

#include "store/series.h"

/* Appends entries[0..count), sorted by account, all of one block. */
void series_blob_write(struct str *out, const struct series_entry *entries, size_t count);
/* Calls fn with each entry; false when the bytes are not such a blob (fn may have been called with
 * those before). */
bool series_blob_read(struct span blob, uint32_t block, int64_t t_ms, series_fn *fn, void *ctx);

/* Sums of one block, account by account. */
struct series_sum {
    struct series_entry entries[SERIES_BLOCK];
    bool present[SERIES_BLOCK];
};
/* Adds an entry that comes after those already in: gains add up, the last level holds and grows. */
void series_sum_add(void *sum, int64_t t_ms, const struct series_entry *entry);
/* Appends the sum as a blob; false when nothing is in it. */
bool series_sum_write(const struct series_sum *sum, struct str *out);

#endif
