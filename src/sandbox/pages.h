/* pages.h: list pages kept as the bytes that were sent, for --serial-pages.
 *
 * A benchmark of a client should not measure the sandbox: each page is made once and then only
 * handed out, until an account changes. A page lives as long as somebody sends it. */
#ifndef SANDBOX_PAGES_H
#define SANDBOX_PAGES_H

#include "base/str.h"

#include <stdint.h>

struct page; /* counted by reference */
struct pages;

struct pages *pages_create(void);
void pages_destroy(struct pages *p); /* NULL allowed */
/* The page kept under key since this generation, with a reference for the caller, or NULL. */
struct page *pages_find(struct pages *p, struct span key, uint64_t generation);
/* Keeps a page (its bytes are taken over from *body) and returns it with a reference for the
 * caller. */
struct page *pages_keep(struct pages *p, struct span key, uint64_t generation, struct str *body);

struct span page_bytes(const struct page *page); /* (borrowed) while the reference is held */
/* Gives the reference back. `page` is void * so that it can be an HTTP library's free callback. */
void page_release(void *page);

#endif
