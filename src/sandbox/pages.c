/* pages.c: see pages.h. */
#include "sandbox/pages.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>

#define BUCKETS 4096

struct page {
    atomic_int holders;
    struct str body;
};

struct entry {
    struct str key;
    struct page *page;
    struct entry *next;
};

struct pages {
    pthread_mutex_t lock;
    uint64_t generation;
    struct entry *buckets[BUCKETS];
};

struct pages *pages_create(void)
{
    struct pages *p = mem_calloc(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void forget_all(struct pages *p)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct entry *e = p->buckets[i], *next; e; e = next) {
            next = e->next;
            page_release(e->page);
            str_finish(&e->key);
            mem_free(e);
        }
        p->buckets[i] = NULL;
    }
}

void pages_destroy(struct pages *p)
{
    if (!p)
        return;
    forget_all(p);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

static size_t bucket_of(struct span key)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32) % BUCKETS;
}

static struct page *find(struct pages *p, struct span key)
{
    for (struct entry *e = p->buckets[bucket_of(key)]; e; e = e->next)
        if (span_eq(span_from(&e->key), key))
            return e->page;
    return NULL;
}

struct page *pages_find(struct pages *p, struct span key, uint64_t generation)
{
    pthread_mutex_lock(&p->lock);
    struct page *page = p->generation == generation ? find(p, key) : NULL;
    if (page)
        atomic_fetch_add(&page->holders, 1);
    pthread_mutex_unlock(&p->lock);
    return page;
}

struct page *pages_keep(struct pages *p, struct span key, uint64_t generation, struct str *body)
{
    struct page *page = mem_calloc(1, sizeof *page);
    page->body = *body;
    str_init(body);
    atomic_init(&page->holders, 1);
    pthread_mutex_lock(&p->lock);
    if (p->generation < generation) {
        forget_all(p);
        p->generation = generation;
    }
    if (p->generation == generation && !find(p, key)) {
        struct entry *e = mem_calloc(1, sizeof *e);
        size_t i = bucket_of(key);
        str_add_span(&e->key, key);
        e->page = page;
        e->next = p->buckets[i];
        p->buckets[i] = e;
        atomic_fetch_add(&page->holders, 1);
    }
    pthread_mutex_unlock(&p->lock);
    return page;
}

struct span page_bytes(const struct page *page)
{
    return span_from(&page->body);
}

void page_release(void *held)
{
    struct page *page = held;
    if (atomic_fetch_sub(&page->holders, 1) != 1)
        return;
    str_finish(&page->body);
    mem_free(page);
}
