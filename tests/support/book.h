/* book.h: a few accounts behind a test's server, and a memory of every write that came to them.
 *
 * It holds no pointer, so that it can lie in memory that is shared with the process that serves it
 * (book_shared): whoever counts is not who is killed. Documents are JSON texts; a PATCH lays its
 * members over them, objects member by member. It uses none of the code under test. */
#ifndef SUPPORT_BOOK_H
#define SUPPORT_BOOK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { BOOK_ACCOUNTS = 64, BOOK_TEXT = 1500, BOOK_MEMORY = 1 << 16 };

struct book {
    struct {
        bool there;
        char id[24];
        char text[BOOK_TEXT]; /* the account as the API shows it */
    } accounts[BOOK_ACCOUNTS];
    size_t count;               /* places in use, those of accounts that are gone as well */
    uint64_t serial;            /* of the next account: no id comes twice */
    bool whole;                 /* accounts are made with every field of the API, not a few */
    uint64_t requests;          /* that came whole */
    uint64_t writes;            /* of these: POST, PATCH, DELETE */
    uint64_t twice;             /* writes with method, target and body of an earlier one */
    uint64_t committed;         /* writes that changed something */
    uint64_t seen[BOOK_MEMORY]; /* hashes of the writes, 0: free, odd: done; good until half full */
};

/* Empties it and makes `count` accounts pa_0, pa_1, ... named "acct-0", ... with
 * requests_per_second 80, made at created_wall_ms. */
void book_begin(struct book *b, size_t count, int64_t created_wall_ms);
/* The same for the accounts alone: the counts go on, and the writes are remembered. */
void book_accounts(struct book *b, size_t count, int64_t created_wall_ms);
/* One in memory that forked processes share; NULL when there is none. */
struct book *book_shared(void);
void book_shared_free(struct book *b);

/* Whether a write with this method, id ("" for a POST) and body was done. */
bool book_did(const struct book *b, const char *method, const char *id, const char *body);

/* Answers a request that came whole: the status; the body is appended. With `commit` false nothing
 * is changed and the answer is what it would have been. */
int book_answer(struct book *b, const char *method, const char *target, const char *body,
                bool commit, int64_t now_wall_ms, struct str *out);

/* The account's text, NULL when it is not there. (borrowed) */
const char *book_account(const struct book *b, const char *id);
/* Its requests_per_second; -1 without. */
int64_t book_rps(const struct book *b, const char *id);
/* The id of the account of this name; NULL when there is none. How many have it goes to *count
 * (may be NULL). */
const char *book_named(const struct book *b, const char *name, size_t *count);

#endif
