/* secret.h: a token that cannot be printed by accident.
 *
 * The type is opaque to printf; the one way to the bytes is secret_bytes(), which is searched for
 * in review. Wiped with explicit_bzero. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_BYTES_MAX 8192

struct secret; /* opaque */

/* A copy of len bytes (1..SECRET_BYTES_MAX), in memory that is locked when the system allows it.
 * The caller wipes its own copy. */
struct secret *secret_create(const char *bytes, size_t len);
/* Wipes and frees; NULL allowed. */
void secret_destroy(struct secret *s);
/* The bytes, NUL-terminated, (borrowed). Only for the Authorization header. */
const char *secret_bytes(const struct secret *s);
size_t secret_len(const struct secret *s);
/* Whether text[0..len) contains the secret: the last guard before a log. */
bool secret_in(const struct secret *s, const char *text, size_t len);
/* Overwrites a buffer in a way that the compiler keeps. */
void secret_wipe(void *p, size_t len);

#endif
