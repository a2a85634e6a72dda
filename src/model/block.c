/* block.c: see block.h. A record is 12 bytes before it (its length and as-of, in the machine's byte
 * order: neither file nor memory leaves the machine) and its bytes. */
#include "model/block.h"

#include "base/mem.h"

#include <string.h>
#include <zstd.h>

#define LEVEL     1
#define HEAD      (sizeof(uint32_t) + sizeof(int64_t))
#define BYTES_MAX ((size_t)64 << 20) /* more than any reply may bring */

struct block_packer {
    ZSTD_CCtx *pack;   /* owned; NULL before the first use */
    ZSTD_DCtx *unpack; /* owned; NULL before the first use */
};

void block_init(struct block *b)
{
    str_init(&b->bytes);
    b->count = 0;
}

void block_finish(struct block *b)
{
    str_finish(&b->bytes);
    b->count = 0;
}

void block_clear(struct block *b)
{
    str_clear(&b->bytes);
    b->count = 0;
}

bool block_full(const struct block *b)
{
    return b->count == BLOCK_RECORDS || b->bytes.len >= BLOCK_BYTES;
}

uint32_t block_add(struct block *b, int64_t as_of, struct span raw)
{
    char head[HEAD];
    uint32_t len = (uint32_t)raw.len;
    memcpy(head, &len, sizeof len);
    memcpy(head + sizeof len, &as_of, sizeof as_of);
    b->starts[b->count] = (uint32_t)b->bytes.len;
    str_append(&b->bytes, head, sizeof head);
    str_add_span(&b->bytes, raw);
    return b->count++;
}

struct span block_at(const struct block *b, uint32_t at, int64_t *as_of)
{
    const char *p = b->bytes.data + b->starts[at];
    uint32_t len;
    memcpy(&len, p, sizeof len);
    if (as_of)
        memcpy(as_of, p + sizeof len, sizeof *as_of);
    return (struct span){p + HEAD, len};
}

struct block_packer *block_packer_create(void)
{
    return mem_calloc(1, sizeof(struct block_packer));
}

void block_packer_destroy(struct block_packer *p)
{
    if (!p)
        return;
    ZSTD_freeCCtx(p->pack);
    ZSTD_freeDCtx(p->unpack);
    mem_free(p);
}

/* zstd fails here for want of memory alone: what cannot be had says so and ends the program. */
static void out_of_memory(void)
{
    mem_free(mem_realloc(NULL, SIZE_MAX, 2));
}

void block_pack(struct block_packer *p, const struct block *b, struct str *out)
{
    if (!p->pack) {
        p->pack = ZSTD_createCCtx();
        if (!p->pack)
            out_of_memory();
        ZSTD_CCtx_setParameter(p->pack, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(p->pack, ZSTD_c_checksumFlag, 1);
    }
    size_t bound = ZSTD_compressBound(b->bytes.len);
    str_reserve(out, bound);
    size_t n =
        ZSTD_compress2(p->pack, out->data + out->len, bound, str_text(&b->bytes), b->bytes.len);
    if (ZSTD_isError(n))
        out_of_memory();
    else
        out->len += n;
    out->data[out->len] = '\0';
}

/* Finds the records; false when the lengths do not come out. */
static bool find_starts(struct block *b)
{
    size_t at = 0;
    while (at < b->bytes.len) {
        uint32_t len;
        if (b->count == BLOCK_RECORDS || b->bytes.len - at < HEAD)
            return false;
        memcpy(&len, b->bytes.data + at, sizeof len);
        if (len > b->bytes.len - at - HEAD)
            return false;
        b->starts[b->count++] = (uint32_t)at;
        at += HEAD + len;
    }
    return true;
}

bool block_unpack(struct block_packer *p, struct span packed, struct block *b)
{
    block_clear(b);
    unsigned long long size = ZSTD_getFrameContentSize(packed.p, packed.len);
    if (size > BYTES_MAX) /* the words for "unknown" and "error" are beyond it, too */
        return false;
    if (!p->unpack)
        p->unpack = ZSTD_createDCtx();
    if (!p->unpack)
        out_of_memory();
    str_reserve(&b->bytes, (size_t)size);
    size_t n = ZSTD_decompressDCtx(p->unpack, b->bytes.data, (size_t)size, packed.p, packed.len);
    if (ZSTD_isError(n) || n != size)
        return false;
    b->bytes.len = n;
    b->bytes.data[n] = '\0';
    if (find_starts(b))
        return true;
    block_clear(b);
    return false;
}
